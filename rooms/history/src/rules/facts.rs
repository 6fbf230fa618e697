//! What choosing the entries of a package needs to know of each entry, so that the ledger is read once and its payloads
//! need not stay in memory.

use std::collections::{BTreeMap, BTreeSet};

use basis::{PersonId, Subject, Time};
use ledger::Hash;
use ledger::canonical::Json;
use ledger::entry::{BlobRef, Entry, EventId};

/// What is known of one entry.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) index: u64,
    pub(crate) id: EventId,
    pub(crate) cause: Option<EventId>,
    pub(crate) actor: PersonId,
    pub(crate) subject: Subject,
    pub(crate) event_type: String,
    pub(crate) time: Time,
    pub(crate) is_sealed: bool,
    pub(crate) is_blanked: bool,
    /// The stored blob of evidence.
    pub(crate) blob: Option<BlobRef>,
    /// The ids that the payload says it belongs to: `change`, `run`, `permit`, and everything in `about`.
    pub(crate) tied: BTreeSet<Subject>,
    /// Every id that stands anywhere in the payload.
    pub(crate) named: BTreeSet<Subject>,
    pub(crate) policy_version: Option<u64>,
    /// The entry that a redaction is about.
    pub(crate) redacts: Option<u64>,
    /// Hash and size of evidence in the clear.
    pub(crate) clear: Option<(Hash, u64)>,
}

/// What may be read of a payload. One that was redacted still says what it belongs to: only its free text is gone.
#[derive(Debug, Clone)]
pub(crate) enum Remains {
    /// All of it.
    Whole(Json),
    /// What was left when its free text was destroyed.
    Blanked(Json),
    /// Nothing: it holds a credential.
    Sealed,
}

impl Remains {
    /// The payload, where it may leave the organisation.
    pub(crate) fn whole(self) -> Option<Json> {
        match self {
            Remains::Whole(payload) => Some(payload),
            Remains::Blanked(_) | Remains::Sealed => None,
        }
    }
}

/// The members by which a payload says what it belongs to.
const TIES: [&str; 3] = ["change", "run", "permit"];

impl Fact {
    /// What there is to know of an entry.
    pub(crate) fn of(index: u64, entry: &Entry, remains: &Remains) -> Self {
        let mut fact = Self {
            index,
            id: entry.id,
            cause: entry.cause,
            actor: entry.actor,
            subject: entry.subject.clone(),
            event_type: entry.event_type.as_str().to_owned(),
            time: entry.time,
            is_sealed: entry.sealed,
            is_blanked: matches!(remains, Remains::Blanked(_)),
            blob: entry.blobs.first().copied(),
            tied: BTreeSet::new(),
            named: BTreeSet::new(),
            policy_version: None,
            redacts: None,
            clear: None,
        };
        match remains {
            Remains::Whole(payload) | Remains::Blanked(payload) => fact.read(payload),
            Remains::Sealed => {}
        }
        fact
    }

    fn read(&mut self, payload: &Json) {
        names_in(payload, &mut self.named);
        let ties = TIES.iter().filter_map(|key| payload.member(key)).filter_map(id);
        self.tied.extend(ties);
        if let Some(Json::Array(about)) = payload.member("about") {
            self.tied.extend(about.iter().filter_map(id));
        }
        let number = |key: &str| payload.member(key).and_then(Json::as_number);
        self.policy_version = number("policy_version");
        if self.is("history.redacted") {
            self.redacts = number("entry");
        }
        let sha256 = payload
            .member("sha256")
            .and_then(Json::as_str)
            .and_then(Hash::from_hex);
        self.clear = sha256.zip(number("size"));
    }

    pub(crate) fn is(&self, event_type: &str) -> bool {
        self.event_type == event_type
    }
}

fn id(json: &Json) -> Option<Subject> {
    json.as_str().and_then(Subject::parse)
}

fn names_in(json: &Json, named: &mut BTreeSet<Subject>) {
    match json {
        Json::String(text) => named.extend(Subject::parse(text)),
        Json::Array(items) => items.iter().for_each(|item| names_in(item, named)),
        Json::Object(members) => members.values().for_each(|member| names_in(member, named)),
        Json::Number(_) | Json::Bool(_) => {}
    }
}

/// The facts of the whole ledger up to one size, and the names of people.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    // INVARIANT: the fact at a place is that of the entry with that index.
    pub(crate) list: Vec<Fact>,
    pub(crate) names: BTreeMap<PersonId, String>,
}

impl Facts {
    /// Adds the next entry.
    pub(crate) fn add(&mut self, index: u64, entry: &Entry, remains: &Remains) {
        if entry.event_type.as_str() == "people.enrolled"
            && let Some(person) = entry.subject.as_id::<PersonId>()
            && let Remains::Whole(payload) = remains
            && let Some(name) = payload.member("name").and_then(Json::as_str)
        {
            self.names.insert(person, name.to_owned());
        }
        self.list.push(Fact::of(index, entry, remains));
    }

    pub(crate) fn at(&self, index: u64) -> Option<&Fact> {
        self.list.get(usize::try_from(index).ok()?)
    }

    pub(crate) fn about<'a>(&'a self, subject: &'a Subject) -> impl DoubleEndedIterator<Item = &'a Fact> {
        self.list.iter().filter(move |fact| fact.subject == *subject)
    }

    /// The redaction that destroyed the payload of the entry at `index`.
    pub(crate) fn redaction_of(&self, index: u64) -> Option<&Fact> {
        self.list.iter().rev().find(|fact| fact.redacts == Some(index))
    }
}
