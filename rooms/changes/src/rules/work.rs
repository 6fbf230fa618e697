//! What the doers report: work began, is done, was undone, failed.

use basis::{Class, PersonId, Refusal, Subject};
use ledger::events::Events;
use policy::Comparison;

use super::change::Change;
use super::events::{Done, Failed, Reworked, RolledBack, Started, Worked};
use super::parts::check_text;
use super::state::{Move, State};

/// Notes that `person` works on any of the assets, so that everything falls that was found.
pub fn started(change: &Change, person: PersonId) -> Result<Events, Refusal> {
    began(change, person, None)
}

/// Notes that `person` works. Only a change with a window, behind its approvals, gets here.
fn began(change: &Change, person: PersonId, asset: Option<&Subject>) -> Result<Events, Refusal> {
    Move::Start.check(change.id, change.state)?;
    if change.window.is_none() {
        let what = format!("{} has no window", change.id);
        return Err(
            Refusal::new(Class::Conflict, "life of a change", what).way_out(format!(
                "set it: `tagout change schedule {} --from TIME --until TIME`",
                change.id
            )),
        );
    }
    let is_new = !change.worked.contains(&person);
    Ok(match (change.state, is_new) {
        (State::InProgress, false) => Events::none(),
        (State::InProgress, true) => Events::one(Worked {
            change: change.id,
            person,
        }),
        _ => Events::one(Started {
            change: change.id,
            person,
            asset: asset.cloned(),
        }),
    })
}

/// Notes that `person` works on `asset`, so that what was found on it falls.
pub fn worked_on(change: &Change, person: PersonId, asset: &Subject) -> Result<Events, Refusal> {
    let mut events = began(change, person, Some(asset))?;
    if change.state == State::InProgress && change.comparison(asset) != Comparison::NotCompared {
        events.push(Reworked {
            change: change.id,
            asset: asset.clone(),
        });
    }
    Ok(events)
}

/// Notes that the work is done.
pub fn done(change: &Change) -> Result<Events, Refusal> {
    Move::Finish.check(change.id, change.state)?;
    Ok(Events::one(Done { change: change.id }))
}

/// Notes that the work was undone, and why.
pub fn rolled_back(change: &Change, reason: String) -> Result<Events, Refusal> {
    Move::RollBack.check(change.id, change.state)?;
    check_text("reason", &reason)?;
    Ok(Events::one(RolledBack {
        change: change.id,
        reason,
    }))
}

/// Notes that the work failed, and why.
pub fn failed(change: &Change, reason: String) -> Result<Events, Refusal> {
    Move::Fail.check(change.id, change.state)?;
    check_text("reason", &reason)?;
    Ok(Events::one(Failed {
        change: change.id,
        reason,
    }))
}
