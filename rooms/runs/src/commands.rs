//! The commands of plans and runs.

mod plan;
mod run;

pub use plan::PlanCommand;
pub use run::RunCommand;
