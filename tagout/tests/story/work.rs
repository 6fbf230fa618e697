//! Act 4: runs on real hosts. A failure on the first host holds the others back, is mended and taken up again; one that
//! cannot be mended is undone.

use crate::asking;
use crate::house::House;
use crate::lab::{HOSTS, Lab};

/// The packages of the first change, all with a security update.
const SECURITY: [&str; 4] = ["labpkg002", "labpkg020", "lab-reboot", "lab-flaky"];

const OLD: &str = "1.0-1 ii";
const FIXED: &str = "1.0-1+deb12u1 ii";

/// Words that somebody should not have written; the last act destroys them.
pub const SPILLED: &str = "drawing 4711 of the tank";

fn boots(lab: &Lab) -> Vec<String> {
    (0..HOSTS)
        .map(|at| lab.shell(at, "cat /proc/sys/kernel/random/boot_id"))
        .collect()
}

/// Answers the boot ids from before the run.
pub fn fail_on_the_first_host(house: &mut House, lab: &Lab) -> Vec<String> {
    house.act("an upgrade fails on the first host and holds the second ring back");
    lab.shell(0, "touch /etc/lab-flaky");
    let before = boots(lab);
    house
        .person("dana", &["run", "start", "CHG-0001"])
        .refused(4, &["technician"]);
    house
        .person("ben", &["run", "start", "CHG-0001"])
        .ok()
        .says(&["RUN-0001 of CHG-0001: running"]);
    house
        .person("ben", &["run", "start", "CHG-0001"])
        .refused(6, &["RUN-0001", "tagout run watch RUN-0001"]);
    let halted = house.person("ben", &["run", "watch", "RUN-0001"]).ok();
    halted.says(&[
        "RUN-0001 of CHG-0001: halted",
        "why: 1 of the 1 hosts of ring 1 have failed or are lost",
        &format!("{} (AST-0001): failed", lab.host(0).name),
        "labpkg002 1.0-1 -> 1.0-1+deb12u1: fixed",
        "lab-flaky 1.0-1 -> 1.0-1+deb12u1: half configured",
        &format!("{} (AST-0002): queued", lab.host(1).name),
        &format!("{} (AST-0003): queued", lab.host(2).name),
    ]);
    assert_eq!(lab.version(0, "labpkg002"), FIXED);
    assert_eq!(lab.version(0, "lab-flaky"), "1.0-1+deb12u1 iF");
    for at in 1..HOSTS {
        assert_eq!(lab.version(at, "labpkg002"), OLD, "the second ring waits");
    }
    house
        .person("dana", &["change", "close", "CHG-0001", "--resolution", "Done."])
        .refused(6, &["in progress"]);
    before
}

pub fn mend_and_go_on(house: &mut House, lab: &Lab, before: &[String]) {
    house.act("the cause is removed and the run taken up again; then the second ring goes");
    lab.shell(0, "rm /etc/lab-flaky");
    house
        .person("ben", &["run", "resume", "RUN-0001", "--reason", ""])
        .refused(2, &["a reason"]);
    let reason = format!("The file that stood in the way is gone; it was about {SPILLED}.");
    let resume = [
        "run",
        "resume",
        "RUN-0001",
        "--retry",
        &lab.host(0).name,
        "--reason",
        &reason,
    ];
    house.person("ben", &resume).ok().says(&["running"]);
    let finished = house.person("ben", &["run", "watch", "RUN-0001"]).ok();
    finished.says(&[
        "RUN-0001 of CHG-0001: finished",
        "ring 1, gate: pass",
        "lab-reboot 1.0-1 -> 1.0-1+deb12u1: fixed",
    ]);
    everything_is_as_approved(house, lab, before);
}

fn everything_is_as_approved(house: &mut House, lab: &Lab, before: &[String]) {
    for at in 0..HOSTS {
        for package in SECURITY {
            assert_eq!(
                lab.version(at, package),
                FIXED,
                "{package} on {}",
                lab.host(at).name
            );
        }
        assert_eq!(
            lab.version(at, "labpkg001"),
            OLD,
            "what was not approved was not touched"
        );
        assert_eq!(lab.upgrades(at, "labpkg002"), "1");
    }
    let after = boots(lab);
    assert!(
        before.iter().zip(&after).all(|(before, after)| before != after),
        "each host was rebooted"
    );
    house.person("ben", &["change", "show", "CHG-0001"]).ok().says(&[
        "verifying, normal",
        "found on AST-0001: equal to the state approved",
        "found on AST-0002: equal to the state approved",
        "found on AST-0003: equal to the state approved",
    ]);
    house
        .person("ben", &["evidence", "list", "--about", "RUN-0001"])
        .ok()
        .says(&["packages_before", "packages_after", "transcript", "package_log"]);
}

pub fn undo_what_cannot_be_finished(house: &mut House, lab: &Lab) {
    house.act("an update that never configures is reported and undone");
    let change = "CHG-0002";
    ask_for_the_tool(house, change);
    house
        .person("ben", &["run", "start", change])
        .refused(7, &["an open window"]);
    house.until("ben", &["run", "start", change], |answer| answer.code == 0);
    house.person("ben", &["run", "watch", "RUN-0002"]).ok().says(&[
        "RUN-0002 of CHG-0002: failed",
        "lab-failpost 1.0-1 -> 1.0-2: half configured",
    ]);
    let undo = [
        "run",
        "roll-back",
        "RUN-0002",
        "--reason",
        "The new version never configures.",
    ];
    house.person("ben", &undo).ok();
    house
        .person("ben", &["run", "watch", "RUN-0002"])
        .ok()
        .says(&["RUN-0002 of CHG-0002: rolled back"]);
    assert_eq!(lab.version(2, "lab-failpost"), OLD);
    let accept = [
        "change",
        "verify",
        change,
        "--accept",
        "AST-0003",
        "--because",
        "The tool is as it was before.",
    ];
    house.person("dana", &accept).ok();
    house.person("dana", &["change", "verify", change]).ok();
    let close = [
        "change",
        "close",
        change,
        "--resolution",
        "Undone; the vendor is told.",
    ];
    house.person("dana", &close).ok().says(&["closed, normal"]);
}

/// Opens the change and brings it to its schedule and permit.
fn ask_for_the_tool(house: &mut House, change: &str) {
    let parts = asking::parts(house);
    let (from, until) = (house.in_seconds(5), house.in_seconds(3600));
    let words = [
        "change",
        "open",
        "Update of one tool",
        "--asset",
        "AST-0003",
        "--executor",
        "ben",
    ];
    let more = [
        "--from",
        &from,
        "--until",
        &until,
        "--reason",
        "The vendor asks for it.",
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    house
        .person("ben", &[&words[..], &more[..], &parts[..]].concat())
        .ok()
        .says(&[change]);
    let nothing = ["plan", "make", change, "--package", "no-such-package"];
    house.person("ben", &nothing).refused(6, &["no-such-package"]);
    house
        .person("ben", &["plan", "make", change, "--package", "lab-failpost"])
        .ok()
        .says(&["lab-failpost 1.0-1 -> 1.0-2"]);
    house.person("ben", &["change", "submit", change]).ok();
    asking::approve(house, change);
    let at_once = house.in_seconds(asking::AHEAD_S);
    house
        .person("ben", &["change", "schedule", change, "--from", &at_once])
        .ok();
    house.person("dana", &["permit", "issue", change]).ok();
}
