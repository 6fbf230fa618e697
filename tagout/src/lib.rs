//! The roof: the one list of all rooms, and what is wired from it. Rules, tables and routes live in the rooms.

mod pages;
mod wiring;

pub use wiring::{acts, open, places, registry, routes, world};
