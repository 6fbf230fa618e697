//! History: the record as such. Browsing it, proving it, giving parts of it away as evidence packages that a stranger
//! verifies offline, destroying what was spilled into it, and recovering it.
//!
//! The last room: it reads entries of every other room by their types and members as `docs/package-format.md` names
//! them. No rule about changes, assets or people lives here, and no other room may depend on this one.

mod acts;
mod api;
mod commands;
mod directory;
mod pages;
mod readable;
mod rules;
mod store;

use frame::Routes;
use storage::{EventKind, Migration};

pub use acts::{
    Attested, Depth, EXAMINED_ENTRIES_MAX, Examined, Exported, Found, Look, Proven, Redacted, Shown,
    SignedHead, attested, checkpoint, confirm_redaction, entries, entry, export, ledger_size, look,
    newest_exports, package, recover, request_redaction, verify_now,
};
pub use commands::{ExportCommand, HistoryCommand, VerifyCommand};
pub use directory::Directory;
pub use rules::{Asked, CheckpointId, Export, ExportId, RecoveryId, Redaction, RedactionId};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &[
    "history.export",
    "history.read",
    "history.recover",
    "history.redact",
];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[Migration {
        name: "history/0001",
        sql: include_str!("../migrations/0001_history.sql"),
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
