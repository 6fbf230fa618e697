//! Enrolling and revoking the keys with which people sign approvals.

use basis::{Actor, Class, Refusal};
use ledger::events::Events;
use storage::Organisation;

use super::enrol::check_name;
use super::{EnrolKey, RevokeKey};
use crate::rules::{KeyEnrolled, KeyId, KeyRevoked, SigningKey, check_in_person, prove_possession};
use crate::store;

/// Enrols a signing key of the actor, who proves by a signature that they hold it.
pub fn enrol_key(
    organisation: &Organisation,
    actor: &Actor,
    key: &str,
    signature: &str,
) -> Result<SigningKey, Refusal> {
    let key = prove_possession(organisation.origin(), actor.person, key, signature)?;
    let mut tx = organisation.begin("people.enrol_key")?;
    let policy = policy::current(&tx.view())?;
    let key_id = store::next_key_id(&tx.view())?;
    actor.may::<EnrolKey>(key_id, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    check_in_person(actor, within, organisation.now(), "enrolling a signing key")?;
    if let Some(other) = store::signing_key_by_text(&tx.view(), &key.openssh())? {
        let what = format!(
            "this key was enrolled before, as {} of {}",
            other.id, other.person
        );
        return Err(Refusal::new(Class::Conflict, "signing key", what)
            .way_out("make another with `ssh-keygen -t ed25519`; a key belongs to one person for ever"));
    }
    let event = KeyEnrolled {
        person: actor.person,
        key_id,
        key: key.openssh(),
        fingerprint: key.fingerprint(),
    };
    tx.record(actor, Events::one(event))?;
    let enrolled = store::signing_key(&tx.view(), key_id)?;
    tx.commit()?;
    enrolled.ok_or_else(|| Refusal::new(Class::Fault, "signing key", "the key was not stored"))
}

/// Revokes a signing key: one's own, or anybody's by those whom the policy allows it.
pub fn revoke_key(
    organisation: &Organisation,
    actor: &Actor,
    id: KeyId,
    reason: &str,
) -> Result<SigningKey, Refusal> {
    let mut tx = organisation.begin("people.revoke_key")?;
    let missing = || {
        Refusal::new(Class::NotFound, "signing key", format!("there is no key {id}"))
            .way_out("`tagout key list` shows your keys")
    };
    let key = store::signing_key(&tx.view(), id)?.ok_or_else(missing)?;
    if key.person != actor.person {
        let policy = policy::current(&tx.view())?;
        actor.may::<RevokeKey>(id, policy.authority())?;
        let within = policy.sign_in_terms().step_up;
        check_in_person(
            actor,
            within,
            organisation.now(),
            "revoking a key of somebody else",
        )?;
    }
    if key.revoked_at.is_none() {
        tx.record(
            actor,
            Events::one(KeyRevoked {
                person: key.person,
                key_id: id,
                reason: check_name(reason)?,
            }),
        )?;
    }
    let revoked = store::signing_key(&tx.view(), id)?;
    tx.commit()?;
    revoked.ok_or_else(missing)
}
