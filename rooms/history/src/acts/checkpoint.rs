//! Signing the head of the ledger for somebody who keeps it.

use basis::{Actor, Refusal};
use ledger::events::Events;
use storage::Organisation;

use super::Give;
use crate::rules::CheckpointRequested;
use crate::store;

/// Records who asks and signs the head (C2SP checkpoint). Whoever keeps it can later be shown that the ledger went on
/// from there.
///
/// # Errors
/// A refusal of class `Forbidden` without the authority to give the record away.
pub fn checkpoint(organisation: &Organisation, actor: &Actor) -> Result<String, Refusal> {
    let mut tx = organisation.begin("history.checkpoint")?;
    let checkpoint = store::next_checkpoint_id(&tx.view())?;
    actor.may::<Give>(checkpoint, policy::current(&tx.view())?.authority())?;
    tx.record(actor, Events::one(CheckpointRequested { checkpoint }))?;
    tx.commit()?;
    Ok(organisation.checkpoint()?)
}
