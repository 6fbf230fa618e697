//! Whether a host is still what the plan was made for.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::HostPlan;
use super::planner::SimulatedPackage;

/// What was found on a host right before work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Its machine id, where it has one.
    pub machine_id: Option<String>,
    /// The packages that the plan names, as they are.
    pub packages: BTreeMap<String, FoundPackage>,
    /// Every package of the host that is installed only in part.
    pub broken: BTreeSet<String>,
    /// What is free at the plan's paths, in bytes.
    pub free: BTreeMap<String, u64>,
    /// What the package manager would do for what remains; asked only where something remains.
    pub simulated: Vec<SimulatedPackage>,
    /// Why the package manager would not do it.
    pub refusals: Vec<String>,
}

/// One package as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPackage {
    /// Its version.
    pub version: String,
    /// Whether it is wholly installed.
    pub is_whole: bool,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precheck {
    /// Everything is as it should be already.
    NothingToDo,
    /// The host is as expected: these packages are brought to their versions, the rest of the plan is done already.
    Go(Vec<(String, String)>),
    /// Packages of the plan were left half installed by an earlier attempt; they are configured first.
    Mend,
    /// The host is not what was approved; each line says how.
    Stop(Vec<String>),
}

/// The packages that are not yet at the version of the plan and are installed, with that version.
pub(super) fn remaining(plan: &HostPlan, packages: &BTreeMap<String, FoundPackage>) -> Vec<(String, String)> {
    let is_done = |package: &str, to: &str| {
        packages
            .get(package)
            .is_some_and(|found| found.is_whole && found.version == to)
    };
    let open = plan
        .upgrades()
        .filter(|change| !is_done(&change.package, &change.to));
    open.map(|change| (change.package.clone(), change.to.clone()))
        .collect()
}

impl HostPlan {
    /// The packages that remain to be brought to their version on a host that looks like this.
    pub fn remaining(&self, packages: &BTreeMap<String, FoundPackage>) -> Vec<(String, String)> {
        remaining(self, packages)
    }
}

/// Compares a host with its plan. `attempt` counts from 1; only a later attempt, which a person asked for, mends.
pub fn precheck(plan: &HostPlan, found: &Found, attempt: u32) -> Precheck {
    let mut wrong = Vec::new();
    if plan.machine_id.is_some() && plan.machine_id != found.machine_id {
        wrong.push("another machine answers: its machine id is not the one that was planned for".to_owned());
    }
    if !found.broken.is_empty() && wrong.is_empty() {
        return broken(plan, found, attempt);
    }
    for change in &plan.packages {
        let now = found
            .packages
            .get(&change.package)
            .map(|package| package.version.as_str());
        if now != change.from.as_deref() && now != Some(change.to.as_str()) {
            wrong.push(format!(
                "{} is {}, expected {} or {}",
                change.package,
                now.map_or_else(|| "not installed".to_owned(), |version| format!("at {version}")),
                change.from.as_deref().unwrap_or("nothing"),
                change.to
            ));
        }
    }
    let remaining = remaining(plan, &found.packages);
    if remaining.is_empty() && wrong.is_empty() {
        return Precheck::NothingToDo;
    }
    for space in &plan.space {
        let free = found.free.get(&space.path).copied();
        if free.is_none_or(|free| free < space.free_bytes_least) {
            let free = free.map_or_else(
                || "it is not known how much is".to_owned(),
                |free| format!("{free} bytes are"),
            );
            wrong.push(format!(
                "{free} free at {}, {} are needed",
                space.path, space.free_bytes_least
            ));
        }
    }
    wrong.extend(
        found
            .refusals
            .iter()
            .map(|said| format!("the package manager would refuse: {said}")),
    );
    if wrong.is_empty() {
        wrong.extend(other_steps(plan, found));
    }
    if wrong.is_empty() {
        Precheck::Go(remaining)
    } else {
        Precheck::Stop(wrong)
    }
}

fn broken(plan: &HostPlan, found: &Found, attempt: u32) -> Precheck {
    let is_ours = |package: &String| {
        let same = |planned: &str| {
            planned == package || planned.split_once(':').is_some_and(|(name, _)| name == package)
        };
        plan.packages.iter().any(|change| same(&change.package))
    };
    if attempt > 1 && found.broken.iter().all(is_ours) {
        return Precheck::Mend;
    }
    Precheck::Stop(
        found
            .broken
            .iter()
            .map(|package| format!("{package} is installed only in part"))
            .collect(),
    )
}

/// What the package manager would do beyond the plan, or leave undone.
fn other_steps(plan: &HostPlan, found: &Found) -> Vec<String> {
    let is_open = |package: &str, to: &str| found.packages.get(package).is_none_or(|now| now.version != to);
    let planned: BTreeSet<(&str, Option<&str>)> = plan
        .packages
        .iter()
        .filter(|change| is_open(&change.package, &change.to))
        .map(|change| (change.package.as_str(), Some(change.to.as_str())))
        .collect();
    let simulated: BTreeSet<(&str, Option<&str>)> = found
        .simulated
        .iter()
        .map(|change| (change.package.as_str(), change.to.as_deref()))
        .collect();
    let line = |(package, to): &(&str, Option<&str>)| match to {
        Some(to) => format!("{package} {to}"),
        None => format!("the removal of {package}"),
    };
    let beyond = simulated
        .difference(&planned)
        .map(|change| format!("the package manager would also do {}", line(change)));
    let undone = planned
        .difference(&simulated)
        .map(|change| format!("the package manager would not do {}", line(change)));
    beyond.chain(undone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{PackageChange, Reboot, RebootWord, Space, Undo};
    use basis::Subject;

    fn plan() -> HostPlan {
        let change = |package: &str, from: Option<&str>| PackageChange {
            package: package.into(),
            from: from.map(Into::into),
            to: "2".into(),
            undo: Undo::None,
        };
        HostPlan {
            asset: Subject::parse("AST-0001").unwrap(),
            name: "web01".into(),
            is_controller: false,
            machine_id: Some("m".into()),
            space: vec![Space {
                path: "/".into(),
                free_bytes_least: 10,
            }],
            reboot_before: RebootWord::NotNeeded,
            packages: vec![
                change("a", Some("1")),
                change("b", Some("1")),
                change("new", None),
            ],
            left_out: Vec::new(),
            reboot: Reboot::Never,
        }
    }

    fn at(version: &str) -> FoundPackage {
        FoundPackage {
            version: version.into(),
            is_whole: true,
        }
    }

    fn simulated(package: &str) -> SimulatedPackage {
        SimulatedPackage {
            package: package.into(),
            from: None,
            to: Some("2".into()),
        }
    }

    fn found() -> Found {
        Found {
            machine_id: Some("m".into()),
            packages: BTreeMap::from([("a".into(), at("1")), ("b".into(), at("1"))]),
            broken: BTreeSet::new(),
            free: BTreeMap::from([("/".into(), 10)]),
            simulated: vec![simulated("a"), simulated("b"), simulated("new")],
            refusals: Vec::new(),
        }
    }

    fn stopped(found: &Found, attempt: u32) -> String {
        match precheck(&plan(), found, attempt) {
            Precheck::Stop(lines) => lines.join("; "),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_host_as_planned_is_worked_on_and_one_that_is_done_is_left_alone() {
        let pair = |name: &str| (name.to_owned(), "2".to_owned());
        assert_eq!(
            precheck(&plan(), &found(), 1),
            Precheck::Go(vec![pair("a"), pair("b")])
        );
        let mut half = found();
        half.packages.insert("a".into(), at("2"));
        half.simulated = vec![simulated("b"), simulated("new")];
        assert_eq!(precheck(&plan(), &half, 1), Precheck::Go(vec![pair("b")]));
        let mut done = found();
        done.packages = ["a", "b", "new"].map(|name| (name.to_owned(), at("2"))).into();
        // A full disk matters only where something is to be done.
        done.free.clear();
        assert_eq!(precheck(&plan(), &done, 1), Precheck::NothingToDo);
    }

    #[test]
    fn anything_else_than_what_was_approved_stops_the_host_and_is_said() {
        type Spoil = fn(&mut Found);
        let rows: &[(&str, Spoil)] = &[
            ("a is at 3, expected 1 or 2", |found| {
                drop(found.packages.insert("a".into(), at("3")))
            }),
            ("b is not installed, expected 1 or 2", |found| {
                drop(found.packages.remove("b"))
            }),
            ("new is at 1, expected nothing or 2", |found| {
                drop(found.packages.insert("new".into(), at("1")))
            }),
            ("another machine answers", |found| {
                found.machine_id = Some("other".into())
            }),
            ("9 bytes are free at /", |found| {
                found.free.extend([("/".into(), 9)])
            }),
            ("it is not known how much is free at /", |found| {
                found.free.clear()
            }),
            ("would refuse: no such version", |found| {
                found.refusals.push("no such version".into())
            }),
            ("would also do c 2", |found| found.simulated.push(simulated("c"))),
            ("would not do a 2", |found| drop(found.simulated.remove(0))),
            ("x is installed only in part", |found| {
                found.broken.extend(["x".into()])
            }),
        ];
        for (expected, spoil) in rows {
            let mut found = found();
            spoil(&mut found);
            let said = stopped(&found, 1);
            assert!(said.contains(expected), "{said}");
        }
        let mut removal = found();
        removal.simulated.push(SimulatedPackage {
            package: "d".into(),
            from: Some("1".into()),
            to: None,
        });
        assert!(stopped(&removal, 1).contains("would also do the removal of d"));
    }

    #[test]
    fn only_a_later_attempt_mends_and_only_what_the_plan_itself_touched() {
        let mut half = found();
        half.packages.insert(
            "a".into(),
            FoundPackage {
                version: "2".into(),
                is_whole: false,
            },
        );
        half.broken.insert("a".into());
        assert!(stopped(&half, 1).contains("a is installed only in part"));
        assert_eq!(precheck(&plan(), &half, 2), Precheck::Mend);
        half.broken.insert("other".into());
        assert!(stopped(&half, 2).contains("other is installed only in part"));
    }
}
