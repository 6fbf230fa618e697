//! The pages in a real browser: every sample of every page, looked at by Debian's chromium and judged by axe-core.
//!
//! Needs node, chromium and `npm ci` in this folder; `.ci/run` brings them. Without them the tests say what is missing.

mod server;

use std::path::{Path, PathBuf};
use std::process::Command;

use basis::Role;
use server::Server;

/// Where pictures of pages are kept for whoever wants to look.
fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/pictures");
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

/// Runs a script of this folder to its end, with these words.
fn run(script: &str, words: &[&str]) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    // A browser that hangs must not hang the tests.
    let outcome = Command::new("timeout")
        .args(["--kill-after=5", "600", "node"])
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
    let samples = frame::samples(&tagout::routes(), &tagout::places()).unwrap();
    assert!(samples.len() > 5);
    let list: Vec<_> = samples
        .iter()
        .map(|sample| serde_json::json!({ "path": sample.path, "name": sample.name, "html": sample.html }))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("samples.json");
    std::fs::write(&file, serde_json::to_vec(&list).unwrap()).unwrap();
    let server = Server::start();
    let pictures = pictures();
    run(
        "samples.mjs",
        &[&server.origin, file.to_str().unwrap(), pictures.to_str().unwrap()],
    );
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
    let pictures = pictures();
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
    let pictures = pictures();
    let words = [&server.origin, &now, &ben, &dana, pictures.to_str().unwrap()];
    run("door.mjs", &words);
}
