//! The trial itself is tried: it passes on verifiers that are right, and fails on lenient ones.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ledger::package::zip;

use crate::mutant::Mutant;
use crate::original::Original;
use crate::sample::{Sample, key};
use crate::tally::Tally;
use crate::trial::{Judge, Trial, judge};

const COUNT: u64 = 600;

fn original() -> Original {
    let archive = zip::write(&Sample::period().package().0).unwrap();
    Original::read(archive, key().verifier().clone(), Some(key())).unwrap()
}

/// The independent verifier, where Python can run it.
fn verifier() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verifier/verify.py");
    let has_python = Command::new("python3")
        .args(["-c", "import cryptography"])
        .stderr(Stdio::null())
        .status();
    if program.is_file() && has_python.is_ok_and(|status| status.success()) {
        return Some(program);
    }
    println!("skipped: no verifier/verify.py, or no python3 with the package `cryptography`");
    None
}

fn tried(original: &Original, ours: &Judge<'_>, verifier: PathBuf) -> Tally {
    let trial = Trial {
        original,
        ours,
        verifier,
        count: COUNT,
        seed: 7,
        processes: 2,
    };
    trial.run().unwrap()
}

#[test]
fn both_verifiers_refuse_and_agree() {
    let Some(verifier) = verifier() else { return };
    let original = original();
    let tally = tried(&original, &|archive| judge(&original.key, archive), verifier);
    let why: Vec<&str> = tally
        .failures
        .iter()
        .map(|failure| failure.why.as_str())
        .collect();
    assert_eq!((tally.failed, tally.mutants()), (0, COUNT), "{why:?}");
}

#[test]
fn a_lenient_first_verifier_fails_the_trial() {
    let Some(verifier) = verifier() else { return };
    let original = original();
    let lenient = |archive: &[u8]| match judge(&original.key, archive) {
        verdict if verdict == "no decisions" => "yes".to_owned(),
        verdict => verdict,
    };
    let tally = tried(&original, &lenient, verifier);
    assert!(tally.failed > 0);
    assert!(tally.failures[0].why.contains("`yes`"));
}

#[test]
fn a_change_that_both_verifiers_overlook_fails_the_trial() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("lenient.py");
    let lenient = "import sys\nread = sys.stdin.buffer.read\nwhile head := read(4):\n    read(int.from_bytes(head, 'little'))\n    print('yes', flush=True)\n";
    std::fs::write(&program, lenient).unwrap();
    let tally = tried(&original(), &|_| "yes".to_owned(), program);
    assert!(tally.failed > COUNT / 2);
    assert_eq!(tally.failures[0].why, "accepted by both");
}

#[test]
fn a_verifier_that_stops_answering_ends_the_trial() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("silent.py");
    std::fs::write(&program, "import sys\nsys.exit(0)\n").unwrap();
    let original = original();
    let trial = Trial {
        original: &original,
        ours: &|_| "yes".to_owned(),
        verifier: program,
        count: COUNT,
        seed: 7,
        processes: 1,
    };
    assert!(trial.run().is_err());
}

#[test]
fn a_mutant_is_made_again_by_its_number() {
    let original = original();
    for number in 0..200 {
        let [one, other] = [(); 2].map(|()| Mutant::make(&original, 3, number));
        assert_eq!((one.kind, one.archive), (other.kind, other.archive));
    }
}
