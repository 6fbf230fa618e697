//! `tagout recover`: two people take the record as it stands for the true one, though it was restored from an older copy or
//! the clock ran ahead. Works on the data directory of a stopped server.

use std::path::PathBuf;

use basis::{Actor, Refusal};
use clap::Args;
use people::{Attempt, LoginCommand};
use storage::{Organisation, Settings};
use tagout::{registry, world};

use super::Common;

#[derive(Debug, Args)]
pub(super) struct Recover {
    /// The handles of two people whom the policy allows it
    #[arg(long = "as", value_name = "HANDLE", num_args = 2, required = true)]
    handles: Vec<String>,
    /// Their passwords in two files, instead of asking for them
    #[arg(long, value_name = "FILE", num_args = 2)]
    password_file: Option<Vec<PathBuf>>,
    /// Their secrets for one-time codes in two files, for trials
    #[arg(long, value_name = "FILE", num_args = 2)]
    secret_file: Option<Vec<PathBuf>>,
    /// Which copy was restored, or how far the clock ran ahead, and why
    #[arg(long)]
    reason: String,
}

impl Recover {
    fn prove(&self, organisation: &Organisation, at: usize) -> Result<Actor, Refusal> {
        let file = |files: &Option<Vec<PathBuf>>| files.as_ref().map(|files| files[at].clone());
        eprintln!("{} signs in:", self.handles[at]);
        let request = LoginCommand::of(
            self.handles[at].clone(),
            file(&self.password_file),
            file(&self.secret_file),
        )
        .read()?;
        let source = "the server's own terminal".to_owned();
        let attempt = Attempt {
            handle: &request.handle,
            password: &request.password,
            code: &request.code,
            source,
        };
        people::prove(organisation, &attempt)
    }

    pub(super) fn run(self, common: &Common) -> Result<(), Refusal> {
        let organisation = Organisation::open(&Settings::beside(&common.data), registry(), world())?;
        let (first, second) = (self.prove(&organisation, 0)?, self.prove(&organisation, 1)?);
        history::recover(&organisation, &first, &second, &self.reason)?;
        common.output().show(&"recovered", |_| {
            "The recovery is recorded. Start the server with `tagout serve`, and tell whoever holds checkpoints.".to_owned()
        });
        Ok(())
    }
}
