//! The pages of the record: the ledger, one entry with its proofs, the packages that were made, the examination. They
//! parse, call an act, and show.

mod entry;
mod exports;
mod ledger;
mod verification;

pub(crate) use entry::show_entry;
pub(crate) use exports::{make_export, show_exports, sign_head};
pub(crate) use ledger::show_ledger;
pub(crate) use verification::show_verification;

use frame::pages::Cell;

/// Where the page of what this id names stands, for what has one.
fn link_of(subject: &str) -> Option<String> {
    let place = match subject.split('-').next()? {
        "AST" => "assets",
        "CHG" => "changes",
        "EVD" => "evidence",
        "FND" => "findings",
        "RUN" => "runs",
        _ => return None,
    };
    Some(format!("/{place}/{subject}"))
}

fn subject_cell(subject: &str) -> Cell {
    match link_of(subject) {
        Some(link) => Cell::link(link, subject),
        None => Cell::text(subject),
    }
}
