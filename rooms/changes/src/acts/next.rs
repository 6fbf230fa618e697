//! What a change waits for, and whom.

use basis::{Actor, PersonId, Role};
use policy::{ChangeFacts, Policy};

use super::decide::decidable;
use super::record::Allowed;
use crate::rules::{Change, Step};

/// What a change waits for, and whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The step.
    pub step: Step,
    /// The people who are to do it; none where the roles say who.
    pub people: Vec<PersonId>,
    /// The roles in which it can be done; none where the people say who.
    pub roles: Vec<Role>,
    /// Whether the reader is among them.
    pub is_readers: bool,
}

pub(super) fn next(
    policy: &Policy,
    change: &Change,
    facts: &ChangeFacts,
    actor: &Actor,
    allowed: Allowed,
) -> Option<Next> {
    let step = Step::of(change)?;
    let table = policy.authority();
    let holders = |act: &str| table.roles(act).into_iter().collect::<Vec<Role>>();
    let asked = [change.requester];
    let executors = change.parts.executors.as_slice();
    let (people, roles) = match step {
        Step::Submit | Step::Answer => (&asked[..], Vec::new()),
        Step::Decide => {
            let short = policy.capacities_short(facts, &change.approvals());
            (&[][..], short.into_iter().collect())
        }
        Step::SetWindow => (&[][..], holders("changes.schedule")),
        Step::Work if executors.is_empty() => (&[][..], holders("permits.issue")),
        Step::Work => (executors, Vec::new()),
        Step::Adopt => (&[][..], holders("policy.adopt")),
        Step::Confirm => (&[][..], holders("changes.verify")),
    };
    let is_readers = match step {
        Step::Submit | Step::Answer => asked.contains(&actor.person) && allowed.edit,
        Step::Decide => allowed.decide && decidable(policy, change, facts, actor).1.is_none(),
        Step::SetWindow => allowed.schedule,
        Step::Work => people.contains(&actor.person),
        Step::Adopt => allowed.adopt,
        Step::Confirm => allowed.verify && !change.worked.contains(&actor.person),
    };
    Some(Next {
        step,
        people: people.to_vec(),
        roles,
        is_readers,
    })
}
