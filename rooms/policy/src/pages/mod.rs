//! The pages of the policy: the document in force, its versions, what differs between two. They parse, call an act, and
//! show.

mod differences;
mod document;
mod versions;

pub use differences::difference_table;
pub(crate) use differences::{show_chosen, show_difference};
pub(crate) use document::show_policy;
pub(crate) use versions::show_versions;
