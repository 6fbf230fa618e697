//! Destroys the content of evidence.

use basis::{Actor, Refusal};
use storage::Organisation;

use crate::acts::the_evidence;
use crate::rules::{self, Destroy, Evidence, EvidenceId};

/// Destroys the content for a reason that stays on record. The file goes once the record is on disk.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, `Invalid` without a reason, or `Conflict` when it was destroyed before.
pub fn destroy(
    organisation: &Organisation,
    actor: &Actor,
    id: EvidenceId,
    reason: &str,
) -> Result<Evidence, Refusal> {
    let mut tx = organisation.begin("evidence.destroy")?;
    let evidence = the_evidence(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    let authority = actor.may::<Destroy>(id, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    people::check_in_person(actor, within, organisation.now(), "destroying evidence")?;
    tx.record(actor, rules::destroy(&evidence, reason, &authority)?)?;
    let destroyed = the_evidence(&tx.view(), id)?;
    tx.commit()?;
    organisation.destroy_blob(&evidence.blob.sha256)?;
    Ok(destroyed)
}
