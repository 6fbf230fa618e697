//! Where the files of a package are, and which paths they may have (§3).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{
    CHECKPOINT, CONSISTENCY, ENTRIES, EVIDENCE, MANIFEST, MANIFEST_NOTE, PATH_BYTES_MAX, PAYLOADS, PROOFS,
};
use super::{Code, Wrong};
use crate::Hash;

/// The files of one package, which must not change while it is verified.
///
/// An implementation over a directory refuses links and anything that is neither a plain file nor a folder before it
/// gets here. `digest` exists so that evidence of any size can be hashed without being held in memory.
pub trait Files {
    /// Every file, by path and size in bytes; no path twice.
    fn list(&self) -> Vec<(String, u64)>;

    /// The content of a file. Asked only for the manifest, the notes and the files under `ledger/`.
    fn read(&self, path: &str) -> Result<Cow<'_, [u8]>, FileError>;

    /// The SHA-256 of the content of a file.
    fn digest(&self, path: &str) -> Result<Hash, FileError>;
}

/// A file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FileError(pub String);

/// A package held in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilesInMemory(pub BTreeMap<String, Vec<u8>>);

impl Files for FilesInMemory {
    fn list(&self) -> Vec<(String, u64)> {
        self.0
            .iter()
            .map(|(path, content)| (path.clone(), content.len() as u64))
            .collect()
    }

    fn read(&self, path: &str) -> Result<Cow<'_, [u8]>, FileError> {
        let content = self.0.get(path).ok_or_else(|| FileError("no such file".into()))?;
        Ok(Cow::Borrowed(content))
    }

    fn digest(&self, path: &str) -> Result<Hash, FileError> {
        self.read(path).map(|content| Hash::of(&content))
    }
}

/// Checks step 2: what must be there is there, and nothing that must not.
pub(super) fn check_paths<'a>(paths: impl Iterator<Item = &'a str> + Clone) -> Result<(), Wrong> {
    let present: BTreeSet<&str> = paths.clone().collect();
    for needed in [MANIFEST, MANIFEST_NOTE, CHECKPOINT, ENTRIES, PAYLOADS, PROOFS] {
        if !present.contains(needed) {
            return Err(Wrong::new(Code::Paths, needed, "the file is missing"));
        }
    }
    for path in paths {
        if !is_allowed(path) {
            let shown: String = path.chars().take(PATH_BYTES_MAX).collect();
            return Err(Wrong::new(
                Code::Paths,
                shown,
                "a package has no file of this path",
            ));
        }
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        if let Some(folder) = folders.into_iter().find(|folder| present.contains(folder)) {
            return Err(Wrong::new(
                Code::Paths,
                path,
                format!("`{folder}` is a file and cannot be a folder"),
            ));
        }
    }
    Ok(())
}

/// Whether a package may have a file of this path.
pub(super) fn is_allowed(path: &str) -> bool {
    let is_part = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(allowed)
    };
    if path.len() > PATH_BYTES_MAX || !path.split('/').all(is_part) {
        return false;
    }
    match path.strip_prefix(EVIDENCE) {
        Some(name) => Hash::from_hex(name).is_some(),
        None => {
            let known = [
                MANIFEST,
                MANIFEST_NOTE,
                CHECKPOINT,
                ENTRIES,
                PROOFS,
                PAYLOADS,
                CONSISTENCY,
                "index.html",
            ];
            known.contains(&path) || path.starts_with("readable/")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_paths_of_the_format_are_allowed() {
        let hash = "a".repeat(64);
        let longest = format!("readable/{}", "a".repeat(PATH_BYTES_MAX - 9));
        for right in [
            "index.html",
            "readable/a",
            "readable/A/b_c-d.E",
            &longest,
            &format!("evidence/{hash}"),
        ] {
            assert!(is_allowed(right), "{right}");
        }
        for wrong in [
            "",
            "readable",
            "readable/",
            "readable//a",
            "readable/.a",
            "readable/../a",
            "/readable/a",
            "readable/a b",
            "readable/é",
            "index.htm",
            "ledger/tile",
            "evidence/abc",
            &format!("evidence/{}", hash.to_uppercase()),
            &format!("evidence/{hash}/a"),
            &format!("{longest}a"),
        ] {
            assert!(!is_allowed(wrong), "{wrong}");
        }
    }

    #[test]
    fn no_file_may_be_a_folder_of_another() {
        let needed = [CHECKPOINT, ENTRIES, PAYLOADS, PROOFS, MANIFEST, MANIFEST_NOTE];
        let with = |more: &[&'static str]| {
            let paths: Vec<&str> = needed.iter().chain(more).copied().collect();
            check_paths(paths.into_iter()).map_err(|wrong| wrong.place)
        };
        assert_eq!(with(&["readable/a", "readable/b/c"]), Ok(()));
        assert_eq!(with(&["readable/a", "readable/a/b"]), Err("readable/a/b".into()));
        let missing = check_paths(needed[1..].iter().copied()).map_err(|wrong| wrong.place);
        assert_eq!(missing, Err(CHECKPOINT.into()));
    }
}
