//! Accepting an invitation, and one-time codes for trials.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use basis::{Chance, Class, Clock, Refusal, Span, SystemChance, SystemClock};
use clap::Args;
use frame::Method;
use frame::terminal::{Command, Context};

use super::recovery_codes::printed;
use crate::api::{AcceptAnswer, AcceptRequest};
use crate::rules::Secret;

/// Accept an invitation: choose a password and set up one-time codes
#[derive(Debug, Args)]
pub struct AcceptCommand {
    /// The one-time code that an administrator gave you
    invitation: String,
    /// Read the password from this file instead of asking for it
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Keep the secret for one-time codes in this file, for trials; without it an authenticator program holds it
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

/// Print the one-time code of a secret kept in a file, for trials
#[derive(Debug, Args)]
pub struct CodeCommand {
    /// The file that `tagout accept --secret-file` wrote
    secret_file: PathBuf,
}

impl CodeCommand {
    pub(super) fn of(secret_file: PathBuf) -> Self {
        Self { secret_file }
    }

    /// The code of the next thirty seconds, which is good already: so that signing in right after accepting an invitation,
    /// which uses up the present one, need not wait.
    pub(super) fn next_code(&self) -> Result<String, Refusal> {
        Ok(read_secret(&self.secret_file)?.code_at(SystemClock.now() + Span::seconds(30)))
    }

    /// The code at this moment.
    pub fn code(&self) -> Result<String, Refusal> {
        Ok(read_secret(&self.secret_file)?.code_at(SystemClock.now()))
    }
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::new(Class::Invalid, "file", format!("`{}`: {error}", path.display()))
        .way_out("give a file that you can read and write")
}

fn read_secret(path: &Path) -> Result<Secret, Refusal> {
    Secret::from_base32(&fs::read_to_string(path).map_err(|error| unreadable(path, &error))?)
}

pub(super) fn read_password(file: Option<&Path>, prompt: &str) -> Result<String, Refusal> {
    match file {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
            Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        None => rpassword::prompt_password(prompt).map_err(|error| {
            Refusal::new(
                Class::Invalid,
                "terminal",
                format!("no password can be asked for here: {error}"),
            )
            .way_out("give it in a file with `--password-file FILE`")
        }),
    }
}

/// Makes a new secret and keeps it in a file that nobody else reads.
fn keep_new_secret(path: &Path) -> Result<Secret, Refusal> {
    let mut bytes = [0; 20];
    SystemChance.fill(&mut bytes);
    let secret = Secret::from_bytes(&bytes);
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| writeln!(file, "{}", secret.to_base32()))
        .map_err(|error| unreadable(path, &error))?;
    Ok(secret)
}

/// Shows a new secret for an authenticator program and asks for the code that it shows.
fn ask_authenticator() -> Result<(Secret, String), Refusal> {
    let mut bytes = [0; 20];
    SystemChance.fill(&mut bytes);
    let secret = Secret::from_bytes(&bytes);
    let base32 = secret.to_base32();
    eprintln!("Add this to your authenticator program, as a time-based code of six digits:\n\n  {base32}\n");
    eprintln!("  otpauth://totp/tagout?secret={base32}&issuer=tagout\n");
    let code = read_password(None, "The code it shows now: ")?;
    Ok((secret, code))
}

impl Command for AcceptCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let (secret, code) = match &self.secret_file {
            None => ask_authenticator()?,
            Some(path) => {
                let secret = if path.exists() {
                    read_secret(path)?
                } else {
                    keep_new_secret(path)?
                };
                let code = secret.code_at(SystemClock.now());
                (secret, code)
            }
        };
        let request = AcceptRequest {
            invitation: self.invitation,
            password: read_password(
                self.password_file.as_deref(),
                "Choose a password of 15 characters or more: ",
            )?,
            totp_secret: secret.to_base32(),
            totp_code: code,
        };
        let accepted: AcceptAnswer = context
            .client
            .send(Method::Post, "/invitations/accept", &request)?;
        context.output.show(&accepted, |accepted| {
            let person = &accepted.person;
            format!(
                "{} is set up. Sign in with `tagout login --as {}` when the next code has come.\n\n{}",
                person.name,
                person.handle,
                printed(&accepted.recovery_codes)
            )
        });
        Ok(())
    }
}
