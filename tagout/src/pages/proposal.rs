//! Proposing a policy document: it is checked, compared with the one in force, and carried by a change that is opened for it.

use std::io::Read;

use askama::Template;
use basis::{Class, Refusal};
use changes::PartsEdit;
use frame::pages::{Form, Goto, Page, Table};
use frame::{Call, FormFile, Nothing, Routes};
use ledger::Hash;
use policy::{ChangeType, DOCUMENT_BYTES_MAX, Policy, covering, difference_table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::wiring::acts;

const TEXT: &str = "/policy/proposal";
const FILE: &str = "/policy/proposal/file";
const CHANGE: &str = "/policy/proposal/change";

/// Adds the page and what its forms send.
pub(super) fn with_proposal(routes: Routes) -> Routes {
    let checks = "Checks a policy document and shows what it would change";
    routes
        .page(
            TEXT,
            "changes.open",
            "Shows the form for a new policy document",
            show_proposal,
        )
        .form(TEXT, "changes.open", checks, show_proposal, check_text)
        .file_form(
            FILE,
            "changes.open",
            checks,
            (show_proposal, check_file),
            DOCUMENT_BYTES_MAX as u64,
        )
        .form(
            CHANGE,
            "changes.open",
            "Opens the change that carries a policy document",
            show_proposal,
            open_change,
        )
}

/// The document, as text.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TextForm {
    document: String,
}

/// The change to open.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeForm {
    document: String,
    title: String,
    reason: String,
}

/// The page.
#[derive(Template)]
#[template(path = "proposal.html")]
struct ProposalPage {
    file: Form,
    text: Form,
    change: Form,
    checked: Option<Checked>,
}

/// A document that is a policy.
struct Checked {
    document: String,
    title: String,
    digest: String,
    rules: usize,
    table: Table,
}

impl ProposalPage {
    fn limit(&self) -> String {
        format!("A TOML file of at most {} kB.", DOCUMENT_BYTES_MAX / 1_024)
    }
}

impl Page for ProposalPage {
    fn title(&self) -> String {
        match self.checked {
            Some(_) => "What the document would change".to_owned(),
            None => "Propose a policy".to_owned(),
        }
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |checked| Self {
            file: Form::sample(FILE),
            text: Form::sample(TEXT),
            change: Form::sample(CHANGE),
            checked,
        };
        let Ok(current) = Policy::parse(policy::DEFAULT_POLICY) else {
            return Vec::new();
        };
        let other = policy::DEFAULT_POLICY.replace("8 hours", "6 hours");
        let long = other.replace("organisation = \"", "organisation = \"wordwithoutanyblank");
        let checked = |document: &str| checked_against(&current, document).ok();
        vec![
            ("empty", page(None)),
            ("usual", page(checked(&other))),
            ("full", page(checked(&long))),
        ]
    }
}

fn checked_against(current: &Policy, document: &str) -> Result<Checked, Refusal> {
    let proposed = covering(document, &acts())?;
    Ok(Checked {
        document: document.to_owned(),
        title: proposed.title.clone(),
        digest: Hash::of(document.as_bytes()).to_string(),
        rules: proposed.rules().len(),
        table: difference_table(current, &proposed),
    })
}

fn page<Q, B>(call: &Call<'_, Q, B>, document: Option<&str>) -> Result<ProposalPage, Refusal> {
    let current = call.organisation().view(policy::current)?;
    let checked = document.map(|document| checked_against(&current, document));
    Ok(ProposalPage {
        file: call.form(FILE),
        text: call.form(TEXT),
        change: call.form(CHANGE),
        checked: checked.transpose()?,
    })
}

fn show_proposal(call: &Call<'_>) -> Result<ProposalPage, Refusal> {
    let form = call.form(CHANGE);
    // A change that was refused is asked for again with the document that was looked at, if that is still a policy.
    match form.typed("document").filter(|document| !document.is_empty()) {
        Some(document) => page(call, Some(document)).or_else(|_| page(call, None)),
        None => page(call, None),
    }
}

fn check_text(call: &Call<'_, Nothing, TextForm>) -> Result<Goto, Refusal> {
    Goto::to(TEXT).showing(&page(call, Some(&call.body.document))?)
}

fn check_file(call: &Call<'_, Nothing, Nothing>, file: &mut FormFile) -> Result<Goto, Refusal> {
    let mut document = String::new();
    file.file.read_to_string(&mut document).map_err(|error| {
        Refusal::new(
            Class::Invalid,
            "policy document",
            format!("the file is no text: {error}"),
        )
        .way_out("choose the document itself, a TOML file in UTF-8")
    })?;
    // What is opened is what is shown: forms know one kind of line end.
    let document = document.replace("\r\n", "\n");
    Goto::to(TEXT).showing(&page(call, Some(&document))?)
}

fn open_change(call: &Call<'_, Nothing, ChangeForm>) -> Result<Goto, Refusal> {
    let ChangeForm {
        document,
        title,
        reason,
    } = &call.body;
    let edit = PartsEdit {
        reason: Some(reason.clone()),
        policy_draft: Some(document.clone()),
        ..PartsEdit::default()
    };
    let change = changes::open(call.organisation(), call.actor, title, ChangeType::Normal, &edit)?;
    Ok(Goto::to(format!("/changes/{}/edit", change.id)))
}
