//! The answers: one file per question, each a verdict that lists every rule that applied.

mod approve;
mod close;
mod schedule;
mod separate;
mod submit;
mod work;

use basis::{RuleOutcome, Verdict};

use super::checks;
use super::document::{Policy, Rule};

/// What a rule finds missing, with what to do about it.
#[derive(Debug, Default)]
struct Gaps {
    missing: Vec<String>,
    way_out: Vec<String>,
}

impl Gaps {
    fn add(&mut self, missing: impl Into<String>, way_out: impl Into<String>) {
        let missing = missing.into();
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
        let way_out = way_out.into();
        if !self.way_out.contains(&way_out) {
            self.way_out.push(way_out);
        }
    }
}

/// A verdict in the making.
struct Answer {
    verdict: Verdict,
}

impl Answer {
    fn to(policy: &Policy, question: String) -> Self {
        let verdict = Verdict {
            question,
            policy_version: policy.version,
            rules: Vec::new(),
        };
        Self { verdict }
    }

    fn say(&mut self, rule: &Rule, gaps: Gaps) {
        self.verdict.rules.push(RuleOutcome {
            paragraph: rule.id.clone(),
            sentence: rule.sentence.clone(),
            objectives: rule.objectives.clone(),
            missing: gaps.missing,
            way_out: gaps.way_out,
        });
    }

    /// Shows that the small-shop path was taken, as a rule of its own, so that every report can count its uses.
    fn say_path(&mut self, rule: &Rule, paragraph: &str, sentence: String) {
        self.verdict.rules.push(RuleOutcome {
            paragraph: paragraph.to_owned(),
            sentence,
            objectives: rule.objectives.clone(),
            missing: Vec::new(),
            way_out: Vec::new(),
        });
    }

    /// The verdict, its rules in the order of the policy.
    fn verdict(mut self) -> Verdict {
        let place = |outcome: &RuleOutcome| checks::paragraph_numbers(&outcome.paragraph);
        self.verdict.rules.sort_by_cached_key(place);
        self.verdict
    }
}
