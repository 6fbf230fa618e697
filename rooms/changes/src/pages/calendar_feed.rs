//! The calendar for calendar programs: read by whoever holds an address that a person made in their account.

use basis::{Refusal, Span};
use frame::{Content, Download, PublicCall};
use policy::Window;

use crate::acts;
use crate::rules::{FeedEvent, icalendar};
use crate::store::Planned;

/// How far back the feed goes.
const BACK: Span = Span::days(90);
/// How far ahead.
const AHEAD: Span = Span::days(400);
/// Most windows in it.
const WINDOWS_MAX: u32 = 2_000;

fn event(planned: Planned) -> FeedEvent {
    FeedEvent {
        change: planned.change.id,
        window: planned.window,
        stamp: planned.approved_at.unwrap_or(planned.change.opened_at),
        is_firm: planned.is_set,
        revision: planned.change.revision,
    }
}

pub(super) fn feed(call: &PublicCall<'_>) -> Result<Download, Refusal> {
    let organisation = call.organisation();
    let reader = people::calendar_reader(organisation, call.part("token"))?;
    let now = organisation.now();
    let span = Window {
        from: now - BACK,
        until: now + AHEAD,
    };
    let planned = acts::calendar(organisation, &reader, span, WINDOWS_MAX)?;
    let events: Vec<FeedEvent> = planned.into_iter().map(event).collect();
    Ok(Download {
        name: "tagout.ics".to_owned(),
        media_type: "text/calendar; charset=utf-8".to_owned(),
        content: Content::Bytes(icalendar(call.house.web.origin(), &events).into_bytes()),
    })
}
