//! Stories of the register against a real organisation, real lists and real machines.

mod browsing_story;
mod door_story;
mod hosts_story;
mod house;
mod import_story;
mod register_story;
