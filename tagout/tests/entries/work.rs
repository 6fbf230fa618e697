//! Changes of every kind, with their permits, the gate and a run.

use std::sync::Arc;
use std::time::Duration;

use basis::Span;
use frame::{Bell, Method};
use runner::{Patience, Runner};
use serde_json::{Value, json};

use crate::door::{Door, text};
use crate::registers::key_of;

/// Everything that a change needs, with a window that begins in a minute.
fn parts(door: &Door, assets: &[&str]) -> Value {
    let now = door.house.organisation.now();
    json!({
        "reason": "It is due.", "security_impact": "None.", "availability_impact": "None.",
        "test_plan": "Look at it.", "rollback_plan": "Put the old one back.", "communication_plan": "A mail.",
        "assets": assets, "executors": ["ben"],
        "from": (now + Span::minutes(1)).to_string(), "until": (now + Span::hours(4)).to_string(),
    })
}

/// Opens a change and answers its path.
fn open(door: &Door, title: &str, change_type: &str, parts: &Value) -> String {
    let change = json!({ "title": title, "change_type": change_type, "parts": parts });
    format!(
        "/changes/{}",
        text(&door.post("ben", "/changes", &change), "change")
    )
}

fn approve(door: &Door, change: &str, who: &str, capacity: &str) {
    let asked = door.read(
        who,
        &format!("{change}/signing-text?decision=approve&capacity={capacity}"),
    );
    let message = text(&asked, "message");
    let signature =
        people::sign_with_ssh_keygen(&key_of(door, who), changes::rules::NAMESPACE, &message).unwrap();
    let decision = json!({
        "revision": asked["revision"], "digest": asked["digest"], "decision": "approve", "capacity": capacity,
        "signed_at": asked["signed_at"], "signature": signature,
    });
    door.post(who, &format!("{change}/decisions"), &decision);
}

/// From the draft into the window.
fn into_its_window(door: &Door, change: &str, who: &str, capacity: &str) {
    door.post("ben", &format!("{change}/submission"), &json!({}));
    approve(door, change, who, capacity);
    door.act("ben", Method::Put, &format!("{change}/window"), &json!({}));
    door.house.wait(Span::minutes(2));
}

fn permit(door: &Door, change: &str) -> String {
    format!(
        "/permits/{}",
        text(
            &door.post("dana", &format!("{change}/permits"), &json!({})),
            "permit"
        )
    )
}

fn carry_out(door: &Door) {
    let second = Duration::from_secs(1);
    let patience = Patience {
        connect: 3 * second,
        before_work: 30 * second,
        in_work: 90 * second,
        job: 180 * second,
        reboot: 120 * second,
        poll: second / 10,
        pause: second / 5,
        idle: second / 5,
    };
    let organisation = Arc::clone(&door.house.organisation);
    Runner::new(organisation, Bell::new(), patience).settle().unwrap();
}

pub fn carried_out_and_undone(door: &Door) {
    let change = open(door, "Update a package", "normal", &parts(door, &["AST-0001"]));
    let edit = json!({ "title": "Update one package", "parts": {} });
    door.act("ben", Method::Patch, &change, &edit);
    let plan = json!({ "select": "packages", "packages": ["labpkg001"], "reboot": "never" });
    let plan = door.post("ben", &format!("{change}/plan"), &plan);
    door.read("ben", &format!("/plans/{}", text(&plan, "digest")));
    into_its_window(door, &change, "dana", "approver");
    let permit = permit(door, &change);
    let reason = json!({ "reason": "Somebody is at the machine." });
    door.post("dana", &format!("{permit}/suspension"), &reason);
    door.post("dana", &format!("{permit}/resumption"), &reason);
    door.post("ben", &format!("{change}/runs"), &json!({}));
    door.post("ben", "/runs/RUN-0001/halt", &reason);
    let decision = json!({ "decision": "go_on", "reason": "They have left.", "retry": [] });
    door.post("dana", "/runs/RUN-0001/decision", &decision);
    carry_out(door);
    assert_eq!(door.read("ben", "/runs/RUN-0001")["state"], "finished");
    door.post(
        "ben",
        "/runs/RUN-0001/roll-back",
        &json!({ "reason": "The page is slow." }),
    );
    carry_out(door);
    assert_eq!(door.read("ben", &change)["state"], "rolled_back");
}

pub fn emergency(door: &Door) {
    let mut parts = parts(door, &["AST-0002"]);
    parts["emergency_reason"] = json!("Strangers are in it.");
    let change = open(door, "Shut the door", "emergency", &parts);
    into_its_window(door, &change, "emil", "incident_manager");
    door.post(
        "dana",
        &format!("{}/revocation", permit(door, &change)),
        &json!({ "reason": "The wrong hours." }),
    );
    let permit = permit(door, &change);
    let id = change.trim_start_matches("/changes/").to_owned();
    let question = json!({ "change": id, "asset": "AST-0002", "action": "configure" });
    let allowed = door.post("ben", "/gate", &question);
    let report = format!(
        "/gate/reports?jti={}&exit_code=0&duration_ms=5",
        text(&allowed, "jti")
    );
    door.send("ben", &report, "done\n");
    for kind in ["packages_before", "packages_after"] {
        let add = format!("/evidence?name={kind}.txt&kind={kind}&about={id},AST-0002&is_final=true");
        door.send("ben", &add, kind);
    }
    door.post(
        "ben",
        &format!("{permit}/handing-back"),
        &json!({ "work": "done" }),
    );
    let acceptance = json!({ "about": "AST-0002", "because": "The door is shut and nothing else differs." });
    door.post("dana", &format!("{change}/acceptances"), &acceptance);
    door.post("dana", &format!("{change}/verification"), &json!({}));
    let look = json!({ "justification": "Waiting would have cost more.", "findings": "Nothing was taken." });
    door.post("ben", &format!("{change}/retrospective"), &look);
    approve(door, &change, "dana", "approver");
    door.post(
        "dana",
        &format!("{change}/closing"),
        &json!({ "resolution": "The door is shut." }),
    );
}

pub fn adopted(door: &Door) {
    let mut parts = parts(door, &[]);
    let policy = include_str!("../../../examples/lab-policy.toml");
    parts["policy_draft"] = json!(policy.replace("longest = \"8 hours\"", "longest = \"6 hours\""));
    let change = open(door, "Shorter windows", "normal", &parts);
    into_its_window(door, &change, "dana", "approver");
    door.post("emil", &format!("{change}/adoption"), &json!({}));
}

pub fn cancelled(door: &Door) {
    let change = open(door, "Nothing", "normal", &json!({}));
    door.post(
        "ben",
        &format!("{change}/cancellation"),
        &json!({ "reason": "It was a mistake." }),
    );
}
