//! What was brought in, and the forms that bring in more: scans, advisories, the list of exploited CVEs.

use askama::Template;
use basis::{Refusal, Time};
use evidence::EvidenceName;
use frame::pages::{Cell, Column, Form, Goto, Page, Size, Table};
use frame::{Call, FormFile, Nothing};

use crate::acts::{self, ADVISORIES_BYTES_MAX, EXPLOITED_BYTES_MAX};
use crate::api::{SCAN_BYTES_MAX, whole};
use crate::store::{LoadedFeed, ScanRow};

pub(super) const PATH: &str = "/findings/imports";
/// How many scans and lists are shown.
const SHOWN: u64 = 50;

/// The page.
#[derive(Template)]
#[template(path = "finding_imports.html")]
pub(crate) struct ImportsPage {
    /// What was just done.
    done: String,
    forms: Option<Forms>,
    matching: Option<Form>,
    scans: Table,
    feeds: Table,
}

/// The forms of who may bring something in.
struct Forms {
    scan: Form,
    advisories: Form,
    exploited: Form,
}

impl ImportsPage {
    fn limit(&self, limit_bytes: u64) -> String {
        format!("At most {}.", Size(limit_bytes))
    }

    fn advisories_hint(&self) -> String {
        let limit = self.limit(ADVISORIES_BYTES_MAX);
        format!("One advisory or an array of them, as JSON. {limit}")
    }
}

impl Page for ImportsPage {
    fn title(&self) -> String {
        "Scans and advisories".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let forms = || Forms {
            scan: Form::sample(PATH),
            advisories: Form::sample("/findings/advisories"),
            exploited: Form::sample("/findings/kev"),
        };
        let time = Time::from_ms(1_763_800_000_000);
        let scan = |report: &str| {
            vec![
                Cell::link("/findings/imports/SCN-0001", "SCN-0001"),
                Cell::text(report),
                Cell::Time(Some(time)),
                Cell::text("PER-0001"),
                Cell::Number(12),
                Cell::Number(3),
            ]
        };
        let feed = || {
            vec![
                Cell::link("/evidence/EVD-0001", "FED-0001"),
                Cell::text("advisories"),
                Cell::text("none"),
                Cell::Number(412),
                Cell::Time(Some(time)),
                Cell::text("PER-0001"),
            ]
        };
        let page = |done: &str, rows: usize, report: &str| Self {
            done: done.to_owned(),
            forms: Some(forms()),
            matching: Some(Form::sample("/findings/matches")),
            scans: scans_table((0..rows).map(|_| scan(report))),
            feeds: feeds_table((0..rows).map(|_| feed())),
        };
        vec![
            ("empty", page("", 0, "")),
            (
                "usual",
                page("3 advisories are new or changed, 7 were known.", 2, "weekly"),
            ),
            ("full", page("", 50, &"a-very-long-name-of-a-report".repeat(7))),
            (
                "reader",
                Self {
                    forms: None,
                    matching: None,
                    ..page("", 2, "weekly")
                },
            ),
        ]
    }
}

fn scans_table(rows: impl Iterator<Item = Vec<Cell>>) -> Table {
    let columns = ["Scan", "Report", "Imported", "By", "Opened", "Proven gone"];
    let empty = "No scan was imported yet. Who may import one finds the form for it above.";
    Table::new(
        "Scans, the latest first",
        columns.map(Column::new).to_vec(),
        empty,
    )
    .with_rows(rows)
}

fn feeds_table(rows: impl Iterator<Item = Vec<Cell>>) -> Table {
    let columns = ["List", "Kind", "Version", "New or changed", "Loaded", "By"];
    let empty = "No list was loaded yet. Advisories and the list of exploited CVEs are loaded from files.";
    let caption = "Lists of advisories and exploited CVEs, the latest first";
    Table::new(caption, columns.map(Column::new).to_vec(), empty).with_rows(rows)
}

fn scan_row(scan: &ScanRow) -> Vec<Cell> {
    vec![
        Cell::link(format!("{PATH}/{}", scan.id), scan.id),
        Cell::text(&scan.report),
        Cell::Time(Some(scan.at)),
        Cell::text(scan.by),
        Cell::Number(scan.counts.opened + scan.counts.reopened),
        Cell::Number(scan.counts.remediated),
    ]
}

fn feed_row(feed: &LoadedFeed) -> Vec<Cell> {
    let version = if feed.version.is_empty() {
        "none"
    } else {
        &feed.version
    };
    vec![
        Cell::link(format!("/evidence/{}", feed.evidence), feed.id),
        Cell::text(&feed.kind),
        Cell::text(version),
        Cell::Number(feed.entries),
        Cell::Time(Some(feed.at)),
        Cell::text(feed.by),
    ]
}

fn page<Q, B>(call: &Call<'_, Q, B>, done: String) -> Result<ImportsPage, Refusal> {
    let (scans, feeds) = acts::latest(call.organisation(), call.actor, SHOWN)?;
    let forms = call.may("findings.import").then(|| Forms {
        scan: call.form(PATH),
        advisories: call.form("/findings/advisories"),
        exploited: call.form("/findings/kev"),
    });
    Ok(ImportsPage {
        done,
        forms,
        matching: call.may("findings.match").then(|| call.form("/findings/matches")),
        scans: scans_table(scans.iter().map(scan_row)),
        feeds: feeds_table(feeds.iter().map(feed_row)),
    })
}

pub(crate) fn show_imports(call: &Call<'_>) -> Result<ImportsPage, Refusal> {
    page(call, String::new())
}

/// Shows the page with what was done on top.
fn done<B>(call: &Call<'_, Nothing, B>, done: String) -> Result<Goto, Refusal> {
    Goto::to(PATH).showing(&page(call, done)?)
}

pub(crate) fn bring_advisories(
    call: &Call<'_, Nothing, Nothing>,
    file: &mut FormFile,
) -> Result<Goto, Refusal> {
    let name = EvidenceName::made_of(&file.given_name);
    let bytes = whole(&mut file.file, ADVISORIES_BYTES_MAX)?;
    let loaded = acts::load_advisories(call.organisation(), call.actor, &bytes, &name)?;
    let (changed, unchanged) = (loaded.changed, loaded.unchanged);
    done(
        call,
        format!("{name}: {changed} advisories are new or changed, {unchanged} were known."),
    )
}

pub(crate) fn bring_exploited(
    call: &Call<'_, Nothing, Nothing>,
    file: &mut FormFile,
) -> Result<Goto, Refusal> {
    let name = EvidenceName::made_of(&file.given_name);
    let bytes = whole(&mut file.file, EXPLOITED_BYTES_MAX)?;
    let loaded = acts::load_exploited(call.organisation(), call.actor, &bytes, &name)?;
    let (entries, added, removed) = (loaded.entries, loaded.added, loaded.removed);
    let version = loaded.version;
    done(
        call,
        format!("{name}: version {version} has {entries} entries, {added} of them new, {removed} taken off."),
    )
}

pub(crate) fn compare_all(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let outcomes = acts::match_assets(call.organisation(), call.actor, None)?;
    let opened: u64 = outcomes.iter().map(|outcome| outcome.counts.opened).sum();
    let gone: u64 = outcomes.iter().map(|outcome| outcome.counts.remediated).sum();
    let assets = outcomes.len();
    done(
        call,
        format!(
            "The packages of {assets} assets were compared: {opened} findings opened, {gone} proven gone."
        ),
    )
}
