//! The dates that scanners write, as moments.

use basis::Time;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads `2026/10/03` as the beginning of that day in UTC.
pub fn day(text: &str) -> Option<Time> {
    let parts: Vec<&str> = text.trim().split(['/', '-']).collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let (month, day): (u8, u8) = (month.parse().ok()?, day.parse().ok()?);
    Time::parse(&format!("{year}-{month:02}-{day:02}T00:00:00Z")).ok()
}

/// Reads `Mon Nov 16 02:20:00 2026`, the scanner's local time without its zone, as if it were UTC: it may be wrong by up
/// to 14 hours, which orders the scans of one scanner rightly all the same.
pub fn local(text: &str) -> Option<Time> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, clock, year] = parts.as_slice() else {
        return None;
    };
    let month = MONTHS.iter().position(|name| name == month)? + 1;
    let day: u8 = day.parse().ok()?;
    Time::parse(&format!("{year}-{month:02}-{day:02}T{clock}Z")).ok()
}

/// When a scan of a host ended: by its time stamp, else by its local times, and never later than `now`.
pub fn scanned_at(host: &formats::nessus::Host, now: Time) -> Time {
    let stamp = |seconds: Option<u64>| Some(Time::from_ms(i64::try_from(seconds?).ok()?.checked_mul(1_000)?));
    let moment = stamp(host.finished_unix_s)
        .or_else(|| local(host.finished.as_deref()?))
        .or_else(|| stamp(host.started_unix_s))
        .or_else(|| local(host.started.as_deref()?));
    moment.unwrap_or(now).min(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::nessus::Host;
    use proptest::prelude::*;

    #[test]
    fn the_spellings_of_scanners_are_read() {
        assert_eq!(day("2026/10/3").unwrap().to_string(), "2026-10-03T00:00:00.000Z");
        assert_eq!(
            local("Mon Jul  1 11:40:48 2013").unwrap().to_string(),
            "2013-07-01T11:40:48.000Z"
        );
        for wrong in ["", "2026/13/01", "yesterday", "2026/02/30"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
        assert_eq!(local("Mon Foo 1 11:40:48 2013"), None);
    }

    #[test]
    fn a_scan_never_ended_later_than_now() {
        let now = Time::parse("2026-11-22T08:00:00Z").unwrap();
        let host = |finished_unix_s| Host {
            finished_unix_s,
            ..Host::default()
        };
        assert_eq!(
            scanned_at(&host(Some(1_700_000_000)), now).as_ms(),
            1_700_000_000_000
        );
        assert_eq!(scanned_at(&host(Some(u64::MAX)), now), now);
        assert_eq!(scanned_at(&host(Some(4_000_000_000)), now), now);
        assert_eq!(scanned_at(&host(None), now), now);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,40}") {
            let _ = (day(&text), local(&text));
        }
    }
}
