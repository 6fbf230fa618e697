//! Rows of evidence, and what each event makes of them.

use basis::{Id, PersonId, Subject};
use ledger::Hash;
use policy::EvidenceKind;
use storage::{EventKind, Row, Stamp, StorageError, Tables, Value, View};

use crate::rules::{
    Added, Destroyed, Evidence, EvidenceId, EvidenceName, Finalised, MediaType, Opened, Opening, OpeningId,
    Standing, StoredFile,
};

/// How many pieces of evidence [`about`] reads; far more than any change has.
const ABOUT_ROWS_MAX: u64 = 100_000;

pub(crate) fn events() -> Vec<EventKind> {
    vec![
        EventKind::of::<Added>(apply_added),
        EventKind::of::<Finalised>(apply_finalised),
        EventKind::of::<Opened>(apply_opened),
        EventKind::of::<Destroyed>(apply_destroyed),
    ]
}

fn apply_added(tables: &Tables<'_>, stamp: &Stamp, event: Added) -> Result<(), StorageError> {
    let state = if event.is_final {
        Standing::Final
    } else {
        Standing::Draft
    };
    let values = [
        Value::id(event.evidence),
        event.name.into(),
        event.media_type.into(),
        event.kind.into(),
        event.sha256.to_string().into(),
        event.size.into(),
        event.blob.sha256.to_string().into(),
        event.blob.size.into(),
        event.taken_at.into(),
        Value::id(stamp.actor),
        stamp.time.into(),
        state.name().into(),
    ];
    tables.execute(include_str!("sql/insert_evidence.sql"), &values)?;
    for subject in &event.about {
        let values = [subject.to_string().into(), Value::id(event.evidence)];
        tables.execute(include_str!("sql/insert_subject.sql"), &values)?;
    }
    for objective in event.objectives {
        let values = [Value::id(event.evidence), objective.into()];
        tables.execute(include_str!("sql/insert_objective.sql"), &values)?;
    }
    Ok(())
}

fn set_state(tables: &Tables<'_>, evidence: EvidenceId, state: &str) -> Result<(), StorageError> {
    let values = [Value::id(evidence), state.into()];
    tables.execute(include_str!("sql/update_state.sql"), &values)?;
    Ok(())
}

fn apply_finalised(tables: &Tables<'_>, _: &Stamp, event: Finalised) -> Result<(), StorageError> {
    set_state(tables, event.evidence, Standing::Final.name())
}

fn apply_opened(tables: &Tables<'_>, stamp: &Stamp, event: Opened) -> Result<(), StorageError> {
    let values = [
        Value::id(event.opening),
        Value::id(event.evidence),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables.execute(include_str!("sql/insert_opening.sql"), &values)?;
    Ok(())
}

fn apply_destroyed(tables: &Tables<'_>, stamp: &Stamp, event: Destroyed) -> Result<(), StorageError> {
    let values = [
        Value::id(event.evidence),
        Value::id(stamp.actor),
        stamp.time.into(),
        event.reason.into(),
    ];
    tables.execute(include_str!("sql/insert_destruction.sql"), &values)?;
    set_state(tables, event.evidence, "destroyed")
}

pub(crate) fn next_evidence_id(view: &View<'_>) -> Result<EvidenceId, StorageError> {
    view.the(include_str!("sql/next_evidence_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_opening_id(view: &View<'_>) -> Result<OpeningId, StorageError> {
    view.the(include_str!("sql/next_opening_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

/// The evidence that a stored file already is, if any.
pub(crate) fn find_by_stored_blob(
    view: &View<'_>,
    stored: &Hash,
) -> Result<Option<EvidenceId>, StorageError> {
    let values = [stored.to_string().into()];
    view.one(include_str!("sql/find_by_stored_blob.sql"), &values, |row| {
        row.id("evidence_id")
    })
}

/// Finds one piece of evidence.
pub fn find(view: &View<'_>, id: EvidenceId) -> Result<Option<Evidence>, StorageError> {
    let found = view.one(
        include_str!("sql/find_evidence.sql"),
        &[Value::id(id)],
        read_evidence,
    )?;
    found.map(|evidence| completed(view, evidence)).transpose()
}

/// Reads every piece of evidence about `subject`, oldest first.
pub fn about(view: &View<'_>, subject: &Subject) -> Result<Vec<Evidence>, StorageError> {
    list_about(view, subject, None, ABOUT_ROWS_MAX)
}

/// Reads at most `limit` pieces of evidence about `subject` after `after`, oldest first.
pub fn list_about(
    view: &View<'_>,
    subject: &Subject,
    after: Option<EvidenceId>,
    limit: u64,
) -> Result<Vec<Evidence>, StorageError> {
    let values = [
        subject.to_string().into(),
        after.map_or(0, EvidenceId::number).into(),
        limit.into(),
    ];
    let found = view.rows(
        include_str!("sql/list_evidence_about.sql"),
        &values,
        read_evidence,
    )?;
    found
        .into_iter()
        .map(|evidence| completed(view, evidence))
        .collect()
}

/// Reads at most `limit` pieces of evidence after `after`, oldest first.
pub fn list(view: &View<'_>, after: Option<EvidenceId>, limit: u64) -> Result<Vec<Evidence>, StorageError> {
    let values = [after.map_or(0, EvidenceId::number).into(), limit.into()];
    let found = view.rows(include_str!("sql/list_evidence.sql"), &values, read_evidence)?;
    found
        .into_iter()
        .map(|evidence| completed(view, evidence))
        .collect()
}

/// Which evidence is browsed; what is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only what is about this.
    pub about: Option<Subject>,
    /// Only what shows this.
    pub kind: Option<EvidenceKind>,
    /// Only what stands so: `draft`, `final` or `destroyed`.
    pub standing: Option<&'static str>,
    /// Only what this person added.
    pub added_by: Option<PersonId>,
    /// Only what has this text in its name.
    pub text: Option<String>,
}

/// One part of the evidence that was asked for, the newest first.
pub fn browse(
    view: &View<'_>,
    selection: &Selection,
    (limit, offset): (u64, u64),
) -> Result<Vec<Evidence>, StorageError> {
    let mut values = vec![
        selection.kind.map(EvidenceKind::name).into(),
        selection.standing.into(),
        Value::id_if(selection.added_by),
        selection.text.as_deref().map(pattern).into(),
        limit.into(),
        offset.into(),
    ];
    let read = |row: &Row<'_>| row.id("evidence_id");
    let ids: Vec<EvidenceId> = match (&selection.about, selection.kind) {
        (Some(subject), _) => {
            values.insert(0, subject.to_string().into());
            view.rows(include_str!("sql/browse_evidence_about.sql"), &values, read)?
        }
        // A kind may be rare among very much.
        (None, Some(_)) => view.rows(include_str!("sql/browse_evidence_of_kind.sql"), &values, read)?,
        (None, None) => view.rows(include_str!("sql/browse_evidence.sql"), &values[1..], read)?,
    };
    let mut evidence = Vec::with_capacity(ids.len());
    for id in ids {
        evidence.extend(find(view, id)?);
    }
    Ok(evidence)
}

/// What `like` looks for to find the text anywhere.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Reads who looked at it, the last 500 times, latest first.
pub fn openings(view: &View<'_>, id: EvidenceId) -> Result<Vec<Opening>, StorageError> {
    view.rows(
        include_str!("sql/list_openings.sql"),
        &[Value::id(id)],
        read_opening,
    )
}

pub(crate) fn find_opening(view: &View<'_>, id: OpeningId) -> Result<Option<Opening>, StorageError> {
    view.one(
        include_str!("sql/find_opening.sql"),
        &[Value::id(id)],
        read_opening,
    )
}

fn read_opening(row: &Row<'_>) -> Result<Opening, StorageError> {
    Ok(Opening {
        id: row.id("opening_id")?,
        evidence: row.id("evidence_id")?,
        person: row.id("person_id")?,
        at: row.time("opened_at")?,
    })
}

fn read_evidence(row: &Row<'_>) -> Result<Evidence, StorageError> {
    let name = row.text("name")?;
    Ok(Evidence {
        id: row.id("evidence_id")?,
        // A redaction may have put its note in place of the name, so the stored text is made to fit, not refused.
        name: EvidenceName::made_of(&name),
        media_type: row.word("media_type", MediaType::named)?,
        kind: row.word("kind", EvidenceKind::named)?,
        blob: StoredFile {
            sha256: row.word("stored_sha256", Hash::from_hex)?,
            size: row.count("stored_size")?,
            clear_sha256: row.word("sha256", Hash::from_hex)?,
            clear_size: row.count("size")?,
        },
        about: Vec::new(),
        objectives: Vec::new(),
        taken_at: row.time("taken_at")?,
        added_by: row.id("added_by")?,
        added_at: row.time("added_at")?,
        standing: read_standing(row)?,
    })
}

fn read_standing(row: &Row<'_>) -> Result<Standing, StorageError> {
    match row.text("state")?.as_str() {
        "draft" => Ok(Standing::Draft),
        "final" => Ok(Standing::Final),
        "destroyed" => Ok(Standing::Destroyed {
            by: row.id("destroyed_by")?,
            at: row.time("destroyed_at")?,
            reason: row.text("reason")?,
        }),
        other => Err(row.damaged("state", format!("`{other}` is not one of its words"))),
    }
}

fn completed(view: &View<'_>, mut evidence: Evidence) -> Result<Evidence, StorageError> {
    let values = [Value::id(evidence.id)];
    evidence.about = view.rows(include_str!("sql/list_subjects.sql"), &values, |row| {
        row.word("subject", Subject::parse)
    })?;
    evidence.objectives = view.rows(include_str!("sql/list_objectives.sql"), &values, |row| {
        row.text("objective")
    })?;
    Ok(evidence)
}
