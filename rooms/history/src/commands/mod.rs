//! The commands of history. `tagout verify` needs neither server nor data directory.

mod export;
mod history;
mod verify;

pub use export::ExportCommand;
pub use history::HistoryCommand;
pub use verify::VerifyCommand;
