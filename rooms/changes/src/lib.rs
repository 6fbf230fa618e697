//! Change requests: what is asked for, who signed for it, when it may happen and how it ended.
//!
//! Nothing here touches a machine: plans come from the runs room and permits from the permits room.

pub mod rules;

pub use rules::{ChangeId, State};
