//! Challenges that passkeys answer: random, for one purpose, good for minutes and once.
//!
//! A challenge is not kept while it waits. Its ticket goes to the browser and comes back with the answer, and the challenge is
//! made again from it under a key that lives as long as the process: a restart forgets every ceremony that has begun. That it
//! was answered is recorded with the answer, so it is answered once, restart or not.

use aws_lc_rs::digest::{SHA256, digest};
use basis::{Class, PersonId, Refusal, Span, Time};
use storage::Organisation;

use crate::rules::TokenId;

/// How long a challenge is good.
pub const CHALLENGE_LIFE: Span = Span::minutes(5);
const NONCE_BYTES: usize = 16;
const TICKET_BYTES: usize = NONCE_BYTES + 8;

/// What an answer to a challenge is good for, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in, by whoever it turns out to be.
    SignIn,
    /// Proving again who holds this sign-in.
    StepUp(TokenId),
    /// Enrolling a passkey of this person.
    Enrolment(PersonId),
    /// Accepting the invitation of this person.
    Acceptance(PersonId),
}

impl Purpose {
    fn context(self) -> String {
        match self {
            Purpose::SignIn => "challenge for signing in".to_owned(),
            Purpose::StepUp(token) => format!("challenge for proving {token} again"),
            Purpose::Enrolment(person) => format!("challenge for a passkey of {person}"),
            Purpose::Acceptance(person) => format!("challenge for the invitation of {person}"),
        }
    }
}

/// A challenge for a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What the passkey signs.
    pub bytes: [u8; 32],
    /// What comes back with the answer.
    pub ticket: String,
}

/// Makes a challenge. It changes nothing and leaves no entry.
pub fn challenge(organisation: &Organisation, purpose: Purpose) -> Challenge {
    let expires = organisation.now() + CHALLENGE_LIFE;
    let nonce = organisation.chance().sixteen();
    let ticket = [nonce.as_slice(), &expires.as_ms().to_be_bytes()].concat();
    Challenge {
        bytes: organisation.mark_until_restart(&purpose.context(), &ticket),
        ticket: hex::encode(ticket),
    }
}

/// The challenge that this ticket stands for. Whoever makes a ticket up gets a challenge that nobody was ever given.
pub(super) fn recall(
    organisation: &Organisation,
    purpose: Purpose,
    ticket: &str,
) -> Result<[u8; 32], Refusal> {
    let late = || {
        let what =
            format!("the page was open for longer than {CHALLENGE_LIFE}, or the server was started again");
        Refusal::new(Class::Unauthenticated, "passkey", what).way_out("load the page again and try once more")
    };
    let bytes: [u8; TICKET_BYTES] = hex::decode(ticket)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(late)?;
    let mut expires = [0; 8];
    expires.copy_from_slice(&bytes[NONCE_BYTES..]);
    let (expires, now) = (Time::from_ms(i64::from_be_bytes(expires)), organisation.now());
    // A clock that was set back gives no challenge a longer life.
    if now > expires || expires.since(now) > CHALLENGE_LIFE {
        return Err(late());
    }
    Ok(organisation.mark_until_restart(&purpose.context(), &bytes))
}

/// The name under which it is recorded that a challenge was answered.
pub(super) fn name_of(challenge: &[u8; 32]) -> String {
    hex::encode(digest(&SHA256, challenge))
}
