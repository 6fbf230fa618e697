//! Accepting an invitation: the one-time code is exchanged for a way to sign in of one's own, a password with one-time codes
//! or a passkey.

use std::collections::BTreeSet;

use basis::{Actor, Authentication, Class, Id, PersonId, Proven, Refusal};
use ledger::events::Events;
use storage::{Organisation, View};

use super::challenges::{Purpose, challenge};
use super::enrol::existing;
use super::passkeys::{NewPasskey, PasskeyOffer, RelyingParty, check_new};
use super::recovery::new_codes;
use super::secrets;
use crate::rules::{
    CredentialsSet, InvitationAccepted, KeyRevoked, Person, Secret, check_password_form, hash_password,
};
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

/// An invitation that was accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// By whom.
    pub person: Person,
    /// Their recovery codes, shown this once; none for who chose no password.
    pub recovery_codes: Vec<String>,
}

/// A password and a secret for one-time codes that a person chooses.
pub struct ChosenPassword<'a> {
    /// The password.
    pub password: &'a str,
    /// The secret that their authenticator holds, in base32.
    pub totp_secret: &'a str,
    /// A code from it, to prove that it works.
    pub totp_code: &'a str,
}

/// The same, read and hashed.
pub(super) struct Prepared<'a> {
    chosen: &'a ChosenPassword<'a>,
    pub(super) hash: Vec<u8>,
    pub(super) secret: Secret,
}

impl ChosenPassword<'_> {
    /// Reads and hashes. Hashing takes long, so it is done before the transaction.
    pub(super) fn prepare(&self, organisation: &Organisation) -> Result<Prepared<'_>, Refusal> {
        let secret = Secret::from_base32(self.totp_secret)?;
        let hash = hash_password(self.password, organisation.chance().sixteen());
        Ok(Prepared {
            chosen: self,
            hash,
            secret,
        })
    }
}

impl Prepared<'_> {
    /// Refuses a weak password and a code that is not the secret's; answers the step of the code.
    pub(super) fn check(&self, organisation: &Organisation, person: &Person) -> Result<u64, Refusal> {
        check_password_form(self.chosen.password, person.handle.as_str())?;
        let step = self.secret.step_of(self.chosen.totp_code, organisation.now(), 0);
        step.ok_or_else(|| {
            Refusal::new(
                Class::Invalid,
                "one-time codes",
                "the code does not belong to the secret at this time",
            )
            .way_out(
                "compare the clocks of this machine and of the authenticator, then type the code it shows now",
            )
        })
    }
}

fn refused() -> Refusal {
    Refusal::new(
        Class::Unauthenticated,
        "invitation",
        "this invitation is not good, or no longer",
    )
    .way_out("if it was used already, sign in with the passkey or the password that was made with it")
    .way_out("else ask an administrator for a new one: `tagout people invite HANDLE`")
}

/// Seals what may be sealed only for this person.
pub(super) fn hash_context(person: PersonId) -> String {
    format!("password hash of {person}")
}

/// Seals what may be sealed only for this person.
pub(super) fn totp_context(person: PersonId) -> String {
    format!("one-time code secret of {person}")
}

/// Whose invitation a code says that it is.
fn person_named(invitation: &str) -> Result<PersonId, Refusal> {
    let (person, _) = invitation.split_once('.').ok_or_else(refused)?;
    PersonId::parse(person).map_err(|_| refused())
}

/// The person whose invitation this is, if it is good.
fn invited_person(organisation: &Organisation, view: &View<'_>, invitation: &str) -> Result<Person, Refusal> {
    let id = person_named(invitation)?;
    let stored = store::invitation(view, id)?.ok_or_else(refused)?;
    if organisation.now() >= stored.expires_at || !secrets::matches(invitation, &stored.sha256) {
        return Err(refused());
    }
    existing(view, id)
}

/// What the ledger says of signing keys that end with an invitation.
const KEYS_END: &str =
    "a new invitation was accepted, so who enrolled this key is no longer known to be its person";

/// The end of every signing key that the person still has, in events of their own: whoever verifies a signature reads those.
fn ended_keys(view: &View<'_>, person: PersonId) -> Result<Events, Refusal> {
    let mut ended = Events::none();
    let keys = store::signing_keys_of(view, person)?;
    for key in keys.iter().filter(|key| key.revoked_at.is_none()) {
        ended.push(KeyRevoked {
            person,
            key_id: key.id,
            reason: KEYS_END.to_owned(),
        });
    }
    Ok(ended)
}

fn actor_of(person: PersonId) -> Actor {
    Actor {
        person,
        authentication: Authentication::Invitation,
        proven: Proven::Now,
        roles: BTreeSet::new(),
        scope: None,
    }
}

/// What a page needs to show to whom an invitation is given, and to have a passkey made.
pub fn look_at_invitation(organisation: &Organisation, invitation: &str) -> Result<PasskeyOffer, Refusal> {
    let person = organisation.view(|view| invited_person(organisation, view, invitation.trim()))?;
    Ok(PasskeyOffer {
        challenge: challenge(organisation, Purpose::Acceptance(person.id)),
        person,
        known: Vec::new(),
    })
}

/// Sets password and one-time codes for the person whose invitation this is. Every way to sign in that they had ends, and
/// every signing key.
pub fn accept(organisation: &Organisation, acceptance: &Acceptance<'_>) -> Result<Accepted, Refusal> {
    let invitation = acceptance.invitation.trim();
    person_named(invitation)?;
    let chosen = ChosenPassword {
        password: acceptance.password,
        totp_secret: acceptance.totp_secret,
        totp_code: acceptance.totp_code,
    };
    let prepared = chosen.prepare(organisation)?;
    let mut tx = organisation.begin("people.accept_invitation")?;
    let person = invited_person(organisation, &tx.view(), invitation)?;
    let step = prepared.check(organisation, &person)?;
    let id = person.id;
    let set = CredentialsSet {
        person: id,
        sealed_hash: organisation.seal_credential(&hash_context(id), &prepared.hash),
        sealed_totp_secret: organisation.seal_credential(&totp_context(id), prepared.secret.as_bytes()),
        step,
    };
    let (recovery_codes, made) = new_codes(organisation, id);
    let mut events = Events::one(set).and(made);
    events.extend(ended_keys(&tx.view(), id)?);
    tx.record(&actor_of(id), events)?;
    tx.commit()?;
    Ok(Accepted {
        person,
        recovery_codes,
    })
}

/// Enrols a passkey for the person whose invitation this is. Every way to sign in that they had ends, and every signing key.
pub fn accept_with_passkey(
    organisation: &Organisation,
    party: &RelyingParty<'_>,
    invitation: &str,
    new: &NewPasskey<'_>,
) -> Result<Accepted, Refusal> {
    let invitation = invitation.trim();
    let id = person_named(invitation)?;
    let checked = check_new(organisation, Purpose::Acceptance(id), party, new);
    let mut tx = organisation.begin("people.accept_invitation")?;
    // Whoever holds no good invitation learns that and nothing else.
    let person = invited_person(organisation, &tx.view(), invitation)?;
    let enrolled = checked?.enrolled(&tx.view(), id)?;
    let accepted = InvitationAccepted { person: id };
    let mut events = Events::one(accepted).and(enrolled);
    events.extend(ended_keys(&tx.view(), id)?);
    tx.record(&actor_of(id), events)?;
    tx.commit()?;
    Ok(Accepted {
        person,
        recovery_codes: Vec::new(),
    })
}
