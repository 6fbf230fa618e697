//! Ties findings to the change that is meant to mend them, inside the transaction of that change.

use basis::{Class, Refusal, Subject};
use ledger::events::Events;
use storage::{By, StorageError, Tx};

use crate::rules::{FINDINGS_PER_EVENT_MAX, FindingId, Released, State, Ticketed};
use crate::store;

/// Ties findings to a change in the caller's transaction. What is tied to it already stays as it is.
///
/// # Errors
/// [`StorageError::Refused`] when a finding does not exist, is remediated, or is tied to another change.
pub fn mark_ticketed(
    tx: &mut Tx<'_>,
    by: &By,
    findings: &[FindingId],
    change: Subject,
) -> Result<(), StorageError> {
    let refused = |class, what: String, way_out: &str| {
        StorageError::Refused(Refusal::new(class, "findings", what).way_out(way_out))
    };
    let mut new = Vec::new();
    for id in findings {
        let finding = store::find(&tx.view(), *id)?.ok_or_else(|| {
            refused(
                Class::NotFound,
                format!("there is no finding {id}"),
                "`tagout finding list` shows them",
            )
        })?;
        if finding.state == State::Remediated {
            let what = format!("{id} is remediated; nothing is left to change");
            return Err(refused(Class::Conflict, what, "leave it out of the change"));
        }
        match &finding.change {
            Some(other) if *other != change => {
                let what = format!("{id} is to be mended by {other}");
                return Err(refused(
                    Class::Conflict,
                    what,
                    "leave it out, or cancel the other change first",
                ));
            }
            Some(_) => {}
            None => new.push(*id),
        }
    }
    new.sort();
    new.dedup();
    for findings in new.chunks(FINDINGS_PER_EVENT_MAX) {
        let event = Ticketed {
            change: change.clone(),
            findings: findings.to_vec(),
        };
        tx.record(by.clone(), Events::one(event))?;
    }
    Ok(())
}

/// Lets go of the findings of a change that ended, in the caller's transaction: what it did not mend is open again.
///
/// # Errors
/// Only what storage says.
pub fn release(tx: &mut Tx<'_>, by: &By, change: &Subject) -> Result<(), StorageError> {
    let left = store::of_change(&tx.view(), change)?;
    if left.iter().all(|finding| finding.state == State::Remediated) {
        return Ok(());
    }
    tx.record(
        by.clone(),
        Events::one(Released {
            change: change.clone(),
        }),
    )
}
