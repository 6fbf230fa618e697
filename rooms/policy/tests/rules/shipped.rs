//! The two policies that ship with the program.

use policy::*;

use crate::house::{default_policy, small_shop_policy};

const ACTS: [&str; 49] = [
    "assets.collect",
    "assets.enrol_host",
    "assets.import",
    "assets.read",
    "assets.register",
    "assets.retire",
    "changes.cancel",
    "changes.close",
    "changes.decide",
    "changes.edit",
    "changes.open",
    "changes.read",
    "changes.retrospect",
    "changes.schedule",
    "changes.submit",
    "changes.verify",
    "evidence.add",
    "evidence.destroy",
    "evidence.read",
    "findings.import",
    "findings.match",
    "findings.read",
    "history.export",
    "history.read",
    "history.recover",
    "history.redact",
    "people.confirm",
    "people.disable",
    "people.enrol",
    "people.enrol_key",
    "people.grant_role",
    "people.issue_token",
    "people.read",
    "people.revoke_key",
    "people.revoke_token",
    "permits.ask_gate",
    "permits.hand_back",
    "permits.issue",
    "permits.read",
    "permits.revoke",
    "permits.suspend",
    "policy.adopt",
    "policy.read",
    "runs.decide_gate",
    "runs.halt",
    "runs.plan",
    "runs.read",
    "runs.roll_back",
    "runs.start",
];

#[test]
fn both_have_a_row_for_every_act_and_no_other() {
    for policy in [default_policy(), small_shop_policy()] {
        assert_eq!(policy.authority().covers(&ACTS), Ok(()));
        for act in ACTS {
            assert!(!policy.authority().roles(act).is_empty(), "nobody may do {act}");
        }
    }
}

#[test]
fn who_only_reads_changes_nothing() {
    for policy in [default_policy(), small_shop_policy()] {
        for act in ACTS.iter().filter(|act| !act.ends_with(".read")) {
            let roles = policy.authority().roles(act);
            assert!(!roles.contains(&basis::Role::Assessor), "{act}");
            let own = ["history.export", "people.issue_token"];
            assert!(
                !roles.contains(&basis::Role::Auditor) || own.contains(act),
                "{act}"
            );
        }
    }
}

#[test]
fn no_sentence_has_a_number_of_its_own() {
    for text in [DEFAULT_POLICY, SMALL_SHOP_POLICY] {
        let sentences = text.lines().filter(|line| line.starts_with("sentence = "));
        for sentence in sentences {
            assert!(
                !sentence.contains(|letter: char| letter.is_ascii_digit()),
                "{sentence}"
            );
        }
    }
}

#[test]
fn the_page_reads_as_the_policy() {
    insta::assert_snapshot!(render_page(&default_policy()));
}

#[test]
fn no_line_of_the_page_is_longer_than_its_columns() {
    for policy in [default_policy(), small_shop_policy()] {
        for line in render_page(&policy).lines() {
            assert!(line.chars().count() <= PAGE_COLUMNS, "{line}");
        }
    }
}

#[test]
fn the_page_shows_a_path_that_is_not_in_force_as_such() {
    assert!(render_page(&default_policy()).contains("2.4      (Not in force.)"));
    assert!(!render_page(&small_shop_policy()).contains("(Not in force.)"));
}

#[test]
fn a_small_shop_differs_in_a_few_lines() {
    let lines: Vec<String> = diff(&default_policy(), &small_shop_policy())
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_policy_does_not_differ_from_itself() {
    assert_eq!(diff(&default_policy(), &default_policy().with_version(8)), []);
}

#[test]
fn a_difference_names_rules_parameters_and_authority() {
    let old = default_policy();
    let text = DEFAULT_POLICY
        .replace("longest = \"8 hours\"\nactions", "longest = \"4 hours\"\nactions")
        .replace("id = \"1.3\"", "id = \"1.4\"")
        .replace("\"runs.start\" = [\"technician\"]", "\"runs.start\" = []")
        .replace("Asking for a change\"", "Requests\"");
    let lines: Vec<String> = diff(&old, &Policy::parse(&text).unwrap())
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_paragraph_is_found_by_its_id_and_a_path_finds_its_rule() {
    let policy = default_policy();
    assert_eq!(policy.paragraph("3.2").unwrap().kind.name(), "window_length");
    assert_eq!(policy.paragraph("2.4").unwrap().id, "2.3");
    assert!(policy.paragraph("9.9").is_none());
    assert!(policy.objectives().contains("r2:3.4.3[c]"));
}

#[test]
fn the_blanks_of_the_shipped_documents_are_named_until_they_are_filled_in() {
    for document in [DEFAULT_POLICY, SMALL_SHOP_POLICY] {
        let blanks = Policy::parse(document).unwrap().blanks();
        assert_eq!(blanks.len(), 3, "{blanks:?}");
        let filled = document
            .replace("Name of the organisation", "Kestrel Machine Works")
            .replace("write the telephone number here", "+1 555 0100");
        assert!(Policy::parse(&filled).unwrap().blanks().is_empty());
    }
}
