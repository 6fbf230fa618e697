//! The policy's answers, as the API shows them.

use basis::{RuleOutcome, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleView {
    /// Its paragraph.
    pub paragraph: String,
    /// It in a plain sentence.
    pub sentence: String,
    /// The assessment objectives that it serves.
    pub objectives: Vec<String>,
    /// What is missing; empty when the rule is satisfied.
    pub missing: Vec<String>,
    /// What to do about it.
    pub way_out: Vec<String>,
}

impl From<&RuleOutcome> for RuleView {
    fn from(rule: &RuleOutcome) -> Self {
        Self {
            paragraph: rule.paragraph.clone(),
            sentence: rule.sentence.clone(),
            objectives: rule.objectives.clone(),
            missing: rule.missing.clone(),
            way_out: rule.way_out.clone(),
        }
    }
}

/// The policy's answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerdictView {
    /// The question.
    pub question: String,
    /// Whether the answer is yes.
    pub is_yes: bool,
    /// The version of the policy that answered.
    pub policy_version: u64,
    /// Every rule that applied.
    pub rules: Vec<RuleView>,
}

impl VerdictView {
    /// The verdict as the API shows it.
    pub fn of(verdict: &Verdict) -> Self {
        Self {
            question: verdict.question.clone(),
            is_yes: verdict.is_yes(),
            policy_version: verdict.policy_version,
            rules: verdict.rules.iter().map(RuleView::from).collect(),
        }
    }
}
