//! What one check says about one vulnerability at one place: the common form of a plugin's result and of an advisory
//! that applies to an installed package.

use basis::Time;
use formats::nessus::Item;
use formats::osv::{Advisory, Affected, Ecosystem, UnknownReason, Verdict};
use policy::Severity;

use super::dates;
use super::identity::{CheckKey, Location, NAME_CHARS_MAX, Vulnerability, one_line};
use super::inventory::Inventory;
use super::output;
use super::rating::{self, Rated};

/// Longest title that is kept, in characters.
pub const TITLE_CHARS_MAX: usize = 300;

/// One check found one vulnerability at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Which check.
    pub check: CheckKey,
    /// Which vulnerability.
    pub vulnerability: Vulnerability,
    /// Where.
    pub location: Location,
    /// What the reporter calls it.
    pub title: String,
    /// How bad.
    pub rated: Rated,
    /// Whether only a check that signs in to the asset can see it.
    pub needs_credentials: bool,
    /// The group of checks that it belongs to: the plugin's family; empty for advisories.
    pub family: String,
    /// Under which scan policy it was found; empty where the report does not say.
    pub scan_policy: String,
    /// The package, where it is one.
    pub package: Option<String>,
    /// The version found.
    pub installed: Option<String>,
    /// The version that mends it.
    pub fixed: Option<String>,
    /// The versions that the check would be content with.
    pub wanted: Vec<Wanted>,
    /// When the publisher released the update or the advisory, or made the vulnerability known.
    pub published: Option<Time>,
}

/// A package and the version from which on a check no longer complains.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Wanted {
    /// The binary package.
    pub package: String,
    /// The version.
    pub version: String,
}

/// How the host was scanned on which an item was found.
#[derive(Debug, Clone, Default)]
pub struct ScanOfHost {
    /// Whether the scanner signed in.
    pub is_credentialed: bool,
    /// The scan policy's name; empty where the report does not say.
    pub scan_policy: String,
}

/// Plugin families whose checks read files or the package database of the asset, so that they need credentials.
fn is_local(family: &str) -> bool {
    family.contains("Local Security Checks") || family.starts_with("Windows : Microsoft Bulletins")
}

/// What an item of a Nessus report says: one sighting for each of its CVEs, one under its own number without any, and
/// none at all for what the scanner only mentions for information.
pub fn of_item(item: &Item, scan: &ScanOfHost, inventory: &Inventory) -> Vec<Sighting> {
    let rated = rating::of_item(item);
    if item.cves.is_empty() && rated.severity == Severity::None {
        return Vec::new();
    }
    let check = CheckKey::Nessus(item.plugin_id);
    let named = output::packages(&item.plugin_output.kept);
    let is_local = is_local(&item.plugin_family);
    let first = named.first().filter(|_| is_local);
    let package = first.map(|first| inventory.source_name(&first.package).to_owned());
    let location = match (&package, item.port) {
        (Some(package), _) => Location::Package(package.clone()),
        (None, 0) => Location::Host,
        (None, port) => Location::Port {
            port,
            protocol: one_line(&item.protocol.to_ascii_lowercase(), 20),
        },
    };
    let cves = item.cves.iter().cloned().map(Vulnerability::Cve);
    let mut vulnerabilities: Vec<Vulnerability> = cves.collect();
    if vulnerabilities.is_empty() {
        vulnerabilities.push(Vulnerability::Check(check.clone()));
    }
    let published = item.patch_published.as_deref().and_then(dates::day);
    let sighting = |vulnerability| Sighting {
        check: check.clone(),
        vulnerability,
        location: location.clone(),
        title: one_line(&item.plugin_name, TITLE_CHARS_MAX),
        rated: rated.clone(),
        needs_credentials: is_local || (scan.is_credentialed && item.port == 0),
        family: one_line(&item.plugin_family, NAME_CHARS_MAX),
        scan_policy: scan.scan_policy.clone(),
        package: package.clone(),
        installed: first.and_then(|first| first.installed.clone()),
        fixed: first.map(|first| first.wanted.clone()),
        wanted: named
            .iter()
            .filter(|_| is_local)
            .map(output::Named::wanted)
            .collect(),
        published: published.or_else(|| item.vulnerability_published.as_deref().and_then(dates::day)),
    };
    vulnerabilities.into_iter().map(sighting).collect()
}

/// What an advisory says about an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matched {
    /// It applies: these are the sightings, one for each CVE that it names.
    Affected(Vec<Sighting>),
    /// It was looked at and does not, or no longer.
    NotAffected,
    /// It cannot be said, for this reason.
    Unknown(String),
}

/// Compares an advisory with what is installed.
pub fn of_advisory(advisory: &Advisory, inventory: &Inventory) -> Matched {
    let Some(release) = inventory.ecosystem.as_deref() else {
        return Matched::Unknown("no advisories are known for the operating system of the asset".to_owned());
    };
    let mut sightings = Vec::new();
    let says_nothing = advisory.affected.is_empty() && advisory.withdrawn.is_none();
    let mut unknown = says_nothing.then(|| UnknownReason::NoPackages.to_string());
    for affected in &advisory.affected {
        if Ecosystem::parse(&affected.ecosystem) != Ecosystem::parse(release) {
            continue;
        }
        for installed in inventory.versions(&affected.package) {
            match advisory.affects(release, &affected.package, installed) {
                Verdict::Affected { fixed } => {
                    sightings.extend(sightings_of(advisory, affected, installed, fixed));
                }
                Verdict::NotAffected => {}
                Verdict::Unknown(reason) => unknown = Some(reason.to_string()),
            }
        }
    }
    // Several entries may speak of one package, and several versions of it may be installed.
    sightings.sort_by_key(|sighting| (sighting.vulnerability.clone(), sighting.location.clone()));
    sightings.dedup_by(|a, b| a.vulnerability == b.vulnerability && a.location == b.location);
    match (sightings.is_empty(), unknown) {
        (false, _) => Matched::Affected(sightings),
        (true, Some(reason)) => Matched::Unknown(reason),
        (true, None) => Matched::NotAffected,
    }
}

fn sightings_of(
    advisory: &Advisory,
    affected: &Affected,
    installed: &str,
    fixed: Option<String>,
) -> Vec<Sighting> {
    let check = CheckKey::Osv(advisory.id.clone());
    let cves = advisory.cves().into_iter().filter_map(Vulnerability::parse);
    let mut vulnerabilities: Vec<Vulnerability> = cves.collect();
    if vulnerabilities.is_empty() {
        vulnerabilities.push(Vulnerability::Check(check.clone()));
    }
    let title = match advisory.summary.is_empty() {
        true => format!("{}: {}", advisory.id, affected.package),
        false => format!("{}: {}", advisory.id, advisory.summary),
    };
    let rated = rating::of_advisory(advisory, affected);
    let sighting = |vulnerability| Sighting {
        check: check.clone(),
        vulnerability,
        location: Location::Package(affected.package.clone()),
        title: one_line(&title, TITLE_CHARS_MAX),
        rated: rated.clone(),
        needs_credentials: true,
        family: String::new(),
        scan_policy: String::new(),
        package: Some(affected.package.clone()),
        installed: Some(installed.to_owned()),
        fixed: fixed.clone(),
        wanted: Vec::new(),
        published: advisory
            .published
            .as_deref()
            .and_then(|text| Time::parse(text).ok()),
    };
    vulnerabilities.into_iter().map(sighting).collect()
}
