//! Looks at plans and runs.

use basis::{Actor, Class, Id, Refusal};
use changes::ChangeId;
use ledger::Hash;
use storage::Organisation;

use super::{existing, existing_change, plan_of};
use crate::rules::{Read, Run, RunId};
use crate::store::{self, PackageRow, StepRow, StoredPlan};

/// A run with everything that is known of it.
#[derive(Debug, Clone)]
pub struct ShownRun {
    /// The run.
    pub run: Run,
    /// The plan that it carries out.
    pub plan: StoredPlan,
    /// Its steps, in the order in which they were begun.
    pub steps: Vec<StepRow>,
    /// What became of each package.
    pub packages: Vec<PackageRow>,
    /// What the gates said, ring by ring.
    pub said: Vec<Option<String>>,
}

/// One plan.
pub fn show_plan(organisation: &Organisation, actor: &Actor, digest: &Hash) -> Result<StoredPlan, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        store::find_plan(view, digest)?.ok_or_else(|| {
            Refusal::new(Class::NotFound, "plans", format!("there is no plan {digest}"))
                .way_out("`tagout change show CHG-0001` names the plan of a change")
        })
    })
}

/// The plan whose digest begins with these hex digits, where there is one only.
pub fn show_plan_beginning(
    organisation: &Organisation,
    actor: &Actor,
    digits: &str,
) -> Result<StoredPlan, Refusal> {
    let found = organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        Ok::<_, Refusal>(store::plans_beginning(view, digits)?)
    })?;
    match found.as_slice() {
        [digest] => show_plan(organisation, actor, digest),
        [] => Err(Refusal::new(
            Class::NotFound,
            "plans",
            format!("there is no plan whose digest begins with {digits}"),
        )
        .way_out("`tagout change show CHG-0001` names the plan of a change")),
        _ => Err(Refusal::new(
            Class::Conflict,
            "plans",
            format!("the digests of several plans begin with {digits}"),
        )
        .way_out("give more of its digits")),
    }
}

/// One run.
pub fn show(organisation: &Organisation, actor: &Actor, id: RunId) -> Result<ShownRun, Refusal> {
    organisation.view(|view| {
        actor
            .may::<Read>(id, policy::current(view)?.authority())
            .map(drop)
    })?;
    look(organisation, id)
}

/// One run, for somebody who has just acted on it.
pub(crate) fn look(organisation: &Organisation, id: RunId) -> Result<ShownRun, Refusal> {
    organisation.view(|view| {
        let run = existing(view, id)?;
        Ok(ShownRun {
            plan: plan_of(view, &run)?,
            steps: store::steps(view, id)?,
            packages: store::packages(view, id)?,
            said: store::said(view, id)?,
            run,
        })
    })
}

/// The runs of a change, the first one first.
pub fn list(organisation: &Organisation, actor: &Actor, change: ChangeId) -> Result<Vec<Run>, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(change, policy::current(view)?.authority())?;
        let ids = store::of_change(view, &change.subject())?;
        ids.into_iter().map(|id| existing(view, id)).collect()
    })
}

/// One part of the list of all runs, the latest first, and whether there are more.
pub fn list_all(
    organisation: &Organisation,
    actor: &Actor,
    size: u32,
    part: u32,
) -> Result<(Vec<Run>, bool), Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        let after = size.saturating_mul(part.saturating_sub(1));
        let mut ids = store::latest(view, size + 1, after)?;
        let has_more = ids.len() > size as usize;
        ids.truncate(size as usize);
        let runs: Result<Vec<Run>, Refusal> = ids.into_iter().map(|id| existing(view, id)).collect();
        Ok((runs?, has_more))
    })
}

/// The plan that a change has now, and its runs.
pub fn plan_and_runs(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
) -> Result<(Option<StoredPlan>, Vec<Run>), Refusal> {
    let runs = list(organisation, actor, id)?;
    organisation.view(|view| {
        let change = existing_change(view, id)?;
        let reference = change.parts.plan.as_ref();
        let digest = reference.and_then(|reference| Hash::from_hex(&reference.digest));
        let plan = digest.map(|digest| store::find_plan(view, &digest)).transpose()?;
        Ok((plan.flatten(), runs))
    })
}
