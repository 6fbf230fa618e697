//! The events of permits and of the gate, in the shape in which the ledger keeps them for ever. Members are only ever added.

use std::collections::BTreeSet;

use basis::{Id, PersonId, Subject, Time};
use changes::ChangeId;
use evidence::EvidenceId;
use ledger::events::Event;
use serde::{Deserialize, Serialize};

use super::PermitId;

/// Declares what an event is called and about.
macro_rules! event {
    ($name:ident, $text:literal, $subject:ident, $free:expr) => {
        impl Event for $name {
            const TYPE: &'static str = $text;
            const FREE_TEXT: &'static [&'static str] = $free;
            fn subject(&self) -> Subject {
                self.$subject.subject()
            }
        }
    };
}

/// A permit was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Which permit.
    pub permit: PermitId,
    /// Under which change.
    pub change: ChangeId,
    /// Under which revision of it; 0 in the oldest entries, which do not say.
    #[serde(default)]
    pub revision: u64,
    /// The first moment at which it allows work.
    pub from: Time,
    /// The first moment at which it no longer does.
    pub until: Time,
    /// Who may work.
    pub people: BTreeSet<PersonId>,
    /// On what.
    pub assets: BTreeSet<Subject>,
    /// What they may do.
    pub actions: BTreeSet<String>,
    /// The version of the policy that allowed it.
    pub policy_version: u64,
    /// The paragraphs that applied.
    pub paragraphs: Vec<String>,
}
event!(Issued, "permits.issued", permit, &[]);

/// Work under a permit was stopped for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspended {
    /// Which permit.
    pub permit: PermitId,
    /// Why.
    pub reason: String,
}
event!(Suspended, "permits.suspended", permit, &["reason"]);

/// Work under a suspended permit may go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// Which permit.
    pub permit: PermitId,
    /// Why.
    pub reason: String,
}
event!(Resumed, "permits.resumed", permit, &["reason"]);

/// A permit was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedBack {
    /// Which permit.
    pub permit: PermitId,
    /// `done` or `unfinished`.
    pub work: String,
}
event!(HandedBack, "permits.handed_back", permit, &[]);

/// A permit was withdrawn for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Which permit.
    pub permit: PermitId,
    /// Why.
    pub reason: String,
}
event!(Revoked, "permits.revoked", permit, &["reason"]);

/// The token that came with a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenGiven {
    /// The token's own id, its claim `jti`.
    pub jti: String,
    /// When it ends.
    pub expires: Time,
}

/// The gate was asked and answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateAnswered {
    /// Under which change.
    pub change: ChangeId,
    /// The permit that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit: Option<PermitId>,
    /// Who wants to work.
    pub person: PersonId,
    /// On what.
    pub asset: Subject,
    /// What they want to do.
    pub action: String,
    /// Whether the answer was yes.
    pub is_allowed: bool,
    /// What was missing, one line each.
    pub reasons: Vec<String>,
    /// The token that came with a yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenGiven>,
    /// The version of the policy that answered.
    pub policy_version: u64,
    /// The paragraphs that applied.
    pub paragraphs: Vec<String>,
}
event!(GateAnswered, "permits.gate_answered", change, &["reasons"]);

/// A command was run behind the gate, and ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRun {
    /// Under which change.
    pub change: ChangeId,
    /// The token under which it ran.
    pub jti: String,
    /// On what.
    pub asset: Subject,
    /// What it did.
    pub action: String,
    /// Its exit code; 128 and the signal's number where a signal ended it.
    pub exit_code: u64,
    /// How long it ran, in milliseconds.
    pub duration_ms: u64,
    /// Its output.
    pub evidence: EvidenceId,
}
event!(CommandRun, "permits.command_run", change, &[]);
