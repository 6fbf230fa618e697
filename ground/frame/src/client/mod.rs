//! The client of the REST API, for commands: plain calls, and refusals that arrive as the refusals they were.
//!
//! It speaks plain HTTP to this machine only, and HTTPS to servers that it has reason to believe. No room's noun is known
//! here.

mod error;
mod secured;
mod send;
mod trust;

pub use send::Client;
pub use trust::Trust;
