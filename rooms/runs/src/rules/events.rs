//! The events of plans and runs, in the shape in which the ledger keeps them for ever. Members are only ever added.
//! Rings are counted from 1.

use basis::{Id, Subject};
use ledger::Hash;
use ledger::events::Event;
use serde::{Deserialize, Serialize};

use super::RunId;
use super::host::{HostWord, Step};
use super::plan::Gate;
use super::run::{Run, RunState, Verdict};
use super::steer::Decision;

/// Declares that an event is about its `run`.
macro_rules! about_run {
    ($name:ident, $text:literal, $free:expr) => {
        impl Event for $name {
            const TYPE: &'static str = $text;
            const FREE_TEXT: &'static [&'static str] = $free;
            fn subject(&self) -> Subject {
                self.run.subject()
            }
        }
    };
}

/// A plan was made for a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The change.
    pub change: Subject,
    /// SHA-256 of the document.
    pub digest: Hash,
    /// The plan: canonical JSON, exactly the bytes that are hashed.
    pub document: String,
}

impl Event for Planned {
    const TYPE: &'static str = "runs.planned";
    const FREE_TEXT: &'static [&'static str] = &["document"];
    fn subject(&self) -> Subject {
        self.change.clone()
    }
}

/// A run was started by the actor, who answers for the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Which run.
    pub run: RunId,
    /// Under which change.
    pub change: Subject,
    /// By which plan.
    pub plan: Hash,
    /// Under which permit.
    pub permit: Subject,
    /// The share of a ring whose failure halts the run, in percent.
    pub halt_percent: u8,
    /// How long a ring is watched, in seconds.
    pub soak_s: u64,
    /// The rings, frozen.
    pub rings: Vec<StartedRing>,
}
about_run!(Started, "runs.started", &[]);

/// One ring of a run that starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedRing {
    /// What stands behind it.
    pub gate: Gate,
    /// Its members, in order.
    pub assets: Vec<Subject>,
}

/// A step on a host is about to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepStarted {
    /// In which run.
    pub run: RunId,
    /// On which asset.
    pub asset: Subject,
    /// In which attempt, from 1.
    pub attempt: u32,
    /// Which step.
    pub step: Step,
    /// The job on the host by which it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The boot id before a reboot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
}
about_run!(StepStarted, "runs.step_started", &[]);

/// What became of one package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageResult {
    /// The package.
    pub package: String,
    /// The version asked for.
    pub wanted: String,
    /// The version before; empty where it was not installed.
    pub before: String,
    /// The version after; empty where it is not installed.
    pub after: String,
    /// What became of it, such as `fixed` or `half_configured`.
    pub outcome: String,
    /// Why, in a sentence or in the words of the package manager.
    pub reason: String,
}

/// A step on a host has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFinished {
    /// In which run.
    pub run: RunId,
    /// On which asset.
    pub asset: Subject,
    /// In which attempt, from 1.
    pub attempt: u32,
    /// Which step.
    pub step: Step,
    /// The state that the host is in now.
    pub state: HostWord,
    /// Why, where it is not as it should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What became of each package, where packages were judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<PackageResult>,
    /// How the state found differs from the state approved, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
}
about_run!(
    StepFinished,
    "runs.step_finished",
    &["reason", "packages.*.reason", "differences"]
);

/// Every host of a ring is at an end; its soak time begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingEnded {
    /// In which run.
    pub run: RunId,
    /// Which ring.
    pub ring: u64,
}
about_run!(RingEnded, "runs.ring_ended", &[]);

/// A gate's command was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateFound {
    /// In which run.
    pub run: RunId,
    /// Behind which ring.
    pub ring: u64,
    /// What it said.
    pub verdict: Verdict,
    /// How the command ended and what it printed, shortened.
    pub said: String,
}
about_run!(GateFound, "runs.gate_found", &["said"]);

/// The next ring may begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingPassed {
    /// In which run.
    pub run: RunId,
    /// Which ring.
    pub ring: u64,
}
about_run!(RingPassed, "runs.ring_passed", &[]);

/// A gate could not tell; a person decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// Which run.
    pub run: RunId,
    /// Behind which ring.
    pub ring: u64,
    /// Why.
    pub reason: String,
}
about_run!(Paused, "runs.paused", &["reason"]);

/// No further host is begun until a person decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halted {
    /// Which run.
    pub run: RunId,
    /// Why.
    pub reason: String,
}
about_run!(Halted, "runs.halted", &["reason"]);

/// The actor decided how a paused or halted run goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Which run.
    pub run: RunId,
    /// At which ring.
    pub ring: u64,
    /// What was decided.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// Hosts that are begun again, as another attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retry: Vec<Subject>,
}
about_run!(Decided, "runs.decided", &["reason"]);

/// What the run did is about to be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollBackStarted {
    /// Which run.
    pub run: RunId,
    /// Why.
    pub reason: String,
}
about_run!(RollBackStarted, "runs.roll_back_started", &["reason"]);

/// A run is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which run.
    pub run: RunId,
    /// How it ended.
    pub state: RunState,
    /// Why, where it is not as it should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many hosts it had.
    pub hosts: u64,
    /// How many of them are not as approved, or not as before where it was undone.
    pub failed: u64,
}
about_run!(Ended, "runs.ended", &["reason"]);

impl Ended {
    /// The end of `run` in `state`.
    pub fn of(run: &Run, state: RunState, reason: Option<String>) -> Self {
        let failed = run.members().filter(|member| member.state.is_failure());
        Self {
            run: run.id,
            state,
            reason,
            hosts: run.members().count() as u64,
            failed: failed.count() as u64,
        }
    }
}
