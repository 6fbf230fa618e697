//! Forward steps of the schema. A released step never changes.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::rebuild::rebuild_in_place;
use crate::{Registry, StorageError};

/// One forward step: statements that both databases understand, separated by semicolons.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Room and number, such as `changes/0001`.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// The ledger's own tables.
const LEDGER: [Migration; 2] = [
    Migration {
        name: "ledger/0001",
        sql: include_str!("../migrations/0001_ledger.sql"),
    },
    Migration {
        name: "ledger/0002",
        sql: include_str!("../migrations/0002_latest.sql"),
    },
];

/// Applies every step that the database does not have yet, all in one transaction, and makes every table again from the
/// events where a room came to follow some that were recorded before.
pub(crate) fn migrate(connection: &mut Connection, registry: &Registry) -> Result<(), StorageError> {
    connection.execute_batch(include_str!("sql/create_migrations.sql"))?;
    let done: BTreeSet<String> = {
        let mut statement = connection.prepare(include_str!("sql/list_migrations.sql"))?;
        let names = statement.query_map([], |row| row.get(0))?;
        names.collect::<Result<_, _>>()?
    };
    let all = LEDGER.iter().chain(&registry.migrations);
    let new: Vec<&Migration> = all.filter(|migration| !done.contains(migration.name)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let step = connection.transaction()?;
    for migration in &new {
        step.execute_batch(migration.sql)?;
        step.execute(include_str!("sql/note_migration.sql"), [migration.name])?;
    }
    let names: Vec<&str> = new.iter().map(|migration| migration.name).collect();
    if registry.follows_since(&names) {
        rebuild_in_place(registry, &step)?;
    }
    Ok(step.commit()?)
}
