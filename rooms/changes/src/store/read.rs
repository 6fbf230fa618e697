//! Reading changes.

use std::collections::BTreeSet;

use basis::{Id, PersonId, Role, Subject, Time};
use people::KeyId;
use policy::{ChangeType, Comparison, Fallen, VerifiedAsset, Window};
use storage::{Row, StorageError, Value, View};

use super::lists::read_summary;
use crate::rules::{
    Change, ChangeId, Decided, Decision, Parts, Retrospect, State, Submission, SubmissionKind,
};

/// A change as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Which change.
    pub id: ChangeId,
    /// Where it stands.
    pub state: State,
    /// Its type.
    pub change_type: ChangeType,
    /// Its title.
    pub title: String,
    /// Who asked for it.
    pub requester: PersonId,
    /// The current revision.
    pub revision: u64,
    /// When it was opened.
    pub opened_at: Time,
    /// The window set for the work.
    pub window: Option<Window>,
}

/// Who accepted a difference, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Who.
    pub by: PersonId,
    /// Why.
    pub because: String,
}

/// How the state of one asset compared with the state approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparing {
    /// Which asset.
    pub asset: Subject,
    /// How they differ, one line each; empty when they are equal.
    pub differences: Vec<String>,
    /// When they were compared.
    pub at: Time,
    /// Who accepted the difference.
    pub accepted: Option<Acceptance>,
}

impl Comparing {
    fn outcome(&self) -> Comparison {
        match &self.accepted {
            _ if self.differences.is_empty() => Comparison::Equal,
            Some(acceptance) => Comparison::DifferenceAccepted { by: acceptance.by },
            None => Comparison::Different,
        }
    }
}

pub(crate) fn next_change_id(view: &View<'_>) -> Result<ChangeId, StorageError> {
    view.the(include_str!("../sql/next_change_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

struct Head {
    state: State,
    requester: PersonId,
    opened_at: Time,
    revision: u64,
    revision_last: u64,
    approved_at: Option<Time>,
    window: Option<Window>,
    work_began_at: Option<Time>,
    verifier: Option<PersonId>,
    retrospective: Option<(u64, Time)>,
}

pub(super) fn window_of(row: &Row<'_>) -> Result<Option<Window>, StorageError> {
    let ends = (row.time_if("window_from")?, row.time_if("window_until")?);
    Ok(match ends {
        (Some(from), Some(until)) => Some(Window { from, until }),
        _ => None,
    })
}

fn read_head(row: &Row<'_>) -> Result<Head, StorageError> {
    let look = (
        row.integer_if("retrospective")?,
        row.time_if("retrospective_held_at")?,
    );
    Ok(Head {
        state: row.word("state", State::named)?,
        requester: row.id("requester")?,
        opened_at: row.time("opened_at")?,
        revision: row.count("revision")?,
        revision_last: row.count("revision_last")?,
        approved_at: row.time_if("approved_at")?,
        window: window_of(row)?,
        work_began_at: row.time_if("work_began_at")?,
        verifier: row.id_if("verifier")?,
        retrospective: match look {
            (Some(revision), Some(held_at)) => Some((revision.unsigned_abs(), held_at)),
            _ => None,
        },
    })
}

fn revision(
    view: &View<'_>,
    change: ChangeId,
    number: u64,
) -> Result<(Parts, Option<Submission>), StorageError> {
    let values = [Value::id(change), number.into()];
    view.the(include_str!("../sql/read_revision.sql"), &values, |row| {
        let submission = match row.time_if("submitted_at")? {
            None => None,
            Some(at) => Some(Submission {
                revision: row.count("revision")?,
                requester: row.id("requester")?,
                text: row.text("text")?,
                digest: row.text("digest")?,
                assets: row.json("assets")?,
                at,
            }),
        };
        Ok((row.json("parts")?, submission))
    })
}

/// Finds one change with its current revision and everything that was said and found.
pub fn find(view: &View<'_>, id: ChangeId) -> Result<Option<Change>, StorageError> {
    let Some(head) = view.one(
        include_str!("../sql/read_change.sql"),
        &[Value::id(id)],
        read_head,
    )?
    else {
        return Ok(None);
    };
    let (parts, submission) = revision(view, id, head.revision)?;
    let retrospect = match head.retrospective {
        None => None,
        Some((number, held_at)) => {
            let (_, submission) = revision(view, id, number)?;
            let authors = retrospective_authors(view, id)?;
            submission.map(|submission| Retrospect {
                submission,
                held_at,
                authors,
            })
        }
    };
    let values = [Value::id(id), head.revision.into()];
    let authors = view.rows(include_str!("../sql/list_authors.sql"), &values, |row| {
        row.id("person_id")
    })?;
    let verified = comparings(view, id)?
        .into_iter()
        .map(|comparing| VerifiedAsset {
            comparison: comparing.outcome(),
            asset: comparing.asset,
        })
        .collect();
    Ok(Some(Change {
        id,
        state: head.state,
        requester: head.requester,
        authors: authors.into_iter().collect(),
        opened_at: head.opened_at,
        revision: head.revision,
        revision_last: head.revision_last,
        parts,
        submission,
        approved_at: head.approved_at,
        window: head.window,
        work_began_at: head.work_began_at,
        worked: workers(view, id)?,
        verifier: head.verifier,
        verified,
        accepted_findings: accepted_findings(view, id)?,
        told: told(view, id)?,
        retrospect,
        decisions: decisions(view, id, head.state)?,
    }))
}

fn workers(view: &View<'_>, id: ChangeId) -> Result<BTreeSet<PersonId>, StorageError> {
    let workers = view.rows(include_str!("../sql/list_workers.sql"), &[Value::id(id)], |row| {
        row.id("person_id")
    })?;
    Ok(workers.into_iter().collect())
}

fn told(view: &View<'_>, id: ChangeId) -> Result<Vec<(Role, PersonId, Time)>, StorageError> {
    view.rows(include_str!("../sql/list_told.sql"), &[Value::id(id)], |row| {
        Ok((
            row.word("role", Role::named)?,
            row.id("person_id")?,
            row.time("told_at")?,
        ))
    })
}

fn accepted_findings(view: &View<'_>, id: ChangeId) -> Result<Vec<(Subject, PersonId)>, StorageError> {
    view.rows(
        include_str!("../sql/list_accepted_findings.sql"),
        &[Value::id(id)],
        |row| Ok((row.word("finding", Subject::parse)?, row.id("accepted_by")?)),
    )
}

fn retrospective_authors(view: &View<'_>, id: ChangeId) -> Result<BTreeSet<PersonId>, StorageError> {
    let values = [Value::id(id)];
    let sql = include_str!("../sql/list_retrospective_authors.sql");
    let authors = view.rows(sql, &values, |row| row.id("requester"))?;
    Ok(authors.into_iter().collect())
}

/// Why an approval no longer counts although its text stands, as keys and people are at this moment.
fn fallen(view: &View<'_>, key: KeyId, person: PersonId) -> Result<Option<Fallen>, StorageError> {
    let is_good = |key: &people::SigningKey| key.revoked_at.is_none();
    if !people::signing_key(view, key)?.as_ref().is_some_and(is_good) {
        return Ok(Some(Fallen::KeyRevoked { key: key.to_string() }));
    }
    let is_active = people::find(view, person)?.is_some_and(|person| person.is_active);
    Ok((!is_active).then_some(Fallen::PersonDisabled { person }))
}

/// Whether what was said may still be needed: an approval of the text as it is, while the change is not over.
fn is_needed(state: State, decided: &Decided) -> bool {
    !state.is_over() && decided.voided.is_none() && decided.decision == Decision::Approve
}

fn decisions(view: &View<'_>, id: ChangeId, state: State) -> Result<Vec<Decided>, StorageError> {
    view.rows(
        include_str!("../sql/list_decisions.sql"),
        &[Value::id(id)],
        |row| {
            let mut decided = Decided {
                revision: row.count("revision")?,
                kind: row.word("kind", SubmissionKind::named)?,
                decision: row.word("decision", Decision::named)?,
                person: row.id("person_id")?,
                capacity: row.word("capacity", Role::named)?,
                signed_at: row.time("signed_at")?,
                comment: row.text_if("comment")?,
                alternative: row.text_if("alternative")?,
                key_id: row.text("key_id")?,
                signature: row.text("signature")?,
                voided: row.text_if("voided")?,
                fallen: None,
            };
            if is_needed(state, &decided) {
                let key = row.word("key_id", |text| KeyId::parse(text).ok())?;
                decided.fallen = fallen(view, key, decided.person)?;
            }
            Ok(decided)
        },
    )
}

/// Reads what was found on each asset.
pub(crate) fn comparings(view: &View<'_>, id: ChangeId) -> Result<Vec<Comparing>, StorageError> {
    view.rows(
        include_str!("../sql/list_comparisons.sql"),
        &[Value::id(id)],
        |row| {
            let by: Option<PersonId> = row.id_if("accepted_by")?;
            let because = row.text_if("because")?;
            Ok(Comparing {
                asset: row.word("asset", Subject::parse)?,
                differences: row.json("differences")?,
                at: row.time("compared_at")?,
                accepted: by.zip(because).map(|(by, because)| Acceptance { by, because }),
            })
        },
    )
}

/// Reads at most `limit` changes after `after`, in the order in which they were opened.
pub fn list(
    view: &View<'_>,
    after: Option<ChangeId>,
    state: Option<State>,
    limit: u32,
) -> Result<Vec<Summary>, StorageError> {
    let values = [
        after.map_or(0, ChangeId::number).into(),
        state.map(State::name).into(),
        u64::from(limit).into(),
    ];
    view.rows(include_str!("../sql/list_changes.sql"), &values, read_summary)
}

/// The changes that are not over and name this asset or finding.
pub fn about(view: &View<'_>, subject: &Subject) -> Result<Vec<ChangeId>, StorageError> {
    let values = [subject.to_string().into()];
    view.rows(
        include_str!("../sql/list_open_changes_about.sql"),
        &values,
        |row| row.id("change_id"),
    )
}

/// The indexes of the ledger's entries about the change, in order.
pub(crate) fn entries(view: &View<'_>, id: ChangeId) -> Result<Vec<u64>, StorageError> {
    view.rows(include_str!("../sql/list_entries.sql"), &[Value::id(id)], |row| {
        row.count("entry_index")
    })
}

/// The same, of those after `entry` alone.
pub(crate) fn entries_after(view: &View<'_>, id: ChangeId, entry: u64) -> Result<Vec<u64>, StorageError> {
    let values = [Value::id(id), entry.into()];
    view.rows(include_str!("../sql/list_entries_after.sql"), &values, |row| {
        row.count("entry_index")
    })
}

/// The index of the ledger's last entry about the change.
pub(crate) fn last_entry(view: &View<'_>, id: ChangeId) -> Result<u64, StorageError> {
    view.the(
        include_str!("../sql/read_last_entry.sql"),
        &[Value::id(id)],
        |row| row.count("entry_index"),
    )
}
