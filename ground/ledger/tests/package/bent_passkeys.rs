//! What a passkey and its browser may say beside a signature, and what not (§5.3.1). Everything is signed as it stands, so
//! that only the rule itself can refuse it.

use ledger::package::Code;
use serde_json::json;

use crate::mutations::verdict;
use crate::sample::passkey::{self, Spoken};
use crate::sample::*;
use crate::second_opinion::second_opinion;

/// Where the passkey is enrolled, and where it decides.
const ENROLMENT: usize = 12;
const DECISION: usize = 13;

/// What is done to what is said.
pub type Bend = fn(&mut Spoken);

const REFUSED: &[(&str, Bend)] = &[
    ("nobody was there", |s| s.flags = 0x1c),
    ("nobody was verified", |s| s.flags = 0x19),
    ("flags of a new passkey", |s| s.flags = 0x5d),
    ("flags of extensions that are not there", |s| s.flags = 0x9d),
    ("extensions without their flag", |s| s.extensions = vec![0xa0]),
    ("another type", |s| s.edit("webauthn.get", "webauthn.create")),
    ("another challenge", |s| {
        s.edit(r#""challenge":"U1"#, r#""challenge":"V1"#)
    }),
    ("a padded challenge", |s| s.edit(r#"","origin"#, r#"=","origin"#)),
    ("another origin in the client data", |s| s.edit(":8443", ":8444")),
    ("another origin in the signature", |s| s.origin.truncate(10)),
    ("no origin", |s| {
        s.edit("https://tagout.example:8443", "");
        s.origin.clear();
    }),
    ("an origin with a quote", |s| {
        s.origin.extend_from_slice(br#"","x":""#);
        s.edit(":8443", r#":8443","x":""#);
    }),
    ("an origin with a backslash", |s| {
        s.origin.push(b'\\');
        s.edit(":8443", ":8443\\");
    }),
    ("an origin that is not ASCII", |s| {
        s.origin.extend_from_slice("\u{e9}".as_bytes());
        s.edit(":8443", ":8443\u{e9}");
    }),
    ("an origin that is not UTF-8", |s| {
        s.origin.push(0xff);
        s.client_data.push(0xff);
    }),
    ("another order", |s| s.edit(r#""type":"webauthn.get","#, "")),
    ("a space", |s| s.edit(r#"{"type""#, r#"{ "type""#)),
    ("a space behind the origin", |s| s.edit(r#"8443","#, r#"8443" ,"#)),
    ("inside another page", |s| s.edit("false", "true")),
    ("inside another page, said late", |s| {
        s.edit(r#""crossOrigin":false"#, r#""x":1,"crossOrigin":true"#);
    }),
    ("cut off", |s| s.client_data.truncate(s.client_data.len() - 1)),
    ("cut off behind the origin", |s| {
        s.edit(r#","crossOrigin":false}"#, "")
    }),
    ("two ends", |s| s.edit(r#","crossOrigin":false}"#, "}}")),
    ("a line behind the end", |s| s.client_data.push(b'\n')),
    ("too long", |s| {
        s.edit("false", &format!(r#"false,"x":"{}""#, "y".repeat(12_000)))
    }),
    ("nothing", |s| s.client_data.clear()),
];

const RIGHT: &[(&str, Bend)] = &[
    ("a passkey that stays on its device", |s| s.flags = 0x05),
    ("reserved flags", |s| s.flags = 0x27),
    ("extensions", |s| {
        s.flags = 0x9d;
        s.extensions = b"\xa1\x65thing\xf5".to_vec();
    }),
    ("extensions that are none", |s| {
        s.flags = 0x9d;
        s.extensions = vec![0xff];
    }),
    ("a browser that does not say where", |s| {
        s.edit(r#","crossOrigin":false"#, "")
    }),
    ("a browser that says more", |s| {
        s.edit("false}", r#"false,"other":{"x":[1]}}"#)
    }),
    ("what is no JSON behind the origin", |s| {
        s.edit(r#""crossOrigin":false"#, "\u{e9}")
    }),
    ("a long answer", |s| {
        s.edit("false", &format!(r#"false,"x":"{}""#, "y".repeat(10_000)))
    }),
];

fn package(bend: impl FnOnce(&mut Spoken)) -> Vec<u8> {
    let mut sample = Sample::period();
    sample.rows[DECISION].payload = passkey_decision(bend);
    ledger::package::zip::write(&sample.package().0).unwrap()
}

fn enrolled(key: String) -> Vec<u8> {
    let mut sample = Sample::period();
    sample.rows[ENROLMENT].payload["key"] = json!(key);
    ledger::package::zip::write(&sample.package().0).unwrap()
}

fn ours(archive: &[u8]) -> String {
    match verdict(archive) {
        Ok(_) => "yes".to_owned(),
        Err(wrong) => format!("no {}", wrong.code),
    }
}

/// Packages and the verdicts that they must have from both verifiers.
fn assert_judged(cases: &[(String, Vec<u8>, Option<String>)]) {
    let archives: Vec<Vec<u8>> = cases.iter().map(|(_, archive, _)| archive.clone()).collect();
    let others = second_opinion(&archives);
    for (at, (what, archive, expected)) in cases.iter().enumerate() {
        let ours = ours(archive);
        assert_eq!(&ours, expected.as_ref().unwrap_or(&ours), "{what}");
        if let Some(others) = &others {
            assert_eq!(ours, others[at], "{what}: the verifiers disagree");
        }
    }
}

#[test]
fn what_a_passkey_signs_is_held_to_every_rule_by_both_verifiers() {
    let no = Some(format!("no {}", Code::Decisions));
    let mut cases: Vec<_> = REFUSED
        .iter()
        .map(|(what, bend)| ((*what).to_owned(), package(bend), no.clone()))
        .collect();
    cases.extend(
        RIGHT
            .iter()
            .map(|(what, bend)| ((*what).to_owned(), package(bend), Some("yes".to_owned()))),
    );
    assert_judged(&cases);
}

#[test]
fn every_combination_of_flags_is_judged_alike() {
    let cases: Vec<_> = (0..=u8::MAX)
        .flat_map(|flags| [(flags, vec![]), (flags, vec![0xa0])])
        .map(|(flags, extensions)| {
            let is_right = flags & 0x45 == 0x05 && (flags & 0x80 != 0) != extensions.is_empty();
            let expected = if is_right { "yes" } else { "no decisions" };
            let what = format!("flags {flags:#x}, extensions {extensions:x?}");
            let archive = package(|spoken| (spoken.flags, spoken.extensions) = (flags, extensions));
            (what, archive, Some(expected.to_owned()))
        })
        .collect();
    assert_judged(&cases);
}

#[test]
fn client_data_with_any_byte_changed_added_or_removed_is_judged_alike() {
    let mut length = 0;
    package(|spoken| length = spoken.client_data.len());
    let cases: Vec<_> = (0..length)
        .flat_map(|at| [at, at])
        .enumerate()
        .map(|(number, at)| {
            let byte = [b'"', b' ', b'}', 0, 0xff][number % 5];
            let archive = package(|spoken| match number % 3 {
                0 => spoken.client_data[at] = byte,
                1 => spoken.client_data.insert(at, byte),
                _ => drop(spoken.client_data.drain(at..(at + 1 + number % 7).min(length))),
            });
            (format!("byte {at}, number {number}"), archive, None)
        })
        .collect();
    assert_judged(&cases);
}

#[test]
fn the_application_of_a_passkey_is_text_without_a_zero_byte_for_both_verifiers() {
    let no = Some(format!("no {}", Code::Keys));
    let cases = [
        (
            "a zero byte".to_owned(),
            enrolled(passkey::key_of(b"tagout.example\0")),
            no.clone(),
        ),
        (
            "not UTF-8".to_owned(),
            enrolled(passkey::key_of(b"\xff")),
            no.clone(),
        ),
        (
            "too long".to_owned(),
            enrolled(passkey::key_of(&[b'x'; 12_300])),
            no,
        ),
        (
            "another application".to_owned(),
            enrolled(passkey::key_of(b"tagout.examplf")),
            Some(format!("no {}", Code::Decisions)),
        ),
    ];
    assert_judged(&cases);
}
