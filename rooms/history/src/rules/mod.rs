//! What belongs into a package, what may be redacted, and what is recorded of both. Plain functions of facts.

mod events;
mod facts;
mod redaction;
mod scope;
mod selection;

pub use events::{
    CheckpointId, CheckpointRequested, ExportId, ExportRecorded, Recovered, RecoveryId, RedactionConfirmed,
    RedactionId, RedactionRequested,
};
pub(crate) use facts::{Fact, Facts, Remains};
pub use redaction::Redaction;
pub(crate) use redaction::{NOTE, may_confirm, may_request, may_spare};
pub use scope::{Asked, Export};
pub(crate) use scope::{resolve, sizes_since};
pub(crate) use selection::{EvidenceFile, evidence_files, select};
