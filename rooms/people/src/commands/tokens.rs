//! API tokens.

use std::collections::BTreeSet;

use basis::Refusal;
use clap::Subcommand;
use frame::terminal::{Command, Context, Table};
use frame::{Listed, Method, Nothing};

use crate::api::{IssueTokenRequest, NewTokenView, TokenView};

/// Tokens with which programs act for you
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Show your tokens and sign-ins
    List,
    /// Make a token and print it once
    Issue {
        /// What it is for
        #[arg(long)]
        name: String,
        /// The acts it may do, such as `permits.ask_gate`
        #[arg(long, value_delimiter = ',', required = true)]
        scope: Vec<String>,
        /// For how many days it is good
        #[arg(long, default_value_t = 30)]
        days: u16,
    },
    /// End a token
    Revoke {
        /// The token's id
        token: String,
    },
}

fn table(tokens: &[TokenView]) -> String {
    let mut table = Table::new(["token", "kind", "name", "scope", "until", "state"]);
    for token in tokens {
        let scope = token
            .scope
            .as_ref()
            .map_or("everything you may do".to_owned(), |acts| acts.join(", "));
        let state = token
            .revoked_at
            .map_or("good".to_owned(), |at| format!("ended {}", at.to_minutes()));
        let until = token.expires_at.to_minutes();
        table.push([
            token.token.to_string(),
            token.kind.clone(),
            token.name.clone(),
            scope,
            until,
            state,
        ]);
    }
    table.text()
}

impl Command for TokenCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let (client, output) = (&context.client, context.output);
        match self {
            TokenCommand::List => {
                output.show(&client.get::<Listed<TokenView>>("/me/tokens")?, |tokens| {
                    table(&tokens.items)
                });
            }
            TokenCommand::Issue { name, scope, days } => {
                let request = IssueTokenRequest {
                    name,
                    scope: BTreeSet::from_iter(scope),
                    days,
                };
                let new: NewTokenView = client.send(Method::Post, "/me/tokens", &request)?;
                output.show(&new, |new| {
                    format!(
                        "{} is good until {}; it is shown only now:\n{}",
                        new.token_id,
                        new.expires.to_minutes(),
                        new.token
                    )
                });
            }
            TokenCommand::Revoke { token } => {
                let ended: Nothing =
                    client.send(Method::Post, &format!("/tokens/{token}/revocation"), &Nothing)?;
                output.show(&ended, |_| format!("{token} has ended"));
            }
        }
        Ok(())
    }
}
