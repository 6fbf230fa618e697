//! What keeps a change open.

use basis::{Role, Span};
use policy::*;

use crate::house::*;

#[test]
fn a_change_closes_when_everything_is_in_place() {
    let verdict = default_policy().may_close(&closing());
    assert!(verdict.is_yes(), "{}", told(&verdict));
    assert_eq!(verdict.paragraphs(), ["2.1", "2.2", "2.3", "5.1", "5.2"]);
}

/// A way to spoil [`closing`], and the paragraph that must then say no.
type Lack = (&'static str, fn(&mut CloseFacts), &'static str);

const LACKS: [Lack; 12] = [
    ("no transcript", |close| close.evidence.truncate(2), "5.1"),
    ("a draft", |close| close.evidence[0].is_final = false, "5.1"),
    (
        "evidence of another asset",
        |close| close.evidence[0].assets = [subject("AST-0002")].into(),
        "5.1",
    ),
    ("nobody confirms", |close| close.verifier = None, "5.2"),
    (
        "the executor confirms",
        |close| close.verifier = Some(person(DAVID)),
        "2.3",
    ),
    (
        "the approver worked",
        |close| {
            close.worked.insert(person(BEN));
        },
        "2.1",
    ),
    (
        "the confirmer worked",
        |close| {
            close.worked.insert(person(ANNA));
        },
        "2.3",
    ),
    ("nothing compared", |close| close.verified.clear(), "5.2"),
    (
        "a difference",
        |close| close.verified[0].comparison = Comparison::Different,
        "5.2",
    ),
    (
        "no rescan",
        |close| close.findings[0].rescan = Rescan::NotReached,
        "5.2",
    ),
    (
        "the finding is still there",
        |close| close.findings[0].rescan = Rescan::StillThere,
        "5.2",
    ),
    ("approvals fell", |close| close.approvals.clear(), "2.1"),
];

#[test]
fn a_change_stays_open_when_any_one_thing_is_lacking() {
    for (what, take_away, paragraph) in LACKS {
        let mut facts = closing();
        take_away(&mut facts);
        let verdict = default_policy().may_close(&facts);
        assert!(
            broken(&verdict).contains(&paragraph),
            "{what}: {}",
            told(&verdict)
        );
    }
}

#[test]
fn a_refused_closure_lists_every_reason() {
    let mut facts = closing();
    facts.evidence.truncate(1);
    facts.evidence[0].is_final = false;
    facts.verifier = None;
    facts.verified[0].comparison = Comparison::Different;
    facts.findings[0].rescan = Rescan::NotReached;
    insta::assert_snapshot!(told(&default_policy().may_close(&facts)));
}

#[test]
fn a_difference_is_accepted_only_where_the_policy_allows_it() {
    let mut facts = closing();
    facts.verified[0].comparison = Comparison::DifferenceAccepted { by: person(BEN) };
    facts.findings[0].rescan = Rescan::StillThereAccepted { by: person(BEN) };
    assert!(default_policy().may_close(&facts).is_yes());
    let strict = default_policy_with(
        "differences_may_be_accepted = true",
        "differences_may_be_accepted = false",
    );
    assert_eq!(broken(&strict.may_close(&facts)), ["5.2"]);
    facts.findings[0].rescan = Rescan::NotReached;
    facts.verified[0].comparison = Comparison::Equal;
    let lax = default_policy_with("findings_are_rescanned = true", "findings_are_rescanned = false");
    assert!(lax.may_close(&facts).is_yes());
}

#[test]
fn who_did_the_work_accepts_nothing_of_it() {
    let accepts: [fn(&mut CloseFacts, u64); 2] = [
        |close, by| close.verified[0].comparison = Comparison::DifferenceAccepted { by: person(by) },
        |close, by| close.findings[0].rescan = Rescan::StillThereAccepted { by: person(by) },
    ];
    for accept in accepts {
        let mut facts = closing();
        accept(&mut facts, DAVID);
        let verdict = default_policy().may_close(&facts);
        assert_eq!(broken(&verdict), ["2.3"], "{}", told(&verdict));
        let refusal = verdict.refusal().unwrap();
        assert!(
            refusal.way_out[0].contains("let somebody who did not carry it out"),
            "{refusal}"
        );
        // In a small shop somebody else reviewed, and the use of that is shown.
        let verdict = small_shop_policy().may_close(&facts);
        assert!(verdict.is_yes(), "{}", told(&verdict));
        assert!(verdict.paragraphs().contains(&"2.4".to_owned()));
        // Ben is not named to work and worked all the same.
        accept(&mut facts, BEN);
        facts.worked.insert(person(BEN));
        assert!(broken(&default_policy().may_close(&facts)).contains(&"2.3"));
    }
}

#[test]
fn who_may_confirm_is_said_before_they_do() {
    let ask = |policy: &Policy, change: ChangeFacts, approvals: Vec<ApprovalFacts>, by: u64| {
        policy.may_confirm(&ConfirmFacts {
            change,
            approvals,
            worked: [person(CLARA)].into(),
            person: person(by),
        })
    };
    let cui = || change(ChangeType::Normal, Classification::Cui);
    for (by, expected) in [(ANNA, true), (BEN, true), (CLARA, false), (DAVID, false)] {
        let verdict = ask(&default_policy(), cui(), both_approvals(), by);
        assert_eq!(verdict.is_yes(), expected, "{}", told(&verdict));
        assert_eq!(verdict.paragraphs(), ["2.3"]);
    }
    let reviewed_by = |reviewer| {
        vec![
            approval(BEN, Role::Approver),
            approval(reviewer, Role::SystemOwner),
        ]
    };
    let small = small_shop_policy();
    assert!(ask(&small, cui(), reviewed_by(5), DAVID).is_yes());
    assert!(
        !ask(&small, cui(), reviewed_by(CLARA), DAVID).is_yes(),
        "the reviewer worked"
    );
}

#[test]
fn evidence_for_the_change_as_a_whole_needs_no_asset() {
    let policy = default_policy_with("per_change = []", "per_change = [\"test_result\"]");
    let mut facts = closing();
    assert_eq!(broken(&policy.may_close(&facts)), ["5.1"]);
    let mut result = evidence(EvidenceKind::TestResult, "AST-0001");
    result.assets.clear();
    facts.evidence.push(result);
    assert!(policy.may_close(&facts).is_yes());
}

#[test]
fn in_a_small_shop_the_executor_confirms_with_a_review_by_somebody_else() {
    let mut facts = closing();
    facts.verifier = Some(person(DAVID));
    let verdict = small_shop_policy().may_close(&facts);
    assert!(verdict.is_yes(), "{}", told(&verdict));
    assert!(verdict.paragraphs().contains(&"2.4".to_owned()));
    facts.change = change(ChangeType::Normal, Classification::None);
    facts.approvals = vec![approval(BEN, Role::Approver)];
    assert_eq!(broken(&small_shop_policy().may_close(&facts)), ["2.3"]);
}

#[test]
fn nobody_reviews_for_themselves_even_where_approver_and_executor_may_be_one() {
    let text = SMALL_SHOP_POLICY.replace("[\"approver\", \"executor\"], ", "");
    let policy = Policy::parse(&text).expect("the changed policy is one");
    let mut facts = closing();
    facts.change = change(ChangeType::Normal, Classification::None);
    facts.verifier = Some(person(DAVID));
    facts.approvals = vec![approval(BEN, Role::Approver), approval(DAVID, Role::SystemOwner)];
    assert_eq!(broken(&policy.may_close(&facts)), ["2.3"]);
    facts.approvals.push(approval(CLARA, Role::SystemOwner));
    assert!(policy.may_close(&facts).is_yes());
}

fn closing_emergency(held_after: Span, approver: u64) -> CloseFacts {
    let mut facts = closing();
    facts.change = change(ChangeType::Emergency, Classification::Cui);
    facts.approvals = vec![approval(BEN, Role::IncidentManager)];
    let began = facts.work_began_at.expect("the house says when work began");
    facts.retrospective = Retrospective::Held {
        at: began + held_after,
        authors: [person(DAVID)].into(),
        approvals: vec![approval(approver, Role::Approver)],
    };
    facts
}

#[test]
fn an_emergency_stays_open_until_its_retrospective_is_held_and_approved() {
    let policy = default_policy();
    let good = closing_emergency(Span::hours(10), CLARA);
    assert!(
        policy.may_close(&good).is_yes(),
        "{}",
        told(&policy.may_close(&good))
    );
    for unfit in [ANNA, DAVID] {
        assert_eq!(
            broken(&policy.may_close(&closing_emergency(Span::hours(10), unfit))),
            ["6.2"]
        );
    }
    let mut not_held = good;
    not_held.retrospective = Retrospective::NotHeld;
    let verdict = policy.may_close(&not_held);
    assert_eq!(broken(&verdict), ["6.2"]);
    insta::assert_snapshot!(told(&verdict));
}

#[test]
fn who_recorded_any_version_of_a_retrospective_does_not_approve_it() {
    let mut facts = closing_emergency(Span::hours(10), CLARA);
    if let Retrospective::Held { authors, .. } = &mut facts.retrospective {
        authors.insert(person(CLARA));
    }
    let verdict = default_policy().may_close(&facts);
    assert_eq!(broken(&verdict), ["6.2"], "{}", told(&verdict));
}

#[test]
fn an_approval_of_a_retrospective_that_fell_keeps_the_change_open() {
    let mut facts = closing_emergency(Span::hours(10), CLARA);
    if let Retrospective::Held { approvals, .. } = &mut facts.retrospective {
        approvals[0].fallen = Some(Fallen::PersonDisabled {
            person: person(CLARA),
        });
    }
    assert_eq!(broken(&default_policy().may_close(&facts)), ["6.2"]);
}

#[test]
fn a_late_retrospective_closes_the_change_and_says_that_it_was_late() {
    let policy = default_policy();
    let sentence = |after| {
        let verdict = policy.may_close(&closing_emergency(after, CLARA));
        assert!(verdict.is_yes());
        let rule = verdict
            .rules
            .into_iter()
            .find(|rule| rule.paragraph == "6.2")
            .unwrap();
        rule.sentence
    };
    assert!(!sentence(Span::hours(72)).contains("late"));
    assert!(sentence(Span::hours(77)).ends_with("Here it is late by 5 h."));
}
