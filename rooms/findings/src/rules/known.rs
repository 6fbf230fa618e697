//! A finding as it stands, with everything that the checks said about it.

use assets::AssetId;
use basis::{Subject, Time};
use policy::Severity;

use super::identity::{CheckKey, FindingId, Location, Vulnerability};
use super::rating::{Rated, weight};
use super::sighting::Sighting;

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is there.
    Open,
    /// It is there, and an open change is meant to mend it.
    Ticketed,
    /// It is mended on disk, but what runs is still the old code.
    PendingRestart,
    /// A later look at the asset with the same check no longer shows it.
    Remediated,
    /// It was remediated and is there again.
    Reopened,
}

impl State {
    /// Every state.
    pub const ALL: [State; 5] = [
        State::Open,
        State::Ticketed,
        State::PendingRestart,
        State::Remediated,
        State::Reopened,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Ticketed => "ticketed",
            State::PendingRestart => "pending_restart",
            State::Remediated => "remediated",
            State::Reopened => "reopened",
        }
    }

    /// The state with this name.
    pub fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether something is left to do.
    pub fn is_open(self) -> bool {
        self != State::Remediated
    }
}

/// A vulnerability on one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// On which asset.
    pub asset: AssetId,
    /// Which vulnerability.
    pub vulnerability: Vulnerability,
    /// Where on the asset, as it was first reported.
    pub location: Location,
    /// Where it stands.
    pub state: State,
    /// The open change that is meant to mend it.
    pub change: Option<Subject>,
    /// When the organisation first found it.
    pub identified_at: Time,
    /// When it was first reported: recorded here, in the difference of its import.
    pub reported_at: Time,
    /// When it came back, where it did after it had been remediated.
    pub reopened_at: Option<Time>,
    /// How often it came back.
    pub reopened_count: u64,
    /// When it was proven gone.
    pub corrected_at: Option<Time>,
    /// What a restart is missing for; empty where none is.
    pub pending: String,
    /// What each check said, in the order of the checks.
    pub checks: Vec<KnownCheck>,
}

/// What one check said about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCheck {
    /// What it said last.
    pub sighting: Sighting,
    /// When it showed the finding first.
    pub first_seen_at: Time,
    /// When it showed the finding last.
    pub last_seen_at: Time,
    /// When it reached the asset and no longer showed it.
    pub gone_at: Option<Time>,
}

impl KnownCheck {
    /// Whether the check still shows the finding, as far as is known.
    pub fn is_present(&self) -> bool {
        self.gone_at.is_none()
    }
}

impl Finding {
    /// The checks that still show it; all of them where none does, so that a remediated finding keeps its words.
    fn telling(&self) -> impl Iterator<Item = &KnownCheck> {
        let none_is_present = self.checks.iter().all(|check| !check.is_present());
        self.checks
            .iter()
            .filter(move |check| none_is_present || check.is_present())
    }

    fn worst(&self) -> Option<&Sighting> {
        let sightings = self.telling().map(|check| &check.sighting);
        sightings.max_by_key(|sighting| (weight(sighting.rated.severity), sighting.rated.score_tenths))
    }

    /// How bad it is: the worst of what its checks say.
    pub fn severity(&self) -> Severity {
        self.worst()
            .map_or(Severity::None, |sighting| sighting.rated.severity)
    }

    /// The rating behind [`Finding::severity`].
    pub fn rated(&self) -> Option<&Rated> {
        self.worst().map(|sighting| &sighting.rated)
    }

    /// What it is called by the check that rates it worst.
    pub fn title(&self) -> &str {
        self.worst().map_or("", |sighting| sighting.title.as_str())
    }

    /// The package that it is in; the source package where an advisory says so.
    pub fn package(&self) -> Option<&str> {
        let osv_first = |check: &&KnownCheck| matches!(check.sighting.check, CheckKey::Nessus(_));
        let mut checks: Vec<&KnownCheck> = self.telling().collect();
        checks.sort_by_key(osv_first);
        checks
            .into_iter()
            .find_map(|check| check.sighting.package.as_deref())
    }

    /// The version that mends it, where one is known.
    pub fn fixed_version(&self) -> Option<&str> {
        let mut checks: Vec<&KnownCheck> = self.telling().collect();
        checks.sort_by_key(|check| matches!(check.sighting.check, CheckKey::Nessus(_)));
        checks
            .into_iter()
            .find_map(|check| check.sighting.fixed.as_deref())
    }

    /// The version in which it was last seen.
    pub fn installed_version(&self) -> Option<&str> {
        self.telling()
            .find_map(|check| check.sighting.installed.as_deref())
    }

    /// When the publisher first made the update or the flaw known, by any of its checks.
    pub fn published_at(&self) -> Option<Time> {
        self.checks
            .iter()
            .filter_map(|check| check.sighting.published)
            .min()
    }

    /// When any check showed it last.
    pub fn last_seen_at(&self) -> Option<Time> {
        self.checks.iter().map(|check| check.last_seen_at).max()
    }
}
