//! The policy: one versioned document of rules in force, and the verdicts that follow from it.
//!
//! Every other room asks here whether something may be done and gets an answer that cites paragraphs. No number
//! of the policy (hours, counts, shares) is ever a constant in code, here or elsewhere. What a change, a permit or
//! a run *is* lives in their own rooms: they hand over plain facts and learn nothing but the answer.

mod acts;
mod api;
mod commands;
mod pages;
pub mod rules;
mod store;

use frame::Routes;
use storage::{EventKind, Migration};

pub use acts::{Adopt, Read, Shown, adopt, adopt_first, covering, list, show};
pub use commands::PolicyCommand;
pub use pages::difference_table;
pub use rules::*;
pub use store::{AdoptedVersion, adopted_policy, adopted_version, adopted_versions, current, document};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &["policy.adopt", "policy.read"];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[Migration {
        name: "policy/0001",
        sql: include_str!("../migrations/0001_policy.sql"),
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
