//! Taking a database for the true history though its high-water mark, or a clock that ran ahead, says otherwise.

use basis::{Actor, Class, Refusal, Time};
use ledger::events::Events;
use storage::{Organisation, Standing};

use super::Recover;
use crate::rules::Recovered;
use crate::store;

/// The latest time in the ledger, where that lies so far ahead of the clock that no work begins.
fn clock_was_ahead(organisation: &Organisation) -> Result<Option<Time>, Refusal> {
    organisation.view(
        |view| match policy::check_clock(organisation.clock_behind(view)?) {
            Ok(()) => Ok(None),
            Err(_) => Ok(view.latest_entry_time()?),
        },
    )
}

/// Records the recovery on the account of two people and accepts the database as it stands. Whoever holds a later signed
/// head can show ever after what was lost.
///
/// # Errors
/// A refusal of class `Conflict` when neither the mark nor the clock disagrees with the database or both are one person, `Invalid` without a
/// reason, `Forbidden` when one of them may not.
pub fn recover(
    organisation: &Organisation,
    first: &Actor,
    second: &Actor,
    reason: &str,
) -> Result<(), Refusal> {
    if first.person == second.person {
        return Err(Refusal::new(
            Class::Conflict,
            "two people",
            "a recovery takes two different people",
        )
        .missing("the sign-in of a second person")
        .way_out("ask another administrator or system owner to come to the keyboard"));
    }
    if reason.trim().is_empty() {
        return Err(
            Refusal::new(Class::Invalid, "recovery", "a recovery needs a reason")
                .way_out("say with `--reason` which copy was restored, and why"),
        );
    }
    let latest_entry = clock_was_ahead(organisation)?;
    let (mark_size, mark_root) = match organisation.standing() {
        Standing::Sound if latest_entry.is_some() => (None, None),
        Standing::Sound => {
            return Err(Refusal::new(
                Class::Conflict,
                "recovery",
                "the database holds the history that the mark knows, and no entry is later than the clock",
            )
            .way_out("start it with `tagout serve`; there is nothing to recover"));
        }
        Standing::Behind { mark, .. } | Standing::Forked { mark, .. } => (Some(mark.size), Some(mark.root)),
        Standing::MarkMissing => (None, None),
    };
    let mut tx = organisation.begin_recovery()?;
    let policy = policy::current(&tx.view())?;
    let recovery = store::next_recovery_id(&tx.view())?;
    first.may::<Recover>(recovery, policy.authority())?;
    second.may::<Recover>(recovery, policy.authority())?;
    let recovered = Recovered {
        recovery,
        database_size: tx.next_index(),
        mark_size,
        mark_root,
        latest_entry,
        reason: reason.trim().to_owned(),
        second: second.person,
    };
    tx.record(first, Events::one(recovered))?;
    tx.commit()?;
    Ok(organisation.accept_recovery()?)
}
