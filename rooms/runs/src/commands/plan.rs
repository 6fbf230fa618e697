//! Making and showing plans.

use basis::Refusal;
use clap::Subcommand;
use frame::Method;
use frame::terminal::{Command, Context};

use crate::api::{GateView, MakePlanRequest, PlanView};

/// Plans: the exact steps of a change, frozen before it is approved
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Ask the hosts of a change and freeze what will be done; without a choice, all security updates
    Make {
        /// The change's id
        change: String,
        /// Plan what fixes the findings that the change names
        #[arg(long, conflicts_with = "packages")]
        findings: bool,
        /// Plan the update of this package; repeat it for more
        #[arg(long = "package", value_name = "PACKAGE")]
        packages: Vec<String>,
        /// Never reboot a host
        #[arg(long)]
        no_reboot: bool,
        /// Where the command between rings runs: `hosts` or `controller`
        #[arg(long, default_value = "hosts", value_name = "PLACE")]
        gate_on: String,
        /// How long the command between rings may take
        #[arg(long, default_value_t = 60, value_name = "SECONDS")]
        gate_seconds: u32,
        /// The command between rings, after `--`: exit 0 goes on, 1 halts, anything else asks a person
        #[arg(last = true, value_name = "COMMAND")]
        gate: Vec<String>,
    },
    /// Show a plan
    Show {
        /// The plan's digest, or its first eight digits or more
        digest: String,
    },
}

impl Command for PlanCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let plan: PlanView = match self {
            PlanCommand::Make {
                change,
                findings,
                packages,
                no_reboot,
                gate_on,
                gate_seconds,
                gate,
            } => {
                let select = match (findings, packages.is_empty()) {
                    (true, _) => "findings",
                    (false, true) => "security",
                    (false, false) => "packages",
                };
                let gate = (!gate.is_empty()).then_some(GateView {
                    argv: gate,
                    on: gate_on,
                    timeout_s: gate_seconds,
                });
                let request = MakePlanRequest {
                    select: select.to_owned(),
                    packages,
                    gate,
                    reboot: if no_reboot { "never" } else { "when_needed" }.to_owned(),
                };
                context
                    .client
                    .send(Method::Post, &format!("/changes/{change}/plan"), &request)?
            }
            PlanCommand::Show { digest } => context.client.get(&format!("/plans/{digest}"))?,
        };
        context.output.show(&plan, |plan| plan.text.clone());
        Ok(())
    }
}
