//! What was found afterwards against what was approved.

use std::collections::BTreeMap;

use super::plan::{HostPlan, RebootWord};
use super::precheck::FoundPackage;

/// The packages of a host by name.
pub type Packages = BTreeMap<String, FoundPackage>;

/// How a host stands to what was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Whether every package of the plan is wholly installed at its version.
    pub is_as_planned: bool,
    /// Everything that differs, one line each: also changes that nobody planned, a reboot that is still needed, and services
    /// that still run the old code.
    pub differences: Vec<String>,
}

/// The most services that one difference names.
const SERVICES_NAMED_MAX: usize = 20;

/// Compares the packages `after` with the plan, and with those `before` for what nobody planned. What is installed and does
/// not run yet, for want of a reboot or because `old_services` were not restarted, mends nothing.
pub fn compare(
    plan: &HostPlan,
    before: &Packages,
    after: &Packages,
    reboot: RebootWord,
    old_services: &[String],
) -> Compared {
    let mut differences: Vec<String> = plan
        .packages
        .iter()
        .filter_map(|change| unlike(&change.package, &change.to, after.get(&change.package)))
        .collect();
    let is_as_planned = differences.is_empty();
    let is_planned = |package: &String| plan.packages.iter().any(|change| change.package == *package);
    for (package, was) in before.iter().filter(|(package, _)| !is_planned(package)) {
        match after.get(package) {
            None => differences.push(format!(
                "{package} {} is gone, which was not approved",
                was.version
            )),
            Some(is) if is.version != was.version => {
                differences.push(format!(
                    "{package} went from {} to {}, which was not approved",
                    was.version, is.version
                ));
            }
            Some(_) => {}
        }
    }
    for (package, is) in after
        .iter()
        .filter(|(package, _)| !is_planned(package) && !before.contains_key(*package))
    {
        differences.push(format!(
            "{package} {} came in, which was not approved",
            is.version
        ));
    }
    if reboot == RebootWord::Needed && !plan.packages.is_empty() {
        differences.push("a reboot is needed for what is installed to take effect".to_owned());
    }
    if !old_services.is_empty() && !plan.packages.is_empty() {
        differences.push(still_old(old_services));
    }
    Compared {
        is_as_planned,
        differences,
    }
}

fn still_old(services: &[String]) -> String {
    let (named, more) = services.split_at(services.len().min(SERVICES_NAMED_MAX));
    let more = match more.len() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    format!(
        "these services still run the old code: {}{more}; restart them, then compare again",
        named.join(", ")
    )
}

/// Compares the packages `after` an undoing with the versions before the run; answers what is not as it was.
pub fn compare_undone(plan: &HostPlan, after: &Packages) -> Vec<String> {
    let changed = plan.packages.iter().filter_map(|change| match &change.from {
        Some(from) => unlike(&change.package, from, after.get(&change.package)),
        None => after
            .get(&change.package)
            .map(|is| format!("{} {} came in and stays", change.package, is.version)),
    });
    changed.collect()
}

fn unlike(package: &str, wanted: &str, is: Option<&FoundPackage>) -> Option<String> {
    match is {
        None => Some(format!("{package} is not installed, approved is {wanted}")),
        Some(is) if is.version != wanted => {
            Some(format!("{package} is at {}, approved is {wanted}", is.version))
        }
        Some(is) if !is.is_whole => Some(format!("{package} {wanted} is installed only in part")),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{PackageChange, Reboot, Undo};
    use basis::Subject;

    fn plan() -> HostPlan {
        HostPlan {
            asset: Subject::parse("AST-0001").unwrap(),
            name: "web01".into(),
            is_controller: false,
            machine_id: None,
            space: Vec::new(),
            reboot_before: RebootWord::NotNeeded,
            packages: vec![PackageChange {
                package: "a".into(),
                from: Some("1".into()),
                to: "2".into(),
                undo: Undo::Repository,
            }],
            left_out: Vec::new(),
            reboot: Reboot::Never,
        }
    }

    fn packages(rows: &[(&str, &str)]) -> Packages {
        let row = |(name, version): &(&str, &str)| {
            (
                name.to_string(),
                FoundPackage {
                    version: version.to_string(),
                    is_whole: true,
                },
            )
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn what_was_approved_and_nothing_else_makes_no_difference() {
        let before = packages(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let good = compare(
            &plan(),
            &before,
            &packages(&[("a", "2"), ("b", "1"), ("c", "1")]),
            RebootWord::NotNeeded,
            &[],
        );
        assert_eq!((good.is_as_planned, good.differences.len()), (true, 0));
        let other = compare(
            &plan(),
            &before,
            &packages(&[("a", "2"), ("b", "2"), ("d", "1")]),
            RebootWord::Needed,
            &[],
        );
        assert!(other.is_as_planned);
        assert_eq!(
            other.differences,
            [
                "b went from 1 to 2, which was not approved",
                "c 1 is gone, which was not approved",
                "d 1 came in, which was not approved",
                "a reboot is needed for what is installed to take effect",
            ]
        );
    }

    #[test]
    fn another_version_even_a_newer_one_is_not_what_was_approved() {
        for (version, said) in [
            ("1", "a is at 1, approved is 2"),
            ("3", "a is at 3, approved is 2"),
        ] {
            let found = compare(
                &plan(),
                &packages(&[]),
                &packages(&[("a", version)]),
                RebootWord::NotNeeded,
                &[],
            );
            assert_eq!(
                (found.is_as_planned, found.differences),
                (false, vec![said.to_owned()])
            );
        }
        let mut half = packages(&[("a", "2")]);
        half.get_mut("a").unwrap().is_whole = false;
        assert!(!compare(&plan(), &half.clone(), &half, RebootWord::NotNeeded, &[]).is_as_planned);
    }

    #[test]
    fn services_on_old_code_are_named_to_the_limit_although_every_package_is_as_planned() {
        let after = packages(&[("a", "2")]);
        let services =
            |count: usize| -> Vec<String> { (1..=count).map(|at| format!("s{at}.service")).collect() };
        let said = |services: &[String]| compare(&plan(), &after, &after, RebootWord::NotNeeded, services);
        let one = said(&services(1));
        assert!(one.is_as_planned);
        assert_eq!(
            one.differences,
            ["these services still run the old code: s1.service; restart them, then compare again"]
        );
        let at_limit = said(&services(SERVICES_NAMED_MAX)).differences;
        assert!(at_limit[0].contains("s20.service;"), "{at_limit:?}");
        let beyond = said(&services(SERVICES_NAMED_MAX + 1)).differences;
        assert!(beyond[0].contains("s20.service and 1 more;"), "{beyond:?}");
    }

    #[test]
    fn undone_means_at_the_version_before() {
        assert!(compare_undone(&plan(), &packages(&[("a", "1")])).is_empty());
        assert_eq!(
            compare_undone(&plan(), &packages(&[("a", "2")])),
            ["a is at 2, approved is 1"]
        );
    }
}
