//! Starting, following and steering runs.

use std::thread;
use std::time::Duration;

use basis::Refusal;
use clap::Subcommand;
use frame::terminal::{Command, Context};
use frame::{Listed, Method, Nothing};

use crate::api::{DecideRequest, HostView, ReasonRequest, RunView};

/// Between two looks at a run that is watched.
const LOOK: Duration = Duration::from_secs(2);

/// Runs: plans being carried out
#[derive(Debug, Subcommand)]
pub enum RunCommand {
    /// Start to carry out the approved plan of a change
    Start {
        /// The change's id
        change: String,
    },
    /// Show a run: rings, hosts, packages
    Show {
        /// The run's id
        run: String,
    },
    /// List the runs of a change
    List {
        /// The change's id
        change: String,
    },
    /// Follow a run until it is over or waits for a person
    Watch {
        /// The run's id
        run: String,
    },
    /// Begin no further host; hosts in work come to their end
    Halt {
        /// The run's id
        run: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let a halted run go on
    Resume {
        /// The run's id
        run: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// A failed or lost host that is begun again, by name or id; repeat it for more
        #[arg(long = "retry", value_name = "ASSET")]
        retry: Vec<String>,
    },
    /// Decide how a paused or halted run goes on
    Decide {
        /// The run's id
        run: String,
        /// `go-on`, `halt` or `give-up`
        decision: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// A failed or lost host that is begun again, by name or id; repeat it for more
        #[arg(long = "retry", value_name = "ASSET")]
        retry: Vec<String>,
    },
    /// Undo what a run did, where a way back was planned
    RollBack {
        /// The run's id
        run: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

impl Command for RunCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let client = &context.client;
        let decide = |run: &str, decision: &str, reason, retry| -> Result<RunView, Refusal> {
            let request = DecideRequest {
                decision: decision.replace('-', "_"),
                reason,
                retry,
            };
            client.send(Method::Post, &format!("/runs/{run}/decision"), &request)
        };
        let view: RunView = match self {
            RunCommand::Start { change } => {
                client.send(Method::Post, &format!("/changes/{change}/runs"), &Nothing)?
            }
            RunCommand::Show { run } => client.get(&format!("/runs/{run}"))?,
            RunCommand::List { change } => {
                let runs: Listed<RunView> = client.get(&format!("/changes/{change}/runs"))?;
                context.output.show(&runs, |runs| {
                    runs.items.iter().map(text).collect::<Vec<_>>().join("\n")
                });
                return Ok(());
            }
            RunCommand::Watch { run } => return watch(context, &run),
            RunCommand::Halt { run, reason } => client.send(
                Method::Post,
                &format!("/runs/{run}/halt"),
                &ReasonRequest { reason },
            )?,
            RunCommand::Resume { run, reason, retry } => decide(&run, "go_on", reason, retry)?,
            RunCommand::Decide {
                run,
                decision,
                reason,
                retry,
            } => decide(&run, &decision, reason, retry)?,
            RunCommand::RollBack { run, reason } => client.send(
                Method::Post,
                &format!("/runs/{run}/roll-back"),
                &ReasonRequest { reason },
            )?,
        };
        context.output.show(&view, text);
        Ok(())
    }
}

/// Shows the run each time it changed.
fn watch(context: &Context, run: &str) -> Result<(), Refusal> {
    let mut before = None;
    loop {
        let view: RunView = context.client.get(&format!("/runs/{run}"))?;
        let waits_for_person = matches!(view.state.as_str(), "paused" | "halted");
        let is_busy = view.rings.iter().flat_map(|ring| &ring.hosts).any(is_in_work);
        let is_at_rest = view.is_over || (waits_for_person && !is_busy);
        if before.as_ref() != Some(&view) {
            context.output.show(&view, text);
            before = Some(view);
        }
        if is_at_rest {
            return Ok(());
        }
        thread::sleep(LOOK);
    }
}

fn is_in_work(host: &HostView) -> bool {
    crate::rules::HostWord::named(&host.state).is_some_and(|state| state.is_in_flight())
}

fn text(run: &RunView) -> String {
    let mut lines = vec![format!(
        "{} of {}: {}",
        run.run,
        run.change,
        run.state.replace('_', " ")
    )];
    lines.extend(run.reason.iter().map(|reason| format!("  why: {reason}")));
    for (ring, number) in run.rings.iter().zip(1..) {
        let gate = match (&ring.verdict, ring.is_passed) {
            (Some(verdict), _) => format!(", gate: {verdict}"),
            (None, true) => ", passed".to_owned(),
            (None, false) => String::new(),
        };
        lines.push(format!("  ring {number}{gate}"));
        for host in &ring.hosts {
            lines.push(format!(
                "    {} ({}): {}",
                host.name,
                host.asset,
                host.state.replace('_', " ")
            ));
            lines.extend(host.reason.iter().map(|reason| format!("      why: {reason}")));
            let last = host
                .packages
                .iter()
                .map(|package| (package.attempt, package.step.as_str() == "roll_back"))
                .max();
            let shown = host.packages.iter().filter(|package| {
                Some((package.attempt, package.step == "roll_back")) == last && package.step != "apply"
            });
            lines.extend(shown.map(|package| {
                let outcome = package.outcome.replace('_', " ");
                format!(
                    "      {} {} -> {}: {outcome} ({})",
                    package.package, package.before, package.after, package.reason
                )
            }));
        }
    }
    lines.join("\n")
}
