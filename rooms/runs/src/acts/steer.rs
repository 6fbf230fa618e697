//! Halts a run, decides how it goes on, undoes it.

use basis::{Act, Actor, Authority, Class, Refusal, Subject};
use changes::ChangeId;
use ledger::events::Events;
use policy::Action;
use storage::{By, Organisation};

use super::{change_of, existing, may_work};
use crate::rules::{self, DecideGate, Decision, Ended, Halt, RollBack, Run, RunId};

fn steer<A: Act>(
    organisation: &Organisation,
    actor: &Actor,
    id: RunId,
    decide: impl FnOnce(&Authority<A>, &Run, &storage::Tx<'_>) -> Result<Events, Refusal>,
) -> Result<Run, Refusal> {
    let mut tx = organisation.begin(A::NAME)?;
    let run = existing(&tx.view(), id)?;
    let authority = actor.may::<A>(id, policy::current(&tx.view())?.authority())?;
    let events = decide(&authority, &run, &tx)?;
    let ended = events.all::<Ended>().pop();
    tx.record(actor, events)?;
    let change: Option<ChangeId> = run.change.as_id();
    if let (Some(ended), Some(change)) = (ended, change) {
        let reason = ended.reason.unwrap_or_else(|| format!("{id} was given up"));
        changes::failed(&mut tx, &By::from(actor), change, reason)?;
    }
    let run = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(run)
}

/// Halts a run: no further host is begun, hosts in work come to their end.
pub fn halt(organisation: &Organisation, actor: &Actor, id: RunId, reason: &str) -> Result<Run, Refusal> {
    steer::<Halt>(organisation, actor, id, |authority, run, _| {
        rules::halt(authority, run, reason)
    })
}

/// Decides how a paused or halted run goes on; `retry` names hosts, by name or id, that are begun again.
pub fn decide(
    organisation: &Organisation,
    actor: &Actor,
    id: RunId,
    decision: Decision,
    reason: &str,
    retry: &[String],
) -> Result<Run, Refusal> {
    steer::<DecideGate>(organisation, actor, id, |authority, run, tx| {
        let mut named = Vec::new();
        for text in retry {
            let asset = assets::resolve(&tx.view(), text)?;
            named.push(
                asset
                    .map(|asset| Subject::from(asset.id))
                    .ok_or_else(|| unknown(text))?,
            );
        }
        rules::decide(authority, run, decision, reason, &named)
    })
}

fn unknown(text: &str) -> Refusal {
    Refusal::new(Class::NotFound, "assets", format!("there is no asset `{text}`"))
        .way_out("`tagout asset list` shows them all")
}

/// Undoes what a run did, where a way back was planned. It needs a permit that allows it, like all work.
pub fn roll_back(
    organisation: &Organisation,
    actor: &Actor,
    id: RunId,
    reason: &str,
) -> Result<Run, Refusal> {
    steer::<RollBack>(organisation, actor, id, |authority, run, tx| {
        let events = rules::roll_back(authority, run, reason)?;
        let change = change_of(&tx.view(), run)?;
        for member in run.members().filter(|member| member.is_touched) {
            // The executor of the run answers for the undoing as well: the permit names them.
            may_work(
                organisation,
                &tx.view(),
                &change,
                run.executor,
                &member.asset,
                Action::RollBack,
            )??;
        }
        Ok(events)
    })
}
