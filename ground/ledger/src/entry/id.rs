//! The id of an entry: a UUID of version 7 (RFC 9562 §5.7).

use std::fmt;

use basis::Time;
use serde::{Deserialize, Serialize};

use crate::hash::{hex_bytes, hex_text};

/// The id of one entry. Ids made later mostly sort later, but the order of entries is their index alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId([u8; 16]);

impl EventId {
    /// Makes an id from the time and 16 random bytes, of which 74 bits are used.
    pub fn new(time: Time, chance: [u8; 16]) -> Self {
        let mut bytes = chance;
        // The moment is never before 1970 and has 48 bits until the year 10889.
        let ms = time.as_ms().unsigned_abs().to_be_bytes();
        bytes[..6].copy_from_slice(&ms[2..]);
        bytes[6] = 0x70 | bytes[6] & 0x0f;
        bytes[8] = 0x80 | bytes[8] & 0x3f;
        Self(bytes)
    }

    /// Reads the lower-case form with dashes; other versions and variants are refused.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let has_dashes = bytes.len() == 36 && [8, 13, 18, 23].iter().all(|at| bytes[*at] == b'-');
        if !has_dashes || !text.is_ascii() {
            return None;
        }
        let (a, b, c) = (
            hex_bytes::<4>(&text[..8])?,
            hex_bytes::<2>(&text[9..13])?,
            hex_bytes::<2>(&text[14..18])?,
        );
        let (d, e) = (hex_bytes::<2>(&text[19..23])?, hex_bytes::<6>(&text[24..])?);
        let mut id = [0; 16];
        id[..4].copy_from_slice(&a);
        id[4..6].copy_from_slice(&b);
        id[6..8].copy_from_slice(&c);
        id[8..10].copy_from_slice(&d);
        id[10..].copy_from_slice(&e);
        (id[6] >> 4 == 7 && id[8] >> 6 == 2).then_some(Self(id))
    }

    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = hex_text(&self.0);
        write!(
            f,
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for EventId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected a UUID of version 7"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back_and_sorts_by_its_time(ms in 0i64..253_402_300_799_998, chance: [u8; 16], other: [u8; 16]) {
            let id = EventId::new(Time::from_ms(ms), chance);
            prop_assert_eq!(EventId::parse(&id.to_string()), Some(id));
            prop_assert!(id < EventId::new(Time::from_ms(ms + 1), other));
        }

        #[test]
        fn reading_any_text_as_an_id_never_panics(text in "[0-9a-f\u{e9}-]{30,38}") {
            let _ = EventId::parse(&text);
        }
    }

    #[test]
    fn the_example_of_rfc_9562_is_read_and_its_neighbours_are_not() {
        let example = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
        assert_eq!(EventId::parse(example).unwrap().to_string(), example);
        for wrong in [
            "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
            "017F22E2-79b0-7cc3-98c4-dc0c0c07398f",
            "017f22e279b07cc398c4dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        ] {
            assert_eq!(EventId::parse(wrong), None, "{wrong}");
        }
    }
}
