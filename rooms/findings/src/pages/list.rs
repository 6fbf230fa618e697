//! The list of findings, the most urgent first, with the reasons of each rank.

use askama::Template;
use basis::Refusal;
use frame::pages::{
    Cell, Choice, Column, Filters, Page, ROWS_IN_A_FILE, ROWS_ON_A_PAGE, Sorting, Table, filled,
};
use frame::{Call, Download};
use policy::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{clock, severity, state, state_words};
use crate::acts::{self, Ranked};
use crate::api::{the_asset, word};
use crate::rules::State;
use crate::store::{Clock, Selection};

/// Where the list stands, and the same as a file.
const PATH: &str = "/findings";
const FILE: &str = "/findings.csv";
/// The form that opens a change from what is ticked.
const CHOOSING: &str = "choosing";
const SORTED: [&str; 4] = ["rank", "due", "identified", "asset"];
const MOST_URGENT_FIRST: Sorting = Sorting {
    column: "rank",
    is_descending: true,
};

/// Which findings to show.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ListQuery {
    /// A state; everything that is not remediated when left out.
    state: Option<String>,
    /// At least as bad as this.
    severity: Option<String>,
    /// `late`, `soon` or `none`.
    clock: Option<String>,
    /// `yes` for what is known to be exploited.
    exploited: Option<String>,
    /// An asset's id or hostname.
    asset: Option<String>,
    /// A text in vulnerability, title, place or the asset's name.
    text: Option<String>,
    sort: Option<String>,
    part: Option<u32>,
}

/// The list.
#[derive(Template)]
#[template(path = "findings.html")]
pub(crate) struct ListPage {
    filters: Filters,
    table: Table,
    choosing: &'static str,
    is_any: bool,
}

impl Page for ListPage {
    fn title(&self) -> String {
        "Findings".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |rows: Vec<Vec<Cell>>, has_more| {
            let query = ListQuery::default();
            Self {
                is_any: !rows.is_empty(),
                table: table(&query, rows, MOST_URGENT_FIRST, has_more),
                filters: filters(&query, Vec::new()),
                choosing: CHOOSING,
            }
        };
        vec![
            ("empty", page(Vec::new(), false)),
            (
                "usual",
                page(
                    vec![sample_row("web01", "Debian DSA-5678"), sample_row("db01", "TLS")],
                    false,
                ),
            ),
            (
                "full",
                page(
                    (0..ROWS_ON_A_PAGE)
                        .map(|_| {
                            sample_row(
                                &"very-long-host-name-".repeat(6),
                                &"wordwithoutanyblank".repeat(9),
                            )
                        })
                        .collect(),
                    true,
                ),
            ),
        ]
    }
}

fn sample_row(asset: &str, title: &str) -> Vec<Cell> {
    let due = basis::Time::from_ms(1_763_800_000_000);
    vec![
        Cell::link("/findings/FND-000001", "FND-000001"),
        Cell::Choice {
            form: CHOOSING,
            name: "finding",
            value: "FND-000001".to_owned(),
        },
        Cell::text(format!("CVE-2026-0001: {title}")),
        Cell::link("/assets/AST-0001", asset),
        Cell::State(severity(Severity::Critical)),
        Cell::Number(104),
        Cell::text(
            "39 critical, CVSS 9.8; 30 known to be exploited; 20 late since 2026-11-20 08:00 UTC (paragraph 7.1)",
        ),
        Cell::Time(Some(due)),
        Cell::State(frame::pages::State::new("late", frame::pages::Tone::Bad)),
        Cell::State(state(State::Open)),
    ]
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("Finding"),
        Column::new("Choose"),
        Column::new("Vulnerability"),
        Column::sorted("asset", "Asset"),
        Column::new("Severity"),
        Column::sorted("rank", "Rank"),
        Column::new("Why it ranks there"),
        Column::sorted("due", "Due"),
        Column::new("Clock"),
        Column::new("State"),
    ]
}

fn row(ranked: &Ranked) -> Vec<Cell> {
    let finding = &ranked.finding;
    let reasons: Vec<String> = ranked
        .priority
        .reasons
        .iter()
        .map(|(points, why)| format!("{points} {why}"))
        .collect();
    let choice = if finding.state == State::Remediated || finding.change.is_some() {
        let change = finding.change.as_ref();
        change.map_or(Cell::text("nothing to do"), |change| {
            Cell::link(format!("/changes/{change}"), change)
        })
    } else {
        Cell::Choice {
            form: CHOOSING,
            name: "finding",
            value: finding.id.to_string(),
        }
    };
    vec![
        Cell::link(format!("{PATH}/{}", finding.id), finding.id),
        choice,
        Cell::text(format!("{}: {}", finding.vulnerability, finding.title())),
        Cell::link(format!("/assets/{}", finding.asset), &ranked.asset_name),
        Cell::State(severity(finding.severity())),
        Cell::Number(ranked.priority.points.into()),
        Cell::text(reasons.join("; ")),
        Cell::Time(ranked.due.as_ref().map(|due| due.at)),
        Cell::State(clock(ranked)),
        Cell::State(state(finding.state)),
    ]
}

fn filters(query: &ListQuery, assets: Vec<Choice>) -> Filters {
    let states = State::ALL.map(|state| (state.name(), state_words(state)));
    let severities = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ];
    let severities = severities.map(|severity| (severity.name(), severity.name()));
    let clocks = Clock::ALL.map(|(_, name, label)| (name, label));
    Filters::at(PATH)
        .select("state", "State", "not remediated", states, query.state.as_ref())
        .select(
            "severity",
            "At least",
            "any severity",
            severities,
            query.severity.as_ref(),
        )
        .select("clock", "Clock", "any", clocks, query.clock.as_ref())
        .select(
            "exploited",
            "Exploitation",
            "any",
            [("yes", "known to be exploited (KEV)")],
            query.exploited.as_ref(),
        )
        .offered_line("asset", "Asset (id or hostname)", assets, query.asset.as_ref())
        .line("text", "Text", query.text.as_ref())
}

fn table(query: &ListQuery, rows: Vec<Vec<Cell>>, sorting: Sorting, has_more: bool) -> Table {
    let part = query.part.unwrap_or(1).max(1);
    Table::new(
        "Findings",
        columns(),
        "There are no open findings. They come with a scan, or with advisories that are compared with what is installed.",
    )
        .with_rows(rows)
        .listed(PATH, filters(query, Vec::new()).pairs(), sorting, part, has_more)
        .with_file(FILE)
}

fn selection(call: &Call<'_, ListQuery>) -> Result<Selection, Refusal> {
    let query = &call.query;
    let own = |text: Option<&String>| filled(text).map(str::to_owned);
    let severities: Vec<&str> = Severity::ALL.iter().map(|severity| severity.name()).collect();
    let clocks = Clock::ALL.map(|(_, name, _)| name);
    let clock_named = |text: &str| {
        let mut all = Clock::ALL.into_iter();
        all.find(|(_, name, _)| *name == text).map(|(clock, ..)| clock)
    };
    let asset = filled(query.asset.as_ref()).map(|text| the_asset(call, text));
    Ok(Selection {
        state: word(
            "state",
            own(query.state.as_ref()).as_ref(),
            State::named,
            &State::ALL.map(State::name),
        )?,
        severity: word(
            "severity",
            own(query.severity.as_ref()).as_ref(),
            Severity::named,
            &severities,
        )?,
        clock: word("clock", own(query.clock.as_ref()).as_ref(), clock_named, &clocks)?,
        is_exploited: word(
            "exploited",
            own(query.exploited.as_ref()).as_ref(),
            |text| (text == "yes").then_some(()),
            &["yes"],
        )?
        .is_some(),
        asset: asset.transpose()?,
        text: own(query.text.as_ref()),
        due_before: None,
    })
}

fn sorting(query: &ListQuery) -> (Sorting, String) {
    let sorting = Sorting::of(query.sort.as_deref(), &SORTED, MOST_URGENT_FIRST);
    let dash = if sorting.is_descending { "-" } else { "" };
    (sorting, format!("{dash}{}", sorting.column))
}

pub(crate) fn show_list(call: &Call<'_, ListQuery>) -> Result<ListPage, Refusal> {
    let query = &call.query;
    let (sorting, order) = sorting(query);
    let offset = u64::from(query.part.unwrap_or(1).max(1) - 1) * u64::from(ROWS_ON_A_PAGE);
    let limit = u64::from(ROWS_ON_A_PAGE);
    let selection = selection(call)?;
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
    let offered = call
        .organisation()
        .view(|view| assets::offered(view, call.actor))?;
    Ok(ListPage {
        is_any: !found.is_empty(),
        table: table(query, found.iter().map(row).collect(), sorting, has_more),
        filters: filters(query, offered.unwrap_or_default()),
        choosing: CHOOSING,
    })
}

pub(crate) fn list_file(call: &Call<'_, ListQuery>) -> Result<Download, Refusal> {
    let (sorting, order) = sorting(&call.query);
    let selection = selection(call)?;
    let limit = u64::from(ROWS_IN_A_FILE);
    let found = acts::browse(call.organisation(), call.actor, &selection, &order, limit, 0)?;
    let table = table(&call.query, found.iter().map(row).collect(), sorting, false);
    Ok(table.csv("findings"))
}
