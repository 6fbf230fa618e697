//! Reading the register part by part: filtered, sorted and cut where the rows are.

use basis::{Span, Time};
use storage::{StorageError, Value, View};

use super::read::{find, read_package, read_update};
use crate::rules::{Asset, AssetId, PackageRecord, UpdateRecord};
use policy::{Classification, Criticality, Environment, Exposure};

/// A state that is older than this is called old.
pub(crate) const FRESH: Span = Span::days(7);

/// Whether retired assets are browsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InUse {
    /// Those in use.
    #[default]
    Only,
    /// Those that were retired.
    Retired,
    /// All.
    All,
}

/// How long ago the state was collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Within 7 days.
    Fresh,
    /// Longer ago.
    Older,
    /// Never.
    Never,
}

/// Which assets are browsed; what is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Whether they are in use.
    pub in_use: InUse,
    /// Only those of this classification.
    pub classification: Option<Classification>,
    /// Only those of this criticality.
    pub criticality: Option<Criticality>,
    /// Only those of this exposure.
    pub exposure: Option<Exposure>,
    /// Only those of this environment.
    pub environment: Option<Environment>,
    /// Only those whose state was collected so.
    pub collected: Option<Freshness>,
    /// Only those with this text in name, address, owner, operating system or patch group.
    pub text: Option<String>,
}

/// How many assets in use were collected when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Within a day.
    pub day: u64,
    /// Before that, within 7 days.
    pub week: u64,
    /// Before that, within 30 days.
    pub month: u64,
    /// Before that.
    pub older: u64,
    /// Never.
    pub never: u64,
}

/// One part of the assets that were asked for, in the order of `order`: `name`, `collected`, `updates` or `security`, with
/// a dash in front for the greatest first.
pub(crate) fn browse(
    view: &View<'_>,
    now: Time,
    selection: &Selection,
    order: &str,
    (limit, offset): (u64, u64),
) -> Result<Vec<Asset>, StorageError> {
    let in_use = match selection.in_use {
        InUse::Only => "in_use",
        InUse::Retired => "retired",
        InUse::All => "all",
    };
    let collected = selection.collected.map(|collected| match collected {
        Freshness::Fresh => "fresh",
        Freshness::Older => "older",
        Freshness::Never => "never",
    });
    let values = [
        in_use.into(),
        selection.classification.map(Classification::name).into(),
        selection.criticality.map(Criticality::name).into(),
        selection.exposure.map(Exposure::name).into(),
        selection.environment.map(Environment::name).into(),
        collected.into(),
        (now - FRESH).into(),
        selection.text.as_deref().map(pattern).into(),
        order.into(),
        limit.into(),
        offset.into(),
    ];
    let ids: Vec<AssetId> = view.rows(include_str!("../sql/browse_assets.sql"), &values, |row| {
        row.id("asset_id")
    })?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(find(view, id)?);
    }
    Ok(found)
}

/// What `like` looks for to find the text anywhere.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// How many assets in use were collected when.
pub(crate) fn coverage(view: &View<'_>, now: Time) -> Result<Coverage, StorageError> {
    let since = [1, 7, 30].map(|days| Value::from(now - Span::days(days)));
    view.the(include_str!("../sql/count_coverage.sql"), &since, |row| {
        Ok(Coverage {
            day: row.count("day")?,
            week: row.count("week")?,
            month: row.count("month")?,
            older: row.count("older")?,
            never: row.count("never")?,
        })
    })
}

/// One part of the packages that the last collection found, by name.
pub(crate) fn packages_part(
    view: &View<'_>,
    id: AssetId,
    text: Option<&str>,
    (limit, offset): (u64, u64),
) -> Result<Vec<PackageRecord>, StorageError> {
    let values = [
        Value::id(id),
        text.map(pattern).into(),
        limit.into(),
        offset.into(),
    ];
    view.rows(include_str!("../sql/browse_packages.sql"), &values, read_package)
}

/// One part of the updates that the last collection found pending, security updates first.
pub(crate) fn updates_part(
    view: &View<'_>,
    id: AssetId,
    (limit, offset): (u64, u64),
) -> Result<Vec<UpdateRecord>, StorageError> {
    let values = [Value::id(id), limit.into(), offset.into()];
    view.rows(include_str!("../sql/browse_updates.sql"), &values, read_update)
}
