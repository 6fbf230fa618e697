//! Stories of the record against a real organisation.

mod clock;
mod door;
mod house;
mod in_person;
mod looking;
mod record;
mod words;
