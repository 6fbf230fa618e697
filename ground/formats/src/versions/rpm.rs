//! RPM version order: segments as in `rpmvercmp`, and epoch, version, release.
//!
//! Module streams are not part of a version; whoever compares packages of a module has to know the stream.

use std::cmp::Ordering;
use std::fmt;

use super::{VersionError, compare_numbers, split_run, trimmed};

/// Epoch, version and release of a package. Equal means that rpm sorts them equal, however they are spelt.
#[derive(Debug, Clone)]
pub struct Evr {
    epoch: u32,
    version: String,
    // INVARIANT: neither part is empty.
    release: Option<String>,
}

impl Evr {
    /// Parses `[epoch:]version[-release]`; white space around it is dropped, `(none)` as epoch is 0.
    ///
    /// # Errors
    /// Names the part that is wrong: empty, epoch, version, release or a character that cannot stand there.
    pub fn parse(text: &str) -> Result<Evr, VersionError> {
        let text = trimmed(text)?;
        let (epoch, rest_offset) = match text.find(':') {
            Some(colon) => (parse_epoch(text, &text[..colon])?, colon + 1),
            None => (0, 0),
        };
        let rest = &text[rest_offset..];
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(release)),
            None => (rest, None),
        };
        if version.is_empty() {
            return Err(VersionError::NoUpstream {
                version: text.to_owned(),
            });
        }
        if release == Some("") {
            return Err(VersionError::NoRevision {
                version: text.to_owned(),
            });
        }
        let foreign = |(_, c): &(usize, char)| !c.is_ascii_graphic() || matches!(c, '-' | ':' | '/');
        let release_offset = rest_offset + version.len() + 1;
        for (part, offset) in [(version, rest_offset), (release.unwrap_or(""), release_offset)] {
            if let Some((at, character)) = part.char_indices().find(foreign) {
                let version = text.to_owned();
                return Err(VersionError::Character {
                    version,
                    character,
                    offset: offset + at,
                });
            }
        }
        Ok(Evr {
            epoch,
            version: version.to_owned(),
            release: release.map(str::to_owned),
        })
    }

    /// Compares with a bound in which an absent release means any release (RPM dependencies, advisories).
    pub fn compare_to_bound(&self, bound: &Evr) -> Ordering {
        match bound.release {
            Some(_) => self.cmp(bound),
            None => self
                .epoch
                .cmp(&bound.epoch)
                .then_with(|| compare_segments(&self.version, &bound.version)),
        }
    }

    /// The epoch; 0 if none is written.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The upstream version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The release, if one is written.
    pub fn release(&self) -> Option<&str> {
        self.release.as_deref()
    }
}

fn parse_epoch(text: &str, epoch: &str) -> Result<u32, VersionError> {
    if epoch == "(none)" {
        return Ok(0);
    }
    let is_number = !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit());
    epoch
        .parse::<i32>()
        .ok()
        .filter(|_| is_number)
        .and_then(|epoch| u32::try_from(epoch).ok())
        .ok_or_else(|| VersionError::Epoch {
            version: text.to_owned(),
            epoch: epoch.to_owned(),
        })
}

impl fmt::Display for Evr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.epoch > 0 {
            write!(f, "{}:", self.epoch)?;
        }
        f.write_str(&self.version)?;
        match &self.release {
            Some(release) => write!(f, "-{release}"),
            None => Ok(()),
        }
    }
}

impl Ord for Evr {
    /// Orders by epoch, version, release; an absent release sorts before any, so that the order stays total.
    fn cmp(&self, other: &Evr) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_segments(&self.version, &other.version))
            .then_with(|| match (&self.release, &other.release) {
                (Some(a), Some(b)) => compare_segments(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            })
    }
}

impl PartialOrd for Evr {
    fn partial_cmp(&self, other: &Evr) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Evr {
    fn eq(&self, other: &Evr) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Evr {}

/// Compares two texts of the form `[epoch:]version[-release]`.
///
/// # Errors
/// Says which text is not a version, and why.
pub fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    Ok(Evr::parse(a)?.cmp(&Evr::parse(b)?))
}

/// Compares two versions or two releases segment by segment, as `rpmvercmp` does. Total for any text.
pub fn compare_segments(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.trim().as_bytes(), b.trim().as_bytes());
    loop {
        let (a_segment, a_rest) = next_segment(a);
        let (b_segment, b_rest) = next_segment(b);
        let order = a_segment.cmp(&b_segment);
        if order.is_ne() || a_segment == Segment::End {
            return order;
        }
        (a, b) = (a_rest, b_rest);
    }
}

/// One segment. The kinds stand in their order: a tilde sorts before the end, a caret right after it, and a number
/// after any word.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Tilde,
    End,
    Caret,
    Word(&'a [u8]),
    Number(Digits<'a>),
}

#[derive(Debug)]
struct Digits<'a>(&'a [u8]);

impl Ord for Digits<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_numbers(self.0, other.0)
    }
}

impl PartialOrd for Digits<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Digits<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Digits<'_> {}

fn next_segment(text: &[u8]) -> (Segment<'_>, &[u8]) {
    let (_, text) = split_run(text, |byte| {
        !byte.is_ascii_alphanumeric() && byte != b'~' && byte != b'^'
    });
    match text.first() {
        None => (Segment::End, text),
        Some(b'~') => (Segment::Tilde, &text[1..]),
        Some(b'^') => (Segment::Caret, &text[1..]),
        Some(digit) if digit.is_ascii_digit() => {
            let (number, rest) = split_run(text, |byte| byte.is_ascii_digit());
            (Segment::Number(Digits(number)), rest)
        }
        Some(_) => {
            let (word, rest) = split_run(text, |byte| byte.is_ascii_alphabetic());
            (Segment::Word(word), rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::versions::{VERSION_BYTES_MAX, pairs};

    #[test]
    fn every_pair_of_the_rpm_suite_sorts_as_expected() {
        pairs::agree("rpm.tsv", 91, compare_segments);
    }

    #[test]
    fn own_pairs_of_whole_versions_sort_as_expected() {
        let rows = [
            ("1:1.0-1", "2.0-1", Ordering::Greater),
            ("0:1.0-1", "1.0-1", Ordering::Equal),
            ("(none):1.0-1", "1.0-1", Ordering::Equal),
            ("1.0-1.el9_4", "1.0-1.el9_4\r", Ordering::Equal),
            ("5.14.0-427.13.1.el9_4", "5.14.0-427.9.1.el9_4", Ordering::Greater),
            ("1.0-1", "1.0", Ordering::Greater),
            ("3.0.7-27.el9", "3.0.7-27.el9_4", Ordering::Less),
        ];
        for (a, b, expected) in rows {
            assert_eq!(compare(a, b).unwrap(), expected, "{a} against {b}");
            assert_eq!(compare(b, a).unwrap(), expected.reverse(), "{b} against {a}");
        }
    }

    #[test]
    fn a_bound_without_release_means_any_release() {
        let rows = [
            ("1.0-1", "1.0", Ordering::Equal),
            ("1.0-1", "1.0-2", Ordering::Less),
            ("1:1.0-1", "1.0", Ordering::Greater),
            ("1.0-1", "1.1", Ordering::Less),
        ];
        for (version, bound, expected) in rows {
            let (version, bound) = (Evr::parse(version).unwrap(), Evr::parse(bound).unwrap());
            assert_eq!(
                version.compare_to_bound(&bound),
                expected,
                "{version} against {bound}"
            );
        }
    }

    #[test]
    fn invalid_versions_are_refused_with_the_part_that_is_wrong() {
        let rows = [
            ("", "the version is empty"),
            (":1-1", "the epoch `` of version"),
            ("x:1-1", "the epoch `x` of version"),
            ("+1:1-1", "the epoch `+1` of version"),
            ("1:", "has no upstream part"),
            ("1:-1", "has no upstream part"),
            ("1-", "ends in a hyphen"),
            ("1-2-3", "the character '-' at byte 1"),
            ("1 0-1", "the character ' ' at byte 1"),
            ("2:1-1:4", "the character ':' at byte 5"),
        ];
        for (text, expected) in rows {
            let message = Evr::parse(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn a_version_at_the_length_limit_is_accepted_and_one_byte_more_is_refused() {
        assert!(Evr::parse(&"1".repeat(VERSION_BYTES_MAX)).is_ok());
        assert!(Evr::parse(&"1".repeat(VERSION_BYTES_MAX + 1)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn the_order_of_segments_is_total(
            a in "[0-2a-b.~^_]{0,6}", b in "[0-2a-b.~^_]{0,6}", c in "[0-2a-b.~^_]{0,6}",
        ) {
            pairs::total_order(compare_segments, &a, &b, &c)?;
        }

        #[test]
        fn the_order_of_whole_versions_is_total(
            a in "([01]:)?[01a]{1,2}(-[01~]{1,2})?",
            b in "([01]:)?[01a]{1,2}(-[01~]{1,2})?",
            c in "([01]:)?[01a]{1,2}(-[01~]{1,2})?",
        ) {
            pairs::total_order(|a, b| compare(a, b).unwrap(), &a, &b, &c)?;
        }

        #[test]
        fn any_texts_compare_and_parse_without_panic(a in any::<String>(), b in any::<String>()) {
            let _ = compare(&a, &b);
            prop_assert_eq!(compare_segments(&a, &b), compare_segments(&b, &a).reverse());
        }

        #[test]
        fn a_printed_version_parses_to_the_same(text in "([1-9]:)?[0-9a-z.~^]{1,5}(-[0-9a-z._]{1,4})?") {
            let evr = Evr::parse(&text).unwrap();
            prop_assert_eq!(evr.to_string(), text);
        }
    }
}
