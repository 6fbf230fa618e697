//! The pages of changes: parse, call an act, show. No rule stands here.

mod board;
mod calendar;
mod calendar_feed;
mod calendar_grid;
mod decision;
mod edit;
mod list;
mod new;
mod passkey;
mod record;
mod samples;
mod sections;
mod shown;
mod steps;
mod ways;

use basis::{Class, PersonId, Refusal, Time};
use frame::Routes;
use frame::pages::{State as Shown, Tone};

use crate::acts::Names;
use crate::rules::State;

/// Adds the pages to the room's routes.
pub(crate) fn with_pages(routes: Routes) -> Routes {
    let routes = routes
        .page(
            "/changes",
            "changes.read",
            "Shows the changes as a list",
            list::show_changes,
        )
        .file(
            "/changes.csv",
            "changes.read",
            "Gives the list of changes as CSV",
            list::changes_file,
        )
        .page(
            "/changes/board",
            "changes.read",
            "Shows the changes by state",
            board::show_board,
        )
        .page(
            "/changes/new",
            "changes.open",
            "Shows the form of a new change",
            new::show_new,
        )
        .form(
            "/changes/new",
            "changes.open",
            "Opens a change",
            new::show_new,
            new::open,
        )
        .page(
            "/changes/{change}",
            "changes.read",
            "Shows the record of a change",
            record::show_record,
        )
        .page(
            "/changes/{change}/edit",
            "changes.edit",
            "Shows the parts of a change as forms",
            edit::show_edit,
        )
        .form(
            "/changes/{change}/parts/{section}",
            "changes.edit",
            "Saves one section of a change",
            edit::show_refused,
            edit::save_section,
        );
    calendar::with_calendar(decision::with_decision(steps::with_steps(routes)))
}

/// The state with its colour.
pub(super) fn state_shown(state: State) -> Shown {
    let tone = match state {
        State::Draft | State::Cancelled => Tone::Plain,
        State::Submitted => Tone::Warning,
        State::Approved | State::Closed => Tone::Good,
        State::Disapproved | State::RolledBack | State::Failed => Tone::Bad,
        State::Scheduled | State::InProgress | State::Verifying => Tone::Active,
    };
    Shown::new(state.in_words(), tone)
}

/// The person's name and id.
pub(super) fn person_shown(names: &Names, person: PersonId) -> String {
    match names.get(&person) {
        Some(name) => format!("{name} ({person})"),
        None => person.to_string(),
    }
}

/// A word of the policy or of a table, as people read it.
pub(super) fn in_words(word: &str) -> String {
    word.replace('_', " ")
}

/// The moment that a field of a form holds: `2026-11-22T18:00`, in UTC.
pub(super) fn moment_typed(name: &str, text: Option<&str>) -> Result<Option<Time>, Refusal> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let whole = match text.len() {
        // Browsers leave the seconds out where they are 0.
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ => text.to_owned(),
    };
    let parsed = Time::parse(&whole).map_err(|error| {
        Refusal::new(Class::Invalid, "time", format!("the {name}: {error}"))
            .way_out("write date and time like `2026-11-22T18:00`, in UTC")
    });
    parsed.map(Some)
}

/// The moment as a field of a form holds it, to the minute.
pub(super) fn moment_field(time: Time) -> String {
    time.to_string()[..16].to_owned()
}
