//! The server: from a socket to a room's function and back, for programs and for browsers.
//!
//! The only part of the program that is asynchronous. A room's functions run on threads of their own, so they may wait for
//! the disk. Who may do what is not decided here: acts do, and the frame only finds out who asks.

mod answer;
mod body;
mod browser;
mod cookies;
mod crew;
mod desk;
mod file_body;
mod file_form;
mod guest;
mod handshake;
mod limits;
mod live;
mod log;
mod panics;
mod parts;
mod reload;
mod repeats;
mod reply;
mod router;
mod serve;
mod sources;
mod spool;
mod taking;

pub(crate) use router::own_routes;
pub use router::{router, samples};
pub use serve::{Reach, Stop, serve};
