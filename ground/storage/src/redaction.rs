//! Destroying what was spilled: a payload loses its salt and its free text, the tables are made anew, every proof stays valid.

use crate::ledger_tables::{self, damaged};
use crate::{Organisation, StorageError, Tx, Value};

impl Tx<'_> {
    /// Blanks the payload of the entry at `index`: the free text of its kind is replaced by `note`, the salt is destroyed,
    /// and every table is made anew from what is left. Called in the transaction that records the redaction.
    pub fn blank_payload(&mut self, index: u64, note: &str) -> Result<(), StorageError> {
        let (writing, organisation) = self.connection_and_organisation();
        let view = crate::View::of(&writing.connection);
        let entry = ledger_tables::entry_at(&view, index)?;
        let entry = ledger::entry::Entry::parse(&entry)
            .map_err(|error| damaged(format!("ledger entry {index}"), error))?;
        let kind = organisation
            .registry()
            .kind(entry.event_type.as_str(), entry.type_version)?;
        let payload = ledger_tables::payload_at(&view, index)?;
        let blanked = ledger::events::blank(&payload, kind.free_text, note)
            .map_err(|error| damaged(format!("payload of entry {index}"), error))?;
        let values = [Value::from(index), Value::Blob(blanked)];
        ledger_tables::execute(
            &writing.connection,
            include_str!("sql/blank_payload.sql"),
            &values,
        )?;
        crate::rebuild::rebuild_in_place(organisation.registry(), &writing.connection)
    }
}

impl Organisation {
    /// Whether entries of this type hold free text that a redaction would blank.
    pub fn has_free_text(&self, event_type: &str, version: u64) -> Result<bool, StorageError> {
        Ok(!self.registry().kind(event_type, version)?.free_text.is_empty())
    }

    /// Removes what a redaction left in the database's log and free pages, so that the text is on no page of it.
    pub fn scrub(&self) -> Result<(), StorageError> {
        self.writer().alone(self, |writing| {
            writing.connection.execute_batch("vacuum")?;
            let busy: i64 = writing
                .connection
                .query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
            if busy == 0 {
                Ok(())
            } else {
                Err(damaged(
                    "write-ahead log",
                    "a reader kept it from being emptied; scrub again when it is quiet",
                ))
            }
        })
    }
}
