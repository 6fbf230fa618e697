//! The first thing that is wrong with a package.

use std::fmt;

/// The step of the verification that failed (§4), in the order in which the steps are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Step 1: the archive or the directory as such.
    Archive,
    /// Step 2: files that must be there, and paths that are allowed.
    Paths,
    /// Step 3: the signature over the manifest.
    ManifestSignature,
    /// Step 4: the manifest itself.
    Manifest,
    /// Step 5: files against the manifest.
    Files,
    /// Step 6: the checkpoint.
    Checkpoint,
    /// Step 7: the entries.
    Entries,
    /// Step 8: the inclusion proofs.
    Proofs,
    /// Step 9: the payloads and what is withheld.
    Payloads,
    /// Step 10: whether everything of the scope is there.
    Scope,
    /// Step 11: the keys of persons.
    Keys,
    /// Step 12: the submissions.
    Submissions,
    /// Step 13: the signed decisions.
    Decisions,
    /// Step 14: the evidence files.
    Evidence,
    /// Step 15: earlier checkpoints.
    History,
}

impl Code {
    /// Every code, in the order of the steps.
    pub const ALL: [Code; 15] = [
        Code::Archive,
        Code::Paths,
        Code::ManifestSignature,
        Code::Manifest,
        Code::Files,
        Code::Checkpoint,
        Code::Entries,
        Code::Proofs,
        Code::Payloads,
        Code::Scope,
        Code::Keys,
        Code::Submissions,
        Code::Decisions,
        Code::Evidence,
        Code::History,
    ];

    /// The code as it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Code::Archive => "archive",
            Code::Paths => "paths",
            Code::ManifestSignature => "manifest-signature",
            Code::Manifest => "manifest",
            Code::Files => "files",
            Code::Checkpoint => "checkpoint",
            Code::Entries => "entries",
            Code::Proofs => "proofs",
            Code::Payloads => "payloads",
            Code::Scope => "scope",
            Code::Keys => "keys",
            Code::Submissions => "submissions",
            Code::Decisions => "decisions",
            Code::Evidence => "evidence",
            Code::History => "history",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a package is refused: the step, the place and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {place}: {what}")]
pub struct Wrong {
    /// The step.
    pub code: Code,
    /// The file, line, entry or byte.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

impl Wrong {
    /// Makes a refusal.
    pub fn new(code: Code, place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            code,
            place: place.into(),
            what: what.into(),
        }
    }
}
