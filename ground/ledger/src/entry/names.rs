//! The two names in an entry that are no ids: the ledger's origin and the type of the event.

use std::fmt;

/// A name was not of its form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {form}")]
pub struct NameError {
    text: String,
    form: &'static str,
}

/// The name of one ledger, such as `tagout.example.com/acme`; also the name of its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin: `^[a-z0-9][a-z0-9./-]{0,126}[a-z0-9]$`.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let outer = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
        let inner = |byte: &u8| outer(byte) || matches!(byte, b'.' | b'/' | b'-');
        let is_origin = match text.as_bytes() {
            [first, middle @ .., last] => {
                middle.len() <= 126 && outer(first) && outer(last) && middle.iter().all(inner)
            }
            _ => false,
        };
        let form = "an origin: 2 to 128 of a-z, 0-9, `.`, `/` and `-`, with a letter or digit at both ends";
        checked(text, is_origin, form).map(Self)
    }

    /// The origin as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The type of an event: the room, a dot, what happened, such as `changes.submitted`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventType(String);

impl EventType {
    /// Reads a type: `^[a-z_]{1,32}\.[a-z_]{1,48}$`.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let is_word = |word: &str, most: usize| {
            let allowed = |byte| matches!(byte, b'a'..=b'z' | b'_');
            (1..=most).contains(&word.len()) && word.bytes().all(allowed)
        };
        let is_type = text
            .split_once('.')
            .is_some_and(|(room, event)| is_word(room, 32) && is_word(event, 48));
        checked(text, is_type, "an event type; write it like `changes.submitted`").map(Self)
    }

    /// The type as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn checked(text: &str, is_right: bool, form: &'static str) -> Result<String, NameError> {
    if is_right {
        return Ok(text.to_owned());
    }
    Err(NameError {
        text: text.chars().take(60).collect(),
        form,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_two_to_128_characters_and_plain_ends() {
        for right in ["ab", "a1", "tagout.example.com/acme", &"a".repeat(128)] {
            assert!(Origin::parse(right).is_ok(), "{right}");
        }
        for wrong in ["", "a", "-a", "a.", "A1", "a b", "a+b", &"a".repeat(129), "é1"] {
            assert!(Origin::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_event_type_is_two_words_and_one_dot() {
        let longest = format!("{}.{}", "a".repeat(32), "b".repeat(48));
        for right in ["changes.submitted", "a._", &longest] {
            assert!(EventType::parse(right).is_ok(), "{right}");
        }
        let too_long = [format!("{longest}b"), format!("a{longest}")];
        for wrong in [
            "",
            "a",
            ".a",
            "a.",
            "a.b.c",
            "a.B",
            "a1.b",
            &too_long[0],
            &too_long[1],
        ] {
            assert!(EventType::parse(wrong).is_err(), "{wrong}");
        }
    }
}
