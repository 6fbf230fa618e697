//! Looking through the ledger from its newest entry backwards, and at one entry beside the newest signed head.

use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;

use basis::{Actor, Class, Id, PersonId, Refusal, Subject};
use ledger::Hash;
use ledger::merkle::{leaf_hash, verify_inclusion};
use ledger::note::Checkpoint;
use storage::{LedgerLine, Organisation, StorageError, View};

use super::browse::{self, Proven, check};
use crate::rules::{Export, ExportId};
use crate::store;

/// How many entries one look reads at most.
pub const LOOK_MAX: u64 = 5_000;
/// Largest checkpoint that is read back; one signature is some 200 bytes.
const CHECKPOINT_BYTES_MAX: u64 = 64 * 1024;
/// The largest ledger that is examined while somebody waits for a page.
pub const EXAMINED_ENTRIES_MAX: u64 = 100_000;

/// Which entries are looked for, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Only those before this index.
    pub before: Option<u64>,
    /// Only those about this.
    pub subject: Option<Subject>,
    /// Only those of this type, or of the room before a dot at the end, such as `changes.`.
    pub event_type: Option<String>,
    /// Only those that this person caused.
    pub person: Option<PersonId>,
}

/// What a look found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The entries, the newest first.
    pub entries: Vec<LedgerLine>,
    /// Where to look further: before this index; none where nothing is left.
    pub further: Option<u64>,
    /// How many entries the ledger has.
    pub size: u64,
}

/// An entry beside the newest signed head.
#[derive(Debug, Clone)]
pub struct Attested {
    /// The entry, proven against the ledger as it stands.
    pub proven: Proven,
    /// The newest signed head, where there is one.
    pub head: Option<SignedHead>,
}

/// The newest signed head, and whether it covers an entry.
#[derive(Debug, Clone)]
pub struct SignedHead {
    /// The signed note as it is published.
    pub note: String,
    /// How many entries it covers.
    pub size: u64,
    /// The inclusion proof against it, checked just now; none where the entry is newer.
    pub path: Option<Vec<Hash>>,
}

impl Look {
    fn takes(&self, line: &LedgerLine) -> bool {
        let entry = &line.entry;
        let is_type = |wanted: &String| match wanted.ends_with('.') {
            true => entry.event_type.as_str().starts_with(wanted.as_str()),
            false => entry.event_type.as_str() == wanted,
        };
        self.event_type.as_ref().is_none_or(is_type) && self.person.is_none_or(|person| entry.actor == person)
    }
}

/// At most `limit` entries, the newest first. A look reads a bounded number and says where to go on.
///
/// # Errors
/// A refusal of class `Forbidden` without the authority to read the record.
pub fn look(organisation: &Organisation, actor: &Actor, look: &Look, limit: usize) -> Result<Found, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(match &look.subject {
            Some(subject) => about(view, look, subject, limit)?,
            None => backwards(view, look, limit)?,
        })
    })
}

fn about(view: &View<'_>, look: &Look, subject: &Subject, limit: usize) -> Result<Found, StorageError> {
    let mut entries = Vec::new();
    let mut further = None;
    let mut left = LOOK_MAX;
    view.each_line_about(subject, look.before, |line| {
        if left == 0 || entries.len() == limit {
            return ControlFlow::Break(());
        }
        left -= 1;
        // Where there is one more, the next look begins before the last that this one read.
        further = Some(line.index).filter(|_| line.entry.previous.is_some());
        if look.takes(&line) {
            entries.push(line);
        }
        ControlFlow::Continue(())
    })?;
    Ok(Found {
        entries,
        further,
        size: view.ledger_size()?,
    })
}

fn backwards(view: &View<'_>, look: &Look, limit: usize) -> Result<Found, StorageError> {
    let size = view.ledger_size()?;
    let mut end = look.before.map_or(size, |before| before.min(size));
    let floor = end.saturating_sub(LOOK_MAX);
    let step = u64::try_from(limit).unwrap_or(LOOK_MAX).max(1);
    let mut entries = Vec::new();
    while end > floor {
        let first = end.saturating_sub(step).max(floor);
        let mut lines: Vec<LedgerLine> = Vec::new();
        view.each_ledger_line(first, end, |line| {
            lines.push(line);
            Ok(())
        })?;
        for line in lines.into_iter().rev() {
            let index = line.index;
            if look.takes(&line) {
                entries.push(line);
            }
            if entries.len() == limit {
                let further = Some(index).filter(|index| *index > 0);
                return Ok(Found {
                    entries,
                    further,
                    size,
                });
            }
        }
        end = first;
    }
    let further = Some(floor).filter(|floor| *floor > 0);
    Ok(Found {
        entries,
        further,
        size,
    })
}

/// The entry at `index` with its proofs: against the ledger as it stands, and against the newest signed head.
///
/// # Errors
/// A refusal of class `NotFound` beyond the end, `Forbidden` without the authority, `Fault` where a proof does not hold.
pub fn attested(organisation: &Organisation, actor: &Actor, index: u64) -> Result<Attested, Refusal> {
    let proven = browse::entry(organisation, actor, index)?;
    let Some(note) = published(organisation)? else {
        return Ok(Attested { proven, head: None });
    };
    let checkpoint = Checkpoint::verify(note.as_bytes(), &organisation.verifier_key()?)
        .map_err(|error| broken(&format!("the published checkpoint is not ours: {error}")))?;
    let path = if index < checkpoint.size {
        let path = organisation.view(|view| view.inclusion_path(index, checkpoint.size))?;
        verify_inclusion(
            index,
            checkpoint.size,
            &leaf_hash(&proven.leaf),
            &path,
            &checkpoint.root,
        )
        .map_err(|error| broken(&format!("entry {index} is not in the signed ledger: {error}")))?;
        Some(path)
    } else {
        None
    };
    let head = Some(SignedHead {
        note,
        size: checkpoint.size,
        path,
    });
    Ok(Attested { proven, head })
}

fn broken(what: &str) -> Refusal {
    Refusal::new(Class::Fault, "record", what)
        .way_out("stop the server and run `tagout doctor` on the machine that holds the data directory")
}

/// The newest checkpoint as it is published beside the data; none before the first.
fn published(organisation: &Organisation) -> Result<Option<String>, Refusal> {
    let failed = |error: std::io::Error| {
        broken(&format!(
            "the published checkpoint cannot be read: {}",
            error.kind()
        ))
    };
    let file = match File::open(organisation.data().join("log").join("checkpoint")) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut note = String::new();
    file.take(CHECKPOINT_BYTES_MAX)
        .read_to_string(&mut note)
        .map_err(failed)?;
    Ok(Some(note))
}

/// The exports before `before`, the newest first, at most `limit`.
///
/// # Errors
/// A refusal of class `Forbidden` without the authority to read the record.
pub fn newest_exports(
    organisation: &Organisation,
    actor: &Actor,
    before: Option<ExportId>,
    limit: u64,
) -> Result<Vec<Export>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        let before = before.map_or(i64::MAX.unsigned_abs(), Id::number);
        Ok(store::exports_before(view, before, limit)?)
    })
}

/// How many entries the ledger has, for whoever may read it.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn ledger_size(organisation: &Organisation, actor: &Actor) -> Result<u64, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(view.ledger_size()?)
    })
}
