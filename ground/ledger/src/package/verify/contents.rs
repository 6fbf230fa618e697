//! Steps 1 to 6: the files, the manifest that signs them, the checkpoint.

use std::collections::BTreeMap;

use crate::Hash;
use crate::note::{Checkpoint, Note, VerifierKey};
use crate::package::files::{Files, check_paths};
use crate::package::lines;
use crate::package::manifest::{Manifest, note_text};
use crate::package::{CHECKPOINT, CONSISTENCY, ENTRIES, MANIFEST, MANIFEST_NOTE, PAYLOADS, PROOFS};
use crate::package::{Code, FILES_MAX, MANIFEST_BYTES_MAX, PACKAGE_BYTES_MAX, Wrong};

/// A package whose files are those that the organisation signed.
pub(super) struct Contents {
    pub manifest: Manifest,
    pub checkpoint: Checkpoint,
    /// Consistency proofs by the size of the earlier tree.
    pub consistency: BTreeMap<u64, Vec<Hash>>,
    pub entries: Vec<u8>,
    pub proofs: Vec<u8>,
    pub payloads: Vec<u8>,
}

pub(super) fn check<F: Files>(files: &F, key: &VerifierKey) -> Result<Contents, Wrong> {
    let mut present = files.list();
    present.sort();
    check_limits(&present)?;
    check_paths(present.iter().map(|(path, _)| path.as_str()))?;
    let signed = signed_hash(files, key)?;
    let manifest = manifest(files, &present, &signed, key)?;
    check_files(files, &present, &manifest)?;
    let checkpoint = Checkpoint::verify_alone(&read(files, CHECKPOINT, Code::Checkpoint)?, key)
        .map_err(|error| Wrong::new(Code::Checkpoint, CHECKPOINT, error.to_string()))?;
    let has_consistency = present.iter().any(|(path, _)| path == CONSISTENCY);
    let consistency = match has_consistency {
        true => consistency(&read(files, CONSISTENCY, Code::Checkpoint)?, checkpoint.size)?,
        false => BTreeMap::new(),
    };
    Ok(Contents {
        manifest,
        checkpoint,
        consistency,
        entries: read(files, ENTRIES, Code::Entries)?,
        proofs: read(files, PROOFS, Code::Proofs)?,
        payloads: read(files, PAYLOADS, Code::Payloads)?,
    })
}

fn read<F: Files>(files: &F, path: &str, code: Code) -> Result<Vec<u8>, Wrong> {
    match files.read(path) {
        Ok(content) => Ok(content.into_owned()),
        Err(error) => Err(Wrong::new(code, path, error.to_string())),
    }
}

fn check_limits(present: &[(String, u64)]) -> Result<(), Wrong> {
    let bytes = present
        .iter()
        .fold(0u64, |sum, (_, size)| sum.saturating_add(*size));
    if present.len() > FILES_MAX || bytes > PACKAGE_BYTES_MAX {
        let what = format!(
            "it has {} files of {bytes} bytes in all, more than a package can have",
            present.len()
        );
        return Err(Wrong::new(Code::Archive, "the package", what));
    }
    match present.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(Wrong::new(
            Code::Archive,
            pair[0].0.as_str(),
            "the file is there twice",
        )),
        None => Ok(()),
    }
}

/// Step 3: the hash of the manifest that the organisation signed, with the note's text rebuilt around it.
fn signed_hash<F: Files>(files: &F, key: &VerifierKey) -> Result<String, Wrong> {
    let wrong = |what: String| Wrong::new(Code::ManifestSignature, MANIFEST_NOTE, what);
    let note = read(files, MANIFEST_NOTE, Code::ManifestSignature)?;
    let note = Note::parse(&note).map_err(|error| wrong(error.to_string()))?;
    let text = note
        .signed_only_by(key)
        .map_err(|error| wrong(error.to_string()))?;
    let hash = text
        .strip_prefix(&format!("tagout package 1 {}\n", key.name()))
        .and_then(|rest| rest.strip_suffix('\n'))
        .filter(|hash| Hash::from_hex(hash).is_some());
    hash.map(str::to_owned).ok_or_else(|| {
        wrong(format!(
            "the text is not `tagout package 1 {}` and a hash in hex",
            key.name()
        ))
    })
}

fn manifest<F: Files>(
    files: &F,
    present: &[(String, u64)],
    signed: &str,
    key: &VerifierKey,
) -> Result<Manifest, Wrong> {
    let wrong = |what: String| Wrong::new(Code::Manifest, MANIFEST, what);
    let is_too_long = |(path, size): &(String, u64)| path == MANIFEST && *size > MANIFEST_BYTES_MAX as u64;
    if present.iter().any(is_too_long) {
        return Err(wrong(format!("it is longer than {MANIFEST_BYTES_MAX} bytes")));
    }
    let bytes = read(files, MANIFEST, Code::Manifest)?;
    if note_text(key.name(), &bytes) != format!("tagout package 1 {}\n{signed}\n", key.name()) {
        return Err(wrong("its hash is not the one that was signed".into()));
    }
    let manifest = Manifest::parse(&bytes).map_err(|error| wrong(error.to_string()))?;
    match manifest.origin.as_str() == key.name() {
        true => Ok(manifest),
        false => Err(wrong(format!(
            "its origin `{}` is not the name of the key",
            manifest.origin
        ))),
    }
}

/// Step 5: the files listed and the files present are the same.
fn check_files<F: Files>(files: &F, present: &[(String, u64)], manifest: &Manifest) -> Result<(), Wrong> {
    let wrong = |path: &str, what: String| Err(Wrong::new(Code::Files, path, what));
    let is_signed = |path: &str| path != MANIFEST && path != MANIFEST_NOTE;
    let mut present = present.iter().filter(|(path, _)| is_signed(path));
    for listed in &manifest.files {
        match present.next() {
            Some((path, size)) if *path == listed.path && *size == listed.size => {}
            Some((path, size)) if *path == listed.path => {
                return wrong(
                    path,
                    format!("it has {size} bytes where the manifest says {}", listed.size),
                );
            }
            Some((path, _)) if *path < listed.path => {
                return wrong(path, "the manifest does not list it".into());
            }
            _ => return wrong(&listed.path, "the manifest lists it and it is not there".into()),
        }
        match files.digest(&listed.path) {
            Ok(hash) if hash == listed.sha256 => {}
            Ok(_) => return wrong(&listed.path, "its content is not what the manifest says".into()),
            Err(error) => return wrong(&listed.path, error.to_string()),
        }
    }
    match present.next() {
        Some((path, _)) => wrong(path, "the manifest does not list it".into()),
        None => Ok(()),
    }
}

/// The form of `ledger/consistency.jsonl` (§3.4); the proofs are checked once an earlier root is known.
fn consistency(content: &[u8], checkpoint_size: u64) -> Result<BTreeMap<u64, Vec<Hash>>, Wrong> {
    let wrong =
        |line: usize, what: String| Wrong::new(Code::Checkpoint, format!("{CONSISTENCY} line {line}"), what);
    let mut proofs = BTreeMap::new();
    let mut last = 0;
    let split = lines::split(content).map_err(|(line, what)| wrong(line, what.into()))?;
    for (position, line) in split.into_iter().enumerate() {
        let (size, path) =
            lines::consistency(line).map_err(|error| wrong(position + 1, error.to_string()))?;
        if size <= last || size >= checkpoint_size {
            return Err(wrong(
                position + 1,
                "sizes must rise from 1 and stay below the checkpoint's".into(),
            ));
        }
        last = size;
        proofs.insert(size, path);
    }
    Ok(proofs)
}
