//! What the ledger records of assets. These shapes are stored for ever: members are added, never changed.

use std::collections::BTreeMap;

use basis::{Id, Subject, Time};
use evidence::EvidenceId;
use ledger::Hash;
use ledger::events::Event;
use serde::{Deserialize, Serialize};

use super::asset::{AssetId, ImportId, MappingId};
use super::packages::{PackageKey, PackageRecord, UpdateRecord};

/// Fields by name, with their values as text.
pub type FieldTexts = BTreeMap<String, String>;

/// A field's value before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromTo {
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

/// An asset came into the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Its id.
    pub asset: AssetId,
    /// Its fields; empty ones are left out.
    pub fields: FieldTexts,
    /// The import that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// The mapping by which it came, or `hand`.
    pub source: String,
}

impl Event for Registered {
    const TYPE: &'static str = "assets.registered";
    const FREE_TEXT: &'static [&'static str] = &[
        "fields.owner",
        "fields.maintenance_contact",
        "fields.purpose",
        "fields.os",
        "fields.os_version",
        "fields.firmware",
        "fields.location",
        "fields.ring",
        "fields.patch_group",
        "fields.maintenance_window",
        "fields.reference",
    ];

    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

/// What is said about an asset was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Which asset.
    pub asset: AssetId,
    /// The changed fields.
    pub changes: BTreeMap<String, FromTo>,
    /// The import that changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
}

impl Event for Edited {
    const TYPE: &'static str = "assets.edited";
    const FREE_TEXT: &'static [&'static str] = &[
        "changes.owner",
        "changes.maintenance_contact",
        "changes.purpose",
        "changes.os",
        "changes.os_version",
        "changes.firmware",
        "changes.location",
        "changes.ring",
        "changes.patch_group",
        "changes.maintenance_window",
        "changes.reference",
    ];

    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

/// An asset left the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// Which asset.
    pub asset: AssetId,
    /// Why.
    pub reason: String,
}

impl Event for Retired {
    const TYPE: &'static str = "assets.retired";
    const FREE_TEXT: &'static [&'static str] = &["reason"];

    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

/// A list of systems was read into the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// How many assets were changed.
    pub changed: u64,
    /// SHA-256 of the difference that was looked at and applied.
    pub difference: Hash,
    /// The difference, as evidence.
    pub difference_evidence: EvidenceId,
    /// The file, as evidence.
    pub evidence: EvidenceId,
    /// Its id.
    pub import: ImportId,
    /// The mapping.
    pub mapping: String,
    /// How many assets are new.
    pub new: u64,
    /// How many rows were rejected.
    pub rejected: u64,
}

impl Event for Imported {
    const TYPE: &'static str = "assets.imported";

    fn subject(&self) -> Subject {
        self.import.subject()
    }
}

/// A mapping was stored, in place of the one with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingSaved {
    /// The document.
    pub document: String,
    /// Its id.
    pub mapping: MappingId,
    /// Its name.
    pub name: String,
}

impl Event for MappingSaved {
    const TYPE: &'static str = "assets.mapping_saved";

    fn subject(&self) -> Subject {
        self.mapping.subject()
    }
}

/// A host was asked for its keys, for a person to compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostKeyScanned {
    /// The address that was asked.
    pub address: String,
    /// Which asset it is meant to be.
    pub asset: AssetId,
    /// The fingerprints that were offered, best kind first.
    pub fingerprints: Vec<String>,
    /// The TCP port.
    pub port: u16,
}

impl Event for HostKeyScanned {
    const TYPE: &'static str = "assets.host_key_scanned";

    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

/// It was settled how an asset is reached. The parts of SSH are absent for the local machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// DNS name or IP address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Which asset.
    pub asset: AssetId,
    /// `sudo` or `root`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub become_root: Option<String>,
    /// The fingerprint of the key that a person confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The key that a person confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_key: Option<String>,
    /// TCP port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The fingerprint that was confirmed before, where it was another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The login name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// `ssh` or `local`.
    pub way: String,
}

impl Event for Connected {
    const TYPE: &'static str = "assets.connected";

    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

/// A collection did not succeed: coverage is about attempts as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotReached {
    /// Which asset.
    pub asset: AssetId,
    /// Whether the host showed another key than the one that was confirmed.
    pub has_other_host_key: bool,
    /// What happened.
    pub why: String,
}

impl Event for NotReached {
    const TYPE: &'static str = "assets.not_reached";
    const FREE_TEXT: &'static [&'static str] = &["why"];

    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

/// The state of an asset was collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// Packages that were not there at the last collection.
    pub added: Vec<PackageRecord>,
    /// The package manager's architecture.
    pub architecture: String,
    /// Which asset.
    pub asset: AssetId,
    /// The kernel's boot id, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// The whole state.
    pub evidence: EvidenceId,
    /// The firmware, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
    /// The host's own name for itself.
    pub hostname: String,
    /// Whether `added` is the whole list and nothing before it counts.
    pub is_full: bool,
    /// The running kernel.
    pub kernel: String,
    /// The machine id, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
    /// The operating system's name for people.
    pub os: String,
    /// The operating system's version.
    pub os_version: String,
    /// How many packages are installed.
    pub packages: u64,
    /// `needed`, `not_needed` or `unknown`.
    pub reboot: String,
    /// Packages that are no longer there in that version or state.
    pub removed: Vec<PackageKey>,
    /// The machine id of the collection before, where it was another one: a reinstalled host, or not the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces_machine_id: Option<String>,
    /// When, by our clock.
    pub taken_at: Time,
    /// Every pending update, where the package lists could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates: Option<Vec<UpdateRecord>>,
}

impl Event for Collected {
    const TYPE: &'static str = "assets.collected";

    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

/// An asset was patched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patched {
    /// Which asset.
    pub asset: AssetId,
    /// When.
    pub at: Time,
}

impl Event for Patched {
    const TYPE: &'static str = "assets.patched";

    fn subject(&self) -> Subject {
        self.asset.subject()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Field;

    #[test]
    fn a_redaction_reaches_every_field_in_which_people_write_sentences() {
        for field in Field::ALL {
            for (paths, member) in [(Registered::FREE_TEXT, "fields"), (Edited::FREE_TEXT, "changes")] {
                let path = format!("{member}.{}", field.name());
                assert_eq!(paths.contains(&path.as_str()), field.is_free_text(), "{path}");
            }
        }
    }
}
