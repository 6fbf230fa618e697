//! Stories of permits and of the gate against a real organisation.

// So is the browser.
#[path = "../../../changes/tests/stories/browser.rs"]
#[allow(dead_code, reason = "each room tells its own part of the story")]
mod browser;
mod doors;
mod gate;
mod holds;
// The people, keys and machines of the changes room's stories are those of these stories as well.
#[path = "../../../changes/tests/stories/house.rs"]
#[allow(dead_code, reason = "each room tells its own part of the story")]
mod house;
mod life;
mod pages;
mod token;
