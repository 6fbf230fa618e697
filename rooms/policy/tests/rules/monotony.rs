//! More of what is asked for never turns a yes into a no, whoever gives it.

use std::collections::BTreeSet;

use basis::Role;
use policy::*;
use proptest::prelude::*;
use proptest::sample::select;

use crate::house::*;

fn any_change() -> impl Strategy<Value = ChangeFacts> {
    let types = select(ChangeType::ALL);
    let classifications = prop::collection::vec(select(Classification::ALL), 0..3);
    let executors = prop::collection::vec(1u64..6, 1..3);
    let authors = prop::collection::btree_set(1u64..6, 0..3);
    (types, classifications, 1u64..6, authors, executors).prop_map(
        |(change_type, classifications, requester, authors, executors)| {
            let numbered = classifications.into_iter().enumerate();
            ChangeFacts {
                change: subject("CHG-0001"),
                revision: 1,
                change_type,
                assets: numbered
                    .map(|(place, classification)| asset(&format!("AST-{:04}", place + 1), classification))
                    .collect(),
                requester: person(requester),
                authors: authors.into_iter().map(person).collect(),
                executors: executors.into_iter().map(person).collect(),
            }
        },
    )
}

fn any_approval() -> impl Strategy<Value = ApprovalFacts> {
    let capacities = select(vec![Role::Approver, Role::SystemOwner, Role::IncidentManager]);
    (1u64..6, capacities).prop_map(|(by, capacity)| approval(by, capacity))
}

fn any_approvals() -> impl Strategy<Value = Vec<ApprovalFacts>> {
    prop::collection::vec(any_approval(), 0..6)
}

fn any_policy() -> impl Strategy<Value = Policy> {
    select(vec![
        default_policy(),
        small_shop_policy(),
        one_pair_of_hands_policy(),
    ])
}

proptest! {
    #[test]
    fn another_part_never_spoils_a_submission(
        policy in any_policy(),
        change in any_change(),
        parts in prop::collection::btree_set(select(Part::ALL), 0..11),
        more in select(Part::ALL),
    ) {
        let before = policy.may_submit(&change, &parts);
        let mut with_more: BTreeSet<Part> = parts;
        with_more.insert(more);
        prop_assert!(!before.is_yes() || policy.may_submit(&change, &with_more).is_yes());
    }

    #[test]
    fn another_approval_never_spoils_a_change_that_is_approved(
        policy in any_policy(),
        change in any_change(),
        mut approvals in any_approvals(),
        more in any_approval(),
        place in 0usize..6,
    ) {
        let before = policy.is_approved(&change, &approvals);
        approvals.insert(place.min(approvals.len()), more);
        prop_assert!(!before.is_yes() || policy.is_approved(&change, &approvals).is_yes());
    }

    #[test]
    fn the_order_of_approvals_decides_nothing(
        policy in any_policy(),
        change in any_change(),
        approvals in any_approvals().prop_shuffle(),
    ) {
        let mut reversed = approvals.clone();
        reversed.reverse();
        prop_assert_eq!(
            policy.is_approved(&change, &approvals).is_yes(),
            policy.is_approved(&change, &reversed).is_yes()
        );
    }

    #[test]
    fn nobody_gets_a_change_approved_alone_that_they_ask_for_or_write_or_carry_out(
        policy in any_policy(),
        change in any_change(),
        capacities in prop::collection::vec(select(Role::ALL.to_vec()), 1..4),
    ) {
        let wrote = change.authors.iter().copied().chain([change.requester]);
        for alone in change.executors.iter().copied().chain(wrote) {
            let approvals: Vec<ApprovalFacts> = capacities
                .iter()
                .map(|capacity| ApprovalFacts { person: alone, ..approval(1, *capacity) })
                .collect();
            prop_assert!(!policy.is_approved(&change, &approvals).is_yes());
        }
    }

    #[test]
    fn another_approval_or_more_evidence_never_spoils_a_closure_or_the_gate(
        policy in any_policy(),
        more in any_approval(),
        kind in select(EvidenceKind::ALL),
        is_final in any::<bool>(),
        verifier in 1u64..6,
    ) {
        let more_evidence = EvidenceFacts { is_final, ..evidence(kind, "AST-0001") };
        let mut close = closing();
        close.verifier = Some(person(verifier));
        let before = policy.may_close(&close);
        close.approvals.push(more.clone());
        close.evidence.push(more_evidence.clone());
        prop_assert!(!before.is_yes() || policy.may_close(&close).is_yes());

        let mut facts = work();
        facts.approvals.push(more);
        facts.evidence.push(more_evidence);
        prop_assert!(policy.may_work(&facts).is_yes());
    }

    #[test]
    fn a_verdict_names_missing_things_and_ways_out_together(
        policy in any_policy(),
        change in any_change(),
        approvals in any_approvals(),
    ) {
        for verdict in [policy.is_approved(&change, &approvals), policy.may_submit(&change, &BTreeSet::new())] {
            for rule in &verdict.rules {
                prop_assert_eq!(rule.missing.is_empty(), rule.way_out.is_empty());
                prop_assert!(rule.missing.iter().chain(&rule.way_out).all(|line| !line.contains('\n')));
            }
        }
    }
}
