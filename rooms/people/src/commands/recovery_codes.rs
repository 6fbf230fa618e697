//! Recovery codes: how many are left, and new ones.

use basis::Refusal;
use clap::Args;
use frame::terminal::{Command, Context};
use frame::{Method, Nothing};

use crate::api::{NewRecoveryCodesView, RecoveryCodesView};

/// Show how many recovery codes you have left, or make new ones
#[derive(Debug, Args)]
pub struct RecoveryCodesCommand {
    /// Make new codes and print them once; earlier ones end
    #[arg(long)]
    new: bool,
}

/// The codes as a person keeps them.
pub(super) fn printed(codes: &[String]) -> String {
    format!(
        "Recovery codes, shown only now: each is good once in place of a one-time code, together with your password.\n\
         Print them, or keep them where your authenticator is not.\n\n  {}",
        codes.join("\n  ")
    )
}

fn left(codes: &RecoveryCodesView) -> String {
    match codes.made_at {
        Some(at) => format!(
            "{} recovery codes are left of those made {}",
            codes.left,
            at.to_minutes()
        ),
        None => "you have no recovery codes; `tagout recovery-codes --new` makes some".to_owned(),
    }
}

impl Command for RecoveryCodesCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let (client, output) = (&context.client, context.output);
        if self.new {
            let codes: NewRecoveryCodesView = client.send(Method::Post, "/me/recovery-codes", &Nothing)?;
            output.show(&codes, |codes| printed(&codes.recovery_codes));
        } else {
            output.show(&client.get::<RecoveryCodesView>("/me/recovery-codes")?, left);
        }
        Ok(())
    }
}
