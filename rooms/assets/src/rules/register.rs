//! Registering, editing and retiring.

use std::collections::BTreeMap;

use basis::{Class, Refusal};
use ledger::events::Events;

use super::asset::{Asset, AssetId, ImportId, Lifecycle};
use super::events::{Edited, FromTo, Registered};
use super::field::{Details, Field, FieldError};

/// Longest reason.
const REASON_CHARS_MAX: usize = 2_000;

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Refusal {
        let what = format!("`{}` cannot be the {}", error.value, error.field);
        Refusal::new(Class::Invalid, "asset", what).way_out(error.wanted)
    }
}

/// Sets `fields` in `details`.
pub(crate) fn described(mut details: Details, fields: &[(Field, String)]) -> Result<Details, Refusal> {
    for (field, value) in fields {
        details.set(*field, value)?;
    }
    Ok(details)
}

/// The event that brings an asset into the register.
pub(crate) fn registered(
    asset: AssetId,
    details: &Details,
    source: &str,
    import: Option<ImportId>,
) -> Registered {
    let texts = Field::ALL
        .iter()
        .map(|field| (field.name().to_owned(), details.text(*field)));
    Registered {
        asset,
        fields: texts.filter(|(_, text)| !text.is_empty()).collect(),
        import,
        source: source.to_owned(),
    }
}

/// The changes that lead from one description to another, by field.
pub(crate) fn field_changes(before: &Details, after: &Details) -> BTreeMap<Field, FromTo> {
    let both = |field: &Field| (*field, before.text(*field), after.text(*field));
    Field::ALL
        .iter()
        .map(both)
        .filter(|(_, from, to)| from != to)
        .map(|(field, from, to)| (field, FromTo { from, to }))
        .collect()
}

/// Changes what is said about an asset; nothing where it says so already.
pub(crate) fn edit(asset: &Asset, after: &Details, import: Option<ImportId>) -> Result<Events, Refusal> {
    if let Lifecycle::Retired { at, .. } = &asset.lifecycle {
        let what = format!("{} was retired at {}", asset.id, at.to_minutes());
        return Err(
            Refusal::new(Class::Conflict, "asset", what).way_out("register the system anew if it is back")
        );
    }
    let changes = field_changes(&asset.details, after);
    if changes.is_empty() {
        return Ok(Events::none());
    }
    Ok(Events::one(Edited {
        asset: asset.id,
        changes: changes
            .into_iter()
            .map(|(field, change)| (field.name().to_owned(), change))
            .collect(),
        import,
    }))
}

/// Takes a reason: some text, not too much of it.
pub(crate) fn check_reason(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if (1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Ok(reason.to_owned());
    }
    let what = format!("a reason has 1 to {REASON_CHARS_MAX} characters");
    Err(Refusal::new(Class::Invalid, "asset", what).way_out("say in a sentence why"))
}
