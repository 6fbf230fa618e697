use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::package::{Files, FilesInMemory};

fn files(pairs: &[(&str, &[u8])]) -> std::collections::BTreeMap<String, Vec<u8>> {
    pairs
        .iter()
        .map(|(path, content)| ((*path).to_owned(), content.to_vec()))
        .collect()
}

#[test]
fn the_crc_is_that_of_the_standard_check_value() {
    let mut crc = Crc32::default();
    crc.update(b"1234");
    crc.update(b"56789");
    assert_eq!(crc.value(), 0xcbf4_3926);
    let mut long = Crc32::default();
    long.update(b"The quick brown fox jumps over the lazy dog");
    assert_eq!(long.value(), 0x414f_a339);
}

#[test]
fn an_archive_has_exactly_the_bytes_of_the_format() {
    let bytes = write(&files(&[("a", b"hi")])).unwrap();
    let shared = "1400000800000000210087e5d89002000000020000000100".to_owned() + "0000";
    let shared = shared.replace("87e5d890", &crate::hash::hex_text(&crc_of(b"hi").to_le_bytes()));
    let expected = format!(
        "504b0304{shared}616869504b01021400{shared}0000000000000000000000000000{}504b05060000000001000100{}{}0000",
        "61", "2f000000", "21000000"
    );
    assert_eq!(crate::hash::hex_text(&bytes), expected);
}

fn crc_of(bytes: &[u8]) -> u32 {
    let mut crc = Crc32::default();
    crc.update(bytes);
    crc.value()
}

proptest! {
    #[test]
    fn an_archive_reads_back(
        contents in prop::collection::btree_map("[a-z/]{1,9}", prop::collection::vec(any::<u8>(), 0..300), 0..6),
    ) {
        let archive = Archive::open(Cursor::new(write(&contents).unwrap())).unwrap();
        let memory = FilesInMemory(contents);
        prop_assert_eq!(archive.list(), memory.list());
        for (path, _) in memory.list() {
            prop_assert_eq!(archive.read(&path).unwrap(), memory.read(&path).unwrap());
            prop_assert_eq!(archive.digest(&path), memory.digest(&path));
        }
    }

    #[test]
    fn opening_any_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let local = [b"PK\x03\x04".as_slice(), &bytes].concat();
        prop_assert!(Archive::open(Cursor::new(bytes)).is_err());
        let _ = Archive::open(Cursor::new(local));
    }
}

#[test]
fn a_changed_bit_is_seen_in_the_archive_or_gives_other_contents() {
    let contents = files(&[("a", b"first"), ("b/c", b""), ("d", b"third")]);
    let bytes = write(&contents).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(Archive::open(Cursor::new(changed)).is_err(), "bit {bit}");
    }
    for length in 0..bytes.len() {
        assert!(
            Archive::open(Cursor::new(&bytes[..length])).is_err(),
            "{length} bytes"
        );
    }
    assert!(Archive::open(Cursor::new([bytes.as_slice(), b"\0"].concat())).is_err());
    assert!(Archive::open(Cursor::new([b"\0", bytes.as_slice()].concat())).is_err());
}

#[test]
fn members_out_of_order_or_twice_are_neither_written_nor_read() {
    let mut writer = Writer::new(Vec::new());
    writer.add("b", 0, 0, &mut std::io::empty()).unwrap();
    assert!(matches!(
        writer.add("a", 0, 0, &mut std::io::empty()),
        Err(ZipError::Order(_))
    ));
    assert!(matches!(
        writer.add("b", 0, 0, &mut std::io::empty()),
        Err(ZipError::Order(_))
    ));
    for paths in [["b", "a"], ["a", "a"]] {
        let mut bytes = Vec::new();
        let mut members = Vec::new();
        for path in paths {
            let member = Member {
                path: path.into(),
                crc: 0,
                size: 0,
                offset: bytes.len() as u32,
            };
            bytes.extend(member.local_header());
            members.push(member);
        }
        bytes.extend(tail(&members, bytes.len() as u32));
        assert!(Archive::open(Cursor::new(bytes)).is_err(), "{paths:?}");
    }
}

#[test]
fn content_other_than_announced_is_refused_by_the_writer() {
    let add = |size, crc| Writer::new(Vec::new()).add("a", size, crc, &mut b"hi".as_slice());
    assert!(add(2, crc_of(b"hi")).is_ok());
    for wrong in [add(1, crc_of(b"hi")), add(3, crc_of(b"hi")), add(2, 0)] {
        assert!(matches!(wrong, Err(ZipError::Changed(_))));
    }
    assert!(matches!(add(1 << 32, 0), Err(ZipError::Full(_))));
}

#[test]
fn the_most_members_are_written_and_read_and_one_more_is_not() {
    let mut writer = Writer::new(Vec::new());
    let most = crate::package::FILES_MAX;
    let numbered: std::collections::BTreeMap<String, Vec<u8>> = (0..most)
        .map(|number| (format!("{number:05}"), Vec::new()))
        .collect();
    let bytes = write(&numbered).unwrap();
    assert_eq!(Archive::open(Cursor::new(bytes)).unwrap().list().len(), most);
    writer.add("a", 0, 0, &mut std::io::empty()).unwrap();
    let mut more = numbered;
    more.insert("x".into(), Vec::new());
    assert!(matches!(write(&more), Err(ZipError::Full(_))));
}
