//! Steps 7 to 10: the entries, their proofs, their payloads, and whether the scope is whole.

use std::collections::HashSet;
use std::thread;

use basis::Subject;

use super::Withheld;
use super::contents::Contents;
use super::payload::Payload;
use crate::Hash;
use crate::entry::{Entry, commitment};
use crate::merkle::{BatchInclusion, leaf_hash};
use crate::package::lines::{self, PayloadLine};
use crate::package::{Code, ENTRIES, PAYLOADS, PROOFS, Scope, Wrong};

const REDACTED: &str = "history.redacted";

/// From so many entries on, threads save more time than it takes to start them.
const LINES_FOR_THREADS: usize = 2_000;

/// An entry of the package with all that was proven about it.
pub(super) struct Record<'a> {
    pub index: u64,
    pub entry: Entry,
    pub payload: PayloadLine<'a>,
}

impl<'a> Record<'a> {
    /// The payload to be looked into, for a step of that code; `None` where it is withheld.
    pub(super) fn clear(&self, code: Code) -> Result<Option<Payload>, Wrong> {
        match &self.payload {
            PayloadLine::Clear { payload, .. } => Payload::parse(payload, code, self.place()).map(Some),
            PayloadLine::Sealed | PayloadLine::Redacted { .. } => Ok(None),
        }
    }

    /// Where the entry is, in words.
    pub(super) fn place(&self) -> String {
        format!("entry {} ({})", self.index, self.entry.event_type)
    }

    pub(super) fn is(&self, event_type: &str) -> bool {
        self.entry.event_type.as_str() == event_type
    }

    /// Refuses a version of the type that this verifier does not know.
    pub(super) fn check_version(&self, code: Code) -> Result<(), Wrong> {
        match self.entry.type_version {
            1 => Ok(()),
            other => Err(Wrong::new(
                code,
                self.place(),
                format!("version {other} of the type is not known"),
            )),
        }
    }

    pub(super) fn withheld(&self) -> Option<Withheld> {
        match self.payload {
            PayloadLine::Clear { .. } => None,
            PayloadLine::Sealed => Some(Withheld {
                index: self.index,
                by: None,
            }),
            PayloadLine::Redacted { by } => Some(Withheld {
                index: self.index,
                by: Some(by),
            }),
        }
    }
}

pub(super) fn check(contents: &Contents) -> Result<Vec<Record<'_>>, Wrong> {
    let lines = split(&contents.entries, ENTRIES, Code::Entries)?;
    let records = match lines.len() < LINES_FOR_THREADS {
        true => {
            let entries = entries(&lines, contents)?;
            let indexes = proofs(&lines, contents)?;
            join(entries, &indexes, committed(lines.len(), contents)?)?
        }
        false => at_once(&lines, contents)?,
    };
    check_redactions(&records)?;
    match &contents.manifest.scope {
        Scope::Change { subject } => check_change(&records, subject)?,
        Scope::Period { first, last } => check_period(&records, *first, *last)?,
    }
    Ok(records)
}

/// Steps 7 to 9, each on a thread of its own; what is wrong is told in the order of the steps all the same.
fn at_once<'a>(lines: &[&str], contents: &'a Contents) -> Result<Vec<Record<'a>>, Wrong> {
    let broken = |_| Wrong::new(Code::Entries, ENTRIES, "the verifier itself broke down");
    thread::scope(|scope| {
        let indexes = scope.spawn(|| proofs(lines, contents));
        let committed = scope.spawn(|| committed(lines.len(), contents));
        let entries = entries(lines, contents)?;
        let indexes = indexes.join().map_err(broken)??;
        join(entries, &indexes, committed.join().map_err(broken)??)
    })
}

fn split<'a>(content: &'a [u8], path: &str, code: Code) -> Result<Vec<&'a str>, Wrong> {
    lines::split(content).map_err(|(line, what)| Wrong::new(code, format!("{path} line {line}"), what))
}

fn at(path: &str, position: usize) -> String {
    format!("{path} line {}", position + 1)
}

/// Step 7.
fn entries(lines: &[&str], contents: &Contents) -> Result<Vec<Entry>, Wrong> {
    let mut entries = Vec::with_capacity(lines.len());
    let mut ids = HashSet::with_capacity(lines.len());
    for (position, line) in lines.iter().enumerate() {
        let wrong = |what: String| Wrong::new(Code::Entries, at(ENTRIES, position), what);
        let entry = Entry::parse(line.as_bytes()).map_err(|error| wrong(error.to_string()))?;
        if entry.origin != contents.manifest.origin {
            return Err(wrong(format!("its origin is `{}`", entry.origin)));
        }
        if !ids.insert(entry.id) {
            return Err(wrong(format!("another entry has the id {}", entry.id)));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Step 8: the index of each entry, proven.
fn proofs(entries: &[&str], contents: &Contents) -> Result<Vec<u64>, Wrong> {
    let lines = split(&contents.proofs, PROOFS, Code::Proofs)?;
    same_count(&lines, entries.len(), PROOFS, Code::Proofs)?;
    let mut batch = BatchInclusion::new(contents.checkpoint.size, contents.checkpoint.root);
    let mut indexes: Vec<u64> = Vec::with_capacity(lines.len());
    let mut proofs = lines::Proofs::default();
    for (position, (line, entry)) in lines.iter().zip(entries).enumerate() {
        let wrong = |what: String| Wrong::new(Code::Proofs, at(PROOFS, position), what);
        let (index, path) = proofs.read(line).map_err(|error| wrong(error.to_string()))?;
        if indexes.last().is_some_and(|last| *last >= index) {
            return Err(wrong(format!(
                "index {index} does not come after the one before it"
            )));
        }
        let proven = batch.verify(index, &leaf_hash(entry.as_bytes()), path);
        proven.map_err(|error| wrong(error.to_string()))?;
        indexes.push(index);
    }
    Ok(indexes)
}

fn same_count(lines: &[&str], entries: usize, path: &str, code: Code) -> Result<(), Wrong> {
    match lines.len() == entries {
        true => Ok(()),
        false => Err(Wrong::new(
            code,
            path,
            format!("it has {} lines for {entries} entries", lines.len()),
        )),
    }
}

/// What a payload line says, and the commitment that its payload has.
struct Committed<'a> {
    index: u64,
    payload: PayloadLine<'a>,
    commitment: Option<Hash>,
}

/// Step 9 as far as a line can be looked at without its entry. A line that is wrong is the last.
fn committed(entries: usize, contents: &Contents) -> Result<Vec<Result<Committed<'_>, Wrong>>, Wrong> {
    let lines = split(&contents.payloads, PAYLOADS, Code::Payloads)?;
    same_count(&lines, entries, PAYLOADS, Code::Payloads)?;
    let mut said = Vec::with_capacity(lines.len());
    for (position, line) in lines.into_iter().enumerate() {
        let parsed = lines::payload(line).map(|(index, payload)| Committed {
            index,
            commitment: match &payload {
                PayloadLine::Clear { payload, salt } => Some(commitment(salt, payload)),
                PayloadLine::Sealed | PayloadLine::Redacted { .. } => None,
            },
            payload,
        });
        let wrong = |what: String| Wrong::new(Code::Payloads, at(PAYLOADS, position), what);
        said.push(parsed.map_err(|error| wrong(error.to_string())));
        if said.last().is_some_and(Result::is_err) {
            break;
        }
    }
    Ok(said)
}

/// The rest of step 9, but for the entries that redactions lean on.
fn join<'a>(
    entries: Vec<Entry>,
    indexes: &[u64],
    said: Vec<Result<Committed<'a>, Wrong>>,
) -> Result<Vec<Record<'a>>, Wrong> {
    let mut records = Vec::with_capacity(entries.len());
    for (position, ((said, entry), expected)) in said.into_iter().zip(entries).zip(indexes).enumerate() {
        let wrong = |what: String| Wrong::new(Code::Payloads, at(PAYLOADS, position), what);
        let Committed {
            index,
            payload,
            commitment,
        } = said?;
        if index != *expected {
            return Err(wrong(format!(
                "it is about index {index} and the entry has {expected}"
            )));
        }
        match (&payload, entry.sealed) {
            (PayloadLine::Sealed, true) => {}
            (_, true) => return Err(wrong("the entry is sealed".into())),
            (PayloadLine::Sealed, false) => return Err(wrong("the entry is not sealed".into())),
            (PayloadLine::Redacted { by }, false) if *by <= index => {
                return Err(wrong(format!("entry {by} does not come after it")));
            }
            (PayloadLine::Redacted { .. }, false) => {}
            (PayloadLine::Clear { .. }, false) if commitment != Some(entry.commitment) => {
                return Err(wrong(
                    "the payload is not the one that the entry commits to".into(),
                ));
            }
            (PayloadLine::Clear { .. }, false) => {}
        }
        records.push(Record {
            index,
            entry,
            payload,
        });
    }
    Ok(records)
}

/// The rest of step 9: every payload called redacted is named by a redaction.
fn check_redactions(records: &[Record<'_>]) -> Result<(), Wrong> {
    let find = |index: u64| {
        records
            .binary_search_by_key(&index, |record| record.index)
            .ok()
            .map(|at| &records[at])
    };
    for (position, record) in records.iter().enumerate() {
        let PayloadLine::Redacted { by } = record.payload else {
            continue;
        };
        let redaction = find(by).filter(|other| other.is(REDACTED) && other.entry.type_version == 1);
        let named = match redaction {
            Some(other) => other
                .clear(Code::Payloads)?
                .and_then(|payload| payload.number("entry").ok()),
            None => None,
        };
        if named != Some(record.index) {
            let what = format!("entry {by} is not a redaction of it that can be read");
            return Err(Wrong::new(Code::Payloads, at(PAYLOADS, position), what));
        }
    }
    Ok(())
}

/// Step 10 for a change: the chain of its entries is unbroken from the first.
fn check_change(records: &[Record<'_>], subject: &Subject) -> Result<(), Wrong> {
    let mut last = None;
    for record in records.iter().filter(|record| record.entry.subject == *subject) {
        if record.entry.previous != last {
            let shown = |index: Option<u64>| index.map_or("none".to_owned(), |index| index.to_string());
            let (named, found) = (shown(record.entry.previous), shown(last));
            let what =
                format!("the entry of {subject} before it is {named}, the one in the package is {found}");
            return Err(Wrong::new(Code::Scope, record.place(), what));
        }
        last = Some(record.index);
    }
    match last {
        Some(_) => Ok(()),
        None => Err(Wrong::new(
            Code::Scope,
            ENTRIES,
            format!("there is no entry of {subject}"),
        )),
    }
}

/// Step 10 for a period: every index is there, and outside it only what its entries lean on.
fn check_period(records: &[Record<'_>], first: u64, last: u64) -> Result<(), Wrong> {
    let before = ["people.key_enrolled", "people.key_revoked", "changes.submitted"];
    let after = ["evidence.destroyed", REDACTED];
    let mut expected = first;
    for record in records {
        let event_type = record.entry.event_type.as_str();
        let is_allowed = match record.index {
            index if index < first => before.contains(&event_type),
            index if index > last => after.contains(&event_type),
            index if index == expected => {
                expected += 1;
                true
            }
            _ => break,
        };
        if !is_allowed {
            let what = format!("it lies outside the period {first} to {last} and is not of a kind that may");
            return Err(Wrong::new(Code::Scope, record.place(), what));
        }
    }
    match expected > last {
        true => Ok(()),
        false => Err(Wrong::new(
            Code::Scope,
            ENTRIES,
            format!("the entry of index {expected} is missing"),
        )),
    }
}
