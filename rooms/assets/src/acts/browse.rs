//! Looking through the register part by part, and at what changed on one asset.

use basis::{Actor, Refusal};
use evidence::{Evidence, EvidenceId, MediaType};
use hosts::HostState;
use policy::EvidenceKind;
use storage::{Organisation, StorageError, View};

use super::existing;
use super::read::{check, check_collected};
use crate::observation::package_records;
use crate::rules::{Asset, AssetId, PackageChanges, PackageRecord, UpdateRecord, package_changes};
use crate::store::{self, Coverage, Selection};

/// How many earlier baselines are looked at for one that holds a state.
const BASELINES_MAX: u64 = 10;
/// Largest state that is read back.
const STATE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How the packages of an asset differ from the baseline before its last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageDifferences {
    /// The asset.
    pub asset: Asset,
    /// The baseline before; none where there is none.
    pub before: Option<Evidence>,
    /// The last baseline.
    pub after: EvidenceId,
    /// What changed; nothing where there is none before.
    pub changes: PackageChanges,
}

/// One part of the assets that were asked for, in the order of `order`: `name`, `collected`, `updates` or `security`, with
/// a dash in front for the greatest first.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn browse(
    organisation: &Organisation,
    actor: &Actor,
    selection: &Selection,
    order: &str,
    limit: u64,
    offset: u64,
) -> Result<Vec<Asset>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        let part = (limit, offset);
        Ok(store::browse(view, organisation.now(), selection, order, part)?)
    })
}

/// How many assets in use were collected when.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn coverage(organisation: &Organisation, actor: &Actor) -> Result<Coverage, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(store::coverage(view, organisation.now())?)
    })
}

/// One part of the packages of an asset, by name; `part` is how many at most, and how many before it.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, or `Conflict` where it was never collected.
pub fn show_packages_part(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    text: Option<&str>,
    part: (u64, u64),
) -> Result<(Asset, Vec<PackageRecord>), Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        let asset = existing(view, id)?;
        check_collected(&asset)?;
        Ok((asset, store::packages_part(view, id, text, part)?))
    })
}

/// One part of the pending updates of an asset, security updates first; `part` as above.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, or `Conflict` where it was never collected.
pub fn show_updates_part(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
    part: (u64, u64),
) -> Result<(Asset, Vec<UpdateRecord>), Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        let asset = existing(view, id)?;
        check_collected(&asset)?;
        Ok((asset, store::updates_part(view, id, part)?))
    })
}

/// How the packages of an asset differ from the baseline before its last one.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, or `Conflict` where it was never collected.
pub fn package_differences(
    organisation: &Organisation,
    actor: &Actor,
    id: AssetId,
) -> Result<PackageDifferences, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        let asset = existing(view, id)?;
        let after = check_collected(&asset)?.evidence;
        let before = baseline_before(organisation, view, id, after)?;
        let changes = match &before {
            Some((_, packages)) => package_changes(packages, &store::packages(view, id)?),
            None => PackageChanges::default(),
        };
        Ok(PackageDifferences {
            asset,
            before: before.map(|(evidence, _)| evidence),
            after,
            changes,
        })
    })
}

/// The newest baseline before `last` that holds the asset's whole state, with its packages.
fn baseline_before(
    organisation: &Organisation,
    view: &View<'_>,
    id: AssetId,
    last: EvidenceId,
) -> Result<Option<(Evidence, Vec<PackageRecord>)>, StorageError> {
    let selection = evidence::Selection {
        about: Some(basis::Id::subject(id)),
        kind: Some(EvidenceKind::Baseline),
        standing: Some("final"),
        ..evidence::Selection::default()
    };
    let candidates = evidence::browse(view, &selection, (BASELINES_MAX, 0))?;
    let earlier = candidates
        .into_iter()
        .filter(|candidate| candidate.id < last && candidate.media_type == MediaType::Json);
    for candidate in earlier {
        let bytes = organisation.read_blob(&candidate.blob.sha256, STATE_BYTES_MAX)?;
        // A baseline that a run took holds more than a state, and is none of these.
        if let Ok(state) = serde_json::from_slice::<HostState>(&bytes) {
            return Ok(Some((candidate, package_records(&state))));
        }
    }
    Ok(None)
}
