//! Answers kept for requests that are sent again with the same `Idempotency-Key`.
//!
//! They are kept in memory only: `docs/decisions/0003-idempotency-in-memory.md` says why.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use basis::{Actor, Class, PersonId, Refusal, Span, Time};
use ledger::Hash;

use super::limits::{REPEAT_KEY_BYTES_MAX, REPEATS_AGE_MAX, REPEATS_BYTES_MAX, REPEATS_MAX};

/// Whose key it is: a key means nothing to another person, through another credential's scope, or on another route.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    person: PersonId,
    scope: Option<BTreeSet<String>>,
    route: String,
    key: String,
}

enum Kept {
    /// The first request is still under way.
    Working { request: Hash },
    /// The first request was answered.
    Answered {
        request: Hash,
        at: Time,
        answer: Vec<u8>,
    },
}

struct Limits {
    count: usize,
    bytes: usize,
    age: Span,
}

struct Shelf {
    limits: Limits,
    kept: HashMap<Name, Kept>,
    /// The answered, oldest first.
    order: VecDeque<Name>,
    bytes: usize,
}

/// The answers kept.
#[derive(Clone)]
pub(super) struct Repeats {
    shelf: Arc<Mutex<Shelf>>,
}

/// What to do with a request.
pub(super) enum Turn {
    /// It is the first of its key: do it, then keep its answer.
    First(Ticket),
    /// It was answered before, with this.
    Again(Vec<u8>),
}

/// The duty to keep the answer of a first request. Dropped without an answer, the key is free again, because a request
/// that was refused changed nothing.
pub(super) struct Ticket {
    repeats: Repeats,
    name: Option<Name>,
    request: Hash,
}

impl Name {
    /// The name of `key` for this person and this route.
    pub(super) fn new(actor: &Actor, route: String, key: String) -> Self {
        Self {
            person: actor.person,
            scope: actor.scope.clone(),
            route,
            key,
        }
    }

    fn size(&self) -> usize {
        self.route.len() + self.key.len()
    }
}

/// Checks that a key is 1 to 64 letters, digits and dashes.
pub(super) fn check_key(key: &[u8]) -> Result<String, Refusal> {
    let is_plain = key
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if is_plain && (1..=REPEAT_KEY_BYTES_MAX).contains(&key.len()) {
        return Ok(String::from_utf8_lossy(key).into_owned());
    }
    Err(Refusal::new(
        Class::Invalid,
        "idempotency",
        format!("`Idempotency-Key` is not 1 to {REPEAT_KEY_BYTES_MAX} letters, digits and dashes"),
    )
    .way_out("use a random UUID, one for each thing you mean to do once"))
}

impl Repeats {
    pub(super) fn new() -> Self {
        Self::within(Limits {
            count: REPEATS_MAX,
            bytes: REPEATS_BYTES_MAX,
            age: REPEATS_AGE_MAX,
        })
    }

    fn within(limits: Limits) -> Self {
        Self {
            shelf: Arc::new(Mutex::new(Shelf {
                limits,
                kept: HashMap::new(),
                order: VecDeque::new(),
                bytes: 0,
            })),
        }
    }

    /// Begins a request with this content.
    ///
    /// # Errors
    /// A refusal of class `Conflict` when the key was used for another content, or its first request is still under way.
    pub(super) fn begin(&self, name: Name, request: Hash, now: Time) -> Result<Turn, Refusal> {
        let mut shelf = self.lock();
        shelf.drop_older_than(now);
        match shelf.kept.get(&name) {
            Some(Kept::Working { request: first } | Kept::Answered { request: first, .. })
                if *first != request =>
            {
                Err(Refusal::new(
                    Class::Conflict,
                    "idempotency",
                    format!("the key `{}` was used for another request", name.key),
                )
                .way_out("use a new `Idempotency-Key` for a new request"))
            }
            Some(Kept::Working { .. }) => Err(Refusal::new(
                Class::Conflict,
                "idempotency",
                format!("the first request with the key `{}` is still under way", name.key),
            )
            .way_out("wait a moment, then send the same request again")),
            Some(Kept::Answered { answer, .. }) => Ok(Turn::Again(answer.clone())),
            None => {
                shelf.kept.insert(name.clone(), Kept::Working { request });
                Ok(Turn::First(Ticket {
                    repeats: self.clone(),
                    name: Some(name),
                    request,
                }))
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn drop_older_than(&mut self, now: Time) {
        while let Some(oldest) = self.order.front() {
            let is_old = match self.kept.get(oldest) {
                Some(Kept::Answered { at, .. }) => now.since(*at) > self.limits.age,
                _ => true,
            };
            if !is_old {
                break;
            }
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(name) = self.order.pop_front()
            && let Some(Kept::Answered { answer, .. }) = self.kept.remove(&name)
        {
            self.bytes = self.bytes.saturating_sub(answer.len() + name.size());
        }
    }

    fn keep(&mut self, name: Name, request: Hash, at: Time, answer: Vec<u8>) {
        self.bytes += answer.len() + name.size();
        self.kept
            .insert(name.clone(), Kept::Answered { request, at, answer });
        self.order.push_back(name);
        while self.order.len() > self.limits.count || (self.bytes > self.limits.bytes && self.order.len() > 1)
        {
            self.drop_oldest();
        }
    }
}

impl Ticket {
    /// Keeps the answer.
    pub(super) fn keep(mut self, answer: &[u8], now: Time) {
        if let Some(name) = self.name.take() {
            self.repeats.lock().keep(name, self.request, now, answer.to_vec());
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            self.repeats.lock().kept.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Authentication, Id, Proven};

    fn name(person: u64, key: &str) -> Name {
        let actor = Actor {
            person: PersonId::from_number(person),
            authentication: Authentication::Token,
            proven: Proven::Now,
            roles: BTreeSet::new(),
            scope: None,
        };
        Name::new(&actor, "POST /lamps".to_owned(), key.to_owned())
    }

    fn at(hours: i64) -> Time {
        Time::from_ms(1_800_000_000_000) + Span::hours(hours)
    }

    fn answer(repeats: &Repeats, name: Name, now: Time) -> Option<Vec<u8>> {
        match repeats.begin(name, Hash::of(b"lamp"), now).unwrap() {
            Turn::First(ticket) => {
                ticket.keep(b"made", now);
                None
            }
            Turn::Again(answer) => Some(answer),
        }
    }

    #[test]
    fn a_repeated_request_gets_the_first_answer_for_24_hours() {
        let repeats = Repeats::new();
        assert_eq!(answer(&repeats, name(1, "a"), at(0)), None);
        assert_eq!(answer(&repeats, name(1, "a"), at(24)), Some(b"made".to_vec()));
        assert_eq!(answer(&repeats, name(2, "a"), at(24)), None, "another person");
        assert_eq!(
            answer(&repeats, name(1, "a"), at(24) + Span::milliseconds(1)),
            None
        );
    }

    #[test]
    fn a_key_is_good_for_one_content_and_one_request_at_a_time() {
        let repeats = Repeats::new();
        let first = repeats.begin(name(1, "a"), Hash::of(b"lamp"), at(0)).unwrap();
        let twin = repeats
            .begin(name(1, "a"), Hash::of(b"lamp"), at(0))
            .err()
            .unwrap();
        assert!(twin.what.contains("still under way"), "{twin}");
        let other = repeats
            .begin(name(1, "a"), Hash::of(b"door"), at(0))
            .err()
            .unwrap();
        assert!(other.what.contains("used for another request"), "{other}");
        drop(first);
        assert_eq!(
            answer(&repeats, name(1, "a"), at(0)),
            None,
            "a refused first request frees the key"
        );
    }

    #[test]
    fn the_oldest_answers_give_way_at_the_limits() {
        let repeats = Repeats::within(Limits {
            count: 2,
            bytes: 1_000,
            age: REPEATS_AGE_MAX,
        });
        for key in ["a", "b", "c"] {
            assert_eq!(answer(&repeats, name(1, key), at(0)), None);
        }
        assert!(answer(&repeats, name(1, "b"), at(0)).is_some(), "two are kept");
        assert_eq!(
            answer(&repeats, name(1, "a"), at(0)),
            None,
            "the third pushed the first out"
        );
        let narrow = Repeats::within(Limits {
            count: 100,
            bytes: 33,
            age: REPEATS_AGE_MAX,
        });
        for key in ["a", "b", "c"] {
            answer(&narrow, name(1, key), at(0));
        }
        let shelf = narrow.lock();
        assert_eq!((shelf.order.len(), shelf.kept.len(), shelf.bytes), (2, 2, 32));
    }

    #[test]
    fn a_key_has_at_most_64_plain_characters() {
        assert!(check_key("a".repeat(64).as_bytes()).is_ok());
        assert!(check_key("a".repeat(65).as_bytes()).is_err());
        assert!(check_key(b"").is_err());
        assert!(check_key(b"a b").is_err());
        assert!(check_key("\u{fc}".as_bytes()).is_err());
    }
}
