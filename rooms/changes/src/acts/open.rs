//! Opens a change.

use basis::{Actor, Refusal};
use policy::ChangeType;
use storage::{By, Organisation};

use super::facts::tie_findings;
use super::{PartsEdit, existing};
use crate::rules::{self, Change, Open, Parts};
use crate::store;

/// Opens a draft; the actor asks for it.
pub fn open(
    organisation: &Organisation,
    actor: &Actor,
    title: &str,
    change_type: ChangeType,
    edit: &PartsEdit,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.open")?;
    let policy = policy::current(&tx.view())?;
    let id = store::next_change_id(&tx.view())?;
    let authority = actor.may::<Open>(id, policy.authority())?;
    let parts = edit.on(&tx.view(), Parts::titled(title.trim(), change_type))?;
    let events = rules::open(&authority, id, parts)?;
    tx.record(actor, events)?;
    let change = existing(&tx.view(), id)?;
    tie_findings(&mut tx, &By::from(actor), &change)?;
    tx.commit()?;
    Ok(change)
}
