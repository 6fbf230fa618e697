//! What waits for one person among the changes that are not over.

use basis::{Actor, Refusal, Time};
use frame::pages::Waiting;
use policy::{ChangeFacts, Policy};
use storage::{Organisation, View};

use super::facts::facts;
use crate::rules::{self, Change, State};
use crate::store;

/// How many changes of one state are looked at, and how many of a person's own; more than that wait for nobody in particular.
const LOOKED_AT_MAX: u32 = 200;

/// A change at which people may have something to do, with what the policy looks at.
type Standing = (Change, ChangeFacts);

/// The changes that wait for the actor: to complete, decide, schedule, work on or close. Those that may wait for anybody are read
/// once for all who look, until something happens.
///
/// # Errors
/// A refusal where a record cannot be read.
pub fn waiting(organisation: &Organisation, actor: &Actor, now: Time) -> Result<Vec<Waiting>, Refusal> {
    let (anybodys, _) = organisation.remember("changes that wait", waiting_for_anybody)?;
    organisation.view(|view| {
        let policy = policy::current(view)?;
        let mut all: Vec<Waiting> = Vec::new();
        for state in [State::Draft, State::Disapproved, State::Approved] {
            for summary in store::newest_of(view, actor.person, state, LOOKED_AT_MAX)? {
                if let Some(change) = store::find(view, summary.id)? {
                    all.extend(of_change(&policy, actor, &change, |_| false, now));
                }
            }
        }
        // The own approved ones stand above, however many others there are.
        let is_others = |change: &Change| change.state != State::Approved || change.requester != actor.person;
        for (change, facts) in anybodys.iter().filter(|(change, _)| is_others(change)) {
            let may_decide = |change: &Change| may_decide(&policy, actor, change, facts);
            all.extend(of_change(&policy, actor, change, may_decide, now));
        }
        Ok(all)
    })
}

/// The changes of which only the whole record says for whom they wait.
fn waiting_for_anybody(view: &View<'_>) -> Result<Vec<Standing>, Refusal> {
    let mut all = Vec::new();
    for state in [
        State::Submitted,
        State::Approved,
        State::Scheduled,
        State::InProgress,
        State::Verifying,
    ] {
        for summary in store::list(view, None, Some(state), LOOKED_AT_MAX)? {
            if let Some(change) = store::find(view, summary.id)? {
                let facts = facts(view, &change)?;
                all.push((change, facts));
            }
        }
    }
    Ok(all)
}

fn of_change(
    policy: &Policy,
    actor: &Actor,
    change: &Change,
    may_decide: impl FnOnce(&Change) -> bool,
    now: Time,
) -> Option<Waiting> {
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
        State::Submitted if may_decide(change) => {
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
    said.map(|(reason, page, due, is_urgent)| Waiting {
        what: format!("{} {}", change.id, change.parts.title),
        reason: reason.to_owned(),
        path: format!("/changes/{}{page}", change.id),
        since: submitted.unwrap_or(change.opened_at),
        due,
        is_urgent,
    })
}

/// Whether the actor may decide in any of their roles.
fn may_decide(policy: &Policy, actor: &Actor, change: &Change, facts: &ChangeFacts) -> bool {
    let may = |role| rules::ground(policy, change, facts, actor.person, &actor.roles, role).is_ok();
    actor.roles.iter().copied().any(may)
}
