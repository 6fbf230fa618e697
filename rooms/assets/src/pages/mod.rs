//! The pages of the register: the list, its coverage, one asset, its packages and what changed on it, reading a
//! list of systems. They parse, call an
//! act, and show.

mod coverage;
mod differences;
mod import;
mod list;
mod offered;
mod one;
mod reach;
mod register;
mod software;

use frame::Routes;

pub(crate) use coverage::show_coverage;
pub(crate) use differences::show_differences;
pub(crate) use import::{import_list, show_import};
pub(crate) use list::{list_file, show_list};
pub use offered::offered;
pub(crate) use one::show_asset;
pub(crate) use software::{show_packages, show_updates};

/// Adds the pages with forms, and what their forms send.
pub(crate) fn with_forms(routes: Routes) -> Routes {
    reach::with_reach(register::with_register(routes))
}

/// A word of the register as people read it.
fn words(name: &str) -> String {
    name.replace('_', " ")
}
