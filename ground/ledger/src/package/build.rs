//! Makes a package from its parts. What belongs in it is decided elsewhere; this writes it down and signs it.

use std::collections::BTreeMap;

use basis::Time;

use super::files::{FilesInMemory, is_allowed};
use super::lines::{PayloadLine, write_consistency, write_payload, write_proof};
use super::manifest::{ListedFile, Manifest, Scope, note_text};
use super::{CHECKPOINT, CONSISTENCY, ENTRIES, EVIDENCE, MANIFEST, MANIFEST_NOTE, PAYLOADS, PROOFS};
use crate::Hash;
use crate::canonical::CanonicalError;
use crate::entry::Origin;
use crate::note::{NoteError, SigningKey};

/// A package could not be made of these parts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Entries or sizes did not come in rising order.
    #[error("{0} does not come after the one before it")]
    Order(u64),
    /// A file has a path that a package does not have, or one twice.
    #[error("a package cannot hold `{0}` here")]
    Path(String),
    /// A part has no canonical form.
    #[error("the manifest cannot be written: {0}")]
    Canonical(#[from] CanonicalError),
    /// The key does not sign it.
    #[error("the manifest cannot be signed: {0}")]
    Note(#[from] NoteError),
}

/// A package in the making. Big evidence stays outside: it is listed here and copied by the caller.
#[derive(Debug, Clone)]
pub struct PackageBuilder {
    manifest: Manifest,
    content: BTreeMap<String, Vec<u8>>,
    last_index: Option<u64>,
    last_size: u64,
}

impl PackageBuilder {
    /// Starts a package of the ledger `origin`, whose proofs will lead to the signed `checkpoint`.
    pub fn new(origin: Origin, scope: Scope, policy_version: u64, time: Time, checkpoint: String) -> Self {
        let empty = [ENTRIES, PROOFS, PAYLOADS].map(|path| (path.to_owned(), Vec::new()));
        let mut content = BTreeMap::from(empty);
        content.insert(CHECKPOINT.to_owned(), checkpoint.into_bytes());
        let manifest = Manifest {
            files: Vec::new(),
            origin,
            policy_version,
            scope,
            time,
        };
        Self {
            manifest,
            content,
            last_index: None,
            last_size: 0,
        }
    }

    /// Adds an entry by its stored bytes, with its inclusion proof and what is said of its payload. Indexes must rise.
    pub fn entry(
        &mut self,
        index: u64,
        entry: &[u8],
        path: &[Hash],
        payload: &PayloadLine<'_>,
    ) -> Result<(), BuildError> {
        if self.last_index.is_some_and(|last| last >= index) {
            return Err(BuildError::Order(index));
        }
        self.last_index = Some(index);
        let entries = self.lines(ENTRIES);
        entries.extend_from_slice(entry);
        entries.push(b'\n');
        write_proof(self.lines(PROOFS), index, path);
        write_payload(self.lines(PAYLOADS), index, payload);
        Ok(())
    }

    /// Adds the proof that the checkpoint's tree begins with the tree of `size` leaves. Sizes must rise from 1.
    pub fn consistency(&mut self, size: u64, path: &[Hash]) -> Result<(), BuildError> {
        if size <= self.last_size {
            return Err(BuildError::Order(size));
        }
        self.last_size = size;
        write_consistency(self.lines(CONSISTENCY), size, path);
        Ok(())
    }

    /// Adds a page for people: `index.html` or a path under `readable/`.
    pub fn readable(&mut self, path: &str, content: Vec<u8>) -> Result<(), BuildError> {
        let is_readable = path == "index.html" || path.starts_with("readable/");
        if !is_readable || !is_allowed(path) || self.content.insert(path.to_owned(), content).is_some() {
            return Err(BuildError::Path(path.to_owned()));
        }
        Ok(())
    }

    /// Lists an evidence file by the hash and size of its content; the caller puts it at the path that is returned.
    /// The same content twice is one file.
    pub fn evidence(&mut self, sha256: Hash, size: u64) -> String {
        let path = format!("{EVIDENCE}{sha256}");
        if !self.manifest.files.iter().any(|file| file.path == path) {
            self.manifest.files.push(ListedFile {
                path: path.clone(),
                sha256,
                size,
            });
        }
        path
    }

    /// Lists every file, signs the list and gives all files but the evidence.
    pub fn finish(mut self, key: &SigningKey) -> Result<FilesInMemory, BuildError> {
        let listed = self.content.iter().map(|(path, content)| ListedFile {
            path: path.clone(),
            sha256: Hash::of(content),
            size: content.len() as u64,
        });
        self.manifest.files.extend(listed);
        self.manifest
            .files
            .sort_by(|one, other| one.path.cmp(&other.path));
        let manifest = self.manifest.to_bytes()?;
        let note = key.sign(&note_text(self.manifest.origin.as_str(), &manifest))?;
        self.content.insert(MANIFEST.to_owned(), manifest);
        self.content.insert(MANIFEST_NOTE.to_owned(), note.into_bytes());
        Ok(FilesInMemory(self.content))
    }

    fn lines(&mut self, path: &str) -> &mut Vec<u8> {
        self.content.entry(path.to_owned()).or_default()
    }
}
