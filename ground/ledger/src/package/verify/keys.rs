//! Step 11: which keys were enrolled for whom, and which were revoked (§5.1).

use basis::PersonId;

use super::records::Record;
use crate::package::ssh::PersonKey;
use crate::package::{Code, Wrong};

const ENROLLED: &str = "people.key_enrolled";
const REVOKED: &str = "people.key_revoked";

/// Something that happened to a key of a person; what, where it cannot be read, is `None`.
struct Act<T> {
    index: u64,
    person: PersonId,
    known: Option<T>,
}

struct Enrolled {
    key_id: String,
    key: PersonKey,
}

/// Every enrolment and revocation of the package.
pub(super) struct Keys {
    enrolments: Vec<Act<Enrolled>>,
    revocations: Vec<Act<String>>,
}

/// What the package knows about a key at one entry.
pub(super) enum Standing<'a> {
    /// Enrolled and not revoked.
    Good(&'a PersonKey),
    /// What would tell is withheld.
    NotCheckable,
    /// Why the key does not count.
    Bad(&'static str),
}

pub(super) fn check(records: &[Record<'_>]) -> Result<Keys, Wrong> {
    let mut keys = Keys {
        enrolments: Vec::new(),
        revocations: Vec::new(),
    };
    for record in records {
        if record.is(ENROLLED) {
            let person = person(record)?;
            let known = keys.enrolled(record)?;
            keys.enrolments.push(Act {
                index: record.index,
                person,
                known,
            });
        } else if record.is(REVOKED) {
            let person = person(record)?;
            let known = keys.revoked(record, person)?;
            keys.revocations.push(Act {
                index: record.index,
                person,
                known,
            });
        }
    }
    Ok(keys)
}

fn person(record: &Record<'_>) -> Result<PersonId, Wrong> {
    record.check_version(Code::Keys)?;
    let person = record.entry.subject.as_id();
    person.ok_or_else(|| Wrong::new(Code::Keys, record.place(), "its subject is not a person"))
}

impl Keys {
    fn enrolled(&self, record: &Record<'_>) -> Result<Option<Enrolled>, Wrong> {
        let Some(payload) = record.clear(Code::Keys)? else {
            return Ok(None);
        };
        let key_id = payload.key_id()?.to_owned();
        let key = PersonKey::parse(payload.text("key")?).map_err(|what| payload.wrong(what))?;
        if self.find(&key_id).is_some() {
            return Err(payload.wrong(format!("`{key_id}` was enrolled before")));
        }
        if let Some(other) = self.with_key(&key) {
            let what = format!("the same key was enrolled before, for {}", other.person);
            return Err(payload.wrong(what));
        }
        Ok(Some(Enrolled { key_id, key }))
    }

    fn revoked(&self, record: &Record<'_>, person: PersonId) -> Result<Option<String>, Wrong> {
        let Some(payload) = record.clear(Code::Keys)? else {
            return Ok(None);
        };
        let key_id = payload.key_id()?.to_owned();
        match self.find(&key_id) {
            Some(enrolment) if enrolment.person == person => Ok(Some(key_id)),
            None if self.has_withheld_enrolment(person, record.index) => Ok(Some(key_id)),
            _ => Err(payload.wrong(format!("`{key_id}` was not enrolled for {person} before"))),
        }
    }

    fn find(&self, key_id: &str) -> Option<&Act<Enrolled>> {
        let is_it = |act: &&Act<Enrolled>| act.known.as_ref().is_some_and(|known| known.key_id == key_id);
        self.enrolments.iter().find(is_it)
    }

    fn with_key(&self, key: &PersonKey) -> Option<&Act<Enrolled>> {
        let is_it = |act: &&Act<Enrolled>| act.known.as_ref().is_some_and(|known| known.key.is_same(key));
        self.enrolments.iter().find(is_it)
    }

    fn has_withheld_enrolment(&self, person: PersonId, before: u64) -> bool {
        let is_one = |act: &Act<Enrolled>| act.person == person && act.known.is_none() && act.index < before;
        self.enrolments.iter().any(is_one)
    }

    /// How the key of `person` stands at the entry `at`.
    pub(super) fn standing(&self, key_id: &str, person: PersonId, at: u64) -> Standing<'_> {
        let enrolment = self.find(key_id).filter(|act| act.index < at);
        let Some((enrolment, enrolled)) = enrolment.and_then(|act| Some((act, act.known.as_ref()?))) else {
            return match self.has_withheld_enrolment(person, at) {
                true => Standing::NotCheckable,
                false => Standing::Bad("the key was not enrolled before"),
            };
        };
        if enrolment.person != person {
            return Standing::Bad("the key was enrolled for another person");
        }
        let between = enrolment.index..at;
        let is_near = |act: &&Act<String>| act.person == person && between.contains(&act.index);
        let revocations: Vec<&Act<String>> = self.revocations.iter().filter(is_near).collect();
        if revocations.iter().any(|act| act.known.as_deref() == Some(key_id)) {
            return Standing::Bad("the key was revoked before");
        }
        match revocations.iter().any(|act| act.known.is_none()) {
            true => Standing::NotCheckable,
            false => Standing::Good(&enrolled.key),
        }
    }
}
