//! Choosing a password while signed in, and doing without one.

use basis::{Actor, Class, Refusal};
use ledger::events::Events;
use storage::Organisation;

use super::accept::{ChosenPassword, hash_context, totp_context};
use super::enrol::existing;
use super::recovery::new_codes;
use super::sessions::{end_those_of, present_sign_in};
use crate::rules::{Credential, PasswordRemoved, PasswordSet, check_in_person};
use crate::store;

/// Sets, or sets anew, the actor's password and one-time codes, and ends every other sign-in that rests on the old ones. Answers new recovery codes, this once.
pub fn set_password(
    organisation: &Organisation,
    actor: &Actor,
    chosen: &ChosenPassword<'_>,
) -> Result<Vec<String>, Refusal> {
    let prepared = chosen.prepare(organisation)?;
    let mut tx = organisation.begin("people.set_password")?;
    let terms = policy::current(&tx.view())?.sign_in_terms();
    check_in_person(actor, terms.step_up, organisation.now(), "choosing a password")?;
    let person = existing(&tx.view(), actor.person)?;
    let step = prepared.check(organisation, &person)?;
    let set = PasswordSet {
        person: person.id,
        sealed_hash: organisation.seal_credential(&hash_context(person.id), &prepared.hash),
        sealed_totp_secret: organisation
            .seal_credential(&totp_context(person.id), prepared.secret.as_bytes()),
        step,
    };
    let (codes, made) = new_codes(organisation, person.id);
    tx.record(actor, Events::one(set).and(made))?;
    end_those_of(&mut tx, actor, Credential::Password, present_sign_in(actor))?;
    tx.commit()?;
    Ok(codes)
}

/// Takes the actor's password, one-time codes and recovery codes away, and ends every sign-in that rests on them; a passkey
/// must be there.
pub fn remove_password(organisation: &Organisation, actor: &Actor) -> Result<(), Refusal> {
    let mut tx = organisation.begin("people.remove_password")?;
    let terms = policy::current(&tx.view())?.sign_in_terms();
    check_in_person(
        actor,
        terms.step_up,
        organisation.now(),
        "taking the password away",
    )?;
    let ways = store::ways_in(&tx.view(), actor.person)?;
    if !ways.has_password {
        return Err(Refusal::new(Class::Conflict, "password", "you have none")
            .way_out("choose one if you want to sign in with it"));
    }
    ways.check_without_password()?;
    let removed = PasswordRemoved { person: actor.person };
    tx.record(actor, Events::one(removed))?;
    end_those_of(&mut tx, actor, Credential::Password, None)?;
    tx.commit()?;
    Ok(())
}
