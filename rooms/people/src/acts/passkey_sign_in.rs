//! Signing in with a passkey: nobody types a name, the passkey says whose it is.

use basis::{Authentication, Class, Refusal};
use formats::sshsig::PublicKey;
use formats::webauthn::{Assertion, Expected, Verified};
use policy::SignInTerms;
use storage::{Organisation, View};

use super::challenges::{Purpose, name_of, recall};
use super::passkeys::{RelyingParty, user_handle};
use super::sign_in::{SignedIn, Used, is_locked, let_in, record_failure};
use crate::rules::{Passkey, PasskeyUse, SignInFailed, Way};
use crate::store;

/// A passkey's answer to a challenge, as a browser sends it.
pub struct PasskeyAnswer<'a> {
    /// The ticket of the challenge.
    pub ticket: &'a str,
    /// `rawId`: which passkey answered.
    pub credential: &'a [u8],
    /// `userHandle`: whose it says that it is. Browsers may leave it out where the page named the passkeys.
    pub user_handle: Option<&'a [u8]>,
    /// `clientDataJSON`.
    pub client_data: &'a [u8],
    /// `authenticatorData`.
    pub authenticator_data: &'a [u8],
    /// `signature`.
    pub signature: &'a [u8],
}

/// The same words for every reason, so that nobody learns which passkeys and people exist.
pub(super) fn refused(terms: &SignInTerms) -> Refusal {
    let what = "this passkey is not good here, or no longer, or too many attempts have failed";
    Refusal::new(Class::Unauthenticated, "sign-in", what)
        .way_out("sign in with another passkey, or with password and one-time code")
        .way_out(format!(
            "after {} failures in a row a person is locked out for {}: wait, or ask an administrator for a new invitation",
            terms.failures_most, terms.lockout
        ))
}

/// An answer that was compared with what is stored of its passkey.
pub(super) struct Answered {
    pub(super) passkey: Passkey,
    /// The challenge, as SHA-256.
    challenge: String,
    /// What the answer proves, if it proves anything.
    verified: Option<Verified>,
}

/// Compares an answer with what is stored; nothing where nobody has this passkey.
pub(super) fn compare(
    organisation: &Organisation,
    purpose: Purpose,
    party: &RelyingParty<'_>,
    answer: &PasskeyAnswer<'_>,
) -> Result<(SignInTerms, Option<Answered>), Refusal> {
    let challenge = recall(organisation, purpose, answer.ticket)?;
    let credential = hex::encode(answer.credential);
    let (terms, passkey) = organisation.view(|view| {
        let terms = policy::current(view)?.sign_in_terms();
        Ok::<_, Refusal>((terms, store::passkey_by_credential(view, &credential)?))
    })?;
    let Some(passkey) = passkey else {
        return Ok((terms, None));
    };
    let expected = Expected {
        challenge: &challenge,
        origin: party.origin,
        rp_id: party.id,
    };
    let is_theirs = match (answer.user_handle, purpose) {
        (Some(handle), _) => handle == user_handle(passkey.person),
        // Where no passkey was named, it has to say itself whose it is (WebAuthn Level 3, 7.2 step 6).
        (None, purpose) => purpose != Purpose::SignIn,
    };
    let key = PublicKey::parse_openssh(&passkey.openssh)
        .ok()
        .filter(|_| is_theirs);
    let verified = key.and_then(|key| {
        Assertion::read(answer.client_data, answer.authenticator_data, answer.signature)
            .and_then(|assertion| assertion.verify(&key, &expected))
            .ok()
    });
    let answered = Answered {
        passkey,
        challenge: name_of(&challenge),
        verified,
    };
    Ok((terms, Some(answered)))
}

impl Answered {
    /// What the answer comes to now that it stands in the writer's row: what it uses up, the failure to record, or nothing
    /// where it is not even tried.
    pub(super) fn settle(
        &self,
        view: &View<'_>,
        source: &str,
    ) -> Result<Option<Result<Used, SignInFailed>>, Refusal> {
        let passkey = store::passkey(view, self.passkey.id)?.filter(|passkey| passkey.revoked_at.is_none());
        let Some(passkey) = passkey else {
            return Ok(None);
        };
        let is_fresh = !store::is_challenge_used(view, &self.challenge)?;
        let verified = self.verified.filter(|_| is_fresh);
        if let Some(verified) = verified.filter(|verified| verified.goes_on_from(passkey.counter)) {
            return Ok(Some(Ok(Used {
                authentication: Authentication::Passkey,
                step: None,
                recovery_code: None,
                passkey: Some(PasskeyUse {
                    passkey: passkey.id,
                    counter: verified.counter,
                    challenge: self.challenge.clone(),
                }),
            })));
        }
        Ok(Some(Err(SignInFailed {
            person: passkey.person,
            source: source.to_owned(),
            passkey: Some(passkey.id),
            challenge: Some(self.challenge.clone()),
            is_copy_suspected: verified.is_some(),
            is_first: false,
        })))
    }
}

/// Signs in whoever's passkey answered. A success and a failure leave an entry, an attempt on a locked account and one with an
/// unknown passkey leave none; both are decided in the writer's transaction, as with a password.
pub fn sign_in_with_passkey(
    organisation: &Organisation,
    party: &RelyingParty<'_>,
    answer: &PasskeyAnswer<'_>,
    source: &str,
) -> Result<SignedIn, Refusal> {
    let (terms, answered) = compare(organisation, Purpose::SignIn, party, answer)?;
    let tx = organisation.begin("people.sign_in")?;
    let answered = answered.ok_or_else(|| refused(&terms))?;
    let person = store::find(&tx.view(), answered.passkey.person)?.filter(|person| person.is_active);
    let person = person.ok_or_else(|| refused(&terms))?;
    if is_locked(&tx.view(), &person, Way::Passkey, &terms, organisation.now())? {
        return Err(refused(&terms));
    }
    match answered.settle(&tx.view(), source)? {
        None => Err(refused(&terms)),
        Some(Ok(used)) => let_in(tx, &terms, person, used, source),
        Some(Err(failed)) => {
            record_failure(tx, &person, &terms, failed)?;
            Err(refused(&terms))
        }
    }
}
