//! Submitting a change, and telling those who must know of an emergency.

use basis::{Authority, PersonId, Refusal, Role, Verdict};
use ledger::Hash;
use ledger::events::Events;

use super::change::Change;
use super::events::{Submitted, Told};
use super::state::Move;
use super::words::SubmissionKind;
use super::{ChangeId, Submit};

/// Submits the current revision as `text`, if the policy's `verdict` finds it complete and its window could be set.
pub fn submit(
    _: &Authority<Submit>,
    change: &Change,
    verdict: &Verdict,
    asked_window: Option<&Verdict>,
    text: String,
) -> Result<Events, Refusal> {
    Move::Submit.check(change.id, change.state)?;
    for answer in [Some(verdict), asked_window].into_iter().flatten() {
        if let Some(refusal) = answer.refusal() {
            return Err(refusal);
        }
    }
    Ok(Events::one(Submitted {
        change: change.id,
        revision: change.revision,
        requester: change.requester,
        digest: Hash::of(text.as_bytes()).to_string(),
        text,
        kind: SubmissionKind::Request,
        policy_version: verdict.policy_version,
        paragraphs: verdict.paragraphs(),
    }))
}

/// Tells every holder of a role that must know of an emergency and has not been told.
pub fn tell(change: ChangeId, told: &[(Role, PersonId)], holders: &[(Role, PersonId)]) -> Events {
    let mut events = Events::none();
    for &(role, person) in holders.iter().filter(|holder| !told.contains(holder)) {
        events.push(Told { change, role, person });
    }
    events
}
