//! Every version that was ever in force.

use askama::Template;
use basis::{Id, Refusal, Time};
use frame::Call;
use frame::pages::{Cell, Column, Page, State, Table, Tone};

use crate::acts;

/// The page.
#[derive(Template)]
#[template(path = "versions.html")]
pub(crate) struct VersionsPage {
    newest: u64,
    table: Table,
}

impl Page for VersionsPage {
    fn title(&self) -> String {
        "Versions of the policy".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let at = Time::from_ms(1_763_800_000_000);
        let row = |number, newest| {
            row(
                number,
                newest,
                at,
                "PER-0001",
                Some("CHG-0007".to_owned()),
                &"ab".repeat(32),
            )
        };
        vec![
            (
                "usual",
                Self {
                    newest: 1,
                    table: table(vec![row(1, 1)]),
                },
            ),
            (
                "full",
                Self {
                    newest: 59,
                    table: table((1..60).rev().map(|number| row(number, 59)).collect()),
                },
            ),
        ]
    }
}

fn table(rows: Vec<Vec<Cell>>) -> Table {
    let columns = [
        "Version",
        "In force",
        "Adopted",
        "By",
        "Change",
        "Difference",
        "SHA-256",
    ];
    Table::new(
        "Versions",
        columns.map(Column::new).to_vec(),
        "No version was adopted yet.",
    )
    .with_rows(rows)
}

fn row(number: u64, newest: u64, at: Time, by: &str, change: Option<String>, digest: &str) -> Vec<Cell> {
    let force = if number == newest {
        State::new("in force", Tone::Good)
    } else {
        State::new("replaced", Tone::Plain)
    };
    vec![
        Cell::link(format!("/policy?version={number}"), format!("version {number}")),
        Cell::State(force),
        Cell::Time(Some(at)),
        Cell::text(by),
        change.map_or(Cell::text("the founding"), |change| {
            Cell::link(format!("/changes/{change}"), change)
        }),
        if number > 1 {
            let before = number - 1;
            Cell::link(
                format!("/policy/versions/{before}/difference/{number}"),
                format!("What version {number} changed"),
            )
        } else {
            Cell::text("the first")
        },
        Cell::text(digest),
    ]
}

pub(crate) fn show_versions(call: &Call<'_>) -> Result<VersionsPage, Refusal> {
    let versions = acts::list(call.organisation(), call.actor)?;
    let newest = versions.last().map_or(0, |version| version.policy.number());
    let rows = versions.iter().rev().map(|version| {
        row(
            version.policy.number(),
            newest,
            version.adopted_at,
            &version.adopted_by.to_string(),
            version.change.as_ref().map(ToString::to_string),
            &version.digest.to_string(),
        )
    });
    Ok(VersionsPage {
        newest,
        table: table(rows.collect()),
    })
}
