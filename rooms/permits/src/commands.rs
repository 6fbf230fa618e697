//! The commands of permits and of the gate.

mod exec;
mod gate;
mod permit;

pub use gate::GateCommand;
pub use permit::PermitCommand;
