//! What the routes of changes answer.

use basis::{PersonId, Time};
use frame::{IdText, TimeText};
use policy::Window;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{Clock, Moment};
use crate::rules::{Change, ChangeId, Decided, Parts, Submission};
use crate::store::{Comparing, Summary};

/// From when (inclusive) to when (exclusive) work may happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WindowView {
    /// The first moment inside.
    #[schemars(with = "TimeText")]
    pub from: Time,
    /// The first moment after.
    #[schemars(with = "TimeText")]
    pub until: Time,
}

impl From<Window> for WindowView {
    fn from(window: Window) -> Self {
        Self {
            from: window.from,
            until: window.until,
        }
    }
}

/// A change in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SummaryView {
    /// Which change.
    #[schemars(with = "IdText<ChangeId>")]
    pub change: ChangeId,
    /// Where it stands.
    pub state: String,
    /// Its type.
    pub change_type: String,
    /// Its title.
    pub title: String,
    /// Who asked for it.
    #[schemars(with = "IdText<PersonId>")]
    pub requester: PersonId,
    /// The current revision.
    pub revision: u64,
    /// When it was opened.
    #[schemars(with = "TimeText")]
    pub opened_at: Time,
    /// The window set for the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowView>,
}

impl From<Summary> for SummaryView {
    fn from(summary: Summary) -> Self {
        Self {
            change: summary.id,
            state: summary.state.name().to_owned(),
            change_type: summary.change_type.name().to_owned(),
            title: summary.title,
            requester: summary.requester,
            revision: summary.revision,
            opened_at: summary.opened_at,
            window: summary.window.map(WindowView::from),
        }
    }
}

/// A plan or a policy draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanView {
    /// SHA-256 of the document, in hex.
    pub digest: String,
    /// It as people read it.
    pub text: String,
}

/// What a change asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartsView {
    /// Why it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it cannot wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_reason: Option<String>,
    /// What it does to security.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_impact: Option<String>,
    /// What stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_impact: Option<String>,
    /// How success is found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_plan: Option<String>,
    /// How it is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_plan: Option<String>,
    /// Who is told what, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub communication_plan: Option<String>,
    /// The assets it touches.
    pub assets: Vec<String>,
    /// The findings it is for.
    pub findings: Vec<String>,
    /// Who carries it out.
    pub executors: Vec<String>,
    /// The lines to tick off.
    pub checklist: Vec<String>,
    /// The window asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowView>,
    /// The exact steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanView>,
    /// The policy document to adopt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_draft: Option<PlanView>,
}

fn printed<T: ToString>(items: Vec<T>) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

impl From<Parts> for PartsView {
    fn from(parts: Parts) -> Self {
        Self {
            reason: parts.reason,
            emergency_reason: parts.emergency_reason,
            security_impact: parts.security_impact,
            availability_impact: parts.availability_impact,
            test_plan: parts.test_plan,
            rollback_plan: parts.rollback_plan,
            communication_plan: parts.communication_plan,
            assets: printed(parts.assets),
            findings: printed(parts.findings),
            executors: printed(parts.executors),
            checklist: parts.checklist,
            window: parts.window.map(|hours| Window::from(hours).into()),
            plan: parts.plan.map(|plan| PlanView {
                digest: plan.digest,
                text: plan.text,
            }),
            policy_draft: parts.policy_draft.map(|draft| PlanView {
                digest: draft.digest,
                text: draft.text,
            }),
        }
    }
}

/// A text that was submitted for decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubmissionView {
    /// The revision.
    pub revision: u64,
    /// SHA-256 of the text, in hex.
    pub digest: String,
    /// Who asks.
    #[schemars(with = "IdText<PersonId>")]
    pub requester: PersonId,
    /// When it was submitted.
    #[schemars(with = "TimeText")]
    pub at: Time,
}

impl From<Submission> for SubmissionView {
    fn from(submission: Submission) -> Self {
        Self {
            revision: submission.revision,
            digest: submission.digest,
            requester: submission.requester,
            at: submission.at,
        }
    }
}

/// One signed decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionView {
    /// On which revision.
    pub revision: u64,
    /// `request` or `retrospective`.
    pub kind: String,
    /// `approve` or `disapprove`.
    pub decision: String,
    /// By whom.
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    /// In which role.
    pub capacity: String,
    /// When.
    #[schemars(with = "TimeText")]
    pub signed_at: Time,
    /// Words of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The paragraph of the small-shop path that let this person decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<String>,
    /// The key that signed.
    pub key_id: String,
    /// The armored SSH signature.
    pub signature: String,
    /// Why it no longer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided: Option<String>,
}

impl From<Decided> for DecisionView {
    fn from(decided: Decided) -> Self {
        Self {
            revision: decided.revision,
            kind: decided.kind.name().to_owned(),
            decision: decided.decision.name().to_owned(),
            person: decided.person,
            capacity: decided.capacity.name().to_owned(),
            signed_at: decided.signed_at,
            comment: decided.comment,
            alternative: decided.alternative,
            key_id: decided.key_id,
            signature: decided.signature,
            voided: decided.voided.or(decided.fallen.map(|fallen| fallen.to_string())),
        }
    }
}

/// How one asset compared with the state approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonView {
    /// Which asset.
    pub asset: String,
    /// How they differ; empty when they are equal.
    pub differences: Vec<String>,
    /// When they were compared.
    #[schemars(with = "TimeText")]
    pub at: Time,
    /// Who accepted the difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<PersonId>>")]
    pub accepted_by: Option<PersonId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

impl From<Comparing> for ComparisonView {
    fn from(comparing: Comparing) -> Self {
        let (accepted_by, because) = comparing.accepted.map_or((None, None), |accepted| {
            (Some(accepted.by), Some(accepted.because))
        });
        Self {
            asset: comparing.asset.to_string(),
            differences: comparing.differences,
            at: comparing.at,
            accepted_by,
            because,
        }
    }
}

/// A finding that is still there and was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptedView {
    /// Which finding.
    pub finding: String,
    /// Who accepted it.
    #[schemars(with = "IdText<PersonId>")]
    pub by: PersonId,
}

/// Somebody who was told of an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ToldView {
    /// In which role.
    pub role: String,
    /// Who.
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    /// When.
    #[schemars(with = "TimeText")]
    pub at: Time,
}

/// One change, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeView {
    /// Which change.
    #[schemars(with = "IdText<ChangeId>")]
    pub change: ChangeId,
    /// Where it stands.
    pub state: String,
    /// Its type.
    pub change_type: String,
    /// Its title.
    pub title: String,
    /// Who asked for it.
    #[schemars(with = "IdText<PersonId>")]
    pub requester: PersonId,
    /// When it was opened.
    #[schemars(with = "TimeText")]
    pub opened_at: Time,
    /// The current revision.
    pub revision: u64,
    /// What it asks for.
    pub parts: PartsView,
    /// The current revision as submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<SubmissionView>,
    /// Every decision, void ones among them.
    pub decisions: Vec<DecisionView>,
    /// The window set for the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowView>,
    /// When work first began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub work_began_at: Option<Time>,
    /// Who worked.
    pub worked: Vec<String>,
    /// What was found on each asset.
    pub comparisons: Vec<ComparisonView>,
    /// Findings that are still there and were accepted.
    pub accepted_findings: Vec<AcceptedView>,
    /// Who confirmed what was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<PersonId>>")]
    pub verifier: Option<PersonId>,
    /// Who was told of an emergency.
    pub told: Vec<ToldView>,
    /// The look back at an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrospective: Option<SubmissionView>,
    /// When the look back is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub retrospective_due: Option<Time>,
    /// Whether the look back is or was late.
    pub is_retrospective_late: bool,
    /// Index of the ledger's last entry about the change.
    #[serde(default)]
    pub entry: u64,
}

impl ChangeView {
    pub(super) fn of(change: Change, comparings: Vec<Comparing>, clock: Option<Clock>, entry: u64) -> Self {
        let told = change.told.into_iter().map(|(role, person, at)| ToldView {
            role: role.name().to_owned(),
            person,
            at,
        });
        let accepted = change
            .accepted_findings
            .into_iter()
            .map(|(finding, by)| AcceptedView {
                finding: finding.to_string(),
                by,
            });
        Self {
            change: change.id,
            state: change.state.name().to_owned(),
            change_type: change.parts.change_type.name().to_owned(),
            title: change.parts.title.clone(),
            requester: change.requester,
            opened_at: change.opened_at,
            revision: change.revision,
            parts: change.parts.into(),
            submission: change.submission.map(SubmissionView::from),
            decisions: change.decisions.into_iter().map(DecisionView::from).collect(),
            window: change.window.map(WindowView::from),
            work_began_at: change.work_began_at,
            worked: printed(change.worked.into_iter().collect()),
            comparisons: comparings.into_iter().map(ComparisonView::from).collect(),
            accepted_findings: accepted.collect(),
            verifier: change.verifier,
            told: told.collect(),
            retrospective: change.retrospect.map(|look| look.submission.into()),
            retrospective_due: clock.map(|clock| clock.due),
            is_retrospective_late: clock.is_some_and(|clock| clock.left.as_ms() < 0),
            entry,
        }
    }
}

/// The text under decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TextView {
    /// Which change.
    #[schemars(with = "IdText<ChangeId>")]
    pub change: ChangeId,
    /// Which revision.
    pub revision: u64,
    /// `request` or `retrospective`.
    pub kind: String,
    /// SHA-256 of the text, in hex.
    pub digest: String,
    /// The text.
    pub text: String,
}

/// The message to sign, with everything it is made of, so that the signer can make it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SigningText {
    /// The ledger's origin.
    pub origin: String,
    /// Which change.
    #[schemars(with = "IdText<ChangeId>")]
    pub change: ChangeId,
    /// Which revision.
    pub revision: u64,
    /// SHA-256 of the text, in hex.
    pub digest: String,
    /// What is said.
    pub decision: String,
    /// In which role.
    pub capacity: String,
    /// By whom.
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    /// The time that stands in the message.
    #[schemars(with = "TimeText")]
    pub signed_at: Time,
    /// Words of the person; empty when there are none.
    pub comment: String,
    /// The text under decision.
    pub text: String,
    /// The exact bytes to sign.
    pub message: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MomentView {
    /// Index of the entry in the ledger.
    pub entry: u64,
    /// When, by the clock.
    #[schemars(with = "TimeText")]
    pub at: Time,
    /// Who.
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    /// How they proved who they are.
    pub authentication: String,
    /// What, such as `changes.submitted`.
    pub event: String,
    /// Why, or with which words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl From<Moment> for MomentView {
    fn from(moment: Moment) -> Self {
        Self {
            entry: moment.entry,
            at: moment.at,
            person: moment.person,
            authentication: moment.authentication,
            event: moment.event,
            words: moment.words,
        }
    }
}
