//! What breaks: the line, the power, the disk, sudo, the lock, the job itself.

use std::time::Duration;

use hosts::apt::{self, Apply, Recovery};
use hosts::outcome::{Outcome, judge};
use hosts::{Host, HostError, HostState, JobId, JobState, jobs};

use crate::lab_hosts::{self, Lab, follow, fresh_job, pending, upgrade};

/// An upgrade that takes some seconds, under way on a host.
struct SlowUpgrade {
    before: HostState,
    change: Apply,
    job: JobId,
}

impl SlowUpgrade {
    /// Starts it; says why not where an earlier run of the tests has done it.
    fn start(host: &Host, name: &str) -> Option<Self> {
        let before = hosts::collect(host).unwrap();
        let slow = pending(&before, "lab-slow");
        if slow.is_empty() {
            println!("skipped: lab-slow is not pending any more");
            return None;
        }
        host.write_file("/etc/lab-slow-seconds", b"6\n", 0o644).unwrap();
        let (change, job) = (upgrade(&slow), fresh_job(name));
        apt::start(host, &job, &change).unwrap();
        lab_hosts::await_step(host, &job, "installing");
        lab_hosts::await_process(host, "lab-slow");
        Some(Self { before, change, job })
    }

    /// Asserts that the package has its new version in the end; answers what the job left.
    fn assert_fixed(&self, host: &Host) -> jobs::JobEvidence {
        let after = hosts::collect(host).unwrap();
        assert_eq!(after.broken_packages().count(), 0);
        let evidence = jobs::evidence(host, &self.job).unwrap();
        let judged = judge(&self.before, &after, &evidence.transcript, &self.change);
        assert_eq!(judged[0].outcome, Outcome::Fixed);
        evidence
    }
}

#[test]
fn a_host_that_is_rebooted_in_mid_job_loses_the_job_and_recovers() {
    let lab = lab_or_skip!();
    let host = lab.connect(2);
    let Some(slow) = SlowUpgrade::start(&host, "cut") else {
        return;
    };
    let boot_id = hosts::reboot::boot_id(&host).unwrap();
    lab.fault(2, "power-cut");
    lab.boot(2);
    let back = lab.await_new_boot(2, &boot_id);
    assert_ne!(back.boot_id, boot_id);
    let host = lab.connect(2);
    let state = jobs::poll(&host, &slow.job).unwrap();
    assert!(
        matches!(
            state,
            JobState::Lost {
                reason: jobs::LostReason::Rebooted,
                ..
            }
        ),
        "{state:?}"
    );
    apt::start(&host, &slow.job, &slow.change).unwrap();
    assert_eq!(jobs::poll(&host, &slow.job).unwrap(), state);
    assert!(hosts::collect(&host).unwrap().broken_packages().count() > 0);
    let recovery = fresh_job("recover");
    apt::start_recovery(&host, &recovery, Recovery::Configure).unwrap();
    assert!(matches!(
        follow(&host, &recovery),
        JobState::Finished { exit: 0, .. }
    ));
    let evidence = slow.assert_fixed(&host);
    assert!(evidence.apt_terminal.contains("lab-slow") || evidence.transcript.contains("lab-slow"));
}

#[test]
fn a_job_whose_process_is_killed_counts_as_running_until_apt_ends() {
    let lab = lab_or_skip!();
    let host = lab.connect(1);
    let Some(slow) = SlowUpgrade::start(&host, "killed") else {
        return;
    };
    let kill = "read -r process _ </var/lib/tagout/jobs/$1/claim/process; kill -9 $process";
    let kill = hosts::Command::new(["sh", "-c", kill, "sh", slow.job.as_str()]).as_root();
    host.run(&kill)
        .unwrap()
        .success("killing the job's process")
        .unwrap();
    let state = jobs::poll(&host, &slow.job).unwrap();
    assert!(
        matches!(&state, JobState::Running { step, .. } if step == "orphaned"),
        "{state:?}"
    );
    let state = follow(&host, &slow.job);
    assert!(
        matches!(
            state,
            JobState::Lost {
                reason: jobs::LostReason::Died,
                ..
            }
        ),
        "{state:?}"
    );
    let evidence = slow.assert_fixed(&host);
    assert!(
        evidence.apt_history.contains("lab-slow"),
        "{}",
        evidence.apt_history
    );
}

#[test]
fn a_line_that_is_cut_in_mid_upgrade_neither_stops_nor_repeats_it() {
    let lab = lab_or_skip!();
    let host = lab.try_connect(0, Duration::from_secs(3)).unwrap();
    let Some(slow) = SlowUpgrade::start(&host, "line") else {
        return;
    };
    lab.fault(0, "drop");
    let error = jobs::poll(&host, &slow.job);
    lab.fault(0, "restore");
    let error = error.unwrap_err();
    assert!(error.is_passing(), "{error}");
    println!("{error}");
    let host = lab.connect(0);
    apt::start(&host, &slow.job, &slow.change).unwrap();
    assert!(matches!(
        follow(&host, &slow.job),
        JobState::Finished { exit: 0, .. }
    ));
    let evidence = slow.assert_fixed(&host);
    assert_eq!(
        evidence.apt_history.matches("Start-Date").count(),
        1,
        "{}",
        evidence.apt_history
    );
}

#[test]
fn a_host_without_sudo_says_whom_it_refuses() {
    let lab = lab_or_skip!();
    let host = lab.connect(2);
    lab.fault(2, "break-sudo");
    let error = hosts::collect(&host);
    lab.fault(2, "fix-sudo");
    let error = error.unwrap_err();
    assert!(
        matches!(&error, HostError::SudoRefused { user, .. } if user == "tagout"),
        "{error}"
    );
    println!("{error}; {}", error.way_out());
}

#[test]
fn dropped_and_frozen_hosts_run_into_limits_and_come_back() {
    let lab = lab_or_skip!();
    for (fault, heal) in [("drop", "restore"), ("freeze", "thaw")] {
        lab.fault(2, fault);
        let error = lab.try_connect(2, Duration::from_secs(2));
        lab.fault(2, heal);
        let error = error.unwrap_err();
        assert!(error.is_passing(), "{fault}: {error}");
        println!("{fault}: {error}");
        lab.connect(2);
    }
}

#[test]
fn a_lock_that_somebody_holds_is_waited_for_by_the_recovery() {
    let lab = lab_or_skip!();
    let host = lab.connect(2);
    lab.fault(2, "hold-dpkg-lock");
    let job = fresh_job("locked");
    apt::start_recovery(&host, &job, Recovery::Configure).unwrap();
    lab_hosts::await_text(&host, &job, "lock");
    lab.fault(2, "release-dpkg-lock");
    assert!(matches!(follow(&host, &job), JobState::Finished { exit: 0, .. }));
}

#[test]
fn a_full_disk_stops_the_change_before_anything_is_touched() {
    let lab = lab_or_skip!();
    let host = lab.connect(2);
    let Some(update) = pending(&hosts::collect(&host).unwrap(), "labpkg")
        .into_iter()
        .next()
    else {
        println!("skipped: no labpkg is pending any more");
        return;
    };
    lab.fault(2, "fill-disk");
    let job = fresh_job("full");
    let started = apt::start(&host, &job, &upgrade(std::slice::from_ref(&update)));
    let state = hosts::collect(&host);
    lab.fault(2, "free-disk");
    let error = started.unwrap_err();
    assert!(error.to_string().contains("No space left"), "{error}");
    assert_eq!(jobs::poll(&host, &job).unwrap(), JobState::NotStarted);
    let state = state.unwrap();
    assert!(pending(&state, &update.0).contains(&update));
}
