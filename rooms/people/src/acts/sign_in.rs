//! Signing in with password and one-time code.

use std::collections::BTreeSet;

use basis::{Actor, Authentication, Class, Refusal, Time};
use ledger::events::Events;
use policy::SignInTerms;
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

/// The same words for every reason, a locked account included, so that nobody learns which handles exist.
fn refused(terms: &SignInTerms) -> Refusal {
    let what = "handle, password or one-time code is wrong, or too many attempts have failed";
    Refusal::new(Class::Unauthenticated, "sign-in", what)
        .way_out("a one-time code is good once: wait for the next one before trying again")
        .way_out(format!(
            "after {} failures in a row a handle is locked for {}: wait, or ask an administrator for a new invitation",
            terms.failures_most, terms.lockout
        ))
}

/// An attempt that was compared with what is stored of a person.
struct Compared {
    person: Person,
    password: StoredPassword,
    /// The step of the one-time code, if both it and the password are right.
    step: Option<u64>,
}

/// Compares an attempt with what is stored; nothing where nobody has this handle and a password. Hashes once either way,
/// so it takes as long.
fn compare(
    organisation: &Organisation,
    attempt: &Attempt<'_>,
) -> Result<(SignInTerms, Option<Compared>), Refusal> {
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
        return Ok((stored.0, None));
    };
    let hash = organisation.open_credential(&hash_context(person.id), &password.sealed_hash)?;
    let secret = organisation.open_credential(&totp_context(person.id), &password.sealed_totp_secret)?;
    let is_right = password_matches(attempt.password, &hash);
    let step = Secret::from_bytes(&secret).step_of(attempt.code, organisation.now(), password.last_step);
    let step = step.filter(|_| is_right);
    Ok((
        terms,
        Some(Compared {
            person,
            password,
            step,
        }),
    ))
}

fn is_locked(password: &StoredPassword, terms: &SignInTerms, now: Time) -> bool {
    locked_until(password.failures, terms.failures_most, terms.lockout, now).is_some()
}

fn actor_of(person: &Person, roles: BTreeSet<basis::Role>) -> Actor {
    Actor {
        person: person.id,
        authentication: Authentication::PasswordTotp,
        roles,
        scope: None,
    }
}

/// Signs a person in: a token that ends with the working day. A success and a failure leave an entry, an attempt on a
/// locked account leaves none.
///
/// Whether the account is locked is decided in the writer's transaction, where attempts stand in a row: however many come at
/// once, no more than the policy's number of them are tried.
pub fn sign_in(organisation: &Organisation, attempt: &Attempt<'_>) -> Result<SignedIn, Refusal> {
    let (terms, compared) = compare(organisation, attempt)?;
    // An unknown name waits for the writer as a known one does, so that waiting tells nothing.
    let mut tx = organisation.begin("people.sign_in")?;
    let compared = compared.ok_or_else(|| refused(&terms))?;
    let person = store::find(&tx.view(), compared.person.id)?.filter(|person| person.is_active);
    let password = store::password(&tx.view(), compared.person.id)?;
    let (person, password) = person.zip(password).ok_or_else(|| refused(&terms))?;
    if !password.has_same_credentials(&compared.password) || is_locked(&password, &terms, organisation.now())
    {
        return Err(refused(&terms));
    }
    // Another attempt may have used up the code since it was compared.
    let Some(step) = compared.step.filter(|step| *step > password.last_step) else {
        let failed = SignInFailed {
            person: person.id,
            source: attempt.source.clone(),
        };
        tx.record(&actor_of(&person, BTreeSet::new()), Events::one(failed))?;
        tx.commit()?;
        return Err(refused(&terms));
    };
    let token_id = store::next_token_id(&tx.view())?;
    let (token, sha256) = new_secret(organisation.chance(), &token_id.to_string());
    let expires = organisation.now() + terms.session;
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

/// Proves who somebody is without recording it: for the recovery of a database to which nothing can be recorded yet, at
/// the terminal of the machine that holds it.
pub fn prove(organisation: &Organisation, attempt: &Attempt<'_>) -> Result<Actor, Refusal> {
    let (terms, compared) = compare(organisation, attempt)?;
    let good = compared.filter(|compared| {
        compared.step.is_some() && !is_locked(&compared.password, &terms, organisation.now())
    });
    let person = good.ok_or_else(|| refused(&terms))?.person;
    let roles = person.usable_roles();
    Ok(actor_of(&person, roles))
}
