//! The proof that live state is what the events make of it: replay the ledger and compare every table.

use rusqlite::Connection;

use crate::ledger_tables::{Head, payload_at, stamp_of};
use crate::value::Row;
use crate::{Organisation, Registry, StorageError, Value, View, migrations};

/// A table in which live state and replay differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDifference {
    /// The table.
    pub table: String,
    /// Rows that only the live table has.
    pub only_live: usize,
    /// Rows that only the replay has.
    pub only_replayed: usize,
    /// The first row that differs, as text.
    pub example: String,
}

/// The names of the tables that rooms own.
fn state_tables(view: &View<'_>) -> Result<Vec<String>, StorageError> {
    view.rows(include_str!("sql/list_state_tables.sql"), &[], |row| {
        row.text("name")
    })
}

/// Carries every event of `from` into the tables of `into`, in order.
pub(crate) fn replay(registry: &Registry, from: &View<'_>, into: &Connection) -> Result<(), StorageError> {
    let size = Head::read(from)?.size();
    from.each_ledger_record(0, size, |record| {
        let entry = record.parse()?;
        let stamp = stamp_of(record.index, &entry);
        let kind = (entry.event_type.as_str(), entry.type_version);
        registry.apply(into, &stamp, kind, &record.payload)
    })
}

/// Empties every state table and fills it again from the events, on the connection itself.
pub(crate) fn rebuild_in_place(registry: &Registry, connection: &Connection) -> Result<(), StorageError> {
    connection.execute_batch("pragma defer_foreign_keys = on")?;
    for table in state_tables(&View::of(connection))? {
        connection.execute_batch(&format!("delete from \"{table}\""))?;
    }
    let view = View::of(connection);
    let size = connection.query_row("select count(*) from ledger_entries", [], |row| {
        row.get::<_, i64>(0)
    })?;
    for index in 0..size.unsigned_abs() {
        let entry = crate::ledger_tables::entry_at(&view, index)?;
        let entry = ledger::entry::Entry::parse(&entry)
            .map_err(|error| crate::ledger_tables::damaged(format!("ledger entry {index}"), error))?;
        let payload = payload_at(&view, index)?;
        let kind = (entry.event_type.as_str(), entry.type_version);
        registry.apply(connection, &stamp_of(index, &entry), kind, &payload)?;
    }
    Ok(())
}

/// Every row of a table as comparable text, sorted.
fn rows_of(view: &View<'_>, table: &str) -> Result<Vec<String>, StorageError> {
    let columns = view
        .connection
        .prepare(&format!("select * from \"{table}\" limit 0"))?
        .column_count();
    let mut rows = view.rows(&format!("select * from \"{table}\""), &[], |row: &Row<'_>| {
        let values: Vec<Value> = (0..columns)
            .map(|at| row.value_at(at))
            .collect::<Result<_, _>>()?;
        Ok(format!("{values:?}"))
    })?;
    rows.sort_unstable();
    Ok(rows)
}

fn difference(table: &str, live: &[String], replayed: &[String]) -> Option<TableDifference> {
    let missing_in = |these: &[String], those: &[String]| -> Vec<String> {
        these
            .iter()
            .filter(|row| those.binary_search(row).is_err())
            .cloned()
            .collect()
    };
    let (only_live, only_replayed) = (missing_in(live, replayed), missing_in(replayed, live));
    if only_live.is_empty() && only_replayed.is_empty() && live.len() == replayed.len() {
        return None;
    }
    let example = only_live
        .first()
        .or(only_replayed.first())
        .cloned()
        .unwrap_or_default();
    Some(TableDifference {
        table: table.to_owned(),
        only_live: only_live.len(),
        only_replayed: only_replayed.len(),
        example: example.chars().take(300).collect(),
    })
}

impl Organisation {
    /// Replays the whole ledger into empty tables and names every table that differs from the live one.
    pub fn rebuild_and_compare(&self) -> Result<Vec<TableDifference>, StorageError> {
        let folder =
            tempfile::tempdir_in(self.data()).map_err(|source| StorageError::file(self.data(), source))?;
        let mut fresh = Connection::open(folder.path().join("rebuild.sqlite"))?;
        fresh
            .execute_batch("pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = on")?;
        fresh.set_prepared_statement_cache_capacity(512);
        migrations::migrate(&mut fresh, self.registry())?;
        self.view(|live| {
            fresh.execute_batch("begin")?;
            replay(self.registry(), live, &fresh)?;
            fresh.execute_batch("commit")?;
            let replayed = View::of(&fresh);
            let mut differences = Vec::new();
            for table in state_tables(live)? {
                differences.extend(difference(
                    &table,
                    &rows_of(live, &table)?,
                    &rows_of(&replayed, &table)?,
                ));
            }
            Ok(differences)
        })
    }
}
