//! Whatever is changed behind the program's back is found and named, and nothing is recorded on top of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use basis::{Class, Refusal};
use frame::Method;
use serde_json::{Value, json};

use super::site::{Site, Tokens, enrol, said, text};

/// A site with a few records, its server stopped and its database in one file.
struct House {
    site: Site,
    tokens: Tokens,
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let site = Site::at(folder.path());
        let invitation = site.found();
        let server = site.serve();
        let tokens = site.settle(&server, &invitation);
        let anna = server.client(&tokens.administrator);
        for handle in ["bruno", "carla"] {
            let invitation = enrol(&anna, handle, &["administrator"]).expect("an enrolment");
            site.accept(&server, handle, &invitation);
        }
        for person in ["PER-0003", "PER-0004"] {
            let path = format!("/people/{person}/confirmation");
            let _: Value = server
                .client(&tokens.owner)
                .send(
                    Method::Post,
                    &path,
                    &json!({ "invitation": 1, "reason": "met in person" }),
                )
                .expect("a confirmation");
        }
        let scrap = folder.path().join("scrap");
        fs::write(&scrap, "the output of a test").expect("a file");
        let query = "/evidence?name=test.txt&kind=document&about=AST-0001&is_final=true";
        let added: Value = server
            .client(&tokens.owner)
            .upload(query, &scrap, "application/octet-stream", |_, _| ())
            .expect("evidence");
        assert_eq!(text(&added, "evidence"), "EVD-0001");
        server.stop();
        let house = Self { site, tokens, folder };
        // The doctor is the last to close the database, which brings its log into the one file.
        house.site.assert_sound("before anything was changed");
        assert!(!house.database().with_extension("sqlite-wal").exists());
        house
    }

    fn database(&self) -> PathBuf {
        self.site.data().join("tagout.sqlite")
    }

    /// Changes bytes of the database as an editor for raw files would: at the last place where `before` stands after a byte
    /// that `follows` takes.
    fn edit(&self, before: &str, now: &str, follows: impl Fn(u8) -> bool) {
        assert_eq!(before.len(), now.len());
        let mut bytes = fs::read(self.database()).expect("the database");
        let at = (1..=bytes.len() - before.len())
            .rev()
            .find(|at| bytes[*at..].starts_with(before.as_bytes()) && follows(bytes[at - 1]))
            .unwrap_or_else(|| panic!("`{before}` is nowhere in the database"));
        bytes[at..at + now.len()].copy_from_slice(now.as_bytes());
        fs::write(self.database(), bytes).expect("the database");
    }

    /// The only blob in the vault.
    fn blob(&self) -> PathBuf {
        let shelves = fs::read_dir(self.site.data().join("vault")).expect("the vault");
        let shelf = shelves.flatten().next().expect("a shelf").path();
        fs::read_dir(shelf)
            .expect("a shelf")
            .flatten()
            .next()
            .expect("a blob")
            .path()
    }
}

fn copy_database(from: &Path, to: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let (from, to) = (
            format!("{}{suffix}", from.display()),
            format!("{}{suffix}", to.display()),
        );
        let _ = fs::remove_file(&to);
        if suffix != "-shm" && Path::new(&from).exists() {
            fs::copy(from, to).expect("a copy");
        }
    }
}

#[test]
fn a_restored_older_copy_is_named_and_refused_until_two_people_recover_it() {
    let house = House::new();
    let copy = house.folder.path().join("backup.sqlite");
    copy_database(&house.database(), &copy);
    let server = house.site.serve();
    enrol(&server.client(&house.tokens.administrator), "dora", &["auditor"]).expect("an enrolment");
    server.stop();
    copy_database(&copy, &house.database());

    house.site.assert_named("an older copy was restored");
    let server = house.site.serve();
    let anna = server.client(&house.tokens.administrator);
    let refusal = enrol(&anna, "emil", &["auditor"]).expect_err("a refusal");
    assert_eq!(refusal.class, Class::Fault);
    assert!(
        refusal.what.starts_with("the database ends at entry"),
        "{refusal:?}"
    );
    assert!(
        refusal.what.ends_with("an older copy was restored"),
        "{refusal:?}"
    );
    assert!(
        refusal.way_out.iter().any(|way| way.contains("tagout recover")),
        "{refusal:?}"
    );
    let people: Value = anna.get("/people").expect("what is there can be read");
    assert!(!people.to_string().contains("dora"));
    server.stop();

    let (code, words) = recover(&house.site, ["bruno", "bruno"]);
    assert_eq!(code, 6, "{words}");
    assert!(words.contains("a recovery takes two different people"), "{words}");
    let (code, words) = recover(&house.site, ["bruno", "carla"]);
    assert_eq!(code, 0, "{words}");

    house.site.assert_sound("after the recovery");
    let server = house.site.serve();
    enrol(&server.client(&house.tokens.administrator), "emil", &["auditor"]).expect("an enrolment");
    server.stop();
    house.site.assert_sound("after going on");
}

fn recover(site: &Site, handles: [&str; 2]) -> (i32, String) {
    let mut command = site.command(&["recover", "--as"]);
    command.args(handles).arg("--password-file");
    command.args([site.password_file(), site.password_file()]);
    command
        .arg("--secret-file")
        .args(handles.map(|handle| site.secret_file(handle)));
    command.arg("--reason=the disk died, the copy of the morning was restored");
    said(command.output().expect("the program runs"))
}

#[test]
fn a_missing_mark_is_named() {
    let house = House::new();
    fs::remove_file(house.folder.path().join("data.high-water")).expect("the mark");
    house
        .site
        .assert_named("the database has entries but its high-water mark is missing");
}

#[test]
fn an_edited_row_is_named_with_its_table() {
    let house = House::new();
    // In the payload the name stands after a quotation mark, in the row it does not.
    house.edit("bruno Example", "bruno Ensampl", |before| before != b'"');
    house
        .site
        .assert_named("table people: 1 rows only here, 1 rows only in the replay");
}

#[test]
fn an_edited_payload_is_named_with_its_entry() {
    let house = House::new();
    house.edit("bruno Example", "bruno Ensampl", |before| before == b'"');
    house.site.assert_named("(people.enrolled) was edited");
}

#[test]
fn an_edited_type_is_named_with_its_entry() {
    let house = House::new();
    house.edit(
        "\"type\":\"evidence.added\"",
        "\"type\":\"evidence.addex\"",
        |_| true,
    );
    house
        .site
        .assert_named("does not hash to its stored leaf: it was edited");
    house.site.assert_named(
        "the ledger cannot be replayed: stored data is damaged: event `evidence.addex` version 1",
    );
}

#[test]
fn an_edited_actor_is_named_with_its_entry() {
    let house = House::new();
    house.edit("{\"actor\":\"PER-0002\"", "{\"actor\":\"PER-0001\"", |_| true);
    house
        .site
        .assert_named("does not hash to its stored leaf: it was edited");
    house
        .site
        .assert_named("the entries do not hash to the head's root: at least one was edited");
}

#[test]
fn a_deleted_and_a_changed_blob_are_named() {
    let house = House::new();
    let blob = house.blob();
    let content = fs::read(&blob).expect("the blob");
    let shelf = blob.parent().and_then(Path::file_name).expect("its shelf");
    let name = format!(
        "{}{}",
        shelf.to_string_lossy(),
        blob.file_name().expect("its name").to_string_lossy()
    );
    fs::remove_file(&blob).expect("the blob");
    house
        .site
        .assert_named(&format!("evidence blob {name} is missing from the vault"));
    let mut changed = content;
    changed[100] ^= 1;
    fs::write(&blob, changed).expect("the blob");
    house.site.assert_named(&format!(
        "evidence blob {name} was changed: its bytes do not hash to its name"
    ));
}

#[test]
fn a_swapped_key_is_named() {
    let house = House::new();
    let other = tempfile::tempdir().expect("a folder");
    let stranger = Site::at(other.path());
    stranger.found();
    let sentences = [
        ("ledger.pk8", "the first entry names the key tagout/crash-works-"),
        (
            "permit.pk8",
            "keys/permit.pk8 is not the key that the first entry names",
        ),
        (
            "seal.key",
            "keys/seal.key does not open what the first entry sealed with it",
        ),
    ];
    for (file, sentence) in sentences {
        let own = house.site.data().join("keys").join(file);
        let kept = fs::read(&own).expect("a key");
        fs::copy(stranger.data().join("keys").join(file), &own).expect("a copy");
        house.site.assert_named(sentence);
        fs::write(&own, kept).expect("a key");
    }
    house.site.assert_sound("with its own keys again");
}

#[test]
fn a_database_that_cannot_be_opened_is_named_too() {
    let house = House::new();
    let bytes = fs::read(house.database()).expect("the database");
    fs::write(house.database(), &bytes[..bytes.len() / 2]).expect("the database");
    house.site.assert_named("WRONG");
}

#[test]
fn whatever_part_of_the_database_is_damaged_the_doctor_makes_every_check() {
    const PARTS: usize = 24;
    const PAGE: usize = 4096;
    let house = House::new();
    let sound = fs::read(house.database()).expect("the database");
    for part in 0..PARTS {
        let mut bytes = sound.clone();
        let at = bytes.len() / PARTS * part / PAGE * PAGE;
        bytes[at..at + 64].fill(0xa5);
        fs::write(house.database(), bytes).expect("the database");
        let (code, words) = house.site.run(&["doctor", "--rebuild"]);
        assert_eq!(code, 1, "part {part} of {PARTS}: {words}");
        assert!(
            words.contains("WRONG") && words.contains("do: restore the newest copy"),
            "part {part} of {PARTS}: {words}"
        );
    }
}

#[test]
fn a_second_server_on_one_data_directory_is_refused() {
    let house = House::new();
    let server = house.site.serve();
    let (code, words) = house.site.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 6, "{words}");
    assert!(words.contains("another process has"), "{words}");
    let (code, words) = house.site.run(&["doctor"]);
    assert_eq!(code, 6, "{words}");
    enrol(&server.client(&house.tokens.administrator), "emil", &["auditor"]).expect("the first goes on");
    server.stop();
}

/// Words before a command with which its clock stands two days back; says why where that cannot be.
fn two_days_back() -> Result<Vec<String>, String> {
    let asked = Command::new("faketime")
        .args(["-f", "-2d", "printenv", "LD_PRELOAD"])
        .output();
    match asked.map(said) {
        Ok((0, library)) => Ok([
            "env",
            &format!("LD_PRELOAD={}", library.trim()),
            "FAKETIME=-2d",
            // Only the clock on the wall is set back, as an administrator would.
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            env!("CARGO_BIN_EXE_tagout"),
        ]
        .map(str::to_owned)
        .into()),
        Ok((_, words)) => Err(words),
        Err(error) => Err(format!("`faketime`: {error}")),
    }
}

#[test]
fn a_clock_that_was_set_back_is_named() {
    let program = match two_days_back() {
        Ok(program) => program,
        Err(why) => return println!("skipped: a clock set back: {why}"),
    };
    let program: Vec<&str> = program.iter().map(String::as_str).collect();
    let house = House::new();
    let (code, words) = said(
        house
            .site
            .wrapped(&program, &["doctor"])
            .output()
            .expect("it runs"),
    );
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("it was set back; set it right before work goes on"),
        "{words}"
    );

    // What is recorded meanwhile keeps its place by its index, and the step back is told for ever.
    let server = house.site.serve_by(&program).expect("a server");
    let added: Result<Value, Refusal> = server.client(&house.tokens.administrator).send(
        Method::Post,
        "/assets",
        &json!({ "name": "backwards" }),
    );
    added.expect("the order of entries does not hang on the clock");
    server.stop();
    let (code, words) = house.site.run(&["doctor", "--rebuild"]);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("it went back before entries"), "{words}");
}
