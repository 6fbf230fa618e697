//! Debian version order (deb-version(7), Debian policy 5.6.12).
//!
//! Parsing is strict, comparing never fails: what a host reports is compared even if dpkg would warn about it.

use std::cmp::Ordering;
use std::fmt;

use super::{VersionError, compare_numbers, split_run, trimmed};

/// A valid Debian version. Two versions that sort equal are equal, however they are spelt (`1.0` and `0:1.0-0`).
#[derive(Debug, Clone)]
pub struct DebianVersion {
    // INVARIANT: passed `parse`; kept as written, without surrounding white space.
    text: String,
}

impl DebianVersion {
    /// Parses a version as dpkg does in its strict mode; white space around it is dropped.
    ///
    /// # Errors
    /// Names the part that is wrong: empty, epoch, upstream, revision or a character that is not allowed.
    pub fn parse(text: &str) -> Result<DebianVersion, VersionError> {
        let text = trimmed(text)?;
        let version = || text.to_owned();
        let mut rest_offset = 0;
        if let Some(colon) = text.find(':') {
            let epoch = &text[..colon];
            let is_number = !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit());
            if !is_number || epoch.parse::<i32>().is_err() {
                return Err(VersionError::Epoch {
                    version: version(),
                    epoch: epoch.to_owned(),
                });
            }
            rest_offset = colon + 1;
        }
        let rest = &text[rest_offset..];
        let (upstream, revision) = match rest.rfind('-') {
            Some(hyphen) => (&rest[..hyphen], Some(&rest[hyphen + 1..])),
            None => (rest, None),
        };
        if upstream.is_empty() {
            return Err(VersionError::NoUpstream { version: version() });
        }
        if revision == Some("") {
            return Err(VersionError::NoRevision { version: version() });
        }
        if let Some(first) = upstream.chars().next().filter(|first| !first.is_ascii_digit()) {
            return Err(VersionError::Character {
                version: version(),
                character: first,
                offset: rest_offset,
            });
        }
        refuse_foreign(text, rest_offset, upstream, "-.+~:")?;
        refuse_foreign(
            text,
            rest_offset + upstream.len() + 1,
            revision.unwrap_or(""),
            ".+~",
        )?;
        Ok(DebianVersion { text: version() })
    }

    /// The version as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The epoch; 0 if none is written.
    pub fn epoch(&self) -> u32 {
        let (epoch, _, _) = parts(&self.text);
        // `parse` has checked that it fits.
        std::str::from_utf8(epoch)
            .ok()
            .and_then(|epoch| epoch.parse().ok())
            .unwrap_or(0)
    }
}

fn refuse_foreign(text: &str, offset: usize, part: &str, allowed: &str) -> Result<(), VersionError> {
    match part
        .char_indices()
        .find(|(_, c)| !c.is_ascii_alphanumeric() && !allowed.contains(*c))
    {
        Some((at, character)) => Err(VersionError::Character {
            version: text.to_owned(),
            character,
            offset: offset + at,
        }),
        None => Ok(()),
    }
}

impl fmt::Display for DebianVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Ord for DebianVersion {
    fn cmp(&self, other: &DebianVersion) -> Ordering {
        compare(&self.text, &other.text)
    }
}

impl PartialOrd for DebianVersion {
    fn partial_cmp(&self, other: &DebianVersion) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for DebianVersion {
    fn eq(&self, other: &DebianVersion) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for DebianVersion {}

/// Compares two version texts in Debian's order. Total for any text: what is not a number before the first colon
/// belongs to the upstream part.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (a_epoch, a_upstream, a_revision) = parts(a.trim());
    let (b_epoch, b_upstream, b_revision) = parts(b.trim());
    compare_numbers(a_epoch, b_epoch)
        .then_with(|| compare_part(a_upstream, b_upstream))
        .then_with(|| compare_part(a_revision, b_revision))
}

/// Splits into epoch, upstream and revision; absent parts are empty, which sorts like `0`.
fn parts(text: &str) -> (&[u8], &[u8], &[u8]) {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()) => {
            (epoch, rest)
        }
        _ => ("", text),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch.as_bytes(), upstream.as_bytes(), revision.as_bytes())
}

/// Compares by turns a run of non-digits, character by character, and a run of digits, by value.
fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (a_word, a_rest) = split_run(a, |byte| !byte.is_ascii_digit());
        let (b_word, b_rest) = split_run(b, |byte| !byte.is_ascii_digit());
        let (a_number, a_rest) = split_run(a_rest, |byte| byte.is_ascii_digit());
        let (b_number, b_rest) = split_run(b_rest, |byte| byte.is_ascii_digit());
        let order = compare_word(a_word, b_word).then_with(|| compare_numbers(a_number, b_number));
        if order.is_ne() {
            return order;
        }
        (a, b) = (a_rest, b_rest);
    }
    Ordering::Equal
}

fn compare_word(a: &[u8], b: &[u8]) -> Ordering {
    let longest = a.len().max(b.len());
    (0..longest)
        .map(|at| weight(a.get(at)).cmp(&weight(b.get(at))))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// A tilde sorts before the end, the end before letters, letters before everything else.
fn weight(byte: Option<&u8>) -> i16 {
    match byte {
        Some(b'~') => -1,
        None => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i16::from(*letter),
        Some(other) => i16::from(*other) + 256,
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use proptest::prelude::*;

    use super::*;
    use crate::versions::{VERSION_BYTES_MAX, pairs};

    #[test]
    fn every_pair_of_the_dpkg_and_apt_suites_sorts_as_expected() {
        for (file, count) in [("dpkg.tsv", 43), ("apt.tsv", 64)] {
            pairs::agree(file, count, compare);
        }
    }

    #[test]
    fn own_pairs_sort_as_expected() {
        let rows = [
            ("1:2.37-1", "2.38-9", Ordering::Greater),
            ("2.36-9+deb12u4", "2.36-9+deb12u13", Ordering::Less),
            ("2.36-9+deb12u4\r", "2.36-9+deb12u4", Ordering::Equal),
            ("5.36.0-7+b1", "5.36.0-7", Ordering::Greater),
            ("6.1.0~rc2", "6.1.0", Ordering::Less),
            ("007", "7-0", Ordering::Equal),
            ("0", "0:0-0", Ordering::Equal),
            (
                "99999999999999999999999",
                "99999999999999999999998",
                Ordering::Greater,
            ),
        ];
        for (a, b, expected) in rows {
            assert_eq!(compare(a, b), expected, "{a} against {b}");
            assert_eq!(compare(b, a), expected.reverse(), "{b} against {a}");
        }
    }

    #[test]
    fn invalid_versions_are_refused_with_the_part_that_is_wrong() {
        let rows = [
            (" ", "the version is empty"),
            (":1", "the epoch `` of version"),
            ("a:1", "the epoch `a` of version"),
            ("-1:1", "the epoch `-1` of version"),
            ("2147483648:1", "the epoch `2147483648`"),
            ("1:", "has no upstream part"),
            ("1:-1", "has no upstream part"),
            ("1.0-", "ends in a hyphen"),
            ("a1", "the character 'a' at byte 0"),
            ("1.0 2", "the character ' ' at byte 3"),
            ("1.0-1:2", "the epoch `1.0-1`"),
            ("1:1.0-1_2", "the character '_' at byte 7"),
            ("1.ö", "the character 'ö' at byte 2"),
        ];
        for (text, expected) in rows {
            let message = DebianVersion::parse(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn a_version_at_the_length_limit_is_accepted_and_one_byte_more_is_refused() {
        assert!(DebianVersion::parse(&"1".repeat(VERSION_BYTES_MAX)).is_ok());
        let error = DebianVersion::parse(&"1".repeat(VERSION_BYTES_MAX + 1)).unwrap_err();
        assert_eq!(
            error,
            VersionError::TooLong {
                bytes: VERSION_BYTES_MAX + 1
            }
        );
    }

    #[test]
    fn the_epoch_is_zero_unless_written() {
        assert_eq!(DebianVersion::parse("1.0-1").unwrap().epoch(), 0);
        assert_eq!(
            DebianVersion::parse("2147483647:1.0").unwrap().epoch(),
            2_147_483_647
        );
    }

    fn version_text() -> impl Strategy<Value = String> {
        "([0-2]:)?[0-9][0-9a-bA~+.]{0,4}(-[0-9a~+.]{1,3})?"
    }

    #[test]
    fn random_pairs_sort_as_dpkg_sorts_them() {
        let has_dpkg = Command::new("dpkg")
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok();
        if !has_dpkg {
            println!("skipped: dpkg is not installed");
            return;
        }
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(120)
        };
        proptest!(config, |(a in version_text(), b in version_text())| {
            let word = match compare(&a, &b) {
                Ordering::Less => "lt",
                Ordering::Equal => "eq",
                Ordering::Greater => "gt",
            };
            let status = Command::new("dpkg").args(["--compare-versions", &a, word, &b]).status().unwrap();
            prop_assert!(status.success(), "dpkg does not agree that {} {} {}", a, word, b);
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn the_order_is_total(a in version_text(), b in version_text(), c in version_text()) {
            pairs::total_order(compare, &a, &b, &c)?;
        }

        #[test]
        fn any_texts_compare_and_parse_without_panic(a in any::<String>(), b in any::<String>(), c in any::<String>()) {
            let _ = DebianVersion::parse(&a);
            pairs::total_order(compare, &a, &b, &c)?;
        }

        #[test]
        fn a_generated_version_is_valid_and_kept_as_written(a in version_text()) {
            let version = DebianVersion::parse(&a).unwrap();
            prop_assert_eq!(version.as_str(), a);
        }
    }
}
