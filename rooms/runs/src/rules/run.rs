//! A run as the rules see it.

use basis::{PersonId, Span, Subject, Time};
use ledger::Hash;

use super::RunId;
use super::host::{HostWord, Step};
use super::plan::Gate;

words!(
    /// Where a run stands.
    RunState, "state of a run":
    /// Hosts are begun one after the other, ring by ring.
    Running = "running",
    /// A gate could not tell; a person decides.
    Paused = "paused",
    /// No further host is begun until a person decides.
    Halted = "halted",
    /// What was done is being undone.
    RollingBack = "rolling_back",
    /// Every host is as approved.
    Finished = "finished",
    /// Over, and at least one host is not as approved.
    Failed = "failed",
    /// Over, and every host that was touched is as it was before.
    RolledBack = "rolled_back",
    /// Over, and at least one host could not be brought back.
    NotRolledBack = "not_rolled_back",
);

impl RunState {
    /// Whether the run is over.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            RunState::Finished | RunState::Failed | RunState::RolledBack | RunState::NotRolledBack
        )
    }
}

words!(
    /// What a gate said. Evidence that is missing is never a pass.
    Verdict, "verdict":
    /// All is well.
    Pass = "pass",
    /// It is not.
    Fail = "fail",
    /// It could not be told.
    Unknown = "unknown",
);

impl Verdict {
    /// The worse of two: a fail beats everything, and nothing is certain beside something unknown.
    pub fn worse(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::Fail, _) | (_, Verdict::Fail) => Verdict::Fail,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
            (Verdict::Pass, Verdict::Pass) => Verdict::Pass,
        }
    }
}

/// One plan being carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The change.
    pub change: Subject,
    /// The digest of the plan.
    pub plan: Hash,
    /// The permit under which it was started.
    pub permit: Subject,
    /// Who started it and answers for the work.
    pub executor: PersonId,
    /// When.
    pub started_at: Time,
    /// When it was over.
    pub ended_at: Option<Time>,
    /// Where it stands.
    pub state: RunState,
    /// Why it is paused, halted, failed or rolled back.
    pub reason: Option<String>,
    /// The share of a ring whose failure halts the run, in percent.
    pub halt_percent: u8,
    /// How long a ring is watched.
    pub soak: Span,
    /// The rings, in order.
    pub rings: Vec<RunRing>,
}

/// One ring of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRing {
    /// What stands behind it.
    pub gate: Gate,
    /// Its members, in order.
    pub members: Vec<Member>,
    /// When its last member was at an end; none while one is not.
    pub ended_at: Option<Time>,
    /// What its gate said; none while it was not asked.
    pub verdict: Option<Verdict>,
    /// Whether the next ring may begin.
    pub is_passed: bool,
    /// How many failures a person has accepted.
    pub accepted: usize,
}

/// One host in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Which asset.
    pub asset: Subject,
    /// Where it stands.
    pub state: HostWord,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The step that was recorded as begun and has no result.
    pub open_step: Option<Step>,
    /// Whether its packages may have been changed.
    pub is_touched: bool,
    /// Why it failed, was lost or skipped.
    pub reason: Option<String>,
}

impl Run {
    /// The ring that is being worked on: the first that is not passed.
    pub fn current_ring(&self) -> Option<usize> {
        self.rings.iter().position(|ring| !ring.is_passed)
    }

    /// Every host, ring by ring.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.rings.iter().flat_map(|ring| &ring.members)
    }

    /// The host with this asset.
    pub fn member(&self, asset: &Subject) -> Option<&Member> {
        self.members().find(|member| member.asset == *asset)
    }

    /// How many hosts are being worked on.
    pub fn in_flight(&self) -> usize {
        self.members()
            .filter(|member| member.state.is_in_flight())
            .count()
    }
}

impl RunRing {
    /// How many of its hosts count against it.
    pub fn failures(&self) -> usize {
        self.members
            .iter()
            .filter(|member| member.state.is_failure())
            .count()
    }

    /// Whether nothing more happens to its hosts.
    pub fn is_at_end(&self) -> bool {
        self.members.iter().all(|member| member.state.is_at_end())
    }
}
