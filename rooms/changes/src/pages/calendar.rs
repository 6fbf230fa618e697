//! The calendar: which change is planned when, by month, by week, and as a list that says the same.

use askama::Template;
use basis::{Class, Id, Refusal, Time};
use frame::pages::{Cell, Column, Page, State as Shown, Table, Tone};
use frame::{Call, Routes};
use jiff::civil::Date;
use policy::Window;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calendar_feed::feed;
use super::calendar_grid::{Days, View, day_in_words, day_named, day_of, is_on, month_in_words};
use super::state_shown;
use crate::acts;
use crate::rules::{ChangeId, State};
use crate::store::Planned;

/// Most windows on a page.
const WINDOWS_MAX: u32 = 500;
/// Most windows that a day of the grid names; the list has them all.
const WINDOWS_OF_DAY_MAX: usize = 6;

/// Which part of the calendar.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CalendarQuery {
    /// `month`, `week` or `agenda`; the month when it is left out.
    view: Option<String>,
    /// A day in it, such as `2026-11-22`; today when it is left out.
    day: Option<String>,
}

/// Adds the calendar and its feed.
pub(super) fn with_calendar(routes: Routes) -> Routes {
    routes
        .page(
            "/calendar",
            "changes.read",
            "Shows which change is planned when",
            show_calendar,
        )
        .public_file(
            "/calendar/feeds/{token}/tagout.ics",
            "Gives the calendar to calendar programs, with numbers of changes for titles",
            feed,
        )
}

/// The page.
#[derive(Template)]
#[template(path = "calendar.html")]
pub(crate) struct CalendarPage {
    title: String,
    /// Each view: its word, where it is, whether it is this one.
    views: Vec<(&'static str, String, bool)>,
    before: String,
    after: String,
    today: String,
    weeks: Vec<Vec<Day>>,
    agenda: Option<Table>,
    is_cut: bool,
}

struct Day {
    /// For machines: `2026-11-22`.
    date: String,
    number: i8,
    words: String,
    is_today: bool,
    is_outside: bool,
    windows: Vec<Item>,
    more: usize,
}

struct Item {
    path: String,
    change: String,
    title: String,
    state: Shown,
    /// The times of this day, or that it goes on.
    when: String,
}

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

impl CalendarPage {
    fn weekdays(&self) -> [&'static str; 7] {
        WEEKDAYS
    }

    /// Where the same stands as a list.
    fn list(&self) -> &str {
        self.views.last().map_or("/calendar", |(_, path, _)| path)
    }

    fn of(view: View, day: Date, now: Time, planned: &[Planned]) -> Self {
        let shown = Days::around(view, day);
        let link = |view: View, day: Date| format!("/calendar?view={}&day={day}", view.name());
        let (before, after) = shown.beside();
        let title = match view {
            View::Month | View::Agenda => month_in_words(day),
            View::Week => format!("Week of {}", day_in_words(shown.first)),
        };
        let days: Vec<Date> = shown.in_whole_weeks().each().collect();
        let day_shown = |day: &Date| Day::of(*day, shown, day_of(now), planned);
        let weeks = days.chunks(7).map(|week| week.iter().map(day_shown).collect());
        let weeks: Vec<Vec<Day>> = if view == View::Agenda {
            Vec::new()
        } else {
            weeks.collect()
        };
        Self {
            title: format!("Calendar: {title}"),
            views: View::ALL
                .map(|one| (one.name(), link(one, day), one == view))
                .to_vec(),
            before: link(view, before),
            after: link(view, after),
            today: link(view, day_of(now)),
            weeks,
            agenda: (view == View::Agenda).then(|| agenda(planned)),
            is_cut: planned.len() >= WINDOWS_MAX as usize,
        }
    }
}

impl Day {
    fn of(day: Date, shown: Days, today: Date, planned: &[Planned]) -> Self {
        let on: Vec<&Planned> = planned
            .iter()
            .filter(|planned| is_on(planned.window, day))
            .collect();
        let item = |planned: &&Planned| Item {
            path: format!("/changes/{}", planned.change.id),
            change: planned.change.id.to_string(),
            title: planned.change.title.clone(),
            state: standing(planned),
            when: times_of_day(planned.window, day),
        };
        Self {
            date: day.to_string(),
            number: day.day(),
            words: day_in_words(day),
            is_today: day == today,
            is_outside: day < shown.first || day > shown.last,
            windows: on.iter().take(WINDOWS_OF_DAY_MAX).map(item).collect(),
            more: on.len().saturating_sub(WINDOWS_OF_DAY_MAX),
        }
    }
}

/// The state, and that the window is only asked for where it was not set.
fn standing(planned: &Planned) -> Shown {
    if planned.is_set {
        return state_shown(planned.change.state);
    }
    Shown::new("approved, window not set", Tone::Warning)
}

/// The part of the window on this day: `08:00 to 10:30 UTC`, with what goes on before or after in words.
fn times_of_day(window: Window, day: Date) -> String {
    let clock = |time: Time| time.to_string().get(11..16).unwrap_or_default().to_owned();
    let begins = day_of(window.from) == day;
    let ends = !is_on(
        window,
        Days {
            first: day,
            last: day,
        }
        .beside()
        .1,
    );
    match (begins, ends) {
        (true, true) => format!("{} to {} UTC", clock(window.from), clock(window.until)),
        (true, false) => format!("from {} UTC", clock(window.from)),
        (false, true) => format!("until {} UTC", clock(window.until)),
        (false, false) => "all day".to_owned(),
    }
}

fn agenda(planned: &[Planned]) -> Table {
    let columns = ["Change", "Title", "Begins", "Ends", "State"].map(Column::new);
    let row = |planned: &Planned| {
        let id = planned.change.id;
        vec![
            Cell::link(format!("/changes/{id}"), id),
            Cell::text(&planned.change.title),
            Cell::Time(Some(planned.window.from)),
            Cell::Time(Some(planned.window.until)),
            Cell::State(standing(planned)),
        ]
    };
    let caption = "Planned changes, in the order in which they begin";
    Table::new(caption, columns.to_vec(), "Nothing is planned in this month.")
        .with_rows(planned.iter().map(row))
}

impl Page for CalendarPage {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let now = Time::from_ms(1_795_334_400_000);
        let planned = |number: u64, title: &str, hours: i64| Planned {
            change: crate::store::Summary {
                id: ChangeId::from_number(number),
                state: State::Scheduled,
                change_type: policy::ChangeType::Normal,
                title: title.to_owned(),
                requester: basis::PersonId::from_number(1),
                revision: 1,
                opened_at: now,
                window: None,
            },
            window: Window {
                from: now,
                until: now + basis::Span::hours(hours),
            },
            is_set: number != 2,
            approved_at: Some(now),
        };
        let usual = [planned(1, "Patch web01", 2), planned(2, "Move the racks", 30)];
        let long = "a-very-long-title-without-a-blank".repeat(6);
        let full: Vec<Planned> = (1..30).map(|number| planned(number, &long, 100)).collect();
        let page = |view, planned: &[Planned]| Self::of(view, day_of(now), now, planned);
        vec![
            ("empty", page(View::Month, &[])),
            ("month", page(View::Month, &usual)),
            ("week", page(View::Week, &usual)),
            ("agenda", page(View::Agenda, &usual)),
            ("full", page(View::Month, &full)),
            ("full agenda", page(View::Agenda, &full)),
        ]
    }
}

fn show_calendar(call: &Call<'_, CalendarQuery>) -> Result<CalendarPage, Refusal> {
    let now = call.organisation().now();
    let view = match call.query.view.as_deref() {
        None | Some("") => View::Month,
        Some(name) => View::ALL
            .into_iter()
            .find(|view| view.name() == name)
            .ok_or_else(|| {
                let what = "the calendar has no such view".to_owned();
                Refusal::new(Class::Invalid, "calendar", what).way_out("choose `month`, `week` or `agenda`")
            })?,
    };
    let day = match call.query.day.as_deref() {
        None | Some("") => day_of(now),
        Some(text) => day_named(text)?,
    };
    let shown = Days::around(view, day);
    let span = match view {
        View::Agenda => shown,
        View::Month | View::Week => shown.in_whole_weeks(),
    };
    let planned = acts::calendar(call.organisation(), call.actor, span.window(), WINDOWS_MAX)?;
    Ok(CalendarPage::of(view, day, now, &planned))
}
