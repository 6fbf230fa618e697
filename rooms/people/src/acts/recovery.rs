//! Recovery codes: made anew, shown once, counted.

use basis::{Actor, Class, PersonId, Refusal, Time};
use ledger::events::Events;
use storage::Organisation;

use super::sessions::{end_those_of, present_sign_in};
use crate::rules::{
    Credential, RECOVERY_CODES, RecoveryCodesMade, check_in_person, new_recovery_code, recovery_hash,
};
use crate::store;

/// How the recovery codes of a person stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryCodes {
    /// How many are left.
    pub left: usize,
    /// When they were made; nothing where there never were any.
    pub made_at: Option<Time>,
}

/// New codes, and the event that keeps their hashes.
pub(super) fn new_codes(organisation: &Organisation, person: PersonId) -> (Vec<String>, RecoveryCodesMade) {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| new_recovery_code(organisation.chance()))
        .collect();
    let sha256s = codes
        .iter()
        .filter_map(|code| recovery_hash(person, code))
        .collect();
    (codes, RecoveryCodesMade { person, sha256s })
}

/// Makes new recovery codes for the actor; earlier ones end, and so do other sign-ins that rest on one of them. They are answered this once.
pub fn make_recovery_codes(organisation: &Organisation, actor: &Actor) -> Result<Vec<String>, Refusal> {
    let mut tx = organisation.begin("people.make_recovery_codes")?;
    let terms = policy::current(&tx.view())?.sign_in_terms();
    check_in_person(actor, terms.step_up, organisation.now(), "making recovery codes")?;
    if store::password(&tx.view(), actor.person)?.is_none() {
        let what =
            "a recovery code stands in for a one-time code, together with the password, and you have none";
        return Err(Refusal::new(Class::Conflict, "recovery codes", what)
            .way_out("enrol a second passkey instead, or choose a password first"));
    }
    let (codes, made) = new_codes(organisation, actor.person);
    tx.record(actor, Events::one(made))?;
    end_those_of(&mut tx, actor, Credential::RecoveryCode, present_sign_in(actor))?;
    tx.commit()?;
    Ok(codes)
}

/// How many recovery codes the actor has left.
pub fn own_recovery_codes(organisation: &Organisation, actor: &Actor) -> Result<RecoveryCodes, Refusal> {
    let codes = organisation.view(|view| store::recovery_codes(view, actor.person))?;
    Ok(RecoveryCodes {
        left: codes.iter().filter(|code| code.used_at.is_none()).count(),
        made_at: codes.first().map(|code| code.made_at),
    })
}
