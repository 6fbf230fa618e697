//! What the ledger records of evidence. These shapes are stored for ever: members are added, never changed.

use basis::{Id, Subject, Time};
use ledger::Hash;
use ledger::entry::BlobRef;
use ledger::events::Event;
use serde::{Deserialize, Serialize};

use super::evidence::{EvidenceId, OpeningId};

/// A file was put into the vault and tied to what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// What it is about: changes, assets, runs, findings, people.
    pub about: Vec<Subject>,
    /// The stored, encrypted file.
    pub blob: BlobRef,
    /// Its id.
    pub evidence: EvidenceId,
    /// Whether it is in final form.
    pub is_final: bool,
    /// What it shows, in the policy's word.
    pub kind: String,
    /// The media type of the content.
    pub media_type: String,
    /// The name of the file.
    pub name: String,
    /// The assessment objectives that it serves.
    pub objectives: Vec<String>,
    /// SHA-256 of the content in the clear.
    pub sha256: Hash,
    /// Size of the content in the clear, in bytes.
    pub size: u64,
    /// When what it shows was true.
    pub taken_at: Time,
}

impl Event for Added {
    const TYPE: &'static str = "evidence.added";
    const FREE_TEXT: &'static [&'static str] = &["name"];

    fn subject(&self) -> Subject {
        self.evidence.subject()
    }

    fn blobs(&self) -> Vec<BlobRef> {
        vec![self.blob]
    }
}

/// A draft was declared final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finalised {
    /// Which evidence.
    pub evidence: EvidenceId,
    /// SHA-256 of the content in the clear, so that it is known what was declared final.
    pub sha256: Hash,
}

impl Event for Finalised {
    const TYPE: &'static str = "evidence.finalised";

    fn subject(&self) -> Subject {
        self.evidence.subject()
    }
}

/// Somebody opened it to look at its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Which evidence.
    pub evidence: EvidenceId,
    /// The opening, by which the content is fetched.
    pub opening: OpeningId,
}

impl Event for Opened {
    const TYPE: &'static str = "evidence.opened";

    fn subject(&self) -> Subject {
        self.evidence.subject()
    }
}

/// Its content was destroyed; what it was stays on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destroyed {
    /// The stored file that is gone.
    pub blob: BlobRef,
    /// Which evidence.
    pub evidence: EvidenceId,
    /// Why.
    pub reason: String,
    /// SHA-256 of the content in the clear.
    pub sha256: Hash,
}

impl Event for Destroyed {
    const TYPE: &'static str = "evidence.destroyed";
    const FREE_TEXT: &'static [&'static str] = &["reason"];

    fn subject(&self) -> Subject {
        self.evidence.subject()
    }

    fn blobs(&self) -> Vec<BlobRef> {
        vec![self.blob]
    }
}
