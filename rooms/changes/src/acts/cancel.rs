//! Cancels a change before work began.

use basis::{Actor, Refusal};
use storage::{By, Organisation};

use super::existing;
use crate::rules::{self, Cancel, Change, ChangeId};

/// Gives the change up, with the reason.
pub fn cancel(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    reason: &str,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.cancel")?;
    let change = existing(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    let authority = actor.may::<Cancel>(id, policy.authority())?;
    let events = rules::cancel(&authority, &change, reason.to_owned())?;
    tx.record(actor, events)?;
    findings::release(&mut tx, &By::from(actor), &id.into())?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}
