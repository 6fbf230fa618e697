//! Makes the plan from facts alone. The same facts give the same plan, byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use basis::{Class, Refusal, Subject, Time};
use policy::{AssetFacts, RingGate, RingTerms};

use super::choose::Choice;
use super::plan::{
    FORM, Gate, GateCommand, HostPlan, PackageChange, Plan, PlannedRing, Reboot, RebootWord, Space, Undo,
};
use super::rings::{Standing, assign};

/// The most hosts of one plan.
pub const PLANNED_HOSTS_MAX: usize = 1_000;
/// What must be free where a package manager writes: the archives, the unpacked files and the logs of an ordinary update.
const FREE_BYTES_LEAST: u64 = 64 * 1024 * 1024;
/// The longest that a gate's command may take.
const GATE_TIMEOUT_S_MAX: u32 = 3_600;
/// The most words of a gate's command, and the most bytes of all.
const GATE_WORDS_MAX: usize = 100;
const GATE_BYTES_MAX: usize = 8 * 1024;

/// Everything that a plan follows from.
#[derive(Debug, Clone)]
pub struct PlanInput {
    /// The change.
    pub change: Subject,
    /// The version of the policy in force.
    pub policy_version: u64,
    /// What it says about rings.
    pub terms: RingTerms,
    /// The command between rings; none where a person decides, or nothing but time.
    pub gate: Option<GateCommand>,
    /// Whether hosts may be rebooted.
    pub reboot: Reboot,
    /// The moment of planning.
    pub now: Time,
    /// The hosts, each once.
    pub hosts: Vec<Candidate>,
}

/// One host that is to be part of a plan.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What the policy knows of it.
    pub facts: AssetFacts,
    /// Its name.
    pub name: String,
    /// Its operating system.
    pub os: String,
    /// What it is there for.
    pub role: String,
    /// The group with which it is patched; empty where it has none.
    pub patch_group: String,
    /// Whether it is the machine that carries out the run.
    pub is_controller: bool,
    /// What was chosen on it.
    pub choice: Choice,
    /// What it looked like.
    pub look: Look,
}

/// What a host looked like when it was asked for the plan.
#[derive(Debug, Clone)]
pub struct Look {
    /// Its machine id, where it has one.
    pub machine_id: Option<String>,
    /// Paths that updates need, with what is free there, in bytes.
    pub free: BTreeMap<String, u64>,
    /// Whether it waits for a reboot.
    pub reboot: RebootWord,
    /// Packages that are installed only in part.
    pub broken: Vec<String>,
    /// What the package manager would do for the choice.
    pub simulated: Vec<SimulatedPackage>,
    /// Why the package manager would not do it.
    pub refusals: Vec<String>,
    /// The versions that can be had, by package.
    pub available: BTreeMap<String, BTreeSet<String>>,
}

/// One package that the package manager would touch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SimulatedPackage {
    /// Its name, with `:architecture` for a foreign one.
    pub package: String,
    /// The version that is installed; none for a new package.
    pub from: Option<String>,
    /// The version that would be; none for a removal.
    pub to: Option<String>,
}

fn refused(what: impl Into<String>) -> Refusal {
    Refusal::new(Class::Conflict, "plan", what)
}

/// Makes the plan.
///
/// # Errors
/// A refusal that names every host that stands in the way, or that there is nothing to do.
pub fn plan(input: &PlanInput) -> Result<Plan, Refusal> {
    check(input)?;
    let mut hosts = BTreeMap::new();
    let mut faults = Vec::new();
    for candidate in &input.hosts {
        match host_plan(candidate, input.reboot) {
            Ok(host) => drop(hosts.insert(candidate.facts.asset.clone(), host)),
            Err(lines) => faults.extend(lines),
        }
    }
    if !faults.is_empty() {
        let mut refusal = refused(format!("no plan can be made for {}", input.change));
        refusal.missing = faults;
        return Err(
            refusal.way_out("put these hosts right, or leave them or the packages out, then plan again")
        );
    }
    if hosts.values().all(|host| host.packages.is_empty()) {
        return Err(nothing_to_do(input, hosts.values()));
    }
    let standings: Vec<Standing> = input.hosts.iter().map(standing).collect();
    let rings = assign(&input.terms, &standings);
    let last = rings.len().saturating_sub(1);
    let ring = |(at, members): (usize, Vec<Subject>)| PlannedRing {
        name: format!("ring {}", at + 1),
        gate: if at == last { Gate::None } else { gate(input) },
        hosts: members.iter().filter_map(|asset| hosts.remove(asset)).collect(),
    };
    Ok(Plan {
        form: FORM,
        change: input.change.clone(),
        made_at: input.now,
        policy_version: input.policy_version,
        paragraph: input.terms.paragraph.clone(),
        halt_percent: input.terms.halt_percent,
        soak_s: input.terms.soak.as_ms().unsigned_abs() / 1_000,
        rings: rings.into_iter().enumerate().map(ring).collect(),
    })
}

fn check(input: &PlanInput) -> Result<(), Refusal> {
    let change = &input.change;
    if input.hosts.is_empty() {
        return Err(
            refused(format!("{change} names no asset, so there is nothing to plan")).way_out(format!(
                "name them: `tagout change edit {change} --asset AST-0001`"
            )),
        );
    }
    if input.hosts.len() > PLANNED_HOSTS_MAX {
        let what = format!(
            "{} hosts; a plan has at most {PLANNED_HOSTS_MAX}",
            input.hosts.len()
        );
        return Err(Refusal::new(Class::Limit, "plan", what).way_out("split the change into several"));
    }
    let assets: BTreeSet<&Subject> = input.hosts.iter().map(|host| &host.facts.asset).collect();
    if assets.len() < input.hosts.len() {
        return Err(refused(format!("{change} names an asset twice")).way_out("name each asset once"));
    }
    let Some(gate) = &input.gate else { return Ok(()) };
    let bytes: usize = gate.argv.iter().map(String::len).sum();
    let is_command = !gate.argv.is_empty()
        && !gate.argv[0].is_empty()
        && gate.argv.len() <= GATE_WORDS_MAX
        && bytes <= GATE_BYTES_MAX
        && !gate.argv.iter().any(|word| word.contains(['\0', '\n']))
        && (1..=GATE_TIMEOUT_S_MAX).contains(&gate.timeout_s);
    if is_command {
        return Ok(());
    }
    Err(Refusal::new(Class::Invalid, "gate", "the command between rings cannot be run as it is written").way_out(
        format!("give a program and its arguments, at most {GATE_WORDS_MAX} words on one line each, and 1 to {GATE_TIMEOUT_S_MAX} seconds"),
    ))
}

fn nothing_to_do<'a>(input: &PlanInput, hosts: impl Iterator<Item = &'a HostPlan>) -> Refusal {
    let mut refusal = refused(format!(
        "nothing of what was chosen is to be done on any host of {}",
        input.change
    ));
    for host in hosts {
        for left in &host.left_out {
            refusal = refusal.missing(format!(
                "{} on {} ({}): {}",
                left.package, host.name, host.asset, left.reason
            ));
        }
    }
    refusal.way_out("collect from the hosts again, or choose other updates")
}

fn gate(input: &PlanInput) -> Gate {
    match (&input.gate, input.terms.gate) {
        (Some(command), _) => Gate::Command(command.clone()),
        (None, RingGate::Command) => Gate::Person,
        (None, RingGate::Soak) => Gate::Soak,
    }
}

fn standing(candidate: &Candidate) -> Standing {
    Standing {
        asset: candidate.facts.asset.clone(),
        criticality: candidate.facts.criticality,
        os: candidate.os.clone(),
        role: candidate.role.clone(),
        patch_group: candidate.patch_group.clone(),
        is_controller: candidate.is_controller,
    }
}

fn host_plan(candidate: &Candidate, reboot: Reboot) -> Result<HostPlan, Vec<String>> {
    let look = &candidate.look;
    let mut faults = faults(candidate);
    let mut packages = Vec::new();
    for simulated in &look.simulated {
        match &simulated.to {
            Some(to) => packages.push(package_change(simulated, to, look)),
            None => faults.push(format!("{} would be removed", simulated.package)),
        }
    }
    if !faults.is_empty() {
        let (name, asset) = (&candidate.name, &candidate.facts.asset);
        return Err(faults
            .into_iter()
            .map(|fault| format!("on {name} ({asset}): {fault}"))
            .collect());
    }
    packages.sort_by(|a, b| a.package.cmp(&b.package));
    let space = |path: &String| Space {
        path: path.clone(),
        free_bytes_least: FREE_BYTES_LEAST,
    };
    Ok(HostPlan {
        asset: candidate.facts.asset.clone(),
        name: candidate.name.clone(),
        is_controller: candidate.is_controller,
        machine_id: look.machine_id.clone(),
        space: look.free.keys().map(space).collect(),
        reboot_before: look.reboot,
        packages,
        left_out: candidate.choice.left_out.clone(),
        // A restart of the machine that carries out the run would cut the run itself.
        reboot: if candidate.is_controller {
            Reboot::Never
        } else {
            reboot
        },
    })
}

fn package_change(simulated: &SimulatedPackage, to: &str, look: &Look) -> PackageChange {
    let is_to_be_had = |version: &String| {
        look.available
            .get(&simulated.package)
            .is_some_and(|versions| versions.contains(version))
    };
    let undo = match &simulated.from {
        None => Undo::Stays,
        Some(from) if is_to_be_had(from) => Undo::Repository,
        Some(_) => Undo::None,
    };
    PackageChange {
        package: simulated.package.clone(),
        from: simulated.from.clone(),
        to: to.to_owned(),
        undo,
    }
}

/// What stands in the way on one host, besides removals.
fn faults(candidate: &Candidate) -> Vec<String> {
    let (choice, look) = (&candidate.choice, &candidate.look);
    let mut faults: Vec<String> = Vec::new();
    if choice.taken.is_empty() {
        return faults;
    }
    faults.extend(
        look.broken
            .iter()
            .map(|package| format!("{package} is installed only in part")),
    );
    faults.extend(
        look.refusals
            .iter()
            .map(|said| format!("the package manager would refuse: {said}")),
    );
    for (path, free) in look.free.iter().filter(|(_, free)| **free < FREE_BYTES_LEAST) {
        faults.push(format!(
            "{free} bytes are free at {path}, {FREE_BYTES_LEAST} are needed"
        ));
    }
    if !look.refusals.is_empty() {
        return faults;
    }
    for (package, version) in &choice.taken {
        let is_there = |simulated: &SimulatedPackage| {
            simulated.package == *package && simulated.to.as_ref() == Some(version)
        };
        if !look.simulated.iter().any(is_there) {
            faults.push(format!(
                "the package manager would not bring {package} to {version}"
            ));
        }
    }
    faults
}

#[cfg(test)]
#[path = "planner_tests.rs"]
mod tests;
