//! Declares a draft final.

use basis::{Actor, Refusal};
use storage::Organisation;

use crate::acts::the_evidence;
use crate::rules::{self, Add, Evidence, EvidenceId};

/// Declares a draft final; from then on it proves something. Doing it again changes nothing.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, or `Conflict` when it was destroyed.
pub fn finalise(organisation: &Organisation, actor: &Actor, id: EvidenceId) -> Result<Evidence, Refusal> {
    let mut tx = organisation.begin("evidence.finalise")?;
    let evidence = the_evidence(&tx.view(), id)?;
    let authority = actor.may::<Add>(id, policy::current(&tx.view())?.authority())?;
    tx.record(actor, rules::finalise(&evidence, &authority)?)?;
    let evidence = the_evidence(&tx.view(), id)?;
    tx.commit()?;
    Ok(evidence)
}
