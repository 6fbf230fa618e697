//! A package that lies unpacked in a directory.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use ledger::Hash;
use ledger::package::{Code, FILES_MAX, FileError, Files, PACKAGE_BYTES_MAX, PATH_BYTES_MAX, Wrong};

const BUFFER_BYTES: usize = 64 * 1024;

/// The files of a package in a directory; nothing else is in it (docs/package-format.md section 3.3).
pub struct Directory {
    root: PathBuf,
    files: BTreeMap<String, u64>,
}

/// Counts what a directory may not have too much of.
#[derive(Default)]
struct Limits {
    folders: Cell<usize>,
    bytes: Cell<u64>,
}

fn wrong(place: &Path, what: impl Into<String>) -> Wrong {
    Wrong::new(Code::Archive, place.display().to_string(), what)
}

impl Directory {
    /// Lists the directory at `root` (step 1 of the verification).
    ///
    /// # Errors
    /// What is wrong first: a link or another thing that is neither file nor folder, too much of anything, or a part that
    /// cannot be read.
    pub fn open(root: &Path) -> Result<Self, Wrong> {
        let mut directory = Self {
            root: root.to_owned(),
            files: BTreeMap::new(),
        };
        let limits = Limits::default();
        directory.list_folder(String::new(), &limits)?;
        Ok(directory)
    }

    fn list_folder(&mut self, folder: String, limits: &Limits) -> Result<(), Wrong> {
        limits.folders.set(limits.folders.get() + 1);
        let place = self.root.join(&folder);
        if limits.folders.get() > FILES_MAX || folder.len() > PATH_BYTES_MAX {
            return Err(wrong(
                &place,
                "the directory has too many folders, or one of too long a path",
            ));
        }
        let unreadable = |error: std::io::Error| wrong(&place, error.to_string());
        let mut folders = Vec::new();
        for item in fs::read_dir(&place).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            let name = item.file_name();
            let name = std::str::from_utf8(name.as_bytes())
                .map_err(|_| wrong(&item.path(), "its name is not UTF-8"))?;
            let path = if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            };
            let kind = fs::symlink_metadata(item.path()).map_err(unreadable)?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                self.files.insert(path, kind.len());
                limits.bytes.set(limits.bytes.get().saturating_add(kind.len()));
            } else {
                return Err(wrong(&item.path(), "it is neither a plain file nor a folder"));
            }
            if self.files.len() > FILES_MAX || limits.bytes.get() > PACKAGE_BYTES_MAX {
                return Err(wrong(
                    &item.path(),
                    "the directory has more files or bytes than a package may have",
                ));
            }
        }
        // Bounded: a path grows by each level and may have no more than its limit.
        folders
            .into_iter()
            .try_for_each(|path| self.list_folder(path, limits))
    }

    fn opened(&self, path: &str) -> Result<(File, u64), FileError> {
        let size = *self
            .files
            .get(path)
            .ok_or_else(|| FileError("no such file".to_owned()))?;
        let file = File::open(self.root.join(path)).map_err(|error| FileError(error.to_string()))?;
        Ok((file, size))
    }
}

impl Files for Directory {
    fn list(&self) -> Vec<(String, u64)> {
        self.files
            .iter()
            .map(|(path, size)| (path.clone(), *size))
            .collect()
    }

    fn read(&self, path: &str) -> Result<Cow<'_, [u8]>, FileError> {
        let (file, size) = self.opened(path)?;
        let mut content = Vec::new();
        file.take(size)
            .read_to_end(&mut content)
            .map_err(|error| FileError(error.to_string()))?;
        Ok(Cow::Owned(content))
    }

    fn digest(&self, path: &str) -> Result<Hash, FileError> {
        let (mut file, _) = self.opened(path)?;
        let mut context = Context::new(&SHA256);
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let count = file
                .read(&mut buffer)
                .map_err(|error| FileError(error.to_string()))?;
            if count == 0 {
                break;
            }
            context.update(&buffer[..count]);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Ok(Hash(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_or_a_pipe_is_no_part_of_a_package() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("ledger")).unwrap();
        fs::write(folder.path().join("ledger/checkpoint"), "x").unwrap();
        let directory = Directory::open(folder.path()).unwrap();
        assert_eq!(directory.list(), [("ledger/checkpoint".to_owned(), 1)]);
        assert_eq!(directory.digest("ledger/checkpoint"), Ok(Hash::of(b"x")));
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("manifest.json")).unwrap();
        assert_eq!(
            Directory::open(folder.path()).err().map(|wrong| wrong.code),
            Some(Code::Archive)
        );
    }
}
