//! What the runs and the permits report, in their own transactions and on their own authority.

use basis::{PersonId, Refusal, Subject};
use ledger::events::Events;
use storage::{By, StorageError, Tx};

use super::existing;
use crate::rules::{self, Change, ChangeId};

fn note(
    tx: &mut Tx<'_>,
    by: &By,
    id: ChangeId,
    decide: impl FnOnce(&Change) -> Result<Events, Refusal>,
) -> Result<(), StorageError> {
    let change = existing(&tx.view(), id).map_err(StorageError::Refused)?;
    let events = decide(&change).map_err(StorageError::Refused)?;
    tx.record(by.clone(), events)
}

/// Notes that `person` works under the change. Called again for the same person it changes nothing.
///
/// # Errors
/// [`StorageError::Refused`] when the change has no window behind its approvals.
pub fn started(tx: &mut Tx<'_>, by: &By, id: ChangeId, person: PersonId) -> Result<(), StorageError> {
    note(tx, by, id, |change| rules::started(change, person))
}

/// Notes that `person` works on `asset` under the change: what was found on it before counts no longer.
///
/// # Errors
/// As [`started`].
pub fn worked_on(
    tx: &mut Tx<'_>,
    by: &By,
    id: ChangeId,
    person: PersonId,
    asset: &Subject,
) -> Result<(), StorageError> {
    note(tx, by, id, |change| rules::worked_on(change, person, asset))
}

/// Notes that the work is done and waits for verification.
///
/// # Errors
/// [`StorageError::Refused`] when no work is going on.
pub fn done(tx: &mut Tx<'_>, by: &By, id: ChangeId) -> Result<(), StorageError> {
    note(tx, by, id, rules::done)
}

/// Notes that the work was undone, and why.
///
/// # Errors
/// [`StorageError::Refused`] when there was nothing to undo.
pub fn rolled_back(tx: &mut Tx<'_>, by: &By, id: ChangeId, reason: String) -> Result<(), StorageError> {
    note(tx, by, id, |change| rules::rolled_back(change, reason))
}

/// Notes that the work failed, and why. Work may be resumed from there.
///
/// # Errors
/// [`StorageError::Refused`] when no work is going on.
pub fn failed(tx: &mut Tx<'_>, by: &By, id: ChangeId, reason: String) -> Result<(), StorageError> {
    note(tx, by, id, |change| rules::failed(change, reason))
}
