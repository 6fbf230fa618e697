//! Names of jobs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::HostError;

/// Longest job id; it becomes part of a unit name, of which systemd allows 255 characters.
const ID_CHARS_MAX: usize = 100;

/// A job's name, chosen by the caller, the same again after a restart: `run-0001-ast-0001-apply`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JobId(String);

impl JobId {
    /// Checks an id: lower-case letters, digits and `-`, starting with a letter.
    ///
    /// # Errors
    /// [`HostError::Unusable`] for anything that could be read as a path or an option.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        if text.len() > ID_CHARS_MAX || !starts_well || !text.chars().all(good) {
            let wanted = "a job id: up to 100 lower-case letters, digits and dashes, a letter first";
            return Err(HostError::unusable(text, wanted));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for JobId {
    type Error = HostError;
    fn try_from(text: String) -> Result<Self, HostError> {
        Self::parse(&text)
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> String {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_id_is_neither_a_path_nor_an_option() {
        assert!(JobId::parse("run-0001-ast-0001-apply").is_ok());
        assert!(JobId::parse(&"a".repeat(ID_CHARS_MAX)).is_ok());
        assert!(JobId::parse(&"a".repeat(ID_CHARS_MAX + 1)).is_err());
        for bad in ["", "-a", "1a", "../x", "a/b", "a b", "A", "a.b", "a\n"] {
            assert!(JobId::parse(bad).is_err(), "{bad}");
        }
    }
}
