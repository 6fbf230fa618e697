//! Keeping what lies in the data directory to the account that runs the program, whoever made the directory and with whatever mask.
//!
//! A service manager or a volume often makes the directory before the program sees it, open for everybody to read. The directory itself
//! stays as it is, for it may hold other things; and so does the mask of the process, for commands that it starts inherit it.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use basis::{Class, Refusal};

use crate::StorageError;

/// The bits that let the group and everybody else in.
const OTHERS: u32 = 0o077;
/// The bits that let the group and everybody else put files in the place of others.
const OTHERS_WRITE: u32 = 0o022;

fn mode(path: &Path) -> Result<u32, StorageError> {
    let metadata = fs::metadata(path).map_err(|source| StorageError::file(path, source))?;
    Ok(metadata.permissions().mode() & 0o7777)
}

fn refused(path: &Path, what: &str) -> StorageError {
    let way_out = format!("see `ls -ld {0}`, then `chmod go-rwx {0}`", path.display());
    let what = format!("`{}` {what}", path.display());
    StorageError::Refused(Refusal::new(Class::Conflict, "data directory", what).way_out(way_out))
}

/// Refuses a directory in which other accounts could exchange the files.
pub(crate) fn check_folder(data: &Path) -> Result<(), StorageError> {
    match mode(data)? & OTHERS_WRITE {
        0 => Ok(()),
        _ => Err(refused(data, "lets other accounts put files into it")),
    }
}

/// Takes from group and others what they may do with this file or folder, where it is there.
pub(crate) fn keep(path: &Path) -> Result<(), StorageError> {
    if !path.exists() {
        return Ok(());
    }
    let mode = mode(path)?;
    if mode & OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & !OTHERS))
        .map_err(|error| refused(path, &format!("lets other accounts in, and that stays: {error}")))
}

/// Makes the database's file, if it is not there, and keeps it: SQLite gives its log beside it the same mode.
pub(crate) fn keep_database(path: &Path) -> Result<(), StorageError> {
    fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map_err(|source| StorageError::file(path, source))?;
    keep(path)?;
    for end in ["-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(end);
        keep(Path::new(&beside))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_group_and_others_lose_what_they_had() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        keep(&path).unwrap();
        fs::write(&path, b"").unwrap();
        for before in 0..=0o777 {
            fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
            keep(&path).unwrap();
            assert_eq!(mode(&path).unwrap(), before & 0o700);
        }
    }

    #[test]
    fn a_folder_is_refused_where_others_could_exchange_its_files() {
        let folder = tempfile::tempdir().unwrap();
        for mode in 0o700..=0o777 {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(check_folder(folder.path()).is_ok(), mode & 0o022 == 0, "{mode:o}");
        }
    }
}
