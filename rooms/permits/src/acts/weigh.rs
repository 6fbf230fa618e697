//! What the gate goes by, for whoever asks: people and tools at the gate, runs before each step on a host.

use std::sync::Arc;

use basis::{Class, PersonId, Refusal, Span, Subject, Time, Verdict};
use changes::{Change, ChangeId};
use policy::{ChangeFacts, EvidenceFacts, Policy, WorkFacts};
use storage::{Organisation, View};

use super::existing_change;
use crate::rules::{self, Answer, Asked, Permit, PermitId};
use crate::store;

/// The policy, a change, one of the assets, and what is recorded of them: everything but the question and the time.
pub(super) struct Known {
    is_active: bool,
    pub(super) policy: Arc<Policy>,
    pub(super) change: Change,
    pub(super) asset: Subject,
    permits: Vec<Permit>,
    facts: ChangeFacts,
    evidence: Vec<EvidenceFacts>,
}

/// What speaks for and against what was asked.
pub(super) struct Weighed<'k> {
    /// The permit that was looked at.
    pub(super) permit: Option<&'k Permit>,
    pub(super) verdict: Verdict,
    pub(super) answer: Answer,
}

impl Known {
    /// Reads what is known of the change with this id, of the asset with this name or id, and of who asks.
    pub(super) fn read(
        view: &View<'_>,
        person: PersonId,
        change: ChangeId,
        asset: &str,
    ) -> Result<Self, Refusal> {
        let change = existing_change(view, change)?;
        Self::of(view, person, change, asset_named(view, asset)?)
    }

    fn of(view: &View<'_>, person: PersonId, change: Change, asset: Subject) -> Result<Self, Refusal> {
        let evidence = evidence::about(view, &change.id.into())?;
        Ok(Self {
            is_active: people::find(view, person)?.is_some_and(|person| person.is_active),
            policy: policy::current(view)?,
            permits: store::of_change(view, change.id)?,
            facts: changes::facts(view, &change)?,
            evidence: evidence.iter().map(|evidence| evidence.facts()).collect(),
            change,
            asset,
        })
    }

    /// Refuses whoever was disabled since they were let in.
    pub(super) fn check_active(&self, person: PersonId) -> Result<(), Refusal> {
        if self.is_active {
            return Ok(());
        }
        let what = format!("{person} has been disabled");
        Err(Refusal::new(Class::Forbidden, "people", what)
            .missing("an active person who asks")
            .way_out("let another executor of the change ask"))
    }

    /// Weighs change, permit, policy and clock.
    pub(super) fn weigh(&self, asked: &Asked, now: Time, clock_behind: Option<Span>) -> Weighed<'_> {
        let change = &self.change;
        let permit = rules::choose(change, &self.permits, asked, now);
        let verdict = self.policy.may_work(&WorkFacts {
            change: self.facts.clone(),
            approvals: change.approvals_for(asked.action),
            window: change.window,
            permit: permit.map(|permit| permit.facts(now)),
            person: asked.person,
            asset: asked.asset.clone(),
            action: asked.action,
            evidence: self.evidence.clone(),
            told: change.told_roles(),
            now,
            clock_behind,
        });
        Weighed {
            answer: rules::answer(change, &verdict),
            permit,
            verdict,
        }
    }
}

fn asset_named(view: &View<'_>, name: &str) -> Result<Subject, Refusal> {
    let found = assets::resolve(view, name)?;
    found.map(|asset| asset.id.into()).ok_or_else(|| {
        Refusal::new(Class::NotFound, "assets", format!("there is no asset `{name}`"))
            .way_out("`tagout asset list` shows them all")
    })
}

impl Weighed<'_> {
    /// The permit under which the work may happen, or the refusal that lists everything missing.
    pub(super) fn settle(&self) -> Result<&Permit, Refusal> {
        match self.permit {
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
    let known = Known::of(view, asked.person, change.clone(), asked.asset.clone())?;
    let clock_behind = organisation.clock_behind(view)?;
    let weighed = known.weigh(asked, organisation.now(), clock_behind);
    Ok(weighed.settle().map(|permit| permit.id))
}
