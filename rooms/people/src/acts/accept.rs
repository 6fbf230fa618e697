//! Accepting an invitation: the one-time code is exchanged for a password and one-time codes of one's own.

use std::collections::BTreeSet;

use basis::{Actor, Authentication, Class, Id, PersonId, Refusal};
use ledger::events::Events;
use storage::Organisation;

use super::enrol::existing;
use super::secrets;
use crate::rules::{CredentialsSet, Person, Secret, check_password_form, hash_password};
use crate::store;

/// What a person sends to accept an invitation.
pub struct Acceptance<'a> {
    /// The one-time code.
    pub invitation: &'a str,
    /// The password they choose.
    pub password: &'a str,
    /// The secret for one-time codes that their authenticator holds, in base32.
    pub totp_secret: &'a str,
    /// A code from it, to prove that it works.
    pub totp_code: &'a str,
}

fn refused() -> Refusal {
    Refusal::new(
        Class::Unauthenticated,
        "invitation",
        "this invitation is not good, or no longer",
    )
    .way_out("ask an administrator for a new one: `tagout people invite HANDLE`")
}

/// Seals what may be sealed only for this person.
pub(super) fn hash_context(person: PersonId) -> String {
    format!("password hash of {person}")
}

/// Seals what may be sealed only for this person.
pub(super) fn totp_context(person: PersonId) -> String {
    format!("one-time code secret of {person}")
}

/// Sets password and one-time codes for the person whose invitation this is.
pub fn accept(organisation: &Organisation, acceptance: &Acceptance<'_>) -> Result<Person, Refusal> {
    let invitation = acceptance.invitation.trim();
    let (person, _) = invitation.split_once('.').ok_or_else(refused)?;
    let id = PersonId::parse(person).map_err(|_| refused())?;
    let secret = Secret::from_base32(acceptance.totp_secret)?;
    // Hashing takes long, so it is done before the transaction.
    let hash = hash_password(acceptance.password, organisation.chance().sixteen());

    let mut tx = organisation.begin("people.accept_invitation")?;
    let now = organisation.now();
    let stored = store::invitation(&tx.view(), id)?.ok_or_else(refused)?;
    if now >= stored.expires_at || !secrets::matches(invitation, &stored.sha256) {
        return Err(refused());
    }
    let person = existing(&tx.view(), id)?;
    check_password_form(acceptance.password, person.handle.as_str())?;
    let step = secret.step_of(acceptance.totp_code, now, 0).ok_or_else(|| {
        Refusal::new(
            Class::Invalid,
            "one-time codes",
            "the code does not belong to the secret at this time",
        )
        .way_out(
            "compare the clocks of this machine and of the authenticator, then type the code it shows now",
        )
    })?;
    let actor = Actor {
        person: id,
        authentication: Authentication::Invitation,
        roles: BTreeSet::new(),
        scope: None,
    };
    let event = CredentialsSet {
        person: id,
        sealed_hash: organisation.seal_credential(&hash_context(id), &hash),
        sealed_totp_secret: organisation.seal_credential(&totp_context(id), secret.as_bytes()),
        step,
    };
    tx.record(&actor, Events::one(event))?;
    tx.commit()?;
    Ok(person)
}
