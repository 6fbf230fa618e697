//! Ledgers that say something wrong, and some that only look as if.

use ledger::Hash;
use ledger::package::{Code, Scope};
use serde_json::{Value, json};

use crate::sample::*;

/// What is done to the sample before it is made into a package.
pub type Bend = fn(&mut Sample);

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
        s.rows[13].shown = Shown::Absent
    }),
    ("a period with a foreign entry after it", Code::Scope, |s| {
        s.rows[14].shown = Shown::Clear
    }),
    ("a period with a foreign entry before it", Code::Scope, |s| {
        s.scope = Scope::Period { first: 4, last: 13 }
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
        s.rows[7].shown = Shown::Redacted(14)
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
    ("a key of two people", Code::Keys, |s| {
        set(s, 1, "key", json!(ssh_key(1)))
    }),
    ("a key under two ids of one person", Code::Keys, |s| {
        s.rows[1].subject = s.rows[0].subject;
        set(s, 1, "key", json!(ssh_key(1)));
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

/// Ledgers that look odd and are right.
pub const ODD_BUT_RIGHT: &[(&str, [u64; 2], Bend)] = &[
    ("a requester who may decide", [2, 0], |s| {
        s.rows[6].payload = decision(1, "KEY-0001", json!({"alternative": "7.2"}));
        s.rows[6].actor = 1;
    }),
    ("a decision without comment", [2, 0], |s| {
        s.rows[6].payload = decision(2, "KEY-0002", json!({"comment": ""}));
        set(s, 6, "comment", Value::Null);
    }),
    ("decisions on a submission that is withheld", [0, 2], |s| {
        s.rows[4].shown = Shown::Redacted(8);
        s.rows[7].shown = Shown::Clear;
        set(s, 8, "entry", json!(4));
    }),
    ("a decision with a key whose enrolment is withheld", [1, 1], |s| {
        s.rows[1].shown = Shown::Redacted(8);
        s.rows[7].shown = Shown::Clear;
        set(s, 8, "entry", json!(1));
    }),
    ("a decision that is withheld", [1, 0], |s| {
        s.rows[6].shown = Shown::Redacted(8);
        s.rows[7].shown = Shown::Clear;
        set(s, 8, "entry", json!(6));
    }),
    ("an empty readable member and unknown types", [2, 0], |s| {
        s.rows[3].event_type = "rooms.unheard_of"
    }),
];
