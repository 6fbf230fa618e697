//! Carries out runs on the hosts of a lab (`lab/up 3`). `TAGOUT_LAB_HOSTS` names their list; without it every test says so
//! and ends. A lab serves one run of these tests: what they upgrade stays upgraded.

mod faults;
// The people and keys of the changes room's stories are those of these stories as well.
#[path = "../../../../rooms/changes/tests/stories/house.rs"]
#[allow(dead_code, reason = "each room tells its own part of the story")]
mod house;
mod kill_points;
mod rings;
mod site;
