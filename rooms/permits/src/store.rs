//! Rows of permits and of the gate's answers, and what each event makes of them.

use std::collections::BTreeSet;

use basis::{Id, PersonId, Subject, Time};
use changes::ChangeId;
use policy::{Action, PermitState, Window};
use storage::{DataError, EventKind, Row, Stamp, StorageError, Tables, Value, View};

use crate::rules::events::{CommandRun, GateAnswered, HandedBack, Issued, Resumed, Revoked, Suspended};
use crate::rules::{Permit, PermitId, Standing};

/// One answer of the gate, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateAnswer {
    /// Index of its entry in the ledger.
    pub entry: u64,
    /// Under which change.
    pub change: ChangeId,
    /// The permit that was looked at.
    pub permit: Option<PermitId>,
    /// Who wanted to work.
    pub person: PersonId,
    /// On what.
    pub asset: Subject,
    /// What they wanted to do.
    pub action: Action,
    /// Whether the answer was yes.
    pub is_allowed: bool,
    /// What was missing.
    pub reasons: Vec<String>,
    /// The id of the token that came with a yes.
    pub jti: Option<String>,
    /// When.
    pub at: Time,
}

pub(crate) fn events() -> Vec<EventKind> {
    vec![
        EventKind::of::<Issued>(apply_issued),
        EventKind::of::<Suspended>(apply_suspended),
        EventKind::of::<Resumed>(apply_resumed),
        EventKind::of::<HandedBack>(apply_handed_back),
        EventKind::of::<Revoked>(apply_revoked),
        EventKind::of::<GateAnswered>(apply_gate_answered).no_rule_looks_at(),
        EventKind::of::<CommandRun>(apply_command_run),
    ]
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value, StorageError> {
    serde_json::to_string(value).map(Value::from).map_err(|error| {
        let place = "a list of a permit on its way into a table".to_owned();
        DataError {
            place,
            what: error.to_string(),
        }
        .into()
    })
}

fn apply_issued(tables: &Tables<'_>, stamp: &Stamp, event: Issued) -> Result<(), StorageError> {
    let values = [
        Value::id(event.permit),
        Value::id(event.change),
        event.revision.into(),
        event.from.into(),
        event.until.into(),
        json(&event.people)?,
        json(&event.assets)?,
        json(&event.actions)?,
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_permit.sql"), &values)
        .map(drop)
}

fn stand(tables: &Tables<'_>, permit: PermitId, standing: Standing) -> Result<(), StorageError> {
    let values = [Value::id(permit), standing.name().into()];
    tables
        .execute(include_str!("sql/set_standing.sql"), &values)
        .map(drop)
}

fn apply_suspended(tables: &Tables<'_>, _: &Stamp, event: Suspended) -> Result<(), StorageError> {
    stand(tables, event.permit, Standing::Suspended)
}

fn apply_resumed(tables: &Tables<'_>, _: &Stamp, event: Resumed) -> Result<(), StorageError> {
    stand(tables, event.permit, Standing::Given)
}

fn apply_handed_back(tables: &Tables<'_>, _: &Stamp, event: HandedBack) -> Result<(), StorageError> {
    stand(tables, event.permit, Standing::HandedBack)
}

fn apply_revoked(tables: &Tables<'_>, _: &Stamp, event: Revoked) -> Result<(), StorageError> {
    stand(tables, event.permit, Standing::Revoked)
}

fn apply_gate_answered(tables: &Tables<'_>, stamp: &Stamp, event: GateAnswered) -> Result<(), StorageError> {
    let values = [
        stamp.index.into(),
        Value::id(event.change),
        Value::id_if(event.permit),
        Value::id(event.person),
        event.asset.to_string().into(),
        event.action.into(),
        event.is_allowed.into(),
        json(&event.reasons)?,
        event.token.map(|token| token.jti).into(),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_answer.sql"), &values)
        .map(drop)
}

fn apply_command_run(tables: &Tables<'_>, stamp: &Stamp, event: CommandRun) -> Result<(), StorageError> {
    let values = [
        stamp.index.into(),
        Value::id(event.change),
        event.jti.into(),
        event.exit_code.into(),
        event.duration_ms.into(),
        Value::id(event.evidence),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_command.sql"), &values)
        .map(drop)
}

pub(crate) fn next_permit_id(view: &View<'_>) -> Result<PermitId, StorageError> {
    view.the(include_str!("sql/next_permit_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

fn read_permit(row: &Row<'_>) -> Result<Permit, StorageError> {
    let names: Vec<String> = row.json("actions")?;
    let action = |name: &String| {
        Action::named(name).ok_or_else(|| row.damaged("actions", format!("`{name}` is no action")))
    };
    Ok(Permit {
        id: row.id("permit_id")?,
        change: row.id("change_id")?,
        revision: row.count("revision")?,
        standing: row.word("standing", Standing::named)?,
        window: Window {
            from: row.time("starts_at")?,
            until: row.time("ends_at")?,
        },
        people: row.json("people")?,
        assets: row.json("assets")?,
        actions: names.iter().map(action).collect::<Result<BTreeSet<_>, _>>()?,
        issued_by: row.id("issued_by")?,
        issued_at: row.time("issued_at")?,
    })
}

/// Finds one permit.
pub fn find(view: &View<'_>, id: PermitId) -> Result<Option<Permit>, StorageError> {
    view.one(include_str!("sql/read_permit.sql"), &[Value::id(id)], read_permit)
}

/// Every permit ever issued under the change, oldest first.
pub fn of_change(view: &View<'_>, change: ChangeId) -> Result<Vec<Permit>, StorageError> {
    view.rows(
        include_str!("sql/list_permits_of_change.sql"),
        &[Value::id(change)],
        read_permit,
    )
}

/// The permit under which work may happen now, if there is one.
pub fn active(view: &View<'_>, change: ChangeId, now: Time) -> Result<Option<Permit>, StorageError> {
    let permits = of_change(view, change)?;
    Ok(permits
        .into_iter()
        .find(|permit| permit.state_at(now) == PermitState::Active))
}

/// Reads at most `limit` permits after `after`, oldest first.
pub fn list(view: &View<'_>, after: Option<PermitId>, limit: u32) -> Result<Vec<Permit>, StorageError> {
    let values = [after.map_or(0, PermitId::number).into(), u64::from(limit).into()];
    view.rows(include_str!("sql/list_permits.sql"), &values, read_permit)
}

fn read_answer(row: &Row<'_>) -> Result<GateAnswer, StorageError> {
    Ok(GateAnswer {
        entry: row.count("entry_index")?,
        change: row.id("change_id")?,
        permit: row.id_if("permit_id")?,
        person: row.id("person_id")?,
        asset: row.word("asset", Subject::parse)?,
        action: row.word("action", Action::named)?,
        is_allowed: row.flag("is_allowed")?,
        reasons: row.json("reasons")?,
        jti: row.text_if("jti")?,
        at: row.time("answered_at")?,
    })
}

/// The answer that came with the token of this id.
pub(crate) fn answer_by_jti(view: &View<'_>, jti: &str) -> Result<Option<GateAnswer>, StorageError> {
    view.one(
        include_str!("sql/read_answer_by_jti.sql"),
        &[jti.into()],
        read_answer,
    )
}

/// Reads at most `limit` answers of the gate about the change after the entry `after`.
pub fn answers(
    view: &View<'_>,
    change: ChangeId,
    after: u64,
    limit: u32,
) -> Result<Vec<GateAnswer>, StorageError> {
    let values = [Value::id(change), after.into(), u64::from(limit).into()];
    view.rows(include_str!("sql/list_answers.sql"), &values, read_answer)
}

/// Whether a command was already reported under the token of this id.
pub(crate) fn is_reported(view: &View<'_>, change: ChangeId, jti: &str) -> Result<bool, StorageError> {
    let values = [Value::id(change), jti.into()];
    let found = view.one(include_str!("sql/read_command_by_jti.sql"), &values, |row| {
        row.count("entry_index")
    })?;
    Ok(found.is_some())
}
