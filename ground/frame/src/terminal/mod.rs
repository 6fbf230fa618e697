//! What every command of the command line does alike: exit codes, showing answers and refusals, tables, progress,
//! profiles.
//!
//! No command lives here: rooms bring theirs.

mod context;
mod output;
mod plain;
mod profile;
mod progress;
mod table;

pub use context::{Command, Context};
pub use output::{EXIT_VERIFICATION_FAILED, Output, exit_code, print_refusal};
pub use plain::plain;
pub use profile::{Profile, Profiles};
pub use progress::Progress;
pub use table::{Table, terminal_width};
