//! Signing in with password and one-time code.

use std::collections::BTreeSet;

use basis::{Actor, Authentication, Class, Refusal, Time};
use ledger::events::Events;
use storage::Organisation;

use super::accept::{hash_context, totp_context};
use super::secrets::new_secret;
use crate::rules::{
    Person, Secret, SignInFailed, TokenId, TokenIssued, TokenKind, hash_password, locked_until,
    password_matches,
};
use crate::store::{self, StoredPassword};

/// What somebody sends to sign in.
pub struct Attempt<'a> {
    /// The handle.
    pub handle: &'a str,
    /// The password.
    pub password: &'a str,
    /// The one-time code.
    pub code: &'a str,
    /// Where the attempt comes from, for the record.
    pub source: String,
}

/// A sign-in that succeeded.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who signed in.
    pub person: Person,
    /// The token that stands for the sign-in; shown once.
    pub token: String,
    /// Its id, by which it can be ended.
    pub token_id: TokenId,
    /// When it ends by itself.
    pub expires: Time,
}

/// The same words for every reason, so that nobody learns which handles exist.
fn refused() -> Refusal {
    Refusal::new(
        Class::Unauthenticated,
        "sign-in",
        "handle, password or one-time code is wrong",
    )
    .way_out("a one-time code is good once: wait for the next one before trying again")
}

fn locked(until: Time) -> Refusal {
    let what = format!(
        "too many attempts have failed; sign-in is locked until {}",
        until.to_minutes()
    );
    Refusal::new(Class::Limit, "sign-in", what).way_out("wait, or ask an administrator for a new invitation")
}

enum Checked {
    /// Nobody has this handle, or they have no password yet.
    Unknown,
    Locked(Time),
    Wrong(Person),
    Right(Person, StoredPassword, u64),
}

/// Checks an attempt against what is stored. Takes about as long whether or not the handle exists.
fn check(organisation: &Organisation, attempt: &Attempt<'_>) -> Result<Checked, Refusal> {
    let now = organisation.now();
    let stored = organisation.view(|view| {
        let terms = policy::current(view)?.sign_in_terms();
        let person = store::resolve(view, attempt.handle)?.filter(|person| person.is_active);
        let password = person
            .as_ref()
            .map(|person| store::password(view, person.id))
            .transpose()?
            .flatten();
        Ok::<_, Refusal>((terms, person.zip(password)))
    })?;
    let (terms, Some((person, password))) = stored else {
        hash_password(attempt.password, [0; 16]);
        return Ok(Checked::Unknown);
    };
    if let Some(until) = locked_until(password.failures, terms.failures_most, terms.lockout, now) {
        return Ok(Checked::Locked(until));
    }
    let hash = organisation.open_credential(&hash_context(person.id), &password.sealed_hash)?;
    let secret = organisation.open_credential(&totp_context(person.id), &password.sealed_totp_secret)?;
    let is_right = password_matches(attempt.password, &hash);
    match Secret::from_bytes(&secret).step_of(attempt.code, now, password.last_step) {
        Some(step) if is_right => Ok(Checked::Right(person, password, step)),
        _ => Ok(Checked::Wrong(person)),
    }
}

fn actor_of(person: &Person, roles: BTreeSet<basis::Role>) -> Actor {
    Actor {
        person: person.id,
        authentication: Authentication::PasswordTotp,
        roles,
        scope: None,
    }
}

/// Signs a person in: a token that ends with the working day, and an entry either way.
pub fn sign_in(organisation: &Organisation, attempt: &Attempt<'_>) -> Result<SignedIn, Refusal> {
    let (person, password, step) = match check(organisation, attempt)? {
        Checked::Unknown => return Err(refused()),
        Checked::Locked(until) => return Err(locked(until)),
        Checked::Wrong(person) => {
            let mut tx = organisation.begin("people.sign_in_failed")?;
            let failed = SignInFailed {
                person: person.id,
                source: attempt.source.clone(),
            };
            tx.record(&actor_of(&person, BTreeSet::new()), Events::one(failed))?;
            tx.commit()?;
            return Err(refused());
        }
        Checked::Right(person, password, step) => (person, password, step),
    };
    let mut tx = organisation.begin("people.sign_in")?;
    // Between the check and here another attempt may have used the code, or an administrator taken the access away.
    let is_unchanged = store::password(&tx.view(), person.id)? == Some(password)
        && store::find(&tx.view(), person.id)?.is_some_and(|person| person.is_active);
    if !is_unchanged {
        return Err(refused());
    }
    let token_id = store::next_token_id(&tx.view())?;
    let (token, sha256) = new_secret(organisation.chance(), &token_id.to_string());
    let expires = organisation.now() + policy::current(&tx.view())?.sign_in_terms().session;
    let issued = TokenIssued {
        person: person.id,
        token: token_id,
        kind: TokenKind::SignIn.name().to_owned(),
        name: "sign-in".to_owned(),
        sha256,
        scope: None,
        expires,
        step: Some(step),
    };
    tx.record(&actor_of(&person, BTreeSet::new()), Events::one(issued))?;
    tx.commit()?;
    Ok(SignedIn {
        person,
        token,
        token_id,
        expires,
    })
}

/// Proves who somebody is without recording it: for the recovery of a database to which nothing can be recorded yet.
pub fn prove(organisation: &Organisation, attempt: &Attempt<'_>) -> Result<Actor, Refusal> {
    match check(organisation, attempt)? {
        Checked::Right(person, ..) => {
            let roles = person.roles.clone();
            Ok(actor_of(&person, roles))
        }
        Checked::Locked(until) => Err(locked(until)),
        Checked::Unknown | Checked::Wrong(_) => Err(refused()),
    }
}
