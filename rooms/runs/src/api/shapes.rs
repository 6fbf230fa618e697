//! What the routes of plans and runs are sent, and what they answer.

use basis::{Class, PersonId, Refusal, Subject, Time};
use frame::{IdText, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::ShownRun;
use crate::rules::{HostWord, Member, RunId, plan_text};
use crate::store::{PackageRow, StepRow, StoredPlan};

/// Which updates are to be planned, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakePlanRequest {
    /// `security`: every security update. `findings`: what fixes the findings of the change. `packages`: those named.
    pub select: String,
    /// The packages, for `packages`.
    #[serde(default)]
    pub packages: Vec<String>,
    /// The command between rings; where none is given a person decides, if the policy asks for a gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateView>,
    /// `when_needed` or `never`.
    pub reboot: String,
}

/// A command between rings. Exit code 0 passes, 1 fails, everything else lets a person decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateView {
    /// The program and its arguments; no shell reads them.
    pub argv: Vec<String>,
    /// `controller` or `hosts`.
    pub on: String,
    /// How long it may take, in seconds.
    pub timeout_s: u32,
}

/// Why something is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonRequest {
    /// The reason; it stays on the record.
    pub reason: String,
}

/// How a paused or halted run goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideRequest {
    /// `go_on`, `halt` or `give_up`.
    pub decision: String,
    /// The reason; it stays on the record.
    pub reason: String,
    /// Failed or lost hosts that are begun again, by name or id.
    #[serde(default)]
    pub retry: Vec<String>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanView {
    /// SHA-256 of the document, in hex.
    pub digest: String,
    /// The change.
    pub change: String,
    /// Who made it.
    #[schemars(with = "IdText<PersonId>")]
    pub made_by: PersonId,
    /// When.
    #[schemars(with = "TimeText")]
    pub made_at: Time,
    /// How many hosts it has.
    pub hosts: u64,
    /// The plan as people read it.
    pub text: String,
    /// The document: canonical JSON, exactly the bytes that are hashed.
    pub document: String,
}

impl PlanView {
    pub(crate) fn of(stored: &StoredPlan) -> Result<Self, Refusal> {
        let text = plan_text(&stored.plan).map_err(|error| {
            Refusal::new(
                Class::Fault,
                "plan",
                format!("the plan cannot be written down: {error}"),
            )
            .way_out("report this with the server's log")
        })?;
        Ok(Self {
            digest: stored.digest.to_string(),
            change: stored.change.to_string(),
            made_by: stored.made_by,
            made_at: stored.made_at,
            hosts: stored.plan.hosts().count() as u64,
            text,
            document: stored.document.clone(),
        })
    }
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunView {
    /// Its id.
    #[schemars(with = "IdText<RunId>")]
    pub run: RunId,
    /// The change.
    pub change: String,
    /// The digest of the plan.
    pub plan: String,
    /// The permit under which it was started.
    pub permit: String,
    /// Who started it and answers for the work.
    #[schemars(with = "IdText<PersonId>")]
    pub executor: PersonId,
    /// When.
    #[schemars(with = "TimeText")]
    pub started_at: Time,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub ended_at: Option<Time>,
    /// Where it stands.
    pub state: String,
    /// Whether it is over.
    pub is_over: bool,
    /// Why it is paused, halted, failed or undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The rings, in order.
    pub rings: Vec<RingView>,
}

/// One ring of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RingView {
    /// Whether the next ring may begin.
    pub is_passed: bool,
    /// When its last host was at an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub ended_at: Option<Time>,
    /// `pass`, `fail` or `unknown`; none while the gate was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// What the gate's command printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Its hosts, in order.
    pub hosts: Vec<HostView>,
}

/// One host in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostView {
    /// The asset.
    pub asset: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: String,
    /// The attempt, from 1.
    pub attempt: u32,
    /// Why it failed, was lost or skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its steps, in the order in which they were begun.
    pub steps: Vec<StepView>,
    /// What became of each package.
    pub packages: Vec<PackageView>,
}

/// One step on a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepView {
    /// Which step.
    pub step: String,
    /// In which attempt.
    pub attempt: u32,
    /// When it was begun.
    #[schemars(with = "TimeText")]
    pub started_at: Time,
    /// When it had ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub finished_at: Option<Time>,
    /// The state in which it left the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// How the state found differs from the state approved.
    pub differences: Vec<String>,
}

/// What became of one package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageView {
    /// The package.
    pub package: String,
    /// At which step it was judged.
    pub step: String,
    /// In which attempt.
    pub attempt: u32,
    /// The version asked for.
    pub wanted: String,
    /// The version before; empty where it was not installed.
    pub before: String,
    /// The version after; empty where it is not installed.
    pub after: String,
    /// What became of it, such as `fixed`.
    pub outcome: String,
    /// Why.
    pub reason: String,
}

impl StepView {
    fn of(row: &StepRow) -> Self {
        Self {
            step: row.step.name().to_owned(),
            attempt: row.attempt,
            started_at: row.started_at,
            finished_at: row.finished_at,
            state: row.state.map(|state: HostWord| state.name().to_owned()),
            differences: row.differences.clone(),
        }
    }
}

impl PackageView {
    fn of(row: &PackageRow) -> Self {
        let result = row.result.clone();
        Self {
            package: result.package,
            step: row.step.name().to_owned(),
            attempt: row.attempt,
            wanted: result.wanted,
            before: result.before,
            after: result.after,
            outcome: result.outcome,
            reason: result.reason,
        }
    }
}

impl RunView {
    pub(crate) fn of(shown: &ShownRun) -> Self {
        let run = &shown.run;
        let name = |asset: &Subject| {
            let planned = shown.plan.plan.host(asset);
            planned.map_or_else(|| asset.to_string(), |host| host.name.clone())
        };
        let host = |member: &Member| HostView {
            asset: member.asset.to_string(),
            name: name(&member.asset),
            state: member.state.name().to_owned(),
            attempt: member.attempt,
            reason: member.reason.clone(),
            steps: shown
                .steps
                .iter()
                .filter(|row| row.asset == member.asset)
                .map(StepView::of)
                .collect(),
            packages: shown
                .packages
                .iter()
                .filter(|row| row.asset == member.asset)
                .map(PackageView::of)
                .collect(),
        };
        let rings = run.rings.iter().zip(&shown.said).map(|(ring, said)| RingView {
            is_passed: ring.is_passed,
            ended_at: ring.ended_at,
            verdict: ring.verdict.map(|verdict| verdict.name().to_owned()),
            said: said.clone(),
            hosts: ring.members.iter().map(host).collect(),
        });
        Self {
            run: run.id,
            change: run.change.to_string(),
            plan: run.plan.to_string(),
            permit: run.permit.to_string(),
            executor: run.executor,
            started_at: run.started_at,
            ended_at: run.ended_at,
            state: run.state.name().to_owned(),
            is_over: run.state.is_over(),
            reason: run.reason.clone(),
            rings: rings.collect(),
        }
    }
}
