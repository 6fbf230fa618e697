//! Reading the record: entries with their payloads and proofs, signed heads, exports and redactions.

use basis::{Actor, Class, Id, Refusal, Subject, Time};
use ledger::Hash;
use ledger::canonical::parse;
use ledger::entry::Entry;
use storage::{DataError, LedgerRecord, Organisation, StorageError, View};

use super::Read;
use crate::rules::{Export, ExportId, Redaction, RedactionId, Remains};
use crate::store;

/// How many entries are looked at in one step.
const STEP: u64 = 2_000;

/// Which entries are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// The first index.
    pub(crate) first: u64,
    pub(crate) subject: Option<Subject>,
    /// The whole type, or its room with a dot, such as `changes.`.
    pub(crate) event_type: Option<String>,
}

/// An entry as people look at it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its index.
    pub index: u64,
    pub(crate) entry: Entry,
    pub(crate) payload: Remains,
}

/// An entry with the proof that it stands in the ledger.
#[derive(Debug, Clone)]
pub struct Proven {
    pub(crate) shown: Shown,
    pub(crate) leaf: Vec<u8>,
    /// How many entries the tree of the proof has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The inclusion proof (RFC 6962 section 2.1.1).
    pub path: Vec<Hash>,
}

impl Shown {
    /// The entry without its payload.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }
}

impl Filter {
    fn takes(&self, entry: &Entry) -> bool {
        let is_type = |wanted: &String| match wanted.ends_with('.') {
            true => entry.event_type.as_str().starts_with(wanted.as_str()),
            false => entry.event_type.as_str() == wanted,
        };
        self.subject
            .as_ref()
            .is_none_or(|subject| entry.subject == *subject)
            && self.event_type.as_ref().is_none_or(is_type)
    }
}

pub(super) fn check(view: &View<'_>, actor: &Actor) -> Result<(), Refusal> {
    let policy = policy::current(view)?;
    actor.may::<Read>(actor.person, policy.authority()).map(drop)
}

/// What may be read of the payload.
pub(super) fn remains_of(record: &LedgerRecord, entry: &Entry) -> Result<Remains, StorageError> {
    if entry.sealed {
        return Ok(Remains::Sealed);
    }
    let payload = parse(&record.payload).map_err(|error| DataError {
        place: format!("payload of entry {}", record.index),
        what: error.to_string(),
    })?;
    Ok(match record.salt {
        Some(_) => Remains::Whole(payload),
        None => Remains::Blanked(payload),
    })
}

pub(super) fn shown(record: &LedgerRecord) -> Result<Shown, StorageError> {
    let entry = record.parse()?;
    let payload = remains_of(record, &entry)?;
    Ok(Shown {
        index: record.index,
        entry,
        payload,
    })
}

/// The entries from `first` on that belong to `subject` and are of the type, at most `limit`.
///
/// # Errors
/// A refusal of class `Forbidden` without the authority to read the record.
pub fn entries(
    organisation: &Organisation,
    actor: &Actor,
    first: u64,
    subject: Option<Subject>,
    event_type: Option<String>,
    limit: usize,
) -> Result<Vec<Shown>, Refusal> {
    let filter = Filter {
        first,
        subject,
        event_type,
    };
    organisation.view(|view| {
        check(view, actor)?;
        Ok(filtered(view, &filter, limit)?)
    })
}

fn filtered(view: &View<'_>, filter: &Filter, limit: usize) -> Result<Vec<Shown>, StorageError> {
    let size = view.ledger_size()?;
    let mut found = Vec::new();
    let mut first = filter.first;
    while first < size && found.len() < limit {
        let end = (first + STEP).min(size);
        view.each_ledger_record(first, end, |record| {
            if found.len() < limit && filter.takes(&record.parse()?) {
                found.push(shown(&record)?);
            }
            Ok(())
        })?;
        first = end;
    }
    Ok(found)
}

/// The entry at `index` with its proof against the ledger as it stands.
///
/// # Errors
/// A refusal of class `NotFound` beyond the end, `Forbidden` without the authority.
pub fn entry(organisation: &Organisation, actor: &Actor, index: u64) -> Result<Proven, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        let size = view.ledger_size()?;
        let record = view.ledger_record(index)?.filter(|_| index < size);
        let record = record.ok_or_else(|| {
            let what = format!("there is no entry {index}; the ledger has {size}");
            Refusal::new(Class::NotFound, "history", what).way_out("indexes count from 0")
        })?;
        Ok(Proven {
            shown: shown(&record)?,
            leaf: record.entry,
            size,
            root: view.ledger_root(size)?,
            path: view.inclusion_path(index, size)?,
        })
    })
}

/// Every head that was signed.
pub(crate) fn signed_heads(
    organisation: &Organisation,
    actor: &Actor,
) -> Result<Vec<(u64, Hash, Time)>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(view.signed_heads()?)
    })
}

/// The exports behind `after`, at most `limit`.
pub(crate) fn exports(
    organisation: &Organisation,
    actor: &Actor,
    after: Option<ExportId>,
    limit: u64,
) -> Result<Vec<Export>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(store::exports(view, after.map_or(0, Id::number), limit)?)
    })
}

/// The redactions behind `after`, at most `limit`.
pub(crate) fn redactions(
    organisation: &Organisation,
    actor: &Actor,
    after: Option<RedactionId>,
    limit: u64,
) -> Result<Vec<Redaction>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(store::redactions(view, after.map_or(0, Id::number), limit)?)
    })
}
