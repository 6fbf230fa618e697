//! Advisories in the OSV format, and whether they apply to an installed package.
//!
//! Debian and Ubuntu list source packages: give the source package and its version, not the binary ones. Which
//! packages a host has, and what follows from a verdict, is decided elsewhere.

mod advisory;
mod ecosystem;
mod verdict;

#[cfg(test)]
mod sample_tests;

use thiserror::Error;

pub use advisory::{Advisory, Affected, Bound, Range, RangeKind, Rating};
pub use ecosystem::{Distribution, Ecosystem};
pub use verdict::{UnknownReason, Verdict};

/// The largest advisory that is read, in bytes; those of the kernel have a few megabytes.
pub const ADVISORY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Says why a file is not an OSV advisory.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OsvError {
    /// The file is larger than [`ADVISORY_BYTES_MAX`].
    #[error("the advisory has {bytes} bytes; at most {ADVISORY_BYTES_MAX} are read")]
    TooLarge {
        /// Size in bytes.
        bytes: usize,
    },
    /// The text is not JSON or a field has the wrong type or is missing.
    #[error("line {line}, column {column}: {reason}; fetch the advisory again from its publisher")]
    Json {
        /// Line from 1.
        line: usize,
        /// Column from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// A field is there but says something impossible.
    #[error("advisory `{id}`: {place}: {reason}; fetch the advisory again from its publisher")]
    Field {
        /// Id of the advisory.
        id: String,
        /// Which field, as a path.
        place: String,
        /// What is wrong.
        reason: &'static str,
    },
}
