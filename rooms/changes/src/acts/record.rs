//! One change with everything that stands around it, for whoever reads its record.

use basis::{Act, Actor, Refusal, Subject, Time, Verdict};
use evidence::Evidence;
use storage::{Organisation, View};

use super::existing;
use super::facts::{asset_of, finding_of};
use super::missing::{Clock, clock, missing};
use super::next::{Next, next};
use super::schedule::{could_set, limits};
use super::show::{Moment, Names, names, timeline};
use crate::rules::{
    Cancel, Change, ChangeId, Close, Decide, Edit, Move, Read, Retrospectives, Schedule, State, Submit,
    Verify,
};
use crate::store::{self, Comparing};

/// How many pieces of evidence a record shows.
pub const EVIDENCE_SHOWN: u64 = 100;

/// An asset of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetLine {
    /// Which.
    pub asset: Subject,
    /// Its name.
    pub name: String,
    /// What it holds: `none`, `fci` or `cui`.
    pub classification: String,
    /// How much depends on it.
    pub criticality: String,
    /// In which environment it stands.
    pub environment: String,
}

/// A finding that the change is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingLine {
    /// Which.
    pub finding: Subject,
    /// The vulnerability.
    pub vulnerability: String,
    /// On which asset.
    pub asset: Subject,
    /// Where it stands.
    pub state: String,
}

/// What the reader may do with the change as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowed {
    /// Change what is asked for.
    pub edit: bool,
    /// Ask for decisions.
    pub submit: bool,
    /// Say yes or no.
    pub decide: bool,
    /// Set the window.
    pub schedule: bool,
    /// Confirm or accept what was found.
    pub verify: bool,
    /// Record the look back.
    pub retrospect: bool,
    /// End it.
    pub close: bool,
    /// Give it up.
    pub cancel: bool,
    /// Bring the policy document that it carries into force, once its window is open.
    pub adopt: bool,
}

/// One change with everything that stands around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The change.
    pub change: Change,
    /// What was found on each asset.
    pub comparings: Vec<Comparing>,
    /// What the policy says to its next step.
    pub verdicts: Vec<Verdict>,
    /// When its look back is due.
    pub clock: Option<Clock>,
    /// Everything that happened, in the ledger's order.
    pub moments: Vec<Moment>,
    /// The names of everybody in it.
    pub names: Names,
    /// Its assets.
    pub assets: Vec<AssetLine>,
    /// Its findings.
    pub findings: Vec<FindingLine>,
    /// The first pieces of evidence about it; none where the reader may not read evidence.
    pub evidence: Vec<Evidence>,
    /// Whether there is more evidence than that.
    pub has_more_evidence: bool,
    /// What the reader may do.
    pub allowed: Allowed,
    /// What it waits for, and whom; none once it is over.
    pub next: Option<Next>,
    /// What the policy asks of the window that would be set now.
    pub window_limits: Vec<String>,
}

/// Whether the actor may do the act on the change, and the change stands where it is possible.
fn can<A: Act>(actor: &Actor, change: &Change, policy: &policy::Policy, step: Move) -> bool {
    step.from().contains(&change.state) && actor.may::<A>(change.id, policy.authority()).is_ok()
}

fn allowed(
    actor: &Actor,
    change: &Change,
    policy: &policy::Policy,
    facts: &policy::ChangeFacts,
    now: Time,
) -> Allowed {
    let is_emergency = super::facts::is_emergency(change);
    Allowed {
        edit: can::<Edit>(actor, change, policy, Move::Edit),
        submit: can::<Submit>(actor, change, policy, Move::Submit),
        decide: change.under_decision().is_some()
            && !change.state.is_over()
            && actor.may::<Decide>(change.id, policy.authority()).is_ok(),
        schedule: can::<Schedule>(actor, change, policy, Move::Schedule)
            && could_set(policy, facts, change, now),
        verify: can::<Verify>(actor, change, policy, Move::Verify),
        retrospect: is_emergency && can::<Retrospectives>(actor, change, policy, Move::Retrospect),
        close: can::<Close>(actor, change, policy, Move::Close),
        cancel: can::<Cancel>(actor, change, policy, Move::Cancel),
        adopt: change.parts.policy_draft.is_some()
            && matches!(change.state, State::Approved | State::Scheduled)
            && actor.may::<policy::Adopt>(change.id, policy.authority()).is_ok(),
    }
}

fn asset_lines(view: &View<'_>, change: &Change) -> Result<Vec<AssetLine>, Refusal> {
    let line = |subject: &Subject| {
        let asset = asset_of(view, subject)?;
        let facts = asset.facts();
        Ok(AssetLine {
            asset: subject.clone(),
            name: asset.name().to_owned(),
            classification: facts.classification.to_string(),
            criticality: facts.criticality.to_string(),
            environment: facts.environment.to_string(),
        })
    };
    change.parts.assets.iter().map(line).collect()
}

fn finding_lines(view: &View<'_>, change: &Change) -> Result<Vec<FindingLine>, Refusal> {
    let line = |subject: &Subject| {
        let finding = finding_of(view, subject)?;
        Ok(FindingLine {
            finding: subject.clone(),
            vulnerability: finding.vulnerability.to_string(),
            asset: finding.asset.into(),
            state: finding.state.name().to_owned(),
        })
    };
    change.parts.findings.iter().map(line).collect()
}

/// The change with everything that stands around it.
pub fn record(organisation: &Organisation, actor: &Actor, id: ChangeId) -> Result<Record, Refusal> {
    let verdicts = missing(organisation, actor, id)?;
    let moments = timeline(organisation, actor, id)?;
    let now = organisation.now();
    organisation.view(|view| {
        let change = existing(view, id)?;
        let policy = policy::current(view)?;
        actor.may::<Read>(id, policy.authority())?;
        let may_read_evidence = policy.authority().admit(actor, "evidence.read").is_ok();
        let mut evidence = if may_read_evidence {
            evidence::list_about(view, &id.into(), None, EVIDENCE_SHOWN + 1)?
        } else {
            Vec::new()
        };
        let has_more_evidence = evidence.len() as u64 > EVIDENCE_SHOWN;
        evidence.truncate(EVIDENCE_SHOWN as usize);
        let people = [change.requester]
            .into_iter()
            .chain(change.authors.iter().copied())
            .chain(change.worked.iter().copied())
            .chain(change.verifier)
            .chain(change.parts.executors.iter().copied())
            .chain(change.decisions.iter().map(|decided| decided.person))
            .chain(change.told.iter().map(|(_, person, _)| *person))
            .chain(moments.iter().map(|moment| moment.person))
            .chain(evidence.iter().map(|evidence| evidence.added_by));
        let facts = super::facts::facts(view, &change)?;
        let allowed = allowed(actor, &change, &policy, &facts, now);
        Ok(Record {
            comparings: store::comparings(view, id)?,
            verdicts,
            clock: clock(&policy, &change, now),
            names: names(view, people)?,
            assets: asset_lines(view, &change)?,
            findings: finding_lines(view, &change)?,
            evidence,
            has_more_evidence,
            next: next(&policy, &change, &facts, actor, allowed),
            window_limits: limits(&policy, facts, &change, now),
            allowed,
            moments,
            change,
        })
    })
}
