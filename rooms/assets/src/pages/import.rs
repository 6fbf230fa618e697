//! Reading a list of systems: its difference is shown first, and exactly that difference is applied.
//!
//! Between the two nothing is kept: the file is chosen once more, and taken only if it is the one whose difference was shown.
//! `docs/decisions/0016-a-list-is-chosen-twice.md` says why.

use std::io::Read;

use askama::Template;
use basis::{Class, Refusal};
use frame::pages::{Cell, Choice, Column, Form, Goto, Page, Size, Table};
use frame::{Call, FormFile, Nothing};
use ledger::Hash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{self, Applied, Import};
use crate::api::LIST_BYTES_MAX;
use crate::record::{ChangedRecord, DifferenceRecord, MissingRecord, NewRecord, RejectedRecord};

const PATH: &str = "/assets/imports";
/// How many rows of each kind are shown; the counts say how many there are, and the digest names them all.
const ROWS_SHOWN: usize = 200;

/// What is done with the list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    mapping: String,
    /// SHA-256 of the file whose difference was shown; its difference is only shown when this is left out.
    file_sha256: Option<String>,
    /// SHA-256 of the difference that was shown.
    difference: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "asset_import.html")]
pub(crate) struct ImportPage {
    form: Form,
    /// The name, title and document of each mapping.
    mappings: Vec<(String, String, String)>,
    step: Step,
}

/// How far it is.
enum Step {
    /// Nothing was sent yet.
    Begins,
    /// A difference is shown.
    Shown(Box<Preview>),
    /// It was applied, or there was nothing to apply.
    Done { said: String, evidence: Vec<String> },
}

/// The difference, and by what it is named.
struct Preview {
    name: String,
    mapping: String,
    file_sha256: String,
    difference: String,
    is_empty: bool,
    counts: String,
    new: Table,
    changed: Table,
    missing: Table,
    rejected: Table,
}

impl ImportPage {
    fn choices(&self) -> Vec<Choice> {
        let choice =
            |(name, title, _): &(String, String, String)| Choice::new(name, format!("{name}: {title}"));
        self.mappings.iter().map(choice).collect()
    }

    fn limit(&self) -> String {
        format!(
            "A CSV file of at most {}. Spreadsheet programs save one as CSV.",
            Size(LIST_BYTES_MAX)
        )
    }
}

impl Page for ImportPage {
    fn title(&self) -> String {
        match &self.step {
            Step::Begins => "Import a list of systems".to_owned(),
            Step::Shown(shown) => format!("What {} would change", shown.name),
            Step::Done { .. } => "The list of systems was read".to_owned(),
        }
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |step| Self {
            form: Form::sample(PATH),
            mappings: vec![(
                "generic".to_owned(),
                "a list with a heading for each field".to_owned(),
                "[columns]\nname = [\"name\", \"hostname\"]\n".to_owned(),
            )],
            step,
        };
        let done = Step::Done {
            said: "Applied as IMP-0001: 2 new, 1 changed.".to_owned(),
            evidence: vec!["EVD-0001".to_owned(), "EVD-0002".to_owned()],
        };
        let long = "a-very-long-host-name".repeat(9);
        vec![
            ("empty", page(Step::Begins)),
            ("usual", page(Step::Shown(Box::new(sample("web01", 1))))),
            ("full", page(Step::Shown(Box::new(sample(&long, ROWS_SHOWN + 1))))),
            ("done", page(done)),
        ]
    }
}

fn sample(name: &str, rows: usize) -> Preview {
    let fields = [("name", name), ("kind", "server")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let new = NewRecord {
        line: 2,
        fields: fields.into(),
    };
    let owner = crate::record::FromToRecord {
        from: String::new(),
        to: name.to_owned(),
    };
    let changed = ChangedRecord {
        line: 3,
        asset: "AST-0001".to_owned(),
        name: name.to_owned(),
        fields: [("owner".to_owned(), owner)].into(),
    };
    let missing = MissingRecord {
        asset: "AST-0002".to_owned(),
        name: name.to_owned(),
    };
    let rejected = RejectedRecord {
        line: 4,
        reason: format!("`{name}`: the row has no name; give it one"),
    };
    let record = DifferenceRecord {
        mapping: "generic".to_owned(),
        new: vec![new; rows],
        changed: vec![changed; rows],
        unchanged: 7,
        missing: vec![missing; rows],
        rejected: vec![rejected; rows],
    };
    preview(&record, "systems.csv", Hash::of(b"file"), Hash::of(b"difference"))
}

fn preview(record: &DifferenceRecord, name: &str, file_sha256: Hash, difference: Hash) -> Preview {
    let new = record.new.iter().map(|new| {
        let field = |name: &str| Cell::text(new.fields.get(name).map_or("", String::as_str));
        vec![Cell::Number(new.line), field("name"), field("kind"), field("os")]
    });
    let changed = record.changed.iter().flat_map(|change| {
        change.fields.iter().map(|(field, value)| {
            vec![
                Cell::Number(change.line),
                Cell::link(format!("/assets/{}", change.asset), &change.name),
                Cell::text(field.replace('_', " ")),
                Cell::text(&value.from),
                Cell::text(&value.to),
            ]
        })
    });
    let missing = record.missing.iter().map(|missing| {
        let path = format!("/assets/{}", missing.asset);
        vec![Cell::link(path, &missing.asset), Cell::text(&missing.name)]
    });
    let rejected = record.rejected.iter();
    let rejected = rejected.map(|row| vec![Cell::Number(row.line), Cell::text(&row.reason)]);
    Preview {
        name: name.to_owned(),
        mapping: record.mapping.clone(),
        file_sha256: file_sha256.to_string(),
        difference: difference.to_string(),
        is_empty: record.new.is_empty() && record.changed.is_empty(),
        counts: counts(record),
        new: table("New assets", &["Line", "Name", "Kind", "System"], new),
        changed: table(
            "Changed assets",
            &["Line", "Asset", "Field", "Before", "After"],
            changed,
        ),
        missing: table("Assets that the list lacks", &["Asset", "Name"], missing),
        rejected: table("Rows that cannot be used", &["Line", "Why"], rejected),
    }
}

fn counts(record: &DifferenceRecord) -> String {
    let (new, changed, missing) = (record.new.len(), record.changed.len(), record.missing.len());
    let (rejected, unchanged) = (record.rejected.len(), record.unchanged);
    format!("{new} new, {changed} changed, {missing} missing, {rejected} rejected, {unchanged} unchanged")
}

fn table(caption: &str, columns: &[&'static str], rows: impl Iterator<Item = Vec<Cell>>) -> Table {
    let rows: Vec<Vec<Cell>> = rows.take(ROWS_SHOWN).collect();
    let columns = columns.iter().map(|column| Column::new(column)).collect();
    Table::new(caption, columns, "None.").with_rows(rows)
}

fn page<Q, B>(call: &Call<'_, Q, B>, step: Step) -> Result<ImportPage, Refusal> {
    let mappings = acts::list_mappings(call.organisation(), call.actor)?;
    let named = |mapping: acts::MappingShown| (mapping.name, mapping.title, mapping.document);
    Ok(ImportPage {
        form: call.form(PATH),
        mappings: mappings.into_iter().map(named).collect(),
        step,
    })
}

pub(crate) fn show_import(call: &Call<'_>) -> Result<ImportPage, Refusal> {
    page(call, Step::Begins)
}

pub(crate) fn import_list(call: &Call<'_, Nothing, Listing>, file: &mut FormFile) -> Result<Goto, Refusal> {
    let mut bytes = Vec::new();
    file.file.read_to_end(&mut bytes).map_err(|error| {
        let what = format!("the file that was sent cannot be read: {error}");
        Refusal::new(Class::Fault, "import", what).way_out("look at the disk of the server")
    })?;
    let name = evidence::EvidenceName::made_of(&file.given_name);
    let import = Import {
        file_name: name.as_str(),
        mapping: &call.body.mapping,
        bytes: &bytes,
    };
    let step = match (&call.body.file_sha256, &call.body.difference) {
        (None, None) => {
            let (record, digest) = acts::preview(call.organisation(), call.actor, &import)?;
            record.check_usable()?;
            Step::Shown(Box::new(preview(&record, name.as_str(), file.sha256, digest)))
        }
        (Some(shown), Some(difference)) => {
            check_same(file.sha256, shown)?;
            apply(call, &import, difference)?
        }
        _ => return Err(not_shown()),
    };
    Goto::to(PATH).showing(&page(call, step)?)
}

fn check_same(sha256: Hash, shown: &str) -> Result<(), Refusal> {
    if sha256.to_string() == shown {
        return Ok(());
    }
    let what = "this is not the file whose difference was shown, so nothing was applied";
    Err(Refusal::new(Class::Conflict, "import", what)
        .way_out("have the difference of this file shown, or apply the file that was looked at"))
}

fn not_shown() -> Refusal {
    let what = "a list is applied only after its difference was looked at";
    Refusal::new(Class::Invalid, "import", what)
        .way_out("send the list once more, and look at its difference")
}

fn apply(call: &Call<'_, Nothing, Listing>, import: &Import<'_>, difference: &str) -> Result<Step, Refusal> {
    let seen = Hash::from_hex(difference).ok_or_else(not_shown)?;
    let (record, applied) = acts::import(call.organisation(), call.actor, import, seen)?;
    Ok(match applied {
        Applied::Nothing => Step::Done {
            said: format!(
                "The register says so already; nothing was applied: {}.",
                counts(&record)
            ),
            evidence: Vec::new(),
        },
        Applied::Import {
            id,
            evidence,
            difference,
        } => Step::Done {
            said: format!("Applied as {id}: {}.", counts(&record)),
            evidence: vec![evidence.to_string(), difference.to_string()],
        },
    })
}
