//! Canonical JSON (package format §1): one spelling for every value, so that bytes can be hashed and compared.
//!
//! Text that is valid JSON but spelled otherwise is refused and never repaired. Fractions, `null` and numbers of
//! 2^53 and above will never be let in: other programs read them differently.

mod convert;
mod json;
mod reader;

pub use convert::{from_canonical, to_canonical};
pub use json::{Json, parse};
pub(crate) use reader::Reader;

/// The levels of nesting that a text may have: arrays and objects open at once.
pub const DEPTH_MAX: usize = 32;

/// The first number that is too big: 2^53.
pub const NUMBER_END: u64 = 1 << 53;

/// A text or a value is not as canonical JSON must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {what}")]
pub struct CanonicalError {
    /// The byte, counted from 0, at which reading stopped; 0 where a value was being written.
    pub offset: usize,
    /// What is wrong there.
    pub what: String,
}

impl CanonicalError {
    pub(crate) fn new(offset: usize, what: impl Into<String>) -> Self {
        Self {
            offset,
            what: what.into(),
        }
    }
}
