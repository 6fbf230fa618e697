//! Moments and spans in whole milliseconds of UTC, and the clock that tells them.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// A length of time in milliseconds; may be negative as the difference of two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

/// A text was not a moment as RFC 3339 writes it, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time; write it like `2026-11-22T18:00:00Z`")]
pub struct TimeError(String);

const MS_MAX: i64 = 253_402_300_799_999;

impl Time {
    /// Makes a moment from milliseconds since the epoch, held within years 1970 to 9999.
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(0, MS_MAX))
    }

    /// Milliseconds since the epoch.
    pub fn as_ms(self) -> i64 {
        self.0
    }

    /// Parses RFC 3339; any offset is accepted and converted to UTC, fractions beyond milliseconds are cut.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let wrong = || TimeError(text.chars().take(40).collect());
        let moment: jiff::Timestamp = text.trim().parse().map_err(|_| wrong())?;
        let ms = moment.as_millisecond();
        if (0..=MS_MAX).contains(&ms) {
            Ok(Self(ms))
        } else {
            Err(wrong())
        }
    }

    /// The span from `earlier` to this moment.
    pub fn since(self, earlier: Time) -> Span {
        Span(self.0 - earlier.0)
    }

    /// The moment cut to whole minutes, as people write it: `2026-11-22 18:00 UTC`.
    pub fn to_minutes(self) -> String {
        let text = self.to_string();
        format!("{} {} UTC", &text[..10], &text[11..16])
    }
}

impl std::ops::Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time::from_ms(self.0.saturating_add(span.0))
    }
}

impl std::ops::Sub<Span> for Time {
    type Output = Time;
    fn sub(self, span: Span) -> Time {
        Time::from_ms(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{moment:.3}")
    }
}

impl std::str::FromStr for Time {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::parse(text)
    }
}

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Span {
    /// A span of whole milliseconds.
    pub const fn milliseconds(count: i64) -> Self {
        Self(count)
    }

    /// A span of whole seconds.
    pub const fn seconds(count: i64) -> Self {
        Self(count * 1_000)
    }

    /// A span of whole minutes.
    pub const fn minutes(count: i64) -> Self {
        Self::seconds(count * 60)
    }

    /// A span of whole hours.
    pub const fn hours(count: i64) -> Self {
        Self::minutes(count * 60)
    }

    /// A span of whole days of 24 hours.
    pub const fn days(count: i64) -> Self {
        Self::hours(count * 24)
    }

    /// Milliseconds in the span.
    pub const fn as_ms(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0 / 60_000;
        match minutes.abs() {
            0 => write!(f, "{} s", self.0 / 1_000),
            1..120 => write!(f, "{minutes} min"),
            120..2_880 => write!(f, "{} h", minutes / 60),
            _ => write!(f, "{} days", minutes / 1_440),
        }
    }
}

/// Tells the time. Implementations may go backwards: the order of entries never rests on a clock.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    // This is the one place that may ask the operating system for the time.
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> Time {
        Time::from_ms(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that stands where it was put, for tests and for trying a policy against history.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Makes a clock that shows `time`.
    pub fn at(time: Time) -> Self {
        Self(AtomicI64::new(time.0))
    }

    /// Puts the clock to `time`, forwards or backwards.
    pub fn set(&self, time: Time) {
        self.0.store(time.0, Ordering::SeqCst);
    }

    /// Moves the clock by `span`.
    pub fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Time {
        Time::from_ms(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_reads_back_as_it_was_printed(ms in 0..=MS_MAX) {
            let time = Time::from_ms(ms);
            prop_assert_eq!(Time::parse(&time.to_string()), Ok(time));
        }

        #[test]
        fn printed_times_sort_as_moments(a in 0..=MS_MAX, b in 0..=MS_MAX) {
            let (a, b) = (Time::from_ms(a), Time::from_ms(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }

    #[test]
    fn a_time_with_another_offset_is_converted() {
        assert_eq!(
            Time::parse("2026-11-22T19:00:00+01:00").unwrap().to_string(),
            "2026-11-22T18:00:00.000Z"
        );
        assert!(Time::parse("2026-11-22 noon").is_err());
        assert!(Time::parse("1969-12-31T23:59:59Z").is_err());
    }
}
