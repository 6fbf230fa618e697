//! The cursor that reads canonical JSON token by token, in one pass.

use std::borrow::Cow;

use super::{CanonicalError, DEPTH_MAX, NUMBER_END};
use crate::hash::hex_value;

/// Reads tokens; every method refuses what canonical JSON does not allow at its place.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte, once all bytes are known to be UTF-8.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, CanonicalError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self { text, at: 0 }),
            Err(error) => Err(CanonicalError::new(error.valid_up_to(), "not UTF-8")),
        }
    }

    /// Starts at the first byte of a text.
    pub(crate) fn of_text(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// How many bytes are not yet read.
    pub(crate) fn left(&self) -> usize {
        self.text.len() - self.at
    }

    /// Steps over bytes that the caller knows to be whole tokens of ASCII, from having read the same before.
    pub(crate) fn skip_known(&mut self, bytes: usize) {
        self.at += bytes;
    }

    pub(crate) fn error(&self, what: impl Into<String>) -> CanonicalError {
        CanonicalError::new(self.at, what)
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over `literal` if it stands here.
    pub(crate) fn skip(&mut self, literal: &str) -> bool {
        let is_here = self.text.as_bytes()[self.at..].starts_with(literal.as_bytes());
        if is_here {
            self.at += literal.len();
        }
        is_here
    }

    /// Steps over `literal`, which must stand here.
    pub(crate) fn expect(&mut self, literal: &str) -> Result<(), CanonicalError> {
        if self.skip(literal) {
            Ok(())
        } else {
            Err(self.error(format!("expected `{literal}`")))
        }
    }

    /// Ends the reading; nothing may be left.
    pub(crate) fn end(&self) -> Result<(), CanonicalError> {
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.error("expected the end of the text"))
        }
    }

    pub(crate) fn number(&mut self) -> Result<u64, CanonicalError> {
        let start = self.at;
        let mut number = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number * 10 + u64::from(digit - b'0');
            self.at += 1;
            if number >= NUMBER_END {
                return Err(CanonicalError::new(start, "number of 2^53 or more"));
            }
            if number == 0 && matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(CanonicalError::new(start, "number with a leading zero"));
            }
        }
        match self.peek() {
            _ if self.at == start => Err(self.error("expected a whole number without sign")),
            Some(b'.' | b'e' | b'E') => Err(self.error("number with fraction or exponent")),
            _ => Ok(number),
        }
    }

    /// Reads a string that holds no escape, as ids, times and hashes do.
    pub(crate) fn plain_string(&mut self) -> Result<&'a str, CanonicalError> {
        self.expect("\"")?;
        let start = self.at;
        self.run_of_plain();
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                Ok(&self.text[start..self.at - 1])
            }
            Some(b'\\') => Err(self.error("escape in a value that needs none")),
            Some(_) => Err(self.error("control character that is not escaped")),
            None => Err(self.error("string without end")),
        }
    }

    /// Reads an object key, `[a-z0-9_]+`, and the colon after it.
    pub(crate) fn key(&mut self) -> Result<&'a str, CanonicalError> {
        let start = self.at;
        let key = self.plain_string()?;
        if !is_key(key) {
            return Err(CanonicalError::new(
                start,
                "object key that is not of `[a-z0-9_]+`",
            ));
        }
        self.expect(":")?;
        Ok(key)
    }

    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, CanonicalError> {
        self.expect("\"")?;
        let mut start = self.at;
        let mut written = String::new();
        loop {
            self.run_of_plain();
            let run = &self.text[start..self.at];
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    if written.is_empty() {
                        return Ok(Cow::Borrowed(run));
                    }
                    written.push_str(run);
                    return Ok(Cow::Owned(written));
                }
                Some(b'\\') => {
                    written.push_str(run);
                    written.push(self.escape()?);
                    start = self.at;
                }
                Some(_) => return Err(self.error("control character that is not escaped")),
                None => return Err(self.error("string without end")),
            }
        }
    }

    /// Steps over an object that stands within `depth` arrays and objects, and checks it without keeping it.
    pub(crate) fn skip_object(&mut self, depth: usize) -> Result<(), CanonicalError> {
        if depth >= DEPTH_MAX {
            return Err(self.error(format!("more than {DEPTH_MAX} levels of nesting")));
        }
        self.expect("{")?;
        if self.skip("}") {
            return Ok(());
        }
        let mut last = "";
        loop {
            let start = self.at;
            let key = self.key()?;
            if last >= key {
                return Err(CanonicalError::new(
                    start,
                    format!("key `{key}` is repeated or out of byte order"),
                ));
            }
            last = key;
            self.skip_value(depth + 1)?;
            if self.skip("}") {
                return Ok(());
            }
            self.expect(",")?;
        }
    }

    fn skip_value(&mut self, depth: usize) -> Result<(), CanonicalError> {
        match self.peek() {
            Some(b'{') => self.skip_object(depth),
            Some(b'[') => self.skip_array(depth),
            Some(b'"') => self.string().map(drop),
            Some(b'0'..=b'9') => self.number().map(drop),
            _ if self.skip("true") || self.skip("false") => Ok(()),
            _ => Err(self.error("expected an object, array, string, whole number, `true` or `false`")),
        }
    }

    fn skip_array(&mut self, depth: usize) -> Result<(), CanonicalError> {
        if depth >= DEPTH_MAX {
            return Err(self.error(format!("more than {DEPTH_MAX} levels of nesting")));
        }
        self.expect("[")?;
        if self.skip("]") {
            return Ok(());
        }
        loop {
            self.skip_value(depth + 1)?;
            if self.skip("]") {
                return Ok(());
            }
            self.expect(",")?;
        }
    }

    fn run_of_plain(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let is_special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
        // Most strings are hashes: sixteen bytes looked at together take the processor as long as one.
        let (blocks, _) = rest.as_chunks::<16>();
        let has_none = |block: &&[u8; 16]| !block.iter().fold(false, |seen, byte| seen | is_special(byte));
        let plain = blocks.iter().take_while(has_none).count() * 16;
        let more = rest[plain..].iter().position(is_special);
        self.at += more.map_or(rest.len(), |more| plain + more);
    }

    fn escape(&mut self) -> Result<char, CanonicalError> {
        let rest = &self.text.as_bytes()[self.at..];
        let (char, length) = match rest {
            [_, b'"', ..] => ('"', 2),
            [_, b'\\', ..] => ('\\', 2),
            [_, b'b', ..] => ('\u{8}', 2),
            [_, b't', ..] => ('\t', 2),
            [_, b'n', ..] => ('\n', 2),
            [_, b'f', ..] => ('\u{c}', 2),
            [_, b'r', ..] => ('\r', 2),
            [_, b'u', b'0', b'0', high @ (b'0' | b'1'), low, ..] => match (high - b'0', hex_value(*low)) {
                (0, Some(8 | 9 | 10 | 12 | 13)) => return Err(self.error("escape that has a shorter form")),
                (high, Some(low)) => (char::from(high << 4 | low), 6),
                (_, None) => return Err(self.error("escape that is not lower-case hex")),
            },
            _ => return Err(self.error("escape that canonical JSON does not use")),
        };
        self.at += length;
        Ok(char)
    }
}

/// Whether an object may have this key.
pub(crate) fn is_key(key: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    !key.is_empty() && key.bytes().all(allowed)
}
