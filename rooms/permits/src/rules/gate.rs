//! The gate: may this person do this to this asset, now?

use basis::{PersonId, Subject, Time, Verdict};
use changes::Change;
use ledger::events::Events;
use policy::{Action, PermitState};

use super::events::{GateAnswered, TokenGiven};
use super::permit::Permit;

/// What the gate is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who wants to work.
    pub person: PersonId,
    /// On what.
    pub asset: Subject,
    /// What they want to do.
    pub action: Action,
}

/// What the gate answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What is missing, one line each; empty when the answer is yes.
    pub reasons: Vec<String>,
    /// What to do about it, one line each.
    pub way_out: Vec<String>,
}

impl Answer {
    /// Whether the answer is yes.
    pub fn is_allowed(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// Chooses the permit to look at: one of this revision of the change that is in force and names person, asset and action,
/// else the newest one that lives, else the newest one, so that the reasons speak of what comes nearest.
pub fn choose<'a>(change: &Change, permits: &'a [Permit], asked: &Asked, now: Time) -> Option<&'a Permit> {
    let in_force = permits.iter().find(|permit| {
        permit.revision == change.revision
            && permit.state_at(now) == PermitState::Active
            && permit.covers(asked.person, &asked.asset, asked.action)
    });
    let newest_live = || permits.iter().rev().find(|permit| permit.is_live(now));
    in_force.or_else(newest_live).or_else(|| permits.last())
}

/// The answer that follows from the life of the change and the policy's `verdict`.
pub fn answer(change: &Change, verdict: &Verdict) -> Answer {
    let mut answer = Answer {
        reasons: Vec::new(),
        way_out: Vec::new(),
    };
    if let Err(refusal) = changes::rules::Move::Start.check(change.id, change.state) {
        answer
            .reasons
            .push(format!("{} is {}", change.id, change.state.in_words()));
        answer.way_out.extend(refusal.way_out);
    }
    if let Some(refusal) = verdict.refusal() {
        answer.reasons.extend(refusal.missing);
        answer.way_out.extend(refusal.way_out);
    }
    answer
}

/// What is recorded of an answer, be it yes or no.
pub(crate) fn answered(
    change: &Change,
    permit: Option<&Permit>,
    asked: &Asked,
    answer: &Answer,
    token: Option<TokenGiven>,
    verdict: &Verdict,
) -> Events {
    Events::one(GateAnswered {
        change: change.id,
        permit: permit.map(|permit| permit.id),
        person: asked.person,
        asset: asked.asset.clone(),
        action: asked.action.name().to_owned(),
        is_allowed: answer.is_allowed(),
        reasons: answer.reasons.clone(),
        token,
        policy_version: verdict.policy_version,
        paragraphs: verdict.paragraphs(),
    })
}
