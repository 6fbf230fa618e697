use basis::Id;
use proptest::prelude::*;

use super::*;
use crate::canonical::{Json, parse};

fn sample() -> Entry {
    Entry {
        actor: PersonId::from_number(1),
        authentication: Authentication::PasswordTotp,
        behalf: None,
        blobs: Vec::new(),
        cause: None,
        commitment: Hash::of(b"payload"),
        id: EventId::new(Time::from_ms(1_795_000_000_000), [7; 16]),
        origin: Origin::parse("tagout.example/acme").unwrap(),
        previous: None,
        sealed: false,
        subject: Subject::parse("CHG-0001").unwrap(),
        time: Time::from_ms(1_795_000_000_000),
        event_type: EventType::parse("changes.submitted").unwrap(),
        type_version: 1,
    }
}

fn full() -> Entry {
    Entry {
        behalf: Some(PersonId::from_number(2)),
        blobs: vec![
            BlobRef {
                sha256: Hash::of(b"one"),
                size: 0,
            },
            BlobRef {
                sha256: Hash::of(b"two"),
                size: NUMBER_END - 1,
            },
        ],
        cause: Some(EventId::new(Time::from_ms(5), [9; 16])),
        previous: Some(41),
        sealed: true,
        ..sample()
    }
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let blob = (any::<[u8; 32]>(), 0..NUMBER_END).prop_map(|(hash, size)| BlobRef {
        sha256: Hash(hash),
        size,
    });
    let optional = (
        proptest::option::of(1u64..99_999),
        prop::collection::vec(blob, 0..3),
        proptest::option::of(any::<[u8; 16]>()),
        proptest::option::of(0..NUMBER_END),
        any::<bool>(),
    );
    let required = (
        1u64..99_999,
        any::<[u8; 16]>(),
        1u64..99_999_999,
        0i64..253_402_300_799_999,
        1..NUMBER_END,
    );
    (optional, required).prop_map(
        |((behalf, blobs, cause, previous, sealed), (actor, id, subject, ms, version))| {
            let time = Time::from_ms(ms);
            Entry {
                actor: PersonId::from_number(actor),
                behalf: behalf.map(PersonId::from_number),
                blobs,
                cause: cause.map(|chance| EventId::new(time, chance)),
                id: EventId::new(time, id),
                previous,
                sealed,
                subject: PersonId::from_number(subject).subject(),
                time,
                type_version: version,
                ..sample()
            }
        },
    )
}

proptest! {
    #[test]
    fn an_entry_reads_back_as_it_was_written_and_is_canonical(entry in any_entry()) {
        let bytes = entry.to_bytes().unwrap();
        prop_assert_eq!(Entry::parse(&bytes).unwrap(), entry);
        prop_assert_eq!(parse(&bytes).unwrap().to_bytes().unwrap(), bytes);
    }

    #[test]
    fn a_changed_byte_is_refused_or_gives_another_entry(entry in any_entry(), at: prop::sample::Index, byte: u8) {
        let mut bytes = entry.to_bytes().unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = Entry::parse(&bytes) {
            prop_assert_eq!(read.to_bytes().unwrap(), bytes);
        }
    }
}

#[test]
fn an_entry_has_the_text_that_the_format_says() {
    let text = String::from_utf8(full().to_bytes().unwrap()).unwrap();
    let expected = concat!(
        r#"{"actor":"PER-0001","authn":"password+totp","behalf":"PER-0002","#,
        r#""blobs":[{"sha256":"7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed","size":0},"#,
        r#"{"sha256":"3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3","size":9007199254740991}],"#,
        r#""cause":"00000000-0005-7909-8909-090909090909","#,
        r#""commitment":"239f59ed55e737c77147cf55ad0c1b030b6d7ee748a7426952f9b852d5a935e5","#,
        r#""id":"01a1ee56-5e00-7707-8707-070707070707","origin":"tagout.example/acme","previous":41,"sealed":true,"#,
        r#""subject":"CHG-0001","time":"2026-11-18T11:06:40.000Z","type":"changes.submitted","type_v":1,"v":1}"#,
    );
    assert_eq!(text, expected);
}

#[test]
fn every_member_is_required_or_optional_as_the_format_says() {
    let Json::Object(members) = parse(&full().to_bytes().unwrap()).unwrap() else {
        panic!("not an object")
    };
    assert_eq!(members.len(), 15);
    for key in members.keys() {
        let mut fewer = members.clone();
        fewer.remove(key);
        let is_optional = ["behalf", "blobs", "cause", "previous", "sealed"].contains(&key.as_str());
        assert_eq!(
            Entry::parse(&Json::Object(fewer).to_bytes().unwrap()).is_ok(),
            is_optional,
            "{key}"
        );
    }
    let mut more = members.clone();
    more.insert("extra".into(), Json::Bool(true));
    assert!(Entry::parse(&Json::Object(more).to_bytes().unwrap()).is_err());
}

#[test]
fn a_member_of_another_form_is_refused() {
    let string = |text: &str| Json::String(text.into());
    let table = [
        ("actor", string("CHG-0001")),
        ("authn", string("telepathy")),
        ("behalf", Json::Bool(true)),
        ("blobs", Json::Array(vec![])),
        ("cause", string("01")),
        ("commitment", string("00")),
        ("id", Json::Number(1)),
        ("origin", string("-")),
        ("previous", string("1")),
        ("sealed", Json::Bool(false)),
        ("subject", string("CHG-1")),
        ("time", string("2026-11-22T18:00:00Z")),
        ("type", string("changes")),
        ("type_v", Json::Number(0)),
        ("v", Json::Number(2)),
    ];
    for (key, value) in table {
        let Json::Object(mut members) = parse(&full().to_bytes().unwrap()).unwrap() else {
            panic!("not an object")
        };
        members.insert(key.into(), value);
        assert!(
            Entry::parse(&Json::Object(members).to_bytes().unwrap()).is_err(),
            "{key}"
        );
    }
}

#[test]
fn an_entry_of_the_most_bytes_is_written_and_read_and_one_byte_more_is_not() {
    let mut entry = sample();
    let blob = BlobRef {
        sha256: Hash::of(b""),
        size: 1,
    };
    while entry.to_bytes().is_ok() {
        entry.blobs.push(blob);
    }
    assert!(entry.to_bytes().unwrap_err().what.contains("at most 8192"));
    entry.blobs.pop();
    // Longer numbers fill what is left, digit by digit, up to the limit and one over it.
    let mut digits = 1;
    let mut at = 0;
    while entry.to_bytes().unwrap().len() < ENTRY_BYTES_MAX {
        digits += 1;
        if digits > 15 {
            (digits, at) = (2, at + 1);
        }
        entry.blobs[at].size = 10u64.pow(digits - 1);
    }
    let bytes = entry.to_bytes().unwrap();
    assert_eq!(
        (bytes.len(), Entry::parse(&bytes)),
        (ENTRY_BYTES_MAX, Ok(entry.clone()))
    );
    let mut longer = bytes;
    longer.push(b' ');
    assert_eq!(Entry::parse(&longer).unwrap_err().offset, ENTRY_BYTES_MAX);
    entry.blobs[at + 1].size = 10;
    assert!(entry.to_bytes().is_err());
}

#[test]
fn the_commitment_is_hmac_sha_256() {
    // RFC 4231 has no 32-byte key, so test case 2 ("Jefe") is padded with zeros, which HMAC does itself.
    let mut key = [0; 32];
    key[..4].copy_from_slice(b"Jefe");
    let commitment = commitment(&Salt(key), b"what do ya want for nothing?");
    assert_eq!(
        commitment.to_string(),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}
