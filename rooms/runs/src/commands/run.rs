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
            host_lines(host, &mut lines);
        }
    }
    lines.join("\n")
}

/// A host with what became of its packages, and how it differs from what was approved although its packages are right.
fn host_lines(host: &HostView, lines: &mut Vec<String>) {
    lines.push(format!(
        "    {} ({}): {}",
        host.name,
        host.asset,
        host.state.replace('_', " ")
    ));
    lines.extend(host.reason.iter().map(|reason| format!("      why: {reason}")));
    if let (None, Some(last)) = (&host.reason, host.steps.last()) {
        let differences = last.differences.iter();
        lines.extend(differences.map(|difference| format!("      differs: {difference}")));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::shapes::StepView;
    use basis::Time;

    #[test]
    fn a_host_that_is_as_planned_says_which_services_still_run_the_old_code() {
        let said = "these services still run the old code: cron.service; restart them, then compare again";
        let step = StepView {
            step: "postcheck".to_owned(),
            attempt: 1,
            started_at: Time::from_ms(0),
            finished_at: None,
            state: Some("verified".to_owned()),
            differences: vec![said.to_owned()],
        };
        let host = HostView {
            asset: "AST-0001".to_owned(),
            name: "web01".to_owned(),
            state: "verified".to_owned(),
            attempt: 1,
            reason: None,
            steps: vec![step],
            packages: Vec::new(),
        };
        let mut lines = Vec::new();
        host_lines(&host, &mut lines);
        assert_eq!(lines[0], "    web01 (AST-0001): verified");
        assert_eq!(lines[1], format!("      differs: {said}"));
    }
}
