//! The 32-byte SHA-256 value and its two spellings.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A SHA-256 value (FIPS 180-4), or another 32-byte value of the same spellings such as an HMAC-SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

/// What each character of base64 stands for; 255 for bytes that are none. Proofs are mostly base64, and a library's
/// decoder for texts of any length takes several times as long.
const BASE64_VALUES: [u8; 256] = {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [255; 256];
    let mut value = 0;
    while value < 64 {
        values[digits[value] as usize] = value as u8;
        value += 1;
    }
    values
};

impl Hash {
    /// Hashes `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(&digest::digest(&digest::SHA256, bytes))
    }

    pub(crate) fn from_digest(digest: &digest::Digest) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest.as_ref());
        Self(hash)
    }

    /// Reads 64 lower-case hex digits; anything else is `None`.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex_bytes(text).map(Self)
    }

    /// Reads base64 (RFC 4648 §4) with padding and zero trailing bits; anything else is `None`.
    pub fn from_base64(text: &str) -> Option<Self> {
        let (digits, rest) = text.as_bytes().split_first_chunk::<43>()?;
        // Four characters make three bytes; the last three make two and leave two bits, which must be zero.
        let (groups, last) = digits.as_chunks::<4>();
        let (last, mut hash) = (last.first_chunk::<3>()?, [0; 32]);
        let mut seen = 0;
        for (bytes, [a, b, c, d]) in hash.chunks_exact_mut(3).zip(groups) {
            let values = [*a, *b, *c, *d].map(|digit| BASE64_VALUES[usize::from(digit)]);
            seen |= values[0] | values[1] | values[2] | values[3];
            bytes[0] = values[0] << 2 | values[1] >> 4;
            bytes[1] = values[1] << 4 | values[2] >> 2;
            bytes[2] = values[2] << 6 | values[3];
        }
        let values = last.map(|digit| BASE64_VALUES[usize::from(digit)]);
        seen |= values[0] | values[1] | values[2];
        hash[30] = values[0] << 2 | values[1] >> 4;
        hash[31] = values[1] << 4 | values[2] >> 2;
        let is_right = seen < 64 && values[2] & 3 == 0 && rest == b"=";
        is_right.then_some(Self(hash))
    }

    /// The value in base64 with padding, 44 characters.
    pub fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex_text(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("expected 64 lower-case hex digits"))
    }
}

/// The bytes as lower-case hex.
pub(crate) fn hex_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(HEX_DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(HEX_DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Reads exactly `N` bytes of lower-case hex.
pub(crate) fn hex_bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_value(pair[0])? << 4 | hex_value(pair[1])?;
    }
    Some(bytes)
}

pub(crate) fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn base64_is_read_exactly_as_a_library_reads_it(
            bytes in prop::collection::vec(any::<u8>(), 31..34), at: prop::sample::Index, byte in 0u8..128,
        ) {
            let right = STANDARD.encode(&bytes);
            let mut changed = right.clone().into_bytes();
            let at = at.index(changed.len());
            changed[at] = byte;
            for text in [right, String::from_utf8(changed).unwrap()] {
                let other = STANDARD.decode(&text).ok().and_then(|bytes| bytes.try_into().ok()).map(Hash);
                prop_assert_eq!(Hash::from_base64(&text), other);
            }
        }
    }

    const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn the_hash_of_nothing_is_the_known_one_in_both_spellings() {
        let hash = Hash::of(b"");
        assert_eq!(hash.to_string(), OF_NOTHING);
        assert_eq!(Hash::from_hex(OF_NOTHING), Some(hash));
        assert_eq!(Hash::from_base64(&hash.to_base64()), Some(hash));
    }

    #[test]
    fn other_spellings_are_refused() {
        assert_eq!(Hash::from_hex(&OF_NOTHING.to_uppercase()), None);
        assert_eq!(Hash::from_hex(&OF_NOTHING[1..]), None);
        let base64 = Hash::of(b"").to_base64();
        assert_eq!(base64, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(Hash::from_base64(base64.trim_end_matches('=')), None);
        // The last character carries two bits that must be zero.
        assert_eq!(Hash::from_base64(&base64.replace("FU=", "FV=")), None);
        assert_eq!(Hash::from_base64(&base64.replace('/', "_")), None);
    }
}
