//! Lengths of time as the document writes them: `72 hours`, `14 days`, `36 months`.

use std::fmt;

use basis::Span;
use serde::Deserialize;

/// No rule may speak of more than this; a larger number is a slip of the pen.
const YEARS_MAX: u64 = 100;

/// A length of time made of a whole number and a unit from seconds to days; prints as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    count: u64,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
}

impl Unit {
    const ALL: [Unit; 4] = [Unit::Second, Unit::Minute, Unit::Hour, Unit::Day];

    fn name(self) -> &'static str {
        match self {
            Unit::Second => "second",
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
        }
    }

    fn seconds(self) -> u64 {
        match self {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3_600,
            Unit::Day => 86_400,
        }
    }
}

impl Length {
    /// The length as a span.
    pub fn span(self) -> Span {
        let seconds = self.count.saturating_mul(self.unit.seconds());
        Span::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000))
    }

    /// So many minutes.
    pub(super) const fn minutes(count: u64) -> Self {
        let unit = Unit::Minute;
        Self { count, unit }
    }

    fn parse(text: &str) -> Option<Self> {
        let (count, word) = number_and_word(text)?;
        let unit = Unit::ALL.into_iter().find(|unit| unit.name() == singular(word))?;
        let seconds = count.checked_mul(unit.seconds())?;
        (seconds <= YEARS_MAX * 366 * Unit::Day.seconds()).then_some(Self { count, unit })
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_counted(f, self.count, self.unit.name())
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written {
            form: "a number and seconds, minutes, hours or days in quotes, such as `72 hours`",
            parse: Length::parse,
        })
    }
}

/// A length of time in whole calendar months, as retention counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Months(u64);

impl Months {
    /// How many months.
    pub fn count(self) -> u64 {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let (count, word) = number_and_word(text)?;
        let months = match singular(word) {
            "month" => count,
            "year" => count.checked_mul(12)?,
            _ => return None,
        };
        (1..=YEARS_MAX * 12).contains(&months).then_some(Self(months))
    }
}

impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_counted(f, self.0, "month")
    }
}

impl<'de> Deserialize<'de> for Months {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written {
            form: "a number and months or years in quotes, such as `36 months`",
            parse: Months::parse,
        })
    }
}

/// Reads a text of one form; the form is what a wrong text is told.
struct Written<T> {
    form: &'static str,
    parse: fn(&str) -> Option<T>,
}

impl<T> serde::de::Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.form)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

fn number_and_word(text: &str) -> Option<(u64, &str)> {
    let (digits, word) = text.split_once(' ')?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((plain.then(|| digits.parse().ok())??, word))
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

fn write_counted(f: &mut fmt::Formatter<'_>, count: u64, unit: &str) -> fmt::Result {
    write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_reads_as_people_write_it() {
        for (text, seconds) in [
            ("1 hour", 3_600),
            ("72 hours", 259_200),
            ("0 minutes", 0),
            ("14 days", 1_209_600),
        ] {
            let length = Length::parse(text).unwrap();
            assert_eq!(length.span(), Span::seconds(seconds));
            assert_eq!(length.to_string(), text);
        }
        for wrong in [
            "",
            "72",
            "hours",
            "-1 hours",
            "+1 hours",
            "1.5 hours",
            "2 fortnights",
            "1  hour",
            "9 hourss",
        ] {
            assert_eq!(Length::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_may_be_written_as_years() {
        assert_eq!(Months::parse("6 years"), Some(Months(72)));
        assert_eq!(Months::parse("1 month"), Some(Months(1)));
        assert_eq!(Months::parse("1200 months"), Months::parse("100 years"));
        for wrong in [
            "0 months",
            "1201 months",
            "101 years",
            "30 days",
            "36",
            "18446744073709551615 years",
        ] {
            assert_eq!(Months::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_hundred_years_is_the_longest_length() {
        assert!(Length::parse("36600 days").is_some());
        assert!(Length::parse("36601 days").is_none());
        assert!(Length::parse("99999999999999999999 days").is_none());
        assert!(Length::parse("18446744073709551615 days").is_none());
    }
}
