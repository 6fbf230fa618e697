//! What each event makes of the tables.

use basis::{Subject, Time};
use storage::{EventKind, Stamp, StorageError, Tables, Value};

use super::weighing::{weigh, weigh_vulnerability};
use crate::rules::{
    AdvisoriesLoaded, CheckKey, ExploitedListed, FindingId, GoneAs, HostsReached, Imported, Matched, Opened,
    Released, SeenAgain, SightingRecord, Ticketed, WentAway,
};

pub(crate) fn events() -> Vec<EventKind> {
    vec![
        EventKind::of::<Imported>(apply_imported),
        EventKind::of::<HostsReached>(apply_hosts_reached),
        EventKind::of::<Matched>(apply_matched),
        EventKind::of::<Opened>(apply_opened),
        EventKind::of::<SeenAgain>(apply_seen_again),
        EventKind::of::<WentAway>(apply_went_away),
        EventKind::of::<Ticketed>(apply_ticketed),
        EventKind::of::<Released>(apply_released),
        EventKind::of::<AdvisoriesLoaded>(apply_advisories_loaded),
        EventKind::of::<ExploitedListed>(apply_exploited_listed),
    ]
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value, StorageError> {
    let text = serde_json::to_string(value).map_err(|error| StorageError::Event(error.to_string()))?;
    Ok(text.into())
}

fn apply_imported(tables: &Tables<'_>, stamp: &Stamp, event: Imported) -> Result<(), StorageError> {
    let values = [
        Value::id(event.scan),
        event.scanner.into(),
        event.report.into(),
        event.sha256.into(),
        Value::id(event.evidence),
        Value::id(event.difference),
        event.hosts.into(),
        event.hosts_unmatched.into(),
        event.items.into(),
        event.items_informative.into(),
        json(&event.counts)?,
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("../sql/insert_scan.sql"), &values)
        .map(drop)
}

fn apply_hosts_reached(tables: &Tables<'_>, _: &Stamp, event: HostsReached) -> Result<(), StorageError> {
    for host in &event.hosts {
        let values = [
            Value::id(host.asset),
            Value::id(event.scan),
            host.at.into(),
            host.is_finished.into(),
            host.is_credentialed.into(),
        ];
        tables.execute(include_str!("../sql/insert_scan_host.sql"), &values)?;
    }
    Ok(())
}

fn apply_matched(tables: &Tables<'_>, stamp: &Stamp, event: Matched) -> Result<(), StorageError> {
    let values = [
        Value::id(event.id),
        Value::id(event.asset),
        Value::id(event.collection),
        event.taken_at.into(),
        Value::id_if(event.feed),
        event.advisories.into(),
        event.unknown.into(),
        json(&event.counts)?,
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables
        .execute(include_str!("../sql/insert_match.sql"), &values)
        .map(drop)
}

fn apply_opened(tables: &Tables<'_>, stamp: &Stamp, event: Opened) -> Result<(), StorageError> {
    let policy = policy::current(tables)?;
    for opened in event.findings {
        let values = [
            Value::id(opened.finding),
            Value::id(opened.asset),
            opened.vulnerability.to_string().into(),
            opened.location.to_string().into(),
            opened.at.into(),
            stamp.time.into(),
        ];
        tables.execute(include_str!("../sql/insert_finding.sql"), &values)?;
        for check in opened.checks {
            put_check(tables, opened.finding, check, opened.at)?;
        }
        weigh(tables, &policy, opened.finding)?;
        remember(tables, stamp, opened.finding, "opened", opened.at, &event.source)?;
    }
    Ok(())
}

fn put_check(
    tables: &Tables<'_>,
    finding: FindingId,
    check: SightingRecord,
    at: Time,
) -> Result<(), StorageError> {
    let values = [
        Value::id(finding),
        check.check.to_string().into(),
        check.title.into(),
        check.severity.into(),
        check.rated_by.name().into(),
        check.score_tenths.map(i64::from).into(),
        check.needs_credentials.into(),
        check.family.into(),
        check.scan_policy.into(),
        check.package.into(),
        check.installed.into(),
        check.fixed.into(),
        json(&check.wanted)?,
        check.published.into(),
        at.into(),
    ];
    tables
        .execute(include_str!("../sql/upsert_check.sql"), &values)
        .map(drop)
}

fn apply_seen_again(tables: &Tables<'_>, stamp: &Stamp, event: SeenAgain) -> Result<(), StorageError> {
    let policy = policy::current(tables)?;
    for seen in event.findings {
        let finding = Value::id(seen.finding);
        for check in seen.changed {
            put_check(tables, seen.finding, check, seen.at)?;
        }
        for check in &seen.checks {
            let values = [finding.clone(), check.to_string().into(), seen.at.into()];
            tables.execute(include_str!("../sql/see_check.sql"), &values)?;
        }
        if seen.is_back {
            tables.execute(
                include_str!("../sql/reopen_finding.sql"),
                &[finding, seen.at.into()],
            )?;
            remember(tables, stamp, seen.finding, "reopened", seen.at, &event.source)?;
        } else {
            tables.execute(include_str!("../sql/resume_finding.sql"), &[finding])?;
        }
        weigh(tables, &policy, seen.finding)?;
    }
    Ok(())
}

fn apply_went_away(tables: &Tables<'_>, stamp: &Stamp, event: WentAway) -> Result<(), StorageError> {
    let policy = policy::current(tables)?;
    for gone in event.findings {
        let finding = Value::id(gone.finding);
        leave(tables, gone.finding, &gone.checks, gone.at)?;
        weigh(tables, &policy, gone.finding)?;
        let what = match gone.outcome {
            GoneAs::Remediated => {
                tables.execute(
                    include_str!("../sql/remediate_finding.sql"),
                    &[finding, gone.at.into()],
                )?;
                "remediated"
            }
            GoneAs::PendingRestart => {
                tables.execute(
                    include_str!("../sql/suspend_finding.sql"),
                    &[finding, gone.pending.into()],
                )?;
                "pending_restart"
            }
            GoneAs::ShownByOthers => "shown_by_others",
        };
        remember(tables, stamp, gone.finding, what, gone.at, &event.source)?;
    }
    Ok(())
}

fn leave(tables: &Tables<'_>, finding: FindingId, checks: &[CheckKey], at: Time) -> Result<(), StorageError> {
    checks.iter().try_for_each(|check| {
        let values = [Value::id(finding), check.to_string().into(), at.into()];
        tables
            .execute(include_str!("../sql/leave_check.sql"), &values)
            .map(drop)
    })
}

fn apply_ticketed(tables: &Tables<'_>, stamp: &Stamp, event: Ticketed) -> Result<(), StorageError> {
    for finding in event.findings {
        let values = [Value::id(finding), event.change.to_string().into()];
        tables.execute(include_str!("../sql/ticket_finding.sql"), &values)?;
        remember(tables, stamp, finding, "ticketed", stamp.time, &event.change)?;
    }
    Ok(())
}

fn apply_released(tables: &Tables<'_>, _: &Stamp, event: Released) -> Result<(), StorageError> {
    let values = [event.change.to_string().into()];
    tables
        .execute(include_str!("../sql/release_findings.sql"), &values)
        .map(drop)
}

fn remember(
    tables: &Tables<'_>,
    stamp: &Stamp,
    finding: FindingId,
    what: &str,
    at: Time,
    source: &Subject,
) -> Result<(), StorageError> {
    let values = [
        Value::id(finding),
        stamp.index.into(),
        what.into(),
        at.into(),
        source.to_string().into(),
        Value::id(stamp.actor),
    ];
    tables
        .execute(include_str!("../sql/insert_history.sql"), &values)
        .map(drop)
}

fn apply_advisories_loaded(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: AdvisoriesLoaded,
) -> Result<(), StorageError> {
    let values = [
        Value::id(event.feed),
        "advisories".into(),
        "".into(),
        Value::id(event.evidence),
        (event.advisories.len() as u64).into(),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables.execute(include_str!("../sql/upsert_feed.sql"), &values)?;
    for advisory in event.advisories {
        let name: Value = advisory.advisory.into();
        let values = [
            name.clone(),
            advisory.modified.into(),
            advisory.osv.into(),
            Value::id(event.feed),
        ];
        tables.execute(include_str!("../sql/upsert_advisory.sql"), &values)?;
        tables.execute(
            include_str!("../sql/delete_advisory_packages.sql"),
            std::slice::from_ref(&name),
        )?;
        for package in advisory.packages {
            let values = [package.into(), name.clone()];
            tables.execute(include_str!("../sql/insert_advisory_package.sql"), &values)?;
        }
    }
    Ok(())
}

fn apply_exploited_listed(
    tables: &Tables<'_>,
    stamp: &Stamp,
    event: ExploitedListed,
) -> Result<(), StorageError> {
    let values = [
        Value::id(event.feed),
        "exploited".into(),
        event.version.into(),
        Value::id(event.evidence),
        (event.added.len() as u64).into(),
        Value::id(stamp.actor),
        stamp.time.into(),
    ];
    tables.execute(include_str!("../sql/upsert_feed.sql"), &values)?;
    let policy = policy::current(tables)?;
    for added in event.added {
        let values = [
            added.cve.clone().into(),
            added.listed.into(),
            Value::id(event.feed),
        ];
        tables.execute(include_str!("../sql/upsert_exploited.sql"), &values)?;
        weigh_vulnerability(tables, &policy, &added.cve)?;
    }
    for removed in event.removed {
        tables.execute(
            include_str!("../sql/delete_exploited.sql"),
            &[removed.clone().into()],
        )?;
        weigh_vulnerability(tables, &policy, &removed)?;
    }
    Ok(())
}
