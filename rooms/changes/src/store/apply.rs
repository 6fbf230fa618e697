//! What each event makes of the rows.

use basis::{PersonId, Subject, Time};
use storage::{DataError, EventKind, Stamp, StorageError, Tables, Value};

use crate::rules::events::{
    Accepted, Approved, Cancelled, Closed, Compared, DecisionMade, Done, Edited, Failed, Opened, Reworked,
    RolledBack, Scheduled, Started, Submitted, Told, Verified, Worked,
};
use crate::rules::{ChangeId, Decision, Parts, State, SubmissionKind};

/// Every kind of event of this room.
pub(crate) fn events() -> Vec<EventKind> {
    vec![
        EventKind::of::<Opened>(apply_opened),
        EventKind::of::<Edited>(apply_edited),
        EventKind::of::<Submitted>(apply_submitted),
        EventKind::of::<DecisionMade>(apply_decided),
        EventKind::of::<Approved>(apply_approved),
        EventKind::of::<Scheduled>(apply_scheduled),
        EventKind::of::<Told>(apply_told),
        EventKind::of::<Started>(apply_started),
        EventKind::of::<Worked>(apply_worked),
        EventKind::of::<Reworked>(apply_reworked),
        EventKind::of::<Done>(apply_done),
        EventKind::of::<RolledBack>(apply_rolled_back),
        EventKind::of::<Failed>(apply_failed),
        EventKind::of::<Compared>(apply_compared),
        EventKind::of::<Accepted>(apply_accepted),
        EventKind::of::<Verified>(apply_verified),
        EventKind::of::<Closed>(apply_closed),
        EventKind::of::<Cancelled>(apply_cancelled),
    ]
}

type Applied = Result<(), StorageError>;

fn note(tables: &Tables<'_>, stamp: &Stamp, change: ChangeId) -> Applied {
    let values = [stamp.index.into(), Value::id(change)];
    tables
        .execute(include_str!("../sql/insert_entry.sql"), &values)
        .map(drop)
}

fn move_to(tables: &Tables<'_>, stamp: &Stamp, change: ChangeId, state: State) -> Applied {
    let values = [Value::id(change), state.name().into()];
    tables.execute(include_str!("../sql/set_state.sql"), &values)?;
    note(tables, stamp, change)
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value, StorageError> {
    serde_json::to_string(value).map(Value::from).map_err(|error| {
        let place = "parts of a change on their way into a table".to_owned();
        DataError {
            place,
            what: error.to_string(),
        }
        .into()
    })
}

fn write_parts(
    tables: &Tables<'_>,
    change: ChangeId,
    revision: u64,
    author: PersonId,
    parts: &Parts,
) -> Applied {
    let values = [
        Value::id(change),
        revision.into(),
        SubmissionKind::Request.name().into(),
        json(parts)?,
    ];
    tables.execute(include_str!("../sql/upsert_revision.sql"), &values)?;
    let values = [Value::id(change), revision.into(), Value::id(author)];
    tables.execute(include_str!("../sql/insert_author.sql"), &values)?;
    tables.execute(include_str!("../sql/delete_subjects.sql"), &[Value::id(change)])?;
    for subject in parts.assets.iter().chain(&parts.findings) {
        let values = [Value::id(change), subject.to_string().into()];
        tables.execute(include_str!("../sql/insert_subject.sql"), &values)?;
    }
    Ok(())
}

fn apply_opened(tables: &Tables<'_>, stamp: &Stamp, event: Opened) -> Applied {
    let values = [
        Value::id(event.change),
        Value::id(stamp.actor),
        stamp.time.into(),
        event.parts.change_type.name().into(),
        Value::from(&event.parts.title),
    ];
    tables.execute(include_str!("../sql/insert_change.sql"), &values)?;
    write_parts(tables, event.change, 1, stamp.actor, &event.parts)?;
    note(tables, stamp, event.change)
}

fn apply_edited(tables: &Tables<'_>, stamp: &Stamp, event: Edited) -> Applied {
    if event.voids_decisions {
        // Who wrote the revision before wrote what of it stands in this one.
        let before = tables.the(
            include_str!("../sql/read_change.sql"),
            &[Value::id(event.change)],
            |row| row.count("revision"),
        )?;
        let values = [Value::id(event.change), before.into(), event.revision.into()];
        tables.execute(include_str!("../sql/copy_authors.sql"), &values)?;
        let why = format!("{} edited the request in entry {}", stamp.actor, stamp.index);
        let values = [Value::id(event.change), event.revision.into(), why.into()];
        tables.execute(include_str!("../sql/void_decisions.sql"), &values)?;
    }
    let values = [
        Value::id(event.change),
        event.revision.into(),
        Value::from(&event.parts.title),
    ];
    tables.execute(include_str!("../sql/begin_revision.sql"), &values)?;
    write_parts(tables, event.change, event.revision, stamp.actor, &event.parts)?;
    note(tables, stamp, event.change)
}

fn apply_submitted(tables: &Tables<'_>, stamp: &Stamp, event: Submitted) -> Applied {
    let change = Value::id(event.change);
    if event.kind == SubmissionKind::Retrospective {
        let values = [change.clone(), event.revision.into()];
        tables.execute(include_str!("../sql/insert_retrospective.sql"), &values)?;
        let values = [change.clone(), event.revision.into(), stamp.time.into()];
        tables.execute(include_str!("../sql/set_retrospective.sql"), &values)?;
    } else {
        let values = [change.clone(), State::Submitted.name().into()];
        tables.execute(include_str!("../sql/set_state.sql"), &values)?;
    }
    let values = [
        change,
        event.revision.into(),
        Value::id(event.requester),
        event.text.into(),
        event.digest.into(),
        stamp.time.into(),
        json(&event.assets)?,
    ];
    tables.execute(include_str!("../sql/submit_revision.sql"), &values)?;
    note(tables, stamp, event.change)
}

fn apply_decided(tables: &Tables<'_>, stamp: &Stamp, event: DecisionMade) -> Applied {
    let values = [
        stamp.index.into(),
        Value::id(event.change),
        event.revision.into(),
        event.kind.name().into(),
        event.decision.name().into(),
        Value::id(event.person),
        event.capacity.name().into(),
        event.signed_at.into(),
        event.key_id.into(),
        event.signature.into(),
        event.comment.into(),
        event.alternative.into(),
    ];
    tables.execute(include_str!("../sql/insert_decision.sql"), &values)?;
    if event.decision == Decision::Disapprove && event.kind == SubmissionKind::Request {
        return move_to(tables, stamp, event.change, State::Disapproved);
    }
    note(tables, stamp, event.change)
}

fn apply_approved(tables: &Tables<'_>, stamp: &Stamp, event: Approved) -> Applied {
    let values = [Value::id(event.change), stamp.time.into()];
    tables.execute(include_str!("../sql/set_approved.sql"), &values)?;
    note(tables, stamp, event.change)
}

fn apply_scheduled(tables: &Tables<'_>, stamp: &Stamp, event: Scheduled) -> Applied {
    let values = [
        Value::id(event.change),
        event.window.from.into(),
        event.window.until.into(),
    ];
    tables.execute(include_str!("../sql/set_window.sql"), &values)?;
    note(tables, stamp, event.change)
}

fn apply_told(tables: &Tables<'_>, stamp: &Stamp, event: Told) -> Applied {
    let values = [
        Value::id(event.change),
        event.role.name().into(),
        Value::id(event.person),
        stamp.time.into(),
    ];
    tables.execute(include_str!("../sql/insert_told.sql"), &values)?;
    note(tables, stamp, event.change)
}

fn insert_worker(tables: &Tables<'_>, change: ChangeId, person: PersonId, at: Time) -> Applied {
    let values = [Value::id(change), Value::id(person), at.into()];
    tables
        .execute(include_str!("../sql/insert_worker.sql"), &values)
        .map(drop)
}

fn apply_started(tables: &Tables<'_>, stamp: &Stamp, event: Started) -> Applied {
    let values = [Value::id(event.change), stamp.time.into()];
    tables.execute(include_str!("../sql/set_started.sql"), &values)?;
    // What was found and accepted was about the state before this work.
    let change = [Value::id(event.change)];
    match event.asset {
        Some(asset) => forget_comparison(tables, event.change, &asset)?,
        None => {
            tables.execute(include_str!("../sql/delete_comparisons.sql"), &change)?;
        }
    }
    tables.execute(include_str!("../sql/delete_accepted_findings.sql"), &change)?;
    insert_worker(tables, event.change, event.person, stamp.time)?;
    note(tables, stamp, event.change)
}

fn apply_worked(tables: &Tables<'_>, stamp: &Stamp, event: Worked) -> Applied {
    insert_worker(tables, event.change, event.person, stamp.time)?;
    note(tables, stamp, event.change)
}

fn apply_reworked(tables: &Tables<'_>, stamp: &Stamp, event: Reworked) -> Applied {
    forget_comparison(tables, event.change, &event.asset)?;
    note(tables, stamp, event.change)
}

fn forget_comparison(tables: &Tables<'_>, change: ChangeId, asset: &Subject) -> Applied {
    let values = [Value::id(change), asset.to_string().into()];
    tables
        .execute(include_str!("../sql/delete_comparison.sql"), &values)
        .map(drop)
}

fn apply_done(tables: &Tables<'_>, stamp: &Stamp, event: Done) -> Applied {
    move_to(tables, stamp, event.change, State::Verifying)
}

fn apply_rolled_back(tables: &Tables<'_>, stamp: &Stamp, event: RolledBack) -> Applied {
    move_to(tables, stamp, event.change, State::RolledBack)
}

fn apply_failed(tables: &Tables<'_>, stamp: &Stamp, event: Failed) -> Applied {
    move_to(tables, stamp, event.change, State::Failed)
}

fn apply_compared(tables: &Tables<'_>, stamp: &Stamp, event: Compared) -> Applied {
    let values = [
        Value::id(event.change),
        event.asset.to_string().into(),
        json(&event.differences)?,
        stamp.time.into(),
    ];
    tables.execute(include_str!("../sql/upsert_comparison.sql"), &values)?;
    note(tables, stamp, event.change)
}

fn apply_accepted(tables: &Tables<'_>, stamp: &Stamp, event: Accepted) -> Applied {
    let values = [
        Value::id(event.change),
        event.about.to_string().into(),
        Value::id(stamp.actor),
        event.because.into(),
    ];
    let touched = tables.execute(include_str!("../sql/accept_difference.sql"), &values)?;
    if touched == 0 {
        tables.execute(include_str!("../sql/upsert_accepted_finding.sql"), &values)?;
    }
    note(tables, stamp, event.change)
}

fn apply_verified(tables: &Tables<'_>, stamp: &Stamp, event: Verified) -> Applied {
    let values = [Value::id(event.change), Value::id(stamp.actor)];
    tables.execute(include_str!("../sql/set_verifier.sql"), &values)?;
    note(tables, stamp, event.change)
}

fn apply_closed(tables: &Tables<'_>, stamp: &Stamp, event: Closed) -> Applied {
    move_to(tables, stamp, event.change, State::Closed)
}

fn apply_cancelled(tables: &Tables<'_>, stamp: &Stamp, event: Cancelled) -> Applied {
    move_to(tables, stamp, event.change, State::Cancelled)
}
