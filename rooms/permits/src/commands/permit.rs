//! Issuing permits and taking them back.

use basis::{Refusal, Time};
use clap::Subcommand;
use frame::terminal::{Command, Context, Table};
use frame::{Listed, Method};

use crate::api::{HandBackRequest, IssueRequest, PermitView, ReasonRequest};

/// Permits: time-limited authority to work under a change
#[derive(Debug, Subcommand)]
pub enum PermitCommand {
    /// Issue a permit under an approved and scheduled change, as wide as the change where nothing is named
    Issue {
        /// The change's id
        change: String,
        /// When it begins
        #[arg(long)]
        from: Option<Time>,
        /// When it ends
        #[arg(long)]
        until: Option<Time>,
        /// The id of a person who may work; repeat it for more
        #[arg(long = "person", value_name = "PERSON")]
        people: Vec<String>,
        /// The id of an asset; repeat it for more
        #[arg(long = "asset", value_name = "ASSET")]
        assets: Vec<String>,
        /// What they may do, such as `patch`; repeat it for more
        #[arg(long = "action", value_name = "ACTION")]
        actions: Vec<String>,
    },
    /// Show a permit
    Show {
        /// The permit's id
        permit: String,
    },
    /// List permits, all or those of one change
    List {
        /// The change's id
        #[arg(long)]
        change: Option<String>,
    },
    /// Stop work under a permit for now
    Suspend {
        /// The permit's id
        permit: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let work under a suspended permit go on
    Resume {
        /// The permit's id
        permit: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Give a permit back; the last one given back ends the work of its change
    HandBack {
        /// The permit's id
        permit: String,
        /// `done`, or `unfinished` where another permit is needed
        #[arg(long, default_value = "done", value_name = "WORD")]
        work: String,
    },
    /// Withdraw a permit for good
    Revoke {
        /// The permit's id
        permit: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

fn line(permit: &PermitView) -> String {
    format!(
        "{} under {}: {}, {} to {}\n  people: {}\n  assets: {}\n  actions: {}",
        permit.permit,
        permit.change,
        permit.state.replace('_', " "),
        permit.from.to_minutes(),
        permit.until.to_minutes(),
        permit.people.join(", "),
        permit.assets.join(", "),
        permit.actions.join(", ")
    )
}

impl Command for PermitCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let client = &context.client;
        let some = |items: Vec<String>| Some(items).filter(|items| !items.is_empty());
        let with_reason = |permit: &str, what: &str, reason: String| -> Result<PermitView, Refusal> {
            client.send(
                Method::Post,
                &format!("/permits/{permit}/{what}"),
                &ReasonRequest { reason },
            )
        };
        let permit: PermitView = match self {
            PermitCommand::Issue {
                change,
                from,
                until,
                people,
                assets,
                actions,
            } => {
                let request = IssueRequest {
                    from,
                    until,
                    people: some(people),
                    assets: some(assets),
                    actions: some(actions),
                };
                client.send(Method::Post, &format!("/changes/{change}/permits"), &request)?
            }
            PermitCommand::Show { permit } => client.get(&format!("/permits/{permit}"))?,
            PermitCommand::List { change } => return list(context, change.as_deref()),
            PermitCommand::Suspend { permit, reason } => with_reason(&permit, "suspension", reason)?,
            PermitCommand::Resume { permit, reason } => with_reason(&permit, "resumption", reason)?,
            PermitCommand::Revoke { permit, reason } => with_reason(&permit, "revocation", reason)?,
            PermitCommand::HandBack { permit, work } => client.send(
                Method::Post,
                &format!("/permits/{permit}/handing-back"),
                &HandBackRequest { work },
            )?,
        };
        context.output.show(&permit, line);
        Ok(())
    }
}

fn list(context: &Context, change: Option<&str>) -> Result<(), Refusal> {
    let mut all: Vec<PermitView> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let path = match (change, &after) {
            (Some(change), _) => format!("/changes/{change}/permits"),
            (None, Some(after)) => format!("/permits?limit=500&after={after}"),
            (None, None) => "/permits?limit=500".to_owned(),
        };
        let page: Listed<PermitView> = context.client.get(&path)?;
        all.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    context.output.show(&all, |all| {
        let mut table = Table::new(["permit", "change", "state", "from", "until", "people", "assets"]);
        for permit in all {
            table.push([
                permit.permit.to_string(),
                permit.change.to_string(),
                permit.state.replace('_', " "),
                permit.from.to_minutes(),
                permit.until.to_minutes(),
                permit.people.join(", "),
                permit.assets.join(", "),
            ]);
        }
        table.text()
    });
    Ok(())
}
