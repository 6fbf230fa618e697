//! Runs in two rings: exact versions, a reboot that is proven, a failure that halts, and the way on from there.

use changes::State;
use runs::{Decision, HostWord, RunState};

use crate::site::{Site, on_hosts};

#[test]
fn two_rings_bring_exact_versions_a_gate_stands_between_and_reboots_are_proven() {
    let Some(site) = Site::find() else { return };
    let change = site.ready(
        &[0, 1, 2],
        &["labpkg001", "labpkg002", "lab-reboot"],
        on_hosts(&["test", "-e", "/etc/debian_version"]),
    );
    let boots: Vec<String> = (0..3)
        .map(|at| site.shell(at, "cat /proc/sys/kernel/random/boot_id"))
        .collect();
    let run = site.start(change);
    site.runner().settle().unwrap();
    use HostWord::{Queued, Verified};
    assert_eq!(
        site.states(run),
        [Verified, Queued, Queued],
        "{:#?}",
        site.run(run)
    );
    assert_eq!(site.version(0, "labpkg002"), "1.0-1+deb12u1 ii");
    assert_eq!(site.version(1, "labpkg002"), "1.0-1 ii", "the second ring waits");
    site.soak();
    assert_eq!(
        site.states(run),
        [Verified, Verified, Verified],
        "{:#?}",
        site.run(run)
    );
    assert_eq!(site.run(run).state, RunState::Finished);
    for (at, boot) in boots.iter().enumerate() {
        assert_eq!(site.version(at, "labpkg001"), "1.0-2 ii");
        assert_ne!(&site.shell(at, "cat /proc/sys/kernel/random/boot_id"), boot);
        assert_eq!(site.outcome(run, at, "lab-reboot").0, "fixed");
        assert_eq!(
            site.kinds_of_evidence(at, run),
            [
                "baseline",
                "package_log",
                "packages_after",
                "packages_before",
                "transcript"
            ]
        );
        let comment = format!("APT::History::Comment={change}");
        assert!(site.shell(at, "cat /var/log/apt/history.log").contains(&comment));
    }
    let change = site.story.show(change);
    assert_eq!(change.state, State::Verifying);
    assert!(
        change
            .verified
            .iter()
            .all(|asset| asset.comparison == policy::Comparison::Equal),
        "{:?}",
        change.verified
    );
    site.story.house.assert_sound();
}

#[test]
fn an_upgrade_that_fails_is_told_per_package_halts_the_second_ring_and_can_be_mended_and_undone() {
    let Some(site) = Site::find() else { return };
    for at in 0..3 {
        site.lab("give", &[site.name(at), "lab-flaky"]);
        site.shell(at, "rm -f /etc/lab-flaky");
    }
    site.shell(0, "touch /etc/lab-flaky");
    let change = site.ready(&[0, 1, 2], &["labpkg003", "lab-flaky"], on_hosts(&["true"]));
    let run = site.start(change);
    site.runner().settle().unwrap();
    use HostWord::{Failed, Queued, RolledBack, Skipped, Verified};
    assert_eq!(site.states(run), [Failed, Queued, Queued], "{:#?}", site.run(run));
    assert_eq!(site.run(run).state, RunState::Halted);
    assert_eq!(site.outcome(run, 0, "labpkg003").0, "fixed");
    let (outcome, reason) = site.outcome(run, 0, "lab-flaky");
    assert_eq!(outcome, "half_configured");
    assert!(reason.contains("error processing package lab-flaky"), "{reason}");
    site.soak();
    assert_eq!(
        site.states(run),
        [Failed, Queued, Queued],
        "a halted run stays halted"
    );

    site.shell(0, "rm /etc/lab-flaky");
    let retry = [site.name(0).to_owned()];
    let (organisation, dora) = (site.organisation(), &site.story.dora);
    runs::decide(
        organisation,
        dora,
        run,
        Decision::GoOn,
        "the file is gone",
        &retry,
    )
    .unwrap();
    site.runner().settle().unwrap();
    assert_eq!(site.states(run)[0], HostWord::Noop, "{:#?}", site.run(run));
    assert!(site.version(0, "lab-flaky").ends_with(" ii"));
    site.soak();
    assert_eq!(site.states(run)[1..], [Verified, Verified]);
    assert_eq!(site.run(run).state, RunState::Finished);

    let permit = runs::roll_back(organisation, dora, run, "the page is slow");
    assert!(permit.is_ok(), "{}", permit.unwrap_err());
    site.runner().settle().unwrap();
    assert!(!site.states(run).contains(&Skipped));
    assert_eq!(
        site.states(run)[1..],
        [RolledBack, RolledBack],
        "{:#?}",
        site.run(run)
    );
    assert_eq!(site.version(1, "labpkg003"), "1.0-1 ii");
    assert_eq!(site.story.show(change).state, changes::State::RolledBack);
    site.story.house.assert_sound();
}
