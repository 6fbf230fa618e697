//! The members of one payload, each asked for in its form.

use basis::{Id, PersonId, Subject, Time};

use crate::Hash;
use crate::canonical::{Json, parse};
use crate::entry::parse_time;
use crate::package::{Code, Wrong};

/// A payload with the step and the place to blame.
pub(super) struct Payload {
    json: Json,
    code: Code,
    place: String,
}

impl Payload {
    pub(super) fn parse(bytes: &[u8], code: Code, place: String) -> Result<Self, Wrong> {
        match parse(bytes) {
            Ok(json) => Ok(Self { json, code, place }),
            Err(error) => Err(Wrong::new(code, place, error.to_string())),
        }
    }

    pub(super) fn wrong(&self, what: impl Into<String>) -> Wrong {
        Wrong::new(self.code, self.place.as_str(), what)
    }

    fn formed<'a, T>(
        &'a self,
        key: &str,
        form: &str,
        read: impl Fn(&'a Json) -> Option<T>,
    ) -> Result<T, Wrong> {
        let value = self.json.member(key).and_then(read);
        value.ok_or_else(|| self.wrong(format!("its payload has no `{key}` that is {form}")))
    }

    pub(super) fn text(&self, key: &str) -> Result<&str, Wrong> {
        self.formed(key, "a string", Json::as_str)
    }

    /// A string that may be absent, but is nothing else.
    pub(super) fn optional_text(&self, key: &str) -> Result<Option<&str>, Wrong> {
        match self.json.member(key) {
            Some(_) => self.text(key).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn number(&self, key: &str) -> Result<u64, Wrong> {
        self.formed(key, "a number", Json::as_number)
    }

    pub(super) fn hash(&self, key: &str) -> Result<Hash, Wrong> {
        self.formed(key, "a hash", |value| Hash::from_hex(value.as_str()?))
    }

    pub(super) fn time(&self, key: &str) -> Result<Time, Wrong> {
        self.formed(key, "a time", |value| parse_time(value.as_str()?))
    }

    pub(super) fn person(&self, key: &str) -> Result<PersonId, Wrong> {
        self.formed(key, "the id of a person", |value| {
            PersonId::parse(value.as_str()?).ok()
        })
    }

    pub(super) fn subject(&self, key: &str) -> Result<Subject, Wrong> {
        self.formed(key, "an id", |value| Subject::parse(value.as_str()?))
    }

    pub(super) fn key_id(&self) -> Result<&str, Wrong> {
        self.formed("key_id", "the id of a key", |value| {
            let text = value.as_str()?;
            (text.starts_with("KEY-") && Subject::parse(text).is_some()).then_some(text)
        })
    }
}
