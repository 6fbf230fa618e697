//! Assets: every system in scope, what was said about it, how it is reached, and what was found on it.
//!
//! The register says what a system is; what is wrong with it is a finding, and what is done to it is a change. A list of
//! systems enters by a mapping and only after its difference was looked at. A host is reached only by a key that a person
//! confirmed. Nothing here changes a host, and nothing here ever will: collecting reads, at most it fetches package lists.

mod acts;
mod api;
mod commands;
mod connection;
mod observation;
mod pages;
mod record;
mod rules;
mod store;

use frame::Routes;
use storage::{EventKind, Migration};

pub use acts::{
    Applied, Collection, Flag, Import, Lists, PackageDifferences, browse, collect, connect, connection_key,
    control_dir, coverage, edit, identity_file, import, note_patched, package_differences, preview, register,
    retire, save_mapping, scan_host_key, show_packages_part, show_updates_part,
};
pub use commands::AssetCommand;
pub use connection::{Connection, SshConnection};
pub use observation::package_records;
pub use pages::offered;
pub use record::{ChangedRecord, DifferenceRecord, MissingRecord, NewRecord, RejectedRecord};
pub use rules::*;
pub use store::{
    CollectedState, Coverage, FailedAttempt, Freshness, InUse, Selection, all_in_use, by_name,
    failed_attempt, find, latest_state, list, list_in_use, packages, reach, resolve, updates,
};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &[
    "assets.collect",
    "assets.enrol_host",
    "assets.import",
    "assets.read",
    "assets.register",
    "assets.retire",
];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[Migration {
        name: "assets/0001",
        sql: include_str!("../migrations/0001_assets.sql"),
    }]
}

/// The room's events and what becomes of them.
pub fn events() -> Vec<EventKind> {
    store::events()
}

/// The room's routes.
pub fn routes() -> Routes {
    api::routes()
}
