//! Rows of adopted policies, and the policy in force, parsed once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use basis::{Class, Id, PersonId, Refusal, Subject, Time};
use ledger::Hash;
use storage::{DataError, EventKind, Row, Stamp, StorageError, Tables, Value, View};

use crate::rules::{Adopted, Policy, PolicyId};

/// How many parsed policies one process keeps. A server needs one; tests open many organisations.
const PARSED_KEPT: usize = 16;

/// What one parsed policy is known by. Which organisation it binds does not matter: equal bytes parse to equal policies.
type Key = (u64, Hash);

/// Parsed policies by version and digest, the one asked for last at the front.
static PARSED: Mutex<VecDeque<(Key, Arc<Policy>)>> = Mutex::new(VecDeque::new());

/// One adopted version of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptedVersion {
    /// Its id; the number is the version.
    pub policy: PolicyId,
    /// SHA-256 of the document.
    pub digest: Hash,
    /// The approved change that carried it; none at the founding.
    pub change: Option<Subject>,
    /// Who adopted it.
    pub adopted_by: PersonId,
    /// When it came into force.
    pub adopted_at: Time,
}

pub(crate) fn events() -> Vec<EventKind> {
    vec![EventKind::of::<Adopted>(apply_adopted)]
}

fn apply_adopted(tables: &Tables<'_>, stamp: &Stamp, event: Adopted) -> Result<(), StorageError> {
    let values = [
        Value::id(event.policy),
        event.document.into(),
        event.digest.to_string().into(),
        event.change.map(|change| change.to_string()).into(),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("sql/insert_policy.sql"), &values)
        .map(drop)
}

/// The policy in force.
///
/// # Errors
/// A refusal while the organisation has not been founded; a data error when the stored document is not what was
/// adopted, or is no policy to this program.
pub fn current(view: &View<'_>) -> Result<Arc<Policy>, StorageError> {
    let newest = view.one(include_str!("sql/read_current.sql"), &[], |row| {
        Ok((row.count("version")?, row.word("digest", Hash::from_hex)?))
    })?;
    match newest {
        Some((version, digest)) => parsed(view, version, digest),
        None => Err(StorageError::Refused(
            Refusal::new(
                Class::Conflict,
                "founding",
                "no policy is in force, so nobody may do anything",
            )
            .way_out("found the organisation with `tagout init`"),
        )),
    }
}

/// Version `policy` of the policy, if there is one.
pub fn adopted_policy(view: &View<'_>, policy: PolicyId) -> Result<Option<Arc<Policy>>, StorageError> {
    adopted_version(view, policy)?
        .map(|version| parsed(view, policy.number(), version.digest))
        .transpose()
}

fn parsed(view: &View<'_>, version: u64, digest: Hash) -> Result<Arc<Policy>, StorageError> {
    let key = (version, digest);
    if let Some(policy) = kept(&key) {
        return Ok(policy);
    }
    let damaged = |what: String| DataError {
        place: format!("policies, version {version}, column document"),
        what,
    };
    let document =
        document(view, PolicyId::from_number(version))?.ok_or_else(|| damaged("it is gone".to_owned()))?;
    if Hash::of(document.as_bytes()) != digest {
        return Err(damaged("it is not the document that was adopted: its digest differs".to_owned()).into());
    }
    let policy = Policy::parse(&document).map_err(|error| damaged(error.to_string()))?;
    let policy = Arc::new(policy.with_version(version));
    let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    parsed.truncate(PARSED_KEPT - 1);
    parsed.push_front((key, Arc::clone(&policy)));
    Ok(policy)
}

fn kept(key: &Key) -> Option<Arc<Policy>> {
    let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    let position = parsed.iter().position(|(known, _)| known == key)?;
    let found = parsed.remove(position)?;
    let policy = Arc::clone(&found.1);
    parsed.push_front(found);
    Some(policy)
}

/// The document of version `policy`, as it was adopted.
pub fn document(view: &View<'_>, policy: PolicyId) -> Result<Option<String>, StorageError> {
    view.one(
        include_str!("sql/read_document.sql"),
        &[Value::id(policy)],
        |row| row.text("document"),
    )
}

/// Every version ever in force, the first one first. There are as many as changes of the policy: few.
pub fn adopted_versions(view: &View<'_>) -> Result<Vec<AdoptedVersion>, StorageError> {
    view.rows(include_str!("sql/list_versions.sql"), &[], version_of)
}

/// What is known of version `policy`, if there is one.
pub fn adopted_version(view: &View<'_>, policy: PolicyId) -> Result<Option<AdoptedVersion>, StorageError> {
    view.one(
        include_str!("sql/read_version.sql"),
        &[Value::id(policy)],
        version_of,
    )
}

fn version_of(row: &Row<'_>) -> Result<AdoptedVersion, StorageError> {
    let change = row.text_if("change_subject")?;
    let change = change
        .map(|text| {
            Subject::parse(&text).ok_or_else(|| row.damaged("change_subject", format!("`{text}` is no id")))
        })
        .transpose()?;
    Ok(AdoptedVersion {
        policy: row.id("version")?,
        digest: row.word("digest", Hash::from_hex)?,
        change,
        adopted_by: row.id("adopted_by")?,
        adopted_at: row.time("adopted_at")?,
    })
}

pub(crate) fn next_policy_id(view: &View<'_>) -> Result<PolicyId, StorageError> {
    view.the(include_str!("sql/next_policy_id.sql"), &[], |row| {
        row.id("next_id")
    })
}
