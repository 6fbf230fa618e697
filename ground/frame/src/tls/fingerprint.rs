//! The fingerprint by which a person knows a certificate again.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use basis::{Class, Refusal};
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};

/// SHA-256 of a whole certificate as it is sent. Shown as `SHA256:` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// That of this certificate.
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, certificate).as_ref());
        Self(bytes)
    }

    /// Reads what [`fmt::Display`] writes, and what browsers show: without `SHA256:`, with colons, in capitals.
    ///
    /// # Errors
    /// A refusal of class `Invalid`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let named = text
            .get(..7)
            .is_some_and(|name| name.eq_ignore_ascii_case("sha256:"));
        let digits: String = if named { &text[7..] } else { text }
            .chars()
            .filter(|letter| !matches!(letter, ':' | ' '))
            .collect();
        let mut bytes = [0; 32];
        hex::decode_to_slice(&digits, &mut bytes).map_err(|_| {
            let what = "the fingerprint is not SHA-256 in 64 hexadecimal digits";
            Refusal::new(Class::Invalid, "fingerprint", what)
                .way_out("copy the line `SHA256:…` that `tagout serve` printed on its own machine")
        })?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA256:{}", hex::encode(self.0))
    }
}

impl FromStr for Fingerprint {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_shown_is_read_and_so_is_what_browsers_show(bytes: [u8; 32]) {
            let shown = Fingerprint(bytes);
            prop_assert_eq!(&Fingerprint::parse(&shown.to_string()), &Ok(shown));
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            prop_assert_eq!(&Fingerprint::parse(&pairs.join(":")), &Ok(shown));
            prop_assert_eq!(&Fingerprint::parse(&format!(" sha256:{}\n", pairs.concat())), &Ok(shown));
        }

        #[test]
        fn no_text_is_a_panic(text: String) {
            let _ = Fingerprint::parse(&text);
        }
    }

    #[test]
    fn another_length_or_letter_is_refused() {
        for wrong in [
            "",
            "SHA256:",
            &"a".repeat(63),
            &"a".repeat(65),
            &"g".repeat(64),
            &format!("MD5:{}", "a".repeat(64)),
        ] {
            assert_eq!(
                Fingerprint::parse(wrong).unwrap_err().class,
                Class::Invalid,
                "{wrong}"
            );
        }
    }
}
