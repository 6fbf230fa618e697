//! What the policy says and what follows from it, as plain functions of facts.
//!
//! Nothing here reads a file, a table or a clock: questions carry the moment they are asked at.

mod questions;
mod words;

pub use questions::{
    ApprovalFacts, AssetFacts, ChangeFacts, CloseFacts, Comparison, EvidenceFacts, FindingFacts, IssueFacts,
    PermitFacts, Rescan, Retrospective, ScheduleFacts, VerifiedAsset, Window, WorkFacts,
};
pub use words::{
    Action, ChangeType, Classification, ClockStart, Criticality, Duty, Environment, EvidenceKind,
    Exploitation, Exposure, LeadStart, MaintenanceType, Part, PermitState, RecordClass, RingGate, Severity,
    Stage,
};
