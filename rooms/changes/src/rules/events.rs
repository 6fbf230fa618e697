//! The events of a change, in the shape in which the ledger keeps them for ever. Members are only ever added.
//!
//! `changes.submitted` and `changes.decided` hold what docs/package-format.md sections 5.2 and 5.3 demand.

use basis::{Id, PersonId, Role, Subject, Time};
use ledger::events::Event;
use policy::AssetFacts;
use serde::{Deserialize, Serialize};

use super::ChangeId;
use super::parts::{Hours, Parts};
use super::words::{Decision, SubmissionKind};

/// Declares that an event is about its `change`.
macro_rules! about_change {
    ($name:ident, $text:literal, $free:expr) => {
        impl Event for $name {
            const TYPE: &'static str = $text;
            const FREE_TEXT: &'static [&'static str] = $free;
            fn subject(&self) -> Subject {
                self.change.subject()
            }
        }
    };
}

const PARTS_FREE_TEXT: &[&str] = &[
    "parts.title",
    "parts.reason",
    "parts.security_impact",
    "parts.availability_impact",
    "parts.test_plan",
    "parts.rollback_plan",
    "parts.communication_plan",
    "parts.checklist",
    "parts.emergency_reason",
    "parts.plan.text",
    "parts.policy_draft.text",
    "reason",
];

/// A change was opened as a draft by the actor, who asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Which change.
    pub change: ChangeId,
    /// What it asks for.
    pub parts: Parts,
}
about_change!(Opened, "changes.opened", PARTS_FREE_TEXT);

/// What a change asks for became something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Which change.
    pub change: ChangeId,
    /// The revision that this makes or, in a draft, goes on with.
    pub revision: u64,
    /// What it asks for now.
    pub parts: Parts,
    /// The names of the parts that differ from before.
    pub changed: Vec<String>,
    /// Whether an earlier revision was submitted, whose decisions fall with this.
    pub voids_decisions: bool,
    /// Why it was edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
about_change!(Edited, "changes.edited", PARTS_FREE_TEXT);

/// A revision was submitted for decision (docs/package-format.md section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Which change.
    pub change: ChangeId,
    /// Which revision.
    pub revision: u64,
    /// Who asks for it.
    pub requester: PersonId,
    /// The exact text that decisions are about.
    pub text: String,
    /// SHA-256 of the text's bytes, in hex.
    pub digest: String,
    /// What the text is.
    #[serde(default)]
    pub kind: SubmissionKind,
    /// The version of the policy that found it complete.
    pub policy_version: u64,
    /// The paragraphs that applied.
    pub paragraphs: Vec<String>,
    /// What was known of the assets: what is learnt of them later makes nothing easier.
    #[serde(default)]
    pub assets: Vec<AssetFacts>,
}
about_change!(Submitted, "changes.submitted", &["text"]);

/// A person decided, by signature (docs/package-format.md section 5.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionMade {
    /// Which change.
    pub change: ChangeId,
    /// On which revision.
    pub revision: u64,
    /// SHA-256 of the text decided on, in hex.
    pub digest: String,
    /// What was said.
    pub decision: Decision,
    /// By whom: the actor.
    pub person: PersonId,
    /// In which role.
    pub capacity: Role,
    /// The time in the signed message.
    pub signed_at: Time,
    /// The enrolled key that signed.
    pub key_id: String,
    /// The armored SSH signature.
    pub signature: String,
    /// Words of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The paragraph of the small-shop path that let this person decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<String>,
    /// Request or retrospective.
    #[serde(default)]
    pub kind: SubmissionKind,
}
about_change!(DecisionMade, "changes.decided", &["comment"]);

/// The approvals on a revision are all that the policy asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// Which change.
    pub change: ChangeId,
    /// Which revision.
    pub revision: u64,
    /// The version of the policy that said so.
    pub policy_version: u64,
    /// The paragraphs that applied, those of small-shop paths among them.
    pub paragraphs: Vec<String>,
}
about_change!(Approved, "changes.approved", &[]);

/// The window for the work was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Which change.
    pub change: ChangeId,
    /// Which revision.
    pub revision: u64,
    /// From when to when.
    pub window: Hours,
    /// The version of the policy that allowed it.
    pub policy_version: u64,
    /// The paragraphs that applied.
    pub paragraphs: Vec<String>,
}
about_change!(Scheduled, "changes.scheduled", &[]);

/// A person was told of an emergency: the change stands on what waits for them from this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Which change.
    pub change: ChangeId,
    /// In which role.
    pub role: Role,
    /// Who.
    pub person: PersonId,
}
about_change!(Told, "changes.told", &[]);

/// Work began, or was resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Which change.
    pub change: ChangeId,
    /// Who works.
    pub person: PersonId,
    /// The one asset that is worked on, where it is known; otherwise it may be any of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<Subject>,
}
about_change!(Started, "changes.started", &[]);

/// Another person worked under the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// Which change.
    pub change: ChangeId,
    /// Who works.
    pub person: PersonId,
}
about_change!(Worked, "changes.worked", &[]);

/// An asset that was compared already is worked on again, so what was found on it counts no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reworked {
    /// Which change.
    pub change: ChangeId,
    /// Which asset.
    pub asset: Subject,
}
about_change!(Reworked, "changes.reworked", &[]);

/// The work is done and waits for verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Which change.
    pub change: ChangeId,
}
about_change!(Done, "changes.done", &[]);

/// The work was undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolledBack {
    /// Which change.
    pub change: ChangeId,
    /// Why.
    pub reason: String,
}
about_change!(RolledBack, "changes.rolled_back", &["reason"]);

/// The work failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Which change.
    pub change: ChangeId,
    /// Why.
    pub reason: String,
}
about_change!(Failed, "changes.failed", &["reason"]);

/// The state of an asset was compared with the state approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Which change.
    pub change: ChangeId,
    /// Which asset.
    pub asset: Subject,
    /// How they differ, one line each; empty when they are equal.
    pub differences: Vec<String>,
}
about_change!(Compared, "changes.compared", &["differences"]);

/// The actor explained and accepted a difference on an asset, or a finding that is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Which change.
    pub change: ChangeId,
    /// The asset or the finding.
    pub about: Subject,
    /// Why it is right all the same.
    pub because: String,
}
about_change!(Accepted, "changes.accepted", &["because"]);

/// The actor confirmed that what was approved is what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Which change.
    pub change: ChangeId,
    /// Words of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
about_change!(Verified, "changes.verified", &["comment"]);

/// The change ended with everything proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Which change.
    pub change: ChangeId,
    /// How it ended.
    pub resolution: String,
    /// What was learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lessons: Option<String>,
    /// The version of the policy that allowed it.
    pub policy_version: u64,
    /// The paragraphs that applied, those of small-shop paths among them.
    pub paragraphs: Vec<String>,
}
about_change!(Closed, "changes.closed", &["resolution", "lessons"]);

/// The change was given up before work began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Which change.
    pub change: ChangeId,
    /// Why.
    pub reason: String,
}
about_change!(Cancelled, "changes.cancelled", &["reason"]);
