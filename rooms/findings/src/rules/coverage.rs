//! Whether a look at an asset carried out the check that showed a finding before.

use std::collections::{BTreeMap, BTreeSet};

use basis::Time;

use super::identity::CheckKey;
use super::inventory::Inventory;
use super::judge::Coverage;
use super::known::KnownCheck;
use super::sighting::ScanOfHost;

/// How a scan reached an asset.
#[derive(Debug, Clone)]
pub struct ScanReach<'a> {
    /// When the scan of the asset ended.
    pub at: Time,
    /// Whether it did.
    pub is_finished: bool,
    /// How it was done.
    pub scan: &'a ScanOfHost,
    /// The plugin families of which anything was reported on any host.
    pub families: &'a BTreeSet<String>,
}

/// Whether a Nessus scan carried out a check.
///
/// A report does not list the plugins that found nothing. A check counts as carried out when the scan is newer, ended,
/// signed in where the check must, and either ran under the same scan policy or shows another result of the same family.
pub fn by_scan(check: &KnownCheck, reach: &ScanReach<'_>) -> Coverage {
    let sighting = &check.sighting;
    let not_reached = |reason: String| Coverage::NotReached(reason);
    if !matches!(sighting.check, CheckKey::Nessus(_)) {
        return Coverage::Silent;
    }
    if check.last_seen_at >= reach.at {
        return not_reached(format!(
            "the scan of {} is not newer than what showed it",
            reach.at.to_minutes()
        ));
    }
    if !reach.is_finished {
        return not_reached("the scan of the host did not end".to_owned());
    }
    if sighting.needs_credentials && !reach.scan.is_credentialed {
        return not_reached("the scan did not sign in to the host, as this check must".to_owned());
    }
    let same_policy = !sighting.scan_policy.is_empty() && sighting.scan_policy == reach.scan.scan_policy;
    if same_policy || reach.families.contains(&sighting.family) {
        return Coverage::Reached;
    }
    not_reached(format!(
        "no check of the family `{}` is shown to have run",
        sighting.family
    ))
}

/// Whether a comparison with the advisories carried out a check. `looked_at` holds each advisory that was compared, with
/// the reason where nothing could be said.
///
/// What a local check of a scanner wants of packages is compared as well: it is the same check, by version.
pub fn by_match(
    check: &KnownCheck,
    at: Time,
    looked_at: &BTreeMap<String, Option<String>>,
    inventory: &Inventory,
) -> Coverage {
    if check.last_seen_at > at {
        return Coverage::NotReached(format!(
            "the collection of {} is not newer than what showed it",
            at.to_minutes()
        ));
    }
    match &check.sighting.check {
        CheckKey::Osv(advisory) => match looked_at.get(advisory) {
            Some(None) => Coverage::Reached,
            Some(Some(reason)) => Coverage::NotReached(reason.clone()),
            None => Coverage::NotReached(format!("advisory `{advisory}` was not compared")),
        },
        CheckKey::Nessus(_) => {
            let wanted = &check.sighting.wanted;
            let is_there = |wanted: &super::sighting::Wanted| {
                inventory.is_at_least(&wanted.package, &wanted.version) == Some(true)
            };
            match !wanted.is_empty() && check.last_seen_at < at && wanted.iter().all(is_there) {
                true => Coverage::Reached,
                false => Coverage::Silent,
            }
        }
    }
}
