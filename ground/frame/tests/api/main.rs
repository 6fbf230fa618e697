//! The frame from end to end: a toy room behind a real server on a real socket.

mod document;
mod endurance;
mod pages;
mod reloading;
mod repeats;
mod requests;
mod round_trip;
mod secured;
mod toy;
mod trust;
mod unknown;
mod uploads;
