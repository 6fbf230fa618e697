//! What a plan is, how it is made, and what follows from each thing that happens in a run: plain functions of facts.

#[macro_use]
mod words;

pub mod bounded;
mod choose;
mod compare;
mod events;
mod halt;
mod host;
mod next;
mod plan;
mod planner;
mod precheck;
mod rings;
mod run;
mod steer;
mod text;

pub use choose::{Choice, Fix, Hindrance, Selection, Update, choose};
pub use compare::{Compared, Packages, compare, compare_undone};
pub use events::{
    Decided, Ended, GateFound, Halted, PackageResult, Paused, Planned, RingEnded, RingPassed,
    RollBackStarted, Started, StartedRing, StepFinished, StepStarted,
};
pub use halt::halts;
pub use host::{HostWord, Step, StepResult, after, job_name};
pub use next::{Directive, HOSTS_AT_ONCE, next};
pub use plan::{
    FORM, Gate, GateCommand, GatePlace, HostPlan, LeftOut, PackageChange, Plan, PlannedRing, Reboot,
    RebootWord, Space, Undo,
};
pub use planner::{Candidate, Look, PLANNED_HOSTS_MAX, PlanInput, SimulatedPackage, plan};
pub use precheck::{Found, FoundPackage, Precheck, precheck};
pub use run::{Member, Run, RunRing, RunState, Verdict};
pub use steer::{Decision, REASON_CHARS_MAX, decide, halt, roll_back};
pub use text::plan_text;

use basis::{act, id_type};

id_type!(
    /// A plan being carried out.
    RunId,
    "RUN",
    "run"
);

act!(
    /// Makes the plan of a change.
    MakePlan,
    "runs.plan"
);
act!(
    /// Starts a run.
    Start,
    "runs.start"
);
act!(
    /// Halts a run: no further host is begun.
    Halt,
    "runs.halt"
);
act!(
    /// Decides how a paused or halted run goes on.
    DecideGate,
    "runs.decide_gate"
);
act!(
    /// Undoes what a run did.
    RollBack,
    "runs.roll_back"
);
act!(
    /// Reads plans and runs.
    Read,
    "runs.read"
);
