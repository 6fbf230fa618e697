//! Confirming who a person is, as somebody who did not invite them.

use basis::{Actor, PersonId, Refusal};
use ledger::events::Events;
use storage::Organisation;

use super::Confirm;
use super::enrol::{check_name, existing};
use crate::rules::{Confirmed, Person, Standing, check_confirmation, check_in_person};
use crate::store;

/// Records that the actor knows the person who accepted this invitation to be who they are said to be, and `how`. It is
/// the number of the last that was accepted: of any other the actor was told before something changed. Confirming again what was confirmed records nothing.
pub fn confirm(
    organisation: &Organisation,
    actor: &Actor,
    person: PersonId,
    invitation: u64,
    how: &str,
) -> Result<Person, Refusal> {
    let mut tx = organisation.begin("people.confirm")?;
    let policy = policy::current(&tx.view())?;
    actor.may::<Confirm>(person, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    check_in_person(actor, within, organisation.now(), "confirming a person")?;
    let (by, before) = (existing(&tx.view(), actor.person)?, existing(&tx.view(), person)?);
    let accesses = store::accesses_of(&tx.view(), person)?;
    check_confirmation(&by, &before, &accesses, invitation)?;
    if before.standing != Standing::Confirmed {
        let reason = check_name(how)?;
        let confirmed = Confirmed {
            person,
            reason,
            invitation: Some(invitation),
        };
        tx.record(actor, Events::one(confirmed))?;
    }
    let after = existing(&tx.view(), person)?;
    tx.commit()?;
    Ok(after)
}
