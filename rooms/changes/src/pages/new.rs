//! A new change: from a blank, or from findings. What is known makes a draft; the rest is saved section by section.

use std::collections::BTreeSet;

use askama::Template;
use basis::{Id, Refusal};
use findings::FindingId;
use frame::pages::{Choice, Field, Form, Goto, Page};
use frame::{Call, Nothing};
use policy::ChangeType;
use schemars::JsonSchema;
use serde::Deserialize;

use super::edit::offered;
use super::samples;
use super::sections::{Offered, lines, listed};
use crate::acts::{self, PartsEdit};
use crate::api::type_named;

/// How many findings a title names by their vulnerabilities.
const NAMED_IN_TITLE: usize = 2;

/// From which findings.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewQuery {
    /// The findings it is for, by id.
    #[serde(default)]
    finding: Vec<String>,
}

/// What makes the draft.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewForm {
    title: String,
    change_type: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    assets: Vec<String>,
    #[serde(default)]
    findings: Option<String>,
}

/// What stands in the form at first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) title: String,
    pub(super) assets: String,
    pub(super) findings: String,
}

/// The page.
#[derive(Template)]
#[template(path = "new_change.html")]
pub(crate) struct NewPage {
    pub(super) form: Form,
    pub(super) proposal: Proposal,
    pub(super) offered: Offered,
}

impl NewPage {
    fn types(&self) -> Vec<Choice> {
        vec![
            Choice::new(ChangeType::Normal, "Normal").hint("Reviewed and approved before anything happens."),
            Choice::new(ChangeType::Emergency, "Emergency")
                .hint("Cannot wait: a short approval now, a look back afterwards that is owed."),
        ]
    }
}

impl NewPage {
    /// The assets to tick, or a field to type them into.
    fn assets(&self) -> Field {
        let label = "Assets it touches";
        let chosen = lines(Some(&self.proposal.assets));
        match self.offered.choices("assets", &chosen) {
            Some(choices) => self
                .form
                .checks("assets", label, choices)
                .hint("Tick each. What is missing is registered under Assets.")
                .values(chosen),
            None => self
                .form
                .area("assets", label)
                .hint("One name or id in each line. The register under Assets finds them by name.")
                .value(&self.proposal.assets),
        }
    }
}

impl Page for NewPage {
    fn title(&self) -> String {
        "New change".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        samples::new_pages()
    }
}

fn proposal(call: &Call<'_, NewQuery>) -> Result<Proposal, Refusal> {
    if call.query.finding.is_empty() {
        return Ok(Proposal::default());
    }
    call.organisation().view(|view| {
        let (mut vulnerabilities, mut names) = (BTreeSet::new(), BTreeSet::new());
        for id in &call.query.finding {
            let Ok(id) = FindingId::parse(id.trim()) else {
                continue;
            };
            let Some(found) = findings::find(view, id)? else {
                continue;
            };
            vulnerabilities.insert(found.vulnerability.to_string());
            if let Some(asset) = assets::find(view, found.asset)? {
                names.insert(asset.name().to_owned());
            }
        }
        let named: Vec<String> = vulnerabilities.iter().take(NAMED_IN_TITLE).cloned().collect();
        let more = vulnerabilities.len().saturating_sub(NAMED_IN_TITLE);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        let names: Vec<String> = names.into_iter().collect();
        let place = match names.as_slice() {
            [only] => only.clone(),
            several => format!("{} assets", several.len()),
        };
        Ok(Proposal {
            title: format!("Remedy {}{more} on {place}", named.join(", ")),
            assets: names.join("\n"),
            findings: call.query.finding.join("\n"),
        })
    })
}

pub(crate) fn show_new(call: &Call<'_, NewQuery>) -> Result<NewPage, Refusal> {
    Ok(NewPage {
        offered: call.organisation().view(|view| offered(view, call))?,
        form: call.form("/changes/new"),
        proposal: proposal(call)?,
    })
}

pub(crate) fn open(call: &Call<'_, Nothing, NewForm>) -> Result<Goto, Refusal> {
    let sent = &call.body;
    let edit = PartsEdit {
        reason: sent.reason.clone(),
        assets: Some(listed(&sent.assets)),
        findings: Some(lines(sent.findings.as_deref())),
        ..PartsEdit::default()
    };
    let change_type = type_named(&sent.change_type)?;
    let change = acts::open(call.organisation(), call.actor, &sent.title, change_type, &edit)?;
    Ok(Goto::to(format!("/changes/{}/edit", change.id)))
}
