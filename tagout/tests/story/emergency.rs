//! Act 6: an emergency. One expedited approval, work by hand behind the gate, and no closure before the look back.

use crate::asking;
use crate::house::House;
use crate::lab::Lab;

const CHANGE: &str = "CHG-0003";
const ASSET: &str = "AST-0002";

pub fn act_first_and_look_back(house: &mut House, lab: &Lab) {
    house.act("an emergency starts on one expedited approval");
    approve_in_a_hurry(house);
    house.act("its work is done by hand behind the gate");
    work_by_hand(house, lab);
    house.act("it does not close before its look back is held and approved");
    look_back(house);
}

fn approve_in_a_hurry(house: &mut House) {
    let (from, until) = (house.in_seconds(2), house.in_seconds(3600));
    let parts = asking::parts(house);
    let words = [
        "change",
        "open",
        "Shut the door that is being used",
        "--type",
        "emergency",
        "--asset",
        ASSET,
    ];
    let more = [
        "--executor",
        "ben",
        "--from",
        &from,
        "--until",
        &until,
        "--reason",
        "Strangers come in by port 8080.",
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    house
        .person("ben", &[&words[..], &more[..], &parts[..]].concat())
        .ok()
        .says(&[CHANGE, "emergency"]);
    house.person("ben", &["change", "submit", CHANGE]).refused(
        7,
        &[
            "a declared reason for the emergency",
            "paragraph 1.2",
            "--emergency-reason",
        ],
    );
    let why = [
        "change",
        "edit",
        CHANGE,
        "--emergency-reason",
        "They are in the machine at this moment.",
    ];
    house.person("ben", &why).ok();
    house
        .person("ben", &["change", "submit", CHANGE])
        .ok()
        .says(&["submitted, emergency", "told: PER-0004"]);

    let (dana, emil) = (house.path("dana.key"), house.path("emil.key"));
    let by_dana = [
        "change", "approve", CHANGE, "--as", "approver", "--key", &dana, "--yes",
    ];
    house.person("dana", &by_dana).refused(7, &["incident_manager"]);
    let by_emil = [
        "change",
        "approve",
        CHANGE,
        "--as",
        "incident_manager",
        "--key",
        &emil,
        "--yes",
    ];
    house.person("emil", &by_emil).ok().says(&["approved, emergency"]);
    let at_once = house.in_seconds(4);
    house
        .person("ben", &["change", "schedule", CHANGE, "--from", &at_once])
        .ok();
    house.person("dana", &["permit", "issue", CHANGE]).ok();
}

fn work_by_hand(house: &mut House, lab: &Lab) {
    let before = house.keep("packages-before.txt", &lab.shell(1, "dpkg-query -W"));
    let config = lab.ssh_config();
    let gate = [
        "gate",
        "exec",
        CHANGE,
        "--asset",
        ASSET,
        "--action",
        "configure",
        "--",
    ];
    let command = [
        "ssh",
        "-F",
        &config,
        &lab.host(1).name,
        "echo deny 8080 | sudo tee /etc/door",
    ];
    let done = house.until("ben", &[&gate[..], &command[..]].concat(), |answer| {
        answer.code == 0
    });
    done.says(&["deny 8080"]);
    assert_eq!(lab.shell(1, "cat /etc/door"), "deny 8080");
    // The exit code of what runs behind the gate is passed on.
    let fails = house.person("ben", &[&gate[..], &["false"]].concat());
    assert_eq!(fails.code, 1, "{}", fails.all());

    let after = house.keep("packages-after.txt", &lab.shell(1, "dpkg-query -W"));
    for (file, kind) in [(&before, "packages_before"), (&after, "packages_after")] {
        let words = [
            "evidence", "add", file, "--about", CHANGE, "--about", ASSET, "--kind", kind,
        ];
        house.person("ben", &words).ok().says(&["added, final"]);
    }
    house
        .person("ben", &["permit", "hand-back", "PMT-0003"])
        .ok()
        .says(&["handed back"]);
    house
        .person("ben", &gate_again())
        .refused(7, &["a permit in force; this one is handed back"]);
}

fn gate_again() -> [&'static str; 6] {
    ["gate", CHANGE, "--asset", ASSET, "--action", "configure"]
}

fn look_back(house: &mut House) {
    let close = ["change", "close", CHANGE, "--resolution", "The door is shut."];
    house.person("dana", &close).refused(
        7,
        &[
            "the retrospective, due",
            "a comparison of AST-0002",
            "a person who confirms",
            "paragraph 6.2",
        ],
    );
    let found = [
        "change",
        "verify",
        CHANGE,
        "--accept",
        ASSET,
        "--because",
        "The rule is there; nothing else differs.",
    ];
    house.person("dana", &found).ok();
    house
        .person("dana", &["change", "verify", CHANGE])
        .ok()
        .says(&["verified by PER-0003"]);
    let look = "# Justification\nStrangers were in the machine; waiting would have cost more.\n\n\
                # Findings\nThe door is shut. Nothing was taken. The rule goes into the image.\n";
    let look = house.keep("retrospective.txt", look);
    house
        .person("ben", &["change", "retrospect", CHANGE, &look])
        .ok()
        .says(&["retrospective: recorded"]);
    house
        .person("dana", &close)
        .refused(7, &["1 approval of the retrospective as approver"]);
    let key = house.path("dana.key");
    let words = [
        "change", "approve", CHANGE, "--as", "approver", "--key", &key, "--yes",
    ];
    house.person("dana", &words).ok().says(&["after the fact"]);
    house.person("dana", &close).ok().says(&["closed, emergency"]);
}
