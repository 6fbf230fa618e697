//! The calendar as calendar programs read it (RFC 5545). Whoever holds the address sees it, so it says numbers and times alone.

use basis::Time;
use policy::Window;

use super::ChangeId;

/// One window in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// Which change.
    pub change: ChangeId,
    /// When.
    pub window: Window,
    /// When what it says was last decided.
    pub stamp: Time,
    /// Whether the window was set, not only approved.
    pub is_firm: bool,
    /// The number of its revision.
    pub revision: u64,
}

/// Most octets of a line without its end (RFC 5545 §3.1).
const LINE_OCTETS_MAX: usize = 75;

/// The feed of the server at this origin, such as `https://tagout.example`.
pub fn icalendar(origin: &str, events: &[FeedEvent]) -> String {
    let mut text = String::new();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tagout//calendar 1//EN",
        "CALSCALE:GREGORIAN",
    ] {
        push_line(&mut text, line);
    }
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    for event in events {
        let id = event.change;
        let status = if event.is_firm { "CONFIRMED" } else { "TENTATIVE" };
        let lines = [
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escaped(&format!("{id}@{host}"))),
            format!("DTSTAMP:{}", moment(event.stamp)),
            format!("SEQUENCE:{}", event.revision),
            format!("DTSTART:{}", moment(event.window.from)),
            format!("DTEND:{}", moment(event.window.until)),
            format!("SUMMARY:{}", escaped(&id.to_string())),
            format!("STATUS:{status}"),
            "CLASS:CONFIDENTIAL".to_owned(),
            "TRANSP:TRANSPARENT".to_owned(),
            format!("URL:{origin}/changes/{id}"),
            "END:VEVENT".to_owned(),
        ];
        for line in lines {
            push_line(&mut text, &line);
        }
    }
    push_line(&mut text, "END:VCALENDAR");
    text
}

/// A moment in UTC (RFC 5545 §3.3.5, form 2).
fn moment(time: Time) -> String {
    let text: String = time
        .to_string()
        .chars()
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    format!("{}Z", text.get(..15).unwrap_or(&text))
}

/// A text with what has a meaning in it written otherwise (RFC 5545 §3.3.11).
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    text.replace("\r\n", "\\n").replace(['\n', '\r'], "\\n")
}

/// Adds a line, folded where it is too long: the next part begins with a blank (RFC 5545 §3.1).
fn push_line(text: &mut String, line: &str) {
    let mut octets = 0;
    for character in line.chars() {
        if octets + character.len_utf8() > LINE_OCTETS_MAX {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(character);
        octets += character.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Id;
    use proptest::prelude::*;

    fn event(number: u64, from: i64, minutes: i64) -> FeedEvent {
        let from = Time::from_ms(from);
        FeedEvent {
            change: ChangeId::from_number(number),
            window: Window {
                from,
                until: from + basis::Span::minutes(minutes),
            },
            stamp: from,
            is_firm: true,
            revision: 2,
        }
    }

    #[test]
    fn a_window_is_written_with_its_number_and_nothing_else_about_it() {
        let feed = icalendar("https://tagout.example", &[event(7, 1_795_334_400_000, 90)]);
        let expected = "BEGIN:VEVENT\r\nUID:CHG-0007@tagout.example\r\nDTSTAMP:20261122T080000Z\r\nSEQUENCE:2\r\n\
            DTSTART:20261122T080000Z\r\nDTEND:20261122T093000Z\r\nSUMMARY:CHG-0007\r\nSTATUS:CONFIRMED\r\n\
            CLASS:CONFIDENTIAL\r\nTRANSP:TRANSPARENT\r\nURL:https://tagout.example/changes/CHG-0007\r\nEND:VEVENT\r\n";
        assert!(feed.contains(expected), "{feed}");
        assert!(
            feed.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && feed.ends_with("END:VCALENDAR\r\n")
        );
    }

    #[test]
    fn a_line_is_folded_behind_75_octets_and_not_before() {
        let folded = |line: &str| {
            let mut text = String::new();
            push_line(&mut text, line);
            text
        };
        assert_eq!(folded(&"a".repeat(75)), format!("{}\r\n", "a".repeat(75)));
        assert_eq!(folded(&"a".repeat(76)), format!("{}\r\n a\r\n", "a".repeat(75)));
        assert_eq!(escaped("a\\b;c,d\r\ne\nf"), r"a\\b\;c\,d\ne\nf");
    }

    proptest! {
        #[test]
        fn folding_loses_nothing_and_no_line_is_too_long(line in "\\PC{0,400}") {
            let mut text = String::new();
            push_line(&mut text, &line);
            prop_assert!(text.split("\r\n").all(|part| part.len() <= LINE_OCTETS_MAX));
            prop_assert_eq!(text.replace("\r\n ", ""), format!("{line}\r\n"));
        }

        #[test]
        fn no_text_can_begin_a_line_of_its_own(text in ".{0,200}") {
            prop_assert!(!escaped(&text).contains(['\r', '\n']));
        }

        #[test]
        fn the_same_windows_give_the_same_feed_whose_lines_all_end_as_they_must(
            numbers in proptest::collection::vec((1_u64..100_000, 0_i64..4_000_000_000_000, 1_i64..10_000), 0..20),
            host in "[a-z0-9.-]{1,253}",
        ) {
            let events: Vec<FeedEvent> = numbers.iter().map(|(number, from, minutes)| event(*number, *from, *minutes)).collect();
            let origin = format!("https://{host}");
            let feed = icalendar(&origin, &events);
            prop_assert_eq!(&feed, &icalendar(&origin, &events));
            prop_assert_eq!(feed.matches('\n').count(), feed.matches("\r\n").count());
            prop_assert!(feed.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX));
            let unfolded = feed.replace("\r\n ", "");
            for event in &events {
                let uid = format!("\r\nUID:{}@{host}\r\n", event.change);
                prop_assert!(unfolded.contains(&uid));
            }
        }
    }
}
