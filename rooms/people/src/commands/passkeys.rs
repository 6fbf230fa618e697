//! Looking at passkeys and revoking them. They are made in the browser.

use basis::Refusal;
use clap::Subcommand;
use frame::terminal::{Command, Context, Table};
use frame::{Listed, Method};

use crate::api::{PasskeyView, ReasonRequest};

/// Passkeys and security keys with which you sign in
#[derive(Debug, Subcommand)]
pub enum PasskeyCommand {
    /// Show your passkeys
    List,
    /// Revoke a passkey; the last way to sign in stays
    Revoke {
        /// The passkey's id
        passkey: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

fn table(passkeys: &[PasskeyView]) -> String {
    if passkeys.is_empty() {
        return "no passkeys; they are made in the browser, under your account".to_owned();
    }
    let mut table = Table::new(["passkey", "name", "enrolled", "last used", "state"]);
    for passkey in passkeys {
        let revoked = passkey.revoked_at;
        table.push([
            passkey.passkey.to_string(),
            passkey.name.clone(),
            passkey.enrolled_at.to_minutes(),
            passkey
                .last_used_at
                .map_or("never".to_owned(), |at| at.to_minutes()),
            revoked.map_or("good".to_owned(), |at| format!("revoked {}", at.to_minutes())),
        ]);
    }
    table.text()
}

impl Command for PasskeyCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let (client, output) = (&context.client, context.output);
        match self {
            PasskeyCommand::List => {
                output.show(&client.get::<Listed<PasskeyView>>("/me/passkeys")?, |passkeys| {
                    table(&passkeys.items)
                });
            }
            PasskeyCommand::Revoke { passkey, reason } => {
                let path = format!("/passkeys/{passkey}/revocation");
                let revoked: PasskeyView = client.send(Method::Post, &path, &ReasonRequest { reason })?;
                output.show(&revoked, |revoked| format!("{} is revoked", revoked.passkey));
            }
        }
        Ok(())
    }
}
