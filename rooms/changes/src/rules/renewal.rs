//! Approvals while work goes on: one is let in only in place of one that fell, and only as long as one is missing.

use basis::{Class, Refusal};
use policy::{ApprovalFacts, ChangeFacts, Policy};

use super::change::Change;
use super::state::State;
use super::words::SubmissionKind;

/// An approval is given before work begins. While work may go on, one is let in only if it fills a gap that a fall made:
/// it brings the policy nearer to a yes now, and would add nothing had none fallen.
pub(super) fn check_renewal(
    policy: &Policy,
    change: &Change,
    facts: &ChangeFacts,
    kind: SubmissionKind,
    approval: &ApprovalFacts,
) -> Result<(), Refusal> {
    let began = matches!(change.state, State::InProgress | State::Verifying | State::Failed);
    if kind == SubmissionKind::Retrospective || !began {
        return Ok(());
    }
    let fills_a_gap = nearer(policy, facts, change.approvals(), approval);
    if fills_a_gap && !nearer(policy, facts, change.approvals_as_given(), approval) {
        return Ok(());
    }
    let what = format!(
        "{} is {} and no approval as {} fell that has not been given anew",
        change.id,
        change.state.in_words(),
        approval.capacity
    );
    Err(Refusal::new(Class::Conflict, "life of a change", what)
        .missing("an approval that fell, in whose place a new one is given")
        .way_out(format!(
            "see what comes next: `tagout change missing {}`",
            change.id
        )))
}

/// Whether less is missing with one approval more.
fn nearer(
    policy: &Policy,
    facts: &ChangeFacts,
    mut approvals: Vec<ApprovalFacts>,
    more: &ApprovalFacts,
) -> bool {
    let before = policy.approvals_short(facts, &approvals);
    approvals.push(more.clone());
    policy.approvals_short(facts, &approvals) < before
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use basis::{Id, PersonId, Role, Subject, Time};
    use policy::{
        AssetFacts, ChangeType, Classification, Criticality, DEFAULT_POLICY, Environment, Exposure, Fallen,
    };
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::rules::ChangeId;
    use crate::rules::change::{Decided, Submission};
    use crate::rules::parts::Parts;
    use crate::rules::words::Decision;

    const REQUESTER: u64 = 1;
    const EXECUTOR: u64 = 2;
    const CAPACITIES: [Role; 2] = [Role::Approver, Role::SystemOwner];

    fn person(number: u64) -> PersonId {
        PersonId::from_number(number)
    }

    /// The shipped policy with another number of reviewers.
    fn policy_with(reviewers: usize) -> Policy {
        let needed = r#"needed = [{ capacity = "approver", count = 1 }]"#;
        assert_eq!(DEFAULT_POLICY.matches(needed).count(), 1);
        let more = needed.replace("count = 1", &format!("count = {reviewers}"));
        Policy::parse(&DEFAULT_POLICY.replace(needed, &more)).expect("the changed policy is one")
    }

    fn facts(classification: Classification) -> ChangeFacts {
        ChangeFacts {
            change: Subject::parse("CHG-0001").expect("an id"),
            revision: 1,
            change_type: ChangeType::Normal,
            assets: vec![AssetFacts {
                asset: Subject::parse("AST-0001").expect("an id"),
                classification,
                criticality: Criticality::Medium,
                exposure: Exposure::Internal,
                environment: Environment::Production,
            }],
            requester: person(REQUESTER),
            authors: BTreeSet::from([person(REQUESTER)]),
            executors: vec![person(EXECUTOR)],
        }
    }

    fn approval(by: u64, capacity: Role) -> ApprovalFacts {
        ApprovalFacts {
            person: person(by),
            capacity,
            at: Time::from_ms(1),
            fallen: None,
        }
    }

    fn change_in(state: State) -> Change {
        Change {
            id: ChangeId::from_number(1),
            state,
            requester: person(REQUESTER),
            authors: BTreeSet::from([person(REQUESTER)]),
            opened_at: Time::from_ms(0),
            revision: 1,
            revision_last: 1,
            parts: Parts::titled("Patch", ChangeType::Normal),
            submission: None::<Submission>,
            approved_at: None,
            window: None,
            work_began_at: None,
            worked: BTreeSet::new(),
            verifier: None,
            verified: Vec::new(),
            accepted_findings: Vec::new(),
            told: Vec::new(),
            retrospect: None,
            decisions: Vec::new(),
        }
    }

    fn give(change: &mut Change, approval: &ApprovalFacts) {
        change.decisions.push(Decided {
            revision: 1,
            kind: SubmissionKind::Request,
            decision: Decision::Approve,
            person: approval.person,
            capacity: approval.capacity,
            signed_at: approval.at,
            comment: None,
            alternative: None,
            key_id: String::new(),
            signature: String::new(),
            voided: None,
            fallen: None,
        });
    }

    fn try_give(policy: &Policy, facts: &ChangeFacts, change: &mut Change, new: &ApprovalFacts) -> bool {
        let let_in = check_renewal(policy, change, facts, SubmissionKind::Request, new).is_ok();
        if let_in {
            give(change, new);
        }
        let_in
    }

    fn fell(change: &mut Change, who: PersonId) {
        let theirs = change
            .decisions
            .iter_mut()
            .filter(|decided| decided.person == who);
        theirs.for_each(|decided| decided.fallen = Some(Fallen::PersonDisabled { person: who }));
    }

    #[test]
    fn one_approval_that_fell_is_given_anew_once() {
        let (policy, facts) = (policy_with(1), facts(Classification::None));
        let mut change = change_in(State::InProgress);
        give(&mut change, &approval(10, Role::Approver));
        assert!(!try_give(
            &policy,
            &facts,
            &mut change,
            &approval(11, Role::Approver)
        ));
        fell(&mut change, person(10));
        assert!(!try_give(
            &policy,
            &facts,
            &mut change,
            &approval(EXECUTOR, Role::Approver)
        ));
        assert!(try_give(
            &policy,
            &facts,
            &mut change,
            &approval(11, Role::Approver)
        ));
        assert!(!try_give(
            &policy,
            &facts,
            &mut change,
            &approval(12, Role::Approver)
        ));
        fell(&mut change, person(11));
        assert!(try_give(
            &policy,
            &facts,
            &mut change,
            &approval(12, Role::Approver)
        ));
    }

    #[test]
    fn one_approval_more_than_was_needed_is_not_missed_when_it_falls() {
        let (policy, facts) = (policy_with(1), facts(Classification::None));
        let mut change = change_in(State::Verifying);
        give(&mut change, &approval(10, Role::Approver));
        give(&mut change, &approval(11, Role::Approver));
        fell(&mut change, person(10));
        assert!(!try_give(
            &policy,
            &facts,
            &mut change,
            &approval(12, Role::Approver)
        ));
    }

    #[test]
    fn what_was_never_given_is_not_let_in_beside_what_fell() {
        // The asset came to hold CUI while work went on: its owner was never asked.
        let (policy, facts) = (policy_with(1), facts(Classification::Cui));
        let mut change = change_in(State::InProgress);
        give(&mut change, &approval(10, Role::Approver));
        fell(&mut change, person(10));
        assert!(!try_give(
            &policy,
            &facts,
            &mut change,
            &approval(20, Role::SystemOwner)
        ));
        assert!(try_give(
            &policy,
            &facts,
            &mut change,
            &approval(11, Role::Approver)
        ));
    }

    /// One thing that happens while work goes on.
    #[derive(Debug, Clone)]
    enum Happens {
        Approves(u64, Role),
        Falls(u64),
    }

    fn happens() -> impl Strategy<Value = Happens> {
        let who = 10_u64..16;
        prop_oneof![
            (who.clone(), select(CAPACITIES.to_vec())).prop_map(|(who, role)| Happens::Approves(who, role)),
            who.prop_map(Happens::Falls),
        ]
    }

    proptest! {
        #[test]
        fn whatever_falls_exactly_what_is_missing_is_let_in(
            reviewers in 1_usize..4,
            is_cui in any::<bool>(),
            before in proptest::collection::vec((10_u64..16, select(CAPACITIES.to_vec())), 0..8),
            happened in proptest::collection::vec(happens(), 0..24),
        ) {
            let policy = policy_with(reviewers);
            let facts = facts(if is_cui { Classification::Cui } else { Classification::None });
            let mut change = change_in(State::Scheduled);
            for (who, role) in before {
                give(&mut change, &approval(who, role));
            }
            let short_at_start = policy.approvals_short(&facts, &change.approvals());
            prop_assert_eq!(short_at_start == 0, policy.is_approved(&facts, &change.approvals()).is_yes());
            change.state = State::InProgress;
            for step in happened {
                let short = policy.approvals_short(&facts, &change.approvals());
                match step {
                    Happens::Falls(who) => fell(&mut change, person(who)),
                    Happens::Approves(who, role) => {
                        if try_give(&policy, &facts, &mut change, &approval(who, role)) {
                            let after = policy.approvals_short(&facts, &change.approvals());
                            prop_assert!(after < short, "nothing was missing that this approval gave");
                        }
                    }
                }
                let short = policy.approvals_short(&facts, &change.approvals());
                prop_assert!(short >= short_at_start, "more came in than had fallen");
            }
            // People who have no part in it yet fill every gap, one each, and then nobody is let in.
            for who in 30_u64..60 {
                let short = policy.approvals_short(&facts, &change.approvals());
                let role = CAPACITIES[usize::try_from(who % 2).expect("0 or 1")];
                let let_in = try_give(&policy, &facts, &mut change, &approval(who, role));
                prop_assert!(!let_in || short > short_at_start);
            }
            let short = policy.approvals_short(&facts, &change.approvals());
            prop_assert!(short_at_start > 0 || short == 0, "work began approved, and cannot be so again");
        }
    }
}
