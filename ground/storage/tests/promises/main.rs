//! The promises of storage, each against a real database in a real folder.

mod beginnings;
mod following;
mod house;
mod memory;
mod records;
