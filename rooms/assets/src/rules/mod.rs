//! What assets are and what follows: plain functions of what they are told.

#[macro_use]
mod words;

mod asset;
mod difference;
mod events;
mod field;
mod mapping;
mod name;
mod packages;
mod register;

pub use asset::{Asset, AssetId, ImportId, Lifecycle, MappingId, Observed, ObservedState, RebootWord};
pub use difference::{Change, Difference, Listed, Missing, New, Rejected, difference};
pub use events::{
    Collected, Connected, Edited, FieldTexts, FromTo, HostKeyScanned, Imported, MappingSaved, NotReached,
    Patched, Registered, Retired,
};
pub use field::{ADDRESSES_MAX, Details, Field, FieldError, TEXT_CHARS_MAX};
pub use mapping::{MAPPING_BYTES_MAX, Mapping, MappingError, SHIPPED, check_mapping_name};
pub use name::AssetName;
pub use packages::{PackageChanges, PackageKey, PackageRecord, UpdateRecord, package_changes};
pub(crate) use register::{check_reason, described, edit, registered};
pub use words::{AssetKind, MaintenanceRisk, ManagementPath};
