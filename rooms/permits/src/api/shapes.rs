//! What the routes of permits and of the gate are sent, and what they answer.

use basis::{PersonId, Time};
use changes::ChangeId;
use evidence::EvidenceId;
use frame::{IdText, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rules::{Permit, PermitId};
use crate::store::GateAnswer;

/// A permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PermitView {
    /// Its id.
    #[schemars(with = "IdText<PermitId>")]
    pub permit: PermitId,
    /// Under which change.
    #[schemars(with = "IdText<ChangeId>")]
    pub change: ChangeId,
    /// The revision of the change under which it was issued; it allows work under no other.
    pub revision: u64,
    /// What it is now.
    pub state: String,
    /// The first moment at which it allows work.
    #[schemars(with = "TimeText")]
    pub from: Time,
    /// The first moment at which it no longer does.
    #[schemars(with = "TimeText")]
    pub until: Time,
    /// Who may work.
    pub people: Vec<String>,
    /// On what.
    pub assets: Vec<String>,
    /// What they may do.
    pub actions: Vec<String>,
    /// Who issued it.
    #[schemars(with = "IdText<PersonId>")]
    pub issued_by: PersonId,
    /// When.
    #[schemars(with = "TimeText")]
    pub issued_at: Time,
}

impl PermitView {
    pub(super) fn of(permit: Permit, now: Time) -> Self {
        Self {
            permit: permit.id,
            change: permit.change,
            revision: permit.revision,
            state: permit.state_at(now).name().to_owned(),
            from: permit.window.from,
            until: permit.window.until,
            people: permit.people.iter().map(ToString::to_string).collect(),
            assets: permit.assets.iter().map(ToString::to_string).collect(),
            actions: permit
                .actions
                .iter()
                .map(|action| action.name().to_owned())
                .collect(),
            issued_by: permit.issued_by,
            issued_at: permit.issued_at,
        }
    }
}

/// A permit to issue. What is left out is as wide as the change and the policy allow.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IssueRequest {
    /// When it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub from: Option<Time>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub until: Option<Time>,
    /// The ids of the people who may work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<String>>,
    /// The ids of the assets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets: Option<Vec<String>>,
    /// What they may do, such as `patch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
}

/// Why a permit is suspended, resumed or revoked.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonRequest {
    /// Why.
    pub reason: String,
}

/// A permit that is given back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandBackRequest {
    /// `done` or `unfinished`.
    pub work: String,
}

/// What the gate is asked.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateRequest {
    /// Under which change.
    pub change: String,
    /// On what, by name or id.
    pub asset: String,
    /// What is to be done: `patch`, `reboot`, `configure`, `command`, `snapshot` or `roll_back`.
    pub action: String,
    /// Who wants to work, by id; the caller, whoever is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// What the gate answers. A no is an answer, not an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GateView {
    /// `allow` or `deny`.
    pub decision: String,
    /// The question in words, with its answer.
    pub answer: String,
    /// The rule that answered.
    pub rule: String,
    /// What is missing, one line each; empty when the decision is `allow`.
    pub reasons: Vec<String>,
    /// What to do about it, one line each.
    pub way_out: Vec<String>,
    /// The permit under which the work happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<PermitId>>")]
    pub permit: Option<PermitId>,
    /// A signed token (JWT, ES256) that says so offline; verify it with the keys of `/api/v1/jwks.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The token's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// When the token ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub expires: Option<Time>,
    /// What the work sets aside that was found before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// What the gate answered before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GateAnswerView {
    /// Index of the entry in the ledger.
    pub entry: u64,
    /// When.
    #[schemars(with = "TimeText")]
    pub at: Time,
    /// Who wanted to work.
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    /// On what.
    pub asset: String,
    /// What they wanted to do.
    pub action: String,
    /// `allow` or `deny`.
    pub decision: String,
    /// What was missing.
    pub reasons: Vec<String>,
    /// The permit that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<PermitId>>")]
    pub permit: Option<PermitId>,
}

impl From<GateAnswer> for GateAnswerView {
    fn from(answer: GateAnswer) -> Self {
        Self {
            entry: answer.entry,
            at: answer.at,
            person: answer.person,
            asset: answer.asset.to_string(),
            action: answer.action.name().to_owned(),
            decision: if answer.is_allowed { "allow" } else { "deny" }.to_owned(),
            reasons: answer.reasons,
            permit: answer.permit,
        }
    }
}

/// Exit code and duration of a command whose output is the body.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// The id of the token under which it ran.
    pub jti: String,
    /// Its exit code; 128 and the signal's number where a signal ended it.
    pub exit_code: u64,
    /// How long it ran, in milliseconds.
    pub duration_ms: u64,
}

/// Where the output is kept.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ReportView {
    /// The transcript.
    #[schemars(with = "IdText<EvidenceId>")]
    pub evidence: EvidenceId,
}
