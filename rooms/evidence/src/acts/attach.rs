//! Ties a stored file to what it is about, inside the transaction of another act.

use basis::{Class, Refusal};
use ledger::events::Events;
use storage::{By, StorageError, Tx};

use crate::rules::{self, EvidenceId, NewEvidence};
use crate::store;

/// Adds evidence in the caller's transaction, on the caller's authority. Answers its id.
///
/// # Errors
/// [`StorageError::Refused`] when the evidence is about nothing, comes from the future, or its stored file is evidence
/// already.
pub fn attach(tx: &mut Tx<'_>, by: &By, new: NewEvidence) -> Result<EvidenceId, StorageError> {
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
