//! Your own sign-ins: which there are, ending them, and what happened before.

use basis::{Class, Refusal};
use clap::Subcommand;
use frame::terminal::{Context, Table};
use frame::{Listed, Method, Nothing};

use crate::api::{EndedView, PastSignInView, SessionView};

/// Your own sign-ins
#[derive(Debug, Subcommand)]
pub enum SessionsCommand {
    /// Show where you are signed in
    List,
    /// End a sign-in, or all but this one
    End {
        /// The sign-in's id
        #[arg(required_unless_present = "others")]
        token: Option<String>,
        /// End every sign-in but this one
        #[arg(long, conflicts_with = "token")]
        others: bool,
    },
    /// Show who signed in as you, and who failed to
    History,
}

fn source(source: &str) -> String {
    match source {
        "" => "not noted".to_owned(),
        source => source.to_owned(),
    }
}

fn table(sessions: &[SessionView]) -> String {
    let mut table = Table::new(["sign-in", "since", "proven", "from", "last used", "until", ""]);
    for session in sessions {
        let this = if session.is_this_one { "this one" } else { "" };
        table.push([
            session.token.to_string(),
            session.began_at.to_minutes(),
            format!("{} {}", session.proven_by, session.proven_at.to_minutes()),
            source(&session.source),
            session
                .last_used_at
                .map_or("not since the server started".to_owned(), |at| at.to_minutes()),
            session.expires_at.to_minutes(),
            this.to_owned(),
        ]);
    }
    table.text()
}

fn history(lines: &[PastSignInView]) -> String {
    let mut table = Table::new(["when", "what", "with", "from", "entry"]);
    for line in lines {
        let with = match line.with_recovery_code {
            true => format!("{}, recovery code", line.by),
            false => line.by.clone(),
        };
        table.push([
            line.at.to_minutes(),
            line.deed.clone(),
            with,
            source(&line.source),
            line.entry.to_string(),
        ]);
    }
    table.text()
}

impl SessionsCommand {
    pub(super) fn run(self, context: &Context) -> Result<(), Refusal> {
        let (client, output) = (&context.client, context.output);
        match self {
            SessionsCommand::List => {
                output.show(&client.get::<Listed<SessionView>>("/me/sessions")?, |sessions| {
                    table(&sessions.items)
                });
            }
            SessionsCommand::End { token: None, .. } => {
                let ended: EndedView = client.send(Method::Post, "/me/sessions/revocation", &Nothing)?;
                output.show(&ended, |ended| format!("sign-ins ended: {}", ended.ended));
            }
            SessionsCommand::End {
                token: Some(token), ..
            } => {
                if !token.starts_with("TOK-") {
                    let what = format!("`{token}` is no sign-in");
                    return Err(Refusal::new(Class::Invalid, "sign-in", what)
                        .way_out("`tagout people sessions list` shows them"));
                }
                let path = format!("/tokens/{token}/revocation");
                let ended: Nothing = client.send(Method::Post, &path, &Nothing)?;
                output.show(&ended, |_| format!("{token} has ended"));
            }
            SessionsCommand::History => {
                output.show(&client.get::<Listed<PastSignInView>>("/me/sign-ins")?, |lines| {
                    history(&lines.items)
                });
            }
        }
        Ok(())
    }
}
