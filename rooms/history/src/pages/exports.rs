//! The packages that were made, and making one.

use askama::Template;
use basis::{Id, PersonId, Refusal, Time};
use frame::pages::{Cell, Column, Form, Goto, Page, ROWS_ON_A_PAGE, Table};
use frame::{Call, Nothing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts;
use crate::api::{ExportRequest, ExportView, asked};
use crate::rules::ExportId;

/// Which packages to show.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ExportsQuery {
    /// Only those made before this one.
    before: Option<String>,
    /// The change that a package is wanted of.
    change: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "exports.html")]
pub(crate) struct ExportsPage {
    of_change: Form,
    signing: Form,
    change: String,
    table: Table,
    older: Option<String>,
    key: String,
}

impl Page for ExportsPage {
    fn title(&self) -> String {
        "Evidence packages".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let me = PersonId::from_number(2);
        let export = |by| ExportView {
            export: ExportId::from_number(1),
            about: "CHG-0001".to_owned(),
            size: 120,
            entries: 17,
            evidence_files: 4,
            policy_version: 1,
            exported_by: by,
            exported_at: Time::from_ms(1_763_800_000_000),
        };
        let page = |exports: Vec<ExportView>, older: Option<&str>| Self {
            of_change: Form::sample("/history/exports"),
            signing: Form::sample("/history/checkpoints"),
            change: "CHG-0001".to_owned(),
            table: table(
                exports
                    .into_iter()
                    .map(|export| (export, "Ben Ortiz (PER-0002)".to_owned()))
                    .collect(),
                me,
            ),
            older: older.map(str::to_owned),
            key: "tagout.example/record+1a2b3c4d+AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVv".to_owned(),
        };
        let full = (0..ROWS_ON_A_PAGE).map(|_| export(me)).collect();
        vec![
            ("empty", page(Vec::new(), None)),
            (
                "usual",
                page(vec![export(me), export(PersonId::from_number(1))], None),
            ),
            ("full", page(full, Some("/history/exports?before=EXP-0001"))),
        ]
    }
}

/// A package and who made it, in words.
type Made = (ExportView, String);

fn table(exports: Vec<Made>, me: PersonId) -> Table {
    let columns = [
        "Package", "About", "Entries", "Files", "Policy", "Made", "By", "Fetch",
    ];
    let row = |(export, made_by): Made| {
        vec![
            Cell::text(export.export),
            Cell::text(&export.about),
            Cell::Number(export.entries),
            Cell::Number(export.evidence_files),
            Cell::text(format!("version {}", export.policy_version)),
            Cell::Time(Some(export.exported_at)),
            Cell::text(made_by),
            if export.exported_by == me {
                Cell::link(
                    format!("/history/exports/{}/package", export.export),
                    format!("Download {}", export.export),
                )
            } else {
                Cell::text("only who made it")
            },
        ]
    };
    Table::new(
        "Packages that were made",
        columns.map(Column::new).to_vec(),
        "No package was made yet. Make one with the form on this page.",
    )
    .with_rows(exports.into_iter().map(row))
}

pub(crate) fn show_exports(call: &Call<'_, ExportsQuery>) -> Result<ExportsPage, Refusal> {
    let before = frame::Paging {
        after: call.query.before.clone(),
        limit: None,
    };
    let before: Option<ExportId> = before.after()?;
    let limit = ROWS_ON_A_PAGE as usize;
    let mut found = acts::newest_exports(
        call.organisation(),
        call.actor,
        before,
        u64::from(ROWS_ON_A_PAGE) + 1,
    )?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().map(|export| export.export).filter(|_| has_more);
    let made = call.organisation().view(|view| {
        let made = found.into_iter().map(|export| {
            let view_of = ExportView::from(export);
            people::in_words(view, view_of.exported_by).map(|made_by| (view_of, made_by))
        });
        made.collect::<Result<_, _>>()
    })?;
    Ok(ExportsPage {
        of_change: call.form("/history/exports"),
        signing: call.form("/history/checkpoints"),
        change: call.query.change.clone().unwrap_or_default(),
        table: table(made, call.actor.person),
        older: last.map(|last| format!("/history/exports?before={last}")),
        key: call.organisation().verifier_key()?.to_string(),
    })
}

pub(crate) fn make_export(call: &Call<'_, Nothing, ExportRequest>) -> Result<Goto, Refusal> {
    let request = &call.body;
    acts::export(call.organisation(), call.actor, &asked(request)?, &request.since)?;
    Ok(Goto::to("/history/exports"))
}

pub(crate) fn sign_head(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    acts::checkpoint(call.organisation(), call.actor)?;
    let last = acts::ledger_size(call.organisation(), call.actor)?.saturating_sub(1);
    Ok(Goto::to(format!("/history/entries/{last}")))
}
