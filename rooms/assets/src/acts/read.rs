//! Looking at the register.

use std::collections::BTreeMap;

use basis::{Actor, Class, Refusal};
use storage::{Organisation, View};

use super::{Read, existing, not_found};
use crate::connection::Connection;
use crate::rules::{Asset, AssetId, ObservedState, PackageRecord, UpdateRecord};
use crate::store::{self, FailedAttempt};

/// An asset with how it is reached and the last attempt that failed.
pub(crate) struct ShownAsset {
    pub(crate) asset: Asset,
    pub(crate) connection: Option<Connection>,
    pub(crate) failed_attempt: Option<FailedAttempt>,
}

/// An asset with the word for the way in which it is reached.
pub(crate) struct ListedAsset {
    pub(crate) asset: Asset,
    pub(crate) way: Option<String>,
}

pub(super) fn check(view: &View<'_>, actor: &Actor) -> Result<(), Refusal> {
    actor
        .may::<Read>(actor.person, policy::current(view)?.authority())
        .map(drop)
}

/// The id of the asset that a person calls by its id or its hostname.
pub(crate) fn resolved(organisation: &Organisation, text: &str) -> Result<AssetId, Refusal> {
    organisation.view(|view| {
        store::resolve(view, text)?
            .map(|asset| asset.id)
            .ok_or_else(|| not_found(text))
    })
}

/// At most `limit` assets after `after`.
pub(crate) fn show_list(
    organisation: &Organisation,
    actor: &Actor,
    lifecycle: Lifecycles,
    after: Option<AssetId>,
    limit: u64,
) -> Result<Vec<ListedAsset>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        let assets = match lifecycle {
            Lifecycles::InUse => store::list_in_use(view, after, limit)?,
            Lifecycles::All => store::list(view, after, limit)?,
        };
        let ways: BTreeMap<AssetId, String> = store::connection_ways(view)?;
        let with_way = |asset: Asset| ListedAsset {
            way: ways.get(&asset.id).cloned(),
            asset,
        };
        Ok(assets.into_iter().map(with_way).collect())
    })
}

/// Which assets are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifecycles {
    /// Those in use.
    InUse,
    /// The retired ones as well.
    All,
}

/// One asset.
pub(crate) fn show(organisation: &Organisation, actor: &Actor, id: AssetId) -> Result<ShownAsset, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(ShownAsset {
            asset: existing(view, id)?,
            connection: store::reach(view, id)?,
            failed_attempt: store::failed_attempt(view, id)?,
        })
    })
}

/// Refuses to list what no collection has found: an empty list would read as a machine that lacks nothing.
pub(super) fn check_collected(asset: &Asset) -> Result<&ObservedState, Refusal> {
    if let Some(state) = asset.observed_state() {
        return Ok(state);
    }
    let what = format!("{} ({}) was never collected", asset.name(), asset.id);
    Err(Refusal::new(Class::Conflict, "asset", what)
        .way_out(format!("collect it: `tagout asset collect {}`", asset.name())))
}

/// The packages of one asset.
pub(crate) fn show_packages(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
) -> Result<Vec<PackageRecord>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        check_collected(&existing(view, id)?)?;
        Ok(store::packages(view, id)?)
    })
}

/// The pending updates of one asset.
pub(crate) fn show_updates(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
) -> Result<Vec<UpdateRecord>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        check_collected(&existing(view, id)?)?;
        Ok(store::updates(view, id)?)
    })
}
