//! Signed heads, proofs and records, for those who verify.

use std::ops::ControlFlow;

use basis::{Subject, Time};
use ledger::Hash;
use ledger::entry::Entry;
use ledger::note::Checkpoint;

use crate::ledger_tables::{self, StoredNodes, damaged};
use crate::log_files;
use crate::{Organisation, StorageError, Value, View};

/// One entry with its payload, as stored.
#[derive(Debug, Clone)]
pub struct LedgerRecord {
    /// Index in the ledger.
    pub index: u64,
    /// The entry's bytes, which the leaf hashes.
    pub entry: Vec<u8>,
    /// The salt of the commitment; none when the payload was blanked.
    pub salt: Option<[u8; 32]>,
    /// The payload's bytes, or what was left in their place.
    pub payload: Vec<u8>,
}

impl LedgerRecord {
    /// Reads the entry's members.
    pub fn parse(&self) -> Result<Entry, StorageError> {
        Entry::parse(&self.entry).map_err(|error| damaged(format!("ledger entry {}", self.index), error))
    }
}

/// One entry without its payload, which may be large.
#[derive(Debug, Clone)]
pub struct LedgerLine {
    /// Index in the ledger.
    pub index: u64,
    /// The entry's members.
    pub entry: Entry,
    /// Whether the payload was blanked.
    pub is_blanked: bool,
}

impl Organisation {
    /// Signs the head as it is on disk. The head is noted first, so that one size is never signed with two roots; then the
    /// checkpoint and the tiles up to it are published in the folder `log`, as C2SP tlog-tiles lays them out.
    pub fn checkpoint(&self) -> Result<String, StorageError> {
        let (published, size, root) = self.writer().alone(self, |writing| {
            let published = View::of(&writing.connection).last_signed_size()?;
            ledger_tables::note_checkpoint(&writing.connection, &writing.head, self.now())?;
            Ok((published, writing.head.size(), writing.head.root()))
        })?;
        self.flush_high_water()?;
        let checkpoint = Checkpoint {
            origin: self.origin().clone(),
            size,
            root,
        };
        let note = checkpoint
            .sign(&self.signing_key()?)
            .map_err(|error| damaged("checkpoint", error))?;
        self.view(|view| log_files::publish(&self.data().join("log"), view, published, size, &note))?;
        Ok(note)
    }

    /// How many entries the last signed head has.
    pub fn signed_size(&self) -> Result<u64, StorageError> {
        self.view(|view| view.last_signed_size())
    }
}

impl View<'_> {
    /// How many entries the ledger has in this snapshot.
    pub fn ledger_size(&self) -> Result<u64, StorageError> {
        Ok(ledger_tables::Head::read(self)?.size())
    }

    /// Reads the record at `index`.
    pub fn ledger_record(&self, index: u64) -> Result<Option<LedgerRecord>, StorageError> {
        let mut found = None;
        self.each_ledger_record(index, index + 1, |record| {
            found = Some(record);
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands the records from `first` up to but without `end` to `take`, in order.
    pub fn each_ledger_record(
        &self,
        first: u64,
        end: u64,
        mut take: impl FnMut(LedgerRecord) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        self.each(
            include_str!("sql/list_records.sql"),
            &[first.into(), end.into()],
            |row| {
                let salt = match row.flag("is_blanked")? {
                    true => None,
                    false => Some(
                        row.blob("salt")?
                            .try_into()
                            .map_err(|_| row.damaged("salt", "is not 32 bytes long"))?,
                    ),
                };
                take(LedgerRecord {
                    index: row.count("idx")?,
                    entry: row.blob("entry")?,
                    salt,
                    payload: row.blob("payload")?,
                })
            },
        )
    }

    /// The last records about `subject`, newest first, `most` at the most.
    pub fn ledger_about(&self, subject: &Subject, most: usize) -> Result<Vec<LedgerRecord>, StorageError> {
        let mut next = ledger_tables::last_about(self, &subject.to_string())?;
        let mut found = Vec::new();
        while let Some(index) = next.filter(|_| found.len() < most) {
            let record = self
                .ledger_record(index)?
                .ok_or_else(|| damaged(format!("ledger entry {index}"), "it is missing"))?;
            // INVARIANT: an entry names an earlier one, so this ends.
            next = record.parse()?.previous.filter(|previous| *previous < index);
            found.push(record);
        }
        Ok(found)
    }

    /// Hands the entries from `first` up to but without `end` to `take`, in order.
    pub fn each_ledger_line(
        &self,
        first: u64,
        end: u64,
        mut take: impl FnMut(LedgerLine) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        self.each(
            include_str!("sql/list_lines.sql"),
            &[first.into(), end.into()],
            |row| {
                let index = row.count("idx")?;
                let entry = Entry::parse(&row.blob("entry")?)
                    .map_err(|error| damaged(format!("ledger entry {index}"), error))?;
                take(LedgerLine {
                    index,
                    entry,
                    is_blanked: row.flag("is_blanked")?,
                })
            },
        )
    }

    /// Hands the entries about `subject` before index `before` to `take`, the newest first, until it has enough. Each names
    /// the one before it, so nothing else is read; to begin at an entry that is about it costs no more than to begin at the end.
    pub fn each_line_about(
        &self,
        subject: &Subject,
        before: Option<u64>,
        mut take: impl FnMut(LedgerLine) -> ControlFlow<()>,
    ) -> Result<(), StorageError> {
        let own = before.map(|index| self.ledger_line(index)).transpose()?.flatten();
        let mut next = match own.filter(|line| line.entry.subject == *subject) {
            Some(line) => line.entry.previous,
            None => ledger_tables::last_about(self, &subject.to_string())?,
        };
        while let Some(index) = next {
            let line = self
                .ledger_line(index)?
                .ok_or_else(|| damaged(format!("ledger entry {index}"), "it is missing"))?;
            // INVARIANT: an entry names an earlier one, so this ends.
            next = line.entry.previous.filter(|previous| *previous < index);
            if before.is_none_or(|before| index < before) && take(line).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn ledger_line(&self, index: u64) -> Result<Option<LedgerLine>, StorageError> {
        let mut found = None;
        self.each_ledger_line(index, index.saturating_add(1), |line| {
            found = Some(line);
            Ok(())
        })?;
        Ok(found)
    }

    /// Proves that the entry at `index` is in the tree of the first `size` entries (RFC 6962 §2.1.1).
    pub fn inclusion_path(&self, index: u64, size: u64) -> Result<Vec<Hash>, StorageError> {
        ledger::merkle::inclusion_path(&StoredNodes(self), index, size)?.ok_or_else(|| {
            damaged(
                "inclusion proof",
                format!("a tree of {size} has no entry {index}"),
            )
        })
    }

    /// Proves that the tree of `later` entries goes on from that of `earlier` (RFC 6962 §2.1.2).
    pub fn consistency_path(&self, earlier: u64, later: u64) -> Result<Vec<Hash>, StorageError> {
        ledger::merkle::consistency_path(&StoredNodes(self), earlier, later)?.ok_or_else(|| {
            damaged(
                "consistency proof",
                format!("no tree of {earlier} comes before one of {later}"),
            )
        })
    }

    /// The root over the first `size` entries.
    pub fn ledger_root(&self, size: u64) -> Result<Hash, StorageError> {
        ledger_tables::root_at(self, size)
    }

    /// How many entries the last signed head has; 0 before the first.
    pub fn last_signed_size(&self) -> Result<u64, StorageError> {
        self.the(include_str!("sql/last_signed_size.sql"), &[], |row| {
            row.count("size")
        })
    }

    /// Every head that was signed: size, root, when.
    pub fn signed_heads(&self) -> Result<Vec<(u64, Hash, Time)>, StorageError> {
        self.rows(include_str!("sql/list_checkpoints.sql"), &[] as &[Value], |row| {
            let root = row
                .blob("root")?
                .try_into()
                .map_err(|_| row.damaged("root", "is not 32 bytes long"))?;
            Ok((row.count("size")?, Hash(root), row.time("signed_at")?))
        })
    }
}
