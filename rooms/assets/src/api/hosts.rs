//! Reaching hosts over the API: their keys, how they are reached, their state.

use basis::{Class, Refusal};
use evidence::EvidenceId;
use frame::{Call, IdText, Nothing};
use hosts::HostKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AssetView, asset_in, view_of};
use crate::acts::{self, Collection, Flag, Lists};
use crate::connection::{Connection, SshConnection, becoming_named};

/// The key with which the server logs in to hosts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionKeyView {
    /// The public half, as it is put into `authorized_keys`.
    pub public_key: String,
}

pub(super) fn connection_key(call: &Call<'_>) -> Result<ConnectionKeyView, Refusal> {
    let public_key = acts::connection_key(call.organisation(), call.actor)?;
    Ok(ConnectionKeyView { public_key })
}

/// Which host to ask for its keys.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanRequest {
    /// DNS name or IP address.
    pub address: String,
    /// TCP port.
    pub port: u16,
}

/// A key that a host offered. Nothing is known about it until a person has compared its fingerprint.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferedKey {
    /// Kind and key, as in `known_hosts`.
    pub host_key: String,
    /// As `ssh-keygen -l` prints it.
    pub fingerprint: String,
}

/// The keys that a host offered, best kind first.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScannedKeys {
    pub keys: Vec<OfferedKey>,
}

pub(super) fn scan(call: &Call<'_, Nothing, ScanRequest>) -> Result<ScannedKeys, Refusal> {
    let id = asset_in(call)?;
    let keys = acts::scan_host_key(
        call.organisation(),
        call.actor,
        id,
        &call.body.address,
        call.body.port,
    )?;
    let offered = |key: &HostKey| OfferedKey {
        host_key: key.to_string(),
        fingerprint: key.fingerprint(),
    };
    Ok(ScannedKeys {
        keys: keys.iter().map(offered).collect(),
    })
}

/// How an asset is reached.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "way", rename_all = "snake_case", deny_unknown_fields)]
pub enum ConnectRequest {
    /// Over SSH, by a key that a person confirmed.
    Ssh {
        /// DNS name or IP address.
        address: String,
        /// TCP port.
        port: u16,
        /// The login name.
        user: String,
        /// `sudo` or `root`.
        become_root: String,
        /// The key, as the scan offered it.
        host_key: String,
        /// The fingerprint that a person read on the host itself.
        fingerprint: String,
    },
    /// It is the machine on which the server runs.
    Local {},
}

pub(super) fn connect(call: &Call<'_, Nothing, ConnectRequest>) -> Result<AssetView, Refusal> {
    let id = asset_in(call)?;
    let (connection, confirmed) = connection_of(&call.body)?;
    acts::connect(call.organisation(), call.actor, id, &connection, confirmed)?;
    view_of(call, id)
}

fn connection_of(request: &ConnectRequest) -> Result<(Connection, &str), Refusal> {
    let ConnectRequest::Ssh {
        address,
        port,
        user,
        become_root,
        host_key,
        fingerprint,
    } = request
    else {
        return Ok((Connection::Local, ""));
    };
    let host_key = HostKey::parse(host_key).map_err(|error| {
        Refusal::new(Class::Invalid, "connection", error.to_string())
            .way_out("give a key that the host offered, as the scan shows it")
    })?;
    let ssh = ssh_named(address, *port, user, become_root, host_key)?;
    Ok((Connection::Ssh(ssh), fingerprint))
}

/// The connection with this word for acting as root.
pub(crate) fn ssh_named(
    address: &str,
    port: u16,
    user: &str,
    become_root: &str,
    host_key: HostKey,
) -> Result<SshConnection, Refusal> {
    let becoming = becoming_named(become_root).ok_or_else(|| {
        let what = format!("`{become_root}` is no way of acting as root");
        Refusal::new(Class::Invalid, "connection", what).way_out("write `sudo` or `root`")
    })?;
    Ok(SshConnection {
        address: address.to_owned(),
        port,
        user: user.to_owned(),
        becoming,
        host_key,
    })
}

/// How the state is collected.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectRequest {
    /// Whether package lists are fetched first (`apt-get update`, `dnf makecache`).
    #[serde(default)]
    pub refresh: bool,
}

/// What a collection brought.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionView {
    pub asset: AssetView,
    /// The whole state.
    #[schemars(with = "IdText<EvidenceId>")]
    pub evidence: EvidenceId,
    /// Packages that came since the last collection, as `name architecture version`.
    pub packages_added: Vec<String>,
    /// Packages that went since the last collection.
    pub packages_removed: Vec<String>,
    /// What a person should look at.
    pub flags: Vec<String>,
}

pub(super) fn collect(call: &Call<'_, Nothing, CollectRequest>) -> Result<CollectionView, Refusal> {
    let lists = match call.body.refresh {
        true => Lists::Refreshed,
        false => Lists::AsTheyAre,
    };
    let collection = acts::collect(call.organisation(), call.actor, asset_in(call)?, lists)?;
    let Collection {
        asset,
        evidence,
        packages,
        flags,
    } = collection;
    let key_text = |name: &str, architecture: &str, version: &str| format!("{name} {architecture} {version}");
    Ok(CollectionView {
        asset: AssetView::of_new(asset),
        evidence,
        packages_added: packages
            .added
            .iter()
            .map(|p| key_text(&p.name, &p.architecture, &p.version))
            .collect(),
        packages_removed: packages
            .removed
            .iter()
            .map(|p| key_text(&p.name, &p.architecture, &p.version))
            .collect(),
        flags: flags.iter().map(flag_text).collect(),
    })
}

fn flag_text(flag: &Flag) -> String {
    match flag {
        Flag::MachineIdChanged { from, to } => {
            format!("the machine id was {from} and is {to}: the host was reinstalled, or it is another one")
        }
        Flag::MachineIdShared { with } => {
            let with = with
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ");
            format!("{with} showed the same machine id: clones, or one machine registered twice")
        }
        Flag::OtherHostname { hostname } => format!("the host calls itself `{hostname}`"),
    }
}
