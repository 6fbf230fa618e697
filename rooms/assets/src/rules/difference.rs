//! What reading a list would change in the register, to be looked at before it is applied.

use std::collections::BTreeMap;

use super::asset::{Asset, AssetId};
use super::events::FromTo;
use super::field::{Details, Field};
use super::name::AssetName;
use super::register::field_changes;

/// One usable row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The line of the file.
    pub line: usize,
    /// The hostname.
    pub name: AssetName,
    /// What the row says, in the form in which fields are kept.
    pub fields: BTreeMap<Field, String>,
    /// What a new asset gets where the row says nothing.
    pub defaults: BTreeMap<Field, String>,
}

/// A row that would bring a new asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// The line of the file.
    pub line: usize,
    /// What would be registered.
    pub details: Details,
}

/// A row that would change an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The line of the file.
    pub line: usize,
    /// Which asset.
    pub asset: AssetId,
    /// Its hostname.
    pub name: AssetName,
    /// Field by field, before and after.
    pub fields: BTreeMap<Field, FromTo>,
    /// What it would be afterwards.
    pub details: Details,
}

/// An asset that came from such a list and is not in this one. It is shown and nothing is done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which asset.
    pub asset: AssetId,
    /// Its hostname.
    pub name: AssetName,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line of the file.
    pub line: usize,
    /// Why, and what to do.
    pub reason: String,
}

/// What reading a list would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Assets that would be registered.
    pub new: Vec<New>,
    /// Assets that would be changed.
    pub changed: Vec<Change>,
    /// How many assets are as the list says.
    pub unchanged: usize,
    /// Assets from such lists that this one lacks.
    pub missing: Vec<Missing>,
    /// Rows that cannot be used, by line.
    pub rejected: Vec<Rejected>,
}

impl Difference {
    /// Whether applying it would change nothing.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty()
    }
}

/// Compares the rows of a list with the assets in use. `source` is the mapping by which the list is read.
///
/// A row says something about the asset with its name; what it leaves empty it says nothing about.
pub fn difference(
    in_use: &[Asset],
    source: &str,
    listed: Vec<Listed>,
    rejected: Vec<Rejected>,
) -> Difference {
    let known: BTreeMap<String, &Asset> = in_use
        .iter()
        .map(|asset| (asset.details.name.key(), asset))
        .collect();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut difference = Difference {
        rejected,
        ..Difference::default()
    };
    for row in listed {
        let key = row.name.key();
        if let Some(first) = lines.get(&key) {
            let reason = format!(
                "`{}` stands in line {first} already; give each system a name of its own",
                row.name
            );
            difference.rejected.push(Rejected {
                line: row.line,
                reason,
            });
            continue;
        }
        lines.insert(key.clone(), row.line);
        match known.get(&key) {
            None => take_new(&mut difference, row),
            Some(asset) => take_known(&mut difference, asset, &row),
        }
    }
    difference.rejected.sort_by_key(|rejected| rejected.line);
    let is_missing =
        |asset: &&Asset| asset.source == source && !lines.contains_key(&asset.details.name.key());
    let missing = |asset: &Asset| Missing {
        asset: asset.id,
        name: asset.details.name.clone(),
    };
    difference.missing = in_use.iter().filter(is_missing).map(missing).collect();
    difference
}

fn with_fields(mut details: Details, fields: &BTreeMap<Field, String>) -> Result<Details, String> {
    for (field, value) in fields {
        details.set(*field, value).map_err(|error| error.to_string())?;
    }
    Ok(details)
}

fn take_new(difference: &mut Difference, row: Listed) {
    let details = with_fields(Details::named(row.name), &row.defaults)
        .and_then(|details| with_fields(details, &row.fields));
    match details {
        Ok(details) => difference.new.push(New {
            line: row.line,
            details,
        }),
        Err(reason) => difference.rejected.push(Rejected {
            line: row.line,
            reason,
        }),
    }
}

fn take_known(difference: &mut Difference, asset: &Asset, row: &Listed) {
    let details = match with_fields(asset.details.clone(), &row.fields) {
        Ok(details) => details,
        Err(reason) => {
            return difference.rejected.push(Rejected {
                line: row.line,
                reason,
            });
        }
    };
    let fields = field_changes(&asset.details, &details);
    if fields.is_empty() {
        difference.unchanged += 1;
        return;
    }
    difference.changed.push(Change {
        line: row.line,
        asset: asset.id,
        name: asset.details.name.clone(),
        fields,
        details,
    });
}
