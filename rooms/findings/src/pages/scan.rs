//! One scan that was imported: what it reached and what it changed.

use askama::Template;
use basis::{Class, Id, Refusal, Time};
use evidence::EvidenceName;
use frame::pages::{Cell, Column, Goto, Moment, Page, Table};
use frame::{Call, FormFile, Nothing};

use super::imports::PATH;
use crate::acts::{self, Import};
use crate::rules::ScanId;
use crate::store::ScanRow;

/// How many hosts that are no asset are shown; the difference names them all.
const UNMATCHED_SHOWN: usize = 100;

/// The page.
#[derive(Template)]
#[template(path = "scan.html")]
pub(crate) struct ScanPage {
    id: ScanId,
    /// What to say first, right after it was imported.
    said: &'static str,
    report: String,
    scanner: String,
    sha256: String,
    evidence: String,
    difference: String,
    at: Moment,
    by: String,
    hosts: u64,
    hosts_unmatched: u64,
    items: u64,
    items_informative: u64,
    changed: Table,
    /// Known right after the import alone.
    unmatched: Option<Table>,
}

impl Page for ScanPage {
    fn title(&self) -> String {
        format!("Scan {}", self.id)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |said, report: &str, hosts: usize| Self {
            id: ScanId::from_number(1),
            said,
            report: report.to_owned(),
            scanner: "nessus".to_owned(),
            sha256: "0123456789abcdef".repeat(4),
            evidence: "EVD-0001".to_owned(),
            difference: "EVD-0002".to_owned(),
            at: Moment(Time::from_ms(1_763_800_000_000)),
            by: "PER-0001".to_owned(),
            hosts: 12,
            hosts_unmatched: hosts as u64,
            items: 4_012,
            items_informative: 1_900,
            changed: changed(&[("opened", 12), ("proven gone", 3)]),
            unmatched: (hosts > 0).then(|| {
                let row = (report.to_owned(), "no asset has this name or address".to_owned());
                unmatched(&vec![row; hosts])
            }),
        };
        vec![
            ("usual", page("", "weekly", 0)),
            ("imported", page(IMPORTED, "weekly", 2)),
            ("known", page(KNOWN, "weekly", 0)),
            (
                "full",
                page(
                    IMPORTED,
                    &"a-very-long-name-of-a-report".repeat(7),
                    UNMATCHED_SHOWN,
                ),
            ),
        ]
    }
}

const IMPORTED: &str = "The scan was imported. This is what it changed.";
const KNOWN: &str = "This very file had been imported before, so nothing was recorded.";

fn changed(counts: &[(&str, u64)]) -> Table {
    let rows = counts
        .iter()
        .map(|(what, count)| vec![Cell::text(what), Cell::Number(*count)]);
    let columns = ["What happened", "Findings"].map(Column::new).to_vec();
    Table::new("What it changed", columns, "Nothing.").with_rows(rows)
}

fn unmatched(hosts: &[(String, String)]) -> Table {
    let rows = hosts.iter().take(UNMATCHED_SHOWN);
    let rows = rows.map(|(host, why)| vec![Cell::text(host), Cell::text(why)]);
    let columns = ["Host", "Why"].map(Column::new).to_vec();
    Table::new("Hosts of the file that are none of the assets", columns, "None.").with_rows(rows)
}

fn page(scan: ScanRow) -> ScanPage {
    let counts = &scan.counts;
    let changed = changed(&[
        ("opened", counts.opened),
        ("came back", counts.reopened),
        ("still there", counts.still_there),
        ("proven gone", counts.remediated),
        ("gone from disk, waiting for a restart", counts.pending_restart),
        ("still shown by another check", counts.shown_by_others),
        ("not reached, so nothing is proven", counts.not_reached),
    ]);
    ScanPage {
        id: scan.id,
        said: "",
        report: scan.report,
        scanner: scan.scanner,
        sha256: scan.sha256,
        evidence: scan.evidence.to_string(),
        difference: scan.difference.to_string(),
        at: Moment(scan.at),
        by: scan.by.to_string(),
        hosts: scan.hosts,
        hosts_unmatched: scan.hosts_unmatched,
        items: scan.items,
        items_informative: scan.items_informative,
        changed,
        unmatched: None,
    }
}

pub(crate) fn show_scan(call: &Call<'_>) -> Result<ScanPage, Refusal> {
    let id: ScanId = call.id("scan")?;
    let before = id.number().checked_sub(1).filter(|number| *number > 0);
    let found = acts::scans(
        call.organisation(),
        call.actor,
        before.map(ScanId::from_number),
        1,
    )?;
    let found = found.into_iter().find(|scan| scan.id == id);
    found.map(page).ok_or_else(|| {
        Refusal::new(Class::NotFound, "findings", format!("there is no scan {id}"))
            .way_out("see the list of scans")
    })
}

pub(crate) fn import_scan(call: &Call<'_, Nothing, Nothing>, file: &mut FormFile) -> Result<Goto, Refusal> {
    let name = EvidenceName::made_of(&file.given_name);
    let Import {
        scan,
        was_known,
        unmatched: hosts,
    } = acts::import_nessus(call.organisation(), call.actor, &mut file.file, &name)?;
    let path = format!("{PATH}/{}", scan.id);
    let shown = ScanPage {
        said: if was_known { KNOWN } else { IMPORTED },
        unmatched: (!hosts.is_empty()).then(|| unmatched(&hosts)),
        ..page(scan)
    };
    Goto::to(path).showing(&shown)
}
