//! Reading: a connection that can ask and cannot change.

use std::ops::ControlFlow;

use rusqlite::Connection;

use crate::{DataError, Row, StorageError, Value};

/// Reads from one snapshot of the database. Texts that would change anything are refused.
pub struct View<'c> {
    pub(crate) connection: &'c Connection,
}

impl<'c> View<'c> {
    pub(crate) fn of(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// Reads every row of the answer, in its order.
    pub fn rows<T>(
        &self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StorageError>,
    ) -> Result<Vec<T>, StorageError> {
        let mut found = Vec::new();
        self.each(sql, values, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands every row of the answer to `read`, without keeping them.
    pub fn each(
        &self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        self.each_until(sql, values, |row| read(row).map(ControlFlow::Continue))
    }

    /// Hands rows of the answer to `read` until it has enough, without keeping them.
    pub fn each_until(
        &self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StorageError>,
    ) -> Result<(), StorageError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        if !statement.readonly() {
            let what = "a statement that changes rows was given to a view".to_owned();
            return Err(DataError {
                place: "a query".to_owned(),
                what,
            }
            .into());
        }
        crate::value::bind(&mut statement, values)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if read(&Row::new(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Reads the only row, if there is one; a second row is a data error.
    pub fn one<T>(
        &self,
        sql: &str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, StorageError>,
    ) -> Result<Option<T>, StorageError> {
        let mut rows = self.rows(sql, values, read)?;
        if rows.len() > 1 {
            let what = format!("{} rows where one at most may be", rows.len());
            return Err(DataError {
                place: "a query for one row".to_owned(),
                what,
            }
            .into());
        }
        Ok(rows.pop())
    }

    /// Reads the row that must be there.
    pub fn the<T>(
        &self,
        sql: &str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.one(sql, values, read)?.ok_or_else(|| {
            DataError {
                place: "a query for one row".to_owned(),
                what: "there is none".to_owned(),
            }
            .into()
        })
    }
}
