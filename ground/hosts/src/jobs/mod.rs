//! Work on a host that goes on without us: a directory there holds what is to be done, what was done and how it ended.
//!
//! A job is started at most once, whoever asks and however often: the directory is put in place whole by one rename,
//! and the job itself claims it by `mkdir` before it does anything. A lost connection, our own death and a reboot of
//! the host in mid-job all end in a state that can be read.

mod evidence;
mod id;
mod poll;
mod start;

pub use evidence::{JobEvidence, evidence};
pub use id::JobId;
pub use poll::{JobState, LostReason, poll};
pub(crate) use start::{Work, start};

/// Where jobs live on a host; only root reads it.
pub const JOBS_FOLDER: &str = "/var/lib/tagout/jobs";
