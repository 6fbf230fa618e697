//! What people and the runner do with plans and runs: one use case, one file.

mod carry;
mod end;
mod gather;
mod make_plan;
mod show;
mod start;
mod steer;
mod waiting;

pub use carry::{Begun, EvidenceFile, Report, begin, finish_step, gate_hindrance, hindrance, open_next_step};
pub use end::{actor_of, end_ring, end_run, halt_by_rule, note_gate, pass_ring, pause};
pub use make_plan::{Chosen, PlanRequest, make_plan};
pub(crate) use show::look;
pub use show::{ShownRun, list, list_all, plan_and_runs, show, show_plan, show_plan_beginning};
pub use start::start;
pub use steer::{decide, halt, roll_back};
pub use waiting::waiting;

use basis::{Act, Authentication, Class, PersonId, Refusal, Subject};
use changes::{Change, ChangeId};
use policy::{Action, Policy};
use storage::{By, Organisation, StorageError, View};

use crate::rules::{Run, RunId, Start};
use crate::store::{self, StoredPlan};

/// The run, or the refusal that there is none.
fn existing(view: &View<'_>, id: RunId) -> Result<Run, Refusal> {
    store::find(view, id)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "runs", format!("there is no run {id}"))
            .way_out("`tagout run list CHG-0001` shows those of a change")
    })
}

fn existing_change(view: &View<'_>, id: ChangeId) -> Result<Change, Refusal> {
    changes::find(view, id)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "changes", format!("there is no change {id}"))
            .way_out("`tagout change list` shows them all")
    })
}

/// The change of a run.
fn change_of(view: &View<'_>, run: &Run) -> Result<Change, Refusal> {
    let id: Option<ChangeId> = run.change.as_id();
    let id =
        id.ok_or_else(|| StorageError::from(store::damaged("runs, change_subject", "it is no change")))?;
    existing_change(view, id)
}

/// The plan of a run.
fn plan_of(view: &View<'_>, run: &Run) -> Result<StoredPlan, Refusal> {
    let found = store::find_plan(view, &run.plan)?;
    Ok(found.ok_or_else(|| StorageError::from(store::damaged("plans", "the plan of a run is gone")))?)
}

/// On whose account the runner records: that of the person who started the run.
fn by_runner(run: &Run) -> By {
    By {
        person: run.executor,
        authentication: Authentication::Runner,
        behalf: None,
        cause: None,
    }
}

/// The refusal where the executor was disabled, or may start no work any more, since the run began. What was done in
/// their name may be undone all the same.
fn no_executor(
    view: &View<'_>,
    policy: &Policy,
    person: PersonId,
    action: Action,
) -> Result<Option<Refusal>, Refusal> {
    let may_start = policy.authority().roles(Start::NAME);
    let person_now = people::find(view, person)?.filter(|person| person.is_active);
    if action == Action::RollBack || person_now.is_some_and(|now| !now.usable_roles().is_disjoint(&may_start))
    {
        return Ok(None);
    }
    Ok(Some(
        Refusal::new(
            Class::Forbidden,
            "executor",
            format!("{person} may not work any more"),
        )
        .missing(format!("an executor who may work; {person} may not any more"))
        .way_out("give the run up, and let another executor of the change start one"),
    ))
}

/// Asks what the gate would say if the run's executor wanted to do `action` to `asset` at this moment; the refusal says
/// what is missing.
fn may_work(
    organisation: &Organisation,
    view: &View<'_>,
    change: &Change,
    person: PersonId,
    asset: &Subject,
    action: Action,
) -> Result<Result<permits::PermitId, Refusal>, Refusal> {
    let policy = policy::current(view)?;
    if let Some(refusal) = no_executor(view, &policy, person, action)? {
        return Ok(Err(refusal));
    }
    let asked = permits::rules::Asked {
        person,
        asset: asset.clone(),
        action,
    };
    permits::may_work(organisation, view, change, &asked)
}
