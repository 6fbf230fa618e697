//! Which updates apt knows of, which of them are security updates, and what stands in the way.

use std::collections::{BTreeMap, BTreeSet};

use basis::Time;
use formats::versions::debian;

use super::apt_policy::{Table, read_releases, read_tables, suite};
use super::sections::Sections;
use crate::HostError;
use crate::apt::simulated_changes;
use crate::command::Exit;
use crate::state::{Hold, Learned, Origin, Package, PendingUpdate, Security, Standing, Updates};

/// What the two simulations say about packages that stay as they are.
#[derive(Debug, Default)]
struct Simulated {
    by_upgrade: BTreeSet<String>,
    by_dist_upgrade: BTreeSet<String>,
    deferred: BTreeSet<String>,
    entitlement: BTreeSet<String>,
}

pub(super) fn read(sections: &Sections, packages: &[Package]) -> Result<Learned<Updates>, HostError> {
    let unknown = |why: &str| Ok(Learned::Unknown(why.to_owned()));
    let (upgrade, dist_upgrade) = match (sections.part("upgrade"), sections.part("dist-upgrade")) {
        (Some((_, upgrade)), Some((Exit::Code(0), dist_upgrade))) => (upgrade, dist_upgrade),
        (None, _) => return unknown("the host has no program `apt-get`"),
        _ => return unknown("`apt-get -s dist-upgrade` fails; a package may be broken"),
    };
    let releases = read_releases(&sections.text("apt-releases").unwrap_or_default());
    if releases.is_empty() {
        return unknown("the host has no package lists; fetch them first");
    }
    let simulated = Simulated {
        by_upgrade: upgraded(&upgrade),
        by_dist_upgrade: upgraded(&dist_upgrade),
        deferred: listed(&upgrade, "The following upgrades have been deferred"),
        entitlement: listed(&upgrade, "The following security updates require Ubuntu Pro"),
    };
    let tables = read_tables(&sections.text("apt-policy").unwrap_or_default());
    let mut pending: Vec<PendingUpdate> = tables
        .iter()
        .filter_map(|table| pending_update(table, packages, &releases, &simulated))
        .collect();
    pending.sort_by(|a, b| (&a.package, &a.architecture).cmp(&(&b.package, &b.architecture)));
    Ok(Learned::Known(Updates {
        lists_refreshed_at: lists_refreshed_at(sections),
        pending,
    }))
}

/// The newest of the times in the part `lists`, in seconds since 1970.
pub(super) fn lists_refreshed_at(sections: &Sections) -> Learned<Time> {
    let text = sections.text("lists").unwrap_or_default();
    let newest = text
        .lines()
        .filter_map(|line| line.trim().parse::<i64>().ok())
        .max();
    match newest {
        Some(seconds) => Learned::Known(Time::from_ms(seconds.saturating_mul(1_000))),
        None => Learned::Unknown("the host has no package lists".to_owned()),
    }
}

fn upgraded(simulation: &str) -> BTreeSet<String> {
    let changes = simulated_changes(simulation).into_iter();
    changes
        .filter(|change| change.from.is_some() && change.to.is_some())
        .map(|change| change.package)
        .collect()
}

/// The names in the indented block below a heading.
fn listed(simulation: &str, heading: &str) -> BTreeSet<String> {
    let mut lines = simulation.lines().skip_while(|line| !line.starts_with(heading));
    lines.next();
    let block = lines.take_while(|line| line.starts_with(' '));
    block.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

fn pending_update(
    table: &Table,
    packages: &[Package],
    releases: &BTreeMap<String, Origin>,
    simulated: &Simulated,
) -> Option<PendingUpdate> {
    let name = table.package.split(':').next().unwrap_or_default();
    let wanted_architecture = table
        .package
        .split_once(':')
        .map(|(_, architecture)| architecture);
    let package = packages.iter().find(|package| {
        package.name == name
            && package.version == table.installed
            && wanted_architecture.is_none_or(|wanted| package.architecture == wanted)
    })?;
    let is_withheld = simulated.entitlement.contains(&table.package);
    let is_newer = debian::compare(&table.candidate, &table.installed).is_gt();
    if !is_newer && !is_withheld {
        return None;
    }
    let candidate = if is_newer {
        table.candidate.clone()
    } else {
        String::new()
    };
    let row = table.versions.iter().find(|row| row.version == candidate);
    let lists = row.map(|row| row.lists.as_slice()).unwrap_or_default();
    let standing = if simulated.by_upgrade.contains(&table.package) {
        Standing::Offered
    } else if simulated.by_dist_upgrade.contains(&table.package) {
        Standing::NeedsOthers
    } else if package.hold == Hold::Held {
        Standing::Held
    } else if is_withheld {
        Standing::NeedsEntitlement
    } else if simulated.deferred.contains(&table.package) || row.is_some_and(|row| row.is_phased) {
        Standing::Phased
    } else {
        Standing::KeptBack
    };
    Some(PendingUpdate {
        package: name.to_owned(),
        architecture: package.architecture.clone(),
        installed: table.installed.clone(),
        origins: lists
            .iter()
            .filter_map(|list| releases.get(list).cloned())
            .collect(),
        security: if is_withheld {
            Security::Yes
        } else {
            security(table, &candidate, releases)
        },
        standing,
        offers: table.offers(),
        candidate,
    })
}

/// apt's own rule, by more signs: a security update is one where any version after the installed one, up to the
/// candidate, is in a security archive. A point release may have merged it since.
fn security(table: &Table, candidate: &str, releases: &BTreeMap<String, Origin>) -> Security {
    let between = table.versions.iter().filter(|row| {
        debian::compare(&row.version, &table.installed).is_gt()
            && debian::compare(&row.version, candidate).is_le()
    });
    let lists: Vec<&String> = between.flat_map(|row| &row.lists).collect();
    let is_security =
        |list: &str| suite(list).ends_with("-security") || releases.get(list).is_some_and(of_security);
    if lists.iter().any(|list| is_security(list)) {
        return Security::Yes;
    }
    // "No" means something only from a publisher who marks its security updates.
    let marking: BTreeSet<&str> = releases
        .values()
        .filter(|origin| of_security(origin))
        .map(|origin| origin.origin.as_str())
        .collect();
    let marks = |list: &&String| {
        releases
            .get(*list)
            .is_some_and(|origin| marking.contains(origin.origin.as_str()))
    };
    if lists.iter().any(marks) {
        Security::No
    } else {
        Security::Unknown
    }
}

/// The suite's name changes when a release ages, the codename and the label do not.
fn of_security(origin: &Origin) -> bool {
    origin.codename.ends_with("-security")
        || origin.suite.ends_with("-security")
        || origin.label.ends_with("-Security")
        || origin.origin.starts_with("UbuntuESM")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(name: &str, label: &str, suite: &str) -> Origin {
        Origin {
            origin: name.into(),
            label: label.into(),
            suite: suite.into(),
            codename: String::new(),
        }
    }

    /// Versions, newest first, with the lists that hold them.
    type Rows<'a> = &'a [(&'a str, &'a [&'a str])];

    fn table(rows: Rows) -> Table {
        let versions = rows.iter().map(|(version, lists)| super::super::apt_policy::Row {
            version: (*version).to_owned(),
            is_phased: false,
            lists: lists.iter().map(|list| (*list).to_owned()).collect(),
        });
        Table {
            package: "p".into(),
            installed: "1".into(),
            candidate: rows[0].0.into(),
            versions: versions.collect(),
        }
    }

    #[test]
    fn an_update_is_for_security_if_any_version_on_the_way_is() {
        let releases: BTreeMap<String, Origin> = [
            (
                "s main",
                origin("Debian", "Debian-Security", "oldstable-security"),
            ),
            ("m main", origin("Debian", "Debian", "oldstable")),
            ("x main", origin("Vendor", "Vendor", "stable")),
        ]
        .map(|(list, origin)| (list.to_owned(), origin))
        .into();
        let rows: [(Rows, Security); 6] = [
            (&[("2", &["s main"]), ("1", &["m main"])], Security::Yes),
            (
                &[("3", &["m main"]), ("2", &["s main"]), ("1", &["m main"])],
                Security::Yes,
            ),
            (&[("2", &["m main"]), ("1", &["s main"])], Security::No),
            (&[("2", &["x main"]), ("1", &[])], Security::Unknown),
            (
                &[("2", &["u jammy-security/main amd64 Packages"]), ("1", &[])],
                Security::Yes,
            ),
            (&[("2", &["m main"]), ("0.9", &["s main"])], Security::No),
        ];
        for (versions, expected) in rows {
            let table = table(versions);
            assert_eq!(
                security(&table, &table.candidate, &releases),
                expected,
                "{versions:?}"
            );
        }
    }

    #[test]
    fn names_below_a_heading_end_with_the_block() {
        let text = "The following packages have been kept back:\n  a b\n  c\nThe following packages will be upgraded:\n  d\n";
        let names = listed(text, "The following packages have been kept back");
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(listed(text, "The following upgrades have been deferred").is_empty());
    }
}
