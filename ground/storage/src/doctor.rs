//! Looking for damage: every check says what it looked at, and names what is wrong.

use std::collections::BTreeSet;

use ledger::Hash;
use ledger::entry::{Entry, Origin, Salt, commitment};
use ledger::merkle::{Frontier, leaf_hash};

use crate::clock::latest_with;
use crate::ledger_tables::{Head, NODE_STRIDE, below, root_at};
use crate::organisation::standing_refusal;
use crate::{LedgerRecord, Organisation, StorageError, View};

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckResult {
    /// Looked at and found right; says what was looked at.
    Right(String),
    /// Found wrong; one line for each thing.
    Wrong(Vec<String>),
    /// Worth knowing, wrong or not.
    Note(String),
}

/// One check of the doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// What was found.
    pub result: CheckResult,
}

/// How many wrong things one check names before it only counts.
const NAMED_MAX: usize = 20;

/// A check that could not be made is what was looked for, and keeps none of the others from being made.
fn looked_at(name: &'static str, result: Result<CheckResult, StorageError>) -> Check {
    let unreadable = |error| CheckResult::Wrong(vec![format!("it cannot be looked at: {error}")]);
    Check {
        name,
        result: result.unwrap_or_else(unreadable),
    }
}

#[derive(Default)]
struct Wrongs(Vec<String>, usize);

impl Wrongs {
    fn add(&mut self, line: String) {
        self.1 += 1;
        if self.0.len() < NAMED_MAX {
            self.0.push(line);
        }
    }

    fn result(mut self, right: String) -> CheckResult {
        if self.1 > self.0.len() {
            self.0.push(format!("… and {} more", self.1 - self.0.len()));
        }
        if self.0.is_empty() {
            CheckResult::Right(right)
        } else {
            CheckResult::Wrong(self.0)
        }
    }
}

impl Organisation {
    /// Looks at everything but the tables of the rooms, which [`Organisation::rebuild_and_compare`] looks at.
    pub fn examine(&self) -> Result<Vec<Check>, StorageError> {
        let pragmas = Check {
            name: "database settings",
            result: CheckResult::Right(format!(
                "SQLite {}, write-ahead log, flushed before anything is acknowledged",
                rusqlite::version()
            )),
        };
        let mark = match standing_refusal(self.standing()) {
            None => CheckResult::Right("the database holds the marked history".to_owned()),
            Some(refusal) => CheckResult::Wrong(vec![refusal.what]),
        };
        let found = self.view(|view| {
            Ok::<_, StorageError>([
                looked_at("database pages", pages(view)),
                looked_at("keys", self.key_check(view)),
                looked_at("entries and tree", entries(self.origin(), view)),
                looked_at("signed heads", signed_heads(view)),
                looked_at("evidence", self.evidence_check(view)),
                looked_at("clock", self.clock_check(view)),
            ])
        })?;
        let mark = Check {
            name: "high-water mark",
            result: mark,
        };
        Ok([pragmas, mark].into_iter().chain(found).collect())
    }

    /// The keys in use must be those that the first entry names.
    fn key_check(&self, view: &View<'_>) -> Result<CheckResult, StorageError> {
        let Some(first) = view.ledger_record(0)? else {
            return Ok(CheckResult::Note(
                "the ledger is empty, so it names no key yet".to_owned(),
            ));
        };
        let payload: serde_json::Value = serde_json::from_slice(&first.payload).unwrap_or_default();
        let wrongs = self.key_wrongs(&payload)?;
        Ok(if wrongs.is_empty() {
            CheckResult::Right(format!(
                "the keys in use are those of the first entry, {}",
                self.verifier_key()?
            ))
        } else {
            CheckResult::Wrong(wrongs)
        })
    }

    fn evidence_check(&self, view: &View<'_>) -> Result<CheckResult, StorageError> {
        let (mut named, mut destroyed) = (BTreeSet::new(), BTreeSet::new());
        view.each_ledger_record(0, view.ledger_size()?, |record| {
            let Ok(entry) = Entry::parse(&record.entry) else {
                return Ok(());
            };
            let blobs = entry.blobs.iter().map(|blob| blob.sha256);
            if entry.event_type.as_str() == "evidence.destroyed" {
                destroyed.extend(blobs)
            } else {
                named.extend(blobs)
            }
            Ok(())
        })?;
        let mut wrongs = Wrongs::default();
        for sha256 in named.difference(&destroyed) {
            if let Err(error) = self.vault().check(sha256) {
                wrongs.add(error.to_string());
            }
        }
        let stored: BTreeSet<Hash> = self.vault().names()?.into_iter().collect();
        for sha256 in destroyed.intersection(&stored) {
            wrongs.add(format!(
                "evidence blob {sha256} was destroyed by an entry but is still in the vault"
            ));
        }
        let unnamed = stored.difference(&named).count();
        Ok(wrongs.result(format!(
            "{} blobs are as stored, {unnamed} are named by no entry",
            named.len()
        )))
    }

    fn clock_check(&self, view: &View<'_>) -> Result<CheckResult, StorageError> {
        let (mut last, mut latest, mut steps) = (None, None, Vec::new());
        view.each_ledger_record(0, view.ledger_size()?, |record| {
            let entry = record.parse()?;
            if last.is_some_and(|last| entry.time < last) {
                steps.push(record.index);
            }
            last = Some(entry.time);
            latest = latest_with(latest, &entry);
            Ok(())
        })?;
        let now = self.now();
        if view.latest_entry_time()? != latest {
            let what = "ledger_head.latest_at is not the latest time of the entries: it was edited";
            return Ok(CheckResult::Wrong(vec![what.to_owned()]));
        }
        Ok(match latest {
            Some(latest) if now < latest => CheckResult::Wrong(vec![format!(
                "the clock shows {now}, but an entry was made at {latest}: it was set back; set it right before work goes on, or, where it ran ahead before, let two people accept that: `tagout recover`"
            )]),
            _ if steps.is_empty() => {
                CheckResult::Right(format!("it shows {now} and never went back between entries"))
            }
            _ => CheckResult::Note(format!(
                "it shows {now}; it went back before entries {steps:?} (order is the index, never the time)"
            )),
        })
    }
}

fn pages(view: &View<'_>) -> Result<CheckResult, StorageError> {
    let mut wrongs = Wrongs::default();
    for line in view.rows("pragma integrity_check(20)", &[], |row| {
        row.text("integrity_check")
    })? {
        if line != "ok" {
            wrongs.add(line);
        }
    }
    Ok(wrongs.result("every page and index is sound".to_owned()))
}

/// Hashes every entry again, and checks it against its leaf, its payload, its neighbours and the head.
fn entries(origin: &Origin, view: &View<'_>) -> Result<CheckResult, StorageError> {
    let mut wrongs = Wrongs::default();
    let mut frontier = Frontier::new();
    let mut last_about = std::collections::BTreeMap::new();
    let head = match Head::read(view) {
        Ok(head) => head,
        Err(error) => return Ok(CheckResult::Wrong(vec![error.to_string()])),
    };
    let count = view.the("select count(*) as entries from ledger_entries", &[], |row| {
        row.count("entries")
    })?;
    let mut expected = 0;
    view.each_ledger_record(0, count.max(head.size()), |record| {
        if record.index != expected {
            wrongs.add(format!("entry {expected} is missing"));
        }
        expected = record.index + 1;
        frontier.push(leaf_hash(&record.entry));
        match Entry::parse(&record.entry) {
            Ok(entry) => check_entry(origin, &record, &entry, &mut last_about, &mut wrongs),
            Err(error) => wrongs.add(format!("entry {}: {error}", record.index)),
        }
        Ok(())
    })?;
    if frontier.size() != head.size() {
        wrongs.add(format!(
            "the head counts {} entries, the table has {}",
            head.size(),
            frontier.size()
        ));
    } else if frontier.root() != head.root() {
        wrongs.add("the entries do not hash to the head's root: at least one was edited".to_owned());
    }
    if let Err(error) = check_nodes(view, head.size(), &mut wrongs) {
        wrongs.add(error.to_string());
    }
    Ok(wrongs.result(format!("{} entries hash to root {}", head.size(), head.root())))
}

fn check_entry(
    origin: &Origin,
    record: &LedgerRecord,
    entry: &Entry,
    last_about: &mut std::collections::BTreeMap<String, u64>,
    wrongs: &mut Wrongs,
) {
    let index = record.index;
    if entry.origin != *origin {
        wrongs.add(format!("entry {index} belongs to `{}`", entry.origin.as_str()));
    }
    if entry.previous != last_about.insert(entry.subject.to_string(), index) {
        wrongs.add(format!(
            "entry {index} names the wrong entry before it about {}",
            entry.subject
        ));
    }
    if let Some(salt) = record.salt
        && commitment(&Salt(salt), &record.payload) != entry.commitment
    {
        wrongs.add(format!(
            "the payload of entry {index} ({}) was edited",
            entry.event_type
        ));
    }
}

/// Compares the stored leaf hashes and nodes with the entries they stand for.
fn check_nodes(view: &View<'_>, size: u64, wrongs: &mut Wrongs) -> Result<(), StorageError> {
    view.each_ledger_record(0, size, |record| {
        let stored = below(view, 0, record.index, 1)?[0];
        if stored != leaf_hash(&record.entry) {
            wrongs.add(format!(
                "entry {} does not hash to its stored leaf: it was edited",
                record.index
            ));
        }
        Ok(())
    })?;
    let width = 1 << NODE_STRIDE;
    for position in 0..size / width {
        let stored = below(view, NODE_STRIDE, position, 1)?[0];
        let mut block = Frontier::new();
        below(view, 0, position * width, width)?
            .into_iter()
            .for_each(|leaf| block.push(leaf));
        if block.root() != stored {
            wrongs.add(format!(
                "the stored node over entries {} to {} is wrong",
                position * width,
                (position + 1) * width - 1
            ));
        }
    }
    Ok(())
}

fn signed_heads(view: &View<'_>) -> Result<CheckResult, StorageError> {
    let mut wrongs = Wrongs::default();
    let heads = view.signed_heads()?;
    let size = view.ledger_size()?;
    for (signed_size, root, when) in &heads {
        if *signed_size > size {
            wrongs.add(format!(
                "a head of {signed_size} entries was signed at {when}, the ledger has {size}"
            ));
        } else if root_at(view, *signed_size)? != *root {
            wrongs.add(format!(
                "the head of {signed_size} entries signed at {when} is not in this history"
            ));
        }
    }
    Ok(wrongs.result(format!("{} signed heads are all in this history", heads.len())))
}
