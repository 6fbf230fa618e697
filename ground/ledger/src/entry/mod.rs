//! The entry: the small canonical JSON object that is a leaf of the tree (package format §2.1), and the commitment
//! by which it stands for its payload (§2.3).
//!
//! Entries hold ids, types, times and commitments. Free text, host names and titles never enter: they are payload.

mod id;
mod names;
mod parse;
mod time;

use std::fmt::Write;

use aws_lc_rs::hmac;
use basis::{Authentication, PersonId, Subject, Time};
use serde::{Deserialize, Serialize};

use crate::Hash;
use crate::canonical::{CanonicalError, NUMBER_END};

pub use id::EventId;
pub use names::{EventType, NameError, Origin};
pub(crate) use time::parse_time;

/// The most bytes that an entry may have.
pub const ENTRY_BYTES_MAX: usize = 8_192;

/// The version of the entry's own form.
pub const ENTRY_VERSION: u64 = 1;

/// A stored evidence blob, named by the hash and size of the bytes as stored (encrypted).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobRef {
    /// SHA-256 of the stored bytes.
    pub sha256: Hash,
    /// Size of the stored bytes.
    pub size: u64,
}

/// One entry. Its index is not inside: it is the leaf's place in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who acted.
    pub actor: PersonId,
    /// How they proved who they are.
    pub authentication: Authentication,
    /// The person on whose behalf they acted.
    pub behalf: Option<PersonId>,
    /// Stored evidence that belongs to the entry.
    pub blobs: Vec<BlobRef>,
    /// The entry that led to this one.
    pub cause: Option<EventId>,
    /// The commitment to the payload, see [`commitment`].
    pub commitment: Hash,
    /// The entry's own id.
    pub id: EventId,
    /// The ledger that the entry belongs to.
    pub origin: Origin,
    /// The index of the entry before this one with the same subject.
    pub previous: Option<u64>,
    /// Whether the payload holds a credential and never leaves the organisation.
    pub sealed: bool,
    /// What the entry is about.
    pub subject: Subject,
    /// The clock's opinion; the order of entries is their index.
    pub time: Time,
    /// What happened, such as `changes.submitted`.
    pub event_type: EventType,
    /// The version of the event type, from 1.
    pub type_version: u64,
}

impl Entry {
    /// Reads an entry; refuses anything that is not exactly as §2.1 says, with the byte at which it departs.
    pub fn parse(bytes: &[u8]) -> Result<Self, CanonicalError> {
        parse::entry(bytes)
    }

    /// The bytes of the leaf. Refuses an entry of more than [`ENTRY_BYTES_MAX`] bytes and numbers out of range.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let mut out = String::with_capacity(640);
        self.write(&mut out);
        let numbers = [self.previous.unwrap_or(0), self.type_version];
        let sizes = self.blobs.iter().map(|blob| blob.size);
        if numbers
            .into_iter()
            .chain(sizes)
            .any(|number| number >= NUMBER_END)
            || self.type_version == 0
        {
            return Err(CanonicalError::new(0, "entry has a number that is out of range"));
        }
        if out.len() > ENTRY_BYTES_MAX {
            let what = format!(
                "entry has {} bytes; at most {ENTRY_BYTES_MAX} are allowed",
                out.len()
            );
            return Err(CanonicalError::new(0, what));
        }
        Ok(out.into_bytes())
    }

    fn write(&self, out: &mut String) {
        let mut add = |text: &str, value: &dyn std::fmt::Display| {
            out.push_str(text);
            // Writing to a text cannot fail.
            let _ = write!(out, "{value}");
        };
        add("{\"actor\":\"", &self.actor);
        add("\",\"authn\":\"", &self.authentication.name());
        if let Some(behalf) = self.behalf {
            add("\",\"behalf\":\"", &behalf);
        }
        let mut open = "\"";
        for (position, blob) in self.blobs.iter().enumerate() {
            add(
                if position == 0 {
                    "\",\"blobs\":[{\"sha256\":\""
                } else {
                    ",{\"sha256\":\""
                },
                &blob.sha256,
            );
            add("\",\"size\":", &blob.size);
            add("}", &"");
            open = "]";
        }
        if let Some(cause) = self.cause {
            add(open, &",\"cause\":\"");
            add("", &cause);
            open = "\"";
        }
        add(open, &",\"commitment\":\"");
        add("", &self.commitment);
        add("\",\"id\":\"", &self.id);
        add("\",\"origin\":\"", &self.origin);
        match self.previous {
            Some(previous) => add("\",\"previous\":", &previous),
            None => add("\"", &""),
        }
        if self.sealed {
            add(",\"sealed\":true", &"");
        }
        add(",\"subject\":\"", &self.subject);
        add("\",\"time\":\"", &self.time);
        add("\",\"type\":\"", &self.event_type);
        add("\",\"type_v\":", &self.type_version);
        add(",\"v\":", &ENTRY_VERSION);
        add("}", &"");
    }
}

/// The 32 random bytes that keep a payload from being guessed by its commitment. `Debug` does not print them.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// The commitment of an entry to its payload: HMAC-SHA-256 (RFC 2104) with the salt as key.
pub fn commitment(salt: &Salt, payload: &[u8]) -> Hash {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salt.0);
    let mut hash = [0; 32];
    hash.copy_from_slice(hmac::sign(&key, payload).as_ref());
    Hash(hash)
}

#[cfg(test)]
mod tests;
