//! Act 7: the package that strangers verify, and what happens to it when a byte or a payload is gone.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::house::{House, kept, text};
use crate::work::SPILLED;

fn verifier() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../verifier/verify.py");
    path.display().to_string()
}

/// Asks both verifiers; each must answer with this exit code and say each of this.
fn both(house: &mut House, package: &str, code: i32, lines: &[&str]) {
    let key = format!("@{}", house.path("verifier.key"));
    let ours = house.root(&["verify", package, "--key", &key]).says(lines);
    let folder = house.file("");
    let theirs = house
        .stranger(&folder, "python3", &[&verifier(), package, "--key", &key], None)
        .says(lines);
    assert_eq!(
        (ours.code, theirs.code),
        (code, code),
        "{}\n{}",
        ours.all(),
        theirs.all()
    );
}

pub fn export_and_verify(house: &mut House) {
    house.act("a package is made that strangers verify");
    let key = house.verifier_key.clone();
    house.keep("verifier.key", &format!("{key}\n"));
    let (zip, folder) = (house.path("package.zip"), house.path("package"));
    house
        .person("ben", &["export", "--change", "CHG-0001", "--output", &zip])
        .refused(4, &["system_owner"]);
    house
        .person("dana", &["export", "--change", "CHG-0001", "--output", &zip])
        .ok()
        .says(&["entries", "evidence files"]);
    house
        .person("dana", &["export", "--change", "CHG-0001", "--output", &zip])
        .refused(8, &["it exists"]);
    house
        .person("dana", &["export", "--change", "CHG-0001", "--output", &folder])
        .ok();
    both(house, &zip, 0, &["CHG-0001"]);
    both(house, &folder, 0, &["CHG-0001"]);
    fs::copy(&zip, kept().join("package.zip")).expect("the package is kept");
    fs::copy(house.file("verifier.key"), kept().join("verifier.key")).expect("the key is kept");
    let ledger_key = house.file("data").join("keys/ledger.pk8");
    fs::copy(ledger_key, kept().join("ledger.pk8")).expect("the ledger's key is kept");

    approvals_by_openssh_alone(house);
    one_byte_changed(house, &zip, &folder);
    for change in ["CHG-0002", "CHG-0003"] {
        let other = house.path(&format!("{change}.zip"));
        house
            .person("dana", &["export", "--change", change, "--output", &other])
            .ok();
        both(house, &other, 0, &[change]);
    }
}

/// The approvals of a package, checked by OpenSSH as the package's own page says.
fn approvals_by_openssh_alone(house: &mut House) {
    let folder = house.file("package/readable/approvals");
    let help = fs::read_to_string(folder.join("how-to-check.txt")).expect("how to check");
    let checks: Vec<&str> = help
        .lines()
        .filter(|line| line.starts_with("ssh-keygen "))
        .collect();
    // Those of the first revision are void and in the package all the same.
    assert_eq!(checks.len(), 5, "{help}");
    let mut signers = Vec::new();
    for check in checks {
        let (command, message) = check.split_once(" < ").expect("a message");
        let words: Vec<String> = command
            .split(' ')
            .skip(1)
            .map(|word| word.replace('"', ""))
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let good = house.stranger(&folder, "ssh-keygen", &words, Some(&folder.join(message)));
        let said = good.ok().all();
        let signer = said.split("Good \"tagout-approval\" signature for ").nth(1);
        signers.extend(signer.and_then(|rest| rest.split(' ').next()).map(str::to_owned));
    }
    signers.sort();
    assert_eq!(
        signers,
        ["PER-0003", "PER-0003", "PER-0003", "PER-0004", "PER-0004"]
    );
}

fn one_byte_changed(house: &mut House, zip: &str, folder: &str) {
    house.act("one byte is changed");
    let mut bytes = fs::read(zip).expect("the package");
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    let changed = house.path("changed.zip");
    fs::write(&changed, bytes).expect("the changed package");
    both(house, &changed, 1, &[]);

    let evidence = fs::read_dir(Path::new(folder).join("evidence")).expect("evidence");
    let mut files: Vec<PathBuf> = evidence.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    for (file, place) in [
        (files[0].clone(), "evidence/"),
        (
            Path::new(folder).join("ledger/entries.jsonl"),
            "ledger/entries.jsonl",
        ),
        (Path::new(folder).join("index.html"), "index.html"),
    ] {
        let good = fs::read(&file).expect("a file of the package");
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        fs::write(&file, bad).expect("a changed file");
        both(house, folder, 1, &["files", place]);
        fs::write(&file, good).expect("the file as it was");
    }
    both(house, folder, 0, &["CHG-0001"]);
}

pub fn redact_and_verify_again(house: &mut House) {
    house.act("words that should not have been written are destroyed, and the package still verifies");
    let listed = house.json("dana", &["history", "list", "--type", "runs.decided"]);
    let entry = listed["items"][0]["index"]
        .as_u64()
        .expect("an entry")
        .to_string();
    house
        .person("dana", &["history", "show", &entry])
        .ok()
        .says(&[SPILLED]);
    let why = [
        "history",
        "redact",
        &entry,
        "--reason",
        "It names something that must not be named.",
    ];
    let asked = house.json("dana", &why);
    let redaction = text(&asked["redaction"]);
    house
        .person("dana", &["history", "confirm", &redaction])
        .refused(6, &["a second person"]);
    house
        .person("emil", &["history", "confirm", &redaction])
        .ok()
        .says(&["is destroyed", "may still hold it"]);
    let shown = house.person("dana", &["history", "show", &entry]).ok();
    assert!(!shown.all().contains(SPILLED), "{}", shown.all());
    house.person("dana", &["run", "show", "RUN-0001"]).ok();

    let package = house.path("redacted.zip");
    house
        .person("dana", &["export", "--change", "CHG-0001", "--output", &package])
        .ok();
    both(house, &package, 0, &["redacted", &entry]);
    let bytes = fs::read(&package).expect("the package");
    let is_there = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(!is_there(SPILLED.as_bytes()), "the words are in the package");
    let found: Value = house.json("dana", &["history", "verify", "--rebuild"]);
    assert_eq!(found["is_sound"], true, "{found}");
}

pub fn examine(house: &mut House) {
    house.act("the server is stopped and its records examined");
    house.root(&["doctor"]).refused(6, &["another process has"]);
    house.stop();
    house.root(&["doctor", "--rebuild"]).ok();
}
