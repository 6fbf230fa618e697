//! The pages of the register: the list, its coverage, one asset, its packages and what changed on it, reading a
//! list of systems. They parse, call an
//! act, and show.

mod coverage;
mod differences;
mod import;
mod list;
mod one;
mod software;

pub(crate) use coverage::show_coverage;
pub(crate) use differences::show_differences;
pub(crate) use import::{import_list, show_import};
pub(crate) use list::{list_file, show_list};
pub(crate) use one::show_asset;
pub(crate) use software::{show_packages, show_updates};

/// A word of the register as people read it.
fn words(name: &str) -> String {
    name.replace('_', " ")
}
