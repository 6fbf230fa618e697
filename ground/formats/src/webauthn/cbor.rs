//! CBOR as authenticators write it (CTAP 2.1 section 8, "CTAP2 canonical CBOR encoding form"), read from the front.
//!
//! Definite lengths, every number in its shortest form, no tags, no floating point numbers, at most four levels. The order
//! of a map's members is not looked at: some keepers of passkeys write attestation objects in an order of their own.

use super::WebAuthnError;

/// The most levels of nesting (CTAP 2.1 section 8).
pub const LEVELS_MAX: usize = 4;

const NUMBER: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const SIMPLE: u8 = 7;

/// Reads items from the front and keeps count of the offset for errors.
pub struct Cbor<'a> {
    part: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cbor<'a> {
    /// Reads `bytes` from `at` on; `part` names them in errors.
    pub fn new(part: &'static str, bytes: &'a [u8], at: usize) -> Cbor<'a> {
        Cbor { part, bytes, at }
    }

    /// Where the next item begins.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Reads a map's head and gives the number of its members.
    pub fn map(&mut self) -> Result<u64, WebAuthnError> {
        self.expect(MAP, "expected a map")
    }

    /// Reads a text.
    pub fn text(&mut self) -> Result<&'a str, WebAuthnError> {
        let offset = self.at;
        let length = self.expect(TEXT, "expected a text")?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.refusal(offset, "the text is not UTF-8"))
    }

    /// Reads a byte string.
    pub fn bytes(&mut self) -> Result<&'a [u8], WebAuthnError> {
        let length = self.expect(BYTES, "expected bytes")?;
        self.take(length)
    }

    /// Reads a number of either sign.
    pub fn integer(&mut self) -> Result<i64, WebAuthnError> {
        let offset = self.at;
        let (major, value) = self.head()?;
        let value = i64::try_from(value).map_err(|_| self.refusal(offset, "the number is too large"))?;
        match major {
            NUMBER => Ok(value),
            NEGATIVE => Ok(-1 - value),
            _ => Err(self.refusal(offset, "expected a number")),
        }
    }

    /// Reads past a map and all that is in it.
    pub fn skip_map(&mut self) -> Result<(), WebAuthnError> {
        if self.bytes.get(self.at).is_some_and(|first| first >> 5 != MAP) {
            return Err(self.refusal(self.at, "expected a map"));
        }
        self.skip_within(LEVELS_MAX)
    }

    /// Refuses anything that is left.
    pub fn end(self) -> Result<(), WebAuthnError> {
        match self.at == self.bytes.len() {
            true => Ok(()),
            false => Err(self.refusal(self.at, "there are bytes after its end")),
        }
    }

    /// The error for what stands at `offset`.
    pub fn refusal(&self, offset: usize, reason: &'static str) -> WebAuthnError {
        WebAuthnError::Field {
            part: self.part,
            offset,
            reason,
        }
    }

    fn skip_within(&mut self, levels: usize) -> Result<(), WebAuthnError> {
        let offset = self.at;
        let (major, value) = self.head()?;
        let items = match major {
            NUMBER | NEGATIVE => 0,
            BYTES => self.take(value).map(|_| 0)?,
            TEXT => {
                let bytes = self.take(value)?;
                std::str::from_utf8(bytes).map_err(|_| self.refusal(offset, "the text is not UTF-8"))?;
                0
            }
            ARRAY => value,
            // Every item has at least one byte, so a number beyond what is left ends in a refusal, not in a long loop.
            MAP => value.saturating_mul(2),
            // False, true and null.
            SIMPLE if matches!(value, 20..=22) && self.at == offset + 1 => 0,
            _ => return Err(self.refusal(offset, "tags and floating point numbers are not allowed")),
        };
        if matches!(major, ARRAY | MAP) && levels == 0 {
            return Err(self.refusal(offset, "it is nested too deeply"));
        }
        for _ in 0..items {
            self.skip_within(levels - 1)?;
        }
        Ok(())
    }

    fn expect(&mut self, major: u8, reason: &'static str) -> Result<u64, WebAuthnError> {
        let offset = self.at;
        match self.head()? {
            (found, value) if found == major => Ok(value),
            _ => Err(self.refusal(offset, reason)),
        }
    }

    /// Reads major type and argument.
    fn head(&mut self) -> Result<(u8, u64), WebAuthnError> {
        let offset = self.at;
        let first = self.take(1)?[0];
        let (major, short) = (first >> 5, first & 0x1f);
        let width = match short {
            0..=23 => return Ok((major, u64::from(short))),
            24..=27 => 1u64 << (short - 24),
            _ => return Err(self.refusal(offset, "indefinite lengths are not allowed")),
        };
        let value = self
            .take(width)?
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte));
        let least = if width == 1 { 24 } else { 1 << (4 * width) };
        if value < least {
            return Err(self.refusal(offset, "the number is not in its shortest form"));
        }
        Ok((major, value))
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], WebAuthnError> {
        let end = usize::try_from(count)
            .ok()
            .and_then(|count| self.at.checked_add(count));
        let Some(bytes) = end.and_then(|end| self.bytes.get(self.at..end)) else {
            return Err(WebAuthnError::Truncated {
                part: self.part,
                offset: self.bytes.len(),
            });
        };
        self.at += bytes.len();
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn skip(bytes: &[u8]) -> Result<(), WebAuthnError> {
        let mut cbor = Cbor::new("sample", bytes, 0);
        cbor.skip_within(LEVELS_MAX)?;
        cbor.end()
    }

    #[test]
    fn items_are_read_in_their_one_short_form_only() {
        let rows: [(&[u8], bool); 24] = [
            (&[0x00], true),
            (&[0x17], true),
            (&[0x18, 0x17], false),
            (&[0x18, 0x18], true),
            (&[0x19, 0x00, 0xff], false),
            (&[0x19, 0x01, 0x00], true),
            (&[0x1a, 0x00, 0x00, 0xff, 0xff], false),
            (&[0x1a, 0x00, 0x01, 0x00, 0x00], true),
            (&[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], false),
            (&[0x1b, 0, 0, 0, 1, 0, 0, 0, 0], true),
            (&[0x1c], false),
            (&[0x41, 0x00], true),
            (&[0x42, 0x00], false),
            (&[0x5f, 0x41, 0x00, 0xff], false),
            (&[0x61, 0x61], true),
            (&[0x61, 0xff], false),
            (&[0x82, 0x01, 0xf5], true),
            (&[0xa1, 0x01, 0xf6], true),
            (&[0xa1, 0x01], false),
            (&[0xc0, 0x01], false),
            (&[0xf9, 0x00, 0x00], false),
            (&[0xf7], false),
            (&[0xf8, 0x20], false),
            (&[0x00, 0x00], false),
        ];
        for (bytes, is_accepted) in rows {
            assert_eq!(skip(bytes).is_ok(), is_accepted, "{bytes:x?}");
        }
    }

    #[test]
    fn nesting_is_read_to_the_limit_and_no_further() {
        let nested = |levels: usize| [vec![0x81; levels], vec![0x00]].concat();
        assert_eq!(skip(&nested(LEVELS_MAX)), Ok(()));
        let error = skip(&nested(LEVELS_MAX + 1)).unwrap_err();
        assert!(
            error.to_string().contains("at byte 4: it is nested too deeply"),
            "{error}"
        );
    }

    #[test]
    fn a_length_beyond_the_end_is_refused_at_once() {
        let huge = [0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert!(matches!(
            skip(&huge),
            Err(WebAuthnError::Truncated { offset: 9, .. })
        ));
        let numbers = [
            (&[0x20][..], -1),
            (&[0x26], -7),
            (&[0x39, 0x01, 0x00], -257),
            (&[0x02], 2),
        ];
        for (bytes, expected) in numbers {
            assert_eq!(Cbor::new("sample", bytes, 0).integer(), Ok(expected));
        }
        let mut empty = Cbor::new("sample", &[0x80], 0);
        assert!(empty.skip_map().is_err());
        let widest = [0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert!(Cbor::new("sample", &widest, 0).integer().is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = skip(&bytes);
        }
    }
}
