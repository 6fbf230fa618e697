//! Signing in and out.

use std::path::PathBuf;

use basis::{Clock, Refusal, SystemClock};
use clap::Args;
use frame::client::Client;
use frame::terminal::Context;
use frame::{Method, Nothing};

use super::enrolment::{CodeCommand, read_password};
use crate::api::{SignInAnswer, SignInRequest};

/// Sign in with password and one-time code
#[derive(Debug, Args)]
pub struct LoginCommand {
    /// Your handle
    #[arg(long = "as", value_name = "HANDLE")]
    handle: String,
    /// Read the password from this file instead of asking for it
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The one-time code; asked for when it is not given
    #[arg(long)]
    code: Option<String>,
    /// Compute the one-time code from the secret in this file, for trials
    #[arg(long, value_name = "FILE", conflicts_with = "code")]
    secret_file: Option<PathBuf>,
}

impl LoginCommand {
    /// The command for this handle, with files in place of questions where they are given.
    pub fn of(handle: String, password_file: Option<PathBuf>, secret_file: Option<PathBuf>) -> Self {
        Self {
            handle,
            password_file,
            code: None,
            secret_file,
        }
    }

    /// Reads password and one-time code from where the command says, or asks for them.
    pub fn read(self) -> Result<SignInRequest, Refusal> {
        let password = read_password(self.password_file.as_deref(), "Password: ")?;
        let code = match (self.code, self.secret_file) {
            (Some(code), _) => code,
            (None, Some(secret_file)) => CodeCommand::of(secret_file).next_code()?,
            (None, None) => read_password(None, "One-time code: ")?,
        };
        Ok(SignInRequest {
            handle: self.handle,
            password,
            code,
        })
    }

    /// Signs in at the client's server; answers the sign-in, whose token the roof keeps.
    pub fn sign_in(self, client: &Client) -> Result<SignInAnswer, Refusal> {
        client.send(Method::Post, "/sign-in", &self.read()?)
    }
}

/// What a person is told after signing in.
pub fn greeting(answer: &SignInAnswer) -> String {
    let left = answer.expires.since(SystemClock.now());
    let person = &answer.person;
    let waits = if person.standing == "unconfirmed" {
        "\nNobody has confirmed yet who you are: your roles wait until a colleague who did not invite you has said so\n\
         with `tagout people confirm`."
    } else {
        ""
    };
    format!(
        "Signed in as {} ({}, {}) for {left}, less when it lies unused (`tagout policy show` says how long).{waits}",
        person.name, person.handle, person.person
    )
}

/// Ends every sign-in of the context's person.
pub fn sign_out(context: &Context) -> Result<(), Refusal> {
    context
        .client
        .send::<_, Nothing>(Method::Post, "/sign-out", &Nothing)
        .map(drop)
}
