//! What the gate goes by, for whoever asks: people and tools at the gate, runs before each step on a host.

use basis::{Class, Refusal, Time, Verdict};
use changes::Change;
use policy::{Policy, WorkFacts};
use storage::{Organisation, View};

use crate::rules::{self, Answer, Asked, Permit, PermitId};
use crate::store;

/// What speaks for and against what was asked.
pub(super) struct Weighed {
    /// The permit that was looked at.
    pub(super) permit: Option<Permit>,
    pub(super) verdict: Verdict,
    pub(super) answer: Answer,
}

/// Weighs change, permit, policy and clock.
pub(super) fn weigh(
    organisation: &Organisation,
    view: &View<'_>,
    policy: &Policy,
    change: &Change,
    asked: &Asked,
    now: Time,
) -> Result<Weighed, Refusal> {
    let permits = store::of_change(view, change.id)?;
    let permit = rules::choose(change, &permits, asked, now).cloned();
    let evidence = evidence::about(view, &change.id.into())?;
    let verdict = policy.may_work(&WorkFacts {
        change: changes::facts(view, change)?,
        approvals: change.approvals_for(asked.action),
        window: change.window,
        permit: permit.as_ref().map(|permit| permit.facts(now)),
        person: asked.person,
        asset: asked.asset.clone(),
        action: asked.action,
        evidence: evidence.iter().map(|evidence| evidence.facts()).collect(),
        told: change.told_roles(),
        now,
        clock_behind: organisation.clock_behind(view)?,
    });
    Ok(Weighed {
        answer: rules::answer(change, &verdict),
        permit,
        verdict,
    })
}

impl Weighed {
    /// The permit under which the work may happen, or the refusal that lists everything missing.
    pub(super) fn settle(&self) -> Result<&Permit, Refusal> {
        match &self.permit {
            Some(permit) if self.answer.is_allowed() => Ok(permit),
            _ => {
                let rule = format!("gate, policy version {}", self.verdict.policy_version);
                let mut refusal = Refusal::new(Class::Policy, rule, format!("{}: no", self.verdict.question));
                refusal.missing.clone_from(&self.answer.reasons);
                refusal.way_out.clone_from(&self.answer.way_out);
                Err(refusal)
            }
        }
    }
}

/// Whether this person may do this to the asset at this moment: the gate's answer without a token and without a record,
/// for doors that keep their own.
pub fn may_work(
    organisation: &Organisation,
    view: &View<'_>,
    change: &Change,
    asked: &Asked,
) -> Result<Result<PermitId, Refusal>, Refusal> {
    let policy = policy::current(view)?;
    let weighed = weigh(organisation, view, &policy, change, asked, organisation.now())?;
    Ok(weighed.settle().map(|permit| permit.id))
}
