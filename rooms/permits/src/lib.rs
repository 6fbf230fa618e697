//! Permits: the time-limited authority to work under an approved change, and the gate that every tool asks first.
//!
//! A permit only ever narrows what its change allows, and ends by itself. Nothing here touches a machine: who works behind
//! the gate is the runs room or a tool from outside.

mod acts;
mod api;
mod commands;
mod pages;
pub mod rules;
mod store;
mod token;

use frame::Routes;
use storage::{EventKind, Migration};

pub use acts::{
    Gate, Narrowed, Question, Report, ask, hand_back, issue, may_work, report, resume, revoke, suspend,
};
pub use commands::{GateCommand, PermitCommand};
pub use rules::{Permit, PermitId, Standing, Work};
pub use store::{GateAnswer, active, answers, find, of_change};
pub use token::{AUDIENCE, Claims, KeySet, PublicKey, TOKEN_BYTES_MAX, verify as verify_token};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &[
    "permits.ask_gate",
    "permits.hand_back",
    "permits.issue",
    "permits.read",
    "permits.revoke",
    "permits.suspend",
];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[
        Migration {
            name: "permits/0001",
            sql: include_str!("../migrations/0001_permits.sql"),
        },
        Migration {
            name: "permits/0002",
            sql: include_str!("../migrations/0002_revision.sql"),
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

/// The public keys with which permit tokens of this organisation are verified.
pub fn key_set(organisation: &storage::Organisation) -> Result<KeySet, basis::Refusal> {
    token::key_set(organisation)
}
