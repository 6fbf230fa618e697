//! From events to rows.

use basis::Subject;
use storage::{DataError, EventKind, Stamp, StorageError, Tables, Value};

use crate::rules::{
    Decided, Ended, GateFound, Halted, HostWord, Paused, Planned, RingEnded, RingPassed, RollBackStarted,
    RunId, RunState, Started, Step, StepFinished, StepStarted,
};

pub(crate) fn events() -> Vec<EventKind> {
    vec![
        EventKind::of::<Planned>(planned),
        EventKind::of::<Started>(started),
        EventKind::of::<StepStarted>(step_started),
        EventKind::of::<StepFinished>(step_finished),
        EventKind::of::<RingEnded>(ring_ended),
        EventKind::of::<GateFound>(gate_found),
        EventKind::of::<RingPassed>(ring_passed),
        EventKind::of::<Paused>(|tables, _, event| {
            set_state(tables, event.run, RunState::Paused, Some(event.reason))
        }),
        EventKind::of::<Halted>(|tables, _, event| {
            set_state(tables, event.run, RunState::Halted, Some(event.reason))
        }),
        EventKind::of::<Decided>(decided),
        EventKind::of::<RollBackStarted>(roll_back_started),
        EventKind::of::<Ended>(ended),
    ]
}

fn text(subject: &Subject) -> Value {
    subject.to_string().into()
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value, StorageError> {
    serde_json::to_string(value).map(Value::from).map_err(|error| {
        DataError {
            place: "an event of a run".to_owned(),
            what: error.to_string(),
        }
        .into()
    })
}

fn planned(tables: &Tables<'_>, stamp: &Stamp, event: Planned) -> Result<(), StorageError> {
    let values = [
        event.digest.to_string().into(),
        text(&event.change),
        Value::id(stamp.actor),
        stamp.time.into(),
        event.document.into(),
    ];
    tables
        .execute(include_str!("../sql/insert_plan.sql"), &values)
        .map(drop)
}

fn started(tables: &Tables<'_>, stamp: &Stamp, event: Started) -> Result<(), StorageError> {
    let values = [
        Value::id(event.run),
        text(&event.change),
        event.plan.to_string().into(),
        text(&event.permit),
        Value::id(stamp.actor),
        Value::from(u64::from(event.halt_percent)),
        event.soak_s.into(),
        stamp.time.into(),
        RunState::Running.name().into(),
    ];
    tables.execute(include_str!("../sql/insert_run.sql"), &values)?;
    for (ring, number) in event.rings.iter().zip(1u64..) {
        let values = [Value::id(event.run), number.into(), json(&ring.gate)?];
        tables.execute(include_str!("../sql/insert_ring.sql"), &values)?;
        for (asset, position) in ring.assets.iter().zip(1u64..) {
            let values = [
                Value::id(event.run),
                number.into(),
                position.into(),
                text(asset),
                HostWord::Queued.name().into(),
            ];
            tables.execute(include_str!("../sql/insert_host.sql"), &values)?;
        }
    }
    Ok(())
}

/// The state in which a step is taken.
fn state_of(step: Step) -> HostWord {
    let taken = HostWord::ALL.iter().find(|state| state.step() == Some(step));
    taken.copied().unwrap_or(HostWord::Queued)
}

fn step_started(tables: &Tables<'_>, stamp: &Stamp, event: StepStarted) -> Result<(), StorageError> {
    let values = [
        Value::id(event.run),
        stamp.index.into(),
        text(&event.asset),
        u64::from(event.attempt).into(),
        event.step.name().into(),
        event.job.into(),
        stamp.time.into(),
    ];
    tables.execute(include_str!("../sql/start_step.sql"), &values)?;
    let values = [
        Value::id(event.run),
        text(&event.asset),
        state_of(event.step).name().into(),
        event.step.name().into(),
        event.boot_id.into(),
        (event.step == Step::Apply).into(),
    ];
    tables
        .execute(include_str!("../sql/open_step.sql"), &values)
        .map(drop)
}

fn step_finished(tables: &Tables<'_>, stamp: &Stamp, event: StepFinished) -> Result<(), StorageError> {
    let attempt = Value::from(u64::from(event.attempt));
    let values = [
        Value::id(event.run),
        text(&event.asset),
        attempt.clone(),
        event.step.name().into(),
        stamp.time.into(),
        event.state.name().into(),
        event.reason.clone().into(),
        json(&event.differences)?,
    ];
    tables.execute(include_str!("../sql/finish_step.sql"), &values)?;
    let values = [
        Value::id(event.run),
        text(&event.asset),
        event.state.name().into(),
        event.reason.into(),
    ];
    tables.execute(include_str!("../sql/close_step.sql"), &values)?;
    for package in event.packages {
        let values = [
            Value::id(event.run),
            text(&event.asset),
            attempt.clone(),
            event.step.name().into(),
            package.package.into(),
            package.wanted.into(),
            package.before.into(),
            package.after.into(),
            package.outcome.into(),
            package.reason.into(),
        ];
        tables.execute(include_str!("../sql/upsert_package.sql"), &values)?;
    }
    Ok(())
}

fn ring_ended(tables: &Tables<'_>, stamp: &Stamp, event: RingEnded) -> Result<(), StorageError> {
    let values = [Value::id(event.run), event.ring.into(), stamp.time.into()];
    tables
        .execute(include_str!("../sql/end_ring.sql"), &values)
        .map(drop)
}

fn gate_found(tables: &Tables<'_>, _: &Stamp, event: GateFound) -> Result<(), StorageError> {
    let values = [
        Value::id(event.run),
        event.ring.into(),
        event.verdict.name().into(),
        event.said.into(),
    ];
    tables
        .execute(include_str!("../sql/set_verdict.sql"), &values)
        .map(drop)
}

fn ring_passed(tables: &Tables<'_>, _: &Stamp, event: RingPassed) -> Result<(), StorageError> {
    let values = [Value::id(event.run), event.ring.into()];
    tables
        .execute(include_str!("../sql/pass_ring.sql"), &values)
        .map(drop)
}

fn set_state(
    tables: &Tables<'_>,
    run: RunId,
    state: RunState,
    reason: Option<String>,
) -> Result<(), StorageError> {
    let values = [Value::id(run), state.name().into(), reason.into()];
    tables
        .execute(include_str!("../sql/set_state.sql"), &values)
        .map(drop)
}

fn decided(tables: &Tables<'_>, _: &Stamp, event: Decided) -> Result<(), StorageError> {
    set_state(tables, event.run, RunState::Running, None)?;
    for asset in &event.retry {
        let values = [Value::id(event.run), text(asset), HostWord::Queued.name().into()];
        tables.execute(include_str!("../sql/retry_host.sql"), &values)?;
        tables.execute(include_str!("../sql/reopen_ring.sql"), &values[..2])?;
    }
    tables
        .execute(
            include_str!("../sql/accept_failures.sql"),
            &[Value::id(event.run)],
        )
        .map(drop)
}

fn roll_back_started(tables: &Tables<'_>, _: &Stamp, event: RollBackStarted) -> Result<(), StorageError> {
    let values = [
        Value::id(event.run),
        RunState::RollingBack.name().into(),
        event.reason.into(),
    ];
    tables.execute(include_str!("../sql/reopen_run.sql"), &values)?;
    let values = [
        Value::id(event.run),
        "the run was rolled back before its turn".into(),
    ];
    tables
        .execute(include_str!("../sql/skip_queued.sql"), &values)
        .map(drop)
}

fn ended(tables: &Tables<'_>, stamp: &Stamp, event: Ended) -> Result<(), StorageError> {
    let values = [
        Value::id(event.run),
        event.state.name().into(),
        event.reason.into(),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("../sql/end_run.sql"), &values)
        .map(drop)
}
