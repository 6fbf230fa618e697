//! Typed ids: one number series per noun, printed with its prefix, such as `CHG-0001`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An id was not written as its kind asks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {article} id; write it like `{prefix}-0001`")]
pub struct IdError {
    text: String,
    prefix: &'static str,
    article: String,
}

/// A typed id: the number of one thing of one kind in one organisation, counted from 1.
pub trait Id: Copy + Ord + fmt::Display + Sized + 'static {
    /// The letters before the number, such as `CHG`.
    const PREFIX: &'static str;
    /// The noun, such as `change`.
    const KIND: &'static str;

    /// Makes the id with this number; the number counts from 1.
    fn from_number(number: u64) -> Self;

    /// The number in the series.
    fn number(self) -> u64;

    /// The id as the subject of an entry.
    fn subject(self) -> Subject {
        Subject {
            prefix: Self::PREFIX.to_owned(),
            number: self.number(),
        }
    }

    /// Parses the printed form; leading zeros beyond the printed form are refused, so one id has one spelling.
    fn parse(text: &str) -> Result<Self, IdError> {
        parse_number(text, Self::PREFIX)
            .map(Self::from_number)
            .ok_or_else(|| IdError {
                text: text.chars().take(40).collect(),
                prefix: Self::PREFIX,
                article: format!(
                    "{} {}",
                    if "aeiou".contains(&Self::KIND[..1]) {
                        "an"
                    } else {
                        "a"
                    },
                    Self::KIND
                ),
            })
    }
}

fn parse_number(text: &str, prefix: &str) -> Option<u64> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('-')?;
    let plain = (4..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = plain.then(|| digits.parse().ok())??;
    // Four digits are padded with zeros, longer numbers have none in front. Verifiers read millions of ids.
    let has_one_spelling = digits.len() == 4 || !digits.starts_with('0');
    (number > 0 && has_one_spelling).then_some(number)
}

/// What an entry is about: any id, with its type forgotten.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    prefix: String,
    number: u64,
}

impl Subject {
    /// Parses any printed id: two to five capital letters, a dash, the number.
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, _) = text.split_once('-')?;
        let known = (2..=5).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
        let number = known.then(|| parse_number(text, prefix))??;
        Some(Self {
            prefix: prefix.to_owned(),
            number,
        })
    }

    /// The id behind the subject, if it is of this kind.
    pub fn as_id<I: Id>(&self) -> Option<I> {
        (self.prefix == I::PREFIX).then(|| I::from_number(self.number))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.prefix, self.number)
    }
}

impl<I: Id> From<I> for Subject {
    fn from(id: I) -> Self {
        id.subject()
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not an id")))
    }
}

/// Declares a typed id: `id_type!(/// A change request. ChangeId, "CHG", "change");`
#[macro_export]
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $crate::Id for $name {
            const PREFIX: &'static str = $prefix;
            const KIND: &'static str = $kind;
            fn from_number(number: u64) -> Self {
                Self(number)
            }
            fn number(self) -> u64 {
                self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!($prefix, "-{:04}"), self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::IdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::Id::parse(text)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as ::serde::Deserialize>::deserialize(deserializer)?;
                <Self as $crate::Id>::parse(&text).map_err(::serde::de::Error::custom)
            }
        }
    };
}

id_type!(
    /// A human being known to the organisation; two accounts of one human are one person.
    PersonId,
    "PER",
    "person"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_has_exactly_one_spelling(number in 1u64..100_000_000_000) {
            let id = PersonId::from_number(number);
            prop_assert_eq!(PersonId::parse(&id.to_string()), Ok(id));
            let padded = PersonId::parse(&format!("PER-0{number:04}"));
            prop_assert!(padded.is_err());
            prop_assert_eq!(Subject::parse(&id.to_string()).and_then(|subject| subject.as_id()), Some(id));
        }

        #[test]
        fn parsing_any_text_never_panics(text in ".{0,40}") {
            let _ = PersonId::parse(&text);
            let _ = Subject::parse(&text);
        }
    }

    #[test]
    fn a_wrong_id_says_how_to_write_it() {
        let error = PersonId::parse("CHG-0001").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`CHG-0001` is not a person id; write it like `PER-0001`"
        );
        for wrong in [
            "PER-0000",
            "PER-1",
            "per-0001",
            "PER-0001 ",
            "PER-00012",
            "PER--001",
            "PER-+001",
        ] {
            assert!(PersonId::parse(wrong).is_err(), "{wrong}");
        }
    }
}
