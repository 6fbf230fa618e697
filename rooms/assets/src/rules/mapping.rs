//! Mappings: which column of a list means which field. They are data; an organisation may bring its own.

use std::collections::{BTreeMap, BTreeSet};

use basis::{Class, Refusal};
use formats::csv_table::{Column, CsvError, Row, Table};
use serde::Deserialize;

use super::difference::{Listed, Rejected};
use super::field::{Details, Field};
use super::name::AssetName;

/// Largest mapping document.
pub const MAPPING_BYTES_MAX: usize = 64 * 1024;
/// Longest name of a mapping.
const NAME_CHARS_MAX: usize = 40;

/// The mappings that come with the program: name and document.
pub const SHIPPED: &[(&str, &str)] = &[
    (
        "active-directory",
        include_str!("../../mappings/active-directory.toml"),
    ),
    ("generic", include_str!("../../mappings/generic.toml")),
    ("snipe-it", include_str!("../../mappings/snipe-it.toml")),
];

/// A mapping document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It is larger than the limit.
    #[error("the mapping has {bytes} bytes; at most {MAPPING_BYTES_MAX} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It is no such document.
    #[error("the mapping cannot be read: {0}")]
    Unreadable(String),
    /// It names a field that assets do not have.
    #[error("`{name}` in [{table}] is no field of an asset; the fields are {}", Field::ALL.iter().map(|field| field.name()).collect::<Vec<_>>().join(", "))]
    UnknownField {
        /// The table of the document.
        table: &'static str,
        /// What it names.
        name: String,
    },
    /// It does not say where the name comes from.
    #[error("[columns] has no `name`; say in which column the hostname stands")]
    NoName,
    /// A value cannot be that of its field.
    #[error("[{table}] {error}")]
    WrongValue {
        /// The table of the document.
        table: &'static str,
        /// What is wrong.
        error: String,
    },
}

/// The document as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// What kind of list it reads.
    title: String,
    /// Columns without which a file is another kind of list.
    #[serde(default)]
    required: Vec<String>,
    /// Per field the columns of which the first that says something counts.
    columns: BTreeMap<String, Vec<String>>,
    /// Per field what a value of the list means; `*` at the end of a text stands for any rest.
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// What new assets get where the list says nothing.
    #[serde(default)]
    defaults: BTreeMap<String, String>,
    /// Rows with one of these values in the column are passed over.
    #[serde(default)]
    skip: BTreeMap<String, Vec<String>>,
}

/// A mapping that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// What kind of list it reads.
    pub title: String,
    required: Vec<String>,
    columns: BTreeMap<Field, Vec<String>>,
    values: BTreeMap<Field, Vec<(String, String)>>,
    defaults: BTreeMap<Field, String>,
    skip: BTreeMap<String, BTreeSet<String>>,
}

/// Checks the name under which a mapping is kept.
pub fn check_mapping_name(name: &str) -> Result<(), Refusal> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let refused =
        |what: String, way_out: String| Err(Refusal::new(Class::Invalid, "mapping", what).way_out(way_out));
    if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.chars().all(good) {
        let shown: String = name.chars().take(NAME_CHARS_MAX).collect();
        let way_out = format!("take 1 to {NAME_CHARS_MAX} of a-z, 0-9 and dash");
        return refused(format!("`{shown}` cannot be the name of a mapping"), way_out);
    }
    if name == "hand" || SHIPPED.iter().any(|(shipped, _)| *shipped == name) {
        let what = format!("the mapping `{name}` comes with the program");
        return refused(what, "give yours another name".to_owned());
    }
    Ok(())
}

fn field_named(table: &'static str, name: &str) -> Result<Field, MappingError> {
    Field::named(name).ok_or_else(|| MappingError::UnknownField {
        table,
        name: name.chars().take(60).collect(),
    })
}

fn check_value(table: &'static str, field: Field, value: &str) -> Result<(), MappingError> {
    let mut probe = match AssetName::parse("probe") {
        Ok(name) => Details::named(name),
        Err(refusal) => return Err(MappingError::Unreadable(refusal.what)),
    };
    probe.set(field, value).map_err(|error| MappingError::WrongValue {
        table,
        error: error.to_string(),
    })
}

impl Mapping {
    /// Reads a mapping document.
    ///
    /// # Errors
    /// Says what is wrong with it and what is allowed.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        if text.len() > MAPPING_BYTES_MAX {
            return Err(MappingError::TooLarge { bytes: text.len() });
        }
        let document: Document = toml::from_str(text).map_err(|error| {
            let text = error.to_string();
            MappingError::Unreadable(
                text.lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .collect::<Vec<_>>()
                    .join("; "),
            )
        })?;
        let mut columns = BTreeMap::new();
        for (name, from) in document.columns {
            columns.insert(field_named("columns", &name)?, from);
        }
        if columns.get(&Field::Name).is_none_or(Vec::is_empty) {
            return Err(MappingError::NoName);
        }
        let mut values = BTreeMap::new();
        for (name, meanings) in document.values {
            let field = field_named("values", &name)?;
            for meaning in meanings.values() {
                check_value("values", field, meaning)?;
            }
            let mut meanings: Vec<(String, String)> = meanings
                .into_iter()
                .map(|(from, to)| (from.to_lowercase(), to))
                .collect();
            // The longest text first, so that the special case wins over the general one.
            meanings.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
            values.insert(field, meanings);
        }
        let mut defaults = BTreeMap::new();
        for (name, value) in document.defaults {
            let field = field_named("defaults", &name)?;
            check_value("defaults", field, &value)?;
            defaults.insert(field, value);
        }
        let lower = |values: Vec<String>| values.into_iter().map(|value| value.to_lowercase()).collect();
        Ok(Self {
            title: document.title,
            required: document.required,
            columns,
            values,
            defaults,
            skip: document
                .skip
                .into_iter()
                .map(|(column, values)| (column, lower(values)))
                .collect(),
        })
    }

    /// Reads the rows of a table. A row that cannot be used is rejected with its line and the reason; the others stand.
    ///
    /// # Errors
    /// Names the column that is missing when the table is not the kind of list that the mapping reads.
    pub fn read(&self, table: &Table) -> Result<(Vec<Listed>, Vec<Rejected>), CsvError> {
        for required in &self.required {
            table.column(required)?;
        }
        let mut found: BTreeMap<Field, Vec<Column>> = BTreeMap::new();
        for (field, names) in &self.columns {
            let columns: Vec<Column> = names
                .iter()
                .filter_map(|name| table.optional_column(name))
                .collect();
            if *field == Field::Name && columns.is_empty() {
                table.column(names.first().map_or("name", String::as_str))?;
            }
            found.insert(*field, columns);
        }
        let skip: Vec<(Column, &BTreeSet<String>)> = self
            .skip
            .iter()
            .filter_map(|(name, values)| Some((table.optional_column(name)?, values)))
            .collect();
        let (mut listed, mut rejected) = (Vec::new(), Vec::new());
        for row in table.rows() {
            let is_skipped = |(column, values): &(Column, &BTreeSet<String>)| {
                values.contains(&row.cell(*column).trim().to_lowercase())
            };
            if skip.iter().any(is_skipped) {
                continue;
            }
            match self.read_row(row, &found) {
                Ok(row) => listed.push(row),
                Err(reason) => rejected.push(Rejected {
                    line: row.line(),
                    reason,
                }),
            }
        }
        Ok((listed, rejected))
    }

    fn read_row(&self, row: &Row, columns: &BTreeMap<Field, Vec<Column>>) -> Result<Listed, String> {
        let said = |field: Field| {
            let columns = columns.get(&field).map_or(&[][..], Vec::as_slice);
            columns
                .iter()
                .map(|column| row.cell(*column).trim())
                .find(|cell| !cell.is_empty())
        };
        let name = said(Field::Name).ok_or_else(|| "the row has no name; give it one".to_owned())?;
        let name = AssetName::parse(name)
            .map_err(|refusal| format!("{}; {}", refusal.what, refusal.way_out.join("; ")))?;
        let mut probe = Details::named(name.clone());
        let mut fields = BTreeMap::new();
        for field in Field::ALL.iter().copied().filter(|field| *field != Field::Name) {
            let Some(cell) = said(field) else { continue };
            let Some(value) = self.meaning(field, cell) else {
                continue;
            };
            probe.set(field, value).map_err(|error| error.to_string())?;
            fields.insert(field, probe.text(field));
        }
        let defaults = self
            .defaults
            .iter()
            .filter(|(field, _)| !fields.contains_key(field));
        let defaults = defaults.map(|(field, value)| (*field, value.clone())).collect();
        Ok(Listed {
            line: row.line(),
            name,
            fields,
            defaults,
        })
    }

    /// What a cell means for a field. A text without a row in `values` means itself, but for fields of fixed words,
    /// where it then means nothing if the mapping lists what it knows.
    fn meaning<'v>(&'v self, field: Field, cell: &'v str) -> Option<&'v str> {
        let Some(meanings) = self.values.get(&field) else {
            return Some(cell);
        };
        let lower = cell.to_lowercase();
        let fits = |pattern: &str| match pattern.strip_suffix('*') {
            Some(start) => lower.starts_with(start),
            None => lower == pattern,
        };
        let found = meanings.iter().find(|(pattern, _)| fits(pattern));
        match found {
            Some((_, meaning)) => Some(meaning),
            None => field.allowed().is_empty().then_some(cell),
        }
    }
}
