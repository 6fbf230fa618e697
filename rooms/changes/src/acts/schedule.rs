//! Sets the window of an approved change.

use basis::{Actor, Refusal, Time};
use policy::{ScheduleFacts, Window};
use storage::{By, Organisation};

use super::facts::facts;
use super::{existing, tell_missing};
use crate::rules::{self, Change, ChangeId, Move, Schedule};

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
