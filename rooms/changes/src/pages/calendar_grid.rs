//! The days of the calendar: which span a page shows, which pages come before and after, which day holds what.

use basis::{Class, Refusal, Time};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use policy::Window;

/// What one page of the calendar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// A month by weeks.
    Month,
    /// The seven days from a Monday.
    Week,
    /// A month as a list.
    Agenda,
}

impl View {
    pub(super) const ALL: [View; 3] = [View::Month, View::Week, View::Agenda];

    /// Its word in queries, and in links.
    pub(super) fn name(self) -> &'static str {
        match self {
            View::Month => "month",
            View::Week => "week",
            View::Agenda => "agenda",
        }
    }
}

/// A span of whole days in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) first: Date,
    pub(super) last: Date,
}

fn invalid(what: String) -> Refusal {
    Refusal::new(Class::Invalid, "calendar", what).way_out("write the day like `2026-11-22`, or leave it out")
}

/// The day that the query names, in UTC.
pub(super) fn day_named(text: &str) -> Result<Date, Refusal> {
    let shown: String = text.chars().take(40).collect();
    let day: Result<Date, _> = text.trim().parse();
    let day = day.map_err(|_| invalid(format!("`{shown}` is no day")))?;
    // No record is older, and the pages before and after exist for everything that people plan.
    match (1970..=9000).contains(&day.year()) {
        true => Ok(day),
        false => Err(invalid(format!(
            "the calendar does not reach the year {}",
            day.year()
        ))),
    }
}

/// The day of this moment in UTC.
pub(super) fn day_of(time: Time) -> Date {
    let text = time.to_string();
    text.get(..10)
        .and_then(|day| day.parse().ok())
        .unwrap_or(Date::MIN)
}

impl Days {
    /// What the page shows that has this day in it.
    pub(super) fn around(view: View, day: Date) -> Self {
        match view {
            View::Month | View::Agenda => Self {
                first: day.first_of_month(),
                last: day.last_of_month(),
            },
            View::Week => {
                let first = monday(day);
                Self {
                    first,
                    last: first.saturating_add(6.days()),
                }
            }
        }
    }

    /// The same with the days before and after that make whole weeks of it.
    pub(super) fn in_whole_weeks(self) -> Self {
        Self {
            first: monday(self.first),
            last: monday(self.last).saturating_add(6.days()),
        }
    }

    /// A day of the page before, and one of the page after.
    pub(super) fn beside(self) -> (Date, Date) {
        (
            self.first.saturating_sub(1.day()),
            self.last.saturating_add(1.day()),
        )
    }

    /// Day by day.
    pub(super) fn each(self) -> impl Iterator<Item = Date> {
        self.first
            .series(1.day())
            .take_while(move |day| *day <= self.last)
    }

    /// From the first moment of the first day to that of the day behind the last.
    pub(super) fn window(self) -> Window {
        Window {
            from: start(self.first),
            until: start(self.last.saturating_add(1.day())),
        }
    }
}

/// The Monday of the day's week.
fn monday(day: Date) -> Date {
    let past = day.weekday().since(Weekday::Monday);
    day.saturating_sub(i64::from(past).days())
}

/// The first moment of the day in UTC.
fn start(day: Date) -> Time {
    let days = day
        .since(Date::constant(1970, 1, 1))
        .map_or(0, |span| i64::from(span.get_days()));
    Time::from_ms(days * 24 * 60 * 60 * 1_000)
}

/// Whether the window has a moment on this day.
pub(super) fn is_on(window: Window, day: Date) -> bool {
    let of_day = Days {
        first: day,
        last: day,
    }
    .window();
    window.from < of_day.until && window.until > of_day.from
}

/// The month of the day in words, such as `November 2026`.
pub(super) fn month_in_words(day: Date) -> String {
    day.strftime("%B %Y").to_string()
}

/// The day in words, such as `Sunday, 22 November 2026`.
pub(super) fn day_in_words(day: Date) -> String {
    day.strftime("%A, %-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        day_named(text).unwrap()
    }

    #[test]
    fn a_page_shows_whole_months_or_weeks_from_monday() {
        let rows = [
            (View::Month, "2026-11-22", "2026-11-01", "2026-11-30"),
            (View::Agenda, "2024-02-29", "2024-02-01", "2024-02-29"),
            (View::Week, "2026-11-22", "2026-11-16", "2026-11-22"),
            (View::Week, "2026-11-23", "2026-11-23", "2026-11-29"),
        ];
        for (view, of, first, last) in rows {
            let days = Days::around(view, day(of));
            assert_eq!((days.first, days.last), (day(first), day(last)), "{view:?} {of}");
        }
        let whole = Days::around(View::Month, day("2026-11-22")).in_whole_weeks();
        assert_eq!((whole.first, whole.last), (day("2026-10-26"), day("2026-12-06")));
        assert_eq!(whole.each().count(), 42);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for wrong in [
            "",
            "2026-13-01",
            "2026-02-30",
            "tomorrow",
            "1969-12-31",
            "9001-01-01",
            "-000001-01-01",
        ] {
            assert!(day_named(wrong).is_err(), "{wrong}");
        }
        assert!(day_named("1970-01-01").is_ok() && day_named("9000-12-31").is_ok());
    }

    #[test]
    fn a_window_is_on_every_day_that_it_touches_and_no_other() {
        let time = |text: &str| Time::parse(text).unwrap();
        let window = Window {
            from: time("2026-11-22T22:00:00Z"),
            until: time("2026-11-24T00:00:00Z"),
        };
        let on: Vec<bool> = (21..=24)
            .map(|n| is_on(window, day(&format!("2026-11-{n}"))))
            .collect();
        assert_eq!(on, [false, true, true, false]);
    }

    proptest! {
        #[test]
        fn leafing_on_and_back_comes_home(days_since in 0_i64..100_000, view in 0..3_usize) {
            let view = View::ALL[view];
            let home = Days::around(view, Date::constant(1970, 2, 1).saturating_add(days_since.days()));
            let (before, after) = home.beside();
            prop_assert_eq!(Days::around(view, Days::around(view, after).beside().0), home);
            prop_assert_eq!(Days::around(view, Days::around(view, before).beside().1), home);
            prop_assert_eq!(day_of(home.window().from), home.first);
        }
    }
}
