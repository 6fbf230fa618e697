//! Rows of exports, redactions and recoveries, and what each event makes of them.

use basis::Subject;
use ledger::Hash;
use ledger::package::Scope;
use storage::{EventKind, Row, Stamp, StorageError, Tables, Value, View};

use crate::rules::{
    CheckpointId, CheckpointRequested, Export, ExportId, ExportRecorded, Recovered, RecoveryId, Redaction,
    RedactionConfirmed, RedactionId, RedactionRequested,
};

pub(crate) fn events() -> Vec<EventKind> {
    vec![
        EventKind::of::<ExportRecorded>(apply_exported),
        EventKind::of::<RedactionRequested>(apply_redaction_requested),
        EventKind::of::<RedactionConfirmed>(apply_redacted),
        EventKind::of::<CheckpointRequested>(apply_checkpoint_requested),
        EventKind::of::<Recovered>(apply_recovered),
    ]
}

fn apply_exported(tables: &Tables<'_>, stamp: &Stamp, event: ExportRecorded) -> Result<(), StorageError> {
    let since: Vec<String> = event.since.iter().map(u64::to_string).collect();
    let values = [
        Value::id(event.export),
        event.kind.into(),
        event.of.map(|subject| subject.to_string()).into(),
        event.first.into(),
        event.last.into(),
        event.size.into(),
        event.root.to_string().into(),
        event.entries.into(),
        event.evidence_files.into(),
        since.join(" ").into(),
        event.policy_version.into(),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_export.sql"), &values)
        .map(drop)
}

fn apply_redaction_requested(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: RedactionRequested,
) -> Result<(), StorageError> {
    let values = [
        Value::id(event.redaction),
        event.entry.into(),
        event.of.to_string().into(),
        event.reason.into(),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_redaction.sql"), &values)
        .map(drop)
}

fn apply_redacted(tables: &Tables<'_>, stamp: &Stamp, event: RedactionConfirmed) -> Result<(), StorageError> {
    let values = [
        Value::id(event.redaction),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/confirm_redaction.sql"), &values)
        .map(drop)
}

fn apply_checkpoint_requested(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: CheckpointRequested,
) -> Result<(), StorageError> {
    let values = [
        Value::id(event.checkpoint),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_checkpoint.sql"), &values)
        .map(drop)
}

fn apply_recovered(tables: &Tables<'_>, stamp: &Stamp, event: Recovered) -> Result<(), StorageError> {
    let values = [
        Value::id(event.recovery),
        event.database_size.into(),
        event.mark_size.into(),
        event.mark_root.map(|root| root.to_string()).into(),
        event.reason.into(),
        Value::id(stamp.actor),
        Value::id(event.second),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_recovery.sql"), &values)
        .map(drop)
}

fn export_of(row: &Row<'_>) -> Result<Export, StorageError> {
    let scope = match row.text("kind")?.as_str() {
        "change" => Scope::Change {
            subject: row.word("subject", Subject::parse)?,
        },
        "period" => Scope::Period {
            first: row.count("first_index")?,
            last: row.count("last_index")?,
        },
        other => return Err(row.damaged("kind", format!("`{other}` is no scope"))),
    };
    let since = row.text("since")?;
    let since: Result<Vec<u64>, _> = since.split_whitespace().map(str::parse).collect();
    Ok(Export {
        export: row.id("export_id")?,
        scope,
        size: row.count("size")?,
        root: row.word("root", Hash::from_hex)?,
        entries: row.count("entries")?,
        evidence_files: row.count("evidence_files")?,
        since: since.map_err(|error| row.damaged("since", error))?,
        policy_version: row.count("policy_version")?,
        exported_by: row.id("exported_by")?,
        exported_at: row.time("exported_at")?,
    })
}

pub(crate) fn export(view: &View<'_>, id: ExportId) -> Result<Option<Export>, StorageError> {
    view.one(include_str!("sql/read_export.sql"), &[Value::id(id)], export_of)
}

/// Exports with an id above `after`, at most `limit`.
pub(crate) fn exports(view: &View<'_>, after: u64, limit: u64) -> Result<Vec<Export>, StorageError> {
    view.rows(
        include_str!("sql/list_exports.sql"),
        &[after.into(), limit.into()],
        export_of,
    )
}

/// The newest exports of a ledger that held the entry at `index`, at most `limit`.
pub(crate) fn exports_after(view: &View<'_>, index: u64, limit: u64) -> Result<Vec<Export>, StorageError> {
    view.rows(
        include_str!("sql/list_exports_after.sql"),
        &[index.into(), limit.into()],
        export_of,
    )
}

/// The newest exports with an id below `before`, at most `limit`.
pub(crate) fn exports_before(view: &View<'_>, before: u64, limit: u64) -> Result<Vec<Export>, StorageError> {
    view.rows(
        include_str!("sql/list_exports_before.sql"),
        &[before.into(), limit.into()],
        export_of,
    )
}

fn redaction_of(row: &Row<'_>) -> Result<Redaction, StorageError> {
    Ok(Redaction {
        redaction: row.id("redaction_id")?,
        entry: row.count("entry_index")?,
        subject: row.word("subject", Subject::parse)?,
        reason: row.text("reason")?,
        requested_by: row.id("requested_by")?,
        requested_at: row.time("requested_at")?,
        confirmed: row.id_if("confirmed_by")?.zip(row.time_if("confirmed_at")?),
    })
}

pub(crate) fn redaction(view: &View<'_>, id: RedactionId) -> Result<Option<Redaction>, StorageError> {
    view.one(
        include_str!("sql/read_redaction.sql"),
        &[Value::id(id)],
        redaction_of,
    )
}

pub(crate) fn redactions(view: &View<'_>, after: u64, limit: u64) -> Result<Vec<Redaction>, StorageError> {
    view.rows(
        include_str!("sql/list_redactions.sql"),
        &[after.into(), limit.into()],
        redaction_of,
    )
}

/// Whether a redaction of the entry at `index` was confirmed.
pub(crate) fn is_redacted(view: &View<'_>, index: u64) -> Result<bool, StorageError> {
    let sql = include_str!("sql/count_confirmed.sql");
    Ok(view.the(sql, &[index.into()], |row| row.count("confirmed"))? > 0)
}

pub(crate) fn next_export_id(view: &View<'_>) -> Result<ExportId, StorageError> {
    view.the(include_str!("sql/next_export_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_redaction_id(view: &View<'_>) -> Result<RedactionId, StorageError> {
    view.the(include_str!("sql/next_redaction_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_checkpoint_id(view: &View<'_>) -> Result<CheckpointId, StorageError> {
    view.the(include_str!("sql/next_checkpoint_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_recovery_id(view: &View<'_>) -> Result<RecoveryId, StorageError> {
    view.the(include_str!("sql/next_recovery_id.sql"), &[], |row| {
        row.id("next_id")
    })
}
