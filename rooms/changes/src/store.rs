//! Rows of changes, and what each event makes of them.

mod apply;
mod read;

pub(crate) use apply::events;
pub use read::{Comparing, Summary, about, find, list};
pub(crate) use read::{comparings, entries, next_change_id};
