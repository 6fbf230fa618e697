//! Forward steps of the schema. A released step never changes.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::StorageError;

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

/// Applies every step that the database does not have yet, each in a transaction of its own.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[Migration]) -> Result<(), StorageError> {
    connection.execute_batch(include_str!("sql/create_migrations.sql"))?;
    let done: BTreeSet<String> = {
        let mut statement = connection.prepare(include_str!("sql/list_migrations.sql"))?;
        let names = statement.query_map([], |row| row.get(0))?;
        names.collect::<Result<_, _>>()?
    };
    for migration in LEDGER.iter().chain(migrations) {
        if !done.contains(migration.name) {
            let step = connection.transaction()?;
            step.execute_batch(migration.sql)?;
            step.execute(include_str!("sql/note_migration.sql"), [migration.name])?;
            step.commit()?;
        }
    }
    Ok(())
}
