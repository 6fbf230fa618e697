//! What the policy says and what follows from it, as plain functions of facts.
//!
//! Nothing here reads a file, a table or a clock: questions carry the moment they are asked at.

mod answers;
mod checks;
mod clock;
mod difference;
mod document;
mod events;
mod kinds;
mod length;
mod objectives;
mod page;
mod parameters;
mod questions;
mod reading;
mod shipped;
mod terms;
mod ways_out;
mod words;

pub use clock::{CLOCK_BEHIND_MAX, check_clock};
pub use difference::{Difference, diff};
pub use document::{Contact, Policy, Rule, When};
pub use events::{Adopted, PolicyId};
pub use kinds::*;
pub use length::{Length, Months};
pub use page::{PAGE_COLUMNS, render_page};
pub use questions::{
    ApprovalFacts, AssetFacts, ChangeFacts, CloseFacts, Comparison, ConfirmFacts, EvidenceFacts, Fallen,
    FindingFacts, IssueFacts, PermitFacts, Rescan, Retrospective, ScheduleFacts, VerifiedAsset, Window,
    WorkFacts,
};
pub use reading::{DOCUMENT_BYTES_MAX, PolicyError};
pub use shipped::{DEFAULT_POLICY, SMALL_SHOP_POLICY};
pub use terms::{PermitTerms, RemediationTerms, RingTerms, SignInTerms};
pub use words::{
    Action, ChangeType, Classification, ClockStart, Criticality, Duty, Environment, EvidenceKind,
    Exploitation, Exposure, LeadStart, MaintenanceType, Part, PermitState, RecordClass, RingGate, Severity,
    Stage,
};
