//! The hostname, by which people call an asset.

use std::fmt;

use basis::{Class, Id, Refusal};

use super::asset::AssetId;

/// Longest hostname (RFC 1035 §2.3.4).
const NAME_CHARS_MAX: usize = 253;

/// A hostname: letters, digits, dots, dashes and underscores. Its spelling is kept; its case does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetName(String);

impl AssetName {
    /// Takes a text as a hostname. What looks like an id, such as `AST-0001`, is none.
    ///
    /// # Errors
    /// A refusal of class `Invalid` that says what a hostname may be.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is_name = (1..=NAME_CHARS_MAX).contains(&text.len())
            && text.chars().all(good)
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.ends_with(|c: char| c.is_ascii_alphanumeric())
            && AssetId::parse(&text.to_ascii_uppercase()).is_err();
        if is_name {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text
            .chars()
            .take(40)
            .map(|c| if c.is_control() { '?' } else { c })
            .collect();
        Err(
            Refusal::new(Class::Invalid, "asset name", format!("`{shown}` cannot be a hostname")).way_out(format!(
                "take 1 to {NAME_CHARS_MAX} letters, digits, dots, dashes and underscores that do not read as an id"
            )),
        )
    }

    /// The hostname as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two hostnames are compared.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for AssetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostname_is_plain_and_never_reads_as_an_id() {
        for good in [
            "web01",
            "a",
            "WS-0042.corp.example",
            "10.0.0.1",
            "db_1",
            &"a".repeat(253),
        ] {
            assert!(AssetName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-a",
            "a b",
            "a/b",
            "a.",
            "AST-0001",
            "ast-0001",
            "é",
            &"a".repeat(254),
        ] {
            assert!(AssetName::parse(bad).is_err(), "{bad}");
        }
    }
}
