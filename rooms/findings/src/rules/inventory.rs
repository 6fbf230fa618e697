//! What is installed on an asset, as far as findings care: packages under the name and version of their source.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use formats::versions::{debian, rpm};
use hosts::{HostState, OsFamily, Package};

/// The packages of one asset, from its latest collection.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// The release as advisories name it, such as `Debian:12`; none where no advisories are known for it.
    pub ecosystem: Option<String>,
    family: Option<Family>,
    sources: BTreeMap<String, Source>,
    /// Binary package to its source and version.
    binaries: BTreeMap<String, Binary>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Debian,
    Rpm,
}

#[derive(Debug, Clone, Default)]
struct Source {
    versions: BTreeSet<String>,
    binaries: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Binary {
    source: String,
    /// Several where the package is installed more than once, as kernels are.
    versions: Vec<String>,
}

impl Inventory {
    /// The inventory of an asset from which nothing was collected.
    pub const fn empty() -> Self {
        Self {
            ecosystem: None,
            family: None,
            sources: BTreeMap::new(),
            binaries: BTreeMap::new(),
        }
    }

    /// The inventory of a collected state.
    pub fn of(state: &HostState) -> Self {
        let family = match state.os.family {
            OsFamily::Debian => Some(Family::Debian),
            OsFamily::Rhel => Some(Family::Rpm),
            OsFamily::Other => None,
        };
        let ecosystem = ecosystem(&state.os.id, &state.os.version_id);
        let mut inventory = Self {
            ecosystem,
            family,
            ..Self::default()
        };
        for package in &state.packages {
            inventory.add(package);
        }
        inventory.forget_old_kernels();
        inventory
    }

    fn add(&mut self, package: &Package) {
        let (name, version) = source_of(package, self.family);
        let source = self.sources.entry(name.clone()).or_default();
        source.versions.insert(version);
        source.binaries.insert(package.name.clone());
        let binary = self.binaries.entry(package.name.clone());
        let binary = binary.or_insert_with(|| Binary {
            source: name,
            versions: Vec::new(),
        });
        binary.versions.push(package.version.clone());
    }

    /// A kernel that was superseded but not removed is no flaw by itself: the newest one will run after a reboot, and
    /// until then the reboot is what is missing.
    fn forget_old_kernels(&mut self) {
        let family = self.family;
        for source in self.sources.values_mut().filter(|source| source.is_kernel()) {
            let newest = source.versions.iter().max_by(|a, b| order(family, a, b)).cloned();
            source.versions = newest.into_iter().collect();
        }
    }

    /// The source packages with the versions in which they are installed.
    pub fn sources(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.sources
            .iter()
            .map(|(name, source)| (name.as_str(), source.versions.iter().map(String::as_str)))
    }

    /// The versions in which a source package is installed; none where it is not.
    pub fn versions(&self, source: &str) -> Vec<&str> {
        let found = self.sources.get(source);
        found.map_or_else(Vec::new, |source| {
            source.versions.iter().map(String::as_str).collect()
        })
    }

    /// The source that a package was built from; the name itself where it is not installed.
    pub fn source_name<'a>(&'a self, package: &'a str) -> &'a str {
        self.binaries
            .get(package)
            .map_or(package, |binary| binary.source.as_str())
    }

    /// The binary packages of a source, and the source's own name.
    pub fn names_of<'a>(&'a self, source: &'a str) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::from([source]);
        if let Some(found) = self.sources.get(source) {
            names.extend(found.binaries.iter().map(String::as_str));
        }
        names
    }

    /// Whether the source builds kernels, so that only a reboot makes an update take effect.
    pub fn is_kernel(&self, source: &str) -> bool {
        self.sources.get(source).is_some_and(Source::is_kernel) || is_kernel_package(source)
    }

    /// Whether every installed version of a package is at least `wanted`; a package that is gone is no longer a flaw.
    /// `None` where it cannot be said: the order is not known, or only one of the two carries an epoch.
    pub fn is_at_least(&self, package: &str, wanted: &str) -> Option<bool> {
        let family = self.family?;
        let Some(binary) = self.binaries.get(package) else {
            return Some(true);
        };
        let mut answer = true;
        for installed in &binary.versions {
            let comparable = installed.contains(':') == wanted.contains(':');
            if !comparable || (family == Family::Rpm && rpm::compare(installed, wanted).is_err()) {
                return None;
            }
            answer &= order(Some(family), installed, wanted).is_ge();
        }
        Some(answer)
    }
}

impl Source {
    fn is_kernel(&self) -> bool {
        self.binaries.iter().any(|name| is_kernel_package(name))
    }
}

fn is_kernel_package(name: &str) -> bool {
    name.starts_with("linux-image-")
        || matches!(name, "kernel" | "kernel-core" | "kernel-rt" | "kernel-rt-core")
}

fn order(family: Option<Family>, a: &str, b: &str) -> Ordering {
    match family {
        Some(Family::Rpm) => rpm::compare(a, b).unwrap_or_else(|_| a.cmp(b)),
        _ => debian::compare(a, b),
    }
}

/// The source as advisories name it. Debian signs kernels in sources of their own, `linux-signed-amd64 (6.1.76+1)`,
/// while its advisories speak of `linux (6.1.76-1)`. RPM advisories name binary packages.
fn source_of(package: &Package, family: Option<Family>) -> (String, String) {
    if package.source.starts_with("linux-signed-") {
        let version = &package.source_version;
        let version = match version.rsplit_once('+') {
            Some((upstream, revision)) => format!("{upstream}-{revision}"),
            None => version.clone(),
        };
        return ("linux".to_owned(), version);
    }
    let has_source = !package.source.is_empty() && !package.source_version.is_empty();
    if family == Some(Family::Rpm) || !has_source {
        return (package.name.clone(), package.version.clone());
    }
    (package.source.clone(), package.source_version.clone())
}

/// How OSV names the release of a system, by `ID` and `VERSION_ID` of its os-release.
fn ecosystem(id: &str, version_id: &str) -> Option<String> {
    let name = match id {
        "debian" => "Debian",
        "ubuntu" => "Ubuntu",
        "almalinux" => "AlmaLinux",
        "rocky" => "Rocky Linux",
        "rhel" => "Red Hat",
        _ => return None,
    };
    (!version_id.is_empty()).then(|| format!("{name}:{version_id}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use basis::Time;
    use hosts::{Container, Hold, Kernel, Learned, Os, PackageState, RebootNeed, Rights};

    use super::*;

    /// A package, its source and the version of both.
    pub(crate) fn package(name: &str, source: &str, version: &str) -> Package {
        Package {
            name: name.to_owned(),
            architecture: "amd64".to_owned(),
            version: version.to_owned(),
            source: source.to_owned(),
            source_version: version.to_owned(),
            state: PackageState::Installed,
            hold: Hold::Free,
        }
    }

    /// A Debian 12 host with these packages and nothing left to do.
    pub(crate) fn state(packages: Vec<Package>) -> HostState {
        HostState {
            os: Os {
                id: "debian".to_owned(),
                id_like: Vec::new(),
                version_id: "12".to_owned(),
                codename: "bookworm".to_owned(),
                pretty_name: "Debian 12".to_owned(),
                family: OsFamily::Debian,
            },
            hostname: "web01".to_owned(),
            architecture: "amd64".to_owned(),
            rights: Rights::Root,
            machine_id: Learned::Unknown("none".to_owned()),
            boot_id: Learned::Unknown("none".to_owned()),
            host_time: Time::from_ms(0),
            uptime_s: Learned::Known(60),
            container: Container::No,
            kernel: Kernel {
                running: "6.1.0-18-amd64".to_owned(),
                running_build: String::new(),
                newest_installed: Learned::Unknown("none".to_owned()),
            },
            reboot: RebootNeed::NotNeeded,
            packages,
            updates: Learned::Unknown("none".to_owned()),
            old_services: Learned::Known(Vec::new()),
            listening: Learned::Known(Vec::new()),
            disks: Vec::new(),
            firmware: Learned::Unknown("none".to_owned()),
        }
    }

    #[test]
    fn a_signed_kernel_counts_as_the_kernel_and_only_the_newest_counts() {
        let mut old = package("linux-image-6.1.0-9-amd64", "linux-signed-amd64", "6.1.27-1");
        old.source_version = "6.1.27+1".to_owned();
        let mut new = package("linux-image-6.1.0-18-amd64", "linux-signed-amd64", "6.1.76-1");
        new.source_version = "6.1.76+1".to_owned();
        let inventory = Inventory::of(&state(vec![new, old]));
        assert_eq!(inventory.versions("linux"), ["6.1.76-1"]);
        assert!(inventory.is_kernel("linux"));
        assert_eq!(inventory.source_name("linux-image-6.1.0-9-amd64"), "linux");
    }

    #[test]
    fn a_version_without_epoch_proves_nothing_about_one_with() {
        let inventory = Inventory::of(&state(vec![
            package("libssl3", "openssl", "3.0.11-1"),
            package("bind9", "bind9", "1:9.18.1-1"),
        ]));
        let rows = [
            ("libssl3", "3.0.11-1", Some(true)),
            ("libssl3", "3.0.12-1", Some(false)),
            ("libssl3", "1:1.0-1", None),
            ("bind9", "9.18.0-1", None),
            ("bind9", "1:9.18.0-1", Some(true)),
            ("removed", "1.0-1", Some(true)),
        ];
        for (name, wanted, expected) in rows {
            assert_eq!(inventory.is_at_least(name, wanted), expected, "{name} {wanted}");
        }
        assert_eq!(
            Inventory::default().is_at_least("libssl3", "1"),
            None,
            "no collection, no proof"
        );
    }

    #[test]
    fn releases_are_named_as_advisories_name_them() {
        assert_eq!(ecosystem("debian", "12").as_deref(), Some("Debian:12"));
        assert_eq!(ecosystem("rocky", "9.4").as_deref(), Some("Rocky Linux:9.4"));
        assert_eq!(ecosystem("debian", ""), None);
        assert_eq!(ecosystem("arch", "1"), None);
    }
}
