//! Rows of plans and runs, and what becomes of the room's events.

mod apply;
mod read;

pub(crate) use apply::events;
pub use read::{
    OpenStep, PackageRow, StepRow, StoredPlan, find, find_plan, latest, live, of_change, open_step, packages,
    plans_beginning, said, steps,
};
pub(crate) use read::{damaged, next_run_id};
