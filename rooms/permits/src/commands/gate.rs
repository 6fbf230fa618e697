//! Asking the gate, and checking a token without asking anybody.

use std::path::{Path, PathBuf};

use basis::{Class, Clock, Refusal, SystemClock};
use clap::{Args, Subcommand};
use frame::Method;
use frame::client::{Client, Trust};
use frame::terminal::{Command, Context, EXIT_VERIFICATION_FAILED, print_refusal};

use super::exec;
use crate::api::{GateRequest, GateView};
use crate::token::{self, Claims, KeySet};

/// Ask whether you may work on an asset now: prints a permit token, or every reason why not (exit code 7)
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct GateCommand {
    /// Run a command behind the gate, or check a token
    #[command(subcommand)]
    verb: Option<GateVerb>,
    /// What to ask
    #[command(flatten)]
    question: Option<QuestionArgs>,
}

/// What is asked.
#[derive(Debug, Clone, Args)]
pub struct QuestionArgs {
    /// The change's id
    change: String,
    /// The asset, by name or id
    #[arg(long)]
    asset: String,
    /// What is to be done: patch, reboot, configure, command, snapshot or roll_back
    #[arg(long)]
    action: String,
}

/// What else can be done at the gate.
#[derive(Debug, Subcommand)]
pub enum GateVerb {
    /// Run a command only if the gate allows it; its output is kept as evidence and its exit code passed on
    Exec {
        /// What to ask
        #[command(flatten)]
        question: QuestionArgs,
        /// The command and its arguments; no shell looks at them
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<std::ffi::OsString>,
    },
    /// Check a token offline (exit code 1 where it is not good)
    Verify {
        /// The token
        token: String,
        /// The public keys: a file, or the address of the server's `/api/v1/jwks.json` on this machine
        #[arg(long, value_name = "FILE|URL")]
        jwks: String,
    },
}

impl Command for GateCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        match (self.verb, self.question) {
            (Some(GateVerb::Exec { question, command }), _) => exec::run(context, &question, &command),
            (Some(GateVerb::Verify { token, jwks }), _) => verify(context, &token, &jwks),
            (None, Some(question)) => {
                let answer = question.ask(context)?;
                context.output.show(&answer, |answer| {
                    format!(
                        "allow: {}\n{}",
                        answer.answer,
                        answer.token.as_deref().unwrap_or_default()
                    )
                });
                say_warning(&answer);
                Ok(())
            }
            (None, None) => Err(Refusal::new(Class::Invalid, "gate", "nothing was asked")
                .way_out("ask `tagout gate CHG-0001 --asset web01 --action patch`")),
        }
    }
}

impl QuestionArgs {
    /// Asks the gate; a no becomes the refusal that lists its reasons.
    pub(super) fn ask(&self, context: &Context) -> Result<GateView, Refusal> {
        let request = GateRequest {
            change: self.change.clone(),
            asset: self.asset.clone(),
            action: self.action.clone(),
            person: None,
        };
        let answer: GateView = context.client.send(Method::Post, "/gate", &request)?;
        if answer.decision == "allow" {
            return Ok(answer);
        }
        let mut refusal = Refusal::new(Class::Policy, answer.rule, answer.answer);
        refusal.missing = answer.reasons;
        refusal.way_out = answer.way_out;
        Err(refusal)
    }
}

/// Says on the error output what the work sets aside, so that the token stays alone on the other.
pub(super) fn say_warning(answer: &GateView) {
    if let Some(warning) = &answer.warning {
        eprintln!("note: {warning}");
    }
}

fn verify(context: &Context, token: &str, jwks: &str) -> Result<(), Refusal> {
    let keys = key_set(context, jwks)?;
    match token::verify(token.trim(), &keys, SystemClock.now()) {
        Ok(claims) => {
            context.output.show(&claims, said);
            Ok(())
        }
        Err(refusal) => {
            print_refusal(&refusal, context.output);
            std::process::exit(i32::from(EXIT_VERIFICATION_FAILED))
        }
    }
}

fn said(claims: &Claims) -> String {
    format!(
        "good: {} may {} {} under {} of {}, says {}",
        claims.sub,
        claims.action.replace('_', " "),
        claims.asset,
        claims.permit,
        claims.change,
        claims.iss
    )
}

/// The end of the address at which every server publishes its keys.
const JWKS_PATH: &str = "/api/v1/jwks.json";

fn key_set(context: &Context, place: &str) -> Result<KeySet, Refusal> {
    if let Some(server) = place
        .starts_with("http")
        .then(|| place.strip_suffix(JWKS_PATH))
        .flatten()
    {
        // Another server than one's own is believed when the operating system knows who vouches for it.
        let trust = if server == context.client.server() {
            context.profile.trust.clone()
        } else {
            Trust::System
        };
        return Client::trusting(server, None, &trust)?.get("/jwks.json");
    }
    let path = PathBuf::from(place);
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unreadable(&path, &error.to_string()))
}

fn unreadable(path: &Path, what: &str) -> Refusal {
    Refusal::new(Class::Invalid, "key set", format!("`{}`: {what}", path.display())).way_out(format!(
        "fetch the server's `{JWKS_PATH}` into a file and name that"
    ))
}
