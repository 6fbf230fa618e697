//! A package as one file, with everything done to it that a disk, a mail system or a person might do.

use std::io::Cursor;

use ledger::package::zip::{self, Archive};
use ledger::package::{Code, FilesInMemory, Report, Wrong, verify};
use proptest::prelude::*;

use crate::sample::{Sample, key};

pub fn verdict(bytes: &[u8]) -> Result<Report, Wrong> {
    verify(&Archive::open(Cursor::new(bytes))?, key().verifier(), &[])
}

fn archive() -> Vec<u8> {
    let bytes = zip::write(&Sample::smallest().package().0).unwrap();
    assert!(verdict(&bytes).is_ok());
    bytes
}

#[test]
fn a_package_says_the_same_as_files_and_as_one_file() {
    let sample = Sample::period();
    let from_files = verify(&sample.package(), key().verifier(), &[]);
    assert_eq!(verdict(&zip::write(&sample.package().0).unwrap()), from_files);
}

#[test]
fn every_flipped_bit_is_refused() {
    let bytes = archive();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            verdict(&changed).map_err(|wrong| wrong.code),
            Err(Code::Archive),
            "bit {bit}"
        );
    }
}

#[test]
fn every_truncation_and_every_addition_is_refused() {
    let bytes = archive();
    for length in 0..bytes.len() {
        assert_eq!(
            verdict(&bytes[..length]).unwrap_err().code,
            Code::Archive,
            "{length} bytes"
        );
    }
    assert_eq!(
        verdict(&[bytes.as_slice(), b"\n"].concat()).unwrap_err().code,
        Code::Archive
    );
}

#[test]
fn every_flipped_bit_within_a_member_of_a_fresh_archive_is_refused() {
    let files = Sample::smallest().package();
    for (path, content) in &files.0 {
        for bit in 0..content.len() * 8 {
            let mut changed = files.clone();
            changed.0.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
            assert!(
                verify(&changed, key().verifier(), &[]).is_err(),
                "{path} bit {bit}"
            );
        }
    }
}

#[test]
fn every_member_that_is_missing_renamed_doubled_or_swapped_is_refused() {
    let files = Sample::period().package();
    let refused = |changed: &FilesInMemory| verdict(&zip::write(&changed.0).unwrap()).is_err();
    for path in files.0.keys() {
        let mut fewer = files.clone();
        let content = fewer.0.remove(path).unwrap();
        assert!(refused(&fewer), "without {path}");
        fewer.0.insert(format!("{path}x"), content.clone());
        assert!(refused(&fewer), "{path} renamed");
        let mut more = files.clone();
        more.0.insert("readable/copy".into(), content.clone());
        assert!(refused(&more), "{path} doubled");
        for (other, other_content) in files.0.iter().filter(|(other, _)| *other > path) {
            let mut swapped = files.clone();
            swapped.0.insert(path.clone(), other_content.clone());
            swapped.0.insert(other.clone(), content.clone());
            assert!(refused(&swapped), "{path} and {other} swapped");
        }
    }
}

proptest! {
    #[test]
    fn any_splice_is_refused(from: prop::sample::Index, to: prop::sample::Index, at: prop::sample::Index, length in 1usize..400) {
        let bytes = archive();
        let from = from.index(bytes.len());
        let block = bytes[from..(from + length).min(bytes.len())].to_vec();
        let mut moved = bytes.clone();
        moved.drain(from..from + block.len());
        let cut = moved.clone();
        let at = at.index(moved.len() + 1);
        moved.splice(at..at, block.iter().copied());
        let mut doubled = bytes.clone();
        let to = to.index(bytes.len() + 1);
        doubled.splice(to..to, block.iter().copied());
        let mut zeroed = bytes.clone();
        zeroed[from..from + block.len()].fill(0);
        for changed in [cut, moved, doubled, zeroed] {
            prop_assert!(changed == bytes || verdict(&changed).is_err());
        }
    }
}
