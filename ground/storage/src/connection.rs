//! Connections to the database, with the settings on which durability rests.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::StorageError;
use crate::ledger_tables::damaged;

/// The first SQLite without the race that can lose a committed write when the write-ahead log is reset.
const SQLITE_VERSION_MIN: i32 = 3_051_003;

fn pragma(connection: &Connection, name: &str, value: &str, expected: &str) -> Result<(), StorageError> {
    let set = |text: &str| {
        connection.query_row(text, [], |row| {
            row.get_ref(0)?
                .as_str()
                .map(str::to_owned)
                .or_else(|_| row.get::<_, i64>(0).map(|number| number.to_string()))
        })
    };
    connection.pragma_update(None, name, value)?;
    let now = set(&format!("pragma {name}"))?;
    if now.eq_ignore_ascii_case(expected) {
        Ok(())
    } else {
        Err(damaged(
            format!("pragma {name}"),
            format!("asked for {value}, the database says {now}"),
        ))
    }
}

/// Opens the database for writing, with the settings on which durability rests, and checks that they took.
pub(crate) fn connect(path: &Path) -> Result<Connection, StorageError> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN {
        let what = format!(
            "{} is linked, 3.51.3 is the oldest that is safe",
            rusqlite::version()
        );
        return Err(damaged("SQLite", what));
    }
    let connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(512);
    plan_once(&connection)?;
    pragma(&connection, "journal_mode", "wal", "wal")?;
    pragma(&connection, "synchronous", "full", "2")?;
    pragma(&connection, "foreign_keys", "on", "1")?;
    pragma(&connection, "secure_delete", "on", "1")?;
    pragma(&connection, "trusted_schema", "off", "0")?;
    Ok(connection)
}

/// Lets a statement keep its plan: SQLite, as we link it, would plan anew with every value, which costs more than the query.
fn plan_once(connection: &Connection) -> Result<(), StorageError> {
    Ok(connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(drop)?)
}

/// Lets a commit write to the log without a flush, which whoever holds the connection then owes before anybody is told. What
/// keeps the file whole stays flushed by SQLite: the log before a checkpoint, the database after it, the start of a new log.
pub(crate) fn leave_flushing_to_the_writer(connection: &Connection) -> Result<(), StorageError> {
    pragma(connection, "synchronous", "normal", "1")
}

/// Opens the database for reading alone.
pub(crate) fn connect_reader(path: &Path) -> Result<Connection, StorageError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(256);
    plan_once(&connection)?;
    pragma(&connection, "query_only", "on", "1")?;
    Ok(connection)
}
