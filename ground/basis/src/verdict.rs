//! The answer of the policy to a question, with every rule that applied.

use crate::{Class, Refusal};

/// What one rule said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutcome {
    /// The rule's id in the policy, such as `4.2`.
    pub paragraph: String,
    /// The rule in a plain sentence.
    pub sentence: String,
    /// The assessment objectives it serves, such as `r2:3.4.3[c]`.
    pub objectives: Vec<String>,
    /// What is missing for the rule to be satisfied; empty when it is satisfied.
    pub missing: Vec<String>,
    /// What to do about it; empty when it is satisfied.
    pub way_out: Vec<String>,
}

impl RuleOutcome {
    /// Whether nothing is missing.
    pub fn is_satisfied(&self) -> bool {
        self.missing.is_empty()
    }
}

/// The answer to one question under one version of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The question, such as `may CHG-0001 be submitted`.
    pub question: String,
    /// The version of the policy that answered.
    pub policy_version: u64,
    /// Every rule that applied, satisfied or not, in the order of the policy.
    pub rules: Vec<RuleOutcome>,
}

impl Verdict {
    /// Whether every rule that applied is satisfied.
    pub fn is_yes(&self) -> bool {
        self.rules.iter().all(RuleOutcome::is_satisfied)
    }

    /// The paragraphs that applied.
    pub fn paragraphs(&self) -> Vec<String> {
        self.rules.iter().map(|rule| rule.paragraph.clone()).collect()
    }

    /// The refusal that lists everything missing, or nothing when the answer is yes.
    pub fn refusal(&self) -> Option<Refusal> {
        let broken: Vec<&RuleOutcome> = self.rules.iter().filter(|rule| !rule.is_satisfied()).collect();
        let paragraphs: Vec<&str> = broken.iter().map(|rule| rule.paragraph.as_str()).collect();
        if broken.is_empty() {
            return None;
        }
        let rule = format!(
            "policy version {}, paragraph {}",
            self.policy_version,
            paragraphs.join(", ")
        );
        let mut refusal = Refusal::new(Class::Policy, rule, format!("{}: no", self.question));
        for outcome in broken {
            for line in &outcome.missing {
                refusal = refusal.missing(format!("{line} (paragraph {})", outcome.paragraph));
            }
            refusal
                .way_out
                .extend(outcome.way_out.iter().filter(|line| !line.is_empty()).cloned());
        }
        refusal.way_out.dedup();
        Some(refusal)
    }
}
