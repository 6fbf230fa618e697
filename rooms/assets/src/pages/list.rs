//! The list of assets.

use askama::Template;
use basis::{Class, Refusal, Time};
use frame::pages::{
    Cell, Column, Filters, Page, ROWS_IN_A_FILE, ROWS_ON_A_PAGE, Sorting, State, Table, Tone, filled,
};
use frame::{Call, Download};
use policy::{Classification, Criticality, Environment, Exposure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words;
use crate::acts;
use crate::rules::Asset;
use crate::store::{Freshness, InUse, Selection};

const PATH: &str = "/assets";
const FILE: &str = "/assets.csv";
const SORTED: [&str; 4] = ["name", "collected", "updates", "security"];
const BY_NAME: Sorting = Sorting {
    column: "name",
    is_descending: false,
};
const FRESHNESS: [(&str, &str, Freshness); 3] = [
    ("fresh", "within 7 days", Freshness::Fresh),
    ("older", "longer ago", Freshness::Older),
    ("never", "never", Freshness::Never),
];
const IN_USE: [(&str, &str, InUse); 2] = [
    ("retired", "retired", InUse::Retired),
    ("all", "in use and retired", InUse::All),
];

/// Which assets to show.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ListQuery {
    /// A text in name, address, owner, operating system or patch group.
    text: Option<String>,
    classification: Option<String>,
    criticality: Option<String>,
    exposure: Option<String>,
    environment: Option<String>,
    /// `fresh`, `older` or `never`.
    collected: Option<String>,
    /// `retired` or `all`; those in use when left out.
    lifecycle: Option<String>,
    sort: Option<String>,
    part: Option<u32>,
}

/// The list.
#[derive(Template)]
#[template(path = "assets.html")]
pub(crate) struct ListPage {
    can_import: bool,
    filters: Filters,
    table: Table,
}

impl Page for ListPage {
    fn title(&self) -> String {
        "Assets".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let query = ListQuery::default();
        let page = |rows: Vec<Vec<Cell>>, has_more| Self {
            can_import: true,
            filters: filters(&query),
            table: table(&query, rows, BY_NAME, has_more),
        };
        let row = |name: &str, os: &str| {
            vec![
                Cell::link("/assets/AST-0001", name),
                Cell::text("server"),
                Cell::text("cui, high, internet facing"),
                Cell::text("production"),
                Cell::text(os),
                Cell::Time(Some(Time::from_ms(1_763_800_000_000))),
                Cell::Number(17),
                Cell::Number(3),
                Cell::State(State::new("in use", Tone::Good)),
            ]
        };
        let long = || {
            row(
                &"very-long-host-name-".repeat(6),
                &"wordwithoutanyblank".repeat(9),
            )
        };
        vec![
            ("empty", page(Vec::new(), false)),
            (
                "usual",
                page(vec![row("web01", "Debian 12"), row("db01", "Rocky 9")], false),
            ),
            ("full", page((0..ROWS_ON_A_PAGE).map(|_| long()).collect(), true)),
        ]
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::sorted("name", "Asset"),
        Column::new("Kind"),
        Column::new("Weight"),
        Column::new("Environment"),
        Column::new("Operating system"),
        Column::sorted("collected", "Collected"),
        Column::sorted("updates", "Pending updates"),
        Column::sorted("security", "Of these, security"),
        Column::new("State"),
    ]
}

fn row(asset: &Asset) -> Vec<Cell> {
    let (details, observed) = (&asset.details, asset.observed_state());
    let weight = [
        words(details.classification.name()),
        words(details.criticality.name()),
        words(details.exposure.name()),
    ];
    let count = |count: Option<u64>| count.map_or(Cell::text("not known"), Cell::Number);
    let lifecycle = if asset.is_in_use() {
        State::new("in use", Tone::Good)
    } else {
        State::new("retired", Tone::Plain)
    };
    vec![
        Cell::link(format!("{PATH}/{}", asset.id), asset.name()),
        Cell::text(words(details.kind.name())),
        Cell::text(weight.join(", ")),
        Cell::text(words(details.environment.name())),
        Cell::text(asset.os()),
        Cell::Time(observed.map(|state| state.taken_at)),
        count(observed.and_then(|state| state.pending)),
        count(observed.and_then(|state| state.security)),
        Cell::State(lifecycle),
    ]
}

fn filters(query: &ListQuery) -> Filters {
    let classifications = Classification::ALL.iter().map(|word| word.name());
    let criticalities = Criticality::ALL.iter().map(|word| word.name());
    let exposures = Exposure::ALL.iter().map(|word| word.name());
    let environments = Environment::ALL.iter().map(|word| word.name());
    let freshness = FRESHNESS.map(|(name, label, _)| (name, label));
    let in_use = IN_USE.map(|(name, label, _)| (name, label));
    Filters::at(PATH)
        .line("text", "Text", query.text.as_ref())
        .word(
            "classification",
            "Classification",
            "any",
            classifications,
            query.classification.as_ref(),
        )
        .word(
            "criticality",
            "Criticality",
            "any",
            criticalities,
            query.criticality.as_ref(),
        )
        .word("exposure", "Exposure", "any", exposures, query.exposure.as_ref())
        .word(
            "environment",
            "Environment",
            "any",
            environments,
            query.environment.as_ref(),
        )
        .select(
            "collected",
            "Collected",
            "any time",
            freshness,
            query.collected.as_ref(),
        )
        .select("lifecycle", "In use", "in use", in_use, query.lifecycle.as_ref())
}

fn table(query: &ListQuery, rows: Vec<Vec<Cell>>, sorting: Sorting, has_more: bool) -> Table {
    let part = query.part.unwrap_or(1).max(1);
    Table::new(
        "Assets",
        columns(),
        "There are no assets yet. Import a list of systems, or register one by hand.",
    )
    .with_rows(rows)
    .listed(PATH, filters(query).pairs(), sorting, part, has_more)
    .with_file(FILE)
}

fn word<T>(
    what: &str,
    text: Option<&String>,
    named: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    let Some(text) = filled(text) else {
        return Ok(None);
    };
    let found = named(text).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let what = format!("`{what}`: `{shown}` is not one of its words");
        Refusal::new(Class::Invalid, "query", what).way_out("choose one of the list")
    });
    found.map(Some)
}

fn selection(query: &ListQuery) -> Result<Selection, Refusal> {
    let freshness = |text: &str| {
        let mut all = FRESHNESS.into_iter();
        all.find(|(name, ..)| *name == text)
            .map(|(.., freshness)| freshness)
    };
    let in_use = |text: &str| {
        let mut all = IN_USE.into_iter();
        all.find(|(name, ..)| *name == text).map(|(.., in_use)| in_use)
    };
    Ok(Selection {
        in_use: word("lifecycle", query.lifecycle.as_ref(), in_use)?.unwrap_or_default(),
        classification: word(
            "classification",
            query.classification.as_ref(),
            Classification::named,
        )?,
        criticality: word("criticality", query.criticality.as_ref(), Criticality::named)?,
        exposure: word("exposure", query.exposure.as_ref(), Exposure::named)?,
        environment: word("environment", query.environment.as_ref(), Environment::named)?,
        collected: word("collected", query.collected.as_ref(), freshness)?,
        text: filled(query.text.as_ref()).map(str::to_owned),
    })
}

fn sorting(query: &ListQuery) -> (Sorting, String) {
    let sorting = Sorting::of(query.sort.as_deref(), &SORTED, BY_NAME);
    let dash = if sorting.is_descending { "-" } else { "" };
    (sorting, format!("{dash}{}", sorting.column))
}

pub(crate) fn show_list(call: &Call<'_, ListQuery>) -> Result<ListPage, Refusal> {
    let (query, limit) = (&call.query, u64::from(ROWS_ON_A_PAGE));
    let (sorting, order) = sorting(query);
    let offset = u64::from(query.part.unwrap_or(1).max(1) - 1) * limit;
    let selection = selection(query)?;
    let mut found = acts::browse(
        call.organisation(),
        call.actor,
        &selection,
        &order,
        limit + 1,
        offset,
    )?;
    let has_more = found.len() > ROWS_ON_A_PAGE as usize;
    found.truncate(ROWS_ON_A_PAGE as usize);
    Ok(ListPage {
        can_import: call.may("assets.import"),
        filters: filters(query),
        table: table(query, found.iter().map(row).collect(), sorting, has_more),
    })
}

pub(crate) fn list_file(call: &Call<'_, ListQuery>) -> Result<Download, Refusal> {
    let (sorting, order) = sorting(&call.query);
    let (selection, limit) = (selection(&call.query)?, u64::from(ROWS_IN_A_FILE));
    let found = acts::browse(call.organisation(), call.actor, &selection, &order, limit, 0)?;
    let rows = found.iter().map(row).collect();
    Ok(table(&call.query, rows, sorting, false).csv("assets"))
}
