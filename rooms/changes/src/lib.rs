//! Change requests: what is asked for, who signed for it, when it may happen and how it ended.
//!
//! Nothing here touches a machine: plans come from the runs room and permits from the permits room, and what they find
//! they report through the functions that take a transaction.

mod acts;
mod api;
mod commands;
mod pages;
pub mod rules;
mod store;

use frame::Routes;
use storage::{EventKind, Migration};

pub use acts::{
    Clock, PartsEdit, Saying, Signed, ToSign, accept, adopt_policy, adoption_barred, attach_plan, cancel,
    clock, close, decide, done, edit, facts, failed, message_to_sign, missing, note_verification, open,
    retrospect, rolled_back, schedule, show, started, submit, tell_missing, timeline, to_sign, verify,
    waiting, worked_on,
};
pub use api::{ChangeView, RuleView, VerdictView, view};
pub use commands::ChangeCommand;
pub use rules::{Change, ChangeId, Decision, Look, Parts, PlanRef, PolicyDraft, State};
pub use store::{Summary, about, find, list};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &[
    "changes.cancel",
    "changes.close",
    "changes.decide",
    "changes.edit",
    "changes.open",
    "changes.read",
    "changes.retrospect",
    "changes.schedule",
    "changes.submit",
    "changes.verify",
];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[
        Migration {
            name: "changes/0001",
            sql: include_str!("../migrations/0001_changes.sql"),
        },
        Migration {
            name: "changes/0002",
            sql: include_str!("../migrations/0002_windows.sql"),
        },
        Migration {
            name: "changes/0003",
            sql: include_str!("../migrations/0003_own.sql"),
        },
        Migration {
            name: "changes/0004",
            sql: include_str!("../migrations/0004_assets_as_submitted.sql"),
        },
    ]
}

/// The room's events and what becomes of them.
pub fn events() -> Vec<EventKind> {
    store::events()
}

/// The room's routes.
pub fn routes() -> Routes {
    pages::with_pages(api::routes())
}
