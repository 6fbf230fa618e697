//! Looks at permits and at what the gate answered.

use basis::{Actor, Refusal};
use changes::ChangeId;
use storage::Organisation;

use super::existing;
use crate::rules::{Permit, PermitId, Read};
use crate::store::{self, GateAnswer};

/// One permit.
pub fn show(organisation: &Organisation, actor: &Actor, id: PermitId) -> Result<Permit, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(id, policy::current(view)?.authority())?;
        existing(view, id)
    })
}

/// At most `limit` permits after `after`, oldest first.
pub fn list(
    organisation: &Organisation,
    actor: &Actor,
    after: Option<PermitId>,
    limit: u32,
) -> Result<Vec<Permit>, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        Ok(store::list(view, after, limit)?)
    })
}

/// Every permit issued under the change.
pub fn of_change(
    organisation: &Organisation,
    actor: &Actor,
    change: ChangeId,
) -> Result<Vec<Permit>, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(change, policy::current(view)?.authority())?;
        Ok(store::of_change(view, change)?)
    })
}

/// What the gate answered about the change, after the entry `after`.
pub fn asked_before(
    organisation: &Organisation,
    actor: &Actor,
    change: ChangeId,
    after: u64,
    limit: u32,
) -> Result<Vec<GateAnswer>, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(change, policy::current(view)?.authority())?;
        Ok(store::answers(view, change, after, limit)?)
    })
}
