//! What goes wrong between us and a host in mid-run: nothing is done twice, nothing is lost, and the reason is said.

use std::sync::Arc;
use std::thread;

use basis::Span;
use runner::Witness;
use runs::{HostWord, RunId, RunState};

use crate::site::{Site, on_hosts};

/// How often dpkg upgraded a package on a host.
pub fn upgrades(site: &Site, at: usize, package: &str) -> usize {
    let log = site.shell(
        at,
        &format!("grep -c ' upgrade {package}:' /var/log/dpkg.log || true"),
    );
    log.parse().unwrap()
}

fn reason(site: &Site, run: RunId) -> String {
    site.run(run)
        .members()
        .find_map(|member| member.reason.clone())
        .unwrap_or_default()
}

#[test]
fn a_line_cut_in_mid_upgrade_is_taken_up_again_and_nothing_is_done_twice() {
    let Some(site) = Site::find() else { return };
    site.shell(2, "echo 8 >/etc/lab-slow-seconds");
    let change = site.ready(&[2], &["lab-slow"], None);
    let run = site.start(change);
    thread::scope(|scope| {
        let working = scope.spawn(|| site.runner().settle());
        site.shell(
            2,
            "until grep -q ' half-configured lab-slow:' /var/log/dpkg.log; do sleep 0.1; done",
        );
        site.fault(2, "drop");
        assert_eq!(site.states(run), [HostWord::Applying]);
        thread::sleep(std::time::Duration::from_secs(5));
        site.fault(2, "restore");
        working.join().unwrap().unwrap();
    });
    assert_eq!(site.states(run), [HostWord::Verified], "{:#?}", site.run(run));
    assert_eq!(upgrades(&site, 2, "lab-slow"), 1);
}

#[test]
fn a_host_that_is_not_as_planned_is_stopped_before_anything_is_done() {
    let Some(site) = Site::find() else { return };
    let rows = [
        ("fill-disk", "free-disk", "are needed"),
        ("new-host-key", "old-host-key", "the host key has changed"),
        ("break-sudo", "fix-sudo", "does not let `tagout` act as root"),
        ("drop", "restore", "the host cannot be reached"),
    ];
    for (fault, heal, expected) in rows {
        let change = site.ready(&[1], &["labpkg004"], None);
        let run = site.start(change);
        site.fault(1, fault);
        site.runner().settle().unwrap();
        site.fault(1, heal);
        assert_eq!(site.states(run), [HostWord::Failed], "{fault}");
        assert!(
            reason(&site, run).contains(expected),
            "{fault}: {}",
            reason(&site, run)
        );
        assert_eq!(site.run(run).state, RunState::Failed);
    }
    site.lab("give", &[site.name(1), "lab-flaky"]);
    let change = site.ready(&[1], &["labpkg004"], None);
    site.fault(1, "half-configure");
    let run = site.start(change);
    site.runner().settle().unwrap();
    site.fault(1, "finish-configure");
    assert_eq!(reason(&site, run), "lab-flaky is installed only in part");
    let change = site.ready(&[1], &["labpkg004"], None);
    site.shell(1, "apt-mark hold labpkg004");
    let run = site.start(change);
    site.runner().settle().unwrap();
    site.shell(1, "apt-mark unhold labpkg004");
    assert!(
        reason(&site, run).contains("the package manager would refuse"),
        "{}",
        reason(&site, run)
    );
    assert_eq!(upgrades(&site, 1, "labpkg004"), 0);
}

#[test]
fn somebody_elses_lock_is_waited_for() {
    let Some(site) = Site::find() else { return };
    let change = site.ready(&[0], &["labpkg005"], None);
    site.fault(0, "hold-dpkg-lock");
    let run = site.start(change);
    thread::scope(|scope| {
        let working = scope.spawn(|| site.runner().settle());
        site.shell(
            0,
            "until ls /var/lib/tagout/jobs | grep -q apply; do sleep 0.1; done; sleep 2",
        );
        assert_eq!(site.states(run), [HostWord::Applying]);
        site.fault(0, "release-dpkg-lock");
        working.join().unwrap().unwrap();
    });
    assert_eq!(site.states(run), [HostWord::Verified], "{:#?}", site.run(run));
}

/// Ends the runner when it has reached this point.
struct DiesAt(&'static str);

impl Witness for DiesAt {
    fn reached(&self, point: &str) {
        assert_ne!(point, self.0, "killed");
    }
}

#[test]
fn a_runner_that_takes_over_when_the_permit_has_ended_begins_no_work() {
    let Some(site) = Site::find() else { return };
    for point in ["baseline: result recorded", "apply: recorded"] {
        let change = site.ready(&[0], &["labpkg018"], None);
        let run = site.start(change);
        assert!(site.watched(Arc::new(DiesAt(point))).settle().is_err(), "{point}");
        site.story.house.wait(Span::hours(9));
        site.runner().settle().unwrap();
        assert_eq!(site.states(run), [HostWord::Failed], "{point}");
        assert!(
            reason(&site, run).contains("no work may begin"),
            "{}",
            reason(&site, run)
        );
        assert_eq!(upgrades(&site, 0, "labpkg018"), 0, "{point}");
    }
}

#[test]
fn a_gate_whose_permit_has_ended_runs_no_command_and_a_disabled_executor_begins_no_host() {
    let Some(site) = Site::find() else { return };
    let gate = on_hosts(&["touch", "/tmp/gate-was-run"]);
    let change = site.ready(&[0, 1, 2], &["labpkg019"], gate);
    let run = site.start(change);
    site.runner().settle().unwrap();
    site.story.house.wait(Span::hours(9));
    site.runner().settle().unwrap();
    assert_eq!(site.run(run).state, RunState::Paused);
    assert_eq!(site.shell(0, "ls /tmp/gate-was-run 2>/dev/null || true"), "");
    let change = site.ready(&[0], &["labpkg018"], None);
    let run = site.start(change);
    let (house, dora) = (&site.story.house, site.story.dora.person);
    people::disable(&house.organisation, &house.administrator(), dora, "left the firm").unwrap();
    site.runner().settle().unwrap();
    assert_eq!(site.states(run), [HostWord::Queued]);
    assert!(site.run(run).reason.unwrap().contains("may not any more"));
}

#[test]
fn when_the_permit_has_ended_no_further_host_is_begun() {
    let Some(site) = Site::find() else { return };
    let change = site.ready(&[0], &["labpkg006"], None);
    let run = site.start(change);
    site.story.house.wait(Span::hours(9));
    site.runner().settle().unwrap();
    assert_eq!(site.states(run), [HostWord::Queued]);
    assert_eq!(site.run(run).state, RunState::Halted);
    assert!(site.run(run).reason.unwrap().contains("may not be worked on now"));
    assert_eq!(site.version(0, "labpkg006"), "1.0-1 ii");
}
