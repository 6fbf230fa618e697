//! What a change asks for: the parts that people write, in the shape in which the ledger keeps them.

use std::collections::BTreeSet;

use basis::{Class, PersonId, Refusal, Subject, Time};
use policy::{ChangeType, Part, Window};
use serde::{Deserialize, Serialize};

use super::words::printed;

/// The longest line of text, such as a title or a line of the checklist, in characters.
pub const LINE_CHARS_MAX: usize = 200;
/// The longest part of free text, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// The most assets, findings or people that one change names.
pub const LISTED_MAX: usize = 1_000;
/// The most lines on a checklist.
pub const CHECKLIST_LINES_MAX: usize = 200;
/// The longest readable text of a plan or of a policy draft, in bytes.
pub const PLAN_BYTES_MAX: usize = 2 * 1024 * 1024;

/// From when to when work is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The first moment inside.
    pub from: Time,
    /// The first moment after.
    pub until: Time,
}

impl From<Hours> for Window {
    fn from(hours: Hours) -> Window {
        Window {
            from: hours.from,
            until: hours.until,
        }
    }
}

impl From<Window> for Hours {
    fn from(window: Window) -> Hours {
        Hours {
            from: window.from,
            until: window.until,
        }
    }
}

/// The exact steps that the runs room planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRef {
    /// SHA-256 of the plan document, in hex.
    pub digest: String,
    /// The plan as people read it.
    pub text: String,
}

/// A policy document that the change asks to adopt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDraft {
    /// SHA-256 of the document, in hex.
    pub digest: String,
    /// The document.
    pub text: String,
}

/// Everything a change asks for. What is not there yet is missing, and the policy says whether it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// What it is, in one line.
    pub title: String,
    /// How it comes about.
    #[serde(serialize_with = "printed")]
    pub change_type: ChangeType,
    /// Why it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The assets it touches.
    #[serde(default)]
    pub assets: Vec<Subject>,
    /// The findings it is meant to remedy.
    #[serde(default)]
    pub findings: Vec<Subject>,
    /// What it does to security.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_impact: Option<String>,
    /// What stops working, for whom and for how long.
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
    /// From when to when work is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Hours>,
    /// Who carries it out.
    #[serde(default)]
    pub executors: Vec<PersonId>,
    /// What is ticked off on the way.
    #[serde(default)]
    pub checklist: Vec<String>,
    /// Why it cannot wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_reason: Option<String>,
    /// The exact steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanRef>,
    /// The policy document to adopt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_draft: Option<PolicyDraft>,
}

impl Parts {
    /// A change of this type that has only a title yet.
    pub fn titled(title: impl Into<String>, change_type: ChangeType) -> Self {
        Self {
            title: title.into(),
            change_type,
            reason: None,
            assets: Vec::new(),
            findings: Vec::new(),
            security_impact: None,
            availability_impact: None,
            test_plan: None,
            rollback_plan: None,
            communication_plan: None,
            window: None,
            executors: Vec::new(),
            checklist: Vec::new(),
            emergency_reason: None,
            plan: None,
            policy_draft: None,
        }
    }

    /// The texts that people write, each with its part.
    pub fn texts(&self) -> [(Part, Option<&str>); 7] {
        [
            (Part::Reason, self.reason.as_deref()),
            (Part::EmergencyReason, self.emergency_reason.as_deref()),
            (Part::SecurityImpact, self.security_impact.as_deref()),
            (Part::AvailabilityImpact, self.availability_impact.as_deref()),
            (Part::TestPlan, self.test_plan.as_deref()),
            (Part::RollbackPlan, self.rollback_plan.as_deref()),
            (Part::CommunicationPlan, self.communication_plan.as_deref()),
        ]
    }

    /// The parts that are there. A text of white space alone says nothing and is not there.
    pub fn present(&self) -> BTreeSet<Part> {
        let texts = self
            .texts()
            .into_iter()
            .filter(|(_, text)| text.is_some_and(|text| !text.trim().is_empty()))
            .map(|(part, _)| part);
        let others = [
            // The policy document is what a change of the policy alone touches.
            (
                Part::Assets,
                !self.assets.is_empty() || self.policy_draft.is_some(),
            ),
            (Part::Window, self.window.is_some()),
            (Part::Plan, self.plan.is_some()),
            (Part::Executors, !self.executors.is_empty()),
        ];
        let others = others.into_iter().filter(|(_, is_there)| *is_there);
        texts.chain(others.map(|(part, _)| part)).collect()
    }

    /// Refuses what cannot stand in a request: too long, twice named, the wrong kind of id, or a path not built yet.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.change_type == ChangeType::Standard {
            return Err(
                invalid("standard changes need a template, and templates are not built yet")
                    .way_out("open a normal change: `--type normal`"),
            );
        }
        check_line("title", &self.title)?;
        for (part, text) in self.texts() {
            check_bytes(part.name(), text.unwrap_or_default(), TEXT_BYTES_MAX)?;
        }
        for line in &self.checklist {
            check_line("line of the checklist", line)?;
        }
        check_count(
            "lines on the checklist",
            self.checklist.len(),
            CHECKLIST_LINES_MAX,
        )?;
        check_ids("asset", &self.assets, Some("AST"))?;
        check_ids("finding", &self.findings, None)?;
        check_ids("executor", &self.executors, None)?;
        if let Some(hours) = self.window.filter(|hours| hours.until <= hours.from) {
            return Err(invalid(format!(
                "the window ends at {} and starts at {}",
                hours.until.to_minutes(),
                hours.from.to_minutes()
            ))
            .way_out("let the window end after it starts"));
        }
        if let Some(plan) = &self.plan {
            check_digest("plan", &plan.digest)?;
            check_bytes("plan", &plan.text, PLAN_BYTES_MAX)?;
        }
        if let Some(draft) = &self.policy_draft {
            check_digest("policy draft", &draft.digest)?;
            check_bytes("policy draft", &draft.text, PLAN_BYTES_MAX)?;
        }
        Ok(())
    }
}

pub(super) fn invalid(what: impl Into<String>) -> Refusal {
    Refusal::new(Class::Invalid, "change request", what)
}

/// Refuses a text that must say something and does not, or says too much.
pub(super) fn check_text(name: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(invalid(format!("the {name} is empty")).way_out(format!("write the {name}")));
    }
    check_bytes(name, text, TEXT_BYTES_MAX)
}

fn check_line(name: &str, line: &str) -> Result<(), Refusal> {
    if line.trim().is_empty() {
        return Err(invalid(format!("the {name} is empty")).way_out(format!("write a {name}")));
    }
    if line.chars().any(char::is_control) {
        return Err(invalid(format!(
            "the {name} has a line break or another control character"
        ))
        .way_out("write it in one line"));
    }
    let count = line.chars().count();
    if count > LINE_CHARS_MAX {
        return Err(invalid(format!(
            "the {name} has {count} characters; at most {LINE_CHARS_MAX} are allowed"
        ))
        .way_out("say it shorter, and the rest in the reason"));
    }
    Ok(())
}

fn check_bytes(name: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.len() > most {
        let name = name.replace('_', " ");
        return Err(invalid(format!(
            "the {name} has {} bytes; at most {most} are allowed",
            text.len()
        ))
        .way_out("add the long form as evidence and name it here"));
    }
    Ok(())
}

fn check_count(name: &str, count: usize, most: usize) -> Result<(), Refusal> {
    if count > most {
        return Err(invalid(format!("{count} {name}; at most {most} are allowed"))
            .way_out("split the change into several"));
    }
    Ok(())
}

fn check_ids<T: std::fmt::Display>(name: &str, ids: &[T], prefix: Option<&str>) -> Result<(), Refusal> {
    check_count(&format!("{name}s"), ids.len(), LISTED_MAX)?;
    let mut seen = BTreeSet::new();
    for id in ids.iter().map(ToString::to_string) {
        if prefix.is_some_and(|prefix| !id.starts_with(&format!("{prefix}-"))) {
            return Err(invalid(format!("`{id}` is not an {name}")).way_out("name assets like `AST-0001`"));
        }
        if !seen.insert(id.clone()) {
            return Err(invalid(format!("the {name} {id} is named twice")).way_out("name each once"));
        }
    }
    Ok(())
}

fn check_digest(name: &str, digest: &str) -> Result<(), Refusal> {
    match ledger::Hash::from_hex(digest) {
        Some(_) => Ok(()),
        None => Err(invalid(format!(
            "the digest of the {name} is not 64 lower-case hex digits"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(title: &str) -> Parts {
        Parts::titled(title, ChangeType::Normal)
    }

    #[test]
    fn a_title_has_at_most_its_limit_and_one_line() {
        assert!(normal(&"é".repeat(LINE_CHARS_MAX)).check().is_ok());
        assert!(normal(&"é".repeat(LINE_CHARS_MAX + 1)).check().is_err());
        assert!(normal("two\nlines").check().is_err());
        assert!(normal("  ").check().is_err());
    }

    #[test]
    fn a_text_has_at_most_its_limit() {
        let mut parts = normal("x");
        parts.reason = Some("y".repeat(TEXT_BYTES_MAX));
        assert!(parts.check().is_ok());
        parts.reason = Some("y".repeat(TEXT_BYTES_MAX + 1));
        assert!(parts.check().is_err());
    }

    #[test]
    fn lists_have_limits_and_no_doubles() {
        let mut parts = normal("x");
        let asset = |number: usize| Subject::parse(&format!("AST-{number:04}")).unwrap();
        parts.assets = (1..=LISTED_MAX).map(asset).collect();
        assert!(parts.check().is_ok());
        parts.assets.push(asset(LISTED_MAX + 1));
        assert!(parts.check().is_err());
        parts.assets = vec![asset(1), asset(1)];
        assert!(parts.check().is_err());
        parts.assets = vec![Subject::parse("PER-0001").unwrap()];
        assert!(parts.check().is_err());
        parts.assets.clear();
        parts.checklist = vec!["tick".to_owned(); CHECKLIST_LINES_MAX];
        assert!(parts.check().is_ok());
        parts.checklist.push("tick".to_owned());
        assert!(parts.check().is_err());
    }

    #[test]
    fn a_plan_has_at_most_its_limit_and_a_digest() {
        let mut parts = normal("x");
        let plan = |digest: &str, length: usize| PlanRef {
            digest: digest.to_owned(),
            text: "s".repeat(length),
        };
        parts.plan = Some(plan(&"0".repeat(64), PLAN_BYTES_MAX));
        assert!(parts.check().is_ok());
        parts.plan = Some(plan(&"0".repeat(64), PLAN_BYTES_MAX + 1));
        assert!(parts.check().is_err());
        parts.plan = Some(plan("beef", 1));
        assert!(parts.check().is_err());
    }

    #[test]
    fn standard_changes_are_refused_with_a_sentence() {
        let refusal = Parts::titled("x", ChangeType::Standard).check().unwrap_err();
        assert_eq!(
            refusal.what,
            "standard changes need a template, and templates are not built yet"
        );
    }

    #[test]
    fn white_space_alone_is_no_part() {
        let mut parts = normal("x");
        parts.reason = Some(" \n".to_owned());
        assert!(parts.present().is_empty());
        parts.reason = Some("because".to_owned());
        assert_eq!(parts.present(), BTreeSet::from([Part::Reason]));
    }

    #[test]
    fn the_policy_document_counts_as_what_is_touched() {
        let mut parts = normal("x");
        parts.policy_draft = Some(PolicyDraft {
            digest: "0".repeat(64),
            text: "title".to_owned(),
        });
        assert!(parts.present().contains(&Part::Assets));
    }
}
