//! What can go wrong between an act and its rows.

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
