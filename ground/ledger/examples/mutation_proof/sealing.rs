//! What only the organisation itself could do: it signs what was changed, so that the outer checks find nothing.

use std::collections::{BTreeMap, BTreeSet};

use ledger::Hash;
use ledger::canonical::{Json, parse};
use ledger::entry::commitment;
use ledger::merkle::{MemoryTree, consistency_path, inclusion_path, leaf_hash};
use ledger::note::{Checkpoint, SigningKey};
use ledger::package::{ListedFile, Manifest};

use crate::dice::Dice;
use crate::original::{Original, Record};
use crate::values;

/// The files of a package by their paths.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The line of a checkpoint that says how many entries the ledger has.
pub const SIZE_LINE: usize = 1;

/// Types whose payloads mean something to a verifier (§5 of the package format); most changes go there.
const READ_TYPES: [&str; 7] = [
    "changes.decided",
    "changes.submitted",
    "evidence.added",
    "evidence.destroyed",
    "history.redacted",
    "people.key_enrolled",
    "people.key_revoked",
];

/// Lists the files of a package as they are now and signs the list.
pub fn seal(original: &Original, key: &SigningKey, files: &mut Files) -> Option<()> {
    let inner = files.iter().filter(|(path, _)| !path.starts_with("manifest."));
    let listed = inner.map(|(path, content)| ListedFile {
        path: path.clone(),
        sha256: match original.files.get(path) == Some(content) {
            true => original.hashes[path],
            false => Hash::of(content),
        },
        size: content.len() as u64,
    });
    let manifest = Manifest {
        files: listed.collect(),
        ..original.manifest.clone()
    };
    let bytes = manifest.to_bytes().ok()?;
    sign_manifest(key, files, bytes)
}

/// Puts these bytes in as the manifest and signs them.
pub fn sign_manifest(key: &SigningKey, files: &mut Files, manifest: Vec<u8>) -> Option<()> {
    let origin = key.verifier().name();
    let note = key
        .sign(&format!("tagout package 1 {origin}\n{}\n", Hash::of(&manifest)))
        .ok()?;
    files.insert("manifest.json".into(), manifest);
    files.insert("manifest.note".into(), note.into_bytes());
    Some(())
}

/// Changes one line of the checkpoint and signs it; answers which line, from 0.
pub fn another_checkpoint(
    dice: &mut Dice,
    original: &Original,
    key: &SigningKey,
    files: &mut Files,
) -> Option<usize> {
    let mut lines: Vec<String> = original.checkpoint.to_text().lines().map(str::to_owned).collect();
    let at = dice.below(lines.len());
    let size = original.checkpoint.size;
    lines[at] = match (at, dice.below(3)) {
        (SIZE_LINE, 0) => (size + 1).to_string(),
        (SIZE_LINE, 1) => size.saturating_sub(1).to_string(),
        (SIZE_LINE, _) => format!("0{size}"),
        (2, 0) => Hash::of(&dice.next().to_le_bytes()).to_base64(),
        (_, 1) => format!("{}x", lines[at]),
        _ => lines[at].chars().rev().collect(),
    };
    let note = key.sign(&format!("{}\n", lines.join("\n"))).ok()?;
    files.insert("ledger/checkpoint".into(), note.into_bytes());
    seal(original, key, files)?;
    Some(at)
}

/// Takes one entry out of the package with its proof and its payload; the ledger stays as it is.
pub fn leave_out(dice: &mut Dice, original: &Original, key: &SigningKey, files: &mut Files) -> Option<()> {
    let number = dice.below(original.records.len());
    for path in [
        "ledger/entries.jsonl",
        "ledger/proofs.jsonl",
        "ledger/payloads.jsonl",
    ] {
        let content = files.get_mut(path)?;
        let mut lines: Vec<&[u8]> = content.split_inclusive(|byte| *byte == b'\n').collect();
        if number < lines.len() {
            lines.remove(number);
        }
        *content = lines.concat();
    }
    seal(original, key, files)
}

/// Another ledger with other records: payloads are committed to, the tree is built, proven and signed anew. Entries that
/// are not in the package are made up.
pub fn rewrite(original: &Original, key: &SigningKey, files: &mut Files, records: &[Record]) -> Option<()> {
    let size = original.checkpoint.size;
    let mut leaves: Vec<Hash> = (0..size).map(|index| Hash::of(&index.to_le_bytes())).collect();
    for record in records {
        *leaves.get_mut(record.index as usize)? = leaf_hash(&record.entry);
    }
    let tree = MemoryTree::new(leaves);
    let (mut entries, mut proofs, mut payloads) = (Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let Ok(path) = inclusion_path(&tree, record.index, size);
        let proof = format!(
            "{{\"index\":{},\"path\":{}}}\n",
            record.index,
            base64_array(&path?)
        );
        entries.extend_from_slice(&[record.entry.as_slice(), b"\n"].concat());
        proofs.extend_from_slice(proof.as_bytes());
        payloads.extend_from_slice(&[record.payload_line.as_slice(), b"\n"].concat());
    }
    let checkpoint = Checkpoint {
        root: root(&tree, size)?,
        ..original.checkpoint.clone()
    };
    files.insert(
        "ledger/checkpoint".into(),
        checkpoint.sign(key).ok()?.into_bytes(),
    );
    files.insert("ledger/entries.jsonl".into(), entries);
    files.insert("ledger/proofs.jsonl".into(), proofs);
    files.insert("ledger/payloads.jsonl".into(), payloads);
    if let Some(content) = files.get_mut("ledger/consistency.jsonl") {
        *content = consistency(content, &tree, size)?;
    }
    seal(original, key, files)
}

/// Records of which one was changed before it was committed to.
pub fn another_record(dice: &mut Dice, original: &Original, edit: values::Edit) -> Option<Vec<Record>> {
    let mut records = original.records.clone();
    let read: Vec<usize> = (0..records.len())
        .filter(|at| READ_TYPES.contains(&records[*at].event_type.as_str()))
        .collect();
    let at = match read.is_empty() || dice.percent(25) {
        true => dice.below(records.len()),
        false => *dice.one(&read),
    };
    let record = &mut records[at];
    match (&record.payload, dice.percent(75)) {
        (Some((payload, _)), true) => {
            let payload = values::edited(dice, payload, edit)?;
            let payload = match dice.percent(50) {
                true => with_its_digest(&payload)?,
                false => payload,
            };
            commit(record, payload)?;
        }
        _ => record.entry = values::edited(dice, &record.entry, edit)?,
    }
    Some(records)
}

/// Records of which two have changed places.
pub fn another_order(dice: &mut Dice, original: &Original) -> Option<Vec<Record>> {
    let mut records = original.records.clone();
    let (one, other) = (dice.below(records.len()), dice.below(records.len()));
    let indexes = (records[one].index, records[other].index);
    records.swap(one, other);
    for (at, index) in [(one, indexes.0), (other, indexes.1)] {
        records[at].index = index;
        let Json::Object(mut line) = parse(&records[at].payload_line).ok()? else {
            return None;
        };
        line.insert("index".into(), Json::Number(index));
        records[at].payload_line = Json::Object(line).to_bytes().ok()?;
    }
    Some(records)
}

/// Records of which one says of its payload what another says of its own.
pub fn another_payload(dice: &mut Dice, original: &Original) -> Option<Vec<Record>> {
    let mut records = original.records.clone();
    let (payload, _) = dice.one(&records).payload.clone()?;
    let at = dice.below(records.len());
    records[at].payload.as_ref()?;
    commit(&mut records[at], payload)?;
    Some(records)
}

fn commit(record: &mut Record, payload: Vec<u8>) -> Option<()> {
    let salt = record.payload.as_ref()?.1.clone();
    let Json::Object(mut entry) = parse(&record.entry).ok()? else {
        return None;
    };
    entry.insert(
        "commitment".into(),
        Json::String(commitment(&salt, &payload).to_string()),
    );
    let Json::Object(mut line) = parse(&record.payload_line).ok()? else {
        return None;
    };
    line.insert("payload".into(), parse(&payload).ok()?);
    record.entry = Json::Object(entry).to_bytes().ok()?;
    record.payload_line = Json::Object(line).to_bytes().ok()?;
    Some(())
}

/// A forger who changes the text of a request changes its digest as well.
fn with_its_digest(payload: &[u8]) -> Option<Vec<u8>> {
    let Json::Object(mut members) = parse(payload).ok()? else {
        return Some(payload.to_vec());
    };
    if let Some(text) = members.get("text").and_then(Json::as_str) {
        let digest = Hash::of(text.as_bytes()).to_string();
        members.insert("digest".into(), Json::String(digest));
    }
    Json::Object(members).to_bytes().ok()
}

fn root(tree: &MemoryTree, size: u64) -> Option<Hash> {
    let Ok(path) = inclusion_path(tree, size.checked_sub(1)?, size);
    let Ok(leaf) = ledger::merkle::NodeSource::subtree(tree, 0, size - 1);
    // The last leaf is the right child wherever it has a sibling.
    Some(
        path?
            .iter()
            .fold(leaf, |right, left| ledger::merkle::node_hash(left, &right)),
    )
}

fn consistency(content: &[u8], tree: &MemoryTree, size: u64) -> Option<Vec<u8>> {
    let lines = content
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let sizes: BTreeSet<u64> = lines
        .filter_map(|line| parse(line).ok()?.member("size")?.as_number())
        .collect();
    let mut out = Vec::new();
    for earlier in sizes {
        let Ok(path) = consistency_path(tree, earlier, size);
        out.extend_from_slice(
            format!("{{\"path\":{},\"size\":{earlier}}}\n", base64_array(&path?)).as_bytes(),
        );
    }
    Some(out)
}

fn base64_array(path: &[Hash]) -> String {
    let hashes: Vec<String> = path
        .iter()
        .map(|hash| format!("\"{}\"", hash.to_base64()))
        .collect();
    format!("[{}]", hashes.join(","))
}
