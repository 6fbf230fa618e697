//! `tagout quickstart`: a trial organisation whose first steps are ordinary commands, each shown as it is run.
//!
//! What has been done is read from a list in the data directory, so a second start goes on where the first left off.

mod next;
mod script;
mod trial;

use std::process::ExitCode;
use std::thread;

use basis::Refusal;
use clap::Args;
use frame::Reach;

use super::serve::{listen, serve, web_of};
use super::{Common, SERVER};

#[derive(Debug, Args)]
pub(super) struct Quickstart {
    /// The address to listen on
    #[arg(long, default_value = SERVER, value_name = "ADDRESS")]
    listen: String,
    /// Make the first steps and end, instead of going on serving
    #[arg(long)]
    once: bool,
}

impl Quickstart {
    pub(super) fn run(self, common: &Common) -> Result<ExitCode, Refusal> {
        let trial = trial::Trial::at(&common.data)?;
        let organisation = trial.organisation()?;
        let listener = listen(&self.listen, &Reach::Loopback)?;
        let web = web_of("http", &listener)?;
        serve(
            organisation,
            listener,
            Reach::Loopback,
            web,
            move |address, stop| {
                let server = format!("http://{address}");
                thread::spawn(move || {
                    let afterwards = if self.once {
                        next::Server::Ends
                    } else {
                        next::Server::GoesOn
                    };
                    let outcome = script::run(&trial, &server)
                        .and_then(|()| next::what_next(&trial, &server, afterwards));
                    match outcome {
                        Ok(words) => eprintln!("{words}"),
                        Err(refusal) => eprintln!("{refusal}"),
                    }
                    if self.once {
                        stop.now();
                    }
                });
            },
        )
    }
}
