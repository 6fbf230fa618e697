//! What waits for one person among the changes that are not over.

use basis::{Actor, Refusal, Time};
use frame::pages::Waiting;
use policy::Policy;
use storage::View;

use super::facts::facts;
use crate::rules::{self, Change, State};
use crate::store;

/// How many changes of one state are looked at; more than that wait for nobody in particular.
const LOOKED_AT_MAX: u32 = 200;

/// The changes that wait for the actor: to complete, decide, schedule, work on or close.
pub fn waiting(view: &View<'_>, actor: &Actor, now: Time) -> Result<Vec<Waiting>, Refusal> {
    let policy = policy::current(view)?;
    let mut all = Vec::new();
    for state in [
        State::Draft,
        State::Disapproved,
        State::Submitted,
        State::Approved,
        State::Scheduled,
        State::InProgress,
        State::Verifying,
    ] {
        // Who may set no window is not told to.
        let is_scheduler =
            state == State::Approved && policy.authority().admit(actor, "changes.schedule").is_ok();
        for summary in store::list(view, None, Some(state), LOOKED_AT_MAX)? {
            let concerns = state == State::Submitted
                || summary.requester == actor.person
                || is_scheduler
                || matches!(state, State::Scheduled | State::InProgress | State::Verifying);
            let found = concerns.then(|| store::find(view, summary.id)).transpose()?;
            if let Some(change) = found.flatten() {
                all.extend(of_change(view, &policy, actor, &change, now)?);
            }
        }
    }
    Ok(all)
}

fn of_change(
    view: &View<'_>,
    policy: &Policy,
    actor: &Actor,
    change: &Change,
    now: Time,
) -> Result<Option<Waiting>, Refusal> {
    let is_own = change.requester == actor.person;
    let is_at_work = change.parts.executors.contains(&actor.person) || is_own;
    let is_author = change.authors.contains(&actor.person);
    let may_schedule = policy.authority().admit(actor, "changes.schedule").is_ok();
    let asked_from = change.parts.window.map(|window| window.from);
    let opens = change.window.as_ref().map(|window| window.from);
    let ends = change.window.as_ref().map(|window| window.until);
    let said = match change.state {
        State::Draft if is_own => Some(("complete it and submit it", "", None, false)),
        State::Disapproved if is_own => Some(("answer the objection and submit it again", "", None, false)),
        State::Submitted if may_decide(view, policy, actor, change)? => {
            Some(("your decision is asked for", "/decision", opens, false))
        }
        State::Approved if may_schedule && (is_at_work || is_author) => {
            Some(("it is approved: set its window", "#schedule", asked_from, false))
        }
        State::Approved if is_own => Some((
            "it is approved: somebody who may sets its window",
            "",
            asked_from,
            false,
        )),
        State::Scheduled if is_at_work && opens.is_some_and(|opens| opens <= now) => {
            Some(("its window is open: begin the work", "/plan", ends, true))
        }
        State::Scheduled if is_at_work => Some(("be there when its window opens", "", opens, false)),
        State::InProgress if is_at_work => Some(("work has begun", "/plan", ends, false)),
        State::Verifying if is_own || change.verifier == Some(actor.person) => {
            Some(("look at what was found, and close it", "", None, false))
        }
        _ => None,
    };
    let submitted = change.submission.as_ref().map(|submission| submission.at);
    Ok(said.map(|(reason, page, due, is_urgent)| Waiting {
        what: format!("{} {}", change.id, change.parts.title),
        reason: reason.to_owned(),
        path: format!("/changes/{}{page}", change.id),
        since: submitted.unwrap_or(change.opened_at),
        due,
        is_urgent,
    }))
}

/// Whether the actor may decide in any of their roles.
fn may_decide(view: &View<'_>, policy: &Policy, actor: &Actor, change: &Change) -> Result<bool, Refusal> {
    let facts = facts(view, change)?;
    let may = |role| rules::ground(policy, change, &facts, actor.person, &actor.roles, role).is_ok();
    Ok(actor.roles.iter().copied().any(may))
}
