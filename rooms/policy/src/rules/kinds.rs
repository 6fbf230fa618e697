//! The kinds of rules and their parameters, one struct per kind. Every number of the policy is one of these fields.

use std::collections::BTreeMap;

use basis::Role;
use serde::Deserialize;

use super::length::{Length, Months};
use super::words::{
    Action, ChangeType, ClockStart, Duty, EvidenceKind, LeadStart, Part, RecordClass, RingGate, Severity,
    Stage,
};

/// What a rule demands.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Parts that a change must have.
    RequiredParts(RequiredParts),
    /// Approvals that a change must have.
    Approvals(Approvals),
    /// Duties that must lie with different people.
    Separation(Separation),
    /// How early the window must be announced.
    LeadTime(LeadTime),
    /// How long a window may be.
    WindowLength(WindowLength),
    /// A backup or snapshot before work.
    BackupBefore(BackupBefore),
    /// What a permit may allow.
    Permit(Permit),
    /// How long a gate token lives.
    GateToken(GateToken),
    /// How a plan goes out in waves.
    Rings(Rings),
    /// Evidence without which a change stays open.
    EvidenceForClosure(EvidenceForClosure),
    /// Verification without which a change stays open.
    VerificationForClosure(VerificationForClosure),
    /// Who is told of an emergency, and its retrospective.
    Emergency(Emergency),
    /// How soon findings are remedied.
    RemediationDeadline(RemediationDeadline),
    /// How long records are kept.
    Retention(Retention),
    /// How signing in works.
    SignIn(SignIn),
}

impl Kind {
    /// The names of all kinds as the document writes them, in the order of the enum.
    pub const NAMES: [&'static str; 15] = [
        "required_parts",
        "approvals",
        "separation",
        "lead_time",
        "window_length",
        "backup_before",
        "permit",
        "gate_token",
        "rings",
        "evidence_for_closure",
        "verification_for_closure",
        "emergency",
        "remediation_deadline",
        "retention",
        "sign_in",
    ];

    /// The kind's name as the document writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::RequiredParts(_) => "required_parts",
            Kind::Approvals(_) => "approvals",
            Kind::Separation(_) => "separation",
            Kind::LeadTime(_) => "lead_time",
            Kind::WindowLength(_) => "window_length",
            Kind::BackupBefore(_) => "backup_before",
            Kind::Permit(_) => "permit",
            Kind::GateToken(_) => "gate_token",
            Kind::Rings(_) => "rings",
            Kind::EvidenceForClosure(_) => "evidence_for_closure",
            Kind::VerificationForClosure(_) => "verification_for_closure",
            Kind::Emergency(_) => "emergency",
            Kind::RemediationDeadline(_) => "remediation_deadline",
            Kind::Retention(_) => "retention",
            Kind::SignIn(_) => "sign_in",
        }
    }
}

/// Parts that a change must have at a stage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredParts {
    /// When they must be there.
    pub at: Stage,
    /// Which parts.
    pub parts: Vec<Part>,
}

/// So many approvals in one role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The role in which the approval is given.
    pub capacity: Role,
    /// How many different people.
    pub count: u32,
}

/// Approvals that a change must have; a person counts once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// What is needed, all of it.
    pub needed: Vec<Need>,
}

/// Duties of one change that must lie with different people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Separation {
    /// The pairs of duties.
    pub different: Vec<(Duty, Duty)>,
    /// The path for an organisation too small for that.
    pub alternative: Option<Alternative>,
}

/// The small-shop path: a second person reviews need and impact where one person holds two duties.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Its own id in the policy, so that every use of it can be seen.
    pub paragraph: String,
    /// The path in a plain sentence.
    pub sentence: String,
    /// The role in which the second person reviews.
    pub capacity: Role,
    /// The pairs of duties that may lie with one person under this path.
    pub pairs: Vec<(Duty, Duty)>,
    /// Whether the path may be taken; false keeps it in the document without effect.
    pub in_force: bool,
}

/// How early a window must be announced.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadTime {
    /// From when the time counts.
    pub counted_from: LeadStart,
    /// The least time up to the start of the window, by change type.
    pub least: BTreeMap<ChangeType, Length>,
}

/// How long a window may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowLength {
    /// The longest.
    pub longest: Length,
}

/// A backup or snapshot of the asset before work on it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupBefore {
    /// The kinds of evidence of which one is enough.
    pub any_of: Vec<EvidenceKind>,
    /// The actions that must wait for it.
    pub actions: Vec<Action>,
    /// How old it may be when work is asked for.
    pub oldest: Length,
}

/// What a permit may allow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    /// The longest time a permit may last.
    pub longest: Length,
    /// The actions a permit may name.
    pub actions: Vec<Action>,
}

/// How long a gate token lives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateToken {
    /// From issue to expiry.
    pub life: Length,
}

/// How a plan goes out in waves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rings {
    /// The share of all assets reached after each ring, in percent, rising to 100.
    pub shares_percent: Vec<u8>,
    /// The fewest assets in the first ring.
    pub pilot_least: u32,
    /// The fewest assets in a ring between the first and the last; a smaller one joins the ring behind it, so that a
    /// small fleet goes out in two waves.
    #[serde(default = "one")]
    pub ring_least: u32,
    /// The share of failed assets of a ring, in percent, at which the run halts; 1 means at the first failure.
    pub halt_percent: u8,
    /// How long a ring is watched before the next begins.
    pub soak: Length,
    /// What stands between two rings.
    pub gate: RingGate,
}

fn one() -> u32 {
    1
}

/// Evidence without which a change stays open.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceForClosure {
    /// Needed for each asset to which the rule applies.
    pub per_asset: Vec<EvidenceKind>,
    /// Needed once for the change.
    pub per_change: Vec<EvidenceKind>,
}

/// Verification without which a change stays open.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationForClosure {
    /// Whether a person may explain and accept that the state found differs from the state approved.
    pub differences_may_be_accepted: bool,
    /// Whether each finding that was the reason must be looked for again.
    pub findings_are_rescanned: bool,
}

/// Who is told of an emergency, and its retrospective.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// The roles told before work starts.
    pub told: Vec<Role>,
    /// How long after work began the retrospective is due.
    pub retrospective_within: Length,
    /// The approval after the fact.
    pub approved_afterwards: Vec<Need>,
}

/// How soon findings are identified, reported and corrected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemediationDeadline {
    /// From when correction counts.
    pub counted_from: ClockStart,
    /// The longest time from publication until the organisation knows whether it is affected.
    pub identify_within: Length,
    /// The longest time from finding until it is reported.
    pub report_within: Length,
    /// The time to correct what is known to be exploited, whatever its severity.
    pub known_exploited: Length,
    /// The time to correct the rest, by severity; a severity without a row has no deadline.
    pub correct_within: BTreeMap<Severity, Length>,
}

/// How long records are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// The time by record class.
    pub keep: BTreeMap<RecordClass, Months>,
}

/// How signing in works.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The longest session.
    pub session: Length,
    /// The longest pause within one.
    pub idle: Length,
    /// The longest life of an API token.
    pub token_longest: Length,
    /// Failed attempts in a row before the account is locked.
    pub failures_most: u32,
    /// How long it stays locked.
    pub lockout: Length,
    /// How old the proof may be of who asks for a dangerous act; 15 minutes in documents older than this term.
    #[serde(default = "step_up")]
    pub step_up: Length,
}

fn step_up() -> Length {
    Length::minutes(15)
}
