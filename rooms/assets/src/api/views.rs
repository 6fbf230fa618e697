//! Assets, packages and updates as people see them.

use basis::{PersonId, Time};
use evidence::EvidenceId;
use frame::{IdText, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FieldsBody;
use crate::acts::{ListedAsset, ShownAsset};
use crate::connection::{Connection, becoming_word};
use crate::rules::{Asset, AssetId, Lifecycle, ObservedState, PackageRecord, UpdateRecord};
use crate::store::FailedAttempt;

/// An asset in a list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetSummary {
    #[schemars(with = "IdText<AssetId>")]
    pub asset: AssetId,
    pub name: String,
    pub kind: String,
    pub classification: String,
    pub criticality: String,
    pub environment: String,
    /// The operating system: as found, else as said.
    pub os: String,
    /// `ssh` or `local`; absent while it is not settled how it is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<String>,
    /// When its state was last collected; absent when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub collected_at: Option<Time>,
    /// How many updates are pending; absent when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<u64>,
    /// How many of them are security updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<u64>,
    pub is_retired: bool,
}

impl From<ListedAsset> for AssetSummary {
    fn from(listed: ListedAsset) -> Self {
        let asset = listed.asset;
        let state = asset.observed_state();
        Self {
            asset: asset.id,
            name: asset.name().to_owned(),
            kind: asset.details.kind.name().to_owned(),
            classification: asset.details.classification.name().to_owned(),
            criticality: asset.details.criticality.name().to_owned(),
            environment: asset.details.environment.name().to_owned(),
            os: asset.os().to_owned(),
            way: listed.way,
            collected_at: state.map(|state| state.taken_at),
            pending: state.and_then(|state| state.pending),
            security: state.and_then(|state| state.security),
            is_retired: !asset.is_in_use(),
        }
    }
}

/// An asset with everything that is known about it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetView {
    #[schemars(with = "IdText<AssetId>")]
    pub asset: AssetId,
    /// What people or a list said about it.
    pub fields: FieldsBody,
    /// The mapping by which it came into the register; `hand` where a person registered it.
    pub source: String,
    #[schemars(with = "TimeText")]
    pub registered_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub last_patched_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retirement: Option<RetirementView>,
    /// What the last collection found; absent when nothing was collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateView>,
    /// How it is reached; absent while that is not settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionView>,
    /// The last collection that did not succeed; absent when one succeeded since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_attempt: Option<FailedAttemptView>,
}

/// The end of an asset.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetirementView {
    #[schemars(with = "IdText<PersonId>")]
    pub by: PersonId,
    #[schemars(with = "TimeText")]
    pub at: Time,
    pub reason: String,
}

/// What the last collection found, in short.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateView {
    #[schemars(with = "TimeText")]
    pub taken_at: Time,
    /// The whole state.
    #[schemars(with = "IdText<EvidenceId>")]
    pub evidence: EvidenceId,
    pub hostname: String,
    pub os: String,
    pub os_version: String,
    pub architecture: String,
    pub kernel: String,
    /// Empty where it could not be read.
    pub firmware: String,
    /// Empty where it could not be read.
    pub machine_id: String,
    /// Empty where it could not be read.
    pub boot_id: String,
    /// `needed`, `not_needed` or `unknown`.
    pub reboot: String,
    /// How many updates are pending; absent when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<u64>,
    /// How many of them are security updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<u64>,
    /// How many packages are installed.
    pub packages: u64,
}

/// How an asset is reached.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "way", rename_all = "snake_case", deny_unknown_fields)]
pub enum ConnectionView {
    /// Over SSH.
    Ssh {
        address: String,
        port: u16,
        user: String,
        /// `sudo` or `root`.
        become_root: String,
        /// The key that a person confirmed.
        host_key: String,
        fingerprint: String,
    },
    /// It is the machine on which the server runs.
    Local {},
}

/// A collection that did not succeed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailedAttemptView {
    #[schemars(with = "TimeText")]
    pub at: Time,
    /// Whether the host showed another key than the one that was confirmed.
    pub has_other_host_key: bool,
    pub why: String,
}

impl AssetView {
    /// The view of an asset without how it is reached.
    pub(super) fn of_new(asset: Asset) -> Self {
        ShownAsset {
            asset,
            connection: None,
            failed_attempt: None,
        }
        .into()
    }
}

impl From<ShownAsset> for AssetView {
    fn from(shown: ShownAsset) -> Self {
        let asset = shown.asset;
        Self {
            asset: asset.id,
            fields: FieldsBody::from(&asset.details),
            source: asset.source.clone(),
            registered_at: asset.registered_at,
            last_patched_at: asset.last_patched_at,
            state: asset.observed_state().map(StateView::from),
            retirement: match asset.lifecycle {
                Lifecycle::InUse => None,
                Lifecycle::Retired { by, at, reason } => Some(RetirementView { by, at, reason }),
            },
            connection: shown.connection.as_ref().map(ConnectionView::from),
            failed_attempt: shown.failed_attempt.map(FailedAttemptView::from),
        }
    }
}

impl From<&ObservedState> for StateView {
    fn from(state: &ObservedState) -> Self {
        Self {
            taken_at: state.taken_at,
            evidence: state.evidence,
            hostname: state.hostname.clone(),
            os: state.os.clone(),
            os_version: state.os_version.clone(),
            architecture: state.architecture.clone(),
            kernel: state.kernel.clone(),
            firmware: state.firmware.clone(),
            machine_id: state.machine_id.clone(),
            boot_id: state.boot_id.clone(),
            reboot: state.reboot.name().to_owned(),
            pending: state.pending,
            security: state.security,
            packages: state.packages,
        }
    }
}

impl From<&Connection> for ConnectionView {
    fn from(connection: &Connection) -> Self {
        match connection {
            Connection::Local => ConnectionView::Local {},
            Connection::Ssh(ssh) => ConnectionView::Ssh {
                address: ssh.address.clone(),
                port: ssh.port,
                user: ssh.user.clone(),
                become_root: becoming_word(ssh.becoming).to_owned(),
                host_key: ssh.host_key.to_string(),
                fingerprint: ssh.host_key.fingerprint(),
            },
        }
    }
}

impl From<FailedAttempt> for FailedAttemptView {
    fn from(attempt: FailedAttempt) -> Self {
        Self {
            at: attempt.at,
            has_other_host_key: attempt.has_other_host_key,
            why: attempt.why,
        }
    }
}

/// An installed package.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageView {
    pub name: String,
    pub architecture: String,
    pub version: String,
    /// The source package.
    pub source: String,
    pub source_version: String,
    /// `installed`, or how far it got.
    pub state: String,
    pub is_held: bool,
}

impl From<PackageRecord> for PackageView {
    fn from(record: PackageRecord) -> Self {
        Self {
            name: record.name,
            architecture: record.architecture,
            version: record.version,
            source: record.source,
            source_version: record.source_version,
            state: record.state,
            is_held: record.is_held,
        }
    }
}

/// A pending update.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateView {
    pub package: String,
    pub architecture: String,
    pub installed: String,
    pub candidate: String,
    /// Label and codename of each archive that offers the candidate.
    pub origins: Vec<String>,
    /// `yes`, `no` or `unknown`.
    pub security: String,
    /// `offered`, or what stands in the way.
    pub standing: String,
}

impl From<UpdateRecord> for UpdateView {
    fn from(record: UpdateRecord) -> Self {
        Self {
            package: record.package,
            architecture: record.architecture,
            installed: record.installed,
            candidate: record.candidate,
            origins: record.origins,
            security: record.security,
            standing: record.standing,
        }
    }
}
