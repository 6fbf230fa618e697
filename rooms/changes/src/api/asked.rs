//! What the routes of changes are sent.

use basis::Time;
use frame::TimeText;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::PartsEdit;

/// Which changes to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Only those in this state, such as `submitted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many at most, 1 to 500; 100 when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Parts of a change. What is left out stays as it is; an empty text or list takes the part away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PartsRequest {
    /// Why it is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it cannot wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency_reason: Option<String>,
    /// What it does to security.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_impact: Option<String>,
    /// What stops working, for whom and for how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_impact: Option<String>,
    /// How success is found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_plan: Option<String>,
    /// How it is undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_plan: Option<String>,
    /// Who is told what, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub communication_plan: Option<String>,
    /// The assets it touches, by name or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets: Option<Vec<String>>,
    /// The findings it is for, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<String>>,
    /// The people who carry it out, by handle or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executors: Option<Vec<String>>,
    /// The lines to tick off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checklist: Option<Vec<String>>,
    /// When the window begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub from: Option<Time>,
    /// When the window ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub until: Option<Time>,
    /// The policy document to adopt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_draft: Option<String>,
}

impl PartsRequest {
    pub(super) fn edit(&self) -> PartsEdit {
        let parts = self.clone();
        PartsEdit {
            title: None,
            reason: parts.reason,
            emergency_reason: parts.emergency_reason,
            security_impact: parts.security_impact,
            availability_impact: parts.availability_impact,
            test_plan: parts.test_plan,
            rollback_plan: parts.rollback_plan,
            communication_plan: parts.communication_plan,
            assets: parts.assets,
            findings: parts.findings,
            executors: parts.executors,
            checklist: parts.checklist,
            from: parts.from,
            until: parts.until,
            policy_draft: parts.policy_draft,
            seen: None,
        }
    }
}

/// A change to open.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenRequest {
    /// What it is, in one line.
    pub title: String,
    /// `normal` or `emergency`.
    pub change_type: String,
    /// What is known already.
    #[serde(default)]
    pub parts: PartsRequest,
}

/// An edit of a change.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    /// The title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The parts to put in place of others.
    #[serde(default)]
    pub parts: PartsRequest,
    /// Why it is edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The `entry` of the change as the editor saw it. An edit by somebody else after it is refused, and told part by part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
}

/// What the caller is about to say.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SigningQuery {
    /// `approve` or `disapprove`.
    pub decision: String,
    /// The role in which the caller decides; needed only where they could decide in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<String>,
    /// Words of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A signed decision. Everything but the signature repeats what the signed message says.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideRequest {
    /// The revision in the message.
    pub revision: u64,
    /// The digest in the message, in hex.
    pub digest: String,
    /// `approve` or `disapprove`.
    pub decision: String,
    /// The role in the message.
    pub capacity: String,
    /// The time in the message.
    #[schemars(with = "TimeText")]
    pub signed_at: Time,
    /// The comment in the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The armored SSH signature over the message, namespace `tagout-approval`.
    pub signature: String,
}

/// The window for the work; an end that is left out is that of the approved window.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRequest {
    /// When it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub from: Option<Time>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub until: Option<Time>,
}

/// An explanation that is accepted.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptRequest {
    /// The asset, by name or id, or the finding.
    pub about: String,
    /// Why it is right all the same.
    pub because: String,
}

/// The caller's word that what was approved is what was done.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// Words of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// How the change ended.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRequest {
    /// How it ended.
    pub resolution: String,
    /// What was learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lessons: Option<String>,
}

/// Why the change is given up.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// Why.
    pub reason: String,
}

/// The look back at an emergency.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetrospectRequest {
    /// Why the change was needed and could not wait, in full.
    pub justification: String,
    /// What was done and found, and what follows from it.
    pub findings: String,
}
