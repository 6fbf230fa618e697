//! Approvals and separation of duties.

use basis::Role;
use policy::*;

use crate::house::*;

/// A change, who approves it in which role, and whether that is enough.
type Case = (ChangeType, Classification, &'static [(u64, Role)], bool);

#[test]
fn approvals_are_counted_by_people_and_capacity() {
    use Role::{Approver, IncidentManager, SystemOwner};
    let (normal, emergency) = (ChangeType::Normal, ChangeType::Emergency);
    let (cui, none) = (Classification::Cui, Classification::None);
    let cases: [Case; 12] = [
        (normal, none, &[], false),
        (normal, none, &[(BEN, Approver)], true),
        (normal, none, &[(BEN, SystemOwner)], false),
        (normal, none, &[(ANNA, Approver)], false),
        (normal, none, &[(DAVID, Approver)], false),
        (normal, none, &[(ANNA, Approver), (BEN, Approver)], true),
        (normal, cui, &[(BEN, Approver)], false),
        (normal, cui, &[(BEN, Approver), (CLARA, SystemOwner)], true),
        (normal, cui, &[(BEN, Approver), (BEN, SystemOwner)], false),
        (
            normal,
            cui,
            &[(BEN, Approver), (BEN, SystemOwner), (CLARA, Approver)],
            true,
        ),
        (emergency, cui, &[(BEN, Approver)], false),
        (emergency, cui, &[(BEN, IncidentManager)], true),
    ];
    let policy = default_policy();
    for (change_type, classification, given, expected) in cases {
        let approvals: Vec<ApprovalFacts> = given
            .iter()
            .map(|(by, capacity)| approval(*by, *capacity))
            .collect();
        let verdict = policy.is_approved(&change(change_type, classification), &approvals);
        assert_eq!(
            verdict.is_yes(),
            expected,
            "{change_type} {classification} {given:?}"
        );
    }
}

#[test]
fn an_approval_that_does_not_count_is_named_with_its_reason() {
    let approvals = [approval(ANNA, Role::Approver), approval(CLARA, Role::SystemOwner)];
    let verdict = default_policy().is_approved(&change(ChangeType::Normal, Classification::Cui), &approvals);
    insta::assert_snapshot!(told(&verdict));
}

#[test]
fn nobody_decides_on_what_they_asked_for_or_carry_out() {
    let policy = default_policy();
    let change = change(ChangeType::Normal, Classification::Cui);
    for (who, expected) in [(ANNA, false), (BEN, true), (CLARA, true), (DAVID, false)] {
        let verdict = policy.may_decide(&change, person(who), Role::Approver);
        assert_eq!(verdict.is_yes(), expected, "{who}");
        assert!(verdict.paragraphs().contains(&"2.3".to_owned()));
    }
}

#[test]
fn only_a_role_that_is_asked_for_decides() {
    let policy = default_policy();
    let normal = change(ChangeType::Normal, Classification::None);
    for capacity in Role::ALL {
        let is_yes = policy.may_decide(&normal, person(BEN), capacity).is_yes();
        assert_eq!(is_yes, capacity == Role::Approver, "{capacity}");
    }
    let verdict = policy.may_decide(&normal, person(BEN), Role::Technician);
    insta::assert_snapshot!(told(&verdict));
}

#[test]
fn separation_is_about_people_and_not_about_roles() {
    // Anna asks, and approves in another role than the one she asked in: still Anna.
    let policy = default_policy();
    let change = change(ChangeType::Normal, Classification::None);
    for capacity in Role::ALL {
        assert!(
            !policy.is_approved(&change, &[approval(ANNA, capacity)]).is_yes(),
            "{capacity}"
        );
        assert!(
            !policy.may_decide(&change, person(ANNA), capacity).is_yes(),
            "{capacity}"
        );
    }
}

/// One technician who approves and carries out.
fn by_one_technician() -> (ChangeFacts, ApprovalFacts) {
    (
        change(ChangeType::Normal, Classification::None),
        approval(DAVID, Role::Approver),
    )
}

#[test]
fn in_a_small_shop_the_executor_approves_only_with_a_review_by_somebody_else() {
    let (change, own) = by_one_technician();
    let review = approval(CLARA, Role::SystemOwner);
    let (small, default) = (small_shop_policy(), default_policy());
    assert!(!small.is_approved(&change, std::slice::from_ref(&own)).is_yes());
    assert!(!small.is_approved(&change, std::slice::from_ref(&review)).is_yes());
    assert!(
        !default
            .is_approved(&change, &[own.clone(), review.clone()])
            .is_yes()
    );
    let verdict = small.is_approved(&change, &[own, review]);
    assert!(verdict.is_yes());
    assert!(verdict.paragraphs().contains(&"2.4".to_owned()));
    let path = verdict.rules.iter().find(|rule| rule.paragraph == "2.4").unwrap();
    insta::assert_snapshot!(path.sentence);
}

#[test]
fn a_path_that_was_not_taken_is_not_shown() {
    let verdict = small_shop_policy().is_approved(&by_one_technician().0, &[approval(BEN, Role::Approver)]);
    assert!(verdict.is_yes());
    assert!(!verdict.paragraphs().contains(&"2.4".to_owned()));
}

#[test]
fn the_reviewer_of_a_small_shop_must_be_free_of_every_conflict() {
    let (mut change, own) = by_one_technician();
    let small = small_shop_policy();
    // The technician reviews for himself, the requester reviews, a second executor reviews.
    for reviewer in [DAVID, ANNA] {
        assert!(
            !small
                .is_approved(&change, &[own.clone(), approval(reviewer, Role::SystemOwner)])
                .is_yes()
        );
    }
    change.executors.push(person(CLARA));
    assert!(
        !small
            .is_approved(&change, &[own, approval(CLARA, Role::SystemOwner)])
            .is_yes()
    );
}

#[test]
fn a_small_shop_still_keeps_requester_and_approver_apart() {
    let (change, _) = by_one_technician();
    let approvals = [approval(ANNA, Role::Approver), approval(CLARA, Role::SystemOwner)];
    assert!(!small_shop_policy().is_approved(&change, &approvals).is_yes());
    assert!(
        small_shop_policy()
            .may_decide(&change, person(DAVID), Role::Approver)
            .is_yes()
    );
    assert!(
        !small_shop_policy()
            .may_decide(&change, person(ANNA), Role::Approver)
            .is_yes()
    );
}

/// A change that Anna asks for, Ben writes a part of, and David carries out.
fn written_by_ben() -> ChangeFacts {
    let mut change = change(ChangeType::Normal, Classification::None);
    change.authors.insert(person(BEN));
    change
}

#[test]
fn who_wrote_a_part_counts_like_whoever_asked() {
    let (change, own) = (written_by_ben(), approval(BEN, Role::Approver));
    for policy in [default_policy(), small_shop_policy()] {
        assert!(!policy.is_approved(&change, std::slice::from_ref(&own)).is_yes());
        assert!(!policy.may_decide(&change, person(BEN), Role::Approver).is_yes());
    }
    let policy = one_pair_of_hands_policy();
    assert!(policy.may_decide(&change, person(BEN), Role::Approver).is_yes());
    assert_eq!(
        policy.path_to_decide(&change, person(BEN)).as_deref(),
        Some("2.4")
    );
    assert_eq!(policy.path_to_decide(&change, person(CLARA)), None);
    let alone = policy.is_approved(&change, std::slice::from_ref(&own));
    assert!(!alone.is_yes(), "{}", told(&alone));
    let review = approval(CLARA, Role::SystemOwner);
    let reviewed = policy.is_approved(&change, &[own, review]);
    assert!(reviewed.is_yes(), "{}", told(&reviewed));
    assert!(reviewed.paragraphs().contains(&"2.4".to_owned()));
}

#[test]
fn who_wrote_a_part_is_no_second_reviewer() {
    let mut change = written_by_ben();
    change.authors.insert(person(CLARA));
    let approvals = [approval(BEN, Role::Approver), approval(CLARA, Role::SystemOwner)];
    assert!(
        !one_pair_of_hands_policy()
            .is_approved(&change, &approvals)
            .is_yes()
    );
    let (mut change, own) = by_one_technician();
    change.authors.insert(person(CLARA));
    let review = approval(CLARA, Role::SystemOwner);
    assert!(!small_shop_policy().is_approved(&change, &[own, review]).is_yes());
}

#[test]
fn an_approval_that_fell_is_named_with_its_reason_and_a_new_one_takes_its_place() {
    let policy = default_policy();
    let change = change(ChangeType::Normal, Classification::None);
    let reasons = [
        Fallen::KeyRevoked {
            key: "KEY-0002".to_owned(),
        },
        Fallen::PersonDisabled { person: person(BEN) },
    ];
    for fallen in reasons {
        let fell = ApprovalFacts {
            fallen: Some(fallen.clone()),
            ..approval(BEN, Role::Approver)
        };
        let verdict = policy.is_approved(&change, std::slice::from_ref(&fell));
        assert_eq!(broken(&verdict), ["2.1"]);
        let missing = verdict.refusal().unwrap().missing.join("; ");
        assert!(
            missing.contains(&format!(
                "the approval of PER-0002 as approver does not count, because {fallen}"
            )),
            "{missing}"
        );
        assert!(
            policy
                .is_approved(&change, &[fell, approval(CLARA, Role::Approver)])
                .is_yes()
        );
    }
}

#[test]
fn a_review_that_fell_lets_nobody_hold_two_duties() {
    let (change, own) = by_one_technician();
    let fell = ApprovalFacts {
        fallen: Some(Fallen::PersonDisabled {
            person: person(CLARA),
        }),
        ..approval(CLARA, Role::SystemOwner)
    };
    let verdict = small_shop_policy().is_approved(&change, &[own, fell]);
    assert!(!verdict.is_yes());
    assert!(
        !verdict.paragraphs().contains(&"2.4".to_owned()),
        "{}",
        told(&verdict)
    );
}
