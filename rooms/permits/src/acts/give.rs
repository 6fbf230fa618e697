//! Issues, suspends, resumes, hands back and revokes permits.

use std::collections::BTreeSet;

use basis::{Actor, Class, PersonId, Refusal, Subject, Time};
use changes::{Change, ChangeId};
use ledger::events::Events;
use policy::{Action, IssueFacts, PermitFacts, PermitState, PermitTerms, Window};
use storage::{By, Organisation};

use super::{existing, existing_change};
use crate::rules::{self, HandBack, Issue, NewPermit, Permit, PermitId, Revoke, Suspend, Work};
use crate::store;

/// What a permit is asked to be narrower in than its change. What is not named is as wide as change and policy allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// When it begins.
    pub from: Option<Time>,
    /// When it ends.
    pub until: Option<Time>,
    /// Who may work.
    pub people: Option<BTreeSet<PersonId>>,
    /// On what.
    pub assets: Option<BTreeSet<Subject>>,
    /// What they may do.
    pub actions: Option<BTreeSet<Action>>,
}

impl Narrowed {
    fn under(&self, change: &Change, window: Window, terms: &PermitTerms, now: Time) -> NewPermit {
        let from = self.from.unwrap_or(window.from.max(now));
        let all_of_it = window.until.min(from + terms.longest);
        NewPermit {
            window: Window {
                from,
                until: self.until.unwrap_or(all_of_it),
            },
            people: self
                .people
                .clone()
                .unwrap_or_else(|| change.parts.executors.iter().copied().collect()),
            assets: self
                .assets
                .clone()
                .unwrap_or_else(|| change.parts.assets.iter().cloned().collect()),
            actions: self.actions.clone().unwrap_or_else(|| terms.actions.clone()),
        }
    }
}

/// Issues a permit under an approved and scheduled change.
pub fn issue(
    organisation: &Organisation,
    actor: &Actor,
    change: ChangeId,
    narrowed: &Narrowed,
) -> Result<Permit, Refusal> {
    let mut tx = organisation.begin("permits.issue")?;
    let policy = policy::current(&tx.view())?;
    let id = store::next_permit_id(&tx.view())?;
    let authority = actor.may::<Issue>(id, policy.authority())?;
    let change = existing_change(&tx.view(), change)?;
    let facts = changes::facts(&tx.view(), &change)?;
    let now = organisation.now();
    let Some(window) = change.window else {
        let what = format!("{} has no window", change.id);
        return Err(
            Refusal::new(Class::Conflict, "life of a change", what).way_out(format!(
                "see what comes next: `tagout change missing {}`",
                change.id
            )),
        );
    };
    let terms = policy.permit_terms(&facts);
    let new = narrowed.under(&change, window, &terms, now);
    let asked = IssueFacts {
        change: facts,
        approvals: change.approvals(),
        window,
        permit: PermitFacts {
            revision: change.revision,
            state: PermitState::Issued,
            window: new.window,
            people: new.people.clone(),
            assets: new.assets.clone(),
            actions: new.actions.clone(),
        },
        now,
        clock_behind: tx.clock_behind(),
    };
    let verdict = policy.may_issue(&asked);
    // A permit lasts at most so long, so one that begins later than that could only sit and wait.
    let events = rules::issue(&authority, id, &change, new, &verdict, terms.longest, now)?;
    tx.record(actor, events)?;
    changes::tell_missing(&mut tx, &By::from(actor), change.id)?;
    let permit = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(permit)
}

fn with_reason<A: basis::Act>(
    organisation: &Organisation,
    actor: &Actor,
    id: PermitId,
    decide: impl FnOnce(&basis::Authority<A>, &Permit, Time) -> Result<Events, Refusal>,
) -> Result<Permit, Refusal> {
    let mut tx = organisation.begin(A::NAME)?;
    let policy = policy::current(&tx.view())?;
    let permit = existing(&tx.view(), id)?;
    let authority = actor.may::<A>(id, policy.authority())?;
    let events = decide(&authority, &permit, organisation.now())?;
    tx.record(actor, events)?;
    let permit = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(permit)
}

/// Stops work under the permit for now.
pub fn suspend(
    organisation: &Organisation,
    actor: &Actor,
    id: PermitId,
    reason: &str,
) -> Result<Permit, Refusal> {
    with_reason::<Suspend>(organisation, actor, id, |authority, permit, now| {
        rules::suspend(authority, permit, reason.to_owned(), now)
    })
}

/// Lets work under the permit go on.
pub fn resume(
    organisation: &Organisation,
    actor: &Actor,
    id: PermitId,
    reason: &str,
) -> Result<Permit, Refusal> {
    with_reason::<Suspend>(organisation, actor, id, |authority, permit, now| {
        rules::resume(authority, permit, reason.to_owned(), now)
    })
}

/// Withdraws the permit for good.
pub fn revoke(
    organisation: &Organisation,
    actor: &Actor,
    id: PermitId,
    reason: &str,
) -> Result<Permit, Refusal> {
    with_reason::<Revoke>(organisation, actor, id, |authority, permit, now| {
        rules::revoke(authority, permit, reason.to_owned(), now)
    })
}

/// Gives the permit back. The last permit that is given back with its work done ends the work of the change.
pub fn hand_back(
    organisation: &Organisation,
    actor: &Actor,
    id: PermitId,
    work: Work,
) -> Result<Permit, Refusal> {
    let mut tx = organisation.begin("permits.hand_back")?;
    let policy = policy::current(&tx.view())?;
    let permit = existing(&tx.view(), id)?;
    actor.may::<HandBack>(id, policy.authority())?;
    if !permit.people.contains(&actor.person) {
        // Who does not hold the permit needs the right to stop its work.
        actor.may::<Suspend>(id, policy.authority())?;
    }
    let now = organisation.now();
    tx.record(actor, rules::hand_back(&permit, work, now)?)?;
    let change = existing_change(&tx.view(), permit.change)?;
    let all = store::of_change(&tx.view(), permit.change)?;
    if rules::ends_work(&change, &all, work, now) {
        changes::done(&mut tx, &By::from(actor), permit.change)?;
    }
    let permit = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(permit)
}
