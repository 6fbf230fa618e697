//! Rows of assets, and what each event makes of them.

mod apply;
mod browse;
mod read;

pub(crate) use apply::events;
pub use browse::{Coverage, Freshness, InUse, Selection};
pub(crate) use browse::{browse, coverage, packages_part, updates_part};
pub use read::CollectedState;
pub use read::{
    FailedAttempt, all_in_use, by_name, failed_attempt, find, latest_state, list, list_in_use, packages,
    reach, resolve, updates,
};
pub(crate) use read::{
    connection_ways, find_mapping, local_asset, mappings, next_asset_id, next_import_id, next_mapping_id,
    others_with_machine_id,
};
