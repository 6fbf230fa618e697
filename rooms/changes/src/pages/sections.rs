//! The sections of a request as forms: which fields stand in each, how they are typed, and what they make of an edit.

use basis::Refusal;
use frame::pages::{Choice, Field, Form};
use policy::ChangeType;
use schemars::JsonSchema;
use serde::Deserialize;

use super::steps::window_hint;
use super::{moment_field, moment_typed};
use crate::acts::PartsEdit;
use crate::rules::Change;

/// How a part is typed.
#[derive(Clone, Copy)]
enum Shape {
    Line,
    Text,
    /// One thing in each line.
    Lines,
    Moment,
}

/// A part of the request as a field.
struct Part {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    shape: Shape,
}

/// A section, saved by itself.
pub(super) struct Section {
    /// Its name in the path, and its anchor.
    pub(super) name: &'static str,
    /// Its heading.
    pub(super) title: &'static str,
    parts: &'static [Part],
}

const fn part(name: &'static str, label: &'static str, hint: &'static str, shape: Shape) -> Part {
    Part {
        name,
        label,
        hint,
        shape,
    }
}

/// All of them, in the order of the page.
pub(super) const SECTIONS: [Section; 9] = [
    Section {
        name: "what",
        title: "What, and why",
        parts: &[
            part("title", "Title", "What it is, in one line.", Shape::Line),
            part("reason", "Why it is needed", "", Shape::Text),
            part(
                "emergency_reason",
                "Why it cannot wait",
                "Only of an emergency.",
                Shape::Text,
            ),
        ],
    },
    Section {
        name: "assets",
        title: "Assets",
        parts: &[part(
            "assets",
            "Assets it touches",
            "One name or id in each line. The register under Assets finds them by name.",
            Shape::Lines,
        )],
    },
    Section {
        name: "findings",
        title: "Findings",
        parts: &[part(
            "findings",
            "Findings it is for",
            "One id in each line, such as FND-0001.",
            Shape::Lines,
        )],
    },
    Section {
        name: "impact",
        title: "Impact",
        parts: &[
            part("security_impact", "What it does to security", "", Shape::Text),
            part(
                "availability_impact",
                "What stops working, for whom and for how long",
                "",
                Shape::Text,
            ),
        ],
    },
    Section {
        name: "plans",
        title: "Plans",
        parts: &[
            part("test_plan", "How success is found out", "", Shape::Text),
            part("rollback_plan", "How it is undone", "", Shape::Text),
            part(
                "communication_plan",
                "Who is told what, and when",
                "",
                Shape::Text,
            ),
        ],
    },
    Section {
        name: "people",
        title: "People",
        parts: &[part(
            "executors",
            "Who carries it out",
            "One handle, id or full name in each line. People lists everybody.",
            Shape::Lines,
        )],
    },
    Section {
        name: "window",
        title: "Window",
        parts: &[
            part("from", "Work may begin, in UTC", "", Shape::Moment),
            part("until", "Work must have ended, in UTC", "", Shape::Moment),
        ],
    },
    Section {
        name: "checklist",
        title: "Checklist",
        parts: &[part(
            "checklist",
            "What is ticked off on the way",
            "One line for each.",
            Shape::Lines,
        )],
    },
    Section {
        name: "policy",
        title: "Policy document",
        parts: &[part(
            "policy_draft",
            "Document to adopt",
            "Only where this change is to change the policy: the whole TOML document.",
            Shape::Text,
        )],
    },
];

/// What one section sends. A field that is empty was emptied.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SectionForm {
    /// The last entry about the change that the page showed.
    pub(super) entry: u64,
    /// Why it is edited.
    pub(super) because: Option<String>,
    title: Option<String>,
    reason: Option<String>,
    emergency_reason: Option<String>,
    security_impact: Option<String>,
    availability_impact: Option<String>,
    test_plan: Option<String>,
    rollback_plan: Option<String>,
    communication_plan: Option<String>,
    assets: Vec<String>,
    findings: Option<String>,
    executors: Vec<String>,
    checklist: Option<String>,
    from: Option<String>,
    until: Option<String>,
    policy_draft: Option<String>,
}

/// What a form offers to choose from; none where the reader may not list it, or there is more than a form offers.
#[derive(Debug, Clone, Default)]
pub(super) struct Offered {
    /// The assets by name.
    pub(super) assets: Option<Vec<Choice>>,
    /// The people by handle.
    pub(super) people: Option<Vec<Choice>>,
}

impl Offered {
    /// What there is for the field, with what is chosen already first and in its order, so that saving what stands there
    /// changes nothing.
    pub(super) fn choices(&self, name: &str, chosen: &[String]) -> Option<Vec<Choice>> {
        let all = match name {
            "assets" => self.assets.as_ref()?,
            "executors" => self.people.as_ref()?,
            _ => return None,
        };
        let known = |chosen: &String| all.iter().find(|choice| choice.value() == chosen).cloned();
        let mut choices: Vec<Choice> = chosen
            .iter()
            .map(|chosen| known(chosen).unwrap_or_else(|| Choice::new(chosen, chosen)))
            .collect();
        let others = all
            .iter()
            .filter(|choice| !chosen.iter().any(|chosen| chosen == choice.value()));
        choices.extend(others.cloned());
        Some(choices).filter(|choices| !choices.is_empty())
    }
}

/// What stands in the fields of a change, beyond what the change itself knows.
pub(super) struct Known {
    /// What its forms offer.
    pub(super) offered: Offered,
    /// Its assets by their names.
    pub(super) assets: Vec<String>,
    /// Its executors by their handles.
    pub(super) executors: Vec<String>,
    /// What the policy asks of its window.
    pub(super) window_limits: Vec<String>,
}

/// A field, and what stands in the request where something else was typed.
pub(super) struct FieldShown {
    pub(super) field: Field,
    pub(super) label: &'static str,
    pub(super) now: Option<String>,
}

/// The lines of a list that is typed, without empty ones.
pub(super) fn lines(text: Option<&str>) -> Vec<String> {
    let lines = text.unwrap_or_default().lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The lines of a list that was chosen, or typed with one in each line.
pub(super) fn listed(sent: &[String]) -> Vec<String> {
    sent.iter().flat_map(|text| lines(Some(text))).collect()
}

fn value(change: &Change, known: &Known, name: &str) -> String {
    let parts = &change.parts;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let moment = |time: Option<basis::Time>| time.map(moment_field).unwrap_or_default();
    match name {
        "title" => parts.title.clone(),
        "reason" => text(&parts.reason),
        "emergency_reason" => text(&parts.emergency_reason),
        "security_impact" => text(&parts.security_impact),
        "availability_impact" => text(&parts.availability_impact),
        "test_plan" => text(&parts.test_plan),
        "rollback_plan" => text(&parts.rollback_plan),
        "communication_plan" => text(&parts.communication_plan),
        "assets" => known.assets.join("\n"),
        "findings" => {
            let ids: Vec<String> = parts.findings.iter().map(ToString::to_string).collect();
            ids.join("\n")
        }
        "executors" => known.executors.join("\n"),
        "checklist" => parts.checklist.join("\n"),
        "from" => moment(parts.window.map(|hours| hours.from)),
        "until" => moment(parts.window.map(|hours| hours.until)),
        "policy_draft" => parts
            .policy_draft
            .as_ref()
            .map(|draft| draft.text.clone())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

impl Section {
    /// The section of this name.
    pub(super) fn named(name: &str) -> Option<&'static Section> {
        SECTIONS.iter().find(|section| section.name == name)
    }

    /// Its fields as they stand in the form.
    pub(super) fn fields(&self, form: &Form, change: &Change, known: &Known) -> Vec<FieldShown> {
        let is_emergency = change.parts.change_type == ChangeType::Emergency;
        let parts = self
            .parts
            .iter()
            .filter(|part| is_emergency || part.name != "emergency_reason");
        parts
            .map(|part| {
                let now = value(change, known, part.name);
                let chosen = lines(Some(&now));
                let choices = known.offered.choices(part.name, &chosen);
                let is_offered = choices.is_some();
                let field = match part.shape {
                    Shape::Lines if is_offered => {
                        form.checks(part.name, part.label, choices.unwrap_or_default())
                    }
                    Shape::Line => form.line(part.name, part.label).required(),
                    Shape::Text | Shape::Lines => form.area(part.name, part.label),
                    Shape::Moment => form.moment(part.name, part.label),
                };
                let typed = form.typed_all(part.name).map(|typed| typed.join("\n"));
                let differs = typed.is_some_and(|typed| typed.trim() != now.trim());
                let hint = match part.name {
                    "from" => window_hint("it leaves time for the approvals", &known.window_limits),
                    "executors" if is_offered => "Tick each.".to_owned(),
                    "assets" if is_offered => {
                        "Tick each. What is missing is registered under Assets.".to_owned()
                    }
                    _ => part.hint.to_owned(),
                };
                let field = if is_offered {
                    field.values(chosen)
                } else {
                    field.value(&now)
                };
                FieldShown {
                    field: field.hint(hint),
                    label: part.label,
                    now: differs.then_some(now),
                }
            })
            .collect()
    }

    /// What the section makes of the request: every part in it, an empty one taken away.
    pub(super) fn edit(&self, sent: &SectionForm) -> Result<PartsEdit, Refusal> {
        let mut edit = PartsEdit {
            seen: Some(sent.entry),
            ..PartsEdit::default()
        };
        let text = |part: &Option<String>| Some(part.clone().unwrap_or_default());
        let list = |part: &Option<String>| Some(lines(part.as_deref()));
        for part in self.parts {
            match part.name {
                "title" => edit.title = text(&sent.title),
                "reason" => edit.reason = text(&sent.reason),
                "emergency_reason" => edit.emergency_reason = text(&sent.emergency_reason),
                "security_impact" => edit.security_impact = text(&sent.security_impact),
                "availability_impact" => edit.availability_impact = text(&sent.availability_impact),
                "test_plan" => edit.test_plan = text(&sent.test_plan),
                "rollback_plan" => edit.rollback_plan = text(&sent.rollback_plan),
                "communication_plan" => edit.communication_plan = text(&sent.communication_plan),
                "assets" => edit.assets = Some(listed(&sent.assets)),
                "findings" => edit.findings = list(&sent.findings),
                "executors" => edit.executors = Some(listed(&sent.executors)),
                "checklist" => edit.checklist = list(&sent.checklist),
                "from" => edit.from = moment_typed(part.label, sent.from.as_deref())?,
                "until" => edit.until = moment_typed(part.label, sent.until.as_deref())?,
                _ => edit.policy_draft = text(&sent.policy_draft),
            }
        }
        Ok(edit)
    }
}
