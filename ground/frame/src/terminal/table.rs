//! Aligned columns that fit the terminal.

use std::io::IsTerminal;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::plain;

/// What stands between two columns.
const GAP: &str = "  ";
/// The narrowest that a column is made to fit the terminal.
const COLUMN_WIDTH_MIN: usize = 8;

/// Rows of text under headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

/// How many characters fit on a line of standard output; `None` when it is no terminal, where nothing is wrapped.
pub fn terminal_width() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

impl Table {
    /// A table with these headings.
    pub fn new<S: Into<String>>(headings: impl IntoIterator<Item = S>) -> Self {
        let mut table = Self { rows: Vec::new() };
        table.push(headings);
        table
    }

    /// Adds a row. Cells beyond the headings are shown without one.
    pub fn push<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells = cells.into_iter().map(|cell| plain(&cell.into()));
        self.rows.push(cells.collect());
    }

    /// The table's text, wrapped at the terminal's width.
    pub fn text(&self) -> String {
        self.text_within(terminal_width())
    }

    /// The table's text within `width` characters; cells that are too wide continue on the next line of their column.
    pub fn text_within(&self, width: Option<usize>) -> String {
        let widths = self.widths(width.unwrap_or(usize::MAX));
        let mut text = String::new();
        for row in &self.rows {
            let cells: Vec<Vec<String>> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| wrap(cell, *width))
                .collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for number in 0..height {
                let mut line = String::new();
                for (cell, width) in cells.iter().zip(&widths) {
                    let part = cell.get(number).map_or("", String::as_str);
                    line.push_str(part);
                    line.push_str(&" ".repeat(width.saturating_sub(part.width())));
                    line.push_str(GAP);
                }
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// The natural widths of the columns, the widest narrowed until a line fits.
    fn widths(&self, line_width: usize) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .flat_map(|cell| cell.lines())
                .map(UnicodeWidthStr::width)
                .max()
                .unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..columns).map(widest).collect();
        let gaps = GAP.len() * columns.saturating_sub(1);
        loop {
            let sum: usize = widths.iter().sum::<usize>() + gaps;
            let Some(widest) = widths.iter_mut().max() else {
                return widths;
            };
            if sum <= line_width || *widest <= COLUMN_WIDTH_MIN {
                return widths;
            }
            *widest -= 1;
        }
    }
}

/// The lines of a cell, none wider than `width`, broken at spaces where there are any.
fn wrap(cell: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in cell.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut line));
            } else if !line.is_empty() {
                line.push(' ');
            }
            for character in word.chars() {
                if !line.is_empty() && line.width() + character.width().unwrap_or(0) > width {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(character);
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table() -> Table {
        let mut table = Table::new(["CHANGE", "TITLE", "STATE"]);
        table.push(["CHG-0001", "Patch the web servers of the plant", "draft"]);
        table.push(["CHG-0002", "\u{7d71}\u{5408} r\u{e9}sum\u{e9}", "approved"]);
        table
    }

    #[test]
    fn columns_are_aligned() {
        insta::assert_snapshot!(table().text_within(None), @r"
        CHANGE    TITLE                               STATE
        CHG-0001  Patch the web servers of the plant  draft
        CHG-0002  統合 résumé                         approved
        ");
    }

    #[test]
    fn a_narrow_terminal_wraps_the_widest_column() {
        insta::assert_snapshot!(table().text_within(Some(40)), @r"
        CHANGE    TITLE                 STATE
        CHG-0001  Patch the web         draft
                  servers of the plant
        CHG-0002  統合 résumé           approved
        ");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal_and_no_word_is_lost(cells in proptest::collection::vec("[a-z ]{0,60}", 3), width in 28usize..100) {
            let mut table = Table::new(["A", "B", "C"]);
            table.push(cells.clone());
            let text = table.text_within(Some(width));
            for line in text.lines() {
                prop_assert!(line.width() <= width, "{line}");
            }
            let letters = |text: &str| text.chars().filter(|letter| letter.is_ascii_lowercase()).count();
            prop_assert_eq!(letters(&text), cells.iter().map(|cell| letters(cell)).sum::<usize>());
        }
    }
}
