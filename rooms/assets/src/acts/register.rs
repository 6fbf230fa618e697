//! Registering, editing and retiring an asset.

use basis::{Actor, Class, Refusal, Time};
use ledger::events::Events;
use storage::{By, Organisation, StorageError, Tx, View};

use super::{Register, Retire, existing, in_use};
use crate::rules::{
    self, Asset, AssetId, AssetName, Details, Field, Patched, Retired, check_reason, described,
};
use crate::store;

/// Refuses a hostname that another asset in use has.
fn check_name_is_free(view: &View<'_>, name: &AssetName, id: AssetId) -> Result<(), Refusal> {
    match store::by_name(view, name.as_str())? {
        Some(other) if other.id != id => {
            let what = format!("the hostname `{name}` belongs to {}", other.id);
            Err(Refusal::new(Class::Conflict, "asset name", what)
                .way_out("take another name, edit that asset, or retire it if its system is gone"))
        }
        _ => Ok(()),
    }
}

/// Brings a system into the register.
///
/// # Errors
/// A refusal of class `Forbidden`, `Invalid` with the field, or `Conflict` when the hostname is taken.
pub fn register(
    organisation: &Organisation,
    actor: &Actor,
    name: AssetName,
    fields: &[(Field, String)],
) -> Result<Asset, Refusal> {
    let mut tx = organisation.begin("assets.register")?;
    let id = store::next_asset_id(&tx.view())?;
    actor.may::<Register>(id, policy::current(&tx.view())?.authority())?;
    let details = described(Details::named(name), fields)?;
    check_name_is_free(&tx.view(), &details.name, id)?;
    tx.record(actor, Events::one(rules::registered(id, &details, "hand", None)))?;
    let asset = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(asset)
}

/// Changes what is said about an asset; nothing is recorded where it says so already.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, `Invalid` with the field, or `Conflict` when it was retired or the
/// hostname is taken.
pub fn edit(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    fields: &[(Field, String)],
) -> Result<Asset, Refusal> {
    let mut tx = organisation.begin("assets.edit")?;
    actor.may::<Register>(id, policy::current(&tx.view())?.authority())?;
    let before = existing(&tx.view(), id)?;
    let details = described(before.details.clone(), fields)?;
    check_name_is_free(&tx.view(), &details.name, id)?;
    tx.record(actor, rules::edit(&before, &details, None)?)?;
    let after = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(after)
}

/// Takes an asset out of use; its name is free afterwards and its record stays.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, `Invalid` without a reason, or `Conflict` when it was retired before.
pub fn retire(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    reason: &str,
) -> Result<Asset, Refusal> {
    let mut tx = organisation.begin("assets.retire")?;
    actor.may::<Retire>(id, policy::current(&tx.view())?.authority())?;
    in_use(existing(&tx.view(), id)?)?;
    let reason = check_reason(reason)?;
    tx.record(actor, Events::one(Retired { asset: id, reason }))?;
    let asset = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(asset)
}

/// Notes in the caller's transaction, on the caller's authority, that an asset was patched.
///
/// # Errors
/// Those of storage.
pub fn note_patched(tx: &mut Tx<'_>, by: &By, asset: AssetId, at: Time) -> Result<(), StorageError> {
    tx.record(by.clone(), Events::one(Patched { asset, at }))
}
