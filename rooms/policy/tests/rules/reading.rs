//! What is no policy, and where the text says so.

use policy::*;
use proptest::prelude::*;

/// The default policy with one piece replaced.
fn with(piece: &str, by: &str) -> Result<Policy, PolicyError> {
    assert!(DEFAULT_POLICY.contains(piece), "`{piece}` in the default policy");
    Policy::parse(&DEFAULT_POLICY.replacen(piece, by, 1))
}

#[test]
fn an_error_names_the_place_and_what_is_allowed() {
    let cases = [
        ("a key nobody knows", "organisation =", "organization ="),
        (
            "a parameter of another kind",
            "longest = \"8 hours\"\n\n# 4",
            "shortest = \"8 hours\"\n\n# 4",
        ),
        (
            "a parameter too many",
            "life = \"5 minutes\"",
            "life = \"5 minutes\"\nlength = 3",
        ),
        ("a kind nobody knows", "kind = \"gate_token\"", "kind = \"gate\""),
        (
            "a number where a length stands",
            "life = \"5 minutes\"",
            "life = 5",
        ),
        (
            "records kept for a number",
            "ledger = \"72 months\"",
            "ledger = 72",
        ),
        ("a length without a unit", "life = \"5 minutes\"", "life = \"5\""),
        ("a part nobody knows", "parts = [\"plan\"]", "parts = [\"plans\"]"),
        (
            "a role nobody knows",
            "\"runs.start\" = [\"technician\"]",
            "\"runs.start\" = [\"mechanic\"]",
        ),
        (
            "a condition nobody knows",
            "when.classifications = [\"cui\"]",
            "when.classification = [\"cui\"]",
        ),
        ("an act without a room", "\"runs.start\"", "\"start\""),
        ("an act twice", "\"runs.start\" =", "\"runs.plan\" ="),
        ("an objective that does not exist", "r2:3.4.3[a]", "r2:3.4.3[e]"),
        (
            "no objective",
            "objectives = [\"r2:3.4.5[h]\", \"r2:3.7.2[c]\"]",
            "objectives = []",
        ),
        ("a paragraph that is none", "id = \"4.2\"", "id = \"4.02\""),
        ("a paragraph twice", "id = \"4.2\"", "id = \"4.1\""),
        ("a path's paragraph twice", "id = \"3.1\"", "id = \"2.4\""),
        (
            "a number that the rule lacks",
            "good for {life}",
            "good for {death}",
        ),
        ("an empty list of parts", "parts = [\"plan\"]", "parts = []"),
        (
            "a count of none",
            "needed = [{ capacity = \"approver\", count = 1 }]",
            "needed = [{ capacity = \"approver\", count = 0 }]",
        ),
        ("a negative count", "count = 1", "count = -1"),
        ("rings that do not reach all", "[10, 50, 100]", "[10, 50]"),
        ("a change type without lead time", ", emergency = \"0 hours\"", ""),
        ("a record class left out", ", ledger = \"72 months\"", ""),
        (
            "a path for a pair that is not kept apart",
            "pairs = [[\"approver\"",
            "pairs = [[\"verifier\", \"approver\"], [\"approver\"",
        ),
        (
            "a condition where none can be",
            "life = \"5 minutes\"",
            "life = \"5 minutes\"\nwhen.exposures = [\"internal\"]",
        ),
        (
            "no rule of a kind",
            "kind = \"gate_token\"",
            "kind = \"window_length\"\nlongest = \"2 hours\"\n#",
        ),
        ("a heading left out", "8 = \"Records and signing in\"", ""),
        ("a heading without a number", "8 = \"Records", "eight = \"Records"),
        (
            "an emergency without approval",
            "when.change_types = [\"emergency\"]\nneeded",
            "when.change_types = [\"normal\"]\nneeded",
        ),
        (
            "a duty left out",
            "technician = \"Carries out approved work, within",
            "# \"Carries",
        ),
        ("broken TOML", "life = \"5 minutes\"", "life = \"5 minutes"),
    ];
    let mut told = String::new();
    for (what, piece, by) in cases {
        let error = with(piece, by).expect_err(what).to_string();
        assert!(!error.contains('\n'), "{error}");
        told.push_str(&format!("{what}\n  {error}\n"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_document_without_rules_is_refused() {
    let start = DEFAULT_POLICY.find("[[rule]]").unwrap();
    assert!(Policy::parse(&DEFAULT_POLICY[..start]).is_err());
    assert!(Policy::parse("").is_err());
    assert!(Policy::parse("rule = 3").is_err());
    assert!(Policy::parse(&format!("rule = [3]\n{}", &DEFAULT_POLICY[..start])).is_err());
}

#[test]
fn a_document_may_be_as_long_as_the_limit_and_no_longer() {
    let filler = "#".repeat(DOCUMENT_BYTES_MAX - DEFAULT_POLICY.len());
    assert!(Policy::parse(&format!("{DEFAULT_POLICY}{filler}")).is_ok());
    assert!(Policy::parse(&format!("{DEFAULT_POLICY}{filler}#")).is_err());
}

#[test]
fn a_need_may_ask_for_twenty_people_and_no_more() {
    assert!(with("count = 1", "count = 20").is_ok());
    assert!(with("count = 1", "count = 21").is_err());
    assert!(with("count = 1", "count = 4294967295").is_err());
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let deep = format!("x = {}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(Policy::parse(&deep).is_err());
}

proptest! {
    #[test]
    fn a_cut_or_changed_document_never_panics(start in 0..DEFAULT_POLICY.len(), length in 0usize..40, by in ".{0,8}") {
        let mut text = DEFAULT_POLICY.as_bytes().to_vec();
        let end = (start + length).min(text.len());
        text.splice(start..end, by.bytes());
        if let Ok(text) = String::from_utf8(text) {
            let _ = Policy::parse(&text);
        }
    }
}
