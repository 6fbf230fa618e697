//! A small ledger with one of everything that §5 of the package format names, and the package made of it.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use basis::{Authentication, Id, PersonId, Subject, Time};
use ledger::Hash;
use ledger::canonical::to_canonical;
use ledger::entry::{BlobRef, Entry, EventId, EventType, Origin, Salt, commitment};
use ledger::merkle::{Frontier, MemoryTree, consistency_path, inclusion_path, leaf_hash};
use ledger::note::{Checkpoint, SigningKey};
use ledger::package::{
    Approval, Decision, FilesInMemory, ListedFile, Manifest, PackageBuilder, PayloadLine, Scope,
};
use serde_json::{Value, json};

#[path = "passkey.rs"]
pub mod passkey;

pub const ORIGIN: &str = "tagout.example/acme";
pub const TEXT: &str = "Patch web01: openssl 3.0.15-1 to 3.0.16-1\n";
pub const CLEAR_EVIDENCE: &[u8] = b"dpkg log of web01\n";
pub const DESTROYED_EVIDENCE: &[u8] = b"destroyed since\n";

/// Whoever has a passkey in place of an SSH key.
const PASSKEY_PERSON: u64 = 3;

/// What the package says of the payload of an entry.
#[derive(Clone, Copy, PartialEq)]
pub enum Shown {
    Clear,
    Sealed,
    Redacted(u64),
    /// The entry is in the ledger and not in the package.
    Absent,
}

/// One entry of the ledger.
#[derive(Clone)]
pub struct Row {
    pub event_type: &'static str,
    pub type_version: u64,
    pub subject: &'static str,
    pub actor: u64,
    pub sealed: bool,
    pub blobs: usize,
    pub payload: Value,
    pub shown: Shown,
}

/// A ledger and what of it goes into the package.
#[derive(Clone)]
pub struct Sample {
    pub rows: Vec<Row>,
    pub scope: Scope,
    pub evidence: Vec<&'static [u8]>,
    pub consistency: Vec<u64>,
}

pub fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[42; 32]).unwrap()
}

pub fn other_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[43; 32]).unwrap()
}

fn row(event_type: &'static str, subject: &'static str, actor: u64, payload: Value) -> Row {
    Row {
        event_type,
        type_version: 1,
        subject,
        actor,
        sealed: false,
        blobs: 0,
        payload,
        shown: Shown::Clear,
    }
}

fn time(minute: usize) -> Time {
    Time::from_ms(1_795_000_000_000 + minute as i64 * 60_000)
}

fn evidence(subject: &'static str, content: &[u8]) -> Row {
    let payload = json!({
        "name": "dpkg.log", "media_type": "text/plain", "sha256": Hash::of(content), "size": content.len(),
    });
    Row {
        blobs: 1,
        ..row("evidence.added", subject, 1, payload)
    }
}

impl Sample {
    /// A period that holds everything: fourteen entries of a ledger of sixteen.
    pub fn period() -> Self {
        let submitted = json!({"revision": 1, "requester": "PER-0001", "text": TEXT, "digest": Hash::of(TEXT.as_bytes())});
        let enrolled = |key_id, person| json!({"key_id": key_id, "key": ssh_key(person), "label": "laptop"});
        let mut rows = vec![
            row("people.key_enrolled", "PER-0001", 1, enrolled("KEY-0001", 1)),
            row("people.key_enrolled", "PER-0002", 2, enrolled("KEY-0002", 2)),
            Row {
                sealed: true,
                shown: Shown::Sealed,
                ..row("people.password_set", "PER-0002", 2, json!({"hash": "x"}))
            },
            row(
                "changes.opened",
                "CHG-0001",
                1,
                json!({"title": "Patch \"web01\"\n\u{1}\u{1f510}"}),
            ),
            row("changes.submitted", "CHG-0001", 1, submitted),
            evidence("EVD-0001", CLEAR_EVIDENCE),
            row(
                "changes.decided",
                "CHG-0001",
                2,
                decision(2, "KEY-0002", json!({})),
            ),
            Row {
                shown: Shown::Redacted(8),
                ..row("changes.noted", "CHG-0001", 1, json!({"note": "spilled"}))
            },
            row(
                "history.redacted",
                "ORG-0001",
                1,
                json!({"entry": 7, "reason": "spill"}),
            ),
            evidence("EVD-0002", DESTROYED_EVIDENCE),
            row(
                "evidence.destroyed",
                "EVD-0002",
                1,
                json!({
                    "evidence": "EVD-0002", "sha256": Hash::of(DESTROYED_EVIDENCE),
                }),
            ),
            row("people.key_revoked", "PER-0002", 1, json!({"key_id": "KEY-0002"})),
            row("people.key_enrolled", "PER-0003", 3, enrolled("KEY-0003", 3)),
            row("changes.decided", "CHG-0001", 3, passkey_decision(|_| {})),
        ];
        for number in 0..2 {
            rows.push(Row {
                shown: Shown::Absent,
                ..row("assets.seen", "AST-0001", 1, json!({"number": number}))
            });
        }
        let scope = Scope::Period { first: 0, last: 13 };
        Self {
            rows,
            scope,
            evidence: vec![CLEAR_EVIDENCE],
            consistency: vec![3, 8],
        }
    }

    /// The same ledger, and of it what concerns the change.
    pub fn change() -> Self {
        let mut sample = Self::period();
        sample.scope = Scope::Change {
            subject: Subject::parse("CHG-0001").unwrap(),
        };
        for index in [2, 9, 10, 11] {
            sample.rows[index].shown = Shown::Absent;
        }
        sample
    }

    /// The period in a ledger that goes on with so many entries that a verifier reads them on several threads.
    pub fn long_period() -> Self {
        let mut sample = Self::period();
        let later = sample.rows[8].clone();
        sample.rows.extend(std::iter::repeat_n(later, 2_000));
        sample
    }

    /// As little as a package can be: one entry of a ledger of two.
    pub fn smallest() -> Self {
        let mut sample = Self::change();
        sample.rows = vec![sample.rows[3].clone(), sample.rows[15].clone()];
        sample.evidence.clear();
        sample.consistency.clear();
        sample
    }

    /// Every entry's bytes, chained and committed to their payloads.
    pub fn entries(&self) -> Vec<Vec<u8>> {
        let entries = self.rows.iter().enumerate().map(|(index, row)| {
            let previous = self.rows[..index]
                .iter()
                .rposition(|other| other.subject == row.subject);
            let blob = |number: usize| BlobRef {
                sha256: Hash::of(&[number as u8]),
                size: 99,
            };
            let entry = Entry {
                actor: PersonId::from_number(row.actor),
                authentication: Authentication::Token,
                behalf: None,
                blobs: (0..row.blobs).map(blob).collect(),
                cause: None,
                commitment: commitment(&salt(index), &self.payload(index)),
                id: EventId::new(time(index), [index as u8; 16]),
                origin: Origin::parse(ORIGIN).unwrap(),
                previous: previous.map(|index| index as u64),
                sealed: row.sealed,
                subject: Subject::parse(row.subject).unwrap(),
                time: time(index),
                event_type: EventType::parse(row.event_type).unwrap(),
                type_version: row.type_version,
            };
            entry.to_bytes().unwrap()
        });
        entries.collect()
    }

    pub fn payload(&self, index: usize) -> Vec<u8> {
        to_canonical(&self.rows[index].payload).unwrap()
    }

    /// The signed checkpoint of the first `size` entries.
    pub fn checkpoint(&self, size: usize) -> String {
        let mut frontier = Frontier::new();
        self.entries()[..size]
            .iter()
            .for_each(|entry| frontier.push(leaf_hash(entry)));
        let origin = Origin::parse(ORIGIN).unwrap();
        Checkpoint {
            origin,
            size: size as u64,
            root: frontier.root(),
        }
        .sign(&key())
        .unwrap()
    }

    /// The package, sealed with the ledger's key.
    pub fn package(&self) -> FilesInMemory {
        let entries = self.entries();
        let size = entries.len() as u64;
        let tree = MemoryTree::new(entries.iter().map(|entry| leaf_hash(entry)).collect());
        let origin = Origin::parse(ORIGIN).unwrap();
        let checkpoint = self.checkpoint(entries.len());
        let mut builder = PackageBuilder::new(origin, self.scope.clone(), 3, time(99), checkpoint);
        for (index, (row, entry)) in self.rows.iter().zip(&entries).enumerate() {
            let payload = self.payload(index);
            let line = match row.shown {
                Shown::Clear => PayloadLine::Clear {
                    payload: &payload,
                    salt: salt(index),
                },
                Shown::Sealed => PayloadLine::Sealed,
                Shown::Redacted(by) => PayloadLine::Redacted { by },
                Shown::Absent => continue,
            };
            let Ok(path) = inclusion_path(&tree, index as u64, size);
            builder.entry(index as u64, entry, &path.unwrap(), &line).unwrap();
        }
        for earlier in &self.consistency {
            let Ok(path) = consistency_path(&tree, *earlier, size);
            builder.consistency(*earlier, &path.unwrap()).unwrap();
        }
        builder
            .readable("index.html", b"<!doctype html><title>CHG-0001</title>".to_vec())
            .unwrap();
        builder
            .readable("readable/CHG-0001.html", b"<!doctype html>".to_vec())
            .unwrap();
        let copied: Vec<(String, Vec<u8>)> = self
            .evidence
            .iter()
            .map(|content| {
                (
                    builder.evidence(Hash::of(content), content.len() as u64),
                    content.to_vec(),
                )
            })
            .collect();
        let mut files = builder.finish(&key()).unwrap();
        files.0.extend(copied);
        files
    }
}

fn salt(index: usize) -> Salt {
    Salt([(index as u8).wrapping_add(100); 32])
}

/// Lists the files of a bent package anew and signs the list, so that only the inner checks can find what is wrong.
pub fn seal_again(files: &mut FilesInMemory) {
    let old = Manifest::parse(&files.0["manifest.json"]).unwrap();
    let listed = files.0.iter().filter(|(path, _)| !path.starts_with("manifest."));
    let listed = listed.map(|(path, content)| ListedFile {
        path: path.clone(),
        sha256: Hash::of(content),
        size: content.len() as u64,
    });
    let manifest = Manifest {
        files: listed.collect(),
        ..old
    };
    sign_manifest(files, manifest.to_bytes().unwrap());
}

/// Puts these bytes in as the manifest and signs them.
pub fn sign_manifest(files: &mut FilesInMemory, manifest: Vec<u8>) {
    let note = key()
        .sign(&format!("tagout package 1 {ORIGIN}\n{}\n", Hash::of(&manifest)))
        .unwrap();
    files.0.insert("manifest.json".into(), manifest);
    files.0.insert("manifest.note".into(), note.into_bytes());
}

/// The payload of a decision by `person`, signed with their key; `changes` replaces members before the signature.
pub fn decision(person: u64, key_id: &str, changes: Value) -> Value {
    let sign = |message: &str| signature(person, message, Approval::NAMESPACE, "");
    signed_decision(person, key_id, changes, sign)
}

/// The payload of a decision by the third person, signed with their passkey.
pub fn passkey_decision(bend: impl FnOnce(&mut passkey::Spoken)) -> Value {
    signed_decision(PASSKEY_PERSON, "KEY-0003", json!({}), |message| {
        passkey::signature(message, bend)
    })
}

fn signed_decision(person: u64, key_id: &str, changes: Value, sign: impl FnOnce(&str) -> String) -> Value {
    let mut payload = json!({
        "decision": "approve", "revision": 1, "digest": Hash::of(TEXT.as_bytes()), "capacity": "approver",
        "person": PersonId::from_number(person), "signed_at": time(6), "key_id": key_id, "comment": "one\ntwo \\",
    });
    let members = payload.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    let text = |key: &str| members.get(key).and_then(Value::as_str).unwrap_or("");
    let change = Subject::parse("CHG-0001").unwrap();
    let message = Approval {
        origin: ORIGIN,
        change: &change,
        revision: members["revision"].as_u64().unwrap(),
        digest: Hash::from_hex(text("digest")).unwrap(),
        decision: Decision::named(text("decision")).unwrap_or(Decision::Approve),
        capacity: text("capacity"),
        person: PersonId::from_number(person),
        signed_at: Time::parse(text("signed_at")).unwrap(),
        comment: text("comment"),
    }
    .message(TEXT);
    members.insert("signature".into(), json!(sign(&message)));
    payload
}

fn pair(person: u64) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[person as u8; 32]).unwrap()
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [(bytes.len() as u32).to_be_bytes().as_slice(), bytes].concat()
}

fn key_blob(person: u64) -> Vec<u8> {
    [string(b"ssh-ed25519"), string(pair(person).public_key().as_ref())].concat()
}

/// The public key of a person as OpenSSH writes it, without comment.
pub fn ssh_key(person: u64) -> String {
    if person == PASSKEY_PERSON {
        return passkey::key();
    }
    format!("ssh-ed25519 {}", STANDARD.encode(key_blob(person)))
}

/// An SSH signature (OpenSSH PROTOCOL.sshsig) by the key of a person.
pub fn signature(person: u64, message: &str, namespace: &str, reserved: &str) -> String {
    let hash = digest::digest(&digest::SHA512, message.as_bytes());
    let middle = middle(namespace, reserved);
    let signed = [b"SSHSIG".as_slice(), &middle, &string(hash.as_ref())].concat();
    armored(
        &key_blob(person),
        &middle,
        &ed25519_value(pair(person).sign(&signed).as_ref()),
    )
}

/// The identity as public key, and the signature with which it fits every message by the bare equation of Ed25519.
pub fn identity_key_and_signature() -> (String, String) {
    let mut identity = [0; 64];
    identity[0] = 1;
    let blob = [string(b"ssh-ed25519"), string(&identity[..32])].concat();
    let signature = armored(&blob, &middle(Approval::NAMESPACE, ""), &ed25519_value(&identity));
    (format!("ssh-ed25519 {}", STANDARD.encode(blob)), signature)
}

fn middle(namespace: &str, reserved: &str) -> Vec<u8> {
    [
        string(namespace.as_bytes()),
        string(reserved.as_bytes()),
        string(b"sha512"),
    ]
    .concat()
}

fn ed25519_value(signature: &[u8]) -> Vec<u8> {
    [string(b"ssh-ed25519"), string(signature)].concat()
}

fn armored(key_blob: &[u8], middle: &[u8], value: &[u8]) -> String {
    let blob = [
        b"SSHSIG\x00\x00\x00\x01".as_slice(),
        &string(key_blob),
        middle,
        &string(value),
    ]
    .concat();
    let base64 = STANDARD.encode(blob);
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(70)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n",
        lines.join("\n")
    )
}
