//! Drives the hosts of the lab (`lab/up 3`). `TAGOUT_LAB_HOSTS` names their list; without it every test says so and
//! ends. Tests that change packages take what is still pending, so that a lab serves more than one run.

mod lab_hosts;

use std::time::Duration;

use hosts::apt::{self, Apply, Recovery};
use hosts::outcome::{Outcome, judge};
use hosts::{
    Exact, Host, HostError, HostState, JobState, PackageName, RebootNeed, RebootReason, Security, Standing,
    jobs,
};
use lab_hosts::{Lab, follow, fresh_job, pending};

macro_rules! lab_or_skip {
    () => {
        match Lab::find() {
            Ok(lab) => lab,
            Err(why) => {
                println!("skipped: {why}");
                return;
            }
        }
    };
}

fn upgrade(update: &[(String, String)]) -> Apply {
    let exact = update
        .iter()
        .map(|(package, version)| Exact::parse(package, version).unwrap());
    Apply::upgrade(exact.collect(), "CHG-0001").unwrap()
}

fn version(state: &HostState, package: &str) -> String {
    state
        .package(&PackageName::parse(package).unwrap())
        .unwrap()
        .version
        .clone()
}

fn apply(host: &Host, change: &Apply) -> Vec<hosts::outcome::PackageOutcome> {
    let before = hosts::collect(host).unwrap();
    let job = fresh_job("apply");
    apt::start(host, &job, change).unwrap();
    follow(host, &job);
    let evidence = jobs::evidence(host, &job).unwrap();
    judge(
        &before,
        &hosts::collect(host).unwrap(),
        &evidence.transcript,
        change,
    )
}

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
fn an_upgrade_goes_on_without_us_is_never_done_twice_and_can_be_undone() {
    let lab = lab_or_skip!();
    let host = lab.connect(1);
    let before = hosts::collect(&host).unwrap();
    let Some(update) = pending(&before, "labpkg").into_iter().next() else {
        println!("skipped: no labpkg is pending any more");
        return;
    };
    let change = upgrade(std::slice::from_ref(&update));
    let job = fresh_job("upgrade");
    apt::start(&host, &job, &change).unwrap();
    drop(host);
    let host = lab.connect(1);
    apt::start(&host, &job, &change).unwrap();
    assert!(matches!(follow(&host, &job), JobState::Finished { exit: 0, .. }));
    apt::start(&host, &job, &change).unwrap();
    let evidence = jobs::evidence(&host, &job).unwrap();
    assert_eq!(
        evidence.apt_history.matches("Start-Date").count(),
        1,
        "{}",
        evidence.apt_history
    );
    assert!(evidence.apt_history.contains(&update.0) && evidence.dpkg_log.contains("upgrade"));
    assert!(evidence.transcript.contains("Setting up") && evidence.apt_terminal.contains("Setting up"));
    let steps: Vec<&str> = evidence.progress.iter().map(|(_, step)| step.as_str()).collect();
    assert_eq!(
        steps,
        [
            "started",
            "remembering",
            "downloading",
            "installing",
            "marking",
            "checking",
            "ended"
        ]
    );
    let after = hosts::collect(&host).unwrap();
    let outcomes = judge(&before, &after, &evidence.transcript, &change);
    assert_eq!(outcomes[0].outcome, Outcome::Fixed, "{}", outcomes[0].reason);
    assert!(pending(&after, &update.0).is_empty());

    let other = upgrade(&[(update.0.clone(), "9.9".into())]);
    assert!(matches!(
        apt::start(&host, &job, &other),
        Err(HostError::JobDiffers { .. })
    ));

    let old = Exact::parse(&update.0, &version(&before, &update.0)).unwrap();
    let outcomes = apply(&host, &Apply::downgrade(vec![old.clone()], "CHG-0001").unwrap());
    assert_eq!(
        (outcomes[0].outcome, outcomes[0].after.as_str()),
        (Outcome::Fixed, old.version.as_str())
    );
}

#[test]
fn two_who_start_one_job_at_once_start_it_once() {
    let lab = lab_or_skip!();
    let host = lab.connect(1);
    let job = fresh_job("race");
    let change = upgrade(&[("labpkg003".into(), "9.9".into())]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| apt::start(&lab.connect(1), &job, &change).unwrap());
        }
    });
    assert!(matches!(
        follow(&host, &job),
        JobState::Finished { exit: 100, .. }
    ));
    let evidence = jobs::evidence(&host, &job).unwrap();
    assert_eq!(
        evidence
            .progress
            .iter()
            .filter(|(_, step)| step == "started")
            .count(),
        1
    );
}

#[test]
fn a_host_that_is_rebooted_in_mid_job_loses_the_job_and_recovers() {
    let lab = lab_or_skip!();
    let host = lab.connect(2);
    let before = hosts::collect(&host).unwrap();
    let slow = pending(&before, "lab-slow");
    if slow.is_empty() {
        println!("skipped: lab-slow is not pending any more");
        return;
    }
    host.write_file("/etc/lab-slow-seconds", b"6\n", 0o644).unwrap();
    let change = upgrade(&slow);
    let job = fresh_job("cut");
    apt::start(&host, &job, &change).unwrap();
    lab_hosts::await_step(&host, &job, "installing");
    lab_hosts::await_process(&host, "lab-slow");
    let boot_id = hosts::reboot::boot_id(&host).unwrap();
    lab.fault(2, "power-cut");
    lab.boot(2);
    let back = lab.await_new_boot(2, &boot_id);
    assert_ne!(back.boot_id, boot_id);
    let host = lab.connect(2);
    let state = jobs::poll(&host, &job).unwrap();
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
    apt::start(&host, &job, &change).unwrap();
    assert_eq!(jobs::poll(&host, &job).unwrap(), state);
    assert!(hosts::collect(&host).unwrap().broken_packages().count() > 0);
    let recovery = fresh_job("recover");
    apt::start_recovery(&host, &recovery, Recovery::Configure).unwrap();
    assert!(matches!(
        follow(&host, &recovery),
        JobState::Finished { exit: 0, .. }
    ));
    let after = hosts::collect(&host).unwrap();
    assert_eq!(after.broken_packages().count(), 0);
    let evidence = jobs::evidence(&host, &job).unwrap();
    assert!(evidence.apt_terminal.contains("lab-slow") || evidence.transcript.contains("lab-slow"));
    assert_eq!(
        judge(&before, &after, &evidence.transcript, &change)[0].outcome,
        Outcome::Fixed
    );
}

#[test]
fn a_package_that_asks_for_a_reboot_gets_one_and_only_one() {
    let lab = lab_or_skip!();
    let host = lab.connect(0);
    let wanted = pending(&hosts::collect(&host).unwrap(), "lab-reboot");
    if wanted.is_empty() {
        println!("skipped: lab-reboot is not pending any more");
        return;
    }
    assert_eq!(apply(&host, &upgrade(&wanted))[0].outcome, Outcome::Fixed);
    let need = hosts::collect(&host).unwrap().reboot;
    assert_eq!(
        need,
        RebootNeed::Needed(vec![RebootReason::Flag {
            packages: vec!["lab-reboot".into()]
        }])
    );
    let boot_id = hosts::reboot::boot_id(&host).unwrap();
    let job = fresh_job("reboot");
    hosts::reboot::start(&host, &job).unwrap();
    let back = lab.await_new_boot(0, &boot_id);
    println!("back after {} ms: {:?}", back.waited.as_millis(), back.system);
    let host = lab.connect(0);
    assert!(jobs::poll(&host, &job).unwrap().is_over());
    hosts::reboot::start(&host, &job).unwrap();
    assert_eq!(hosts::reboot::boot_id(&host).unwrap(), back.boot_id);
    assert_eq!(hosts::collect(&host).unwrap().reboot, RebootNeed::NotNeeded);
}

#[test]
fn a_failing_package_is_named_and_the_others_are_judged_for_themselves() {
    let lab = lab_or_skip!();
    lab.give(1, "lab-flaky");
    let host = lab.connect(1);
    let state = hosts::collect(&host).unwrap();
    let mut wanted = pending(&state, "lab-flaky");
    wanted.extend(pending(&state, "labpkg").into_iter().skip(4).take(1));
    if wanted.len() < 2 || !wanted[0].0.starts_with("lab-flaky") {
        println!("skipped: lab-flaky or the labpkgs are not pending any more");
        return;
    }
    host.write_file("/etc/lab-flaky", b"", 0o644).unwrap();
    let outcomes = apply(&host, &upgrade(&wanted));
    assert_eq!(
        outcomes[0].outcome,
        Outcome::HalfConfigured,
        "{}",
        outcomes[0].reason
    );
    assert!(outcomes[0].reason.contains("lab-flaky"), "{}", outcomes[0].reason);
    assert_eq!(outcomes[1].outcome, Outcome::Fixed, "{}", outcomes[1].reason);
    host.run(&hosts::Command::new(["rm", "/etc/lab-flaky"]).as_root())
        .unwrap()
        .success("healing")
        .unwrap();
    let job = fresh_job("recover");
    apt::start_recovery(&host, &job, Recovery::Configure).unwrap();
    follow(&host, &job);
    assert_eq!(hosts::collect(&host).unwrap().broken_packages().count(), 0);
}

#[test]
fn a_job_whose_process_is_killed_counts_as_running_until_apt_ends() {
    let lab = lab_or_skip!();
    let host = lab.connect(1);
    let before = hosts::collect(&host).unwrap();
    let slow = pending(&before, "lab-slow");
    if slow.is_empty() {
        println!("skipped: lab-slow is not pending any more");
        return;
    }
    host.write_file("/etc/lab-slow-seconds", b"6\n", 0o644).unwrap();
    let change = upgrade(&slow);
    let job = fresh_job("killed");
    apt::start(&host, &job, &change).unwrap();
    lab_hosts::await_step(&host, &job, "installing");
    lab_hosts::await_process(&host, "lab-slow");
    let kill = "read -r process _ </var/lib/tagout/jobs/$1/claim/process; kill -9 $process";
    let kill = hosts::Command::new(["sh", "-c", kill, "sh", job.as_str()]).as_root();
    host.run(&kill)
        .unwrap()
        .success("killing the job's process")
        .unwrap();
    let state = jobs::poll(&host, &job).unwrap();
    assert!(
        matches!(&state, JobState::Running { step, .. } if step == "orphaned"),
        "{state:?}"
    );
    let state = follow(&host, &job);
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
    let evidence = jobs::evidence(&host, &job).unwrap();
    assert!(
        evidence.apt_history.contains("lab-slow"),
        "{}",
        evidence.apt_history
    );
    let after = hosts::collect(&host).unwrap();
    assert_eq!(
        judge(&before, &after, &evidence.transcript, &change)[0].outcome,
        Outcome::Fixed
    );
}

#[test]
fn a_service_is_restarted_by_a_job() {
    let lab = lab_or_skip!();
    let host = lab.connect(1);
    let started = || {
        let ask = hosts::Command::new(["systemctl", "show", "-P", "ExecMainPID", "cron.service"]);
        host.run(&ask).unwrap().text()
    };
    let before = started();
    let job = fresh_job("restart");
    hosts::services::start_restart(&host, &job, &["cron.service"]).unwrap();
    assert!(matches!(follow(&host, &job), JobState::Finished { exit: 0, .. }));
    assert_ne!(started(), before);
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
