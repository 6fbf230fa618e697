//! What people do about findings: one use case, one file.

mod advisories;
mod browse;
mod exploited;
mod import;
mod latest;
mod matching;
mod note;
mod read;
mod survey;
mod tickets;

pub use advisories::{ADVISORIES_BYTES_MAX, Loaded, load_advisories};
pub use browse::{Figures, browse, figures};
pub use exploited::{EXPLOITED_BYTES_MAX, ListChange, load_exploited};
pub use import::{Import, import_nessus};
pub use latest::latest;
pub use matching::{MatchOutcome, match_asset, match_assets};
pub use read::{Filter, Ranked, Shown, feeds, list, priorities, scans, show};
pub use tickets::{mark_ticketed, release};

use basis::{Class, Refusal};
use storage::{Organisation, StorageError, StoredBlob};

/// Refuses a file whose first bytes say that it is of another kind than what is `wanted`.
fn check_kind(first: &[u8], wanted: &str) -> Result<(), Refusal> {
    match formats::kinds::foreign(first) {
        Some(kind) => {
            Err(Refusal::new(Class::Invalid, "kind of file", kind.to_string()).way_out(kind.way_out(wanted)))
        }
        None => Ok(()),
    }
}

/// Where the working copy of a file could not be used.
fn file_fault(error: &std::io::Error) -> Refusal {
    Refusal::new(
        Class::Outside,
        "upload",
        format!("the file that was sent could not be read: {error}"),
    )
    .way_out("look at the free space on the server's disk, then send the file again")
}

/// Takes stored files away again whose act was refused. If this fails as well, `tagout doctor` finds them.
fn discard(organisation: &Organisation, blobs: &[StoredBlob]) {
    for blob in blobs {
        let _ = organisation.destroy_blob(&blob.sha256);
    }
}

fn unwritable(error: &serde_json::Error) -> StorageError {
    StorageError::Event(error.to_string())
}
