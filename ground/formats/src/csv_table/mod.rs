//! Tables in CSV form as Windows programs and spreadsheets write them, and CSV that is safe to open in one.
//!
//! Reading settles encoding, delimiter, columns and line numbers. What a column means is decided by whoever maps it.

mod decode;
mod table;
mod write;

use thiserror::Error;

pub use decode::Encoding;
pub use table::{Column, Row, Table};
pub use write::write;

/// How much of a table is read before it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file in bytes.
    pub file_bytes_max: usize,
    /// Rows below the header.
    pub rows_max: usize,
    /// Columns of the header.
    pub columns_max: usize,
    /// Size of one cell in bytes of UTF-8.
    pub cell_bytes_max: usize,
}

impl Default for Limits {
    /// Room for the inventory of a large company: 64 MiB, 200,000 rows, 512 columns, 32 KiB in a cell.
    fn default() -> Limits {
        Limits {
            file_bytes_max: 64 * 1024 * 1024,
            rows_max: 200_000,
            columns_max: 512,
            cell_bytes_max: 32 * 1024,
        }
    }
}

/// Says why a table is refused. Lines count from 1 and are those a text editor shows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CsvError {
    /// There is no header.
    #[error("the file is empty; expected a first line with column names")]
    Empty,
    /// The file is larger than the limit.
    #[error("the file has {bytes} bytes; at most {bytes_max} are read; split it")]
    FileTooLarge {
        /// Size in bytes.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The bytes are not text in the encoding that the first bytes announce.
    #[error("the file is not valid {encoding} at byte {offset}; save it again as UTF-8")]
    NotText {
        /// The encoding that was tried.
        encoding: &'static str,
        /// Byte offset in the file.
        offset: usize,
    },
    /// A NUL byte: UTF-16 without a byte order mark, or not text at all.
    #[error(
        "the file has a zero byte at byte {offset}; it is not CSV text or UTF-16 without its mark; save it as UTF-8"
    )]
    ZeroByte {
        /// Byte offset in the file.
        offset: usize,
    },
    /// A column of the header has no name.
    #[error("column {position} of {columns} has no name in line {line}; name it or remove it")]
    UnnamedColumn {
        /// Line of the header.
        line: usize,
        /// Position from 1.
        position: usize,
        /// Number of columns.
        columns: usize,
    },
    /// Two columns have the same name; case does not count.
    #[error("column `{name}` stands twice, at positions {first} and {second}; rename or remove one")]
    DuplicateColumn {
        /// The name.
        name: String,
        /// Position of the first from 1.
        first: usize,
        /// Position of the second from 1.
        second: usize,
    },
    /// A column that is needed is not there.
    #[error("there is no column `{name}`; the columns are {}", .columns.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", "))]
    MissingColumn {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        columns: Vec<String>,
    },
    /// A row has more or fewer cells than the header.
    #[error("line {line} has {cells} cells but the header has {columns}; check its quotes and delimiters")]
    Ragged {
        /// Line where the row starts.
        line: usize,
        /// Cells of the row.
        cells: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// A quote that is opened and never closed.
    #[error("the quote opened in line {line} is never closed; close it or double it")]
    OpenQuote {
        /// Line of the quote.
        line: usize,
    },
    /// More rows than the limit.
    #[error("line {line} is row {rows_max} + 1; at most {rows_max} rows are read; split the file")]
    TooManyRows {
        /// Line of the first row too many.
        line: usize,
        /// The limit.
        rows_max: usize,
    },
    /// More columns than the limit.
    #[error("the header has {columns} columns; at most {columns_max} are read")]
    TooManyColumns {
        /// Number of columns.
        columns: usize,
        /// The limit.
        columns_max: usize,
    },
    /// A cell is larger than the limit.
    #[error("cell {position} of the row in line {line} has {bytes} bytes; at most {bytes_max} are read")]
    CellTooLarge {
        /// Line where the row starts.
        line: usize,
        /// Position from 1.
        position: usize,
        /// Size in bytes.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
}
