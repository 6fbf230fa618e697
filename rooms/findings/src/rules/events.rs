//! What the ledger keeps of findings. These shapes are stored for ever: members are only ever added.
//!
//! A look at an asset may concern many findings, so one event carries a list of them, at most
//! [`FINDINGS_PER_EVENT_MAX`] long.

use assets::AssetId;
use basis::{Id, Subject, Time};
use evidence::EvidenceId;
use ledger::events::Event;
use serde::{Deserialize, Serialize};

use super::identity::{CheckKey, FeedId, FindingId, Location, MatchId, ScanId, Vulnerability};
use super::rating::RatedBy;
use super::sighting::{Sighting, Wanted};

/// How many findings one event carries at most.
pub const FINDINGS_PER_EVENT_MAX: usize = 500;
/// How many hosts one event carries at most.
pub const HOSTS_PER_EVENT_MAX: usize = 500;

/// A scan file was read. The findings follow in events of their own, with the scan as their source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Which scan.
    pub scan: ScanId,
    /// Which scanner wrote the file.
    pub scanner: String,
    /// The report's own name.
    pub report: String,
    /// SHA-256 of the file; the same file is read once.
    pub sha256: String,
    /// The file.
    pub evidence: EvidenceId,
    /// What it changed.
    pub difference: EvidenceId,
    /// Hosts in the file.
    pub hosts: u64,
    /// Hosts that are none of the assets, or not clearly one.
    pub hosts_unmatched: u64,
    /// Results in the file.
    pub items: u64,
    /// Of these, those that only inform.
    pub items_informative: u64,
    /// What the file changed, in numbers.
    pub counts: Counts,
}

impl Event for Imported {
    const TYPE: &'static str = "findings.imported";
    const FREE_TEXT: &'static [&'static str] = &["report"];
    fn subject(&self) -> Subject {
        self.scan.subject()
    }
}

/// What a look changed, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// New findings.
    pub opened: u64,
    /// Findings that were seen again.
    pub still_there: u64,
    /// Findings that had been gone and are back.
    pub reopened: u64,
    /// Findings proven gone.
    pub remediated: u64,
    /// Findings gone from disk that wait for a restart.
    pub pending_restart: u64,
    /// Findings that one check no longer shows and another still does.
    pub shown_by_others: u64,
    /// Findings that should have been looked at and were not.
    pub not_reached: u64,
}

/// A scan reached these assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostsReached {
    /// Which scan.
    pub scan: ScanId,
    /// The assets.
    pub hosts: Vec<HostReached>,
}

/// A scan reached an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostReached {
    /// Which asset.
    pub asset: AssetId,
    /// When the scan of it ended.
    pub at: Time,
    /// Whether it ended.
    pub is_finished: bool,
    /// Whether the scanner signed in.
    pub is_credentialed: bool,
}

impl Event for HostsReached {
    const TYPE: &'static str = "findings.hosts_reached";
    fn subject(&self) -> Subject {
        self.scan.subject()
    }
}

/// An asset's packages were compared with the advisories. The findings follow, with the match as their source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// Which match.
    #[serde(rename = "match")]
    pub id: MatchId,
    /// Which asset.
    pub asset: AssetId,
    /// The collection whose packages were compared.
    pub collection: EvidenceId,
    /// When it was taken.
    pub taken_at: Time,
    /// The last list of advisories that was loaded before; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<FeedId>,
    /// How many advisories were compared.
    pub advisories: u64,
    /// Of these, those of which nothing could be said.
    pub unknown: u64,
    /// What the match changed, in numbers.
    pub counts: Counts,
}

impl Event for Matched {
    const TYPE: &'static str = "findings.matched";
    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

/// What one check said, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightingRecord {
    /// Which check.
    pub check: CheckKey,
    /// What the reporter calls it.
    pub title: String,
    /// The severity's word.
    pub severity: String,
    /// Whose word it is.
    pub rated_by: RatedBy,
    /// The base score in tenths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_tenths: Option<u8>,
    /// Whether only a check that signs in can see it.
    pub needs_credentials: bool,
    /// The plugin's family.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// The scan policy.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scan_policy: String,
    /// The package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The version found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<String>,
    /// The version that mends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// The versions that the check would be content with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<Wanted>,
    /// When the update or the flaw was made known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Time>,
}

impl From<&Sighting> for SightingRecord {
    fn from(sighting: &Sighting) -> Self {
        Self {
            check: sighting.check.clone(),
            title: sighting.title.clone(),
            severity: sighting.rated.severity.name().to_owned(),
            rated_by: sighting.rated.by,
            score_tenths: sighting.rated.score_tenths,
            needs_credentials: sighting.needs_credentials,
            family: sighting.family.clone(),
            scan_policy: sighting.scan_policy.clone(),
            package: sighting.package.clone(),
            installed: sighting.installed.clone(),
            fixed: sighting.fixed.clone(),
            wanted: sighting.wanted.clone(),
            published: sighting.published,
        }
    }
}

/// Findings were found for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The scan or match.
    pub source: Subject,
    /// The findings.
    pub findings: Vec<OpenedFinding>,
}

/// A finding that was found for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedFinding {
    /// Its id.
    pub finding: FindingId,
    /// On which asset.
    pub asset: AssetId,
    /// Which vulnerability.
    pub vulnerability: Vulnerability,
    /// Where.
    pub location: Location,
    /// When what was seen was true.
    pub at: Time,
    /// What each check said.
    pub checks: Vec<SightingRecord>,
}

impl Event for Opened {
    const TYPE: &'static str = "findings.opened";
    const FREE_TEXT: &'static [&'static str] =
        &["findings.*.checks.*.title", "findings.*.checks.*.scan_policy"];
    fn subject(&self) -> Subject {
        self.source.clone()
    }
}

/// Findings were seen again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenAgain {
    /// The scan or match.
    pub source: Subject,
    /// The findings.
    pub findings: Vec<SeenFinding>,
}

/// A finding that was seen again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenFinding {
    /// Which.
    pub finding: FindingId,
    /// When what was seen was true.
    pub at: Time,
    /// The checks that show it.
    pub checks: Vec<CheckKey>,
    /// What those of them say that are new or say something else than before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<SightingRecord>,
    /// Whether it had been remediated.
    pub is_back: bool,
}

impl Event for SeenAgain {
    const TYPE: &'static str = "findings.seen_again";
    const FREE_TEXT: &'static [&'static str] =
        &["findings.*.changed.*.title", "findings.*.changed.*.scan_policy"];
    fn subject(&self) -> Subject {
        self.source.clone()
    }
}

/// Checks reached assets and no longer show findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WentAway {
    /// The scan or match.
    pub source: Subject,
    /// The findings.
    pub findings: Vec<GoneFinding>,
}

/// A finding that checks no longer show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneFinding {
    /// Which.
    pub finding: FindingId,
    /// When it was seen to be gone.
    pub at: Time,
    /// The checks that no longer show it.
    pub checks: Vec<CheckKey>,
    /// What that makes of it.
    pub outcome: GoneAs,
    /// What a restart is missing for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pending: String,
}

/// What becomes of a finding that checks no longer show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoneAs {
    /// It is remediated.
    Remediated,
    /// It waits for a restart.
    PendingRestart,
    /// Other checks still show it.
    ShownByOthers,
}

impl Event for WentAway {
    const TYPE: &'static str = "findings.went_away";
    const FREE_TEXT: &'static [&'static str] = &["findings.*.pending"];
    fn subject(&self) -> Subject {
        self.source.clone()
    }
}

/// A change is meant to mend these findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticketed {
    /// Which change.
    pub change: Subject,
    /// Which findings.
    pub findings: Vec<FindingId>,
}

impl Event for Ticketed {
    const TYPE: &'static str = "findings.ticketed";
    fn subject(&self) -> Subject {
        self.change.clone()
    }
}

/// A change ended: what it did not mend is open again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Which change.
    pub change: Subject,
}

impl Event for Released {
    const TYPE: &'static str = "findings.released";
    fn subject(&self) -> Subject {
        self.change.clone()
    }
}

/// Advisories were loaded; each replaces what was known under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisoriesLoaded {
    /// Which list.
    pub feed: FeedId,
    /// The file.
    pub evidence: EvidenceId,
    /// The advisories, each as the text that was read, without what is not used.
    pub advisories: Vec<AdvisoryRecord>,
}

/// An advisory as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisoryRecord {
    /// Its id, such as `DSA-5678-1`.
    pub advisory: String,
    /// When its publisher last changed it, as written.
    pub modified: String,
    /// The packages that it speaks of, each once.
    pub packages: Vec<String>,
    /// The parts of it that are compared, in the OSV format.
    pub osv: String,
}

impl Event for AdvisoriesLoaded {
    const TYPE: &'static str = "findings.advisories_loaded";
    fn subject(&self) -> Subject {
        self.feed.subject()
    }
}

/// A list of vulnerabilities that are known to be exploited was loaded. It holds what changed since the list before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExploitedListed {
    /// Which list.
    pub feed: FeedId,
    /// The file.
    pub evidence: EvidenceId,
    /// The list's own version.
    pub version: String,
    /// CVEs that are new on it, or whose day changed.
    pub added: Vec<ExploitedRecord>,
    /// CVEs that were taken off it.
    pub removed: Vec<String>,
}

/// A vulnerability that is known to be exploited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExploitedRecord {
    /// Its CVE.
    pub cve: String,
    /// Since when it is listed.
    pub listed: Time,
}

impl Event for ExploitedListed {
    const TYPE: &'static str = "findings.exploited_listed";
    const FREE_TEXT: &'static [&'static str] = &["version"];
    fn subject(&self) -> Subject {
        self.feed.subject()
    }
}
