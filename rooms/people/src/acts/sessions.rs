//! The sign-ins of a person: which there are, ending them, and what happened before.

use basis::{Actor, Authentication, Class, Id, PersonId, Proven, Refusal, Time};
use ledger::canonical::from_canonical;
use ledger::events::{Event, Events};
use storage::{LedgerRecord, Organisation, Tx};

use super::prove_again::sign_in_of;
use crate::rules::{
    Credential, PasskeyId, ProvenAgain, SignInFailed, TokenId, TokenIssued, TokenKind, TokenRevoked,
};
use crate::store::{self, StoredToken};

/// How many of the last records about a person are looked through for their history.
const RECORDS_MOST: usize = 500;

/// The sign-in with which the actor asks; nothing where a token of a program does.
pub fn present_sign_in(actor: &Actor) -> Option<TokenId> {
    match actor.proven {
        Proven::Before { credential, .. } => Some(TokenId::from_number(credential)),
        Proven::Now => None,
    }
}

/// The actor's sign-ins that have not ended, newest first.
pub fn own_sign_ins(organisation: &Organisation, actor: &Actor) -> Result<Vec<StoredToken>, Refusal> {
    let now = organisation.now();
    let tokens = organisation.view(|view| store::tokens_of(view, actor.person))?;
    let is_live = |token: &StoredToken| {
        token.kind == TokenKind::SignIn && token.revoked_at.is_none() && now < token.expires_at
    };
    Ok(tokens.into_iter().filter(is_live).collect())
}

fn end(organisation: &Organisation, actor: &Actor, kept: Option<TokenId>) -> Result<usize, Refusal> {
    let mut tx = organisation.begin("people.sign_out")?;
    let mut count = 0;
    for token in store::tokens_of(&tx.view(), actor.person)? {
        if token.kind == TokenKind::SignIn && token.revoked_at.is_none() && Some(token.id) != kept {
            let revoked = TokenRevoked {
                person: actor.person,
                token: token.id,
            };
            tx.record(actor, Events::one(revoked))?;
            count += 1;
        }
    }
    tx.commit()?;
    Ok(count)
}

/// Ends every sign-in of the actor.
pub fn end_sign_in(organisation: &Organisation, actor: &Actor) -> Result<(), Refusal> {
    end(organisation, actor, None).map(drop)
}

/// Ends every sign-in of the actor but the one with which they ask; answers how many.
pub fn end_other_sign_ins(organisation: &Organisation, actor: &Actor) -> Result<usize, Refusal> {
    let kept = sign_in_of(actor)?;
    match end(organisation, actor, Some(kept))? {
        0 => Err(
            Refusal::new(Class::Conflict, "sign-ins", "you are signed in nowhere else")
                .way_out("`tagout logout` ends this sign-in too"),
        ),
        count => Ok(count),
    }
}

/// Ends every sign-in of the actor that rests on this credential, but `kept`: the credential is no longer good, so nothing
/// that it opened stays open.
pub(super) fn end_those_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    credential: Credential,
    kept: Option<TokenId>,
) -> Result<(), Refusal> {
    let (person, now) = (actor.person, tx.organisation().now());
    let resting = store::sign_ins_proven_by(&tx.view(), person, credential, now)?;
    for token in resting.into_iter().filter(|token| Some(*token) != kept) {
        tx.record(actor, Events::one(TokenRevoked { person, token }))?;
    }
    Ok(())
}

/// What happened at a door that is a person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInDeed {
    /// They signed in.
    SignedIn,
    /// They proved again who they are.
    ProvedAgain,
    /// Somebody failed to sign in as them, or to prove it.
    Failed,
    /// All was right but the passkey's counter: somebody may have a copy of it.
    CopySuspected,
}

impl SignInDeed {
    /// The word for it in the API.
    pub fn name(self) -> &'static str {
        match self {
            SignInDeed::SignedIn => "signed-in",
            SignInDeed::ProvedAgain => "proved-again",
            SignInDeed::Failed => "failed",
            SignInDeed::CopySuspected => "copy-suspected",
        }
    }
}

/// One line of a sign-in history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastSignIn {
    /// The entry that says so.
    pub entry: u64,
    /// When.
    pub at: Time,
    /// What.
    pub deed: SignInDeed,
    /// With what.
    pub by: Authentication,
    /// Whether a recovery code stood in for the one-time code.
    pub with_recovery_code: bool,
    /// The passkey, where it was one.
    pub passkey: Option<PasskeyId>,
    /// Where it came from; empty in entries that did not note it.
    pub source: String,
}

fn read<E: Event>(record: &LedgerRecord, event_type: &str) -> Option<E> {
    // What was redacted keeps its shape; what cannot be read is `doctor`'s to find.
    (event_type == E::TYPE)
        .then(|| from_canonical(&record.payload).ok())
        .flatten()
}

fn past(record: &LedgerRecord, person: PersonId) -> Result<Option<PastSignIn>, Refusal> {
    let entry = record.parse()?;
    let event_type = entry.event_type.as_str();
    let line = |deed, with_recovery_code, passkey, source: String| PastSignIn {
        entry: record.index,
        at: entry.time,
        deed,
        by: entry.authentication,
        with_recovery_code,
        passkey,
        source,
    };
    if let Some(issued) = read::<TokenIssued>(record, event_type) {
        let is_sign_in = issued.kind == TokenKind::SignIn.name() && issued.person == person;
        let passkey = issued.passkey.map(|used| used.passkey);
        let source = issued.source.unwrap_or_default();
        return Ok(is_sign_in.then(|| {
            line(
                SignInDeed::SignedIn,
                issued.recovery_code.is_some(),
                passkey,
                source,
            )
        }));
    }
    if let Some(again) = read::<ProvenAgain>(record, event_type) {
        let passkey = again.passkey.map(|used| used.passkey);
        let with_code = again.recovery_code.is_some();
        return Ok(Some(line(
            SignInDeed::ProvedAgain,
            with_code,
            passkey,
            again.source,
        )));
    }
    let failed = read::<SignInFailed>(record, event_type);
    Ok(failed.map(|failed| {
        let deed = match failed.is_copy_suspected {
            true => SignInDeed::CopySuspected,
            false => SignInDeed::Failed,
        };
        line(deed, false, failed.passkey, failed.source)
    }))
}

/// The last that happened at the actor's own door, newest first, as the ledger has it.
pub fn sign_in_history(organisation: &Organisation, actor: &Actor) -> Result<Vec<PastSignIn>, Refusal> {
    let person = actor.person;
    organisation.view(|view| {
        let records = view.ledger_about(&person.subject(), RECORDS_MOST)?;
        let lines = records.iter().map(|record| past(record, person));
        lines.filter_map(Result::transpose).collect()
    })
}
