//! What can go wrong between an act and its rows.

use std::io::ErrorKind;

use basis::{Class, Refusal};

use crate::VaultError;

/// A stored row that makes no sense. It is never replaced by a default.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stored data is damaged: {place}: {what}")]
pub struct DataError {
    /// Table and column, or the entry.
    pub place: String,
    /// What was found there.
    pub what: String,
}

/// Why storage did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database driver said no.
    #[error("the database said: {0}")]
    Database(#[from] rusqlite::Error),
    /// A row or an entry makes no sense.
    #[error(transparent)]
    Data(#[from] DataError),
    /// An event could not be written canonically.
    #[error("an event could not be written: {0}")]
    Event(String),
    /// A commit or a flush failed: nothing more is accepted until the database was reopened and its head verified.
    #[error("an earlier write failed ({0}); nothing is accepted until the database is reopened and verified")]
    Stopped(String),
    /// The commit that was to bring this act to the disk failed: it may have got there or not.
    #[error("a write failed ({0}), so it is not known whether this act was recorded")]
    InDoubt(String),
    /// The high-water mark and the database disagree.
    #[error("{0}")]
    Standing(Refusal),
    /// A file of the data directory could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The vault said no.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A rule found by storage itself was broken, such as a second process on one data directory.
    #[error("{0}")]
    Refused(Refusal),
}

impl StorageError {
    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        StorageError::File {
            path: path.display().to_string(),
            source,
        }
    }

    /// The same for whoever works on the data directory itself: they may know the path, and the operating system's words
    /// are the cause that they look for.
    pub(crate) fn on_the_spot(self) -> Self {
        let StorageError::File { path, source } = &self else {
            return self;
        };
        let (words, way_out) = match source.kind() {
            ErrorKind::PermissionDenied => (
                "permission denied".to_owned(),
                "run it as the user whom the directory belongs to, or name a directory of your own with `--data`",
            ),
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory => (
                "a file is there and not a directory".to_owned(),
                "name a directory with `--data`",
            ),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => (
                source.kind().to_string(),
                "make room on its disk, or name a directory on another with `--data`",
            ),
            ErrorKind::ReadOnlyFilesystem => (
                "its disk can only be read".to_owned(),
                "name a directory on another disk with `--data`",
            ),
            _ => (
                source.to_string(),
                "look at the path and its disk, or name another directory with `--data`",
            ),
        };
        StorageError::Refused(
            Refusal::new(Class::Outside, "data directory", format!("`{path}`: {words}")).way_out(way_out),
        )
    }

    /// The refusal that a person is shown. The details belong in the log: they may name paths and SQL.
    pub fn refusal(&self) -> Refusal {
        match self {
            StorageError::Standing(refusal) | StorageError::Refused(refusal) => refusal.clone(),
            StorageError::Data(error) => Refusal::new(Class::Fault, "stored data", error.to_string())
                .way_out("run `tagout doctor` on the machine that holds the data directory"),
            StorageError::Stopped(_) => Refusal::new(
                Class::Fault,
                "fail-stop",
                "an earlier write failed, so nothing is accepted until the database was verified",
            )
            .way_out("look at the disk of the server, then restart `tagout serve`"),
            StorageError::InDoubt(_) => Refusal::new(
                Class::Fault,
                "fail-stop",
                "a write failed while this was being recorded, so it is not known whether it was",
            )
            .way_out("look at the disk of the server, restart `tagout serve`, then look whether it was recorded before doing it again"),
            StorageError::Vault(error) => Refusal::new(Class::Fault, "vault", error.to_string())
                .way_out("run `tagout doctor` on the machine that holds the data directory"),
            StorageError::Database(_) | StorageError::Event(_) | StorageError::File { .. } => Refusal::new(
                Class::Fault,
                "storage",
                "the record could not be read or written; nothing was changed",
            )
            .way_out("look into the server's log for the cause, and at free space on its disk"),
        }
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Refusal {
        error.refusal()
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::*;

    #[test]
    fn who_works_on_the_directory_is_told_path_cause_and_way_out() {
        for (kind, words, way_out) in [
            (ErrorKind::PermissionDenied, "permission denied", "as the user"),
            (ErrorKind::AlreadyExists, "a file is there", "name a directory"),
            (ErrorKind::StorageFull, "no storage space", "make room"),
            (
                ErrorKind::ReadOnlyFilesystem,
                "its disk can only be read",
                "another disk",
            ),
            (ErrorKind::TimedOut, "timed out", "look at the path"),
        ] {
            let error = StorageError::file(Path::new("/srv/data/origin"), io::Error::from(kind));
            assert!(
                !error.refusal().what.contains("/srv"),
                "not for who asks the server"
            );
            let told = error.on_the_spot().refusal();
            assert_eq!(told.class, Class::Outside);
            assert!(
                told.what.starts_with(&format!("`/srv/data/origin`: {words}")),
                "{told}"
            );
            assert!(told.way_out.join(" ").contains(way_out), "{told}");
        }
    }
}
