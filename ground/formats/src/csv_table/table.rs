//! The table: columns with unique names, rows that all have as many cells.

use csv::{ReaderBuilder, StringRecord};

use super::decode::decode;
use super::{CsvError, Encoding, Limits};

/// A table whose rows all fit its header.
#[derive(Debug, Clone)]
pub struct Table {
    encoding: Encoding,
    delimiter: char,
    columns: Vec<String>,
    rows: Vec<Row>,
}

/// One row and where it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    line: usize,
    cells: StringRecord,
}

/// A column of one table; made by [`Table::column`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column(usize);

impl Table {
    /// Reads a whole file: settles encoding and delimiter, checks the header and every row.
    ///
    /// A first line `sep=;` or `#TYPE …` is understood and skipped; empty lines are skipped.
    ///
    /// # Errors
    /// Names the line, the column or the limit and what to do about it.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Table, CsvError> {
        if bytes.len() > limits.file_bytes_max {
            let bytes_max = limits.file_bytes_max;
            return Err(CsvError::FileTooLarge {
                bytes: bytes.len(),
                bytes_max,
            });
        }
        let (text, encoding) = decode(bytes)?;
        let (announced, skipped) = preamble(&text);
        let body = &text[skipped..];
        let delimiter = announced.unwrap_or_else(|| sniff(body));
        let mut lines = Lines::new(&text);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(body.as_bytes());
        let mut columns: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        let mut start = skipped;
        // The text is valid UTF-8 in memory, which leaves the reader nothing to fail on.
        for cells in reader.records().filter_map(Result::ok) {
            let byte = cells.position().map_or(0, csv::Position::byte);
            start = skipped + usize::try_from(byte).unwrap_or(0);
            let line = lines.of_record_at(start);
            refuse_large_cells(&cells, line, limits)?;
            match &columns {
                None => columns = Some(header(&cells, line, limits)?),
                Some(columns) => {
                    refuse_ragged(&text[start..], delimiter, line, &cells, columns)?;
                    if rows.len() == limits.rows_max {
                        return Err(CsvError::TooManyRows {
                            line,
                            rows_max: limits.rows_max,
                        });
                    }
                    rows.push(Row { line, cells });
                }
            }
        }
        if let Some(line) = open_quote(&text[start..], delimiter, lines.of_record_at(start)) {
            return Err(CsvError::OpenQuote { line });
        }
        let columns = columns.ok_or(CsvError::Empty)?;
        Ok(Table {
            encoding,
            delimiter: char::from(delimiter),
            columns,
            rows,
        })
    }

    /// The names of the columns, without white space around them, in the order of the file.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows in the order of the file.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Finds a column by name; case does not count.
    ///
    /// # Errors
    /// Names the column that is missing and those that there are.
    pub fn column(&self, name: &str) -> Result<Column, CsvError> {
        self.optional_column(name).ok_or_else(|| CsvError::MissingColumn {
            name: name.to_owned(),
            columns: self.columns.clone(),
        })
    }

    /// Finds a column that need not be there; case does not count.
    pub fn optional_column(&self, name: &str) -> Option<Column> {
        let wanted = name.trim().to_lowercase();
        self.columns
            .iter()
            .position(|column| column.to_lowercase() == wanted)
            .map(Column)
    }

    /// How the bytes were read.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What stands between the cells: comma, semicolon or tab, or what the file announces.
    pub fn delimiter(&self) -> char {
        self.delimiter
    }
}

impl Row {
    /// The line of the file where the row starts, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The cell in a column of the same table, as written between its quotes.
    pub fn cell(&self, column: Column) -> &str {
        self.cells.get(column.0).unwrap_or("")
    }

    /// All cells in the order of the columns.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter()
    }
}

fn header(cells: &StringRecord, line: usize, limits: &Limits) -> Result<Vec<String>, CsvError> {
    if cells.len() > limits.columns_max {
        return Err(CsvError::TooManyColumns {
            columns: cells.len(),
            columns_max: limits.columns_max,
        });
    }
    let mut columns: Vec<String> = Vec::with_capacity(cells.len());
    for (at, name) in cells.iter().map(str::trim).enumerate() {
        if name.is_empty() {
            return Err(CsvError::UnnamedColumn {
                line,
                position: at + 1,
                columns: cells.len(),
            });
        }
        let lower = name.to_lowercase();
        if let Some(first) = columns.iter().position(|column| column.to_lowercase() == lower) {
            let (first, second) = (first + 1, at + 1);
            return Err(CsvError::DuplicateColumn {
                name: name.to_owned(),
                first,
                second,
            });
        }
        columns.push(name.to_owned());
    }
    Ok(columns)
}

fn refuse_large_cells(cells: &StringRecord, line: usize, limits: &Limits) -> Result<(), CsvError> {
    match cells
        .iter()
        .enumerate()
        .find(|(_, cell)| cell.len() > limits.cell_bytes_max)
    {
        Some((at, cell)) => Err(CsvError::CellTooLarge {
            line,
            position: at + 1,
            bytes: cell.len(),
            bytes_max: limits.cell_bytes_max,
        }),
        None => Ok(()),
    }
}

/// A quote that is never closed makes its row ragged as well; the quote is the better thing to name.
fn refuse_ragged(
    record: &str,
    delimiter: u8,
    line: usize,
    cells: &StringRecord,
    columns: &[String],
) -> Result<(), CsvError> {
    if cells.len() == columns.len() {
        return Ok(());
    }
    match open_quote(record, delimiter, line) {
        Some(line) => Err(CsvError::OpenQuote { line }),
        None => Err(CsvError::Ragged {
            line,
            cells: cells.len(),
            columns: columns.len(),
        }),
    }
}

/// Reads what spreadsheets (`sep=;`) and PowerShell (`#TYPE …`) put before the header: delimiter and length.
fn preamble(text: &str) -> (Option<u8>, usize) {
    let first = text.split_inclusive('\n').next().unwrap_or("");
    match first.trim_end_matches(['\r', '\n']).as_bytes() {
        [b's', b'e', b'p', b'=', delimiter] if delimiter.is_ascii() => (Some(*delimiter), first.len()),
        [b'#', b'T', b'Y', b'P', b'E', b' ', ..] => (None, first.len()),
        _ => (None, 0),
    }
}

/// Chooses what stands most often between the names of the header; a comma if nothing does.
fn sniff(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if is_quoted => {}
            _ => {
                for (delimiter, count) in &mut counts {
                    *count += usize::from(byte == *delimiter);
                }
            }
        }
    }
    // The first of equals wins.
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(delimiter, _)| delimiter)
}

/// Walks one record and returns the line of a quote that is open at its end.
fn open_quote(text: &str, delimiter: u8, mut line: usize) -> Option<usize> {
    let mut opened = None;
    let mut is_cell_start = true;
    let text = text.trim_start_matches(['\r', '\n']).as_bytes();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, opened) {
            (b'"', Some(_)) if text.get(at + 1) == Some(&b'"') => at += 1,
            (b'"', Some(_)) => opened = None,
            (b'"', None) if is_cell_start => opened = Some(line),
            (b'\n', Some(_)) => line += 1,
            (b'\n' | b'\r', None) => return None,
            _ => {}
        }
        is_cell_start = opened.is_none() && *byte == delimiter;
        at += 1;
    }
    opened
}

/// Counts lines as far as they have been asked for.
struct Lines<'a> {
    text: &'a [u8],
    counted_to: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Lines<'a> {
        Lines {
            text: text.as_bytes(),
            counted_to: 0,
            line: 1,
        }
    }

    /// The line of the record that starts at or after `byte`: line ends before it belong to what went before.
    fn of_record_at(&mut self, byte: usize) -> usize {
        let skipped = self.text[byte..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let start = byte + skipped;
        for at in self.counted_to..start {
            let is_old_mac = self.text[at] == b'\r' && self.text.get(at + 1) != Some(&b'\n');
            self.line += usize::from(self.text[at] == b'\n' || is_old_mac);
        }
        self.counted_to = self.counted_to.max(start);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::csv_table::write;

    fn parse(text: &str) -> Result<Table, CsvError> {
        Table::parse(text.as_bytes(), &Limits::default())
    }

    fn refusal(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn commas_semicolons_and_tabs_are_recognised_outside_quotes() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", ','),
            ("\"a;b;c\",b\n1,2\n", ','),
            ("a;\"b,c,d\"\n1;2\n", ';'),
            ("a\tb\n1\t2\n", '\t'),
            ("sep=;\r\na;b\r\n1;2\r\n", ';'),
            ("#TYPE Selected.ADComputer\r\n\"a\",\"b\"\r\n\"1\",\"2\"\r\n", ','),
            ("sep=|\na|b\n1|2\n", '|'),
            ("a\n1\n", ','),
        ] {
            let table = parse(text).unwrap();
            assert_eq!(table.delimiter(), delimiter, "{text:?}");
            assert_eq!(table.rows()[0].cells().last().unwrap().len(), 1);
        }
    }

    #[test]
    fn rows_know_the_line_where_they_start() {
        for end in ["\n", "\r\n", "\r"] {
            let text = [
                "sep=,",
                "",
                "name,note",
                "web01,\"two",
                "lines\"",
                "",
                "",
                "web02,",
            ]
            .join(end);
            // An old Mac file has no preamble line that ends in a line feed.
            let text = if end == "\r" {
                text.replace("sep=,\r", "\r")
            } else {
                text
            };
            let table = parse(&text).unwrap();
            let lines: Vec<usize> = table.rows().iter().map(Row::line).collect();
            assert_eq!(lines, [4, 8], "{end:?}");
            assert_eq!(
                table.rows()[0].cell(table.column("note").unwrap()),
                format!("two{end}lines")
            );
        }
    }

    #[test]
    fn columns_are_found_whatever_their_case_and_missing_ones_are_named() {
        let table = parse(" Name ,IPv4Address\nweb01,10.0.0.1\n").unwrap();
        assert_eq!(table.columns(), ["Name", "IPv4Address"]);
        assert_eq!(
            table.rows()[0].cell(table.column("ipv4address").unwrap()),
            "10.0.0.1"
        );
        assert!(table.optional_column("Owner").is_none());
        let message = table.column("Owner").unwrap_err().to_string();
        assert_eq!(
            message,
            "there is no column `Owner`; the columns are `Name`, `IPv4Address`"
        );
    }

    #[test]
    fn a_bad_table_is_refused_with_its_place() {
        let rows = [
            ("", "the file is empty"),
            ("\n\n", "the file is empty"),
            (
                "Name,Owner,name\n",
                "column `name` stands twice, at positions 1 and 3",
            ),
            ("Name,,Owner\n", "column 2 of 3 has no name in line 1"),
            ("a,b\n1,2\n\n3\n", "line 4 has 1 cells but the header has 2"),
            ("a,b\n1,2,3\n", "line 2 has 3 cells but the header has 2"),
            (
                "a,b\n1,2\n3,\"4\n5,6\n",
                "the quote opened in line 3 is never closed",
            ),
            (
                "a,b\n1,2\n\"3,4\n5,6\n",
                "the quote opened in line 3 is never closed",
            ),
            (
                "a,b\n\"x\ny\",\"2\n",
                "the quote opened in line 3 is never closed",
            ),
            ("\"a,b\n", "the quote opened in line 1 is never closed"),
        ];
        for (text, expected) in rows {
            let message = refusal(text);
            assert!(message.contains(expected), "{text:?}: {message}");
        }
    }

    #[test]
    fn quotes_inside_a_cell_are_kept() {
        let table = parse("a,b\n5\" disk,\"say \"\"hi\"\"\"\n").unwrap();
        let cells: Vec<&str> = table.rows()[0].cells().collect();
        assert_eq!(cells, ["5\" disk", "say \"hi\""]);
    }

    #[test]
    fn every_limit_accepts_its_value_and_refuses_one_more() {
        let limits = Limits {
            file_bytes_max: 24,
            rows_max: 2,
            columns_max: 2,
            cell_bytes_max: 4,
        };
        let parse = |text: &str| Table::parse(text.as_bytes(), &limits).map(|_| ());
        assert_eq!(parse("a,b\n1,2\n1234,4\n"), Ok(()));
        let error = CsvError::TooManyRows { line: 4, rows_max: 2 };
        assert_eq!(parse("a,b\n1,2\n3,4\n5,6\n"), Err(error));
        let error = CsvError::TooManyColumns {
            columns: 3,
            columns_max: 2,
        };
        assert_eq!(parse("a,b,c\n"), Err(error));
        let error = CsvError::CellTooLarge {
            line: 2,
            position: 2,
            bytes: 5,
            bytes_max: 4,
        };
        assert_eq!(parse("a,b\n1,12345\n"), Err(error));
        assert_eq!(parse(&format!("a,b\n{}", "\n".repeat(20))), Ok(()));
        let error = CsvError::FileTooLarge {
            bytes: 25,
            bytes_max: 24,
        };
        assert_eq!(parse(&format!("a,b\n{}", "\n".repeat(21))), Err(error));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn any_bytes_parse_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Table::parse(&bytes, &Limits::default());
        }

        #[test]
        fn any_table_like_text_parses_to_rows_that_fit(text in "[a-c\",;\t\r\n ]{0,60}") {
            if let Ok(table) = parse(&text) {
                for row in table.rows() {
                    prop_assert_eq!(row.cells().count(), table.columns().len());
                }
            }
        }

        #[test]
        fn what_is_written_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[a-z0-9\",; \n]{1,8}", 3), 0..6),
        ) {
            let text = write(&["one", "two", "three"], &rows);
            let table = parse(&text).unwrap();
            let read: Vec<Vec<&str>> = table.rows().iter().map(|row| row.cells().collect()).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
