//! The verification of a package (§4): fifteen steps, in order, each over the whole package before the next.
//!
//! Everything that is not known is refused. Nothing here repairs, guesses or trusts a key found in the package.

mod contents;
mod decisions;
mod evidence;
mod history;
mod keys;
mod payload;
mod records;
mod submissions;

use std::borrow::Cow;

use basis::Time;

use super::{Files, Scope, Wrong};
use crate::Hash;
use crate::entry::Origin;
use crate::note::VerifierKey;

/// What a package that is right says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The ledger.
    pub origin: Origin,
    /// What the package is about.
    pub scope: Scope,
    /// When it was made, as the organisation's clock said.
    pub time: Time,
    /// The version of the policy in force then.
    pub policy_version: u64,
    /// How many entries the ledger had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// How many entries are in the package.
    pub entries: u64,
    /// How many signed decisions were checked.
    pub decisions_checked: u64,
    /// How many decisions could not be checked because what they lean on is withheld.
    pub decisions_not_checkable: u64,
    /// How many evidence files are in the package.
    pub evidence_files: u64,
    /// The payloads that are not in the package.
    pub withheld: Vec<Withheld>,
    /// How many earlier checkpoints the ledger was found to contain.
    pub earlier_checkpoints: u64,
}

/// A payload that is not in the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withheld {
    /// The index of the entry.
    pub index: u64,
    /// The entry that says so; `None` where the payload is sealed.
    pub by: Option<u64>,
}

/// Verifies a package with the organisation's key and earlier checkpoints (signed notes) that somebody kept.
/// Returns the first thing that is wrong, in the order of §4.
pub fn verify<F: Files>(files: &F, key: &VerifierKey, earlier: &[Cow<'_, [u8]>]) -> Result<Report, Wrong> {
    let contents = contents::check(files, key)?;
    let records = records::check(&contents)?;
    let keys = keys::check(&records)?;
    let submissions = submissions::check(&records)?;
    let decisions = decisions::check(&contents.manifest.origin, &records, &keys, &submissions)?;
    let evidence_files = evidence::check(&contents.manifest, &records)?;
    history::check(&contents, key, earlier)?;
    let withheld = records.iter().filter_map(records::Record::withheld).collect();
    Ok(Report {
        entries: records.len() as u64,
        decisions_checked: decisions.checked,
        decisions_not_checkable: decisions.not_checkable,
        evidence_files,
        withheld,
        size: contents.checkpoint.size,
        root: contents.checkpoint.root,
        earlier_checkpoints: earlier.len() as u64,
        origin: contents.manifest.origin,
        scope: contents.manifest.scope,
        time: contents.manifest.time,
        policy_version: contents.manifest.policy_version,
    })
}
