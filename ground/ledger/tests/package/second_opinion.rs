//! The independent verifier in Python gives the same verdict, code by code.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use ledger::package::zip;

use crate::bent_files::BENT_FILES;
use crate::bent_ledgers::{BENT_LEDGERS, ODD_BUT_RIGHT};
use crate::mutations::verdict;
use crate::sample::{Sample, key};

/// The verdicts of the Python verifier, in the lines of its batch mode: `yes` or `no <code>`.
pub fn second_opinion(packages: &[Vec<u8>]) -> Option<Vec<String>> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verifier/verify.py");
    let has_python = Command::new("python3")
        .args(["-c", "import cryptography"])
        .stderr(Stdio::null())
        .status();
    if !program.is_file() || !has_python.is_ok_and(|status| status.success()) {
        println!("skipped: no verifier/verify.py, or no python3 with the package `cryptography`");
        return None;
    }
    let mut child = Command::new("python3")
        .arg(program)
        .args(["--batch", "--key", &key().verifier().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let records: Vec<u8> = packages
        .iter()
        .flat_map(|package| [&(package.len() as u32).to_le_bytes(), package.as_slice()].concat())
        .collect();
    let writer = std::thread::spawn(move || input.write_all(&records).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(str::to_owned).collect())
}

#[test]
fn two_verifiers_agree_on_every_bent_package() {
    let mut packages = vec![
        ("period", Sample::period().package()),
        ("change", Sample::change().package()),
    ];
    for (what, _, bend) in BENT_LEDGERS {
        let mut sample = Sample::period();
        bend(&mut sample);
        packages.push((what, sample.package()));
    }
    for (what, _, bend) in BENT_FILES {
        let mut files = Sample::period().package();
        bend(&mut files);
        packages.push((what, files));
    }
    for (what, _, bend) in ODD_BUT_RIGHT {
        let mut sample = Sample::period();
        bend(&mut sample);
        packages.push((what, sample.package()));
    }
    let archives: Vec<Vec<u8>> = packages
        .iter()
        .map(|(_, files)| zip::write(&files.0).unwrap())
        .collect();
    let Some(others) = second_opinion(&archives) else {
        return;
    };
    assert_eq!(others.len(), archives.len());
    for (((what, _), archive), other) in packages.iter().zip(&archives).zip(others) {
        let ours = match verdict(archive) {
            Ok(_) => "yes".to_owned(),
            Err(wrong) => format!("no {}", wrong.code),
        };
        assert_eq!(ours, other, "{what}");
    }
}
