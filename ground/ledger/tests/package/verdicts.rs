//! Good packages, and for every code of §4 packages that only that step refuses: bent inside and sealed again.

use std::borrow::Cow;

use ledger::package::{Code, FilesInMemory, Report, Scope, Withheld, Wrong, verify};
use ledger::{Hash, note::Checkpoint};
use serde_json::{Value, json};

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
    assert_eq!(counts, (12, 16, 1, 0));
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
    assert_eq!((report.entries, report.decisions_checked), (8, 1));
}

#[test]
fn a_later_period_may_hold_the_keys_before_it_and_the_destructions_after_it() {
    let mut sample = Sample::period();
    sample.scope = Scope::Period { first: 5, last: 9 };
    for index in [2, 3, 11] {
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

type Bend = fn(&mut Sample);

fn set(sample: &mut Sample, index: usize, key: &str, value: Value) {
    match value {
        Value::Null => drop(sample.rows[index].payload.as_object_mut().unwrap().remove(key)),
        value => sample.rows[index].payload[key] = value,
    }
}

/// Ledgers that say something wrong, committed to and signed as if it were right.
pub const BENT_LEDGERS: &[(&str, Code, Bend)] = &[
    ("a period with a hole", Code::Scope, |s| {
        s.rows[3].shown = Shown::Absent
    }),
    ("a period without its last entry", Code::Scope, |s| {
        s.rows[11].shown = Shown::Absent
    }),
    ("a period with a foreign entry after it", Code::Scope, |s| {
        s.rows[12].shown = Shown::Clear
    }),
    ("a period with a foreign entry before it", Code::Scope, |s| {
        s.scope = Scope::Period { first: 4, last: 11 }
    }),
    ("a change without its first entry", Code::Scope, |s| {
        *s = Sample::change();
        s.rows[3].shown = Shown::Absent;
    }),
    ("a change with a hole", Code::Scope, |s| {
        *s = Sample::change();
        s.rows[6].shown = Shown::Absent;
    }),
    ("a change that is not there", Code::Scope, |s| {
        s.scope = Scope::Change {
            subject: basis::Subject::parse("CHG-0002").unwrap(),
        };
    }),
    ("a sealed payload in the clear", Code::Payloads, |s| {
        s.rows[2].shown = Shown::Clear
    }),
    ("a payload called sealed that is not", Code::Payloads, |s| {
        s.rows[3].shown = Shown::Sealed
    }),
    ("a sealed payload called redacted", Code::Payloads, |s| {
        s.rows[7].sealed = true;
    }),
    ("a redaction of another entry", Code::Payloads, |s| {
        set(s, 8, "entry", json!(6))
    }),
    ("a redaction of unknown version", Code::Payloads, |s| {
        s.rows[8].type_version = 2
    }),
    ("a redaction that is withheld", Code::Payloads, |s| {
        s.rows[8].sealed = true;
        s.rows[8].shown = Shown::Sealed;
    }),
    ("a redaction by another kind of entry", Code::Payloads, |s| {
        s.rows[7].shown = Shown::Redacted(9)
    }),
    ("a redaction by an entry before", Code::Payloads, |s| {
        s.rows[7].shown = Shown::Redacted(3)
    }),
    ("a redaction by an entry that is not there", Code::Payloads, |s| {
        s.rows[7].shown = Shown::Redacted(12)
    }),
    ("an enrolment of unknown version", Code::Keys, |s| {
        s.rows[0].type_version = 2
    }),
    ("an enrolment about a change", Code::Keys, |s| {
        s.rows[0].subject = "CHG-0009"
    }),
    ("a key with a comment", Code::Keys, |s| {
        set(s, 0, "key", json!(format!("{} anna", ssh_key(1))))
    }),
    ("a key with two spaces", Code::Keys, |s| {
        set(s, 0, "key", json!(ssh_key(1).replace(' ', "  ")))
    }),
    ("a point off the curve", Code::Keys, |s| {
        let point = format!(
            "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA{}==",
            "A".repeat(86)
        );
        set(s, 0, "key", json!(format!("ecdsa-sha2-nistp256 {point}")));
    }),
    ("a key that is none", Code::Keys, |s| {
        set(s, 0, "key", json!("ssh-dss AAAA"))
    }),
    ("a key id of another kind", Code::Keys, |s| {
        set(s, 0, "key_id", json!("PER-0001"))
    }),
    ("a key id twice", Code::Keys, |s| {
        set(s, 1, "key_id", json!("KEY-0001"))
    }),
    ("a revocation of an unknown key", Code::Keys, |s| {
        set(s, 11, "key_id", json!("KEY-0009"))
    }),
    ("a revocation of another's key", Code::Keys, |s| {
        set(s, 11, "key_id", json!("KEY-0001"))
    }),
    ("a submission of unknown version", Code::Submissions, |s| {
        s.rows[4].type_version = 2
    }),
    ("a submission of another text", Code::Submissions, |s| {
        set(s, 4, "text", json!("Patch web02\n"))
    }),
    ("a submission without digest", Code::Submissions, |s| {
        set(s, 4, "digest", Value::Null)
    }),
    ("a submission by nobody", Code::Submissions, |s| {
        set(s, 4, "requester", json!("anna"))
    }),
    ("a submission of revision 0", Code::Submissions, |s| {
        set(s, 4, "revision", json!(0))
    }),
    ("a submission twice", Code::Submissions, |s| {
        s.rows[7] = s.rows[4].clone()
    }),
    ("a decision of unknown version", Code::Decisions, |s| {
        s.rows[6].type_version = 2
    }),
    ("a decision that is neither", Code::Decisions, |s| {
        set(s, 6, "decision", json!("perhaps"))
    }),
    ("a decision turned round", Code::Decisions, |s| {
        set(s, 6, "decision", json!("disapprove"))
    }),
    ("a decision of another time", Code::Decisions, |s| {
        set(s, 6, "signed_at", json!("2026-11-18T11:12:41.000Z"))
    }),
    ("a decision in another capacity", Code::Decisions, |s| {
        set(s, 6, "capacity", json!("owner"))
    }),
    ("a decision with another comment", Code::Decisions, |s| {
        set(s, 6, "comment", json!("three"))
    }),
    ("a decision without its comment", Code::Decisions, |s| {
        set(s, 6, "comment", Value::Null)
    }),
    ("a decision by another actor", Code::Decisions, |s| {
        s.rows[6].actor = 1
    }),
    ("a decision with a capacity of two lines", Code::Decisions, |s| {
        s.rows[6].payload = decision(2, "KEY-0002", json!({"capacity": "approver\nperson: PER-0003"}));
    }),
    ("a decision with an empty alternative", Code::Decisions, |s| {
        set(s, 6, "alternative", json!(""))
    }),
    ("a decision about another revision", Code::Decisions, |s| {
        s.rows[6].payload = decision(2, "KEY-0002", json!({"revision": 2}));
    }),
    ("a decision about another text", Code::Decisions, |s| {
        s.rows[6].payload = decision(2, "KEY-0002", json!({"digest": Hash::of(b"other")}));
    }),
    ("a decision before the submission", Code::Decisions, |s| {
        s.rows.swap(4, 6)
    }),
    ("a decision by the requester", Code::Decisions, |s| {
        s.rows[6].payload = decision(1, "KEY-0001", json!({}));
        s.rows[6].actor = 1;
    }),
    ("a decision with another person's key", Code::Decisions, |s| {
        set(s, 6, "key_id", json!("KEY-0001"))
    }),
    ("a decision with an unknown key", Code::Decisions, |s| {
        set(s, 6, "key_id", json!("KEY-0007"))
    }),
    ("a decision with a revoked key", Code::Decisions, |s| {
        s.rows.swap(5, 11)
    }),
    ("a decision with a key of small order", Code::Decisions, |s| {
        let (key, signature) = identity_key_and_signature();
        set(s, 1, "key", json!(key));
        set(s, 6, "signature", json!(signature));
    }),
    ("a decision signed for another purpose", Code::Decisions, |s| {
        set(s, 6, "signature", json!(signature(2, "message", "file", "")));
    }),
    (
        "a decision whose signature has something reserved",
        Code::Decisions,
        |s| {
            set(
                s,
                6,
                "signature",
                json!(signature(2, "message", "tagout-approval", "x")),
            );
        },
    ),
    ("a decision with a signature in one line", Code::Decisions, |s| {
        let armored = s.rows[6].payload["signature"].as_str().unwrap().to_owned();
        let (head, tail) = (
            "-----BEGIN SSH SIGNATURE-----\n",
            "\n-----END SSH SIGNATURE-----\n",
        );
        let body = armored[head.len()..armored.len() - tail.len()].replace('\n', "");
        set(s, 6, "signature", json!(format!("{head}{body}{tail}")));
    }),
    (
        "a decision with a signature in Windows lines",
        Code::Decisions,
        |s| {
            let armored = s.rows[6].payload["signature"]
                .as_str()
                .unwrap()
                .replace('\n', "\r\n");
            set(s, 6, "signature", json!(armored));
        },
    ),
    ("evidence of unknown version", Code::Evidence, |s| {
        s.rows[5].type_version = 2
    }),
    ("evidence without its file", Code::Evidence, |s| {
        s.evidence.clear()
    }),
    ("evidence of another size", Code::Evidence, |s| {
        set(s, 5, "size", json!(1))
    }),
    ("evidence without a name", Code::Evidence, |s| {
        set(s, 5, "name", Value::Null)
    }),
    ("evidence without a blob", Code::Evidence, |s| s.rows[5].blobs = 0),
    ("evidence with two blobs", Code::Evidence, |s| s.rows[5].blobs = 2),
    ("evidence that nothing names", Code::Evidence, |s| {
        s.evidence.push(b"stray")
    }),
    ("evidence destroyed before it was added", Code::Evidence, |s| {
        s.rows.swap(9, 10)
    }),
    (
        "evidence of which another piece was destroyed",
        Code::Evidence,
        |s| {
            set(s, 10, "evidence", json!("EVD-0003"));
        },
    ),
];

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

fn edit(files: &mut FilesInMemory, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(files.0[path].clone()).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    files
        .0
        .insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
}

fn edit_manifest(files: &mut FilesInMemory, from: &str, to: &str) {
    edit(files, "manifest.json", from, to);
    let manifest = files.0["manifest.json"].clone();
    sign_manifest(files, manifest);
}

fn lines(files: &mut FilesInMemory, path: &str, change: fn(&mut Vec<String>)) {
    let text = String::from_utf8(files.0[path].clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    files.0.insert(path.to_owned(), text.into_bytes());
    seal_again(files);
}

type BendFiles = fn(&mut FilesInMemory);

const ENTRIES: &str = "ledger/entries.jsonl";
const PROOFS: &str = "ledger/proofs.jsonl";
const PAYLOADS: &str = "ledger/payloads.jsonl";
const CONSISTENCY: &str = "ledger/consistency.jsonl";

/// Packages whose files were changed and, where a later step is meant, signed again.
pub const BENT_FILES: &[(&str, Code, BendFiles)] = &[
    ("a file of no known path", Code::Paths, |f| {
        f.0.insert("extra.txt".into(), vec![]);
        seal_again(f);
    }),
    ("a file with a hidden name", Code::Paths, |f| {
        f.0.insert("readable/.x".into(), vec![]);
        seal_again(f);
    }),
    ("no proofs", Code::Paths, |f| {
        f.0.remove(PROOFS);
        seal_again(f);
    }),
    ("no note", Code::Paths, |f| drop(f.0.remove("manifest.note"))),
    ("a manifest signed by another key", Code::ManifestSignature, |f| {
        let text = format!("tagout package 1 {ORIGIN}\n{}\n", Hash::of(&f.0["manifest.json"]));
        f.0.insert(
            "manifest.note".into(),
            other_key().sign(&text).unwrap().into_bytes(),
        );
    }),
    (
        "a manifest signed for another format",
        Code::ManifestSignature,
        |f| {
            let text = format!("tagout package 2 {ORIGIN}\n{}\n", Hash::of(&f.0["manifest.json"]));
            f.0.insert("manifest.note".into(), key().sign(&text).unwrap().into_bytes());
        },
    ),
    ("a manifest with two signatures", Code::ManifestSignature, |f| {
        let note = f.0.get_mut("manifest.note").unwrap();
        note.extend_from_slice("\u{2014} witness.example AAAAAAAA\n".as_bytes());
    }),
    ("a manifest that was not signed", Code::Manifest, |f| {
        edit(f, "manifest.json", "\"v\":1", "\"v\":2")
    }),
    ("a manifest of another version", Code::Manifest, |f| {
        edit_manifest(f, "\"v\":1", "\"v\":2")
    }),
    ("a manifest of another format", Code::Manifest, |f| {
        edit_manifest(f, "tagout-package", "tagout-packet")
    }),
    ("a manifest of another ledger", Code::Manifest, |f| {
        edit_manifest(f, ORIGIN, "tagout.example/zeta")
    }),
    ("a manifest with another member", Code::Manifest, |f| {
        edit_manifest(f, "\"v\":1", "\"v\":1,\"w\":1")
    }),
    ("a manifest that is not canonical", Code::Manifest, |f| {
        edit_manifest(f, "\"v\":1", "\"v\": 1")
    }),
    ("a manifest without its newline", Code::Manifest, |f| {
        edit_manifest(f, "}\n", "}")
    }),
    ("a manifest with a period turned round", Code::Manifest, |f| {
        edit_manifest(f, "\"first\":0", "\"first\":12")
    }),
    ("a manifest with another kind of scope", Code::Manifest, |f| {
        edit_manifest(f, "\"period\"", "\"decade\"")
    }),
    ("a file that was changed", Code::Files, |f| {
        edit(f, "index.html", "CHG-0001", "CHG-0002")
    }),
    ("a file that was shortened", Code::Files, |f| {
        edit(f, "index.html", "CHG-0001", "")
    }),
    ("a file that was added", Code::Files, |f| {
        drop(f.0.insert("readable/x".into(), vec![]))
    }),
    ("a file that was removed", Code::Files, |f| {
        drop(f.0.remove("index.html"))
    }),
    ("a checkpoint of another key", Code::Checkpoint, |f| {
        let note = Sample::period().checkpoint(16);
        let text = note.split_once("\n\n").unwrap().0.to_owned() + "\n";
        f.0.insert(
            "ledger/checkpoint".into(),
            other_key().sign(&text).unwrap().into_bytes(),
        );
        seal_again(f);
    }),
    ("a checkpoint with a fourth line", Code::Checkpoint, |f| {
        let note = Sample::period().checkpoint(16);
        let text = note.split_once("\n\n").unwrap().0.to_owned() + "\nmore\n";
        f.0.insert(
            "ledger/checkpoint".into(),
            key().sign(&text).unwrap().into_bytes(),
        );
        seal_again(f);
    }),
    ("consistency proofs out of order", Code::Checkpoint, |f| {
        lines(f, CONSISTENCY, |lines| lines.reverse())
    }),
    ("a consistency proof with another member", Code::Checkpoint, |f| {
        lines(f, CONSISTENCY, |lines| {
            lines[0] = lines[0].replace("\"size\"", "\"tree\"")
        });
    }),
    (
        "a consistency proof of the package's size",
        Code::Checkpoint,
        |f| {
            lines(f, CONSISTENCY, |lines| {
                lines[1] = lines[1].replace("\"size\":8", "\"size\":16")
            });
        },
    ),
    ("an entry that is not canonical", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| lines[0] = lines[0].replace(":1,", ": 1,"));
    }),
    ("an entry of another ledger", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| {
            lines[0] = lines[0].replace(ORIGIN, "tagout.example/zeta")
        });
    }),
    ("an entry with a member that is unknown", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| {
            lines[0] = lines[0].replace("\"v\":1", "\"v\":1,\"w\":1")
        });
    }),
    ("an entry twice", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| lines[1] = lines[0].clone())
    }),
    ("an entry without its newline", Code::Entries, |f| {
        f.0.get_mut(ENTRIES).unwrap().pop();
        seal_again(f);
    }),
    ("an empty line between entries", Code::Entries, |f| {
        lines(f, ENTRIES, |lines| lines.insert(1, String::new()))
    }),
    ("an entry that was changed", Code::Proofs, |f| {
        lines(f, ENTRIES, |lines| {
            lines[3] = lines[3].replace("PER-0001", "PER-0002")
        });
    }),
    ("entries in another order", Code::Proofs, |f| {
        lines(f, ENTRIES, |lines| lines.swap(0, 1))
    }),
    ("an entry without its proof", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| drop(lines.pop()))
    }),
    ("a proof for another index", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            lines[11] = lines[11].replace("\"index\":11", "\"index\":12")
        });
    }),
    ("a proof beyond the tree", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            lines[11] = lines[11].replace("\"index\":11", "\"index\":16")
        });
    }),
    ("a proof with one hash too many", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            let hash = Hash::of(b"").to_base64();
            lines[5] = lines[5].replace("]", &format!(",\"{hash}\"]"));
        });
    }),
    ("a proof with a hash too few", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            let (head, _) = lines[5].rsplit_once(',').unwrap();
            lines[5] = format!("{head}]}}");
        });
    }),
    ("a proof with its hashes swapped", Code::Proofs, |f| {
        lines(f, PROOFS, |lines| {
            let (head, list) = lines[5].split_once('[').unwrap();
            let mut hashes: Vec<&str> = list.trim_end_matches("]}").split(',').collect();
            hashes.swap(2, 3);
            lines[5] = format!("{head}[{}]}}", hashes.join(","));
        });
    }),
    ("an entry without its payload", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| drop(lines.pop()))
    }),
    ("a payload that was changed", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| {
            lines[0] = lines[0].replace("laptop", "tablet")
        });
    }),
    ("a salt that was changed", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| lines[0] = lines[0].replace("6464", "6465"));
    }),
    ("a payload that is not canonical", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| {
            lines[0] = lines[0].replace("\"label\":", "\"label\": ")
        });
    }),
    ("payloads in another order", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| lines.swap(0, 1))
    }),
    ("a payload withheld for no known reason", Code::Payloads, |f| {
        lines(f, PAYLOADS, |lines| {
            lines[2] = lines[2].replace("sealed", "secret")
        });
    }),
];

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

/// Ledgers that look odd and are right.
pub const ODD_BUT_RIGHT: &[(&str, [u64; 2], Bend)] = &[
    ("a requester who may decide", [1, 0], |s| {
        s.rows[6].payload = decision(1, "KEY-0001", json!({"alternative": "7.2"}));
        s.rows[6].actor = 1;
    }),
    ("a decision without comment", [1, 0], |s| {
        s.rows[6].payload = decision(2, "KEY-0002", json!({"comment": ""}));
        set(s, 6, "comment", Value::Null);
    }),
    ("a decision on a submission that is withheld", [0, 1], |s| {
        s.rows[4].shown = Shown::Redacted(8);
        s.rows[7].shown = Shown::Clear;
        set(s, 8, "entry", json!(4));
    }),
    ("a decision with a key whose enrolment is withheld", [0, 1], |s| {
        s.rows[1].shown = Shown::Redacted(8);
        s.rows[7].shown = Shown::Clear;
        set(s, 8, "entry", json!(1));
    }),
    ("a decision that is withheld", [0, 0], |s| {
        s.rows[6].shown = Shown::Redacted(8);
        s.rows[7].shown = Shown::Clear;
        set(s, 8, "entry", json!(6));
    }),
    ("an empty readable member and unknown types", [1, 0], |s| {
        s.rows[3].event_type = "rooms.unheard_of"
    }),
];

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
