//! Plans and runs: what exactly will be done to which machine in which order, and how far it has been done.
//!
//! A plan leaves no choice to whoever carries it out, and a run is the record of carrying one out. Nothing here connects
//! to a machine while a run is going on: the runner does, step by step, and reports what it found. Whether somebody may
//! do any of this is asked of the policy, the change and the permit, never decided here.

mod rules;

pub use rules::*;
