//! The pages of a package for people: one index, and the approvals as files that stock `ssh-keygen` checks.
//!
//! What stands here means nothing to a verifier and is covered by the manifest all the same. Everything is escaped, there
//! are no scripts, and nothing is fetched from anywhere.

mod approvals;
mod html;
mod index;

use std::collections::BTreeMap;

use basis::PersonId;
use ledger::canonical::Json;
use ledger::entry::Entry;

use crate::rules::{EvidenceFile, Export};

/// An entry of the package.
pub(crate) struct Chosen {
    pub(crate) index: u64,
    pub(crate) entry: Entry,
    /// None where it is withheld.
    pub(crate) payload: Option<Json>,
    /// The entry that says that the payload was destroyed.
    pub(crate) redacted_by: Option<u64>,
}

impl Chosen {
    pub(crate) fn is(&self, event_type: &str) -> bool {
        self.entry.event_type.as_str() == event_type
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        let member = self.payload.as_ref().and_then(|payload| payload.member(key));
        member.and_then(Json::as_str).unwrap_or("")
    }

    pub(crate) fn number(&self, key: &str) -> Option<u64> {
        self.payload.as_ref()?.member(key)?.as_number()
    }
}

/// What the pages are made of.
pub(crate) struct Pages<'a> {
    pub(crate) export: &'a Export,
    pub(crate) origin: &'a str,
    pub(crate) key: String,
    pub(crate) chosen: &'a [&'a Chosen],
    pub(crate) names: &'a BTreeMap<PersonId, String>,
    pub(crate) evidence: &'a [EvidenceFile],
}

impl Pages<'_> {
    /// Every page by its path.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = approvals::files(self);
        files.push(("index.html".to_owned(), index::page(self).into_bytes()));
        files
    }

    /// The name of a person with their id.
    fn person(&self, person: PersonId) -> String {
        match self.names.get(&person) {
            Some(name) => format!("{name} ({person})"),
            None => person.to_string(),
        }
    }

    /// The entry that enrolled the key with this id.
    fn enrolment(&self, key_id: &str) -> Option<&Chosen> {
        let mut enrolments = self
            .chosen
            .iter()
            .filter(|chosen| chosen.is("people.key_enrolled"));
        enrolments.find(|chosen| chosen.text("key_id") == key_id).copied()
    }
}
