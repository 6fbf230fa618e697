//! The changes in columns by state.

use askama::Template;
use basis::Refusal;
use frame::Call;
use frame::pages::{Moment, Page, State as Shown};

use super::{person_shown, samples, state_shown};
use crate::acts::{self, Lane, Names};
use crate::rules::ChangeId;

/// How many changes one column shows.
const CARDS_IN_A_COLUMN: u32 = 12;

/// A change on the board.
pub(super) struct Card {
    id: ChangeId,
    title: String,
    requester: String,
    is_emergency: bool,
    window: Option<Moment>,
}

/// A column.
pub(super) struct ColumnShown {
    name: &'static str,
    words: String,
    state: Shown,
    count: u64,
    cards: Vec<Card>,
}

/// The page.
#[derive(Template)]
#[template(path = "board.html")]
pub(crate) struct BoardPage {
    columns: Vec<ColumnShown>,
}

impl BoardPage {
    pub(super) fn of(lanes: &[Lane], names: &Names) -> Self {
        let column = |lane: &Lane| ColumnShown {
            name: lane.state.name(),
            words: lane.state.in_words(),
            state: state_shown(lane.state),
            count: lane.count,
            cards: lane
                .newest
                .iter()
                .map(|summary| Card {
                    id: summary.id,
                    title: summary.title.clone(),
                    requester: person_shown(names, summary.requester),
                    is_emergency: summary.change_type == policy::ChangeType::Emergency,
                    window: summary.window.map(|window| Moment(window.from)),
                })
                .collect(),
        };
        Self {
            columns: lanes.iter().map(column).collect(),
        }
    }
}

impl Page for BoardPage {
    fn title(&self) -> String {
        "Changes by state".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        samples::board_pages()
    }
}

pub(crate) fn show_board(call: &Call<'_>) -> Result<BoardPage, Refusal> {
    let (lanes, names) = acts::board(call.organisation(), call.actor, CARDS_IN_A_COLUMN)?;
    Ok(BoardPage::of(&lanes, &names))
}
