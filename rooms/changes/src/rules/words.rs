//! The words of this room that are stored and shown.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What a person says to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Disapprove,
}

impl Decision {
    /// The word for it in messages, tables and the API.
    pub fn name(self) -> &'static str {
        match self {
            Decision::Approve => "approve",
            Decision::Disapprove => "disapprove",
        }
    }

    /// The decision with this name.
    pub fn named(name: &str) -> Option<Decision> {
        [Decision::Approve, Decision::Disapprove]
            .into_iter()
            .find(|decision| decision.name() == name)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a submitted revision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionKind {
    /// The request for work that is still to be done.
    #[default]
    Request,
    /// The look back at an emergency, approved after the fact.
    Retrospective,
}

impl SubmissionKind {
    /// The word for it in tables and the API.
    pub fn name(self) -> &'static str {
        match self {
            SubmissionKind::Request => "request",
            SubmissionKind::Retrospective => "retrospective",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<SubmissionKind> {
        [SubmissionKind::Request, SubmissionKind::Retrospective]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Writes a word of the policy as the policy spells it.
pub(super) fn printed<T: fmt::Display, S: Serializer>(word: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(word)
}
