//! Makes the plan of a change and puts it into the change, where it is part of what is approved.

use assets::AssetId;
use basis::{Actor, Class, Id, Refusal, Subject};
use changes::{Change, ChangeId, PlanRef};
use findings::FindingId;
use ledger::events::Events;
use policy::Policy;
use storage::{By, Organisation, View};

use super::existing_change;
use super::gather::{Flaw, Question, Wanted, ask};
use crate::rules::{GateCommand, MakePlan, Plan, PlanInput, Planned, Reboot, Selection, plan, plan_text};
use crate::store::{self, StoredPlan};

/// What a plan is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRequest {
    /// Which updates.
    pub chosen: Chosen,
    /// The command between rings, where a command is to decide.
    pub gate: Option<GateCommand>,
    /// Whether hosts may be rebooted.
    pub reboot: Reboot,
}

/// Which updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// Every security update.
    Security,
    /// These packages.
    Packages(Vec<String>),
    /// Whatever fixes the findings that the change names.
    Findings,
}

/// Makes a plan: looks at every host of the change, lets its package manager try the choice without doing it, freezes the
/// result, and attaches it to the change. After submission that makes a new revision, and its approvals fall.
///
/// # Errors
/// A refusal that names every host that stands in the way, or that the change can no longer be edited.
pub fn make_plan(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    request: &PlanRequest,
) -> Result<StoredPlan, Refusal> {
    let (questions, wanted) = organisation.view(|view| {
        let change = existing_change(view, id)?;
        actor.may::<MakePlan>(id, policy::current(view)?.authority())?;
        changes::rules::Move::Edit.check(id, change.state)?;
        Ok::<_, Refusal>((questions(view, &change)?, wanted(view, &change, &request.chosen)?))
    })?;
    let identity = assets::identity_file(organisation)?;
    // The hosts are asked outside of any transaction: a slow host holds nobody up.
    let answers = ask(&questions, &identity, &assets::control_dir(organisation), &wanted);
    let mut candidates = Vec::new();
    let mut faults = Vec::new();
    for answer in answers {
        match answer {
            Ok(candidate) => candidates.push(candidate),
            Err(line) => faults.push(line),
        }
    }
    if !faults.is_empty() {
        let mut refusal = Refusal::new(
            Class::Outside,
            "plan",
            format!("not every host of {id} could be asked"),
        );
        refusal.missing = faults;
        return Err(
            refusal.way_out("put these hosts right, or leave them out of the change, then plan again")
        );
    }
    let mut tx = organisation.begin("runs.plan")?;
    let change = existing_change(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    actor.may::<MakePlan>(id, policy.authority())?;
    check_assets(&change, candidates.iter().map(|candidate| &candidate.facts.asset))?;
    let input = input(&tx.view(), &policy, &change, request, candidates, organisation)?;
    let plan = plan(&input)?;
    record(&mut tx, &By::from(actor), id, &plan)?;
    let stored = store::find_plan(&tx.view(), &digest(&plan)?)?;
    tx.commit()?;
    Ok(stored.ok_or_else(|| {
        storage::StorageError::from(store::damaged("plans", "the plan just made is not there"))
    })?)
}

fn input(
    view: &View<'_>,
    policy: &Policy,
    change: &Change,
    request: &PlanRequest,
    hosts: Vec<crate::rules::Candidate>,
    organisation: &Organisation,
) -> Result<PlanInput, Refusal> {
    Ok(PlanInput {
        change: change.id.subject(),
        policy_version: policy.version,
        terms: policy.ring_terms(&changes::facts(view, change)?),
        gate: request.gate.clone(),
        reboot: request.reboot,
        now: organisation.now(),
        hosts,
    })
}

fn digest(plan: &Plan) -> Result<ledger::Hash, Refusal> {
    plan.digest().map_err(fault)
}

fn fault(error: ledger::canonical::CanonicalError) -> Refusal {
    Refusal::new(
        Class::Fault,
        "plan",
        format!("the plan cannot be written down: {error}"),
    )
    .way_out("report this with the server's log")
}

fn record(tx: &mut storage::Tx<'_>, by: &By, id: ChangeId, plan: &Plan) -> Result<(), Refusal> {
    let document = plan.document().map_err(fault)?;
    let digest = ledger::Hash::of(&document);
    let planned = Planned {
        change: id.subject(),
        digest,
        document: String::from_utf8_lossy(&document).into_owned(),
    };
    tx.record(by.clone(), Events::one(planned))?;
    let reference = PlanRef {
        digest: digest.to_string(),
        text: plan_text(plan).map_err(fault)?,
    };
    Ok(changes::attach_plan(tx, by, id, reference)?)
}

/// The change may have been edited while the hosts were asked.
fn check_assets<'a>(change: &Change, planned: impl Iterator<Item = &'a Subject>) -> Result<(), Refusal> {
    let mut planned: Vec<&Subject> = planned.collect();
    let mut named: Vec<&Subject> = change.parts.assets.iter().collect();
    planned.sort();
    named.sort();
    if planned == named {
        return Ok(());
    }
    Err(Refusal::new(
        Class::Conflict,
        "plan",
        format!("the assets of {} were edited in the meantime", change.id),
    )
    .way_out("plan again"))
}

fn questions(view: &View<'_>, change: &Change) -> Result<Vec<Question>, Refusal> {
    let mut questions = Vec::new();
    let mut faults = Vec::new();
    for subject in &change.parts.assets {
        let id: Option<AssetId> = subject.as_id();
        let asset = match id {
            Some(id) => assets::find(view, id)?,
            None => None,
        };
        let Some(asset) = asset.filter(assets::Asset::is_in_use) else {
            faults.push(format!("{subject} is not in use any more"));
            continue;
        };
        match assets::reach(view, asset.id)? {
            Some(connection) => questions.push(Question { asset, connection }),
            None => faults.push(format!(
                "how {} ({}) is reached: `tagout asset enrol-host {}`",
                asset.name(),
                asset.id,
                asset.name()
            )),
        }
    }
    if faults.is_empty() {
        return Ok(questions);
    }
    let mut refusal = Refusal::new(
        Class::Conflict,
        "plan",
        format!("not every asset of {} can be reached", change.id),
    );
    refusal.missing = faults;
    Err(refusal.way_out("enrol these hosts, or leave them out of the change"))
}

fn wanted(view: &View<'_>, change: &Change, chosen: &Chosen) -> Result<Wanted, Refusal> {
    match chosen {
        Chosen::Security => Ok(Wanted::Selection(Selection::Security)),
        Chosen::Packages(names) => Ok(Wanted::Selection(Selection::Packages(names.clone()))),
        Chosen::Findings => flaws(view, change).map(Wanted::Flaws),
    }
}

fn flaws(view: &View<'_>, change: &Change) -> Result<Vec<Flaw>, Refusal> {
    let mut flaws = Vec::new();
    for subject in &change.parts.findings {
        let id: Option<FindingId> = subject.as_id();
        let finding = match id {
            Some(id) => findings::find(view, id)?,
            None => None,
        };
        let Some(finding) = finding else { continue };
        let Some(package) = finding.package() else {
            continue;
        };
        flaws.push(Flaw {
            asset: finding.asset,
            package: package.to_owned(),
            fixed: finding.fixed_version().map(str::to_owned),
        });
    }
    if !flaws.is_empty() {
        return Ok(flaws);
    }
    Err(Refusal::new(
        Class::Conflict,
        "plan",
        format!("{} names no finding that is in a package", change.id),
    )
    .way_out(format!("plan all pending security updates: `tagout plan make {}`", change.id))
    .way_out("or let advisories say in which package a finding is, with `tagout finding match --all`, and name such findings in the change"))
}
