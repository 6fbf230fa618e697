//! From what `hosts` reads off a machine to the facts that the rules look at.

use std::collections::{BTreeMap, BTreeSet};

use hosts::apt::{Available, Simulation};
use hosts::{Exact, HostError, HostState, Learned, PackageState, RebootNeed, Security, Standing};

use crate::rules::{
    Found, FoundPackage, Hindrance, HostPlan, Look, PackageResult, Packages, RebootWord, SimulatedPackage,
    Update,
};

/// A package's name as apt prints it: with `:architecture` where it is a foreign one.
fn name(package: &str, architecture: &str, state: &HostState) -> String {
    if architecture == state.architecture || architecture == "all" || architecture.is_empty() {
        return package.to_owned();
    }
    format!("{package}:{architecture}")
}

/// Every installed package by name.
pub fn packages_of(state: &HostState) -> Packages {
    let row = |package: &hosts::Package| {
        let is_whole = package.state == PackageState::Installed;
        let found = FoundPackage {
            version: package.version.clone(),
            is_whole,
        };
        (name(&package.name, &package.architecture, state), found)
    };
    state.packages.iter().map(row).collect()
}

/// The verdict on a reboot, in a word.
pub fn reboot_of(state: &HostState) -> RebootWord {
    match state.reboot {
        RebootNeed::Needed(_) => RebootWord::Needed,
        RebootNeed::NotNeeded => RebootWord::NotNeeded,
        RebootNeed::Unknown(_) => RebootWord::Unknown,
    }
}

/// The services that still run code from before an update. What runs in somebody's session ends with that session.
pub fn old_services_of(state: &HostState) -> Vec<String> {
    let services = state.old_services.known().into_iter().flatten();
    services
        .map(|service| service.unit.clone())
        .filter(|unit| !unit.ends_with(".scope"))
        .collect()
}

/// The pending updates, or why they are not known.
pub(crate) fn updates_of(state: &HostState) -> Result<Vec<Update>, &str> {
    let updates = match &state.updates {
        Learned::Known(updates) => updates,
        Learned::Unknown(why) => return Err(why),
    };
    let update = |pending: &hosts::PendingUpdate| Update {
        package: name(&pending.package, &pending.architecture, state),
        candidate: pending.candidate.clone(),
        is_security: pending.security == Security::Yes,
        hindrance: match pending.standing {
            Standing::Offered | Standing::NeedsOthers => None,
            Standing::Held => Some(Hindrance::Held),
            Standing::Phased => Some(Hindrance::Phased),
            Standing::NeedsEntitlement => Some(Hindrance::NeedsEntitlement),
            Standing::KeptBack => Some(Hindrance::KeptBack),
        },
    };
    Ok(updates.pending.iter().map(update).collect())
}

fn free_of(state: &HostState) -> BTreeMap<String, u64> {
    state
        .disks
        .iter()
        .map(|disk| (disk.mounted_on.clone(), disk.free_bytes))
        .collect()
}

fn broken_of(state: &HostState) -> BTreeSet<String> {
    state
        .broken_packages()
        .map(|package| package.name.clone())
        .collect()
}

fn simulated_of(simulation: &Simulation) -> Vec<SimulatedPackage> {
    let row = |change: &hosts::apt::SimulatedChange| SimulatedPackage {
        package: change.package.clone(),
        from: change.from.clone(),
        to: change.to.clone(),
    };
    simulation.changes.iter().map(row).collect()
}

/// What the planner looks at. The simulation is of what was chosen; none where nothing was.
pub(crate) fn look_of(state: &HostState, simulation: Option<&Simulation>, available: &[Available]) -> Look {
    let versions = |package: &Available| {
        let offers = package.offers.iter().map(|offer| offer.version.clone());
        (package.package.to_string(), offers.collect())
    };
    Look {
        machine_id: state.machine_id.known().cloned(),
        free: free_of(state),
        reboot: reboot_of(state),
        broken: broken_of(state).into_iter().collect(),
        simulated: simulation.map(simulated_of).unwrap_or_default(),
        refusals: simulation
            .map(|simulation| simulation.refusals.clone())
            .unwrap_or_default(),
        available: available.iter().map(versions).collect(),
    }
}

/// What the precheck looks at. The simulation is of the whole plan; none where nothing remains to be done.
pub fn found_of(state: &HostState, simulation: Option<&Simulation>) -> Found {
    Found {
        machine_id: state.machine_id.known().cloned(),
        packages: packages_of(state),
        broken: broken_of(state),
        free: free_of(state),
        simulated: simulation.map(simulated_of).unwrap_or_default(),
        refusals: simulation
            .map(|simulation| simulation.refusals.clone())
            .unwrap_or_default(),
    }
}

/// The packages of a plan as they are named to apt: the same list for every attempt and every takeover.
///
/// # Errors
/// [`HostError::Unusable`] for a name or version that apt could read as anything else.
pub fn upgrades_of(plan: &HostPlan) -> Result<Vec<Exact>, HostError> {
    plan.upgrades()
        .map(|change| Exact::parse(&change.package, &change.to))
        .collect()
}

/// The packages that can be brought back, with the version before.
///
/// # Errors
/// As [`upgrades_of`].
pub fn downgrades_of(plan: &HostPlan) -> Result<Vec<Exact>, HostError> {
    let back = plan
        .packages
        .iter()
        .filter(|change| change.undo == crate::rules::Undo::Repository);
    back.filter_map(|change| Some(Exact::parse(&change.package, change.from.as_deref()?)))
        .collect()
}

/// The verdict on one package in the shape that is recorded.
pub fn result_of(outcome: &hosts::outcome::PackageOutcome) -> PackageResult {
    PackageResult {
        package: outcome.requested.package.to_string(),
        wanted: outcome.requested.version.to_string(),
        before: outcome.before.clone(),
        after: outcome.after.clone(),
        outcome: outcome.outcome.name().to_owned(),
        reason: outcome.reason.clone(),
    }
}
