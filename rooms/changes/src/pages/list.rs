//! The list of changes, and the same as a file.

use askama::Template;
use basis::Refusal;
use frame::pages::{Cell, Column, Page, ROWS_IN_A_FILE, ROWS_ON_A_PAGE, Sorting, Table};
use frame::{Call, Download};
use policy::ChangeType;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{person_shown, samples, state_shown};
use crate::acts::{self, Names};
use crate::rules::State;
use crate::store::{Order, Search, Summary};

/// Which part of the list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangesQuery {
    /// Only those in this state.
    state: Option<String>,
    /// Only those of this type.
    r#type: Option<String>,
    /// Only those with this text in the title, or this id.
    q: Option<String>,
    /// The column to sort by, with a dash in front for greatest first.
    sort: Option<String>,
    /// Which part, from 1.
    part: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "changes.html")]
pub(crate) struct ChangesPage {
    pub(super) table: Table,
    pub(super) state: Option<State>,
    pub(super) change_type: Option<ChangeType>,
    pub(super) text: String,
    pub(super) may_open: bool,
}

impl ChangesPage {
    fn states(&self) -> Vec<(&'static str, String, bool)> {
        let choice = |state: State| (state.name(), state.in_words(), Some(state) == self.state);
        State::ALL.into_iter().map(choice).collect()
    }

    fn types(&self) -> Vec<(&'static str, bool)> {
        let choice = |one: ChangeType| (one.name(), Some(one) == self.change_type);
        [ChangeType::Normal, ChangeType::Emergency]
            .into_iter()
            .map(choice)
            .collect()
    }
}

impl Page for ChangesPage {
    fn title(&self) -> String {
        "Changes".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        samples::changes_pages()
    }
}

impl ChangesQuery {
    fn search(&self) -> Search {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let columns = Order::ALL.map(Order::name);
        let newest = Sorting {
            column: Order::Change.name(),
            is_descending: true,
        };
        let sorting = Sorting::of(self.sort.as_deref(), &columns, newest);
        Search {
            state: self.state.as_deref().and_then(State::named),
            change_type: self.r#type.as_deref().and_then(ChangeType::named),
            text: filled(&self.q),
            order: Order::named(sorting.column).unwrap_or(Order::Change),
            is_descending: sorting.is_descending,
            limit: ROWS_ON_A_PAGE + 1,
            offset: u64::from(self.part() - 1) * u64::from(ROWS_ON_A_PAGE),
        }
    }

    fn part(&self) -> u32 {
        let part = self.part.as_deref().and_then(|part| part.parse().ok());
        part.unwrap_or(1).max(1)
    }
}

pub(super) fn changes_table(found: &[Summary], names: &Names) -> Table {
    let columns = vec![
        Column::sorted("change", "Change"),
        Column::sorted("title", "Title"),
        Column::sorted("state", "State"),
        Column::sorted("type", "Type"),
        Column::new("Asked for by"),
        Column::sorted("opened", "Opened"),
        Column::sorted("window", "Window begins"),
    ];
    let row = |summary: &Summary| {
        vec![
            Cell::link(format!("/changes/{}", summary.id), summary.id),
            Cell::text(&summary.title),
            Cell::State(state_shown(summary.state)),
            Cell::text(summary.change_type),
            Cell::text(person_shown(names, summary.requester)),
            Cell::Time(Some(summary.opened_at)),
            Cell::Time(summary.window.map(|window| window.from)),
        ]
    };
    let empty = "There are no changes yet. A change is opened with “New change”, or from findings.";
    Table::new("Changes", columns, empty).with_rows(found.iter().map(row))
}

pub(crate) fn show_changes(call: &Call<'_, ChangesQuery>) -> Result<ChangesPage, Refusal> {
    let asked = call.query.search();
    let (mut found, names) = acts::search(call.organisation(), call.actor, &asked)?;
    let has_more = found.len() > ROWS_ON_A_PAGE as usize;
    found.truncate(ROWS_ON_A_PAGE as usize);
    let filters = [
        ("state", asked.state.map(|state| state.name().to_owned())),
        ("type", asked.change_type.map(|one| one.name().to_owned())),
        ("q", asked.text.clone()),
    ];
    let sorting = Sorting {
        column: asked.order.name(),
        is_descending: asked.is_descending,
    };
    let table = changes_table(&found, &names)
        .listed("/changes", &filters, sorting, call.query.part(), has_more)
        .with_file("/changes.csv");
    let policy = call.organisation().view(policy::current)?;
    Ok(ChangesPage {
        table,
        state: asked.state,
        change_type: asked.change_type,
        text: asked.text.unwrap_or_default(),
        may_open: policy.authority().admit(call.actor, "changes.open").is_ok(),
    })
}

pub(crate) fn changes_file(call: &Call<'_, ChangesQuery>) -> Result<Download, Refusal> {
    let asked = Search {
        limit: ROWS_IN_A_FILE,
        offset: 0,
        ..call.query.search()
    };
    let (found, names) = acts::search(call.organisation(), call.actor, &asked)?;
    Ok(changes_table(&found, &names).csv("changes"))
}
