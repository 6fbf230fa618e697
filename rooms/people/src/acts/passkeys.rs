//! Enrolling and revoking passkeys and security keys, and what a browser sends of them.

use basis::{Actor, Class, PersonId, Refusal};
use formats::webauthn::{Credential, Expected, Registration};
use ledger::events::Events;
use storage::{Organisation, View};

use super::challenges::{Challenge, Purpose, challenge, name_of, recall};
use super::enrol::{check_name, existing};
use super::sessions::end_those_of;
use crate::rules::{
    Passkey, PasskeyEnrolled, PasskeyId, PasskeyRevoked, Person, check_in_person, check_passkey_name,
};
use crate::{rules, store};

/// Where passkeys belong to: the host name, and the address of the pages as browsers see it.
#[derive(Debug, Clone, Copy)]
pub struct RelyingParty<'a> {
    /// The host name, such as `tagout.example`.
    pub id: &'a str,
    /// The origin, such as `https://tagout.example:8443`.
    pub origin: &'a str,
}

/// A passkey that a browser has made, as it sends it.
pub struct NewPasskey<'a> {
    /// The ticket of the challenge.
    pub ticket: &'a str,
    /// What its person calls it.
    pub name: &'a str,
    /// `clientDataJSON`.
    pub client_data: &'a [u8],
    /// `attestationObject`.
    pub attestation_object: &'a [u8],
}

/// What a page needs to have a passkey made.
#[derive(Debug, Clone)]
pub struct PasskeyOffer {
    /// What the passkey signs, and the ticket that comes back.
    pub challenge: Challenge,
    /// Whose it will be.
    pub person: Person,
    /// The passkeys that they have already, by the names that browsers know them by.
    pub known: Vec<Vec<u8>>,
}

/// The bytes by which a passkey knows its person. They say nothing to who does not know the organisation.
pub fn user_handle(person: PersonId) -> Vec<u8> {
    person.to_string().into_bytes()
}

/// The names by which browsers find these passkeys, revoked ones left out.
pub(super) fn credentials_of(view: &View<'_>, person: PersonId) -> Result<Vec<Vec<u8>>, Refusal> {
    let passkeys = store::passkeys_of(view, person)?;
    let live = passkeys.iter().filter(|passkey| passkey.revoked_at.is_none());
    Ok(live
        .filter_map(|passkey| hex::decode(&passkey.credential).ok())
        .collect())
}

/// What a page needs to make a passkey for the actor.
pub fn offer_passkey(organisation: &Organisation, actor: &Actor) -> Result<PasskeyOffer, Refusal> {
    let (person, known) = organisation.view(|view| {
        let known = credentials_of(view, actor.person)?;
        Ok::<_, Refusal>((existing(view, actor.person)?, known))
    })?;
    Ok(PasskeyOffer {
        challenge: challenge(organisation, Purpose::Enrolment(actor.person)),
        person,
        known,
    })
}

/// A new passkey whose every part was checked.
pub(super) struct Checked {
    credential: Credential,
    name: String,
    /// The challenge, as SHA-256.
    challenge: String,
}

/// Checks a new passkey against the challenge that was given for this purpose.
pub(super) fn check_new(
    organisation: &Organisation,
    purpose: Purpose,
    party: &RelyingParty<'_>,
    new: &NewPasskey<'_>,
) -> Result<Checked, Refusal> {
    let challenge = recall(organisation, purpose, new.ticket)?;
    let expected = Expected {
        challenge: &challenge,
        origin: party.origin,
        rp_id: party.id,
    };
    let credential = Registration::read(new.client_data, new.attestation_object)
        .and_then(|registration| registration.verify(&expected))
        .map_err(|error| {
            Refusal::new(
                Class::Invalid,
                "passkey",
                format!("the passkey cannot be enrolled: {error}"),
            )
            .way_out("load the page again and try once more, with another passkey if need be")
        })?;
    Ok(Checked {
        credential,
        name: check_passkey_name(new.name)?,
        challenge: name_of(&challenge),
    })
}

impl Checked {
    /// The event that enrols it for this person.
    pub(super) fn enrolled(&self, view: &View<'_>, person: PersonId) -> Result<PasskeyEnrolled, Refusal> {
        let credential = hex::encode(&self.credential.id);
        if store::is_challenge_used(view, &self.challenge)? {
            let what = "this answer was sent before";
            return Err(Refusal::new(Class::Conflict, "passkey", what)
                .way_out("look whether the passkey is in your list; if not, load the page again"));
        }
        if store::passkey_by_credential(view, &credential)?.is_some() {
            let what = "this passkey was enrolled before, and belongs to one person for ever";
            return Err(Refusal::new(Class::Conflict, "passkey", what).way_out("make another one"));
        }
        Ok(PasskeyEnrolled {
            person,
            passkey: store::next_passkey_id(view)?,
            name: self.name.clone(),
            credential,
            key: self.credential.key.openssh(),
            counter: self.credential.counter,
            is_backup_eligible: self.credential.is_backup_eligible,
            challenge: self.challenge.clone(),
        })
    }
}

/// Enrols a passkey of the actor, who has proved lately who they are.
pub fn enrol_passkey(
    organisation: &Organisation,
    actor: &Actor,
    party: &RelyingParty<'_>,
    new: &NewPasskey<'_>,
) -> Result<Passkey, Refusal> {
    let checked = check_new(organisation, Purpose::Enrolment(actor.person), party, new)?;
    let mut tx = organisation.begin("people.enrol_passkey")?;
    let terms = policy::current(&tx.view())?.sign_in_terms();
    check_in_person(actor, terms.step_up, organisation.now(), "enrolling a passkey")?;
    store::ways_in(&tx.view(), actor.person)?.check_one_more()?;
    let enrolled = checked.enrolled(&tx.view(), actor.person)?;
    let id = enrolled.passkey;
    tx.record(actor, Events::one(enrolled))?;
    let passkey = store::passkey(&tx.view(), id)?;
    tx.commit()?;
    passkey.ok_or_else(|| missing(id))
}

fn missing(id: PasskeyId) -> Refusal {
    let what = format!("there is no passkey {id} of yours");
    Refusal::new(Class::NotFound, "passkey", what).way_out("`tagout passkey list` shows your passkeys")
}

/// Revokes a passkey of the actor and ends every sign-in that rests on it; the last way in stays. Revoking again what was revoked records nothing.
pub fn revoke_passkey(
    organisation: &Organisation,
    actor: &Actor,
    id: PasskeyId,
    reason: &str,
) -> Result<Passkey, Refusal> {
    let mut tx = organisation.begin("people.revoke_passkey")?;
    let passkey = store::passkey(&tx.view(), id)?.filter(|passkey| passkey.person == actor.person);
    let passkey = passkey.ok_or_else(|| missing(id))?;
    let terms = policy::current(&tx.view())?.sign_in_terms();
    check_in_person(actor, terms.step_up, organisation.now(), "revoking a passkey")?;
    if passkey.revoked_at.is_none() {
        store::ways_in(&tx.view(), actor.person)?.check_without_a_passkey()?;
        let revoked = PasskeyRevoked {
            person: actor.person,
            passkey: id,
            reason: check_name(reason)?,
        };
        tx.record(actor, Events::one(revoked))?;
        end_those_of(&mut tx, actor, rules::Credential::Passkey(id), None)?;
    }
    let passkey = store::passkey(&tx.view(), id)?;
    tx.commit()?;
    passkey.ok_or_else(|| missing(id))
}

/// The actor's passkeys, revoked ones included, in the order of enrolment.
pub fn own_passkeys(organisation: &Organisation, actor: &Actor) -> Result<Vec<Passkey>, Refusal> {
    organisation.view(|view| Ok(store::passkeys_of(view, actor.person)?))
}
