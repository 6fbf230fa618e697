//! Debian's package manager: trying a change, carrying it out as a job, recovering, and what can still be had.
//!
//! Every change names exact versions. What a change may do is decided before it comes here.

mod lines;
mod recover;
mod simulate;
mod versions;
mod work;

pub(crate) use lines::simulated_changes;
pub use lines::{SimulatedChange, Simulation};
pub use recover::{Recovery, start_recovery};
pub use simulate::simulate;
pub use versions::{Available, available_versions};
pub use work::{Apply, Direction, start};
