//! What the ledger keeps of exports, redactions and recoveries. These shapes are stored for ever.

use basis::{Id, PersonId, Subject, Time};
use ledger::Hash;
use ledger::events::Event;
use serde::{Deserialize, Serialize};

basis::id_type!(
    /// One evidence package that was made.
    ExportId,
    "EXP",
    "export"
);
basis::id_type!(
    /// One redaction, from its request on.
    RedactionId,
    "RED",
    "redaction"
);
basis::id_type!(
    /// One request for a signed head.
    CheckpointId,
    "CHK",
    "checkpoint"
);
basis::id_type!(
    /// One recovery of a database that its high-water mark did not know.
    RecoveryId,
    "RCV",
    "recovery"
);

/// A package was made. With the ledger as it was at `size` it can be made again, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRecorded {
    pub export: ExportId,
    /// `change` or `period`, as the manifest says it.
    pub kind: String,
    /// The change, where it is about one. Not called `change`, so that exporting a change again does not drag it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Subject>,
    /// The first index of a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// The last index of a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<u64>,
    /// How many entries the ledger had.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// How many entries are in the package.
    pub entries: u64,
    /// How many evidence files are in the package.
    pub evidence_files: u64,
    /// Earlier sizes for which the package proves that the ledger went on from there.
    pub since: Vec<u64>,
    /// The version of the policy in force.
    pub policy_version: u64,
}

impl Event for ExportRecorded {
    const TYPE: &'static str = "history.exported";
    fn subject(&self) -> Subject {
        self.export.subject()
    }
}

/// Somebody asked that the payload of an entry be destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactionRequested {
    pub redaction: RedactionId,
    /// The index of the entry.
    pub entry: u64,
    /// What that entry is about; this entry is about the same.
    pub of: Subject,
    pub reason: String,
}

impl Event for RedactionRequested {
    const TYPE: &'static str = "history.redaction_requested";
    const FREE_TEXT: &'static [&'static str] = &["reason"];
    fn subject(&self) -> Subject {
        self.of.clone()
    }
}

/// A second person confirmed it: the payload of the entry is gone (docs/package-format.md section 3.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactionConfirmed {
    pub redaction: RedactionId,
    /// The index of the entry.
    pub entry: u64,
    /// What that entry is about; this entry is about the same.
    pub of: Subject,
    pub requested_by: PersonId,
}

impl Event for RedactionConfirmed {
    const TYPE: &'static str = "history.redacted";
    fn subject(&self) -> Subject {
        self.of.clone()
    }
}

/// Somebody asked for the signed head of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointRequested {
    pub checkpoint: CheckpointId,
}

impl Event for CheckpointRequested {
    const TYPE: &'static str = "history.checkpoint_requested";
    fn subject(&self) -> Subject {
        self.checkpoint.subject()
    }
}

/// Two people took the database as it stands for the true history, though its high-water mark says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    pub recovery: RecoveryId,
    /// How many entries the database had.
    pub database_size: u64,
    /// How many the mark knew; absent where there was no mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_size: Option<u64>,
    /// The root that the mark knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_root: Option<Hash>,
    /// The latest time in the ledger, where the clock had run ahead; from now on it is that of this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_entry: Option<Time>,
    pub reason: String,
    /// The second of the two people; the first is the actor.
    pub second: PersonId,
}

impl Event for Recovered {
    const TYPE: &'static str = "history.recovered";
    const FREE_TEXT: &'static [&'static str] = &["reason"];
    fn subject(&self) -> Subject {
        self.recovery.subject()
    }
}
