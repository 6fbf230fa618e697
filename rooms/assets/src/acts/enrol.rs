//! Settling how a host is reached.

use basis::{Actor, Class, Refusal};
use hosts::HostKey;
use ledger::events::Events;
use storage::Organisation;

use super::{EnrolHost, existing, host_refusal, identity_file, in_use};
use crate::connection::{Connection, check_fingerprint, connected, same_connection};
use crate::rules::{AssetId, HostKeyScanned};
use crate::store;

/// Asks a host for its keys, for a person to compare with what the host's own console shows. What was offered is
/// recorded and nothing is trusted.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, `Invalid` for a bad address, or `Outside` when nothing answers.
pub fn scan_host_key(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    address: &str,
    port: u16,
) -> Result<Vec<HostKey>, Refusal> {
    organisation.view(|view| {
        actor.may::<EnrolHost>(id, policy::current(view)?.authority())?;
        in_use(existing(view, id)?)
    })?;
    // The network is asked outside of any transaction: a slow host holds nobody up.
    let keys = hosts::scan_host_key(address, port).map_err(|error| host_refusal(&error))?;
    let mut tx = organisation.begin("assets.scan_host_key")?;
    actor.may::<EnrolHost>(id, policy::current(&tx.view())?.authority())?;
    let scanned = HostKeyScanned {
        address: address.to_owned(),
        asset: id,
        fingerprints: keys.iter().map(HostKey::fingerprint).collect(),
        port,
    };
    tx.record(actor, Events::one(scanned))?;
    tx.commit()?;
    Ok(keys)
}

/// Settles how an asset is reached. `confirmed` is the fingerprint that a person read on the host itself; it is compared
/// with the key, and means nothing for the local machine.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, also to a token and to who proved too long ago who they are, `Invalid` when the
/// fingerprint is not the key's, or `Conflict` when another asset is the local machine already.
pub fn connect(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    connection: &Connection,
    confirmed: &str,
) -> Result<(), Refusal> {
    if let Connection::Ssh(ssh) = connection {
        check_fingerprint(&ssh.host_key, confirmed)?;
        // Whatever `ssh` could misread is refused now and not at the first collection.
        connection
            .reach(&identity_file(organisation)?)
            .map_err(|error| host_refusal(&error))?;
    }
    let mut tx = organisation.begin("assets.connect")?;
    let policy = policy::current(&tx.view())?;
    actor.may::<EnrolHost>(id, policy.authority())?;
    // Whoever pins another key has everything that is done on this host from then on done on a machine of theirs.
    let within = policy.sign_in_terms().step_up;
    people::check_in_person(
        actor,
        within,
        organisation.now(),
        "settling how a host is reached",
    )?;
    let asset = in_use(existing(&tx.view(), id)?)?;
    if let (Connection::Local, Some(other)) = (connection, store::local_asset(&tx.view())?)
        && other != id
    {
        let what = format!(
            "{other} is the machine on which this server runs, so {} cannot be",
            asset.id
        );
        return Err(Refusal::new(Class::Conflict, "connection", what)
            .way_out(format!("retire {other} first, or reach {} over SSH", asset.id)));
    }
    let before = store::reach(&tx.view(), id)?;
    if same_connection(before.as_ref(), connection) {
        return Ok(());
    }
    tx.record(actor, Events::one(connected(id, connection, before.as_ref())))?;
    tx.commit()?;
    Ok(())
}
