//! May the change be given this window?

use basis::{Time, Verdict};

use super::{Answer, Gaps, submit};
use crate::rules::document::Policy;
use crate::rules::kinds::{Kind, LeadTime, WindowLength};
use crate::rules::questions::{ChangeFacts, ScheduleFacts, Window};
use crate::rules::ways_out;
use crate::rules::words::{ChangeType, LeadStart, Stage};

const MINUTE_MS: i64 = 60_000;

impl Policy {
    /// Says whether an approved change may be given the window asked for. That it is approved is a question of its
    /// own: [`Policy::is_approved`].
    pub fn may_schedule(&self, facts: &ScheduleFacts) -> Verdict {
        let change = &facts.change;
        let mut answer = Answer::to(self, format!("may {} be scheduled", change.change));
        submit::say_parts(&mut answer, self, change, &facts.parts_present, Stage::Schedule);
        for rule in self.applying(change) {
            match &rule.kind {
                Kind::LeadTime(lead) => answer.say(rule, lead_gaps(lead, facts)),
                Kind::WindowLength(length) => answer.say(rule, length_gaps(length, facts)),
                _ => {}
            }
        }
        answer.verdict()
    }

    /// Says whether a change may ask for this window: not longer than any that could be set, and with one inside it that
    /// could be set, were the change submitted and approved at once. If not, nobody need sign it.
    pub fn may_ask_for_window(&self, change: &ChangeFacts, window: Window, now: Time) -> Verdict {
        let mut answer = Answer::to(self, format!("may {} ask for this window", change.change));
        for rule in self.applying(change) {
            match &rule.kind {
                Kind::LeadTime(lead) => answer.say(rule, asked_too_soon(lead, change, window, now)),
                Kind::WindowLength(length) => {
                    answer.say(rule, asked_length_gaps(length, change, window, now))
                }
                _ => {}
            }
        }
        answer.verdict()
    }

    /// What the policy asks of the window of such a change, one line for each paragraph, for whoever is about to type it.
    /// The window in `facts` is not looked at.
    pub fn window_limits(&self, facts: &ScheduleFacts) -> Vec<String> {
        let limits = self.applying(&facts.change).filter_map(|rule| match &rule.kind {
            Kind::LeadTime(lead) if needs_notice(lead, facts.change.change_type) => {
                let first = whole_minute_after(earliest(lead, facts)).to_minutes();
                Some(format!("it begins at {first} or later (paragraph {})", rule.id))
            }
            Kind::WindowLength(length) => Some(format!(
                "it lasts at most {} (paragraph {})",
                length.longest, rule.id
            )),
            _ => None,
        });
        limits.collect()
    }

    /// The first moment at which the window of such a change may begin.
    pub fn earliest_start(&self, facts: &ScheduleFacts) -> Time {
        let earliest = self.applying(&facts.change).filter_map(|rule| match &rule.kind {
            Kind::LeadTime(lead) => Some(earliest(lead, facts)),
            _ => None,
        });
        earliest.max().unwrap_or(facts.now)
    }
}

fn earliest(lead: &LeadTime, facts: &ScheduleFacts) -> Time {
    let start = match lead.counted_from {
        LeadStart::Submission => facts.submitted_at,
        LeadStart::Approval => facts.approved_at,
        LeadStart::Scheduling => facts.now,
    };
    match lead.least.get(&facts.change.change_type) {
        Some(least) => start + least.span(),
        None => start,
    }
}

fn needs_notice(lead: &LeadTime, change_type: ChangeType) -> bool {
    let least = lead.least.get(&change_type);
    least.is_some_and(|least| least.span().as_ms() > 0)
}

fn lead_gaps(lead: &LeadTime, facts: &ScheduleFacts) -> Gaps {
    let mut gaps = Gaps::default();
    let needed = lead.least.get(&facts.change.change_type);
    let earliest = earliest(lead, facts);
    // A change type that needs no notice may begin at once, a few seconds before it is scheduled included.
    let needs_notice = needs_notice(lead, facts.change.change_type);
    if let (true, Some(least)) = (needs_notice && facts.window.from < earliest, needed) {
        let first = whole_minute_after(earliest).to_minutes();
        gaps.add(
            format!(
                "{least} between {} and the start of the window, which is {}",
                lead.counted_from,
                facts.window.from.to_minutes()
            ),
            ways_out::schedule_or_ask(
                &facts.change.change,
                &format!("choose a window that starts at {first} or later"),
            ),
        );
    }
    gaps
}

fn asked_too_soon(lead: &LeadTime, change: &ChangeFacts, window: Window, now: Time) -> Gaps {
    let mut gaps = Gaps::default();
    let needed = lead.least.get(&change.change_type);
    if let Some(least) = needed.filter(|least| least.span().as_ms() > 0) {
        let earliest = now + least.span();
        // A window that ends later still holds one with its notice.
        if window.until <= earliest {
            let first = whole_minute_after(earliest).to_minutes();
            gaps.add(
                format!(
                    "{least} between {} and the start of the window; this one ends at {}",
                    lead.counted_from,
                    window.until.to_minutes()
                ),
                ways_out::ask_for_window(
                    &change.change,
                    &format!("ask for a window that starts at {first} or later"),
                ),
            );
        }
    }
    gaps
}

fn asked_length_gaps(length: &WindowLength, change: &ChangeFacts, window: Window, now: Time) -> Gaps {
    let mut gaps = Gaps::default();
    if window.until.since(window.from) > length.longest.span() {
        gaps.add(
            too_long(length, window),
            ways_out::ask_for_window(&change.change, "ask for a shorter window, or split the change"),
        );
    }
    if window.until <= now {
        let what = format!(
            "a window that is not over; this one ended at {}",
            window.until.to_minutes()
        );
        gaps.add(
            what,
            ways_out::ask_for_window(&change.change, "ask for a later window"),
        );
    }
    gaps
}

/// The earliest time that people can type; rounding down would name a moment that is still refused.
fn whole_minute_after(time: Time) -> Time {
    let ms = time.as_ms();
    Time::from_ms(ms + (MINUTE_MS - ms % MINUTE_MS) % MINUTE_MS)
}

/// Whole minutes, rounded up: a window a second too long must not read as just long enough. Hours where it is that many.
fn lasts(window: Window) -> String {
    let minutes = (window.until.since(window.from).as_ms() + MINUTE_MS - 1) / MINUTE_MS;
    if minutes % 60 == 0 {
        format!("{} hours", minutes / 60)
    } else {
        format!("{minutes} minutes")
    }
}

fn too_long(length: &WindowLength, window: Window) -> String {
    let longest = length.longest;
    format!("a window of at most {longest}; this one lasts {}", lasts(window))
}

fn length_gaps(length: &WindowLength, facts: &ScheduleFacts) -> Gaps {
    let mut gaps = Gaps::default();
    let (window, change) = (facts.window, &facts.change.change);
    if window.until <= window.from {
        let what = format!("an end after the start {}", window.from.to_minutes());
        gaps.add(
            what,
            ways_out::schedule(change, "let the window end after it starts"),
        );
    } else if window.until.since(window.from) > length.longest.span() {
        gaps.add(
            too_long(length, window),
            ways_out::schedule(change, "choose a shorter window, or split the change"),
        );
    }
    if window.until <= facts.now {
        let what = format!(
            "a window that is not over; this one ended at {}",
            window.until.to_minutes()
        );
        gaps.add(what, ways_out::schedule_or_ask(change, "choose a later window"));
    }
    gaps
}
