//! The first page: what waits for the person who looks, most urgent first.

use askama::Template;
use basis::{Refusal, Span, Time};
use frame::pages::{Cell, Column, Moment, Page, State, Table, Tone, Waiting, in_order};
use frame::{Call, Nothing};

use super::beginning::Beginning;

/// How near an end must be to be marked.
const SOON: Span = Span::hours(24);

/// The page.
#[derive(Template)]
#[template(path = "needs_me.html")]
pub(super) struct NeedsMe {
    table: Table,
    /// How far the organisation has come on the way to its first approved change; none when it is there.
    beginning: Option<(usize, usize)>,
    /// The next step on it, and who takes it.
    next_step: String,
    now: Time,
}

impl NeedsMe {
    fn of(waiting: Vec<Waiting>, beginning: &Beginning, now: Time) -> Self {
        let columns = vec![
            Column::new("What"),
            Column::new("Why it waits for you"),
            Column::new("How urgent"),
            Column::new("Due"),
            Column::new("Waits since"),
        ];
        let row = |one: Waiting| {
            vec![
                Cell::link(one.path.clone(), one.what.clone()),
                Cell::text(&one.reason),
                Cell::State(urgency(&one, now)),
                Cell::Time(one.due),
                Cell::Time(Some(one.since)),
            ]
        };
        let rows = in_order(waiting).into_iter().map(row);
        let (done, all) = beginning.progress();
        Self {
            table: Table::new("Waits for you", columns, "Nothing waits for you. What is submitted, scheduled or to be confirmed stands here as soon as it is your turn.").with_rows(rows),
            beginning: (done < all).then_some((done, all)),
            next_step: beginning
                .next()
                .map(|(title, left)| format!("Next: {title}. {}", left.trim_start_matches("Next: ")))
                .unwrap_or_default(),
            now,
        }
    }

    fn now(&self) -> Moment {
        Moment(self.now)
    }
}

fn urgency(one: &Waiting, now: Time) -> State {
    match one.due {
        _ if one.is_urgent => State::new("work stands still", Tone::Bad),
        Some(due) if due <= now => State::new("late", Tone::Bad),
        Some(due) if due.since(now) <= SOON => State::new("within a day", Tone::Warning),
        Some(_) => State::new("has an end", Tone::Active),
        None => State::new("when you can", Tone::Plain),
    }
}

impl Page for NeedsMe {
    fn title(&self) -> String {
        "Needs me".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let now = Time::from_ms(1_795_600_000_000);
        let one = |number: i64, is_urgent, due: Option<i64>| Waiting {
            what: format!("CHG-{number:04} Patch web{number:02}"),
            reason: "your decision is asked for".to_owned(),
            path: format!("/changes/CHG-{number:04}/decision"),
            since: now - Span::hours(number),
            due: due.map(|hours| now + Span::hours(hours)),
            is_urgent,
        };
        let waiting = vec![
            one(1, false, None),
            one(2, false, Some(48)),
            one(3, false, Some(3)),
            one(4, false, Some(-2)),
            one(5, true, None),
        ];
        vec![
            ("empty", Self::of(Vec::new(), &Beginning::done(0), now)),
            ("usual", Self::of(waiting, &Beginning::done(7), now)),
        ]
    }
}

pub(super) fn show_needs(call: &Call<'_, Nothing>) -> Result<NeedsMe, Refusal> {
    let (organisation, now) = (call.organisation(), call.organisation().now());
    let beginning = Beginning::of(call)?;
    let mut waiting = organisation.view(|view| runs::waiting(view, call.actor))?;
    waiting.extend(changes::waiting(organisation, call.actor, now)?);
    waiting.extend(organisation.view(|view| people::waiting(view, call.actor))?);
    Ok(NeedsMe::of(waiting, &beginning, now))
}
