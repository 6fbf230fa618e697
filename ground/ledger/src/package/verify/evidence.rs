//! Step 14: the evidence files against the entries that name them (§5.4).

use std::collections::{HashMap, HashSet};

use basis::Subject;

use super::records::Record;
use crate::Hash;
use crate::package::manifest::{ListedFile, Manifest};
use crate::package::{Code, EVIDENCE, Wrong};

const ADDED: &str = "evidence.added";
const DESTROYED: &str = "evidence.destroyed";

/// Checks the evidence and tells how many files there are.
pub(super) fn check(manifest: &Manifest, records: &[Record<'_>]) -> Result<u64, Wrong> {
    let is_evidence = |file: &&ListedFile| file.path.starts_with(EVIDENCE);
    let files: HashMap<&str, &ListedFile> = manifest
        .files
        .iter()
        .filter(is_evidence)
        .map(|file| (file.path.as_str(), file))
        .collect();
    let destroyed = destroyed(records)?;
    let mut named = HashSet::new();
    for record in records.iter().filter(|record| record.is(ADDED)) {
        record.check_version(Code::Evidence)?;
        let Some(payload) = record.clear(Code::Evidence)? else {
            continue;
        };
        payload.text("name")?;
        payload.text("media_type")?;
        let (sha256, size) = (payload.hash("sha256")?, payload.number("size")?);
        if record.entry.blobs.len() != 1 {
            return Err(payload.wrong(format!(
                "it has {} blobs where evidence has one",
                record.entry.blobs.len()
            )));
        }
        named.insert(sha256);
        let thing = (record.entry.subject.clone(), sha256);
        if destroyed.get(&thing).is_some_and(|index| *index > record.index) {
            continue;
        }
        match files.get(format!("{EVIDENCE}{sha256}").as_str()) {
            Some(file) if file.size == size && file.sha256 == sha256 => {}
            Some(_) => {
                return Err(payload.wrong(format!(
                    "the file {EVIDENCE}{sha256} is not the evidence it names"
                )));
            }
            None => return Err(payload.wrong(format!("the file {EVIDENCE}{sha256} is missing"))),
        }
    }
    for file in files.values() {
        let name = Hash::from_hex(&file.path[EVIDENCE.len()..]);
        if name != Some(file.sha256) || !named.contains(&file.sha256) {
            let what = "its content is not what it is named after, or no entry names it";
            return Err(Wrong::new(Code::Evidence, file.path.as_str(), what));
        }
    }
    Ok(files.len() as u64)
}

/// The index of the last destruction of each piece of evidence.
fn destroyed(records: &[Record<'_>]) -> Result<HashMap<(Subject, Hash), u64>, Wrong> {
    let mut destroyed = HashMap::new();
    for record in records.iter().filter(|record| record.is(DESTROYED)) {
        record.check_version(Code::Evidence)?;
        if let Some(payload) = record.clear(Code::Evidence)? {
            destroyed.insert(
                (payload.subject("evidence")?, payload.hash("sha256")?),
                record.index,
            );
        }
    }
    Ok(destroyed)
}
