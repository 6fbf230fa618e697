//! Whether an advisory applies to an installed version.

use std::cmp::Ordering;

use thiserror::Error;

use super::advisory::{Advisory, Affected, Bound, RangeKind};
use super::ecosystem::Ecosystem;
use crate::versions::VersionError;
use crate::versions::debian::DebianVersion;
use crate::versions::rpm::Evr;

/// What an advisory says about one installed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The installed version is affected.
    Affected {
        /// The lowest version with the fix that is newer than the installed one; `None` if there is no fix yet.
        fixed: Option<String>,
    },
    /// The installed version has the fix or never had the flaw, the advisory does not list the package for this
    /// release, or it was withdrawn.
    NotAffected,
    /// It cannot be said; never to be taken for either of the others.
    Unknown(UnknownReason),
}

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnknownReason {
    /// The ecosystem is not one whose order of versions is known.
    #[error("the order of versions of `{0}` is not known")]
    Ecosystem(String),
    /// The advisory lists no packages at all.
    #[error("the advisory lists no packages; read its text")]
    NoPackages,
    /// The installed version cannot be read.
    #[error("the installed version cannot be read: {0}")]
    Installed(VersionError),
    /// A version in the advisory cannot be read.
    #[error("a version in the advisory cannot be read: {0}")]
    Bound(VersionError),
    /// The advisory gives neither ranges of package versions nor a list.
    #[error("the advisory gives no package versions for `{0}`")]
    NoVersions(String),
    /// The advisory is for a module stream and versions of different streams cannot be compared.
    #[error(
        "the fix `{fixed}` belongs to a module stream; compare the stream of the installed package by hand"
    )]
    ModuleStream {
        /// The fixed version in that stream.
        fixed: String,
    },
}

impl Advisory {
    /// Says whether the installed version of a package is affected.
    ///
    /// `ecosystem` names distribution and release as [`Ecosystem::parse`] reads it. For Debian and Ubuntu `package`
    /// and `installed` are those of the source package.
    pub fn affects(&self, ecosystem: &str, package: &str, installed: &str) -> Verdict {
        if self.withdrawn.is_some() {
            return Verdict::NotAffected;
        }
        let Some(release) = Ecosystem::parse(ecosystem) else {
            return Verdict::Unknown(UnknownReason::Ecosystem(ecosystem.to_owned()));
        };
        if self.affected.is_empty() {
            return Verdict::Unknown(UnknownReason::NoPackages);
        }
        let mut verdict = Verdict::NotAffected;
        for entry in self.affected.iter().filter(|entry| entry.package == package) {
            if Ecosystem::parse(&entry.ecosystem).as_ref() != Some(&release) {
                continue;
            }
            match judge(entry, &release, installed) {
                Ok(Verdict::NotAffected) => {}
                Ok(affected @ Verdict::Affected { .. }) => return affected,
                Ok(unknown) => verdict = unknown,
                Err(reason) => verdict = Verdict::Unknown(reason),
            }
        }
        verdict
    }
}

/// A version in the order of its distribution. Only versions of one distribution are ever compared.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Version {
    Debian(DebianVersion),
    Rpm(Evr),
}

impl Version {
    fn parse(text: &str, release: &Ecosystem) -> Result<Version, VersionError> {
        match release.distribution.is_debian_like() {
            true => DebianVersion::parse(text).map(Version::Debian),
            false => Evr::parse(text).map(Version::Rpm),
        }
    }

    fn compare_to_bound(&self, bound: &Version) -> Ordering {
        match (self, bound) {
            (Version::Debian(a), Version::Debian(b)) => a.cmp(b),
            (Version::Rpm(a), Version::Rpm(b)) => a.compare_to_bound(b),
            // `parse` chooses by distribution, so that one entry never mixes them.
            (Version::Debian(_), Version::Rpm(_)) => Ordering::Less,
            (Version::Rpm(_), Version::Debian(_)) => Ordering::Greater,
        }
    }

    /// The part of an RPM release that names a module build.
    fn is_of_module(&self) -> bool {
        match self {
            Version::Rpm(evr) => evr.release().is_some_and(|release| release.contains(".module")),
            Version::Debian(_) => false,
        }
    }

    fn has_same_upstream(&self, other: &Version) -> bool {
        match (self, other) {
            (Version::Rpm(a), Version::Rpm(b)) => a.epoch() == b.epoch() && a.version() == b.version(),
            _ => false,
        }
    }
}

/// A bound with its version; introduced sorts before what ends a range at the same version.
struct Edge<'a> {
    version: Option<Version>,
    bound: &'a Bound,
}

fn judge(entry: &Affected, release: &Ecosystem, installed: &str) -> Result<Verdict, UnknownReason> {
    let installed = Version::parse(installed, release).map_err(UnknownReason::Installed)?;
    let mut has_versions = !entry.versions.is_empty();
    let mut is_affected = entry
        .versions
        .iter()
        .any(|listed| Version::parse(listed, release).is_ok_and(|listed| listed == installed));
    let mut fixed: Option<(Version, &str)> = None;
    for range in entry
        .ranges
        .iter()
        .filter(|range| range.kind == RangeKind::Ecosystem)
    {
        has_versions = true;
        let edges = edges(&range.bounds, release)?;
        refuse_other_stream(&edges, &installed)?;
        let (is_inside, fix) = walk(&edges, &installed);
        is_affected |= is_inside;
        fixed = match (fixed, fix) {
            (Some(one), Some(two)) if one.0.compare_to_bound(&two.0).is_le() => Some(one),
            (one, two) => two.or(one),
        };
    }
    if is_affected {
        return Ok(Verdict::Affected {
            fixed: fixed.map(|(_, text)| text.to_owned()),
        });
    }
    match has_versions {
        true => Ok(Verdict::NotAffected),
        false => Err(UnknownReason::NoVersions(entry.package.clone())),
    }
}

fn edges<'a>(bounds: &'a [Bound], release: &Ecosystem) -> Result<Vec<Edge<'a>>, UnknownReason> {
    let mut edges = Vec::with_capacity(bounds.len());
    for bound in bounds {
        let version = match bound {
            Bound::Introduced(text) if text == "0" => None,
            Bound::Introduced(text) | Bound::Fixed(text) | Bound::LastAffected(text) => {
                Some(Version::parse(text, release).map_err(UnknownReason::Bound)?)
            }
            // A limit is only for branches of repositories.
            Bound::Limit(_) => continue,
        };
        edges.push(Edge { version, bound });
    }
    edges.sort_by(|a, b| {
        let by_version = match (&a.version, &b.version) {
            (Some(a), Some(b)) => a.compare_to_bound(b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        by_version.then_with(|| rank(a.bound).cmp(&rank(b.bound)))
    });
    Ok(edges)
}

fn rank(bound: &Bound) -> u8 {
    match bound {
        Bound::Introduced(_) => 0,
        Bound::LastAffected(_) | Bound::Fixed(_) | Bound::Limit(_) => 1,
    }
}

/// Walks the bounds in the order of versions: whether the installed version is inside, and the next fix behind it.
fn walk<'a>(edges: &[Edge<'a>], installed: &Version) -> (bool, Option<(Version, &'a str)>) {
    let mut is_inside = false;
    let mut fix = None;
    for edge in edges {
        let order = match &edge.version {
            Some(version) => installed.compare_to_bound(version),
            None => Ordering::Greater,
        };
        match edge.bound {
            Bound::Introduced(_) if order.is_ge() => is_inside = true,
            Bound::Fixed(_) if order.is_ge() => is_inside = false,
            Bound::LastAffected(_) if order.is_gt() => is_inside = false,
            Bound::Fixed(text) if fix.is_none() => {
                fix = edge.version.clone().map(|version| (version, text.as_str()));
            }
            _ => {}
        }
    }
    (is_inside, fix)
}

/// Versions of a module compare only within one stream, which the version does not name. The same upstream version
/// can be trusted to be of the same stream; anything else is left to a person.
fn refuse_other_stream(edges: &[Edge<'_>], installed: &Version) -> Result<(), UnknownReason> {
    for edge in edges {
        let (Some(version), Bound::Fixed(text)) = (&edge.version, edge.bound) else {
            continue;
        };
        let is_of_module = version.is_of_module() || installed.is_of_module();
        let is_comparable =
            version.is_of_module() && installed.is_of_module() && version.has_same_upstream(installed);
        if is_of_module && !is_comparable {
            return Err(UnknownReason::ModuleStream { fixed: text.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::osv::Range;

    fn entry(ecosystem: &str, bounds: Vec<Bound>) -> Affected {
        Affected {
            ecosystem: ecosystem.to_owned(),
            package: "openssl".to_owned(),
            ranges: vec![Range {
                kind: RangeKind::Ecosystem,
                bounds,
            }],
            versions: Vec::new(),
            severity: Vec::new(),
            severity_text: None,
        }
    }

    fn advisory(affected: Vec<Affected>) -> Advisory {
        Advisory {
            id: "TEST-1".to_owned(),
            summary: String::new(),
            aliases: Vec::new(),
            upstream: Vec::new(),
            related: Vec::new(),
            published: None,
            modified: "2026-01-01T00:00:00Z".to_owned(),
            withdrawn: None,
            severity: Vec::new(),
            affected,
            references: Vec::new(),
        }
    }

    fn introduced(version: &str) -> Bound {
        Bound::Introduced(version.to_owned())
    }

    fn fixed(version: &str) -> Bound {
        Bound::Fixed(version.to_owned())
    }

    fn affected(fixed: &str) -> Verdict {
        Verdict::Affected {
            fixed: Some(fixed.to_owned()),
        }
    }

    #[test]
    fn ranges_are_walked_in_the_order_of_versions() {
        let bounds = vec![
            fixed("3.0.9-1"),
            introduced("3.0.0-1"),
            introduced("0"),
            fixed("1.1.1n-0+deb11u5"),
        ];
        let advisory = advisory(vec![entry("Debian:12", bounds)]);
        let rows = [
            ("1.0.0-1", affected("1.1.1n-0+deb11u5")),
            ("1.1.1n-0+deb11u5", Verdict::NotAffected),
            ("1.1.1n-0+deb11u10", Verdict::NotAffected),
            ("3.0.0~beta-1", Verdict::NotAffected),
            ("3.0.0-1", affected("3.0.9-1")),
            ("3.0.9-1~deb12u1", affected("3.0.9-1")),
            ("3.0.9-1", Verdict::NotAffected),
            ("1:0.1-1", Verdict::NotAffected),
        ];
        for (installed, expected) in rows {
            assert_eq!(
                advisory.affects("Debian:12", "openssl", installed),
                expected,
                "{installed}"
            );
        }
    }

    #[test]
    fn the_last_affected_version_is_affected_and_every_release_of_it() {
        let bounds = vec![introduced("0"), Bound::LastAffected("1.2.3".to_owned())];
        let advisory = advisory(vec![entry("AlmaLinux:9", bounds)]);
        let open = Verdict::Affected { fixed: None };
        assert_eq!(advisory.affects("AlmaLinux:9", "openssl", "1.2.3-7.el9"), open);
        assert_eq!(
            advisory.affects("AlmaLinux:9", "openssl", "1.2.4-1.el9"),
            Verdict::NotAffected
        );
    }

    #[test]
    fn other_packages_and_releases_are_not_affected() {
        let advisory = advisory(vec![entry("Debian:11", vec![introduced("0"), fixed("2-1")])]);
        assert_eq!(advisory.affects("Debian:11", "openssl", "1-1"), affected("2-1"));
        assert_eq!(
            advisory.affects("Debian:12", "openssl", "1-1"),
            Verdict::NotAffected
        );
        assert_eq!(
            advisory.affects("Debian:11", "libssl3", "1-1"),
            Verdict::NotAffected
        );
    }

    #[test]
    fn a_withdrawn_advisory_affects_nothing() {
        let mut advisory = advisory(vec![entry("Debian:11", vec![introduced("0")])]);
        advisory.withdrawn = Some("2026-01-02T00:00:00Z".to_owned());
        assert_eq!(
            advisory.affects("Debian:11", "openssl", "1-1"),
            Verdict::NotAffected
        );
    }

    #[test]
    fn a_listed_version_is_affected_however_it_is_spelt() {
        let mut listed = entry("Ubuntu:22.04:LTS", vec![]);
        listed.ranges.clear();
        listed.versions = vec!["3.0.2-0ubuntu1".to_owned()];
        let advisory = advisory(vec![listed]);
        let open = Verdict::Affected { fixed: None };
        assert_eq!(
            advisory.affects("Ubuntu:22.04", "openssl", "0:3.0.2-0ubuntu1"),
            open
        );
        assert_eq!(
            advisory.affects("Ubuntu:22.04", "openssl", "3.0.2-0ubuntu2"),
            Verdict::NotAffected
        );
        let pro = advisory.affects("Ubuntu:Pro:22.04:LTS", "openssl", "3.0.2-0ubuntu1");
        assert_eq!(pro, Verdict::NotAffected, "Pro is its own ecosystem");
    }

    #[test]
    fn what_cannot_be_said_is_unknown_with_the_reason() {
        let mut commits = entry("Debian:12", vec![introduced("0")]);
        commits.ranges[0].kind = RangeKind::Other("GIT".to_owned());
        let module = entry(
            "AlmaLinux:9",
            vec![introduced("0"), fixed("8.1.32-1.module_el9.5.0+156")],
        );
        let broken = entry("Debian:12", vec![introduced("0"), fixed("not a version")]);
        let plain = || entry("Debian:12", vec![introduced("0"), fixed("2-1")]);
        let rows = [
            (
                vec![plain()],
                "npm",
                "1-1",
                "the order of versions of `npm` is not known",
            ),
            (vec![], "Debian:12", "1-1", "the advisory lists no packages"),
            (
                vec![commits],
                "Debian:12",
                "1-1",
                "the advisory gives no package versions for `openssl`",
            ),
            (
                vec![plain()],
                "Debian:12",
                "",
                "the installed version cannot be read",
            ),
            (
                vec![broken],
                "Debian:12",
                "1-1",
                "a version in the advisory cannot be read",
            ),
            (
                vec![module.clone()],
                "AlmaLinux:9",
                "8.0.30-1.el9",
                "belongs to a module stream",
            ),
            (
                vec![module],
                "AlmaLinux:9",
                "8.2.1-1.module_el9.5.0+1",
                "belongs to a module stream",
            ),
        ];
        for (entries, ecosystem, installed, expected) in rows {
            match advisory(entries).affects(ecosystem, "openssl", installed) {
                Verdict::Unknown(reason) => assert!(reason.to_string().contains(expected), "{reason}"),
                other => panic!("{expected}: {other:?}"),
            }
        }
    }

    #[test]
    fn builds_of_one_module_version_are_compared() {
        let bounds = vec![introduced("0"), fixed("8.1.32-2.module_el9.5.0+156")];
        let advisory = advisory(vec![entry("AlmaLinux:9", bounds)]);
        let installed = "8.1.32-1.module_el9.5.0+100";
        let expected = affected("8.1.32-2.module_el9.5.0+156");
        assert_eq!(advisory.affects("AlmaLinux:9", "openssl", installed), expected);
        let installed = "8.1.32-2.module_el9.5.0+156";
        assert_eq!(
            advisory.affects("AlmaLinux:9", "openssl", installed),
            Verdict::NotAffected
        );
    }
}
