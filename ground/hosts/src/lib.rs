//! Reaches a machine over SSH or locally: runs commands, copies files, reads state back, and carries out package
//! updates that survive a lost connection. Only this crate knows SSH and package managers.
//!
//! No rule about what may be done lives here: whoever calls has already been authorised. Nothing here is asynchronous
//! to the caller; the crate keeps its own small runtime for the multiplexed connection.
//!
//! # The way through
//!
//! ```no_run
//! # fn main() -> Result<(), hosts::HostError> {
//! # let target: hosts::Target = unimplemented!();
//! # let exact: Vec<hosts::Exact> = vec![];
//! use hosts::{Host, JobId, JobState, Reach, Timeouts};
//!
//! let reach = Reach::Ssh(target);
//! let host = Host::connect(&reach, "/run/tagout/ssh".as_ref(), Timeouts::default())?;
//! let before = hosts::collect(&host)?;
//!
//! let change = hosts::apt::Apply::upgrade(exact, "CHG-0001")?;
//! let simulation = hosts::apt::simulate(&host, &change)?;
//! let job = JobId::parse("run-0001-ast-0001-apply")?;
//! hosts::apt::start(&host, &job, &change)?; // calling it again attaches, and never applies twice
//! while let JobState::Running { .. } = hosts::jobs::poll(&host, &job)? {
//!     // wait as the caller likes; after a lost connection connect again and go on polling
//! }
//! let evidence = hosts::jobs::evidence(&host, &job)?;
//! let after = hosts::collect(&host)?;
//! let outcomes = hosts::outcome::judge(&before, &after, &evidence.transcript, &change);
//! # let _ = (simulation, outcomes); Ok(()) }
//! ```
//!
//! # Public parts
//!
//! - [`Host`]: `connect`, `run`, `write_file`, `read_file`, `is_connected`; [`Command`] and [`Output`].
//! - [`scan_host_key`]: only at enrolment, for a person to confirm; afterwards [`Target::pinned_host_key`] decides.
//! - [`collect`] gives a [`HostState`]; [`refresh_lists`] fetches package lists first, when somebody asks for it.
//! - [`apt`]: `simulate`, `start` (upgrade or downgrade), `start_recovery`, `available_versions`.
//! - [`jobs`]: `poll`, `evidence`; a job that was started is never started twice.
//! - [`outcome::judge`]: pure, one outcome per package.
//! - [`reboot`]: `start`, `await_new_boot`; [`services`]: `start_restart`.

pub mod apt;
mod collect;
mod command;
mod error;
mod host;
pub mod jobs;
pub mod outcome;
mod packages;
mod quote;
mod reach;
pub mod reboot;
mod run;
pub mod services;
mod ssh;
mod state;

pub use collect::{collect, refresh_lists};
pub use command::{As, Command, Exit, Output};
pub use error::HostError;
pub use host::Host;
pub use jobs::{JobId, JobState};
pub use packages::{Exact, PackageName, PackageVersion};
pub use reach::{Become, HostKey, Reach, Target, Timeouts};
pub use ssh::scan_host_key;
pub use state::*;
