//! Carries out runs: asks the rules what is next, does it on the hosts, and records every step before it takes it.
//!
//! Nothing is decided here. What to do comes from `runs::rules::next` and from the frozen plan; whether it may be done is
//! asked at every host again. The runner keeps nothing that matters in memory: killed at any moment and started again, it
//! finds in the records which step each host was at, asks the host how far that came, and goes on. A job that was started
//! is never started twice, because its name follows from run, asset, attempt and step.

mod drive;
mod files;
mod gate;
mod link;
mod patience;
mod runner;
mod work;

pub use patience::Patience;
pub use runner::{Runner, Stopped, Unwatched, Witness};
