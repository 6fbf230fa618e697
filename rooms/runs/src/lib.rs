//! Plans and runs: what exactly will be done to which machine in which order, and how far it has been done.
//!
//! A plan leaves no choice to whoever carries it out, and a run is the record of carrying one out. Nothing here connects
//! to a machine while a run is going on: the runner does, step by step, and reports what it found. Whether somebody may
//! do any of this is asked of the policy, the change and the permit, never decided here.

mod acts;
mod api;
mod commands;
mod look;
mod pages;
pub mod rules;
mod store;

use frame::Routes;
use storage::{EventKind, Migration};

pub use acts::{
    Begun, Chosen, EvidenceFile, PlanRequest, Report, ShownRun, actor_of, begin, decide, end_ring, end_run,
    finish_step, gate_hindrance, halt, halt_by_rule, hindrance, list, make_plan, note_gate, open_next_step,
    pass_ring, pause, roll_back, show, show_plan, start, waiting,
};
pub use api::{PlanView, RunView};
pub use commands::{PlanCommand, RunCommand};
pub use look::{downgrades_of, found_of, old_services_of, packages_of, reboot_of, result_of, upgrades_of};
pub use rules::{
    Decision, Directive, Gate, GateCommand, GatePlace, HostPlan, HostWord, Member, PackageResult, Plan,
    Reboot, Run, RunId, RunRing, RunState, Step, StepResult, Verdict,
};
pub use store::{
    OpenStep, PackageRow, StepRow, StoredPlan, find, find_plan, live, of_change, open_step, packages, said,
    steps,
};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &[
    "runs.decide_gate",
    "runs.halt",
    "runs.plan",
    "runs.read",
    "runs.roll_back",
    "runs.start",
];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[Migration {
        name: "runs/0001",
        sql: include_str!("../migrations/0001_runs.sql"),
    }]
}

/// The room's events and what becomes of them.
pub fn events() -> Vec<EventKind> {
    store::events()
}

/// The room's routes.
pub fn routes() -> Routes {
    pages::with_pages(api::routes())
}
