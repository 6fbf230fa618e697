//! The difference as it is shown, kept as evidence and named by its digest: one shape for all three.

use std::collections::BTreeMap;

use basis::{Class, Refusal};
use ledger::Hash;
use ledger::canonical::{CanonicalError, to_canonical};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rules::{Difference, Field, FromTo};

/// How many rows a refused list is told the reasons of.
const REASONS_TOLD: usize = 50;

/// What reading a list would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceRecord {
    /// The mapping by which the list was read.
    pub mapping: String,
    /// Assets that would be registered.
    pub new: Vec<NewRecord>,
    /// Assets that would be changed.
    pub changed: Vec<ChangedRecord>,
    /// How many assets are as the list says.
    pub unchanged: u64,
    /// Assets from such lists that this one lacks; nothing is done about them.
    pub missing: Vec<MissingRecord>,
    /// Rows that cannot be used.
    pub rejected: Vec<RejectedRecord>,
}

/// An asset that would be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    /// The line of the file.
    pub line: u64,
    /// Its fields; empty ones are left out.
    pub fields: BTreeMap<String, String>,
}

/// An asset that would be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedRecord {
    /// The line of the file.
    pub line: u64,
    /// Its id.
    pub asset: String,
    /// Its hostname.
    pub name: String,
    /// Field by field.
    pub fields: BTreeMap<String, FromToRecord>,
}

/// A field's value before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FromToRecord {
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

/// An asset that the list lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingRecord {
    /// Its id.
    pub asset: String,
    /// Its hostname.
    pub name: String,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectedRecord {
    /// The line of the file.
    pub line: u64,
    /// Why, and what to do.
    pub reason: String,
}

impl DifferenceRecord {
    /// Refuses a list of which no row could be used.
    ///
    /// # Errors
    /// A refusal of class `Invalid` with the lines that were rejected.
    pub(crate) fn check_usable(&self) -> Result<(), Refusal> {
        let is_used = !self.new.is_empty() || !self.changed.is_empty() || self.unchanged > 0;
        if is_used || self.rejected.is_empty() {
            return Ok(());
        }
        let count = self.rejected.len();
        let what = format!("nothing was applied: no row could be used, {count} rejected");
        let mut refusal = Refusal::new(Class::Invalid, "import", what);
        for row in self.rejected.iter().take(REASONS_TOLD) {
            refusal = refusal.missing(format!("line {}: {}", row.line, row.reason));
        }
        if count > REASONS_TOLD {
            refusal = refusal.missing(format!("and {} rows more", count - REASONS_TOLD));
        }
        Err(refusal.way_out("put the rows right and send the list again, or choose another mapping"))
    }

    /// Writes a difference down.
    pub fn of(mapping: &str, difference: &Difference) -> Self {
        let new = difference.new.iter().map(|new| {
            let texts = Field::ALL
                .iter()
                .map(|field| (field.name().to_owned(), new.details.text(*field)));
            NewRecord {
                line: new.line as u64,
                fields: texts.filter(|(_, text)| !text.is_empty()).collect(),
            }
        });
        let changed = difference.changed.iter().map(|change| ChangedRecord {
            line: change.line as u64,
            asset: change.asset.to_string(),
            name: change.name.as_str().to_owned(),
            fields: change
                .fields
                .iter()
                .map(|(field, change)| (field.name().to_owned(), change.into()))
                .collect(),
        });
        let missing = difference.missing.iter().map(|missing| MissingRecord {
            asset: missing.asset.to_string(),
            name: missing.name.as_str().to_owned(),
        });
        let rejected = difference.rejected.iter().map(|rejected| RejectedRecord {
            line: rejected.line as u64,
            reason: rejected.reason.clone(),
        });
        Self {
            mapping: mapping.to_owned(),
            new: new.collect(),
            changed: changed.collect(),
            unchanged: difference.unchanged as u64,
            missing: missing.collect(),
            rejected: rejected.collect(),
        }
    }

    /// The bytes that are kept as evidence, and their SHA-256, by which the difference is named.
    ///
    /// # Errors
    /// When it has no canonical form, which only a fault of the program brings about.
    pub fn to_bytes(&self) -> Result<(Vec<u8>, Hash), CanonicalError> {
        let bytes = to_canonical(self)?;
        let digest = Hash::of(&bytes);
        Ok((bytes, digest))
    }
}

impl From<&FromTo> for FromToRecord {
    fn from(change: &FromTo) -> Self {
        Self {
            from: change.from.clone(),
            to: change.to.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(unchanged: u64, rejected: usize) -> DifferenceRecord {
        let rejected = (0..rejected).map(|at| RejectedRecord {
            line: at as u64 + 2,
            reason: "the row has no name; give it one".to_owned(),
        });
        DifferenceRecord {
            mapping: "generic".to_owned(),
            new: Vec::new(),
            changed: Vec::new(),
            unchanged,
            missing: Vec::new(),
            rejected: rejected.collect(),
        }
    }

    #[test]
    fn a_list_of_which_no_row_can_be_used_is_refused_with_the_first_reasons() {
        assert_eq!(record(0, 0).check_usable(), Ok(()));
        assert_eq!(record(1, 3).check_usable(), Ok(()));
        for (rejected, told) in [(1, 1), (REASONS_TOLD, 50), (REASONS_TOLD + 1, 51)] {
            let refusal = record(0, rejected).check_usable().unwrap_err();
            assert_eq!(refusal.class, Class::Invalid);
            assert!(
                refusal.what.ends_with(&format!("{rejected} rejected")),
                "{refusal}"
            );
            assert_eq!(refusal.missing.len(), told);
            assert!(refusal.missing[0].starts_with("line 2: "));
        }
    }
}
