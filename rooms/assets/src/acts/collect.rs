//! Collecting the state of an asset.

use basis::{Actor, Class, Id, Refusal, Time};
use evidence::{EvidenceId, EvidenceName, MediaType, NewEvidence};
use hosts::{Firmware, Host, HostError, HostState, Learned, Timeouts};
use ledger::events::Events;
use policy::EvidenceKind;
use storage::{By, Organisation, StoredBlob, Tx};

use super::{Collect, control_dir, existing, host_refusal, identity_file, in_use};
use crate::connection::Connection;
use crate::observation::{package_records, reboot_word};
use crate::rules::{Asset, AssetId, Collected, NotReached, PackageChanges, UpdateRecord, package_changes};
use crate::store;

/// What one collection brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// The asset afterwards.
    pub asset: Asset,
    /// The whole state, as evidence.
    pub evidence: EvidenceId,
    /// What changed since the last collection; everything at the first one.
    pub packages: PackageChanges,
    /// What a person should look at.
    pub flags: Vec<Flag>,
}

/// Something about a collection that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flag {
    /// The machine id is another one than before: the host was reinstalled, or it is not the same host.
    MachineIdChanged {
        /// The one before.
        from: String,
        /// The one now.
        to: String,
    },
    /// Other assets showed the same machine id: clones, or one machine registered twice.
    MachineIdShared {
        /// Which.
        with: Vec<AssetId>,
    },
    /// The host calls itself by another name than the register does.
    OtherHostname {
        /// Its own name for itself.
        hostname: String,
    },
}

/// Collects the state of an asset: over SSH or locally, after fetching package lists when `lists` says so. The whole
/// state becomes evidence. A host that could not be read is recorded as well, and refused.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, `Conflict` while it is not settled how the asset is reached, or `Outside`
/// with what the host said.
pub fn collect(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    lists: Lists,
) -> Result<Collection, Refusal> {
    let connection = organisation.view(|view| {
        actor.may::<Collect>(id, policy::current(view)?.authority())?;
        let asset = in_use(existing(view, id)?)?;
        store::reach(view, id)?.ok_or_else(|| not_enrolled(&asset))
    })?;
    // The host is asked outside of any transaction: a slow host holds nobody up.
    let state = match read_host(organisation, &connection, lists)? {
        Ok(state) => state,
        Err(error) => return Err(not_reached(organisation, actor, id, &error)?),
    };
    let bytes = serde_json::to_vec_pretty(&state).map_err(|error| {
        Refusal::new(
            Class::Fault,
            "collection",
            format!("the state cannot be written: {error}"),
        )
        .way_out("report the fault with the server's log")
    })?;
    let taken_at = organisation.now();
    let blob = organisation.store_blob(&mut bytes.as_slice())?;
    let stored = blob.sha256;
    record(organisation, actor, id, &state, (blob, taken_at)).inspect_err(|_| {
        // What was refused is not kept; if this fails as well, `tagout doctor` finds the file.
        let _ = organisation.destroy_blob(&stored);
    })
}

/// Whether package lists are fetched before they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// They are read as they are on the host.
    AsTheyAre,
    /// They are fetched first, which uses the host's network and disk.
    Refreshed,
}

fn not_enrolled(asset: &Asset) -> Refusal {
    let what = format!("it is not settled how {} ({}) is reached", asset.id, asset.name());
    Refusal::new(Class::Conflict, "collection", what).missing("an address, a login and a confirmed host key").way_out(format!(
        "`tagout asset enrol-host {} --address … --user …`, or `--local` for the machine on which the server runs",
        asset.name()
    ))
}

fn read_host(
    organisation: &Organisation,
    connection: &Connection,
    lists: Lists,
) -> Result<Result<HostState, HostError>, Refusal> {
    let identity = match connection {
        Connection::Ssh(_) => identity_file(organisation)?,
        Connection::Local => std::path::PathBuf::new(),
    };
    let control_dir = control_dir(organisation);
    let read = || {
        let host = Host::connect(&connection.reach(&identity)?, &control_dir, Timeouts::default())?;
        if lists == Lists::Refreshed {
            hosts::refresh_lists(&host)?;
        }
        hosts::collect(&host)
    };
    Ok(read())
}

fn not_reached(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    error: &HostError,
) -> Result<Refusal, Refusal> {
    let mut tx = organisation.begin("assets.not_reached")?;
    let event = NotReached {
        asset: id,
        has_other_host_key: matches!(error, HostError::HostKeyChanged { .. }),
        why: error.to_string(),
    };
    tx.record(actor, Events::one(event))?;
    tx.commit()?;
    Ok(host_refusal(error))
}

fn record(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    state: &HostState,
    (blob, taken_at): (StoredBlob, Time),
) -> Result<Collection, Refusal> {
    let mut tx = organisation.begin("assets.collect")?;
    actor.may::<Collect>(id, policy::current(&tx.view())?.authority())?;
    let before = in_use(existing(&tx.view(), id)?)?;
    let by = By::from(actor);
    let evidence = attach(&mut tx, &by, id, blob, taken_at)?;
    let now = package_records(state);
    let known = store::packages(&tx.view(), id)?;
    let packages = package_changes(&known, &now);
    let event = collected(&before, state, evidence, taken_at, &packages);
    let flags = flags(&tx, &before, state, &event)?;
    tx.record(by, Events::one(event))?;
    let asset = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(Collection {
        asset,
        evidence,
        packages,
        flags,
    })
}

fn attach(
    tx: &mut Tx<'_>,
    by: &By,
    id: AssetId,
    blob: StoredBlob,
    taken_at: Time,
) -> Result<EvidenceId, Refusal> {
    let new = NewEvidence {
        name: EvidenceName::made_of(&format!("{id}-state.json")),
        media_type: MediaType::Json,
        kind: EvidenceKind::Baseline,
        blob,
        about: vec![id.subject()],
        objectives: vec!["r2:3.4.1[a]".to_owned()],
        is_final: true,
        taken_at,
    };
    Ok(evidence::attach(tx, by, new)?)
}

fn collected(
    before: &Asset,
    state: &HostState,
    evidence: EvidenceId,
    taken_at: Time,
    packages: &PackageChanges,
) -> Collected {
    let machine_id = state.machine_id.known().filter(|id| !id.is_empty()).cloned();
    let machine_id_before = before.observed_state().map(|state| state.machine_id.clone());
    let replaces = machine_id_before
        .filter(|before| !before.is_empty() && machine_id.as_ref().is_some_and(|now| now != before));
    let updates = state.updates.known().map(|updates| {
        let mut records: Vec<UpdateRecord> = updates.pending.iter().map(UpdateRecord::of).collect();
        records.sort();
        records
    });
    Collected {
        added: packages.added.clone(),
        architecture: state.architecture.clone(),
        asset: before.id,
        boot_id: state.boot_id.known().map(|id| id.as_str().to_owned()),
        evidence,
        firmware: firmware_text(&state.firmware),
        hostname: state.hostname.clone(),
        is_full: before.observed_state().is_none(),
        kernel: state.kernel.running.clone(),
        machine_id,
        os: state.os.pretty_name.clone(),
        os_version: state.os.version_id.clone(),
        packages: package_records(state).len() as u64,
        reboot: reboot_word(&state.reboot).name().to_owned(),
        removed: packages.removed.clone(),
        replaces_machine_id: replaces,
        taken_at,
        updates,
    }
}

fn firmware_text(firmware: &Learned<Firmware>) -> Option<String> {
    let firmware = firmware.known()?;
    let parts = [&firmware.bios_vendor, &firmware.bios_version, &firmware.bios_date];
    let text = parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    (!text.is_empty()).then_some(text)
}

fn flags(tx: &Tx<'_>, before: &Asset, state: &HostState, event: &Collected) -> Result<Vec<Flag>, Refusal> {
    let mut flags = Vec::new();
    if let (Some(from), Some(to)) = (&event.replaces_machine_id, &event.machine_id) {
        flags.push(Flag::MachineIdChanged {
            from: from.clone(),
            to: to.clone(),
        });
    }
    if let Some(machine_id) = &event.machine_id {
        let with = store::others_with_machine_id(&tx.view(), machine_id, before.id)?;
        if !with.is_empty() {
            flags.push(Flag::MachineIdShared { with });
        }
    }
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    if short(&state.hostname) != short(before.name()) {
        flags.push(Flag::OtherHostname {
            hostname: state.hostname.clone(),
        });
    }
    Ok(flags)
}
