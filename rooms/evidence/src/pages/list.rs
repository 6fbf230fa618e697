//! The list of evidence, the newest first.

use askama::Template;
use basis::{Class, Id, PersonId, Refusal, Time};
use frame::pages::{Cell, Column, Filters, Page, ROWS_IN_A_FILE, ROWS_ON_A_PAGE, Sorting, Table, filled};
use frame::{Call, Download};
use policy::EvidenceKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::standing;
use crate::acts;
use crate::api::{known, subject};
use crate::rules::{Evidence, Standing};
use crate::store::Selection;

const PATH: &str = "/evidence";
const FILE: &str = "/evidence.csv";
const STANDINGS: [&str; 3] = ["draft", "final", "destroyed"];
const NEWEST_FIRST: Sorting = Sorting {
    column: "added",
    is_descending: true,
};

/// Which evidence to show.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ListQuery {
    /// The id of what it is about.
    about: Option<String>,
    /// What it shows.
    kind: Option<String>,
    /// `draft`, `final` or `destroyed`.
    standing: Option<String>,
    /// The id of who added it.
    person: Option<String>,
    /// A text in the name.
    text: Option<String>,
    sort: Option<String>,
    part: Option<u32>,
}

/// The list.
#[derive(Template)]
#[template(path = "evidence_list.html")]
pub(crate) struct ListPage {
    can_add: bool,
    filters: Filters,
    table: Table,
}

impl Page for ListPage {
    fn title(&self) -> String {
        "Evidence".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let query = ListQuery::default();
        let page = |rows: Vec<Vec<Cell>>, has_more| Self {
            can_add: true,
            filters: filters(&query),
            table: table(&query, rows, has_more),
        };
        let row = |name: &str, about: &str| {
            vec![
                Cell::link("/evidence/EVD-0001", "EVD-0001"),
                Cell::text(name),
                Cell::text("test result"),
                Cell::text(about),
                Cell::Number(1_048_576),
                Cell::State(standing(&Standing::Draft)),
                Cell::Time(Some(Time::from_ms(1_763_800_000_000))),
                Cell::text("PER-0002"),
            ]
        };
        let long = || {
            row(
                &"a-very-long-file-name".repeat(9),
                &"CHG-0001, AST-0001, ".repeat(40),
            )
        };
        vec![
            ("empty", page(Vec::new(), false)),
            (
                "usual",
                page(
                    vec![row("tests.txt", "CHG-0001"), row("state.json", "AST-0001")],
                    false,
                ),
            ),
            ("full", page((0..ROWS_ON_A_PAGE).map(|_| long()).collect(), true)),
        ]
    }
}

fn filters(query: &ListQuery) -> Filters {
    let kinds = EvidenceKind::ALL.iter().map(|kind| kind.name());
    Filters::at(PATH)
        .line("about", "About (id)", query.about.as_ref())
        .word("kind", "Kind", "any", kinds, query.kind.as_ref())
        .word("standing", "Standing", "any", STANDINGS, query.standing.as_ref())
        .line("person", "Added by (id)", query.person.as_ref())
        .line("text", "Name", query.text.as_ref())
}

fn table(query: &ListQuery, rows: Vec<Vec<Cell>>, has_more: bool) -> Table {
    let columns = [
        "Evidence", "Name", "Kind", "About", "Bytes", "Standing", "Added", "By",
    ];
    let part = query.part.unwrap_or(1).max(1);
    Table::new(
        "Evidence",
        columns.map(Column::new).to_vec(),
        "There is no evidence yet. It comes with scans, imports and runs, or is added by hand.",
    )
    .with_rows(rows)
    .listed(PATH, filters(query).pairs(), NEWEST_FIRST, part, has_more)
    .with_file(FILE)
}

fn row(evidence: &Evidence) -> Vec<Cell> {
    let about: Vec<String> = evidence.about.iter().map(ToString::to_string).collect();
    vec![
        Cell::link(format!("{PATH}/{}", evidence.id), evidence.id),
        Cell::text(&evidence.name),
        Cell::text(evidence.kind.name().replace('_', " ")),
        Cell::text(about.join(", ")),
        Cell::Number(evidence.blob.clear_size),
        Cell::State(standing(&evidence.standing)),
        Cell::Time(Some(evidence.added_at)),
        Cell::text(evidence.added_by),
    ]
}

fn selection(query: &ListQuery) -> Result<Selection, Refusal> {
    let kind = filled(query.kind.as_ref()).map(|text| {
        known(
            "kind of evidence",
            text,
            EvidenceKind::named,
            EvidenceKind::ALL,
            EvidenceKind::name,
        )
    });
    let named = |text: &str| STANDINGS.into_iter().find(|name| *name == text);
    let standing =
        filled(query.standing.as_ref()).map(|text| known("standing", text, named, &STANDINGS, |name| name));
    let person = filled(query.person.as_ref()).map(|text| {
        PersonId::parse(text).map_err(|error| {
            Refusal::new(Class::Invalid, "query", error.to_string()).way_out("write it like `PER-0001`")
        })
    });
    Ok(Selection {
        about: filled(query.about.as_ref()).map(subject).transpose()?,
        kind: kind.transpose()?,
        standing: standing.transpose()?,
        added_by: person.transpose()?,
        text: filled(query.text.as_ref()).map(str::to_owned),
    })
}

pub(crate) fn show_list(call: &Call<'_, ListQuery>) -> Result<ListPage, Refusal> {
    let (query, limit) = (&call.query, u64::from(ROWS_ON_A_PAGE));
    let offset = u64::from(query.part.unwrap_or(1).max(1) - 1) * limit;
    let selection = selection(query)?;
    let mut found = acts::show_part(call.organisation(), call.actor, &selection, limit + 1, offset)?;
    let has_more = found.len() > ROWS_ON_A_PAGE as usize;
    found.truncate(ROWS_ON_A_PAGE as usize);
    Ok(ListPage {
        can_add: call.may("evidence.add"),
        filters: filters(query),
        table: table(query, found.iter().map(row).collect(), has_more),
    })
}

pub(crate) fn list_file(call: &Call<'_, ListQuery>) -> Result<Download, Refusal> {
    let (selection, limit) = (selection(&call.query)?, u64::from(ROWS_IN_A_FILE));
    let found = acts::show_part(call.organisation(), call.actor, &selection, limit, 0)?;
    let rows = found.iter().map(row).collect();
    Ok(table(&call.query, rows, false).csv("evidence"))
}
