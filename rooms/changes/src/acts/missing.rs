//! What the next step of a change still needs.

use basis::{Actor, Refusal, Span, Time, Verdict};
use storage::Organisation;

use super::close::close_facts;
use super::existing;
use super::facts::{facts, is_emergency};
use super::schedule::schedule_facts;
use super::submit::asked_window;
use crate::rules::{Change, ChangeId, Read, State};

/// When the retrospective of an emergency is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The moment by which it must be recorded.
    pub due: Time,
    /// How long until then; negative when it is late.
    pub left: Span,
}

/// The clock of the retrospective: it runs from the start of work until the retrospective is recorded.
pub fn clock(policy: &policy::Policy, change: &Change, now: Time) -> Option<Clock> {
    let began = change.work_began_at.filter(|_| is_emergency(change))?;
    let due = began + policy.retrospective_due();
    let seen = change.retrospect.as_ref().map_or(now, |look| look.held_at);
    Some(Clock {
        due,
        left: due.since(seen),
    })
}

/// Asks the policy whether the change may take its next step. Nothing is asked for once it is over.
pub fn missing(organisation: &Organisation, actor: &Actor, id: ChangeId) -> Result<Vec<Verdict>, Refusal> {
    let now = organisation.now();
    organisation.view(|view| {
        let change = existing(view, id)?;
        let policy = policy::current(view)?;
        actor.may::<Read>(id, policy.authority())?;
        let facts = facts(view, &change)?;
        Ok(match change.state {
            State::Draft | State::Disapproved => {
                let mut verdicts = vec![policy.may_submit(&facts, &change.parts.present())];
                verdicts.extend(asked_window(&policy, &facts, &change, now));
                verdicts
            }
            State::Submitted => vec![policy.is_approved(&facts, &change.approvals())],
            State::Approved | State::Scheduled => {
                let window = change.window.or(change.parts.window.map(Into::into));
                let mut verdicts = vec![policy.is_approved(&facts, &change.approvals())];
                if let (State::Approved, Some(window)) = (change.state, window) {
                    verdicts.push(policy.may_schedule(&schedule_facts(facts, &change, window, now)));
                }
                verdicts
            }
            State::InProgress | State::Verifying | State::RolledBack | State::Failed => {
                vec![policy.may_close(&close_facts(view, &change, now)?)]
            }
            State::Closed | State::Cancelled => Vec::new(),
        })
    })
}
