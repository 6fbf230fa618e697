//! Act 5: the machines are looked at again, the findings close, and the change after them.

use crate::house::House;
use crate::inventory;

const CHANGE: &str = "CHG-0001";

pub fn look_again_and_close(house: &mut House) {
    house.act("findings are closed by looking again, a change by somebody who did not do the work");
    // The run looked again when it was done; another look finds the same.
    assert!(inventory::open(house).is_empty());
    house
        .person("ben", &["finding", "show", "FND-0001"])
        .ok()
        .says(&["state: remediated", "corrected"]);
    house.person("ben", &["asset", "collect", "--all"]).ok();
    house
        .person("ben", &["finding", "match", "--all"])
        .ok()
        .says(&["0 opened, 0 still there"]);
    assert!(inventory::open(house).is_empty());

    let close = [
        "change",
        "close",
        CHANGE,
        "--resolution",
        "All three servers are patched.",
    ];
    house
        .person("dana", &close)
        .refused(7, &["a person who confirms", "paragraph 5.2"]);
    house
        .person("ben", &["change", "verify", CHANGE])
        .refused(7, &["PER-0002 is executor and verifier", "2.3"]);
    house
        .person(
            "dana",
            &["change", "verify", CHANGE, "--comment", "Seen on all three."],
        )
        .ok();
    house
        .person("dana", &close)
        .ok()
        .says(&["closed, normal", "verified by PER-0003"]);
    house
        .person("ben", &["change", "edit", CHANGE, "--reason", "Another one."])
        .refused(6, &["is closed"]);
    house.person("dana", &["change", "timeline", CHANGE]).ok().says(&[
        "changes.opened",
        "changes.decided",
        "changes.scheduled",
        "changes.started",
        "changes.verified",
        "changes.closed",
    ]);
}
