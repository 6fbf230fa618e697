//! Evidence: files in the vault, what each shows, what it is about, who looked at it, and when it was destroyed.
//!
//! Evidence is tied to anything by its id and knows nothing of what stands behind that id. Whether it suffices is a
//! question for the policy; what it means is for the room that attached it. No content is ever changed here: a file is
//! added, opened, declared final, or destroyed with a reason that stays.

mod acts;
mod api;
mod commands;
mod pages;
mod rules;
mod store;

use frame::Routes;
use storage::{EventKind, Migration};

pub use acts::{NewEvidence, add, attach, destroy, finalise, open, opened_content};
pub use commands::EvidenceCommand;
pub use rules::{
    Added, Destroyed, Evidence, EvidenceId, EvidenceName, Finalised, MediaType, Opened, Opening, OpeningId,
    Standing, StoredFile,
};
pub use store::{Selection, about, browse, find, list, list_about, openings};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &["evidence.add", "evidence.destroy", "evidence.read"];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[
        Migration {
            name: "evidence/0001",
            sql: include_str!("../migrations/0001_evidence.sql"),
        },
        Migration {
            name: "evidence/0002",
            sql: include_str!("../migrations/0002_browsing.sql"),
        },
    ]
}

/// The room's events and what becomes of them.
pub fn events() -> Vec<EventKind> {
    store::events()
}

/// The room's routes.
pub fn routes() -> Routes {
    api::routes()
}
