//! Whether a sighting is of a finding that is known already.

use super::identity::Location;
use super::inventory::Inventory;
use super::known::Finding;
use super::sighting::Sighting;

/// The finding among `candidates` that `sighting` is of; they are all of one asset and of the sighting's vulnerability.
///
/// The same vulnerability at the same place is the same finding. A place in a package has several names: a scanner names
/// binary packages, an advisory their source; a scanner whose output names no package speaks of the host as a whole.
pub fn recognise(
    candidates: &[(usize, &Finding)],
    sighting: &Sighting,
    inventory: &Inventory,
) -> Option<usize> {
    let first = |is_same: &dyn Fn(&Finding) -> bool| {
        candidates
            .iter()
            .find(|(_, finding)| is_same(finding))
            .map(|(at, _)| *at)
    };
    first(&|finding| finding.location == sighting.location)
        .or_else(|| first(&|finding| is_one_source(&finding.location, &sighting.location, inventory)))
        .or_else(|| first(&|finding| is_same_check(finding, sighting)))
        .or_else(|| only_one_in_a_package(candidates, sighting))
}

fn is_one_source(a: &Location, b: &Location, inventory: &Inventory) -> bool {
    match (a, b) {
        (Location::Package(a), Location::Package(b)) => inventory.source_name(a) == inventory.source_name(b),
        _ => false,
    }
}

fn is_inside(location: &Location) -> bool {
    !matches!(location, Location::Port { .. })
}

/// A local check may name another of its packages first once one of them was updated: that is no new finding.
fn is_same_check(finding: &Finding, sighting: &Sighting) -> bool {
    let named_it = finding
        .checks
        .iter()
        .any(|check| check.sighting.check == sighting.check);
    sighting.needs_credentials && named_it && is_inside(&finding.location) && is_inside(&sighting.location)
}

/// Where one of the two does not say in which package, and there is no choice, it is the same.
fn only_one_in_a_package(same: &[(usize, &Finding)], sighting: &Sighting) -> Option<usize> {
    let mut inside = same.iter().filter(|(_, finding)| is_inside(&finding.location));
    let (at, only) = inside.next().filter(|_| inside.next().is_none())?;
    let is_vague = only.location == Location::Host || sighting.location == Location::Host;
    let is_local =
        sighting.needs_credentials && only.checks.iter().all(|check| check.sighting.needs_credentials);
    (is_vague && is_local).then_some(*at)
}
