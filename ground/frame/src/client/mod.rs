//! The client of the REST API, for commands: plain calls, and refusals that arrive as the refusals they were.
//!
//! It speaks plain HTTP to this machine only. No room's noun is known here.

mod error;
mod send;

pub use send::Client;
