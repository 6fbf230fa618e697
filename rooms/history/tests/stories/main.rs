//! Stories of the record against a real organisation.

mod clock;
mod door;
mod house;
mod record;
mod words;
