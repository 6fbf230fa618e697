//! The pages in a real browser: every sample of every page, looked at by Debian's chromium and judged by axe-core; people at
//! the door; and the whole first slice by three people, on lab hosts.
//!
//! Pictures of all that was seen are kept in `target/pictures`, each page wide and narrow, light and dark.
//! Needs node, chromium and `npm ci` in this folder; `.ci/run` brings them. Without them the tests say what is missing.

#[path = "../story/house.rs"]
#[allow(dead_code, reason = "here people act in the browser")]
mod house;
#[path = "../story/lab.rs"]
#[allow(dead_code, reason = "the script enters the hosts by itself")]
mod lab;
mod server;
mod story;

use std::path::{Path, PathBuf};
use std::process::Command;

use basis::Role;
use lab::Lab;
use server::Server;
use story::Story;

/// Where pictures of pages are kept for whoever wants to look: none of an earlier run.
fn pictures(of: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/pictures")
        .join(of);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Why this machine cannot show a page, if so.
fn hindrance() -> Option<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    match () {
        () if !has("node") => Some("node is not installed".to_owned()),
        () if !Path::new("/usr/bin/chromium").exists() => Some("chromium is not installed".to_owned()),
        () if !here.join("node_modules/playwright-core").exists() => {
            Some("`npm ci` was not run in tagout/tests/browser".to_owned())
        }
        () => None,
    }
}

/// Every sample of every page, in a file for scripts.
fn samples(folder: &Path) -> PathBuf {
    let samples = frame::samples(&tagout::routes(), &tagout::places()).unwrap();
    assert!(samples.len() > 5);
    let list: Vec<_> = samples
        .iter()
        .map(|sample| serde_json::json!({ "path": sample.path, "name": sample.name, "html": sample.html }))
        .collect();
    let file = folder.join("samples.json");
    std::fs::write(&file, serde_json::to_vec(&list).unwrap()).unwrap();
    file
}

/// Runs a script of this folder to its end, with these words.
fn run(script: &str, words: &[&str]) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    // A browser that hangs must not hang the tests.
    let outcome = Command::new("timeout")
        .args(["--kill-after=5", "1500", "node"])
        .arg(here.join(script))
        .args(words)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&outcome.stdout);
    let complained = String::from_utf8_lossy(&outcome.stderr);
    println!("{said}");
    assert!(outcome.status.success(), "{said}\n{complained}");
}

#[test]
fn every_sample_of_every_page_can_be_used_by_everybody() {
    if let Some(why) = hindrance() {
        println!("skipped: {why}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = samples(folder.path());
    let server = Server::start();
    let pictures = pictures("samples");
    run(
        "samples.mjs",
        &[&server.origin, file.to_str().unwrap(), pictures.to_str().unwrap()],
    );
}

#[test]
fn words_in_another_section_are_asked_about_and_what_is_pressed_twice_is_sent_once() {
    if let Some(why) = hindrance() {
        println!("skipped: {why}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = samples(folder.path());
    let server = Server::start();
    run("forms.mjs", &[&server.origin, file.to_str().unwrap()]);
}

#[test]
fn people_come_in_with_passkeys_and_look_after_their_accounts() {
    if let Some(why) = hindrance() {
        println!("skipped: {why}");
        return;
    }
    let server = Server::start();
    let (organisation, anna) = (&server.house.organisation, server.house.administrator());
    let invitation = people::invite(organisation, &anna, anna.person).unwrap();
    let pictures = pictures("passkeys");
    run(
        "passkeys.mjs",
        &[&server.origin, &invitation.code, pictures.to_str().unwrap()],
    );
    server.house.assert_sound();
}

#[test]
fn people_come_in_by_the_keyboard_alone_and_lose_nothing_on_the_way() {
    if let Some(why) = hindrance() {
        println!("skipped: {why}");
        return;
    }
    let server = Server::start();
    let ben = server.invite("ben", "Ben Ortiz", &[Role::Requester, Role::Technician]);
    let dana = server.invite("dana", "Dana Reyes", &[Role::Approver]);
    let now = server.house.organisation.now().as_ms().to_string();
    let pictures = pictures("door");
    let words = [&server.origin, &now, &ben, &dana, pictures.to_str().unwrap()];
    run("door.mjs", &words);
}

#[test]
fn files_calendar_and_adoption_are_reached_by_the_keyboard_alone() {
    if let Some(why) = hindrance() {
        println!("skipped: {why}");
        return;
    }
    let server = Server::start();
    let session = server.sign_in("carla", Role::SystemOwner);
    let folder = tempfile::tempdir().unwrap();
    let policy = policy::DEFAULT_POLICY.replace("longest = \"8 hours\"", "longest = \"6 hours\"");
    let scan = "<NessusClientData_v2><Report name=\"weekly\"><ReportHost name=\"web01\"><HostProperties></HostProperties>\
        </ReportHost></Report></NessusClientData_v2>";
    for (name, content) in [
        ("systems.csv", "name,kind\nweb01,server\n"),
        ("scan.zip", "PK\u{3}\u{4}"),
        ("weekly.nessus", scan),
        ("policy.toml", &policy),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    run(
        "bring.mjs",
        &[&server.origin, &session, folder.path().to_str().unwrap()],
    );
    server.house.assert_sound();
}

#[test]
fn three_people_take_lab_hosts_from_their_first_sign_in_to_a_verified_package() {
    if let Some(why) = hindrance() {
        println!("skipped: {why}");
        return;
    }
    let Some(lab) = Lab::up("page", "10.84") else {
        return;
    };
    let mut story = Story::begin(&lab, &pictures("story"));
    run("story.mjs", &[&story.settings]);
    story.house.stop();
    story.house.root(&["doctor", "--rebuild"]).ok();
}
