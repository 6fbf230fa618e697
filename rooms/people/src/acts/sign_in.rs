//! Signing in with password and one-time code, or with a recovery code in its place.

use std::collections::BTreeSet;

use basis::{Actor, Authentication, Class, Proven, Refusal, Time};
use ledger::events::Events;
use policy::SignInTerms;
use storage::{Organisation, Tx, View};

use super::accept::{hash_context, totp_context};
use super::secrets::new_secret;
use crate::rules::{
    Handle, PasskeyUse, Person, Secret, SignInFailed, TokenId, TokenIssued, TokenKind, Way, hash_password,
    is_first, locked_until, password_matches, recovery_hash, unused,
};
use crate::store::{self, StoredPassword};

/// What somebody sends to sign in.
pub struct Attempt<'a> {
    /// The handle.
    pub handle: &'a str,
    /// The password.
    pub password: &'a str,
    /// The one-time code, or a recovery code.
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

/// What a good attempt uses up.
pub(super) struct Used {
    pub(super) authentication: Authentication,
    pub(super) step: Option<u64>,
    pub(super) recovery_code: Option<u64>,
    pub(super) passkey: Option<PasskeyUse>,
}

/// The same words for every reason, a locked account included, so that nobody learns which handles exist.
pub(super) fn refused(terms: &SignInTerms) -> Refusal {
    let what = "handle, password or one-time code is wrong, or too many attempts have failed";
    Refusal::new(Class::Unauthenticated, "sign-in", what)
        .way_out("a one-time code is good for one sign-in: if this one was used already, wait until your authenticator shows another (at most 30 seconds)")
        .way_out(format!(
            "after {} failures in a row a handle is locked for {}: wait, or ask an administrator for a new invitation",
            terms.failures_most, terms.lockout
        ))
}

/// An attempt that was compared with what is stored of a person.
pub(super) struct Compared {
    pub(super) person: Person,
    password: StoredPassword,
    /// Whether the password is right.
    is_right: bool,
    /// The step of the one-time code, if it is one.
    step: Option<u64>,
    /// The hash of the code, if it can be a recovery code.
    recovery: Option<String>,
}

/// Compares an attempt with what is stored; nothing where nobody has this handle and a password. Hashes once either way,
/// so it takes as long.
pub(super) fn compare(
    organisation: &Organisation,
    attempt: &Attempt<'_>,
) -> Result<(SignInTerms, Option<Compared>), Refusal> {
    let stored = organisation.view(|view| {
        let terms = policy::current(view)?.sign_in_terms();
        // A handle and no id: ids go up by one, so whoever could try them would need to know nobody's name.
        let person = match Handle::parse(attempt.handle) {
            Ok(handle) => store::resolve(view, handle.as_str())?.filter(|person| person.is_active),
            Err(_) => None,
        };
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
    let step = Secret::from_bytes(&secret).step_of(attempt.code, organisation.now(), password.last_step);
    let compared = Compared {
        is_right: password_matches(attempt.password, &hash),
        step,
        recovery: recovery_hash(person.id, attempt.code),
        person,
        password,
    };
    Ok((terms, Some(compared)))
}

impl Compared {
    /// What the attempt comes to now that it stands in the writer's row: what it uses up, the failure to record, or nothing
    /// where it is not even tried. Another attempt may have used up the code since it was compared.
    pub(super) fn settle(
        &self,
        view: &View<'_>,
        source: &str,
    ) -> Result<Option<Result<Used, SignInFailed>>, Refusal> {
        let Some(password) = store::password(view, self.person.id)? else {
            return Ok(None);
        };
        if !password.has_same_credentials(&self.password) {
            return Ok(None);
        }
        let step = self.step.filter(|step| *step > password.last_step);
        let recovery_code = match &self.recovery {
            Some(hash) => unused(&store::recovery_codes(view, self.person.id)?, hash),
            None => None,
        };
        if self.is_right && (step.is_some() || recovery_code.is_some()) {
            return Ok(Some(Ok(Used {
                authentication: Authentication::PasswordTotp,
                step,
                recovery_code,
                passkey: None,
            })));
        }
        Ok(Some(Err(SignInFailed {
            person: self.person.id,
            source: source.to_owned(),
            passkey: None,
            challenge: None,
            is_copy_suspected: false,
            is_first: false,
        })))
    }
}

pub(super) fn is_locked(
    view: &View<'_>,
    person: &Person,
    way: Way,
    terms: &SignInTerms,
    now: Time,
) -> Result<bool, Refusal> {
    let failures = store::failures(view, person.id, way)?;
    Ok(locked_until(failures, terms.failures_most, terms.lockout, now).is_some())
}

pub(super) fn actor_of(
    person: &Person,
    authentication: Authentication,
    roles: BTreeSet<basis::Role>,
) -> Actor {
    Actor {
        person: person.id,
        authentication,
        proven: Proven::Now,
        roles,
        scope: None,
    }
}

/// Records a failure: what is refused for it must be on disk first.
pub(super) fn record_failure(
    mut tx: Tx<'_>,
    person: &Person,
    terms: &SignInTerms,
    failed: SignInFailed,
) -> Result<(), Refusal> {
    let (way, authentication) = match failed.passkey {
        None => (Way::Password, Authentication::PasswordTotp),
        Some(_) => (Way::Passkey, Authentication::Passkey),
    };
    let before = store::failures(&tx.view(), person.id, way)?;
    let failed = SignInFailed {
        is_first: is_first(before, terms.lockout, tx.organisation().now()),
        ..failed
    };
    tx.record(
        &actor_of(person, authentication, BTreeSet::new()),
        Events::one(failed),
    )?;
    Ok(tx.commit()?)
}

/// Gives out the token of a sign-in.
pub(super) fn let_in(
    mut tx: Tx<'_>,
    terms: &SignInTerms,
    person: Person,
    used: Used,
    source: &str,
) -> Result<SignedIn, Refusal> {
    let organisation = tx.organisation();
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
        step: used.step,
        recovery_code: used.recovery_code,
        passkey: used.passkey,
        source: Some(source.to_owned()),
    };
    let actor = actor_of(&person, used.authentication, BTreeSet::new());
    tx.record(&actor, Events::one(issued))?;
    tx.commit()?;
    Ok(SignedIn {
        person,
        token,
        token_id,
        expires,
    })
}

/// Signs a person in: a token that ends with the working day. A success and a failure leave an entry, an attempt on a
/// locked account leaves none.
///
/// Whether the account is locked is decided in the writer's transaction, where attempts stand in a row: however many come at
/// once, no more than the policy's number of them are tried.
pub fn sign_in(organisation: &Organisation, attempt: &Attempt<'_>) -> Result<SignedIn, Refusal> {
    let (terms, compared) = compare(organisation, attempt)?;
    // An unknown name waits for the writer as a known one does, so that waiting tells nothing.
    let tx = organisation.begin("people.sign_in")?;
    let compared = compared.ok_or_else(|| refused(&terms))?;
    let person = store::find(&tx.view(), compared.person.id)?.filter(|person| person.is_active);
    let person = person.ok_or_else(|| refused(&terms))?;
    if is_locked(&tx.view(), &person, Way::Password, &terms, organisation.now())? {
        return Err(refused(&terms));
    }
    match compared.settle(&tx.view(), &attempt.source)? {
        None => Err(refused(&terms)),
        Some(Ok(used)) => let_in(tx, &terms, person, used, &attempt.source),
        Some(Err(failed)) => {
            record_failure(tx, &person, &terms, failed)?;
            Err(refused(&terms))
        }
    }
}

/// Proves who somebody is without recording it: for the recovery of a database to which nothing can be recorded yet, at
/// the terminal of the machine that holds it. A recovery code cannot be used up there, so none is taken.
pub fn prove(organisation: &Organisation, attempt: &Attempt<'_>) -> Result<Actor, Refusal> {
    let (terms, compared) = compare(organisation, attempt)?;
    let good = compared.filter(|compared| compared.is_right && compared.step.is_some());
    let person = good.ok_or_else(|| refused(&terms))?.person;
    if organisation.view(|view| is_locked(view, &person, Way::Password, &terms, organisation.now()))? {
        return Err(refused(&terms));
    }
    let roles = person.usable_roles();
    Ok(actor_of(&person, Authentication::PasswordTotp, roles))
}
