//! Giving permits out and taking them back.

use std::collections::BTreeSet;

use basis::{Authority, Class, PersonId, Refusal, Span, Subject, Time, Verdict};
use changes::{Change, State};
use ledger::events::Events;
use policy::{Action, Window};

use super::events::{HandedBack, Issued, Resumed, Revoked, Suspended};
use super::permit::{Permit, Standing, Work};
use super::{Issue, PermitId, Revoke, Suspend};

/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 4_096;

/// A permit as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPermit {
    /// From when to when.
    pub window: Window,
    /// Who may work.
    pub people: BTreeSet<PersonId>,
    /// On what.
    pub assets: BTreeSet<Subject>,
    /// What they may do.
    pub actions: BTreeSet<Action>,
}

/// Issues a permit, if the policy's `verdict` allows it, the change is scheduled or under way, and its window is open or
/// opens within `ahead_most`.
pub fn issue(
    _: &Authority<Issue>,
    id: PermitId,
    change: &Change,
    new: NewPermit,
    verdict: &Verdict,
    ahead_most: Span,
    now: Time,
) -> Result<Events, Refusal> {
    changes::rules::Move::Start.check(change.id, change.state)?;
    if new.window.from > now + ahead_most {
        let what = format!(
            "the window of {} opens at {}, and a permit is issued at most {ahead_most} ahead",
            change.id,
            new.window.from.to_minutes()
        );
        let first = (new.window.from - ahead_most).to_minutes();
        return Err(Refusal::new(Class::Policy, "permit ahead of its window", what)
            .way_out(format!("ask again from {first} on")));
    }
    if let Some(refusal) = verdict.refusal() {
        return Err(refusal);
    }
    Ok(Events::one(Issued {
        permit: id,
        change: change.id,
        revision: change.revision,
        from: new.window.from,
        until: new.window.until,
        people: new.people,
        assets: new.assets,
        actions: new
            .actions
            .iter()
            .map(|action| action.name().to_owned())
            .collect(),
        policy_version: verdict.policy_version,
        paragraphs: verdict.paragraphs(),
    }))
}

fn check_reason(reason: &str) -> Result<(), Refusal> {
    let refused =
        |what: String| Refusal::new(Class::Invalid, "permits", what).way_out("give it: `--reason TEXT`");
    if reason.trim().is_empty() {
        return Err(refused("the reason is empty".to_owned()));
    }
    if reason.len() > REASON_BYTES_MAX {
        return Err(refused(format!(
            "the reason has {} bytes; at most {REASON_BYTES_MAX} are allowed",
            reason.len()
        )));
    }
    Ok(())
}

fn check_live(permit: &Permit, what: &str, now: Time) -> Result<(), Refusal> {
    if permit.is_live(now) {
        return Ok(());
    }
    let state = permit.state_at(now).name().replace('_', " ");
    Err(Refusal::new(
        Class::Conflict,
        "life of a permit",
        format!("{} is {state} and cannot be {what}", permit.id),
    )
    .way_out(format!(
        "issue another one: `tagout permit issue {}`",
        permit.change
    )))
}

/// Stops work for now.
pub fn suspend(
    _: &Authority<Suspend>,
    permit: &Permit,
    reason: String,
    now: Time,
) -> Result<Events, Refusal> {
    check_live(permit, "suspended", now)?;
    check_reason(&reason)?;
    if permit.standing == Standing::Suspended {
        return Ok(Events::none());
    }
    Ok(Events::one(Suspended {
        permit: permit.id,
        reason,
    }))
}

/// Lets work go on. Whoever may stop it may say so.
pub fn resume(_: &Authority<Suspend>, permit: &Permit, reason: String, now: Time) -> Result<Events, Refusal> {
    check_live(permit, "resumed", now)?;
    check_reason(&reason)?;
    if permit.standing != Standing::Suspended {
        return Err(Refusal::new(
            Class::Conflict,
            "life of a permit",
            format!("{} is not suspended", permit.id),
        )
        .way_out("work may go on"));
    }
    Ok(Events::one(Resumed {
        permit: permit.id,
        reason,
    }))
}

/// Gives the permit back.
pub fn hand_back(permit: &Permit, work: Work, now: Time) -> Result<Events, Refusal> {
    check_live(permit, "handed back", now)?;
    Ok(Events::one(HandedBack {
        permit: permit.id,
        work: work.name().to_owned(),
    }))
}

/// Withdraws the permit for good.
pub fn revoke(_: &Authority<Revoke>, permit: &Permit, reason: String, now: Time) -> Result<Events, Refusal> {
    check_live(permit, "revoked", now)?;
    check_reason(&reason)?;
    Ok(Events::one(Revoked {
        permit: permit.id,
        reason,
    }))
}

/// Whether the work of the change ends with this permit: it is under way, and no other permit lives.
pub(crate) fn ends_work(change: &Change, others: &[Permit], work: Work, now: Time) -> bool {
    let lives = |other: &Permit| other.revision == change.revision && other.is_live(now);
    work == Work::Done && change.state == State::InProgress && !others.iter().any(lives)
}
