//! A table: columns that sort, rows, the part of the list that is shown, and the same as CSV.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;
use basis::Time;

use super::filters::Filters;
use super::html::{Html, Moment, State};
use crate::{Content, Download};

/// How many rows stand on one page.
pub const ROWS_ON_A_PAGE: u32 = 50;
/// How many rows a CSV file has at most.
pub const ROWS_IN_A_FILE: u32 = 50_000;

/// By which column, which way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorting {
    /// The column's key.
    pub column: &'static str,
    /// Greatest first.
    pub is_descending: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    key: &'static str,
    label: &'static str,
    sorts: bool,
}

impl Column {
    /// A column that cannot be sorted by.
    pub fn new(label: &'static str) -> Self {
        Self {
            key: "",
            label,
            sorts: false,
        }
    }

    /// A column that can be sorted by; `key` names it in the query.
    pub fn sorted(key: &'static str, label: &'static str) -> Self {
        Self {
            key,
            label,
            sorts: true,
        }
    }
}

/// What stands in one place of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A link to a page of ours: where it leads and what it reads.
    Link(String, String),
    /// A moment; nothing where there is none.
    Time(Option<Time>),
    /// A state.
    State(State),
    /// A number.
    Number(u64),
    /// A box to tick: the form of this id is sent its name and value. The words say what is chosen.
    Choice {
        /// The id of the form, which stands elsewhere on the page.
        form: &'static str,
        /// The field's name.
        name: &'static str,
        /// What is sent.
        value: String,
    },
    /// Something that the frame made, such as a form, with what a file says instead.
    Made(Html, String),
}

impl Cell {
    /// Text.
    pub fn text(text: impl Display) -> Self {
        Self::Text(text.to_string())
    }

    /// A link to `path` that reads `text`.
    pub fn link(path: impl Display, text: impl Display) -> Self {
        Self::Link(path.to_string(), text.to_string())
    }

    fn plain(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Link(_, text) | Cell::Made(_, text) => text.clone(),
            Cell::Time(time) => time.map(|time| time.to_string()).unwrap_or_default(),
            Cell::State(state) => state.word().to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Choice { value, .. } => value.clone(),
        }
    }
}

/// A link to something of this length is most likely its id, which stays in one line.
const ID_LENGTH_MAX: usize = 12;

/// A table. The first column names the row.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "table.html")]
pub struct Table {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// What is said when there is no row.
    empty: String,
    path: String,
    /// The query without `sort` and `part`, ready to have more added.
    filters: Vec<(String, String)>,
    sorting: Option<Sorting>,
    part: u32,
    has_more: bool,
    file: Option<String>,
    /// The whole list, where only some of it is shown.
    narrowed: Option<String>,
}

impl HtmlSafe for Table {}

impl Table {
    /// A table with this caption and these columns, and what is said when there is nothing in it.
    pub fn new(caption: impl Display, columns: Vec<Column>, empty: impl Display) -> Self {
        Self {
            caption: caption.to_string(),
            columns,
            rows: Vec::new(),
            empty: empty.to_string(),
            path: String::new(),
            filters: Vec::new(),
            sorting: None,
            part: 1,
            has_more: false,
            file: None,
            narrowed: None,
        }
    }

    /// With these rows, each with as many cells as there are columns.
    #[must_use]
    pub fn with_rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows = rows.into_iter().collect();
        debug_assert!(self.rows.iter().all(|row| row.len() == self.columns.len()));
        self
    }

    /// Shown at this path, with these filters in force, sorted so, as this part of the list. Headings become links that
    /// sort, and there are links to the parts before and after.
    #[must_use]
    pub fn listed(
        mut self,
        path: &str,
        filters: &[(&str, Option<String>)],
        sorting: Sorting,
        part: u32,
        has_more: bool,
    ) -> Self {
        let set = |(name, value): &(&str, Option<String>)| Some(((*name).to_owned(), value.clone()?));
        self.path = path.to_owned();
        self.filters = filters.iter().filter_map(set).collect();
        self.sorting = Some(sorting);
        self.part = part;
        self.has_more = has_more;
        let is_narrowed = !self.filters.is_empty() || part > 1;
        self.narrowed = is_narrowed.then(|| path.to_owned());
        self
    }

    /// Narrowed by these filters: with nothing in it, it leads to the whole list where there are any.
    #[must_use]
    pub fn narrowed_by(mut self, filters: &Filters) -> Self {
        self.narrowed = filters.whole();
        self
    }

    /// The same list can be had as a CSV file at this path.
    #[must_use]
    pub fn with_file(mut self, path: &str) -> Self {
        self.file = Some(path.to_owned());
        self
    }

    /// The table as a CSV file (RFC 4180) of this name. Text that a spreadsheet would take for a formula is marked as text.
    pub fn csv(&self, name: &str) -> Download {
        let mut text = String::new();
        let labels = self.columns.iter().map(|column| column.label.to_owned());
        push_line(&mut text, labels);
        for row in &self.rows {
            push_line(&mut text, row.iter().map(Cell::plain));
        }
        Download {
            name: format!("{name}.csv"),
            media_type: "text/csv; charset=utf-8; header=present".to_owned(),
            content: Content::Bytes(text.into_bytes()),
        }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn moment(&self, time: &Time) -> Moment {
        Moment(*time)
    }

    fn is_part(&self) -> bool {
        self.part > 1 || self.has_more
    }

    /// The link with these filters and more.
    fn link(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filters).extend_pairs(more);
        let query = query.finish();
        if query.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{query}")
    }

    fn order(&self) -> Option<String> {
        let sorting = self.sorting?;
        let dash = if sorting.is_descending { "-" } else { "" };
        Some(format!("{dash}{}", sorting.column))
    }

    fn part_link(&self, part: u32) -> String {
        let (order, part) = (self.order(), part.to_string());
        let mut more: Vec<(&str, &str)> = order.iter().map(|order| ("sort", order.as_str())).collect();
        more.push(("part", &part));
        self.link(&self.path, &more)
    }

    fn sort_link(&self, column: &Column) -> String {
        let is_turned = self.sorted(column) == "ascending";
        let order = format!("{}{}", if is_turned { "-" } else { "" }, column.key);
        self.link(&self.path, &[("sort", &order)])
    }

    fn file_link(&self) -> Option<String> {
        let order = self.order();
        let more: Vec<(&str, &str)> = order.iter().map(|order| ("sort", order.as_str())).collect();
        self.file.as_ref().map(|file| self.link(file, &more))
    }

    /// What `aria-sort` says of the column.
    fn sorted(&self, column: &Column) -> &'static str {
        match self.sorting {
            Some(sorting) if column.sorts && sorting.column == column.key && sorting.is_descending => {
                "descending"
            }
            Some(sorting) if column.sorts && sorting.column == column.key => "ascending",
            _ => "none",
        }
    }
}

impl Sorting {
    /// What the query asks for, if it is one of these columns; else this.
    pub fn of(query: Option<&str>, columns: &[&'static str], otherwise: Sorting) -> Self {
        let text = query.unwrap_or_default();
        let name = text.strip_prefix('-').unwrap_or(text);
        let column = columns.iter().find(|column| **column == name);
        column.map_or(otherwise, |column| Sorting {
            column,
            is_descending: text.starts_with('-'),
        })
    }
}

fn push_line(text: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = format!("{}{cell}", if is_formula { "'" } else { "" });
    if cell.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table::new(
            "Lamps",
            vec![Column::sorted("name", "Name"), Column::new("Watts")],
            "There are no lamps.",
        )
    }

    #[test]
    fn a_file_holds_no_formula_and_no_broken_line() {
        let rows = [
            vec![Cell::text("=cmd|' /C calc'!A0"), Cell::Number(3)],
            vec![Cell::text("a,\"b\"\nc"), Cell::text("-1")],
        ];
        let Content::Bytes(bytes) = table().with_rows(rows).csv("lamps").content else {
            panic!("not bytes");
        };
        let expected = "Name,Watts\r\n'=cmd|' /C calc'!A0,3\r\n\"a,\"\"b\"\"\nc\",'-1\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    #[test]
    fn sorting_and_parts_keep_the_filters() {
        let sorting = Sorting {
            column: "name",
            is_descending: false,
        };
        let filters = [("state", Some("in use & lit".to_owned())), ("q", None)];
        let table = table().listed("/lamps", &filters, sorting, 2, true);
        assert_eq!(table.part_link(3), "/lamps?state=in+use+%26+lit&sort=name&part=3");
        assert_eq!(
            table.sort_link(&table.columns[0]),
            "/lamps?state=in+use+%26+lit&sort=-name"
        );
    }

    #[test]
    fn a_list_with_nothing_in_it_and_one_that_nothing_fits_are_told_apart() {
        let sorting = Sorting {
            column: "name",
            is_descending: false,
        };
        let shown = |filters: &[(&str, Option<String>)], part| {
            let table = table().listed("/lamps", filters, sorting, part, false);
            table.render().unwrap()
        };
        let (all, lit) = ([("q", None)], [("q", Some("lit".to_owned()))]);
        assert!(shown(&all, 1).contains("There are no lamps."));
        for html in [shown(&lit, 1), shown(&all, 2)] {
            assert!(!html.contains("There are no lamps."), "{html}");
            assert!(
                html.contains("Nothing fits") && html.contains(r#"href="/lamps">Show everything"#),
                "{html}"
            );
        }
        let filters = Filters::at("/lamps");
        let narrowed = |filters: &Filters| table().narrowed_by(filters).render().unwrap();
        assert!(narrowed(&filters).contains("There are no lamps."));
        let filters = filters.line("q", "Text", Some(&"lit".to_owned()));
        assert!(narrowed(&filters).contains(r#"href="/lamps">Show everything"#));
    }

    #[test]
    fn only_columns_that_there_are_can_be_sorted_by() {
        let otherwise = Sorting {
            column: "due",
            is_descending: true,
        };
        let of = |text| Sorting::of(text, &["due", "risk"], otherwise);
        assert_eq!(of(None), otherwise);
        assert_eq!(of(Some("evil; drop table")), otherwise);
        assert_eq!(
            of(Some("-risk")),
            Sorting {
                column: "risk",
                is_descending: true
            }
        );
    }
}
