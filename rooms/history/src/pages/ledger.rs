//! The ledger, the newest entry first.

use askama::Template;
use basis::{Class, Id, PersonId, Refusal, Subject, Time};
use frame::Call;
use frame::pages::{Cell, Column, Filters, Page, ROWS_ON_A_PAGE, State, Table, Tone, filled};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::{LedgerLine, StorageError, View};

use super::subject_cell;
use crate::acts::{self, Look};
use crate::api::wrong_query;
use crate::rules::Remains;

/// How payloads stand.
const READABLE: (&str, Tone) = ("readable", Tone::Plain);
const SEALED: (&str, Tone) = ("sealed", Tone::Plain);
const REDACTED: (&str, Tone) = ("redacted", Tone::Warning);

/// Which entries to show.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LedgerQuery {
    /// What they are about, such as `CHG-0001`.
    subject: Option<String>,
    /// Their type, or a room with a dot, such as `changes.`.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// The id of who caused them.
    person: Option<String>,
    /// Only those before this index.
    before: Option<u64>,
}

/// The page.
#[derive(Template)]
#[template(path = "ledger.html")]
pub(crate) struct LedgerPage {
    filters: Filters,
    table: Table,
    size: u64,
    older: Option<String>,
    newest: Option<String>,
}

impl Page for LedgerPage {
    fn title(&self) -> String {
        "History".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let query = LedgerQuery::default();
        let page = |rows: Vec<Vec<Cell>>, older: Option<&str>| Self {
            filters: filters(&query),
            size: rows.len() as u64,
            table: table(rows),
            older: older.map(str::to_owned),
            newest: older.map(|_| "/history".to_owned()),
        };
        let row = |event_type: &str| {
            vec![
                Cell::link("/history/entries/12", "12"),
                Cell::Time(Some(Time::from_ms(1_763_800_000_000))),
                Cell::text(event_type),
                subject_cell("CHG-0001"),
                Cell::text("PER-0002"),
                Cell::State(State::new("readable", Tone::Plain)),
            ]
        };
        let full = (0..ROWS_ON_A_PAGE).map(|_| row(&"changes.avery_long_name_of_an_event".repeat(4)));
        vec![
            ("empty", page(Vec::new(), None)),
            (
                "usual",
                page(vec![row("changes.decided"), row("people.signed_in")], None),
            ),
            ("full", page(full.collect(), Some("/history?before=12"))),
        ]
    }
}

fn filters(query: &LedgerQuery) -> Filters {
    Filters::at("/history")
        .line("subject", "About (id)", query.subject.as_ref())
        .line("type", "Type, or room with a dot", query.event_type.as_ref())
        .line("person", "Person (id)", query.person.as_ref())
}

fn table(rows: Vec<Vec<Cell>>) -> Table {
    let columns = ["Entry", "When", "Type", "About", "Who", "Payload"];
    Table::new(
        "Entries",
        columns.map(Column::new).to_vec(),
        "There are no entries yet. Everything that anybody does leaves one.",
    )
    .with_rows(rows)
}

/// Whether the payload can be read.
pub(super) fn standing(remains: &Remains) -> State {
    let (word, tone) = match remains {
        Remains::Whole(_) => READABLE,
        Remains::Sealed => SEALED,
        Remains::Blanked(_) => REDACTED,
    };
    State::new(word, tone)
}

fn row(view: &View<'_>, line: &LedgerLine) -> Result<Vec<Cell>, StorageError> {
    let standing = match (line.entry.sealed, line.is_blanked) {
        (true, _) => SEALED,
        (false, true) => REDACTED,
        (false, false) => READABLE,
    };
    Ok(vec![
        Cell::link(format!("/history/entries/{}", line.index), line.index),
        Cell::Time(Some(line.entry.time)),
        Cell::text(line.entry.event_type.as_str()),
        subject_cell(&line.entry.subject.to_string()),
        Cell::text(people::in_words(view, line.entry.actor)?),
        Cell::State(State::new(standing.0, standing.1)),
    ])
}

fn look(query: &LedgerQuery) -> Result<Look, Refusal> {
    let subject = filled(query.subject.as_ref()).map(|text| {
        Subject::parse(text).ok_or_else(|| wrong_query("subject", text, "write an id such as `CHG-0001`"))
    });
    let person = filled(query.person.as_ref()).map(|text| {
        PersonId::parse(text).map_err(|error| {
            Refusal::new(Class::Invalid, "query", error.to_string()).way_out("write it like `PER-0001`")
        })
    });
    Ok(Look {
        before: query.before,
        subject: subject.transpose()?,
        event_type: filled(query.event_type.as_ref()).map(str::to_owned),
        person: person.transpose()?,
    })
}

pub(crate) fn show_ledger(call: &Call<'_, LedgerQuery>) -> Result<LedgerPage, Refusal> {
    let query = &call.query;
    let found = acts::look(
        call.organisation(),
        call.actor,
        &look(query)?,
        ROWS_ON_A_PAGE as usize,
    )?;
    let filters = filters(query);
    let rows = call.organisation().view(|view| {
        let rows = found.entries.iter().map(|shown| row(view, shown));
        rows.collect::<Result<_, _>>()
    })?;
    Ok(LedgerPage {
        table: table(rows).narrowed_by(&filters),
        size: found.size,
        older: found
            .further
            .map(|before| filters.link(&[("before", &before.to_string())])),
        newest: query.before.map(|_| filters.link(&[])),
        filters,
    })
}
