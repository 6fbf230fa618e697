//! Ties a stored file to what it is about, inside the transaction of another act.

use basis::{Class, Refusal, Subject, Time};
use ledger::events::Events;
use policy::EvidenceKind;
use storage::{By, StorageError, StoredBlob, Tx};

use crate::rules::{self, Claim, EvidenceId, EvidenceName, MediaType, StoredFile};
use crate::store;

/// Evidence that is about to be added.
#[derive(Debug, Clone)]
pub struct NewEvidence {
    /// The name of the file.
    pub name: EvidenceName,
    /// What kind of file it is.
    pub media_type: MediaType,
    /// What it shows.
    pub kind: EvidenceKind,
    /// The file, already in the vault. One stored file becomes one piece of evidence.
    pub blob: StoredBlob,
    /// What it is about: change, asset, run, finding, person; at most 200.
    pub about: Vec<Subject>,
    /// The assessment objectives that it serves, such as `r2:3.4.3[c]`.
    pub objectives: Vec<String>,
    /// Whether it is in final form. A draft proves nothing (32 CFR 170.24(b)).
    pub is_final: bool,
    /// When what it shows was true.
    pub taken_at: Time,
}

impl From<NewEvidence> for Claim {
    fn from(new: NewEvidence) -> Self {
        Self {
            name: new.name,
            media_type: new.media_type,
            kind: new.kind,
            blob: StoredFile {
                sha256: new.blob.sha256,
                size: new.blob.size,
                clear_sha256: new.blob.clear_sha256,
                clear_size: new.blob.clear_size,
            },
            about: new.about,
            objectives: new.objectives,
            is_final: new.is_final,
            taken_at: new.taken_at,
        }
    }
}

/// Adds evidence in the caller's transaction, on the caller's authority. Answers its id.
///
/// # Errors
/// [`StorageError::Refused`] when the evidence is about nothing, comes from the future, or its stored file is evidence
/// already.
pub fn attach(tx: &mut Tx<'_>, by: &By, new: NewEvidence) -> Result<EvidenceId, StorageError> {
    let new = Claim::from(new);
    rules::check_new(&new, tx.organisation().now()).map_err(StorageError::Refused)?;
    if let Some(known) = store::find_by_stored_blob(&tx.view(), &new.blob.sha256)? {
        let what = format!("the stored file is evidence already, as {known}");
        return Err(StorageError::Refused(
            Refusal::new(Class::Conflict, "evidence", what)
                .way_out("store the file again to make it evidence again"),
        ));
    }
    let id = store::next_evidence_id(&tx.view())?;
    tx.record(by.clone(), Events::one(rules::added(id, new)))?;
    Ok(id)
}
