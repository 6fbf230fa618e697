//! Adds a file that a person hands in.

use basis::{Actor, Refusal};
use storage::{By, Organisation};

use crate::acts::{NewEvidence, attach, the_evidence};
use crate::rules::{Add, Evidence};
use crate::store;

/// Adds evidence whose file is already in the vault.
///
/// # Errors
/// A refusal of class `Forbidden` without authority, `Invalid` when the evidence is about nothing or from the future.
pub fn add(organisation: &Organisation, actor: &Actor, new: NewEvidence) -> Result<Evidence, Refusal> {
    let mut tx = organisation.begin("evidence.add")?;
    let id = store::next_evidence_id(&tx.view())?;
    actor.may::<Add>(id, policy::current(&tx.view())?.authority())?;
    let id = attach(&mut tx, &By::from(actor), new)?;
    let evidence = the_evidence(&tx.view(), id)?;
    tx.commit()?;
    Ok(evidence)
}
