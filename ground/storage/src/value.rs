//! The four kinds of value that both databases store alike, and rows of them.

use basis::{Id, Time};

use crate::{DataError, StorageError};

/// One value on its way into or out of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing. Used where a column really may be empty.
    Null,
    /// A whole number: counts, ids, times in milliseconds, 0 and 1 for no and yes.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        // Ids, indexes and sizes all stay below 2^53.
        Value::Integer(number as i64)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Value::Integer(i64::from(yes))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Value::Text(text.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Value::Blob(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Value::Blob(bytes)
    }
}

impl From<Time> for Value {
    fn from(time: Time) -> Self {
        Value::Integer(time.as_ms())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Makes the value of a typed id: its number.
impl Value {
    /// The number of an id.
    pub fn id<I: Id>(id: I) -> Self {
        Value::from(id.number())
    }

    /// The number of an id that may be absent.
    pub fn id_if<I: Id>(id: Option<I>) -> Self {
        id.map_or(Value::Null, Value::id)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Binds `$1`, `$2` … to the values in that order.
///
/// SQLite takes `$2` for a name and numbers names by their first appearance, so each is looked up by its name.
pub(crate) fn bind(statement: &mut rusqlite::Statement<'_>, values: &[Value]) -> Result<(), StorageError> {
    if statement.parameter_count() != values.len() {
        let what = format!(
            "takes {} values, {} were given",
            statement.parameter_count(),
            values.len()
        );
        return Err(DataError {
            place: "an SQL text".to_owned(),
            what,
        }
        .into());
    }
    for (position, value) in values.iter().enumerate() {
        let index = index_of(statement, position + 1)?;
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

/// The index of the parameter `$number`. Nearly always names appear in their order, which is seen without a search.
fn index_of(statement: &rusqlite::Statement<'_>, number: usize) -> Result<usize, StorageError> {
    let is_number =
        |name: &str| name.strip_prefix('$').and_then(|digits| digits.parse().ok()) == Some(number);
    if statement.parameter_name(number).is_some_and(is_number) {
        return Ok(number);
    }
    let name = format!("${number}");
    statement.parameter_index(&name)?.ok_or_else(|| {
        DataError {
            place: "an SQL text".to_owned(),
            what: format!("has no parameter {name}"),
        }
        .into()
    })
}

/// One row of an answer; columns are read by name.
pub struct Row<'r> {
    row: &'r rusqlite::Row<'r>,
}

impl<'r> Row<'r> {
    pub(crate) fn new(row: &'r rusqlite::Row<'r>) -> Self {
        Self { row }
    }

    /// The error that names a column of this row as damaged.
    pub fn damaged(&self, column: &str, what: impl std::fmt::Display) -> StorageError {
        let statement: &rusqlite::Statement<'_> = self.row.as_ref();
        let place = statement.column_names().next().map_or_else(
            || column.to_owned(),
            |first| format!("row with {first}, column {column}"),
        );
        DataError {
            place,
            what: what.to_string(),
        }
        .into()
    }

    fn get<T: rusqlite::types::FromSql>(&self, column: &str) -> Result<T, StorageError> {
        self.row.get(column).map_err(|error| self.damaged(column, error))
    }

    /// A text.
    pub fn text(&self, column: &str) -> Result<String, StorageError> {
        self.get(column)
    }

    /// A text that may be absent.
    pub fn text_if(&self, column: &str) -> Result<Option<String>, StorageError> {
        self.get(column)
    }

    /// A whole number.
    pub fn integer(&self, column: &str) -> Result<i64, StorageError> {
        self.get(column)
    }

    /// A whole number that may be absent.
    pub fn integer_if(&self, column: &str) -> Result<Option<i64>, StorageError> {
        self.get(column)
    }

    /// A number that counts something.
    pub fn count(&self, column: &str) -> Result<u64, StorageError> {
        let number = self.integer(column)?;
        u64::try_from(number).map_err(|_| self.damaged(column, "a count is negative"))
    }

    /// Yes or no.
    pub fn flag(&self, column: &str) -> Result<bool, StorageError> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.damaged(column, format!("{other} is neither 0 nor 1"))),
        }
    }

    /// Bytes.
    pub fn blob(&self, column: &str) -> Result<Vec<u8>, StorageError> {
        self.get(column)
    }

    /// A moment.
    pub fn time(&self, column: &str) -> Result<Time, StorageError> {
        self.integer(column).map(Time::from_ms)
    }

    /// A moment that may be absent.
    pub fn time_if(&self, column: &str) -> Result<Option<Time>, StorageError> {
        Ok(self.integer_if(column)?.map(Time::from_ms))
    }

    /// A typed id.
    pub fn id<I: Id>(&self, column: &str) -> Result<I, StorageError> {
        self.count(column).map(I::from_number)
    }

    /// A typed id that may be absent.
    pub fn id_if<I: Id>(&self, column: &str) -> Result<Option<I>, StorageError> {
        Ok(self
            .integer_if(column)?
            .map(|number| I::from_number(number.unsigned_abs())))
    }

    /// A text that is one of a fixed list of words, read by `parse`.
    pub fn word<T>(&self, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, StorageError> {
        let text = self.text(column)?;
        parse(&text).ok_or_else(|| self.damaged(column, format!("`{text}` is not one of its words")))
    }

    /// A text that holds JSON of a known shape.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StorageError> {
        serde_json::from_str(&self.text(column)?).map_err(|error| self.damaged(column, error))
    }

    pub(crate) fn value_at(&self, position: usize) -> Result<Value, StorageError> {
        Ok(match self.row.get_ref(position)? {
            rusqlite::types::ValueRef::Null => Value::Null,
            rusqlite::types::ValueRef::Integer(number) => Value::Integer(number),
            rusqlite::types::ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
            rusqlite::types::ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
            rusqlite::types::ValueRef::Real(_) => {
                return Err(DataError {
                    place: "a table".into(),
                    what: "holds a fraction".into(),
                }
                .into());
            }
        })
    }
}
