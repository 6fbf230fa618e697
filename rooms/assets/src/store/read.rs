//! Reading the register.

use std::collections::BTreeMap;

use basis::{Id, Time};
use evidence::EvidenceId;
use hosts::{HostKey, HostState};
use storage::{DataError, Organisation, Row, StorageError, Value, View};

use crate::connection::{Connection, SshConnection, becoming_named};
use crate::rules::{
    Asset, AssetId, AssetName, Details, Field, ImportId, Lifecycle, MappingId, Observed, ObservedState,
    PackageRecord, RebootWord, UpdateRecord,
};

/// How many assets the register holds at most; a difference looks at all of them.
const ASSETS_MAX: u64 = 1_000_000;
/// Largest state that is read back; a desktop with 4,000 packages and 1,000 updates gives about 3 MB.
const STATE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The state of a machine as it was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedState {
    /// The whole state.
    pub state: HostState,
    /// When it was collected.
    pub taken_at: Time,
    /// The evidence that holds it.
    pub evidence: EvidenceId,
}

/// The last collection that did not succeed, if none succeeded since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedAttempt {
    /// When.
    pub at: Time,
    /// Whether the host showed another key than the one that was confirmed.
    pub has_other_host_key: bool,
    /// What happened.
    pub why: String,
}

/// A mapping that the organisation keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredMapping {
    pub(crate) id: MappingId,
    pub(crate) name: String,
    pub(crate) document: String,
}

pub(crate) fn next_asset_id(view: &View<'_>) -> Result<AssetId, StorageError> {
    view.the(include_str!("../sql/next_asset_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_import_id(view: &View<'_>) -> Result<ImportId, StorageError> {
    view.the(include_str!("../sql/next_import_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

pub(crate) fn next_mapping_id(view: &View<'_>) -> Result<MappingId, StorageError> {
    view.the(include_str!("../sql/next_mapping_id.sql"), &[], |row| {
        row.id("next_id")
    })
}

/// Finds an asset, in use or retired.
pub fn find(view: &View<'_>, id: AssetId) -> Result<Option<Asset>, StorageError> {
    view.one(
        include_str!("../sql/find_asset.sql"),
        &[Value::id(id)],
        read_asset,
    )
}

/// Finds the asset in use with this hostname; case does not count.
pub fn by_name(view: &View<'_>, name: &str) -> Result<Option<Asset>, StorageError> {
    let values = [name.to_ascii_lowercase().into()];
    view.one(include_str!("../sql/find_asset_by_name.sql"), &values, read_asset)
}

/// Finds an asset by what a person calls it: its id or its hostname.
pub fn resolve(view: &View<'_>, text: &str) -> Result<Option<Asset>, StorageError> {
    match AssetId::parse(text) {
        Ok(id) => find(view, id),
        Err(_) => by_name(view, text),
    }
}

/// At most `limit` assets after `after`, the retired ones among them.
pub fn list(view: &View<'_>, after: Option<AssetId>, limit: u64) -> Result<Vec<Asset>, StorageError> {
    let values = [after.map_or(0, AssetId::number).into(), limit.into()];
    view.rows(include_str!("../sql/list_assets.sql"), &values, read_asset)
}

/// At most `limit` assets in use after `after`.
pub fn list_in_use(view: &View<'_>, after: Option<AssetId>, limit: u64) -> Result<Vec<Asset>, StorageError> {
    let values = [after.map_or(0, AssetId::number).into(), limit.into()];
    view.rows(include_str!("../sql/list_assets_in_use.sql"), &values, read_asset)
}

/// Every asset in use.
pub fn all_in_use(view: &View<'_>) -> Result<Vec<Asset>, StorageError> {
    list_in_use(view, None, ASSETS_MAX)
}

/// How an asset is reached, once that is settled.
pub fn reach(view: &View<'_>, id: AssetId) -> Result<Option<Connection>, StorageError> {
    view.one(
        include_str!("../sql/find_connection.sql"),
        &[Value::id(id)],
        read_connection,
    )
}

/// The word for the way in which each asset is reached.
pub(crate) fn connection_ways(view: &View<'_>) -> Result<BTreeMap<AssetId, String>, StorageError> {
    let rows = view.rows(include_str!("../sql/list_connections.sql"), &[], |row| {
        Ok((row.id("asset_id")?, row.text("way")?))
    })?;
    Ok(rows.into_iter().collect())
}

/// The asset in use that is the machine on which this server runs.
pub(crate) fn local_asset(view: &View<'_>) -> Result<Option<AssetId>, StorageError> {
    view.one(include_str!("../sql/find_local_asset.sql"), &[], |row| {
        row.id("asset_id")
    })
}

/// Other assets in use that showed this machine id: clones, or one machine registered twice.
pub(crate) fn others_with_machine_id(
    view: &View<'_>,
    machine_id: &str,
    id: AssetId,
) -> Result<Vec<AssetId>, StorageError> {
    let values = [machine_id.into(), Value::id(id)];
    view.rows(include_str!("../sql/list_same_machine_id.sql"), &values, |row| {
        row.id("asset_id")
    })
}

/// The packages that the last collection found.
pub fn packages(view: &View<'_>, id: AssetId) -> Result<Vec<PackageRecord>, StorageError> {
    let values = [Value::id(id)];
    view.rows(include_str!("../sql/list_packages.sql"), &values, read_package)
}

pub(super) fn read_package(row: &Row<'_>) -> Result<PackageRecord, StorageError> {
    Ok(PackageRecord {
        architecture: row.text("architecture")?,
        is_held: row.flag("is_held")?,
        name: row.text("name")?,
        source: row.text("source")?,
        source_version: row.text("source_version")?,
        state: row.text("state")?,
        version: row.text("version")?,
    })
}

/// The updates that the last collection found pending.
pub fn updates(view: &View<'_>, id: AssetId) -> Result<Vec<UpdateRecord>, StorageError> {
    let values = [Value::id(id)];
    view.rows(include_str!("../sql/list_updates.sql"), &values, read_update)
}

pub(super) fn read_update(row: &Row<'_>) -> Result<UpdateRecord, StorageError> {
    let origins = row.text("origins")?;
    Ok(UpdateRecord {
        architecture: row.text("architecture")?,
        candidate: row.text("candidate")?,
        installed: row.text("installed")?,
        origins: origins
            .split(", ")
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect(),
        package: row.text("package")?,
        security: row.text("security")?,
        standing: row.text("standing")?,
    })
}

/// The last collection that did not succeed, if none succeeded since.
pub fn failed_attempt(view: &View<'_>, id: AssetId) -> Result<Option<FailedAttempt>, StorageError> {
    view.one(
        include_str!("../sql/find_failed_attempt.sql"),
        &[Value::id(id)],
        |row| {
            Ok(FailedAttempt {
                at: row.time("attempted_at")?,
                has_other_host_key: row.flag("has_other_host_key")?,
                why: row.text("why")?,
            })
        },
    )
}

/// The whole state that the last collection found, read back from its evidence; none when nothing was collected.
///
/// # Errors
/// The vault's error when the evidence was destroyed, a data error when it makes no sense.
pub fn latest_state(
    organisation: &Organisation,
    view: &View<'_>,
    id: AssetId,
) -> Result<Option<CollectedState>, StorageError> {
    let Some(asset) = find(view, id)? else {
        return Ok(None);
    };
    let Some(observed) = asset.observed_state() else {
        return Ok(None);
    };
    let senseless = |what: String| DataError {
        place: format!("{}, the state of {id}", observed.evidence),
        what,
    };
    let evidence = evidence::find(view, observed.evidence)?;
    let evidence = evidence.ok_or_else(|| senseless("there is no such evidence".to_owned()))?;
    let bytes = organisation.read_blob(&evidence.blob.sha256, STATE_BYTES_MAX)?;
    let state = serde_json::from_slice(&bytes).map_err(|error| senseless(error.to_string()))?;
    Ok(Some(CollectedState {
        state,
        taken_at: observed.taken_at,
        evidence: observed.evidence,
    }))
}

pub(crate) fn find_mapping(view: &View<'_>, name: &str) -> Result<Option<StoredMapping>, StorageError> {
    view.one(
        include_str!("../sql/find_mapping.sql"),
        &[name.into()],
        read_mapping,
    )
}

pub(crate) fn mappings(view: &View<'_>) -> Result<Vec<StoredMapping>, StorageError> {
    view.rows(include_str!("../sql/list_mappings.sql"), &[], read_mapping)
}

fn read_mapping(row: &Row<'_>) -> Result<StoredMapping, StorageError> {
    Ok(StoredMapping {
        id: row.id("mapping_id")?,
        name: row.text("name")?,
        document: row.text("document")?,
    })
}

fn read_asset(row: &Row<'_>) -> Result<Asset, StorageError> {
    let name = AssetName::parse(&row.text("name")?).map_err(|refusal| row.damaged("name", refusal.what))?;
    let mut details = Details::named(name);
    for field in Field::ALL {
        details
            .set_recorded(*field, &row.text(field.name())?)
            .map_err(|error| row.damaged(field.name(), error))?;
    }
    let lifecycle = match row.time_if("retired_at")? {
        None => Lifecycle::InUse,
        Some(at) => Lifecycle::Retired {
            by: row.id("retired_by")?,
            at,
            reason: row.text("retired_reason")?,
        },
    };
    Ok(Asset {
        id: row.id("asset_id")?,
        details,
        source: row.text("source")?,
        registered_at: row.time("registered_at")?,
        lifecycle,
        observed: read_observed(row)?,
        last_patched_at: row.time_if("last_patched_at")?,
    })
}

fn read_observed(row: &Row<'_>) -> Result<Observed, StorageError> {
    let Some(taken_at) = row.time_if("state_taken_at")? else {
        return Ok(Observed::Never);
    };
    let count_if = |column: &str| {
        row.integer_if(column)?
            .map(|count| u64::try_from(count).map_err(|_| row.damaged(column, "a count is negative")))
            .transpose()
    };
    Ok(Observed::State(Box::new(ObservedState {
        taken_at,
        evidence: row.id("state_evidence_id")?,
        hostname: row.text("state_hostname")?,
        os: row.text("state_os")?,
        os_version: row.text("state_os_version")?,
        architecture: row.text("state_architecture")?,
        kernel: row.text("state_kernel")?,
        firmware: row.text("state_firmware")?,
        machine_id: row.text("state_machine_id")?,
        boot_id: row.text("state_boot_id")?,
        reboot: row.word("state_reboot", RebootWord::named)?,
        pending: count_if("state_pending")?,
        security: count_if("state_security")?,
        packages: row.count("state_packages")?,
    })))
}

fn read_connection(row: &Row<'_>) -> Result<Connection, StorageError> {
    match row.text("way")?.as_str() {
        "local" => Ok(Connection::Local),
        "ssh" => Ok(Connection::Ssh(SshConnection {
            address: row.text("address")?,
            port: u16::try_from(row.count("port")?).map_err(|_| row.damaged("port", "it is no TCP port"))?,
            user: row.text("login")?,
            becoming: row.word("become_root", becoming_named)?,
            host_key: row.word("host_key", |text| HostKey::parse(text).ok())?,
        })),
        other => Err(row.damaged("way", format!("`{other}` is not one of its words"))),
    }
}
