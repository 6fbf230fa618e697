//! The one spelling of a moment: `YYYY-MM-DDTHH:MM:SS.mmmZ`.

use basis::Time;

const DAYS_BEFORE_MONTH: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Reads a moment of the years 1970 to 9999 in its one spelling; anything else, such as the 30th of February or a
/// 60th second, is `None`. Written by hand because it runs once for every entry of a package.
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    let bytes: &[u8; 24] = text.as_bytes().try_into().ok()?;
    let marks = [
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (19, b'.'),
        (23, b'Z'),
    ];
    if marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u64, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0'))
        })
    };
    let (year, month, day) = (
        number(&bytes[..4])?,
        number(&bytes[5..7])?,
        number(&bytes[8..10])?,
    );
    let (hour, minute) = (number(&bytes[11..13])?, number(&bytes[14..16])?);
    let (second, ms) = (number(&bytes[17..19])?, number(&bytes[20..23])?);
    if year < 1970 || !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if day == 0 || day > days_in_month(month, is_leap) {
        return None;
    }
    let leap_days_before = |year: u64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leap_days_before(year - 1) - leap_days_before(1969);
    let months = DAYS_BEFORE_MONTH[month as usize - 1] + u64::from(is_leap && month > 2);
    let seconds = (((years + months + day - 1) * 24 + hour) * 60 + minute) * 60 + second;
    i64::try_from(seconds * 1_000 + ms).ok().map(Time::from_ms)
}

fn days_in_month(month: u64, is_leap: bool) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_printed_moment_is_read_back(ms in 0i64..=253_402_300_799_999) {
            let time = Time::from_ms(ms);
            prop_assert_eq!(parse_time(&time.to_string()), Some(time));
        }

        #[test]
        fn every_moment_that_is_read_is_printed_the_same(
            year in 1969u32..2105, month in 0u32..14, day in 0u32..33, hour in 0u32..25, minute in 0u32..61, second in 0u32..61,
        ) {
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.007Z");
            match parse_time(&text) {
                Some(time) => prop_assert_eq!(time.to_string(), text),
                None => prop_assert!(second == 60 || Time::parse(&text).is_err()),
            }
        }
    }

    #[test]
    fn other_spellings_of_a_moment_are_refused() {
        for wrong in [
            "2026-11-22T18:00:00Z",
            "2026-11-22T18:00:00.00Z",
            "2026-11-22t18:00:00.000Z",
            "2026-11-22 18:00:00.000Z",
            "2026-11-22T18:00:00.000z",
            "2026-11-22T19:00:00.000+01:00",
            "2026-02-29T18:00:00.000Z",
            "2100-02-29T18:00:00.000Z",
            "2016-12-31T23:59:60.000Z",
            "1969-12-31T23:59:59.999Z",
        ] {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
    }
}
