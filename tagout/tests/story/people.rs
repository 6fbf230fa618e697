//! Act 1: the people come in, each with a password, one-time codes and a key of their own.

use std::process::Command;

use crate::house::House;

/// Handle, name, roles. The first one founded the organisation.
const PEOPLE: [(&str, &str, &str); 4] = [
    ("anna", "Anna Ames", "administrator"),
    ("ben", "Ben Ortiz", "requester,technician"),
    ("dana", "Dana Reyes", "approver,system_owner,supervisor"),
    // Only emergencies and the destruction of records take a fourth person.
    ("emil", "Emil Novak", "incident_manager,system_owner"),
];

pub fn come_in(house: &mut House) {
    house.act("the people come in");
    for (handle, name, roles) in PEOPLE {
        invite(house, handle, name, roles);
        accept_and_sign_in(house, handle);
    }
    confirm(house);
    for (handle, _, _) in &PEOPLE[1..] {
        enrol_key(house, handle);
    }
    house
        .person("anna", &["people", "list"])
        .ok()
        .says(&["PER-0003", "system_owner, approver, supervisor"]);
    house
        .person(
            "ben",
            &[
                "people",
                "enrol",
                "mallory",
                "--name",
                "Mallory",
                "--roles",
                "administrator",
            ],
        )
        .refused(4, &["administrator"]);
}

/// Who comes in is confirmed by somebody who did not invite them; ben came when there was nobody else.
fn confirm(house: &mut House) {
    let confirm = |person| {
        let how = ["--invitation", "1", "--reason", "Showed me their badge."];
        ["people", "confirm", person, how[0], how[1], how[2], how[3]]
    };
    house.person("dana", &["asset", "list"]).refused(
        4,
        &[
            "before somebody has confirmed who they are",
            "tagout people confirm PER-0003",
        ],
    );
    house
        .person("anna", &confirm("dana"))
        .refused(4, &["PER-0001 gave the invitation that PER-0003 accepted"]);
    house.person("ben", &confirm("dana")).ok();
    house.person("dana", &confirm("emil")).ok();
    let more = [
        "people",
        "roles",
        "anna",
        "--roles",
        "administrator,approver",
        "--reason",
        "More to do",
    ];
    house.person("anna", &more).refused(
        4,
        &["PER-0001 may not change their own roles", "another administrator"],
    );
}

fn invite(house: &mut House, handle: &str, name: &str, roles: &str) {
    if house.file(&format!("{handle}.invitation")).exists() {
        return;
    }
    let words = ["people", "enrol", handle, "--name", name, "--roles", roles];
    let invitation = house.json("anna", &words);
    house.keep(
        &format!("{handle}.invitation"),
        &crate::house::text(&invitation["invitation"]),
    );
}

fn accept_and_sign_in(house: &mut House, handle: &str) {
    let invitation = house.read(&format!("{handle}.invitation"));
    let password = house.keep(
        &format!("{handle}.password"),
        &format!("{handle} walks twelve dogs by the sea"),
    );
    let secret = house.path(&format!("{handle}.secret"));
    let files = ["--password-file", &password, "--secret-file", &secret];
    house
        .person(handle, &[&["accept", &invitation], &files[..]].concat())
        .ok();
    house
        .person(handle, &[&["accept", &invitation], &files[..]].concat())
        .refused(3, &["invitation"]);
    house
        .person(handle, &[&["login", "--as", handle], &files[..]].concat())
        .ok()
        .says(&["Signed in as"]);
}

fn enrol_key(house: &mut House, handle: &str) {
    let key = house.path(&format!("{handle}.key"));
    let status = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", handle, "-f", &key])
        .status()
        .expect("ssh-keygen");
    assert!(status.success());
    house
        .person(handle, &["key", "enrol", "--key", &key])
        .ok()
        .says(&["is enrolled for", "SHA256:"]);
}
