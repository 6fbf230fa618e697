//! What the ledger keeps of policies. These shapes are stored for ever: members are only ever added.

use basis::{Id, Subject};
use ledger::Hash;
use ledger::events::Event;
use serde::{Deserialize, Serialize};

basis::id_type!(
    /// A version of the policy; its number is the version.
    PolicyId,
    "POL",
    "policy"
);

/// A policy document came into force, in place of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// The version that it got.
    pub policy: PolicyId,
    /// The document as it was adopted (TOML).
    pub document: String,
    /// SHA-256 of the document.
    pub digest: Hash,
    /// The approved change that carried it; absent at the founding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Subject>,
}

impl Event for Adopted {
    const TYPE: &'static str = "policy.adopted";

    fn subject(&self) -> Subject {
        self.policy.subject()
    }
}
