//! CSV that a spreadsheet shows and does not run.

use csv::{Terminator, WriterBuilder};

/// Cells that start so are formulas to a spreadsheet, whatever stands behind (CWE-1236).
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes a header and rows as RFC 4180 does: commas, CRLF, quotes where needed.
///
/// A cell that a spreadsheet would take for a formula gets an apostrophe in front. Rows are written as they are; the
/// caller gives each as many cells as there are columns.
pub fn write<Row, Cell>(columns: &[&str], rows: impl IntoIterator<Item = Row>) -> String
where
    Row: IntoIterator<Item = Cell>,
    Cell: AsRef<str>,
{
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    // Writing to memory cannot fail, and what went in as text comes out as text.
    let _ = writer.write_record(columns.iter().map(|name| guarded(name)));
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(|cell| guarded(cell.as_ref())));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn guarded(cell: &str) -> String {
    match cell.starts_with(FORMULA_STARTS) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_everything_else_is_kept() {
        let cells = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a=b", "", "'=1", " =1"];
        let text = write(&["cell"], cells.iter().map(|cell| [*cell]));
        let expected =
            "cell\r\n'=1+1\r\n'+1\r\n'-1\r\n'@x\r\n'\tx\r\n\"'\rx\"\r\na=b\r\n\"\"\r\n'=1\r\n =1\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn delimiters_quotes_and_line_ends_are_quoted() {
        let text = write(&["a", "b,c"], [["say \"hi\"", "two\nlines"]]);
        assert_eq!(text, "a,\"b,c\"\r\n\"say \"\"hi\"\"\",\"two\nlines\"\r\n");
    }
}
