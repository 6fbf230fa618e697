//! What differs between two versions of the policy.

use askama::Template;
use basis::{Class, Refusal};
use frame::Call;
use frame::pages::{Cell, Column, Page, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts;
use crate::rules::{Difference, Policy, diff};

/// The page.
#[derive(Template)]
#[template(path = "policy_difference.html")]
pub(crate) struct DifferencePage {
    from: u64,
    to: u64,
    table: Table,
}

impl Page for DifferencePage {
    fn title(&self) -> String {
        format!("Policy: from version {} to version {}", self.from, self.to)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |differences: &[Difference]| Self {
            from: 1,
            to: 2,
            table: table(differences),
        };
        let changed = |to: String| Difference::RuleChanged {
            paragraph: "4.2".to_owned(),
            key: "approvals".to_owned(),
            from: "2".to_owned(),
            to,
        };
        let added = Difference::RuleAdded {
            paragraph: "9.1".to_owned(),
            sentence: "Something new is asked.".to_owned(),
        };
        vec![
            ("empty", page(&[])),
            ("usual", page(&[changed("3".to_owned()), added])),
            ("full", page(&vec![changed("wordwithoutanyblank".repeat(12)); 80])),
        ]
    }
}

/// What differs between two documents, as a table.
pub fn difference_table(before: &Policy, after: &Policy) -> Table {
    table(&diff(before, after))
}

fn row(difference: &Difference) -> Vec<Cell> {
    let paragraph = |id: &str| Cell::link(format!("/policy#p-{id}"), format!("paragraph {id}"));
    let none = || "none".to_owned();
    let (place, what, from, to) = match difference {
        Difference::RuleAdded {
            paragraph: id,
            sentence,
        } => (paragraph(id), "added".to_owned(), none(), sentence.clone()),
        // What is gone has no address in the version in force.
        Difference::RuleRemoved { paragraph, sentence } => (
            Cell::text(format!("paragraph {paragraph}")),
            "removed".to_owned(),
            sentence.clone(),
            none(),
        ),
        Difference::RuleChanged {
            paragraph: id,
            key,
            from,
            to,
        } => (paragraph(id), key.clone(), from.clone(), to.clone()),
        Difference::AuthorityChanged { act, from, to } => {
            (Cell::text("authority"), act.clone(), from.clone(), to.clone())
        }
        Difference::TextChanged { key, from, to } => {
            (Cell::text("text"), key.clone(), from.clone(), to.clone())
        }
    };
    vec![place, Cell::text(what), Cell::text(from), Cell::text(to)]
}

fn table(differences: &[Difference]) -> Table {
    let columns = ["Where", "What", "Before", "After"];
    Table::new(
        "Differences",
        columns.map(Column::new).to_vec(),
        "The two say the same.",
    )
    .with_rows(differences.iter().map(row))
}

fn version(call: &Call<'_>, name: &str) -> Result<u64, Refusal> {
    let text = call.part(name);
    text.parse().map_err(|_| {
        Refusal::new(
            Class::Invalid,
            "path",
            format!("`{text}` is no number of a version"),
        )
        .way_out("choose one of the list of versions")
    })
}

pub(crate) fn show_difference(call: &Call<'_>) -> Result<DifferencePage, Refusal> {
    let (from, to) = (version(call, "before")?, version(call, "after")?);
    between(call, from, to)
}

/// Which two versions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenQuery {
    before: u64,
    after: u64,
}

pub(crate) fn show_chosen(call: &Call<'_, ChosenQuery>) -> Result<DifferencePage, Refusal> {
    between(call, call.query.before, call.query.after)
}

fn between<Q>(call: &Call<'_, Q>, from: u64, to: u64) -> Result<DifferencePage, Refusal> {
    let before = acts::show(call.organisation(), call.actor, Some(from))?;
    let after = acts::show(call.organisation(), call.actor, Some(to))?;
    Ok(DifferencePage {
        from,
        to,
        table: difference_table(&before.policy, &after.policy),
    })
}
