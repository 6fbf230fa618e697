//! Stories of runs against a real organisation, up to the point where a machine would be reached.

// The people, keys and machines of the changes room's stories are those of these stories as well.
#[path = "../../../changes/tests/stories/house.rs"]
#[allow(dead_code, reason = "each room tells its own part of the story")]
mod house;
mod plans;
mod start;
