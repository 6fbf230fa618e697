//! What a host tells about itself, and what it says it would do.

use hosts::apt;
use hosts::{PackageName, RebootNeed, Security, Standing};

use crate::lab_hosts::{Lab, upgrade};

#[test]
fn a_host_shows_its_pending_updates_and_which_are_for_security() {
    let lab = lab_or_skip!();
    let host = lab.connect(0);
    let state = hosts::collect(&host).unwrap();
    let updates = state.updates.known().unwrap();
    let count = |security: Security| {
        updates
            .pending
            .iter()
            .filter(|update| update.security == security)
            .count()
    };
    println!(
        "{} pending, {} for security",
        updates.pending.len(),
        count(Security::Yes)
    );
    assert!(
        updates
            .pending
            .iter()
            .any(|u| u.package == "labpkg020" && u.security == Security::Yes && u.can_be_undone())
    );
    assert!(
        updates
            .pending
            .iter()
            .any(|u| u.package == "labpkg019" && u.security == Security::No)
    );
    assert_eq!(count(Security::Unknown), 0);
    assert!(updates.lists_refreshed_at.known().is_some());
    let reboot = updates
        .pending
        .iter()
        .find(|update| update.package == "lab-reboot");
    assert!(reboot.is_none_or(|update| !update.can_be_undone()));
    assert_eq!(state.broken_packages().count(), 0);
}

#[test]
fn a_simulation_names_all_that_would_happen_and_changes_nothing() {
    let lab = lab_or_skip!();
    let host = lab.connect(0);
    let change = upgrade(&[("labpkg020".into(), "1.0-1+deb12u1".into())]);
    let simulation = apt::simulate(&host, &change).unwrap();
    assert!(simulation.does_exactly(change.packages()), "{simulation:?}");
    let none = upgrade(&[("labpkg020".into(), "9.9".into())]);
    let refused = apt::simulate(&host, &none).unwrap();
    assert_eq!(refused.refusals, ["Version '9.9' for 'labpkg020' was not found"]);
    let names = ["labpkg020", "lab-reboot", "no-such-package"].map(|name| PackageName::parse(name).unwrap());
    let available = apt::available_versions(&host, &names).unwrap();
    assert!(available[0].has("1.0-1") && !available[1].has("1.0-1") && available[2].offers.is_empty());
}

#[test]
fn an_rpm_host_shows_what_its_advisories_say() {
    let lab = lab_or_skip!();
    let Some(host) = lab.connect_rpm() else {
        println!("skipped: the lab has no rpm host");
        return;
    };
    let state = hosts::collect(&host).unwrap();
    let updates = state.updates.known().unwrap();
    let security: Vec<&str> = updates
        .pending
        .iter()
        .filter(|u| u.security == Security::Yes)
        .map(|u| u.package.as_str())
        .collect();
    assert_eq!((updates.pending.len(), security.len()), (20, 10), "{security:?}");
    assert!(
        updates
            .pending
            .iter()
            .all(|update| update.standing == Standing::Offered)
    );
    assert_eq!(state.reboot, RebootNeed::NotNeeded);
    assert!(state.packages.iter().any(|package| package.source == "labrpm001"));
}
