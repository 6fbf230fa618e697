//! Gives a change the plan that the runs room made for it.

use storage::{By, StorageError, Tx};

use super::existing;
use crate::rules::{self, ChangeId, PlanRef};

/// Attaches a plan in the caller's transaction, on the caller's authority. After submission this makes a new revision, and
/// every decision on the one before falls.
///
/// # Errors
/// [`StorageError::Refused`] when there is no such change or it can no longer be edited.
pub fn attach_plan(tx: &mut Tx<'_>, by: &By, id: ChangeId, plan: PlanRef) -> Result<(), StorageError> {
    let change = existing(&tx.view(), id).map_err(StorageError::Refused)?;
    let events = rules::attach_plan(&change, plan).map_err(StorageError::Refused)?;
    tx.record(by.clone(), events)
}
