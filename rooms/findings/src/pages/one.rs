//! One finding: what it is, its clocks, why it ranks where it does, who told of it, what happened to it.

use askama::Template;
use basis::{Id, Refusal, Time};
use frame::Call;
use frame::pages::{Cell, Column, Moment, Page, State as Word, Table, Tone};
use policy::Severity;

use super::{clock, severity, state};
use crate::acts::{self, Shown};
use crate::rules::{FindingId, State};

/// The page.
#[derive(Template)]
#[template(path = "finding.html")]
pub(crate) struct FindingPage {
    id: FindingId,
    name: String,
    title: String,
    asset: String,
    asset_name: String,
    place: String,
    state: Word,
    severity: Word,
    rating: String,
    is_exploited: bool,
    package: String,
    installed: String,
    fixed: String,
    pending: String,
    change: Option<String>,
    can_change: bool,
    clock: Word,
    due: Option<DueLine>,
    identified: Moment,
    reported: Moment,
    published: Option<Moment>,
    reopened: Option<Moment>,
    corrected: Option<Moment>,
    points: u32,
    reasons: Table,
    checks: Table,
    history: Table,
}

struct DueLine {
    at: Moment,
    paragraph: String,
    counted_from: Moment,
    start: &'static str,
}

impl Page for FindingPage {
    fn title(&self) -> String {
        format!("{} {}", self.id, self.name)
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![
            ("usual", sample("web01", "Debian DSA-5678: openssl", None)),
            (
                "full",
                sample(
                    &"very-long-host-name-".repeat(6),
                    &"wordwithoutanyblank".repeat(9),
                    Some("CHG-0001".to_owned()),
                ),
            ),
        ]
    }
}

fn sample(asset: &str, title: &str, change: Option<String>) -> FindingPage {
    let moment = Moment(Time::from_ms(1_763_800_000_000));
    FindingPage {
        id: FindingId::from_number(1),
        name: "CVE-2026-0001".to_owned(),
        title: title.to_owned(),
        asset: "AST-0001".to_owned(),
        asset_name: asset.to_owned(),
        place: "package:openssl".to_owned(),
        state: state(State::Reopened),
        severity: severity(Severity::Critical),
        rating: "CVSS 9.8, computed from its vector".to_owned(),
        is_exploited: true,
        package: "openssl".to_owned(),
        installed: "3.0.11-1".to_owned(),
        fixed: "3.0.13-1".to_owned(),
        pending: "the service sshd runs the old code".to_owned(),
        can_change: change.is_none(),
        change,
        clock: Word::new("late", Tone::Bad),
        due: Some(DueLine {
            at: moment,
            paragraph: "7.1".to_owned(),
            counted_from: moment,
            start: "release",
        }),
        identified: moment,
        reported: moment,
        published: Some(moment),
        reopened: Some(moment),
        corrected: None,
        points: 104,
        reasons: reasons(&[
            (39, "critical, CVSS 9.8".to_owned()),
            (30, "known to be exploited".to_owned()),
        ]),
        checks: checks(vec![vec![
            Cell::text("nessus:51192"),
            Cell::text(title),
            Cell::Time(Some(moment.0)),
            Cell::Time(Some(moment.0)),
            Cell::Time(None),
        ]]),
        history: history(vec![vec![
            Cell::Time(Some(moment.0)),
            Cell::text("opened"),
            Cell::text("SCN-0001"),
            Cell::text("PER-0001"),
            Cell::link("/history/entries/12", "12"),
        ]]),
    }
}

fn reasons(reasons: &[(u32, String)]) -> Table {
    let rows = reasons
        .iter()
        .map(|(points, why)| vec![Cell::text(why), Cell::Number((*points).into())]);
    Table::new(
        "Reasons of the rank",
        vec![Column::new("Reason"), Column::new("Points")],
        "Nothing weighs.",
    )
    .with_rows(rows)
}

fn checks(rows: Vec<Vec<Cell>>) -> Table {
    let columns = [
        "Check",
        "What it says",
        "First seen",
        "Last seen",
        "No longer shown since",
    ];
    Table::new(
        "What told of it",
        columns.map(Column::new).to_vec(),
        "Nothing told of it.",
    )
    .with_rows(rows)
}

fn history(rows: Vec<Vec<Cell>>) -> Table {
    let columns = ["When it was true", "What", "By what", "Who", "Entry"];
    Table::new(
        "What happened",
        columns.map(Column::new).to_vec(),
        "Nothing happened yet.",
    )
    .with_rows(rows)
}

pub(crate) fn show_finding(call: &Call<'_>) -> Result<FindingPage, Refusal> {
    let shown = acts::show(call.organisation(), call.actor, call.id("finding")?)?;
    Ok(FindingPage::from(shown))
}

impl From<Shown> for FindingPage {
    fn from(shown: Shown) -> Self {
        let clock = clock(&shown.ranked);
        let (ranked, finding) = (&shown.ranked, &shown.ranked.finding);
        let score = finding.rated().and_then(|rated| rated.score_tenths);
        let told = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            id: finding.id,
            name: finding.vulnerability.to_string(),
            title: finding.title().to_owned(),
            asset: finding.asset.to_string(),
            asset_name: ranked.asset_name.clone(),
            place: finding.location.to_string(),
            state: state(finding.state),
            severity: severity(finding.severity()),
            rating: match score {
                Some(tenths) => format!("CVSS {}.{}, computed from its vector", tenths / 10, tenths % 10),
                None => "without a score".to_owned(),
            },
            is_exploited: ranked.exploitation == policy::Exploitation::Known,
            package: told(finding.package()),
            installed: told(finding.installed_version()),
            fixed: told(finding.fixed_version()),
            pending: finding.pending.clone(),
            change: finding.change.as_ref().map(ToString::to_string),
            can_change: finding.change.is_none() && finding.state.is_open(),
            clock,
            due: ranked.due.as_ref().map(|due| DueLine {
                at: Moment(due.at),
                paragraph: due.paragraph.clone(),
                counted_from: Moment(due.counted_from),
                start: match due.start {
                    policy::ClockStart::Release => "release",
                    policy::ClockStart::Discovery => "discovery",
                },
            }),
            identified: Moment(finding.identified_at),
            reported: Moment(finding.reported_at),
            published: finding.published_at().map(Moment),
            reopened: finding.reopened_at.map(Moment),
            corrected: finding.corrected_at.map(Moment),
            points: ranked.priority.points,
            reasons: reasons(&ranked.priority.reasons),
            checks: checks(check_rows(&shown)),
            history: history(history_rows(&shown)),
        }
    }
}

fn check_rows(shown: &Shown) -> Vec<Vec<Cell>> {
    let row = |check: &crate::rules::KnownCheck| {
        vec![
            Cell::text(&check.sighting.check),
            Cell::text(&check.sighting.title),
            Cell::Time(Some(check.first_seen_at)),
            Cell::Time(Some(check.last_seen_at)),
            Cell::Time(check.gone_at),
        ]
    };
    shown.ranked.finding.checks.iter().map(row).collect()
}

fn history_rows(shown: &Shown) -> Vec<Vec<Cell>> {
    let row = |line: &crate::store::HistoryRow| {
        let source = line.source.to_string();
        vec![
            Cell::Time(Some(line.at)),
            Cell::text(line.what.replace('_', " ")),
            if source.starts_with("CHG-") {
                Cell::link(format!("/changes/{source}"), source)
            } else {
                Cell::text(source)
            },
            Cell::text(line.by),
            Cell::link(format!("/history/entries/{}", line.entry), line.entry),
        ]
    };
    shown.history.iter().map(row).collect()
}
