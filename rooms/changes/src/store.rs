//! Rows of changes, and what each event makes of them.

mod apply;
mod calendar;
mod lists;
mod read;

pub(crate) use apply::events;
pub use calendar::Planned;
pub(crate) use calendar::planned;
pub use lists::{Order, Search};
pub(crate) use lists::{counts, newest, newest_of, search};
pub use read::{Comparing, Summary, about, find, list};
pub(crate) use read::{comparings, entries, entries_after, last_entry, next_change_id};
