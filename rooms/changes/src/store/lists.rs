//! Lists of changes as pages show them: filtered, sorted and cut by the database.

use basis::{Id, PersonId};
use policy::ChangeType;
use storage::{Row, StorageError, Value, View};

use super::read::{Summary, window_of};
use crate::rules::{ChangeId, State};

/// Which changes, in which order, which part of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this type.
    pub change_type: Option<ChangeType>,
    /// Only those whose title holds this text, in any case of its ASCII letters, or whose id it is.
    pub text: Option<String>,
    /// By which column.
    pub order: Order,
    /// Greatest first.
    pub is_descending: bool,
    /// How many at most.
    pub limit: u32,
    /// How many are passed over.
    pub offset: u64,
}

/// The columns by which lists of changes are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By id.
    Change,
    /// By title.
    Title,
    /// By state.
    State,
    /// By type.
    Type,
    /// By the start of the window; those without one come first.
    Window,
    /// By when they were opened.
    Opened,
}

impl Order {
    /// All of them, in the order of the columns.
    pub const ALL: [Order; 6] = [
        Order::Change,
        Order::Title,
        Order::State,
        Order::Type,
        Order::Opened,
        Order::Window,
    ];

    /// Its word in queries.
    pub fn name(self) -> &'static str {
        match self {
            Order::Change => "change",
            Order::Title => "title",
            Order::State => "state",
            Order::Type => "type",
            Order::Window => "window",
            Order::Opened => "opened",
        }
    }

    /// The one with this word.
    pub fn named(name: &str) -> Option<Order> {
        Order::ALL.into_iter().find(|order| order.name() == name)
    }
}

pub(super) fn read_summary(row: &Row<'_>) -> Result<Summary, StorageError> {
    Ok(Summary {
        id: row.id("change_id")?,
        state: row.word("state", State::named)?,
        change_type: row.word("change_type", ChangeType::named)?,
        title: row.text("title")?,
        requester: row.id("requester")?,
        revision: row.count("revision")?,
        opened_at: row.time("opened_at")?,
        window: window_of(row)?,
    })
}

/// Reads the part of the list that the search asks for.
pub fn search(view: &View<'_>, search: &Search) -> Result<Vec<Summary>, StorageError> {
    let id = search
        .text
        .as_deref()
        .and_then(|text| ChangeId::parse(text.trim()).ok());
    let mut values: Vec<Value> = vec![
        search.state.map(State::name).into(),
        search.change_type.map(ChangeType::name).into(),
        search.text.as_deref().into(),
        id.map_or(0, ChangeId::number).into(),
    ];
    let is_usual = search.order == Order::Change && search.is_descending;
    if !is_usual {
        values.extend([search.order.name().into(), search.is_descending.into()]);
    }
    values.extend([u64::from(search.limit).into(), search.offset.into()]);
    let sql = match is_usual {
        true => include_str!("../sql/newest_changes.sql"),
        false => include_str!("../sql/search_changes.sql"),
    };
    view.rows(sql, &values, read_summary)
}

/// How many changes stand in each state; states without any are left out.
pub fn counts(view: &View<'_>) -> Result<Vec<(State, u64)>, StorageError> {
    view.rows(include_str!("../sql/count_changes_by_state.sql"), &[], |row| {
        Ok((row.word("state", State::named)?, row.count("changes")?))
    })
}

/// The newest changes in this state, newest first.
pub fn newest(view: &View<'_>, state: State, limit: u32) -> Result<Vec<Summary>, StorageError> {
    let values: [Value; 2] = [state.name().into(), u64::from(limit).into()];
    view.rows(
        include_str!("../sql/list_newest_in_state.sql"),
        &values,
        read_summary,
    )
}

/// The newest changes in this state that this person asked for, newest first.
pub(crate) fn newest_of(
    view: &View<'_>,
    requester: PersonId,
    state: State,
    limit: u32,
) -> Result<Vec<Summary>, StorageError> {
    let values: [Value; 3] = [Value::id(requester), state.name().into(), u64::from(limit).into()];
    view.rows(
        include_str!("../sql/list_newest_of_requester.sql"),
        &values,
        read_summary,
    )
}
