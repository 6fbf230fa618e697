//! Step-up: whoever holds a sign-in proves again who they are, and goes on with the same sign-in under a new token.

use basis::{Actor, Authentication, Class, Id, Proven, Refusal, Time};
use ledger::events::Events;
use storage::Organisation;

use super::challenges::{Challenge, Purpose, challenge};
use super::enrol::existing;
use super::passkey_sign_in::{self, PasskeyAnswer};
use super::passkeys::{RelyingParty, credentials_of};
use super::secrets::new_secret;
use super::sign_in::{self, Attempt, is_locked, record_failure};
use crate::rules::{ProvenAgain, TokenId, TokenKind, Way, WaysIn};
use crate::store;

/// With what somebody proves again who they are.
pub enum Proof<'a> {
    /// Password and one-time code, or a recovery code in its place.
    Password {
        /// The password.
        password: &'a str,
        /// The code.
        code: &'a str,
    },
    /// A passkey.
    Passkey {
        /// Where it belongs to.
        party: RelyingParty<'a>,
        /// What it answered.
        answer: PasskeyAnswer<'a>,
    },
}

/// A sign-in that was proven again.
#[derive(Debug, Clone)]
pub struct Renewed {
    /// The moment that counts from now on.
    pub proven_at: Time,
    /// The token that stands for the sign-in from now on; shown once. The one before it is no longer good.
    pub token: String,
}

/// What a page needs to ask for a proof.
#[derive(Debug, Clone)]
pub struct StepUpOffer {
    /// What a passkey signs, and the ticket that comes back.
    pub challenge: Challenge,
    /// The passkeys that may answer.
    pub known: Vec<Vec<u8>>,
    /// In which ways the person can.
    pub ways: WaysIn,
}

/// The sign-in that an actor holds.
pub(super) fn sign_in_of(actor: &Actor) -> Result<TokenId, Refusal> {
    match (actor.proven, actor.authentication) {
        (Proven::Before { credential, .. }, Authentication::PasswordTotp | Authentication::Passkey) => {
            Ok(TokenId::from_number(credential))
        }
        _ => Err(Refusal::new(
            Class::Forbidden,
            "sign-in",
            "this is for people who have signed in",
        )
        .way_out("sign in with `tagout login`")),
    }
}

/// What a page needs to ask the actor for a proof.
pub fn offer_step_up(organisation: &Organisation, actor: &Actor) -> Result<StepUpOffer, Refusal> {
    let token = sign_in_of(actor)?;
    let (known, ways) = organisation.view(|view| {
        Ok::<_, Refusal>((
            credentials_of(view, actor.person)?,
            store::ways_in(view, actor.person)?,
        ))
    })?;
    Ok(StepUpOffer {
        challenge: challenge(organisation, Purpose::StepUp(token)),
        known,
        ways,
    })
}

/// Proves again who holds the actor's sign-in: from now on it counts as proven at this moment, and lives no longer than
/// before, under a new token: who got hold of the old one is not let in by the proof of somebody else. Failures count towards
/// the lockout as at signing in.
pub fn prove_again(
    organisation: &Organisation,
    actor: &Actor,
    proof: &Proof<'_>,
    source: &str,
) -> Result<Renewed, Refusal> {
    let token = sign_in_of(actor)?;
    let person = organisation.view(|view| existing(view, actor.person))?;
    let (terms, compared, answered) = match proof {
        Proof::Password { password, code } => {
            let attempt = Attempt {
                handle: person.handle.as_str(),
                password,
                code,
                source: source.to_owned(),
            };
            let (terms, compared) = sign_in::compare(organisation, &attempt)?;
            (terms, compared, None)
        }
        Proof::Passkey { party, answer } => {
            let purpose = Purpose::StepUp(token);
            let (terms, answered) = passkey_sign_in::compare(organisation, purpose, party, answer)?;
            let own = answered.filter(|answered| answered.passkey.person == actor.person);
            (terms, None, own)
        }
    };
    let (way, refused) = match proof {
        Proof::Password { .. } => (Way::Password, sign_in::refused(&terms)),
        Proof::Passkey { .. } => (Way::Passkey, passkey_sign_in::refused(&terms)),
    };
    let mut tx = organisation.begin("people.prove_again")?;
    let person = existing(&tx.view(), actor.person)?;
    let holds = store::token(&tx.view(), token)?.is_some_and(|token| {
        token.person == person.id && token.kind == TokenKind::SignIn && token.revoked_at.is_none()
    });
    if !holds || !person.is_active || is_locked(&tx.view(), &person, way, &terms, organisation.now())? {
        return Err(refused);
    }
    let settled = match (compared, answered) {
        (Some(compared), _) => compared.settle(&tx.view(), source)?,
        (None, Some(answered)) => answered.settle(&tx.view(), source)?,
        (None, None) => None,
    };
    let used = match settled {
        Some(Ok(used)) => used,
        Some(Err(failed)) => {
            record_failure(tx, &person, &terms, failed)?;
            return Err(refused);
        }
        None => return Err(refused),
    };
    let (text, sha256) = new_secret(organisation.chance(), &token.to_string());
    let again = ProvenAgain {
        person: person.id,
        token,
        sha256: Some(sha256),
        source: source.to_owned(),
        step: used.step,
        recovery_code: used.recovery_code,
        passkey: used.passkey,
    };
    let by = sign_in::actor_of(&person, used.authentication, actor.roles.clone());
    tx.record(&by, Events::one(again))?;
    let renewed = store::token(&tx.view(), token)?.ok_or(refused)?;
    tx.commit()?;
    Ok(Renewed {
        proven_at: renewed.proven_at,
        token: text,
    })
}
