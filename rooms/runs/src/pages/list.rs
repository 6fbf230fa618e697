//! The list of runs, the latest first.

use askama::Template;
use basis::Refusal;
use frame::Call;
use frame::pages::{Cell, Column, Page, ROWS_ON_A_PAGE, Sorting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state;
use crate::acts;
use crate::rules::Run;

/// Which part of the list.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    #[serde(default)]
    part: Option<u32>,
    /// There is one order only; the links between parts name it.
    #[serde(default)]
    sort: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "run_list.html")]
pub(super) struct RunList {
    table: Table,
}

const LATEST_FIRST: Sorting = Sorting {
    column: "run",
    is_descending: true,
};

impl RunList {
    fn of(runs: &[Run], part: u32, has_more: bool) -> Self {
        let columns = vec![
            Column::new("Run"),
            Column::new("Change"),
            Column::new("State"),
            Column::new("Hosts"),
            Column::new("Started"),
            Column::new("Ended"),
        ];
        let row = |run: &Run| {
            vec![
                Cell::link(format!("/runs/{}", run.id), run.id),
                Cell::link(format!("/changes/{}", run.change), &run.change),
                Cell::State(state(run.state.name())),
                Cell::Number(run.members().count() as u64),
                Cell::Time(Some(run.started_at)),
                Cell::Time(run.ended_at),
            ]
        };
        let empty = "There are no runs yet. A run is started from the plan of an approved change.";
        Self {
            table: Table::new("Runs, the latest first", columns, empty)
                .with_rows(runs.iter().map(row))
                .listed("/runs", &[], LATEST_FIRST, part, has_more),
        }
    }
}

impl Page for RunList {
    fn title(&self) -> String {
        "Runs".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let runs: Vec<Run> = super::run::sample_runs();
        vec![
            ("empty", Self::of(&[], 1, false)),
            ("usual", Self::of(&runs, 2, true)),
        ]
    }
}

pub(super) fn list_runs(call: &Call<'_, ListQuery>) -> Result<RunList, Refusal> {
    let part = call.query.part.unwrap_or(1).max(1);
    let (runs, has_more) = acts::list_all(call.organisation(), call.actor, ROWS_ON_A_PAGE, part)?;
    Ok(RunList::of(&runs, part, has_more))
}
