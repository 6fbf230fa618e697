//! Loads advisories in the OSV format: one, or an array of them.

use basis::{Actor, Class, Id, Refusal};
use evidence::{EvidenceName, MediaType, NewEvidence};
use formats::osv::{Advisory, Ecosystem};
use ledger::events::Events;
use policy::EvidenceKind;
use serde_json::{Map, Value};
use storage::{By, Organisation, StoredBlob, Tx};

use super::{check_kind, discard};
use crate::rules::{self, AdvisoriesLoaded, AdvisoryRecord, FeedId};
use crate::store;

/// The largest file that is taken. Publishers' archives hold more; they are sent in parts.
pub const ADVISORIES_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How many advisories one event carries at most.
const ADVISORIES_PER_EVENT_MAX: usize = 500;
/// How many bytes of advisories one event carries at most, well below what a payload may have.
const EVENT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The members that are compared or shown; descriptions are left to the evidence.
const MEMBERS: [&str; 10] = [
    "id",
    "modified",
    "published",
    "withdrawn",
    "summary",
    "aliases",
    "upstream",
    "related",
    "severity",
    "affected",
];
/// The members of an affected package that are compared.
const AFFECTED_MEMBERS: [&str; 6] = [
    "package",
    "ranges",
    "versions",
    "severity",
    "ecosystem_specific",
    "database_specific",
];

/// What a file of advisories brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The list as it is recorded; none where nothing was new.
    pub feed: Option<FeedId>,
    /// New or changed advisories.
    pub changed: u64,
    /// Advisories that were known as they are, or newer.
    pub unchanged: u64,
}

/// Loads advisories. An advisory replaces the one of the same id unless it is older; a file that brings nothing new
/// leaves no record.
///
/// # Errors
/// A refusal of class `Forbidden`, or `Invalid` with the place when the file is no advisory; nothing is loaded then.
pub fn load_advisories(
    organisation: &Organisation,
    actor: &Actor,
    bytes: &[u8],
    name: &EvidenceName,
) -> Result<Loaded, Refusal> {
    organisation.view(|view| {
        let policy = policy::current(view)?;
        actor
            .may::<rules::Import>(actor.person, policy.authority())
            .map(drop)
    })?;
    check_kind(bytes, "the JSON file with the advisories")?;
    let records = read(bytes)?;
    let mut content = bytes;
    let blob = organisation.store_blob(&mut content)?;
    let kept = blob.clone();
    match record(organisation, actor, records, blob, name) {
        Ok(loaded) if loaded.feed.is_some() => Ok(loaded),
        other => {
            discard(organisation, &[kept]);
            other
        }
    }
}

fn record(
    organisation: &Organisation,
    actor: &Actor,
    records: Vec<AdvisoryRecord>,
    blob: StoredBlob,
    name: &EvidenceName,
) -> Result<Loaded, Refusal> {
    let mut tx = organisation.begin("findings.load_advisories")?;
    let feed = store::next_feed_id(&tx.view())?;
    actor.may::<rules::Import>(feed, policy::current(&tx.view())?.authority())?;
    let all = records.len() as u64;
    let mut changed = Vec::new();
    for record in records {
        let known = store::advisory_text(&tx.view(), &record.advisory)?;
        let is_news = known.is_none_or(|known| known != record.osv && !is_older(&record, &known));
        if is_news {
            changed.push(record);
        }
    }
    let loaded = Loaded {
        feed: (!changed.is_empty()).then_some(feed),
        changed: changed.len() as u64,
        unchanged: all - changed.len() as u64,
    };
    if !changed.is_empty() {
        let by = By::from(actor);
        let new = NewEvidence {
            name: name.clone(),
            media_type: MediaType::Json,
            kind: EvidenceKind::Document,
            blob,
            about: vec![feed.subject()],
            objectives: vec!["r2:3.14.3[a]".to_owned()],
            is_final: true,
            taken_at: organisation.now(),
        };
        let evidence = evidence::attach(&mut tx, &by, new)?;
        record_batches(&mut tx, &by, changed, |advisories| AdvisoriesLoaded {
            feed,
            evidence,
            advisories,
        })?;
        tx.commit()?;
    }
    Ok(loaded)
}

fn record_batches(
    tx: &mut Tx<'_>,
    by: &By,
    records: Vec<AdvisoryRecord>,
    event: impl Fn(Vec<AdvisoryRecord>) -> AdvisoriesLoaded,
) -> Result<(), Refusal> {
    let mut batch: Vec<AdvisoryRecord> = Vec::new();
    let mut bytes = 0;
    for record in records {
        if batch.len() == ADVISORIES_PER_EVENT_MAX
            || (bytes > 0 && bytes + record.osv.len() > EVENT_BYTES_MAX)
        {
            tx.record(by.clone(), Events::one(event(std::mem::take(&mut batch))))?;
            bytes = 0;
        }
        bytes += record.osv.len();
        batch.push(record);
    }
    Ok(tx.record(by.clone(), Events::one(event(batch)))?)
}

/// Whether a record is older than the text that is known, by what the publisher wrote into both.
fn is_older(record: &AdvisoryRecord, known: &str) -> bool {
    let known = Advisory::parse(known.as_bytes()).ok();
    let known = known.and_then(|known| basis::Time::parse(&known.modified).ok());
    match (basis::Time::parse(&record.modified).ok(), known) {
        (Some(new), Some(known)) => new < known,
        _ => false,
    }
}

fn read(bytes: &[u8]) -> Result<Vec<AdvisoryRecord>, Refusal> {
    let invalid = |what: String| {
        Refusal::new(
            Class::Invalid,
            "advisories",
            format!("{what}; nothing was loaded"),
        )
        .way_out("fetch the advisories again from their publisher, in the OSV format")
    };
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| invalid(format!("this is not JSON: {error}")))?;
    let values = match value {
        Value::Array(values) => values,
        value => vec![value],
    };
    if values.is_empty() {
        return Err(invalid("the file holds no advisory".to_owned()));
    }
    let mut records = std::collections::BTreeMap::new();
    for (at, value) in values.into_iter().enumerate() {
        let record =
            record_of(value).map_err(|why| invalid(format!("advisory {} of the file: {why}", at + 1)))?;
        records.insert(record.advisory.clone(), record);
    }
    Ok(records.into_values().collect())
}

fn record_of(value: Value) -> Result<AdvisoryRecord, String> {
    // The whole advisory is read first, so that what is wrong is named even in parts that are not kept.
    let whole = serde_json::to_vec(&value).map_err(|error| error.to_string())?;
    let advisory = Advisory::parse(&whole).map_err(|error| error.to_string())?;
    let is_name =
        |name: &str| name.chars().count() <= rules::NAME_CHARS_MAX && !name.chars().any(char::is_control);
    if !is_name(&advisory.id)
        || advisory
            .affected
            .iter()
            .any(|affected| !is_name(&affected.package))
    {
        return Err("the id or the name of a package is too long or holds control characters".to_owned());
    }
    let osv = serde_json::to_string(&kept(value)).map_err(|error| error.to_string())?;
    if osv.len() > EVENT_BYTES_MAX {
        return Err(format!(
            "`{}` has {} bytes, of which {EVENT_BYTES_MAX} are read at most",
            advisory.id,
            osv.len()
        ));
    }
    let is_known = |ecosystem: &str| Ecosystem::parse(ecosystem).is_some();
    let affected = advisory
        .affected
        .iter()
        .filter(|affected| is_known(&affected.ecosystem));
    let packages: std::collections::BTreeSet<String> =
        affected.map(|affected| affected.package.clone()).collect();
    let packages = packages.into_iter().collect();
    Ok(AdvisoryRecord {
        advisory: advisory.id,
        modified: advisory.modified,
        packages,
        osv,
    })
}

/// Leaves out what is not compared, and packages of systems whose versions have no known order.
fn kept(value: Value) -> Value {
    let Value::Object(members) = value else {
        return value;
    };
    let mut members: Map<String, Value> = only(members, &MEMBERS);
    if let Some(Value::Array(affected)) = members.get_mut("affected") {
        // An advisory whose packages are all of other systems says so by its packages, so one of them stays.
        let is_of_interest = |entry: &Value| {
            let ecosystem = entry.pointer("/package/ecosystem").and_then(Value::as_str);
            ecosystem.is_some_and(|ecosystem| Ecosystem::parse(ecosystem).is_some())
        };
        match affected.iter().any(is_of_interest) {
            true => affected.retain(is_of_interest),
            false => affected.truncate(1),
        }
        for entry in affected {
            if let Value::Object(members) = entry {
                *members = only(std::mem::take(members), &AFFECTED_MEMBERS);
            }
        }
    }
    Value::Object(members)
}

fn only(members: Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    members
        .into_iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .collect()
}
