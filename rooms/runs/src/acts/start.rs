//! Starts a run of an approved plan.

use basis::{Actor, Class, Id, Refusal};
use changes::{Change, ChangeId};
use ledger::Hash;
use ledger::events::Events;
use policy::Action;
use storage::{By, Organisation, View};

use super::{existing, existing_change, may_work};
use crate::rules::{Plan, Run, Start, Started, StartedRing};
use crate::store::{self, StoredPlan};

/// Starts to carry out the plan of the change: only the plan that was approved, only inside the window, only under a
/// permit in force that names the actor, and only when no other run of the change goes on. The actor answers for the work.
///
/// # Errors
/// A refusal that lists everything missing.
pub fn start(organisation: &Organisation, actor: &Actor, id: ChangeId) -> Result<Run, Refusal> {
    let mut tx = organisation.begin("runs.start")?;
    let change = existing_change(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    actor.may::<Start>(id, policy.authority())?;
    changes::rules::Move::Start.check(id, change.state)?;
    check_no_other(&tx.view(), &change)?;
    let stored = approved_plan(&tx.view(), &change)?;
    let mut permit = None;
    for host in stored.plan.hosts() {
        // Every host is asked for: a run that is bound to stop in the middle is better not begun.
        let held = may_work(
            organisation,
            &tx.view(),
            &change,
            actor.person,
            &host.asset,
            Action::Patch,
        )??;
        permit.get_or_insert(held);
    }
    let permit = permit.ok_or_else(|| Refusal::new(Class::Conflict, "plan", "the plan names no host"))?;
    let run = store::next_run_id(&tx.view())?;
    let by = By::from(actor);
    tx.record(
        by.clone(),
        Events::one(started(run, permit.subject(), &stored.plan, stored.digest)),
    )?;
    changes::started(&mut tx, &by, id, actor.person)?;
    let run = existing(&tx.view(), run)?;
    tx.commit()?;
    Ok(run)
}

fn started(run: crate::rules::RunId, permit: basis::Subject, plan: &Plan, digest: Hash) -> Started {
    let ring = |ring: &crate::rules::PlannedRing| StartedRing {
        gate: ring.gate.clone(),
        assets: ring.hosts.iter().map(|host| host.asset.clone()).collect(),
    };
    Started {
        run,
        change: plan.change.clone(),
        plan: digest,
        permit,
        halt_percent: plan.halt_percent,
        soak_s: plan.soak_s,
        rings: plan.rings.iter().map(ring).collect(),
    }
}

fn check_no_other(view: &View<'_>, change: &Change) -> Result<(), Refusal> {
    for id in store::of_change(view, &change.id.subject())? {
        let run = existing(view, id)?;
        if !run.state.is_over() {
            return Err(Refusal::new(
                Class::Conflict,
                "runs",
                format!("{id} of {} is {}", change.id, run.state.in_words()),
            )
            .way_out(format!("follow it: `tagout run watch {id}`"))
            .way_out(format!(
                "or end it: `tagout run decide {id} give-up --reason TEXT`"
            )));
        }
    }
    Ok(())
}

/// The plan whose digest stands in the change's approved text.
fn approved_plan(view: &View<'_>, change: &Change) -> Result<StoredPlan, Refusal> {
    let none = || {
        Refusal::new(
            Class::Conflict,
            "runs",
            format!("{} has no plan, so there is nothing to run", change.id),
        )
        .way_out(format!(
            "make one: `tagout plan make {}`; it has to be approved",
            change.id
        ))
    };
    let reference = change.parts.plan.as_ref().ok_or_else(none)?;
    let digest = Hash::from_hex(&reference.digest).ok_or_else(none)?;
    store::find_plan(view, &digest)?
        .filter(|stored| stored.change == change.id.subject())
        .ok_or_else(none)
}
