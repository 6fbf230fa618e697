//! Act 3: a change is asked for, refused until it is whole, approved by signature, and given its window and permit.

use crate::house::{House, text};
use crate::inventory;

const CHANGE: &str = "CHG-0001";

/// Between the approval and the opening of the window, in seconds: long enough to find the gate shut.
pub const AHEAD_S: i64 = 12;

pub fn ask(house: &mut House) {
    house.act("a change is opened from findings, and is not submitted before it is whole");
    let findings = inventory::ids(&inventory::open(house));
    let mut words = vec![
        "change",
        "open",
        "Security updates of the web servers",
        "--reason",
        "Twelve flaws are known on each.",
    ];
    for finding in &findings {
        words.extend(["--finding", finding]);
    }
    for asset in ["AST-0001", "AST-0002", "AST-0003"] {
        words.extend(["--asset", asset]);
    }
    house.person("ben", &words).ok().says(&[CHANGE, "draft"]);
    let refusal = house.person("ben", &["change", "submit", CHANGE]);
    refusal.refused(
        7,
        &[
            "CHG-0001",
            "missing: a security impact",
            "missing: an availability impact",
            "missing: a test plan",
            "missing: a rollback plan",
            "missing: a communication plan",
            "missing: a window",
            "missing: the people who carry it out",
            "tagout change edit CHG-0001",
        ],
    );
    fill_in(house);
    house
        .person("ben", &["change", "missing", CHANGE])
        .says(&["may CHG-0001 be submitted"]);
    // One of the three holds CUI, so what is approved are exact steps.
    house.person("ben", &["change", "submit", CHANGE]).refused(
        7,
        &[
            "missing: a plan of exact steps",
            "paragraph 1.3",
            "tagout plan make CHG-0001",
        ],
    );
    plan(house);
    house
        .person("ben", &["change", "submit", CHANGE])
        .ok()
        .says(&["submitted, normal, revision 1", "plan: sha256"]);
}

/// Writes the parts that are files, and answers the options that name them.
pub fn parts(house: &House) -> Vec<String> {
    let rows = [
        (
            "--security-impact",
            "security.txt",
            "Closes the flaws that the change names. No rights change.\n",
        ),
        (
            "--availability-impact",
            "availability.txt",
            "Each web server restarts once; the others serve meanwhile.\n",
        ),
        (
            "--test-plan",
            "test.txt",
            "Every unit runs and the site answers on each server.\n",
        ),
        (
            "--rollback-plan",
            "rollback.txt",
            "Install the versions from before, as the plan lists them.\n",
        ),
        (
            "--communication-plan",
            "communication.txt",
            "The help desk is told a day ahead and when it is over.\n",
        ),
    ];
    rows.iter()
        .flat_map(|(option, file, content)| [(*option).to_owned(), house.keep(file, content)])
        .collect()
}

fn fill_in(house: &mut House) {
    let parts = parts(house);
    let (from, until) = (house.in_seconds(5), house.in_seconds(4 * 3600));
    let mut words = vec![
        "change",
        "edit",
        CHANGE,
        "--executor",
        "ben",
        "--from",
        &from,
        "--until",
        &until,
    ];
    words.extend(parts.iter().map(String::as_str));
    house.person("ben", &words).ok();
}

fn plan(house: &mut House) {
    // Between the rings each host is asked whether every package is whole.
    let gate = ["--", "sh", "-c", "test -z \"$(dpkg --audit)\""];
    let plan = house
        .person(
            "ben",
            &[&["plan", "make", CHANGE, "--findings"], &gate[..]].concat(),
        )
        .ok();
    plan.says(&[
        "labpkg002 1.0-1 -> 1.0-1+deb12u1 (can be undone)",
        "no way back",
        "run \"sh\"",
    ]);
}

/// Dana reads and signs.
pub fn approve(house: &mut House, change: &str) {
    approve_as(house, change, "dana", "approver");
}

/// One person reads and signs in one capacity.
fn approve_as(house: &mut House, change: &str, person: &str, capacity: &str) {
    let key = house.path(&format!("{person}.key"));
    let words = [
        "change", "approve", change, "--as", capacity, "--key", &key, "--yes",
    ];
    let said = format!("as {capacity}");
    house.person(person, &words).ok().says(&["approve by", &said]);
}

/// Where CUI is touched, two people approve: one signature is not enough, nor are two of the same person.
fn approve_as_two_people(house: &mut House) {
    approve(house, CHANGE);
    let revision = house.json("ben", &["change", "show", CHANGE])["revision"].clone();
    let waits = [
        "1 approval as system_owner from somebody other than PER-0003",
        "2.2",
    ];
    house.person("ben", &["change", "missing", CHANGE]).says(&waits);
    house
        .person("ben", &["change", "schedule", CHANGE])
        .refused(6, &["is submitted"]);
    if revision == 1 {
        // Dana owns systems as well, but she is one person.
        approve_as(house, CHANGE, "dana", "system_owner");
        house.person("ben", &["change", "missing", CHANGE]).says(&waits);
    }
    approve_as(house, CHANGE, "emil", "system_owner");
    house
        .person("ben", &["change", "show", CHANGE])
        .ok()
        .says(&[&format!("approved, normal, revision {revision}")]);
}

pub fn approve_edit_and_approve_again(house: &mut House) {
    house.act("nobody approves their own change; an edit voids what was approved");
    let key = house.path("ben.key");
    let own = ["change", "approve", CHANGE, "--key", &key, "--yes"];
    house.person("ben", &own).refused(4, &["PER-0002"]);
    // Even with the role: it is about people, not about accounts and rights.
    let roles = |roles: &'static str| {
        [
            "people",
            "roles",
            "ben",
            "--roles",
            roles,
            "--reason",
            "Trying what the rules say",
        ]
    };
    house.person("anna", &roles("requester,technician,approver")).ok();
    house
        .person("ben", &own)
        .refused(7, &["requester", "approver", "2.3"]);
    house.person("anna", &roles("requester,technician")).ok();

    house
        .person("dana", &["change", "text", CHANGE])
        .ok()
        .says(&["Plan\n", "labpkg002 1.0-1 -> 1.0-1+deb12u1"]);
    approve_as_two_people(house);

    let (from, until) = (house.in_seconds(5), house.in_seconds(3 * 3600));
    let edit = [
        "change",
        "edit",
        CHANGE,
        "--from",
        &from,
        "--until",
        &until,
        "--because",
        "An hour less will do.",
    ];
    let edited = house.person("ben", &edit).ok();
    edited.says(&["draft, normal, revision 2", "(void: "]);
    house
        .person(
            "ben",
            &["gate", CHANGE, "--asset", "AST-0001", "--action", "patch"],
        )
        .refused(7, &["approval"]);
    house
        .person("dana", &["change", "schedule", CHANGE])
        .refused(6, &["is draft"]);
    house
        .person("ben", &["change", "submit", CHANGE])
        .ok()
        .says(&["submitted, normal, revision 2"]);
    approve_as_two_people(house);
}

pub fn open_the_gate(house: &mut House) {
    house.act("the gate opens in the window, and only there");
    let gate = ["gate", CHANGE, "--asset", "AST-0001", "--action", "patch"];
    house.person("ben", &gate).refused(7, &["window", "permit"]);
    let from = house.in_seconds(AHEAD_S);
    house
        .person("ben", &["change", "schedule", CHANGE, "--from", &from])
        .ok()
        .says(&["scheduled, normal"]);
    house
        .person("dana", &["permit", "issue", CHANGE])
        .ok()
        .says(&["PMT-0001 under CHG-0001"]);
    house.person("ben", &gate).refused(7, &["window"]);
    house
        .person(
            "dana",
            &["gate", CHANGE, "--asset", "AST-0001", "--action", "patch"],
        )
        .refused(7, &["PER-0003"]);

    secure_what_holds_cui(house, &gate);
    house.person("ben", &gate).ok().says(&["allow: "]);
    let answer = house.json("ben", &gate);
    let token = text(&answer["token"]);
    let keys = house.path("jwks.json");
    house.fetch_keys(&keys);
    house
        .person("ben", &["gate", "verify", &token, "--jwks", &keys])
        .ok()
        .says(&["good: PER-0002 may patch AST-0001"]);
    let forged = forged(&token);
    let bad = house.person("ben", &["gate", "verify", &forged, "--jwks", &keys]);
    assert_eq!(bad.code, 1, "{}", bad.all());
}

/// In the window and under its permit, work on the machine with CUI still waits for its backup.
fn secure_what_holds_cui(house: &mut House, gate: &[&str]) {
    let wanted = ["snapshot or backup of AST-0001 not older than", "paragraph 4.3"];
    house
        .until("ben", gate, |answer| !answer.all().contains("window"))
        .refused(7, &wanted);
    house
        .person(
            "ben",
            &["gate", CHANGE, "--asset", "AST-0002", "--action", "patch"],
        )
        .ok()
        .says(&["allow: "]);
    house.person("ben", &["run", "start", CHANGE]).refused(7, &wanted);
    let backup = house.keep(
        "backup.txt",
        "Snapshot 17 of the volume of the web server is held.\n",
    );
    let words = [
        "evidence", "add", &backup, "--about", CHANGE, "--kind", "backup", "--about",
    ];
    // A backup of another machine, and one that is not final, secure nothing.
    house.person("ben", &[&words[..], &["AST-0002"]].concat()).ok();
    house
        .person("ben", &[&words[..], &["AST-0001", "--draft"]].concat())
        .ok();
    house.person("ben", gate).refused(7, &wanted);
    house.person("ben", &[&words[..], &["AST-0001"]].concat()).ok();
}

/// The token with one letter of its claims changed.
fn forged(token: &str) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let letter = if parts[1].ends_with('A') { 'B' } else { 'A' };
    parts[1].pop();
    parts[1].push(letter);
    parts.join(".")
}
