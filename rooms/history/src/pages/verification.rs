//! The examination of the record, at once where it is small enough to wait for.

use askama::Template;
use basis::Refusal;
use frame::Call;
use frame::pages::{Cell, Column, Page, State, Table, Tone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::{Check, CheckResult};

use crate::acts::{self, Depth, EXAMINED_ENTRIES_MAX};

/// Whether to examine now.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VerificationQuery {
    /// `yes` to examine.
    now: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "verification.html")]
pub(crate) struct VerificationPage {
    size: u64,
    most: u64,
    is_small: bool,
    verdict: Option<State>,
    table: Table,
}

impl Page for VerificationPage {
    fn title(&self) -> String {
        "Verify the record".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let check = |result| Check {
            name: "entries",
            result,
        };
        let right = check(CheckResult::Right("120 entries in an unbroken tree".to_owned()));
        let wrong = check(CheckResult::Wrong(vec!["wordwithoutanyblank".repeat(20); 30]));
        vec![
            ("empty", page(120, None)),
            ("usual", page(120, Some(&[right]))),
            ("full", page(120, Some(&[wrong]))),
            ("large", page(EXAMINED_ENTRIES_MAX + 1, None)),
        ]
    }
}

fn page(size: u64, checks: Option<&[Check]>) -> VerificationPage {
    let is_right = |checks: &[Check]| {
        !checks
            .iter()
            .any(|check| matches!(check.result, CheckResult::Wrong(_)))
    };
    let verdict = checks.map(|checks| match is_right(checks) {
        true => State::new("sound: nothing was found wrong", Tone::Good),
        false => State::new("something is wrong", Tone::Bad),
    });
    let row = |check: &Check| {
        let (result, text) = match &check.result {
            CheckResult::Right(line) => (State::new("right", Tone::Good), line.clone()),
            CheckResult::Wrong(lines) => (State::new("wrong", Tone::Bad), lines.join("; ")),
            CheckResult::Note(line) => (State::new("note", Tone::Plain), line.clone()),
        };
        vec![Cell::text(check.name), Cell::State(result), Cell::text(text)]
    };
    let columns = ["What was looked at", "Result", "What was found"];
    VerificationPage {
        size,
        most: EXAMINED_ENTRIES_MAX,
        is_small: size <= EXAMINED_ENTRIES_MAX,
        verdict,
        table: Table::new(
            "Examination",
            columns.map(Column::new).to_vec(),
            "Nothing was examined yet.",
        )
        .with_rows(checks.unwrap_or_default().iter().map(row)),
    }
}

pub(crate) fn show_verification(call: &Call<'_, VerificationQuery>) -> Result<VerificationPage, Refusal> {
    let size = acts::ledger_size(call.organisation(), call.actor)?;
    if call.query.now.as_deref() != Some("yes") || size > EXAMINED_ENTRIES_MAX {
        return Ok(page(size, None));
    }
    let examined = acts::verify_now(call.organisation(), call.actor, Depth::Ledger)?;
    Ok(page(size, Some(&examined.checks)))
}
