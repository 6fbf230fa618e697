//! Findings as the API shows them.

use assets::AssetId;
use basis::{PersonId, Subject, Time};
use evidence::EvidenceId;
use frame::{IdText, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{Import, ListChange, Loaded, MatchOutcome, Ranked, Shown};
use crate::rules::{Counts, FeedId, FindingId, KnownCheck, MatchId, ScanId};
use crate::store::{HistoryRow, LoadedFeed, ScanRow};

/// A finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindingView {
    #[schemars(with = "IdText<FindingId>")]
    pub(crate) finding: FindingId,
    #[schemars(with = "IdText<AssetId>")]
    pub(crate) asset: AssetId,
    /// The asset's hostname.
    pub(crate) asset_name: String,
    /// A CVE, or the check that found it where it has none.
    pub(crate) vulnerability: String,
    /// `package:…`, `port:…` or `host`.
    pub(crate) location: String,
    pub(crate) state: String,
    pub(crate) title: String,
    pub(crate) severity: String,
    /// The CVSS base score in tenths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) score_tenths: Option<u8>,
    /// Whose word the severity is: `vector`, `reporter` or `nobody`.
    pub(crate) rated_by: String,
    pub(crate) is_exploited: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) package: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) installed_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fixed_version: Option<String>,
    /// The change that is meant to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) change: Option<String>,
    /// What a restart is missing for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<String>,
    #[schemars(with = "TimeText")]
    pub(crate) identified_at: Time,
    #[schemars(with = "TimeText")]
    pub(crate) reported_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub(crate) published_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub(crate) reopened_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub(crate) corrected_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<DueView>,
    pub(crate) is_late: bool,
    /// The sum of the points.
    pub(crate) points: u32,
    /// Why it ranks where it does.
    pub(crate) reasons: Vec<ReasonView>,
    /// What told of it.
    pub(crate) checks: Vec<CheckView>,
}

/// When a finding has to be corrected.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DueView {
    #[schemars(with = "TimeText")]
    pub(crate) at: Time,
    /// The paragraph of the policy.
    pub(crate) paragraph: String,
    #[schemars(with = "TimeText")]
    pub(crate) counted_from: Time,
    /// `release` or `discovery`.
    pub(crate) start: String,
}

/// A reason for a rank.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonView {
    pub(crate) points: u32,
    pub(crate) why: String,
}

/// What one check says.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckView {
    /// Such as `nessus:51192` or `osv:DSA-5678-1`.
    pub(crate) check: String,
    pub(crate) title: String,
    #[schemars(with = "TimeText")]
    pub(crate) first_seen_at: Time,
    #[schemars(with = "TimeText")]
    pub(crate) last_seen_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub(crate) gone_at: Option<Time>,
}

impl From<KnownCheck> for CheckView {
    fn from(check: KnownCheck) -> Self {
        Self {
            check: check.sighting.check.to_string(),
            title: check.sighting.title,
            first_seen_at: check.first_seen_at,
            last_seen_at: check.last_seen_at,
            gone_at: check.gone_at,
        }
    }
}

impl From<Ranked> for FindingView {
    fn from(ranked: Ranked) -> Self {
        let finding = ranked.finding;
        let rated = finding.rated();
        let reasons = ranked
            .priority
            .reasons
            .into_iter()
            .map(|(points, why)| ReasonView { points, why });
        Self {
            finding: finding.id,
            asset: finding.asset,
            asset_name: ranked.asset_name,
            vulnerability: finding.vulnerability.to_string(),
            location: finding.location.to_string(),
            state: finding.state.name().to_owned(),
            title: finding.title().to_owned(),
            severity: finding.severity().name().to_owned(),
            score_tenths: rated.and_then(|rated| rated.score_tenths),
            rated_by: rated.map_or("nobody", |rated| rated.by.name()).to_owned(),
            is_exploited: ranked.exploitation == policy::Exploitation::Known,
            package: finding.package().map(str::to_owned),
            installed_version: finding.installed_version().map(str::to_owned),
            fixed_version: finding.fixed_version().map(str::to_owned),
            change: finding.change.as_ref().map(Subject::to_string),
            pending: (!finding.pending.is_empty()).then(|| finding.pending.clone()),
            identified_at: finding.identified_at,
            reported_at: finding.reported_at,
            published_at: finding.published_at(),
            reopened_at: finding.reopened_at,
            corrected_at: finding.corrected_at,
            due: ranked.due.map(|due| DueView {
                at: due.at,
                paragraph: due.paragraph,
                counted_from: due.counted_from,
                start: due.start.name().to_owned(),
            }),
            is_late: ranked.is_late,
            points: ranked.priority.points,
            reasons: reasons.collect(),
            checks: finding.checks.into_iter().map(CheckView::from).collect(),
        }
    }
}

/// A finding with what happened to it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindingWithHistory {
    pub(crate) finding: FindingView,
    pub(crate) history: Vec<HistoryView>,
}

/// Something that happened to a finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HistoryView {
    /// Index of the entry in the ledger.
    pub(crate) entry: u64,
    /// `opened`, `reopened`, `remediated`, `pending_restart`, `shown_by_others` or `ticketed`.
    pub(crate) what: String,
    #[schemars(with = "TimeText")]
    pub(crate) at: Time,
    /// The scan, match or change.
    pub(crate) source: String,
    #[schemars(with = "IdText<PersonId>")]
    pub(crate) by: PersonId,
}

impl From<HistoryRow> for HistoryView {
    fn from(row: HistoryRow) -> Self {
        Self {
            entry: row.entry,
            what: row.what,
            at: row.at,
            source: row.source.to_string(),
            by: row.by,
        }
    }
}

impl From<Shown> for FindingWithHistory {
    fn from(shown: Shown) -> Self {
        Self {
            finding: shown.ranked.into(),
            history: shown.history.into_iter().map(HistoryView::from).collect(),
        }
    }
}

/// A scan that was imported.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanView {
    #[schemars(with = "IdText<ScanId>")]
    pub(crate) scan: ScanId,
    pub(crate) scanner: String,
    /// The report's own name.
    pub(crate) report: String,
    /// SHA-256 of the file.
    pub(crate) sha256: String,
    /// The file.
    #[schemars(with = "IdText<EvidenceId>")]
    pub(crate) evidence: EvidenceId,
    /// What it changed.
    #[schemars(with = "IdText<EvidenceId>")]
    pub(crate) difference: EvidenceId,
    pub(crate) hosts: u64,
    /// Hosts that are none of the assets.
    pub(crate) hosts_unmatched: u64,
    pub(crate) items: u64,
    /// Items that only inform.
    pub(crate) items_informative: u64,
    pub(crate) counts: Counts,
    #[schemars(with = "IdText<PersonId>")]
    pub(crate) by: PersonId,
    #[schemars(with = "TimeText")]
    pub(crate) at: Time,
}

impl From<ScanRow> for ScanView {
    fn from(row: ScanRow) -> Self {
        Self {
            scan: row.id,
            scanner: row.scanner,
            report: row.report,
            sha256: row.sha256,
            evidence: row.evidence,
            difference: row.difference,
            hosts: row.hosts,
            hosts_unmatched: row.hosts_unmatched,
            items: row.items,
            items_informative: row.items_informative,
            counts: row.counts,
            by: row.by,
            at: row.at,
        }
    }
}

/// What became of a scan file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportView {
    pub(crate) scan: ScanView,
    /// Whether the same file had been imported before, so that nothing was recorded now.
    pub(crate) was_known: bool,
    /// Hosts that are none of the assets, at most 100 of them; the difference has them all.
    pub(crate) unmatched: Vec<UnmatchedView>,
}

/// A host of a scan file that is none of the assets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnmatchedView {
    pub(crate) host: String,
    pub(crate) why: String,
}

/// How many unmatched hosts are shown.
const UNMATCHED_SHOWN_MAX: usize = 100;

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let unmatched = import.unmatched.into_iter().take(UNMATCHED_SHOWN_MAX);
        Self {
            scan: import.scan.into(),
            was_known: import.was_known,
            unmatched: unmatched.map(|(host, why)| UnmatchedView { host, why }).collect(),
        }
    }
}

/// A list that was loaded.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedView {
    #[schemars(with = "IdText<FeedId>")]
    pub(crate) feed: FeedId,
    /// `advisories` or `exploited`.
    pub(crate) kind: String,
    /// The list's own version; empty where it has none.
    pub(crate) version: String,
    #[schemars(with = "IdText<EvidenceId>")]
    pub(crate) evidence: EvidenceId,
    /// How many entries were new or changed.
    pub(crate) entries: u64,
    #[schemars(with = "IdText<PersonId>")]
    pub(crate) by: PersonId,
    #[schemars(with = "TimeText")]
    pub(crate) at: Time,
}

impl From<LoadedFeed> for FeedView {
    fn from(feed: LoadedFeed) -> Self {
        Self {
            feed: feed.id,
            kind: feed.kind,
            version: feed.version,
            evidence: feed.evidence,
            entries: feed.entries,
            by: feed.by,
            at: feed.at,
        }
    }
}

/// What a file of advisories brought.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoadedView {
    /// The list; absent where nothing was new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<FeedId>>")]
    pub(crate) feed: Option<FeedId>,
    /// New or changed advisories.
    pub(crate) changed: u64,
    /// Advisories that were known as they are, or newer.
    pub(crate) unchanged: u64,
}

impl From<Loaded> for LoadedView {
    fn from(loaded: Loaded) -> Self {
        Self {
            feed: loaded.feed,
            changed: loaded.changed,
            unchanged: loaded.unchanged,
        }
    }
}

/// What a list of exploited vulnerabilities brought.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExploitedView {
    /// The list; absent where nothing was new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<FeedId>>")]
    pub(crate) feed: Option<FeedId>,
    /// The list's own version.
    pub(crate) version: String,
    pub(crate) added: u64,
    pub(crate) removed: u64,
    pub(crate) entries: u64,
}

impl From<ListChange> for ExploitedView {
    fn from(change: ListChange) -> Self {
        Self {
            feed: change.feed,
            version: change.version,
            added: change.added,
            removed: change.removed,
            entries: change.entries,
        }
    }
}

/// What a match led to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchView {
    /// The match; the one before where nothing had changed since.
    #[serde(rename = "match")]
    #[schemars(with = "IdText<MatchId>")]
    pub(crate) id: MatchId,
    #[schemars(with = "IdText<AssetId>")]
    pub(crate) asset: AssetId,
    /// Whether it was recorded; it is not where packages and advisories are the same as before.
    pub(crate) is_recorded: bool,
    /// How many advisories were compared.
    pub(crate) advisories: u64,
    /// Advisories of which nothing could be said.
    pub(crate) unknown: Vec<UnknownView>,
    pub(crate) counts: Counts,
}

/// An advisory of which nothing could be said.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnknownView {
    pub(crate) advisory: String,
    pub(crate) why: String,
}

impl From<MatchOutcome> for MatchView {
    fn from(outcome: MatchOutcome) -> Self {
        let unknown = outcome.unknown.into_iter();
        Self {
            id: outcome.id,
            asset: outcome.asset,
            is_recorded: outcome.is_recorded,
            advisories: outcome.advisories,
            unknown: unknown
                .map(|(advisory, why)| UnknownView { advisory, why })
                .collect(),
            counts: outcome.counts,
        }
    }
}
