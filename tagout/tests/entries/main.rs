//! Every route that changes something leaves an entry when it succeeds, and no route that reads leaves one. A scripted
//! scenario takes each route of the roof's list to success through real HTTP, on a real host of the lab; the ledger is
//! weighed before and after each call. A new route fails this test until the scenario shows it.

mod door;
#[path = "../story/lab.rs"]
#[allow(dead_code, reason = "the story looks closer at its hosts")]
mod lab;
mod registers;
mod work;

use std::collections::BTreeMap;

use door::{Door, text};
use frame::Method;
use lab::Lab;
use serde_json::json;

#[test]
fn every_mutating_route_leaves_an_entry_when_it_succeeds_and_no_reading_one_does() {
    let Some(lab) = Lab::up("acts", "10.87") else {
        return;
    };
    let door = Door::open(include_str!("../../../examples/lab-policy.toml"));
    registers::people(&door);
    registers::keys_and_tokens(&door);
    registers::ways_in(&door);
    registers::assets(&door, &lab);
    registers::findings(&door);
    let mut ids = registers::evidence(&door);
    work::carried_out_and_undone(&door);
    work::emergency(&door);
    work::adopted(&door);
    work::cancelled(&door);
    ids.extend(history(&door));
    // The last acts of somebody who is then gone.
    door.post("gina", "/sign-out", &json!({}));
    door.post(
        "anna",
        "/people/PER-0005/disabling",
        &json!({ "reason": "She has left." }),
    );
    assert_eq!(
        door.shown(false),
        door.routes(false),
        "acts that the scenario does not show"
    );
    read_the_rest(&door, &ids);
    assert_eq!(
        door.shown(true),
        door.routes(true),
        "reads that the scenario does not show"
    );
    door.house.assert_sound();
}

/// Signed heads, packages, redactions. Answers the ids by the names that paths give them.
fn history(door: &Door) -> BTreeMap<&'static str, String> {
    door.post("dana", "/history/checkpoints", &json!({}));
    let export = door.post(
        "dana",
        "/history/exports",
        &json!({ "change": "CHG-0001", "since": [] }),
    );
    let entries = door.read("dana", "/history/entries?type=changes.cancelled");
    let redaction = json!({ "entry": entries["items"][0]["index"], "reason": "It names a person." });
    let asked = door.post("dana", "/history/redactions", &redaction);
    let confirmation = format!("/history/redactions/{}/confirmation", text(&asked, "redaction"));
    door.post("emil", &confirmation, &json!({}));
    BTreeMap::from([("{export}", text(&export, "export"))])
}

/// Reads every route that the scenario did not need to read.
fn read_the_rest(door: &Door, ids: &BTreeMap<&'static str, String>) {
    let shown = door.shown(true);
    for (method, path) in door.routes(true) {
        if shown.contains(&(method, path)) {
            continue;
        }
        assert_eq!(method, Method::Get);
        let filled: Vec<String> = path.split('/').map(|part| id_for(part, ids)).collect();
        door.fetch("dana", &filled.join("/"));
    }
}

fn id_for(part: &str, ids: &BTreeMap<&'static str, String>) -> String {
    let known = match part {
        "{asset}" => "AST-0001",
        "{change}" => "CHG-0001",
        "{finding}" => "FND-0001",
        "{index}" => "0",
        "{permit}" => "PMT-0001",
        "{person}" => "PER-0001",
        "{run}" => "RUN-0001",
        other => other,
    };
    ids.get(part).cloned().unwrap_or_else(|| known.to_owned())
}
