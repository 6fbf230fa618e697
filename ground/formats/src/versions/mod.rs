//! The order of package versions as the package managers themselves define it.
//!
//! One file per scheme. Nothing here knows which host or advisory a version came from.

pub mod debian;
pub mod rpm;

#[cfg(test)]
pub(crate) mod pairs;

use thiserror::Error;

/// The longest version text that is accepted, in bytes; the longest in Debian's archive has about 60.
pub const VERSION_BYTES_MAX: usize = 512;

/// Says why a text is not a package version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VersionError {
    /// Nothing is left after trimming white space.
    #[error("the version is empty; expected something like `1:2.3-4`")]
    Empty,
    /// The text is longer than [`VERSION_BYTES_MAX`].
    #[error("the version has {bytes} bytes; at most {VERSION_BYTES_MAX} are accepted")]
    TooLong {
        /// Length of the text in bytes.
        bytes: usize,
    },
    /// The part before the colon is not a number from 0 to 2147483647.
    #[error("the epoch `{epoch}` of version `{version}` is not a number from 0 to 2147483647")]
    Epoch {
        /// The whole version.
        version: String,
        /// The part before the first colon.
        epoch: String,
    },
    /// There is nothing where the upstream version should stand.
    #[error("version `{version}` has no upstream part; expected something like `1:2.3-4`")]
    NoUpstream {
        /// The whole version.
        version: String,
    },
    /// A hyphen ends the text, so the revision is empty.
    #[error("version `{version}` ends in a hyphen; remove it or add the revision")]
    NoRevision {
        /// The whole version.
        version: String,
    },
    /// A character that the scheme does not allow.
    #[error(
        "version `{version}` has the character {character:?} at byte {offset}, which is not allowed there"
    )]
    Character {
        /// The whole version.
        version: String,
        /// The character.
        character: char,
        /// Byte offset in the trimmed text.
        offset: usize,
    },
}

/// Trims white space (a trailing carriage return made equal versions unequal elsewhere) and checks the length.
fn trimmed(text: &str) -> Result<&str, VersionError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(VersionError::Empty);
    }
    if text.len() > VERSION_BYTES_MAX {
        return Err(VersionError::TooLong { bytes: text.len() });
    }
    Ok(text)
}

/// Compares two runs of digits of any length by value: leading zeros do not count.
fn compare_numbers(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    let a = without_zeros(a);
    let b = without_zeros(b);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}

/// Splits the longest prefix whose bytes all satisfy the predicate.
fn split_run(text: &[u8], belongs: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|byte| belongs(**byte)).count();
    text.split_at(length)
}
