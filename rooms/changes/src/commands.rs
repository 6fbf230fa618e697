//! The commands of changes: they call the server and show its answer.

mod parts;
mod say;
mod sign;

use std::path::PathBuf;

use basis::{Class, Refusal, Time};
use clap::{Args, Subcommand};
use frame::client::Client;
use frame::terminal::{Command, Context};
use frame::{Listed, Method, Nothing};

use self::parts::PartsArgs;
use self::sign::DecideArgs;
use crate::api::{
    AcceptRequest, CancelRequest, ChangeView, CloseRequest, EditRequest, MomentView, OpenRequest,
    RetrospectRequest, ScheduleRequest, SummaryView, TextView, VerdictView, VerifyRequest,
};

/// Changes: ask, approve, schedule, verify, close
#[derive(Debug, Subcommand)]
pub enum ChangeCommand {
    /// Open a change as a draft
    Open(OpenArgs),
    /// Put parts of a change in place of others; decisions made so far fall
    Edit(EditArgs),
    /// Show a change
    Show {
        /// The change's id
        change: String,
    },
    /// List changes
    List {
        /// Only those in this state, such as `submitted`
        #[arg(long)]
        state: Option<String>,
    },
    /// Submit a change for decision
    Submit {
        /// The change's id
        change: String,
    },
    /// Approve a change by your signature over its exact text
    Approve(DecideArgs),
    /// Disapprove a change by your signature, saying why with `--comment`
    Disapprove(DecideArgs),
    /// Print the text under decision, or with `--decision` the exact message to sign with `ssh-keygen`
    Text(TextArgs),
    /// Set the window of an approved change: the approved one, or a narrower one
    Schedule {
        /// The change's id
        change: String,
        /// When it begins, such as 2026-11-28T18:00:00Z
        #[arg(long)]
        from: Option<Time>,
        /// When it ends
        #[arg(long)]
        until: Option<Time>,
    },
    /// Confirm that what was approved is what was done, or accept one difference or finding
    Verify(VerifyArgs),
    /// Close a change
    Close {
        /// The change's id
        change: String,
        /// How it ended
        #[arg(long, value_name = "TEXT")]
        resolution: String,
        /// What was learned
        #[arg(long, value_name = "TEXT")]
        lessons: Option<String>,
    },
    /// Give a change up before work began
    Cancel {
        /// The change's id
        change: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Bring the policy document that an approved change carries into force
    Adopt {
        /// The change's id
        change: String,
    },
    /// Record the look back at an emergency
    Retrospect {
        /// The change's id
        change: String,
        /// A text with a line `# Justification` and a line `# Findings`, each followed by its part
        file: PathBuf,
    },
    /// Tell what happened to a change, in the ledger's order
    Timeline {
        /// The change's id
        change: String,
    },
    /// Tell what the next step still needs
    Missing {
        /// The change's id
        change: String,
    },
}

impl Command for ChangeCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let (client, output) = (&context.client, context.output);
        let post = |change: &str, what: &str| (Method::Post, format!("/changes/{change}/{what}"));
        let change = match self {
            ChangeCommand::Open(args) => args.send(client)?,
            ChangeCommand::Edit(args) => args.send(client)?,
            ChangeCommand::Show { change } => client.get(&format!("/changes/{change}"))?,
            ChangeCommand::Submit { change } => call(client, post(&change, "submission"), &Nothing)?,
            ChangeCommand::Schedule { change, from, until } => {
                let window = (Method::Put, format!("/changes/{change}/window"));
                call(client, window, &ScheduleRequest { from, until })?
            }
            ChangeCommand::Verify(args) => args.send(client)?,
            ChangeCommand::Close {
                change,
                resolution,
                lessons,
            } => {
                let request = CloseRequest { resolution, lessons };
                call(client, post(&change, "closing"), &request)?
            }
            ChangeCommand::Cancel { change, reason } => {
                call(client, post(&change, "cancellation"), &CancelRequest { reason })?
            }
            ChangeCommand::Adopt { change } => call(client, post(&change, "adoption"), &Nothing)?,
            ChangeCommand::Retrospect { change, file } => {
                let look = look_in(&parts::read(&file)?)?;
                call(client, post(&change, "retrospective"), &look)?
            }
            ChangeCommand::Approve(args) => return args.decide(context, "approve"),
            ChangeCommand::Disapprove(args) => return args.decide(context, "disapprove"),
            ChangeCommand::Text(args) => return args.print(context),
            ChangeCommand::List { state } => return list(context, state.as_deref()),
            ChangeCommand::Timeline { change } => {
                let moments: Listed<MomentView> = client.get(&format!("/changes/{change}/timeline"))?;
                output.show(&moments, |moments| say::timeline(&moments.items));
                return Ok(());
            }
            ChangeCommand::Missing { change } => {
                let verdicts: Listed<VerdictView> = client.get(&format!("/changes/{change}/missing"))?;
                output.show(&verdicts, |verdicts| say::verdicts(&verdicts.items));
                return Ok(());
            }
        };
        output.show(&change, say::change);
        Ok(())
    }
}

/// A change to open
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// What it is, in one line
    title: String,
    /// `normal` or `emergency`
    #[arg(long = "type", default_value = "normal", value_name = "TYPE")]
    change_type: String,
    #[command(flatten)]
    parts: PartsArgs,
}

impl OpenArgs {
    fn send(self, client: &Client) -> Result<ChangeView, Refusal> {
        let request = OpenRequest {
            title: self.title,
            change_type: self.change_type,
            parts: self.parts.request()?,
        };
        client.send(Method::Post, "/changes", &request)
    }
}

/// Parts to put in place of others
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The change's id
    change: String,
    /// A new title
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    parts: PartsArgs,
    /// Why it is edited
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
}

impl EditArgs {
    fn send(self, client: &Client) -> Result<ChangeView, Refusal> {
        let request = EditRequest {
            title: self.title,
            parts: self.parts.request()?,
            reason: self.because,
            entry: None,
        };
        client.send(Method::Patch, &format!("/changes/{}", self.change), &request)
    }
}

/// A confirmation, or one acceptance
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The change's id
    change: String,
    /// The asset whose difference, or the finding whose staying, is accepted
    #[arg(long, value_name = "ASSET|FINDING", requires = "because")]
    accept: Option<String>,
    /// Why it is right all the same
    #[arg(long, value_name = "TEXT", requires = "accept")]
    because: Option<String>,
    /// Words to the confirmation
    #[arg(long, value_name = "TEXT", conflicts_with = "accept")]
    comment: Option<String>,
}

impl VerifyArgs {
    fn send(self, client: &Client) -> Result<ChangeView, Refusal> {
        let path = |what: &str| (Method::Post, format!("/changes/{}/{what}", self.change));
        match self.accept.zip(self.because) {
            Some((about, because)) => call(client, path("acceptances"), &AcceptRequest { about, because }),
            None => {
                let comment = self.comment;
                call(client, path("verification"), &VerifyRequest { comment })
            }
        }
    }
}

/// Which text to print
#[derive(Debug, Args)]
pub struct TextArgs {
    /// The change's id
    change: String,
    /// `approve` or `disapprove`
    #[arg(long)]
    decision: Option<String>,
    /// The role in which you decide
    #[arg(long = "as", value_name = "ROLE", requires = "decision")]
    capacity: Option<String>,
    /// Words that are signed along
    #[arg(long, value_name = "TEXT", requires = "decision")]
    comment: Option<String>,
}

impl TextArgs {
    fn print(self, context: &Context) -> Result<(), Refusal> {
        let Some(decision) = &self.decision else {
            let text: TextView = context.client.get(&format!("/changes/{}/text", self.change))?;
            context.output.show(&text, |text| text.text.clone());
            return Ok(());
        };
        let (capacity, comment) = (self.capacity.as_deref(), self.comment.as_deref());
        let to_sign = sign::fetch(context, &self.change, decision, capacity, comment)?;
        if context.output.json {
            context.output.show(&to_sign, |to_sign| to_sign.message.clone());
            return Ok(());
        }
        sign::print_exactly(&to_sign.message)
    }
}

fn call<B: serde::Serialize>(
    client: &Client,
    (method, path): (Method, String),
    request: &B,
) -> Result<ChangeView, Refusal> {
    client.send(method, &path, request)
}

fn list(context: &Context, state: Option<&str>) -> Result<(), Refusal> {
    let mut all: Vec<SummaryView> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut path = "/changes?limit=500".to_owned();
        for (name, value) in [("state", state), ("after", after.as_deref())] {
            if let Some(value) = value {
                path.push_str(&format!("&{name}={}", sign::percent_encoded(value)));
            }
        }
        let page: Listed<SummaryView> = context.client.get(&path)?;
        all.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    context.output.show(&all, say::list);
    Ok(())
}

/// Takes the two parts of a retrospective out of one text.
fn look_in(text: &str) -> Result<RetrospectRequest, Refusal> {
    let mut parts = [String::new(), String::new()];
    let mut current: Option<usize> = None;
    for line in text.lines() {
        match line.trim().to_ascii_lowercase().as_str() {
            "# justification" => current = Some(0),
            "# findings" => current = Some(1),
            _ => {
                if let Some(part) = current {
                    parts[part].push_str(line);
                    parts[part].push('\n');
                }
            }
        }
    }
    let [justification, findings] = parts.map(|part| part.trim().to_owned());
    for (name, part) in [("Justification", &justification), ("Findings", &findings)] {
        if part.is_empty() {
            return Err(Refusal::new(
                Class::Invalid,
                "retrospective",
                format!("the text has nothing under `# {name}`"),
            )
            .way_out("write a line `# Justification` and a line `# Findings`, each followed by its part"));
        }
    }
    Ok(RetrospectRequest {
        justification,
        findings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retrospective_has_two_parts_under_their_headings() {
        let look = look_in("# Justification\nexploited\nnow\n\n# Findings\npatched\n").unwrap();
        assert_eq!(
            (look.justification.as_str(), look.findings.as_str()),
            ("exploited\nnow", "patched")
        );
        let refusal = look_in("# Justification\nexploited\n").unwrap_err();
        assert_eq!(refusal.what, "the text has nothing under `# Findings`");
    }
}
