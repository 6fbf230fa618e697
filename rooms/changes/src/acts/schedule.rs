//! Sets the window of an approved change.

use basis::{Actor, Refusal, Time};
use policy::{ChangeFacts, Policy, ScheduleFacts, Window};
use storage::{By, Organisation, View};

use super::facts::facts;
use super::{existing, tell_missing};
use crate::rules::{self, Change, ChangeId, Move, Schedule, State};

/// Sets the window: the approved one, or a narrower one with other ends.
pub fn schedule(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    from: Option<Time>,
    until: Option<Time>,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.schedule")?;
    let change = existing(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    let authority = actor.may::<Schedule>(id, policy.authority())?;
    Move::Schedule.check(id, change.state)?;
    let window = window(&change, from, until)?;
    let facts = schedule_facts(facts(&tx.view(), &change)?, &change, window, organisation.now());
    let approved = policy.is_approved(&facts.change, &change.approvals());
    let events = rules::schedule(
        &authority,
        &change,
        window,
        &approved,
        &policy.may_schedule(&facts),
    )?;
    tx.record(actor, events)?;
    tell_missing(&mut tx, &By::from(actor), id)?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}

fn window(change: &Change, from: Option<Time>, until: Option<Time>) -> Result<Window, Refusal> {
    let from = from.or(change.parts.window.map(|hours| hours.from));
    let until = until.or(change.parts.window.map(|hours| hours.until));
    match (from, until) {
        (Some(from), Some(until)) => Ok(Window { from, until }),
        _ => Err(Refusal::new(
            basis::Class::Invalid,
            "window",
            format!("{} names no window", change.id),
        )
        .missing("when the window begins and ends")
        .way_out("give both: `--from TIME --until TIME`")),
    }
}

/// What the policy asks of a window of the change that is set now, one line for each paragraph.
pub fn window_limits(view: &View<'_>, change: &Change, now: Time) -> Result<Vec<String>, Refusal> {
    let policy = policy::current(view)?;
    Ok(limits(&policy, facts(view, change)?, change, now))
}

pub(super) fn limits(policy: &Policy, facts: ChangeFacts, change: &Change, now: Time) -> Vec<String> {
    // The limits are those of any window.
    let window = Window {
        from: now,
        until: now,
    };
    policy.window_limits(&schedule_facts(facts, change, window, now))
}

/// Whether a window could be set now at all: before one is set the question stands open in the checklist, afterwards a
/// form that can only be refused is not offered.
pub(super) fn could_set(policy: &Policy, facts: &ChangeFacts, change: &Change, now: Time) -> bool {
    let set = change.window.filter(|_| change.state == State::Scheduled);
    let asked = change.parts.window.map(Window::from).or(set);
    match (set, asked) {
        (Some(_), Some(asked)) => policy.may_ask_for_window(facts, asked, now).is_yes(),
        _ => true,
    }
}

pub(super) fn schedule_facts(
    facts: policy::ChangeFacts,
    change: &Change,
    window: Window,
    now: Time,
) -> ScheduleFacts {
    ScheduleFacts {
        change: facts,
        parts_present: change.parts.present(),
        window,
        submitted_at: change.submission.as_ref().map_or(now, |submission| submission.at),
        approved_at: change.approved_at.unwrap_or(now),
        now,
    }
}
