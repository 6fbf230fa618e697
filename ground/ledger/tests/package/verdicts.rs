//! Good packages, and for every code of §4 packages that only that step refuses: bent inside and sealed again.

use std::borrow::Cow;

use ledger::note::Checkpoint;
use ledger::package::{Code, FilesInMemory, Report, Scope, Withheld, Wrong, verify};

use crate::bent_files::BENT_FILES;
use crate::bent_ledgers::{BENT_LEDGERS, ODD_BUT_RIGHT};
use crate::sample::*;

pub fn verdict(files: &FilesInMemory) -> Result<Report, Wrong> {
    verify(files, key().verifier(), &[])
}

#[test]
fn a_period_is_verified_and_says_what_is_withheld() {
    let sample = Sample::period();
    let report = verdict(&sample.package()).unwrap();
    let counts = (
        report.entries,
        report.size,
        report.decisions_checked,
        report.decisions_not_checkable,
    );
    assert_eq!(counts, (14, 16, 2, 0));
    assert_eq!((report.evidence_files, report.policy_version), (1, 3));
    let withheld = [
        Withheld { index: 2, by: None },
        Withheld {
            index: 7,
            by: Some(8),
        },
    ];
    assert_eq!(report.withheld, withheld);
    let checkpoint = Checkpoint::verify(sample.checkpoint(16).as_bytes(), key().verifier()).unwrap();
    assert_eq!(report.root, checkpoint.root);
}

#[test]
fn a_change_is_verified_with_what_it_leans_on() {
    let report = verdict(&Sample::change().package()).unwrap();
    assert_eq!((report.entries, report.decisions_checked), (10, 2));
}

#[test]
fn a_long_package_is_refused_by_the_same_step_as_a_short_one() {
    let long = Sample::long_period().package();
    assert_eq!(verdict(&long).unwrap().entries, 2_014);
    let threaded = [Code::Entries, Code::Proofs, Code::Payloads];
    for (what, code, bend) in BENT_FILES.iter().filter(|(_, code, _)| threaded.contains(code)) {
        let mut files = long.clone();
        bend(&mut files);
        assert_eq!(verdict(&files).map_err(|wrong| wrong.code), Err(*code), "{what}");
    }
}

#[test]
fn of_two_things_wrong_the_earlier_step_is_named_in_a_long_package_too() {
    let sample = Sample::long_period().package();
    let faults = [
        "ledger/entries.jsonl",
        "ledger/proofs.jsonl",
        "ledger/payloads.jsonl",
    ];
    for (first, code) in [Code::Entries, Code::Proofs, Code::Payloads]
        .into_iter()
        .enumerate()
    {
        let mut files = sample.clone();
        for path in &faults[first..] {
            files.0.get_mut(*path).unwrap().insert(0, b' ');
        }
        seal_again(&mut files);
        assert_eq!(verdict(&files).map_err(|wrong| wrong.code), Err(code));
    }
}

#[test]
fn a_later_period_may_hold_the_keys_before_it_and_the_destructions_after_it() {
    let mut sample = Sample::period();
    sample.scope = Scope::Period { first: 5, last: 9 };
    for index in [2, 3, 11, 12, 13] {
        sample.rows[index].shown = Shown::Absent;
    }
    assert_eq!(verdict(&sample.package()).unwrap().decisions_checked, 1);
}

#[test]
fn a_package_is_verified_against_every_earlier_checkpoint_that_it_has_a_proof_for() {
    let sample = Sample::period();
    let earlier: Vec<String> = [0, 3, 8, 16].map(|size| sample.checkpoint(size)).into();
    let notes: Vec<Cow<'_, [u8]>> = earlier
        .iter()
        .map(|note| Cow::Borrowed(note.as_bytes()))
        .collect();
    let report = verify(&sample.package(), key().verifier(), &notes).unwrap();
    assert_eq!(report.earlier_checkpoints, 4);
}

#[test]
fn an_earlier_checkpoint_of_another_history_is_refused() {
    let sample = Sample::period();
    let mut other = sample.clone();
    other.rows[1].actor = 9;
    other.rows.push(other.rows[15].clone());
    let mut foreign = sample.checkpoint(3);
    foreign = foreign.replace(ORIGIN, "tagout.example/zeta");
    let table = [
        ("a fork at a size with a proof", other.checkpoint(3)),
        ("a fork at the package's size", other.checkpoint(16)),
        ("a longer ledger", other.checkpoint(17)),
        ("a size without a proof", sample.checkpoint(4)),
        ("another ledger", foreign),
        ("no note", String::new()),
    ];
    for (what, note) in table {
        let wrong = verify(
            &sample.package(),
            key().verifier(),
            &[Cow::Owned(note.into_bytes())],
        )
        .unwrap_err();
        assert_eq!(wrong.code, Code::History, "{what}: {wrong}");
    }
}

#[test]
fn a_ledger_that_says_something_wrong_is_refused_by_the_step_that_knows() {
    for (what, code, bend) in BENT_LEDGERS {
        let mut sample = Sample::period();
        bend(&mut sample);
        match verdict(&sample.package()) {
            Err(wrong) => assert_eq!(wrong.code, *code, "{what}: {wrong}"),
            Ok(_) => panic!("{what}: it was accepted"),
        }
    }
}

#[test]
fn a_package_with_bent_files_is_refused_by_the_step_that_knows() {
    for (what, code, bend) in BENT_FILES {
        let mut files = Sample::period().package();
        bend(&mut files);
        match verdict(&files) {
            Err(wrong) => assert_eq!(wrong.code, *code, "{what}: {wrong}"),
            Ok(_) => panic!("{what}: it was accepted"),
        }
    }
}

#[test]
fn every_code_has_a_package_that_only_it_refuses() {
    let ledgers = BENT_LEDGERS.iter().map(|(_, code, _)| *code);
    let mut shown: Vec<Code> = ledgers
        .chain(BENT_FILES.iter().map(|(_, code, _)| *code))
        .collect();
    // Archives and earlier checkpoints are bent in tests of their own.
    shown.extend([Code::Archive, Code::History]);
    for code in Code::ALL {
        assert!(shown.contains(&code), "{code}");
    }
}

#[test]
fn what_cannot_be_checked_is_counted_and_not_refused() {
    for (what, counts, bend) in ODD_BUT_RIGHT {
        let mut sample = Sample::period();
        bend(&mut sample);
        let report = verdict(&sample.package()).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
        assert_eq!(
            [report.decisions_checked, report.decisions_not_checkable],
            *counts,
            "{what}"
        );
    }
}
