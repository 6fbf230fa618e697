use proptest::prelude::*;

use super::*;
use crate::entry::Origin;
use crate::merkle::{Frontier, leaf_hash, vector_tests::sample_data};
use crate::{Hash, tiles::Tile};

fn key() -> SigningKey {
    SigningKey::from_seed("tagout.example/acme", &[7; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: Origin::parse("tagout.example/acme").unwrap(),
        size: 12,
        root: Hash::of(b"root"),
    }
}

#[test]
fn a_checkpoint_that_was_signed_verifies_with_the_key_in_its_text_form() {
    let note = checkpoint().sign(&key()).unwrap();
    let verifier = VerifierKey::parse(&key().verifier().to_string()).unwrap();
    assert_eq!(
        Checkpoint::verify_alone(note.as_bytes(), &verifier),
        Ok(checkpoint())
    );
    assert!(note.starts_with("tagout.example/acme\n12\n"));
    assert_eq!(format!("{:?}", key()), "SigningKey(..)");
}

#[test]
fn a_pkcs8_document_gives_the_same_key_as_its_seed() {
    // RFC 8410 §7: version 0, algorithm 1.3.101.112, the seed in an octet string in an octet string.
    let head = [
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    let document = [head.as_slice(), &[7; 32]].concat();
    let from_document = SigningKey::from_pkcs8("tagout.example/acme", &document).unwrap();
    assert_eq!(from_document.verifier(), key().verifier());
    assert!(SigningKey::from_pkcs8("tagout.example/acme", &document[..47]).is_err());
}

#[test]
fn every_flipped_bit_of_a_checkpoint_is_refused() {
    let note = checkpoint().sign(&key()).unwrap().into_bytes();
    for bit in 0..note.len() * 8 {
        let mut changed = note.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(
            Checkpoint::verify(&changed, key().verifier()).is_err(),
            "bit {bit}"
        );
    }
    for length in 0..note.len() {
        assert!(
            Checkpoint::verify(&note[..length], key().verifier()).is_err(),
            "{length} bytes"
        );
    }
}

#[test]
fn other_signature_lines_are_passed_over_only_where_they_are_allowed() {
    let note = checkpoint().sign(&key()).unwrap();
    let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
    assert_eq!(
        Checkpoint::verify(witnessed.as_bytes(), key().verifier()),
        Ok(checkpoint())
    );
    let refusal = Checkpoint::verify_alone(witnessed.as_bytes(), key().verifier());
    assert_eq!(refusal, Err(NoteError::MoreSignatures(2)));
    let twice = format!("{note}{}", note.rsplit_once("\n\n").unwrap().1);
    assert!(Checkpoint::verify(twice.as_bytes(), key().verifier()).is_err());
}

#[test]
fn a_note_of_a_hundred_signature_lines_is_read_and_of_one_more_is_not() {
    let lines = |count| format!("text\n\n{}", "\u{2014} a AAAAAAAA\n".repeat(count));
    assert!(Note::parse(lines(SIGNATURES_MAX).as_bytes()).is_ok());
    assert!(Note::parse(lines(SIGNATURES_MAX + 1).as_bytes()).is_err());
    let long = |length: usize| format!("{}\n\n\u{2014} a AAAAAAAA\n", "x".repeat(length - 17));
    assert_eq!(long(NOTE_BYTES_MAX).len(), NOTE_BYTES_MAX);
    assert!(Note::parse(long(NOTE_BYTES_MAX).as_bytes()).is_ok());
    assert!(Note::parse(long(NOTE_BYTES_MAX + 1).as_bytes()).is_err());
}

#[test]
fn a_key_that_is_misspelt_or_unfit_is_refused() {
    let right = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    assert_eq!(VerifierKey::parse(right).unwrap().to_string(), right);
    let identity = "AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for wrong in [
        "",
        "name",
        "name+33d7b496",
        &right.replace("33d7", "33D7"),
        &right.replace("33d7", "33d8"),
        &right.replace("+AeH", "+AuH"),
        &right.replace("testdata", "testdatb"),
        &format!("{right}="),
        &format!("example.com+12345678+{identity}"),
    ] {
        assert!(VerifierKey::parse(wrong).is_err(), "{wrong}");
    }
    assert!(SigningKey::from_seed("a b", &[7; 32]).is_err());
}

#[test]
fn other_spellings_of_a_checkpoint_are_refused() {
    let root = Hash::of(b"root").to_base64();
    assert!(Checkpoint::parse_text(&format!("ab\n9007199254740991\n{root}\n")).is_ok());
    for wrong in [
        format!("ab\n12\n{root}"),
        format!("ab\n12\n{root}\nmore\n"),
        format!("ab\n012\n{root}\n"),
        format!("ab\n+12\n{root}\n"),
        format!("ab\n\n{root}\n"),
        format!("ab\n9007199254740992\n{root}\n"),
        format!("a\n12\n{root}\n"),
        format!("ab\n12\n{}\n", &root[1..]),
        "ab\n12\n".to_owned(),
    ] {
        assert!(Checkpoint::parse_text(&wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn reading_any_bytes_as_a_note_or_key_never_panics(text in "(ab\n){0,2}\n?(\u{2014} ?)?.{0,60}\n?") {
        let _ = Note::parse(text.as_bytes());
        let _ = VerifierKey::parse(&text);
        let _ = Checkpoint::parse_text(&text);
    }
}

/// An entry bundle of C2SP tlog-tiles: each entry after its length in two bytes, most significant first.
fn bundle(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)));
        entries.push(entry);
        bytes = rest;
    }
    entries
}

#[test]
fn the_sixteen_checkpoints_of_the_tessera_log_are_signed_and_lead_to_its_entries_and_tiles() {
    let Some(folder) = sample_data().map(|folder| folder.join("tessera-log/log")) else {
        return;
    };
    let key = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    let key = VerifierKey::parse(key).unwrap();
    let file =
        |path: String| std::fs::read(folder.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    for size in 0..=15u64 {
        let note = file(format!("checkpoint.{size}"));
        let checkpoint = Checkpoint::verify_alone(&note, &key).unwrap();
        assert_eq!(checkpoint.size, size);
        let mut frontier = Frontier::new();
        if size > 0 {
            let tile = Tile {
                level: 0,
                index: 0,
                width: size as u16,
            };
            let leaves = Tile::hashes(&file(tile.to_string())).unwrap();
            let entries = file(tile.entries_path().unwrap());
            let entries: Vec<Hash> = bundle(&entries).into_iter().map(leaf_hash).collect();
            assert_eq!(leaves, entries);
            leaves.into_iter().for_each(|leaf| frontier.push(leaf));
        }
        assert_eq!((frontier.size(), frontier.root()), (size, checkpoint.root));
    }
}
