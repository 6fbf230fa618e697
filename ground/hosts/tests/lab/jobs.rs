//! Changes of packages, reboots and restarts as jobs.

use hosts::apt::{self, Apply, Recovery};
use hosts::outcome::{Outcome, judge};
use hosts::{Exact, HostError, JobState, RebootNeed, RebootReason, jobs};

use crate::lab_hosts::{Lab, apply, follow, fresh_job, pending, upgrade, version};

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
