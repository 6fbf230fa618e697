//! Reading findings, scans and lists.

use std::collections::{BTreeMap, BTreeSet};

use assets::AssetId;
use basis::{Id, PersonId, Subject, Time};
use evidence::EvidenceId;
use formats::osv::Advisory;
use policy::{Exploitation, Rescan, Severity};
use storage::{Row, StorageError, Value, View};

use crate::rules::{
    CheckKey, Counts, FeedId, Finding, FindingId, KnownCheck, Location, MatchId, Rated, RatedBy, ScanId,
    Sighting, State, Vulnerability,
};

/// Something that happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Index of the entry in the ledger.
    pub entry: u64,
    /// `opened`, `reopened`, `remediated`, `pending_restart`, `shown_by_others` or `ticketed`.
    pub what: String,
    /// When what was seen was true.
    pub at: Time,
    /// The scan, match or change.
    pub source: Subject,
    /// Who brought it in.
    pub by: PersonId,
}

/// A scan file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    /// Its id.
    pub id: ScanId,
    /// Which scanner wrote it.
    pub scanner: String,
    /// The report's own name.
    pub report: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The file.
    pub evidence: EvidenceId,
    /// What it changed.
    pub difference: EvidenceId,
    /// Hosts in the file.
    pub hosts: u64,
    /// Hosts that are none of the assets.
    pub hosts_unmatched: u64,
    /// Results in the file.
    pub items: u64,
    /// Of these, those that only inform.
    pub items_informative: u64,
    /// What it changed, in numbers.
    pub counts: Counts,
    /// Who brought it in.
    pub by: PersonId,
    /// When.
    pub at: Time,
}

/// A list that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedFeed {
    /// Its id.
    pub id: FeedId,
    /// `advisories` or `exploited`.
    pub kind: String,
    /// The list's own version; empty where it has none.
    pub version: String,
    /// The file.
    pub evidence: EvidenceId,
    /// How many entries were new or changed.
    pub entries: u64,
    /// Who loaded it.
    pub by: PersonId,
    /// When.
    pub at: Time,
}

/// The last match of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastMatch {
    pub(crate) id: MatchId,
    pub(crate) collection: EvidenceId,
    pub(crate) taken_at: Time,
    pub(crate) feed: Option<FeedId>,
}

pub(crate) fn next_finding_id(view: &View<'_>) -> Result<FindingId, StorageError> {
    view.the(include_str!("../sql/next_finding_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_scan_id(view: &View<'_>) -> Result<ScanId, StorageError> {
    view.the(include_str!("../sql/next_scan_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_match_id(view: &View<'_>) -> Result<MatchId, StorageError> {
    view.the(include_str!("../sql/next_match_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_feed_id(view: &View<'_>) -> Result<FeedId, StorageError> {
    view.the(include_str!("../sql/next_feed_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

fn read_finding(row: &Row<'_>) -> Result<Finding, StorageError> {
    let change = row.text_if("change")?;
    let change = change.map(|text| Subject::parse(&text).ok_or_else(|| row.damaged("change", "it is no id")));
    Ok(Finding {
        id: row.id("finding_id")?,
        asset: row.id("asset_id")?,
        vulnerability: row.word("vulnerability", Vulnerability::parse)?,
        location: row.word("location", Location::parse)?,
        state: row.word("state", State::named)?,
        change: change.transpose()?,
        identified_at: row.time("identified_at")?,
        reported_at: row.time("reported_at")?,
        reopened_at: row.time_if("reopened_at")?,
        reopened_count: row.count("reopened_count")?,
        corrected_at: row.time_if("corrected_at")?,
        pending: row.text("pending")?,
        checks: Vec::new(),
    })
}

fn read_check(row: &Row<'_>) -> Result<(FindingId, KnownCheck), StorageError> {
    let score_tenths = row.integer_if("score_tenths")?;
    let score_tenths =
        score_tenths.map(|tenths| u8::try_from(tenths).map_err(|error| row.damaged("score_tenths", error)));
    let sighting = Sighting {
        check: row.word("check_key", CheckKey::parse)?,
        vulnerability: row.word("vulnerability", Vulnerability::parse)?,
        location: row.word("location", Location::parse)?,
        title: row.text("title")?,
        rated: Rated {
            severity: row.word("severity", Severity::named)?,
            score_tenths: score_tenths.transpose()?,
            by: row.word("rated_by", RatedBy::named)?,
        },
        needs_credentials: row.flag("needs_credentials")?,
        family: row.text("family")?,
        scan_policy: row.text("scan_policy")?,
        package: row.text_if("package")?,
        installed: row.text_if("installed")?,
        fixed: row.text_if("fixed")?,
        wanted: row.json("wanted")?,
        published: row.time_if("published")?,
    };
    let check = KnownCheck {
        sighting,
        first_seen_at: row.time("first_seen_at")?,
        last_seen_at: row.time("last_seen_at")?,
        gone_at: row.time_if("gone_at")?,
    };
    Ok((row.id("finding_id")?, check))
}

fn with_checks(view: &View<'_>, mut finding: Finding) -> Result<Finding, StorageError> {
    let checks = view.rows(
        include_str!("../sql/list_checks.sql"),
        &[Value::id(finding.id)],
        read_check,
    )?;
    finding.checks = checks.into_iter().map(|(_, check)| check).collect();
    Ok(finding)
}

/// Finds one finding.
pub fn find(view: &View<'_>, id: FindingId) -> Result<Option<Finding>, StorageError> {
    let found = view.one(
        include_str!("../sql/find_finding.sql"),
        &[Value::id(id)],
        read_finding,
    )?;
    found.map(|finding| with_checks(view, finding)).transpose()
}

/// Whether there is any finding at all.
pub fn has_any(view: &View<'_>) -> Result<bool, StorageError> {
    Ok(!list(view, None, 1)?.is_empty())
}

/// At most `limit` findings after `after`, remediated ones among them.
pub fn list(view: &View<'_>, after: Option<FindingId>, limit: u64) -> Result<Vec<Finding>, StorageError> {
    let values = [after.map_or(0, FindingId::number).into(), limit.into()];
    let found = view.rows(include_str!("../sql/list_findings.sql"), &values, read_finding)?;
    found
        .into_iter()
        .map(|finding| with_checks(view, finding))
        .collect()
}

/// Every finding of an asset, remediated ones among them.
pub fn of_asset(view: &View<'_>, asset: AssetId) -> Result<Vec<Finding>, StorageError> {
    let values = [Value::id(asset)];
    let mut found = view.rows(
        include_str!("../sql/list_findings_of_asset.sql"),
        &values,
        read_finding,
    )?;
    let places: BTreeMap<FindingId, usize> = found
        .iter()
        .enumerate()
        .map(|(at, finding)| (finding.id, at))
        .collect();
    view.each(include_str!("../sql/list_checks_of_asset.sql"), &values, |row| {
        let (finding, check) = read_check(row)?;
        if let Some(at) = places.get(&finding) {
            found[*at].checks.push(check);
        }
        Ok(())
    })?;
    Ok(found)
}

/// The findings of an asset that something is left to do about.
pub fn open_on(view: &View<'_>, asset: AssetId) -> Result<Vec<Finding>, StorageError> {
    let mut found = of_asset(view, asset)?;
    found.retain(|finding| finding.state.is_open());
    Ok(found)
}

/// The findings that a change is meant to mend, remediated ones among them.
pub fn of_change(view: &View<'_>, change: &Subject) -> Result<Vec<Finding>, StorageError> {
    let values = [change.to_string().into()];
    let found = view.rows(
        include_str!("../sql/list_findings_of_change.sql"),
        &values,
        read_finding,
    )?;
    found
        .into_iter()
        .map(|finding| with_checks(view, finding))
        .collect()
}

/// Open findings that a check of this scanner still shows, with their assets.
pub(crate) fn open_by_scanner(
    view: &View<'_>,
    scanner: &str,
) -> Result<Vec<(FindingId, AssetId)>, StorageError> {
    let values = [format!("{scanner}:%").into()];
    view.rows(include_str!("../sql/list_open_elsewhere.sql"), &values, |row| {
        Ok((row.id("finding_id")?, row.id("asset_id")?))
    })
}

pub(crate) fn history(view: &View<'_>, id: FindingId) -> Result<Vec<HistoryRow>, StorageError> {
    view.rows(include_str!("../sql/list_history.sql"), &[Value::id(id)], |row| {
        Ok(HistoryRow {
            entry: row.count("entry_index")?,
            what: row.text("what")?,
            at: row.time("at")?,
            source: row.word("source", Subject::parse)?,
            by: row.id("person_id")?,
        })
    })
}

/// What was seen of a finding after `since`: the proof that closure asks for.
pub fn rescan_of(view: &View<'_>, id: FindingId, since: Time) -> Result<Rescan, StorageError> {
    let Some(finding) = find(view, id)? else {
        return Ok(Rescan::NotReached);
    };
    let was_seen = finding.last_seen_at().is_some_and(|seen| seen > since);
    let was_gone = finding
        .checks
        .iter()
        .any(|check| check.gone_at.is_some_and(|gone| gone > since));
    Ok(match finding.state {
        State::Remediated if finding.corrected_at.is_some_and(|corrected| corrected > since) => Rescan::Gone,
        State::Remediated if was_looked_at(view, &finding, since)? => Rescan::Gone,
        State::Remediated => Rescan::NotReached,
        State::PendingRestart if was_gone => Rescan::StillThere,
        _ if was_seen => Rescan::StillThere,
        _ => Rescan::NotReached,
    })
}

/// Whether a finding that had been remediated before was not seen by a later look of the same kind.
fn was_looked_at(view: &View<'_>, finding: &Finding, since: Time) -> Result<bool, StorageError> {
    for check in &finding.checks {
        let last = match &check.sighting.check {
            CheckKey::Nessus(_) => last_scan(view, finding.asset, check.sighting.needs_credentials)?,
            CheckKey::Osv(_) => last_match(view, finding.asset)?.map(|last| last.taken_at),
        };
        if last.is_none_or(|last| last <= since) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// When a scan last reached the asset to its end; signed in, where that is asked for.
pub(crate) fn last_scan(
    view: &View<'_>,
    asset: AssetId,
    credentialed: bool,
) -> Result<Option<Time>, StorageError> {
    let values = [Value::id(asset), credentialed.into()];
    view.the(include_str!("../sql/last_scan_of_asset.sql"), &values, |row| {
        row.time_if("at")
    })
}

pub(crate) fn last_match(view: &View<'_>, asset: AssetId) -> Result<Option<LastMatch>, StorageError> {
    view.one(
        include_str!("../sql/last_match_of_asset.sql"),
        &[Value::id(asset)],
        |row| {
            Ok(LastMatch {
                id: row.id("match_id")?,
                collection: row.id("collection_id")?,
                taken_at: row.time("taken_at")?,
                feed: row.id_if("feed_id")?,
            })
        },
    )
}

fn read_scan(row: &Row<'_>) -> Result<ScanRow, StorageError> {
    Ok(ScanRow {
        id: row.id("scan_id")?,
        scanner: row.text("scanner")?,
        report: row.text("report")?,
        sha256: row.text("sha256")?,
        evidence: row.id("evidence_id")?,
        difference: row.id("difference_id")?,
        hosts: row.count("hosts")?,
        hosts_unmatched: row.count("hosts_unmatched")?,
        items: row.count("items")?,
        items_informative: row.count("items_informative")?,
        counts: row.json("counts")?,
        by: row.id("imported_by")?,
        at: row.time("imported_at")?,
    })
}

pub(crate) fn find_scan_by_file(view: &View<'_>, sha256: &str) -> Result<Option<ScanRow>, StorageError> {
    view.one(
        include_str!("../sql/find_scan_by_file.sql"),
        &[sha256.into()],
        read_scan,
    )
}

/// At most `limit` scans after `after`.
pub fn list_scans(view: &View<'_>, after: Option<ScanId>, limit: u64) -> Result<Vec<ScanRow>, StorageError> {
    let values = [after.map_or(0, ScanId::number).into(), limit.into()];
    view.rows(include_str!("../sql/list_scans.sql"), &values, read_scan)
}

/// At most `limit` lists of advisories or exploited vulnerabilities after `after`.
pub fn list_feeds(
    view: &View<'_>,
    after: Option<FeedId>,
    limit: u64,
) -> Result<Vec<LoadedFeed>, StorageError> {
    let values = [after.map_or(0, FeedId::number).into(), limit.into()];
    view.rows(include_str!("../sql/list_feeds.sql"), &values, read_feed)
}

/// The latest scans, at most `limit` of them.
pub(crate) fn latest_scans(view: &View<'_>, limit: u64) -> Result<Vec<ScanRow>, StorageError> {
    view.rows(
        include_str!("../sql/list_latest_scans.sql"),
        &[limit.into()],
        read_scan,
    )
}

/// The latest lists of advisories or exploited vulnerabilities, at most `limit` of them.
pub(crate) fn latest_feeds(view: &View<'_>, limit: u64) -> Result<Vec<LoadedFeed>, StorageError> {
    view.rows(
        include_str!("../sql/list_latest_feeds.sql"),
        &[limit.into()],
        read_feed,
    )
}

fn read_feed(row: &Row<'_>) -> Result<LoadedFeed, StorageError> {
    Ok(LoadedFeed {
        id: row.id("feed_id")?,
        kind: row.text("kind")?,
        version: row.text("version")?,
        evidence: row.id("evidence_id")?,
        entries: row.count("entries")?,
        by: row.id("loaded_by")?,
        at: row.time("loaded_at")?,
    })
}

/// The last list of advisories.
pub(crate) fn last_feed(view: &View<'_>) -> Result<Option<FeedId>, StorageError> {
    view.the(
        include_str!("../sql/last_feed_of_kind.sql"),
        &["advisories".into()],
        |row| row.id_if("feed_id"),
    )
}

fn read_advisory(row: &Row<'_>) -> Result<Advisory, StorageError> {
    Advisory::parse(row.text("osv")?.as_bytes()).map_err(|error| row.damaged("osv", error))
}

/// The advisories that speak of a package.
pub(crate) fn advisories_of_package(view: &View<'_>, package: &str) -> Result<Vec<Advisory>, StorageError> {
    view.rows(
        include_str!("../sql/list_advisories_of_package.sql"),
        &[package.into()],
        read_advisory,
    )
}

/// The advisory with this id.
pub(crate) fn advisory(view: &View<'_>, advisory: &str) -> Result<Option<Advisory>, StorageError> {
    view.one(
        include_str!("../sql/find_advisory.sql"),
        &[advisory.into()],
        read_advisory,
    )
}

/// The text that is kept of an advisory.
pub(crate) fn advisory_text(view: &View<'_>, advisory: &str) -> Result<Option<String>, StorageError> {
    view.one(
        include_str!("../sql/find_advisory.sql"),
        &[advisory.into()],
        |row| row.text("osv"),
    )
}

/// The packages that any advisory speaks of.
pub(crate) fn advisory_packages(view: &View<'_>) -> Result<BTreeSet<String>, StorageError> {
    let packages = view.rows(include_str!("../sql/list_advisory_packages.sql"), &[], |row| {
        row.text("package")
    })?;
    Ok(packages.into_iter().collect())
}

/// The version of the list of exploited vulnerabilities that was loaded last; none where none was.
pub(crate) fn exploited_version(view: &View<'_>) -> Result<Option<String>, StorageError> {
    view.one(include_str!("../sql/last_exploited_version.sql"), &[], |row| {
        row.text("version")
    })
}

/// The CVEs that are known to be exploited, each with the day since which it is listed.
pub(crate) fn exploited(view: &View<'_>) -> Result<BTreeMap<String, Time>, StorageError> {
    let rows = view.rows(include_str!("../sql/list_exploited.sql"), &[], |row| {
        Ok((row.text("cve")?, row.time("listed_at")?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Whether a vulnerability is known to be exploited, by the list loaded last.
pub fn exploitation(listed: &BTreeMap<String, Time>, vulnerability: &Vulnerability) -> Exploitation {
    match vulnerability {
        Vulnerability::Cve(cve) if listed.contains_key(cve.as_str()) => Exploitation::Known,
        _ => Exploitation::NotKnown,
    }
}
