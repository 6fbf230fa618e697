//! The command line: which commands there are, and the exit code of each.
//!
//! Most commands ask the server as the person who signed in; `init`, `serve`, `quickstart`, `doctor`, `recover` and
//! `verify` work on the data directory or on a file.

mod doctor;
mod found;
mod https;
#[cfg(test)]
mod named;
mod quickstart;
mod recover;
mod serve;
mod signing_in;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use basis::{Class, Refusal};
use clap::{Args, Parser, Subcommand};
use frame::client::Trust;
use frame::terminal::{Command, Context, Output, Profile, Profiles, exit_code, print_refusal};
use frame::tls::Fingerprint;

/// The address that the server listens on unless told otherwise.
const SERVER: &str = "127.0.0.1:7420";

/// The permit-to-work system for computers that hold Controlled Unclassified Information
#[derive(Debug, Parser)]
#[command(name = "tagout", version, arg_required_else_help = true)]
pub struct CommandLine {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: AnyCommand,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Common {
    /// Show answers and refusals as JSON
    #[arg(long, global = true)]
    json: bool,
    /// The data directory, for the commands that work on it
    #[arg(
        long,
        global = true,
        env = "TAGOUT_DATA",
        default_value = "tagout-data",
        value_name = "DIR"
    )]
    data: PathBuf,
    /// The server's address, for the commands that ask it
    #[arg(long, global = true, env = "TAGOUT_SERVER", value_name = "URL")]
    server: Option<String>,
    /// Believe the server that has this certificate, SHA256:HEX, and no other; `tagout login` keeps it
    #[arg(
        long,
        global = true,
        env = "TAGOUT_SERVER_FINGERPRINT",
        value_name = "FINGERPRINT",
        conflicts_with = "server_ca"
    )]
    server_fingerprint: Option<Fingerprint>,
    /// Believe a server that the authority in this file vouches for, and no other; `tagout login` keeps it
    #[arg(long, global = true, env = "TAGOUT_SERVER_CA", value_name = "FILE")]
    server_ca: Option<PathBuf>,
    /// The name under which your sign-in is kept, where several people share an account of the operating system
    #[arg(long, global = true, env = "TAGOUT_PROFILE", default_value = "default")]
    profile: String,
    #[arg(skip)]
    profiles: Option<PathBuf>,
}

impl Common {
    /// The option that names the data directory, with a blank before it, where it is not the usual one.
    fn data_option(&self) -> String {
        if self.data == Path::new("tagout-data") {
            String::new()
        } else {
            format!(" --data '{}'", self.data.display())
        }
    }
}

// One command is read per process: the room that the largest takes is no matter.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Subcommand)]
enum AnyCommand {
    /// Try it: an organisation in ./tagout-data with this machine, example files and a draft change, and its server
    Quickstart(quickstart::Quickstart),
    /// Make the data directory of a new organisation and invite its first administrator
    Init(found::Init),
    /// Serve an organisation
    Serve(serve::Serve),
    /// Look for damage in a data directory
    Doctor(doctor::Doctor),
    /// Record, by two people, that an older database is taken for the true one
    Recover(recover::Recover),
    Accept(people::AcceptCommand),
    Code(people::CodeCommand),
    Login(people::LoginCommand),
    /// Sign out everywhere
    Logout,
    /// People and their roles
    #[command(subcommand)]
    People(people::PeopleCommand),
    /// Keys with which you sign approvals
    #[command(subcommand)]
    Key(people::KeyCommand),
    /// Passkeys and security keys with which you sign in
    #[command(subcommand)]
    Passkey(people::PasskeyCommand),
    RecoveryCodes(people::RecoveryCodesCommand),
    /// Tokens with which programs act for you
    #[command(subcommand)]
    Token(people::TokenCommand),
    /// The policy in force, drafts of it, and its versions
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Files that prove something
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// The inventory
    #[command(subcommand)]
    Asset(assets::AssetCommand),
    /// Vulnerabilities on assets
    #[command(subcommand)]
    Finding(findings::FindingCommand),
    /// Change requests
    #[command(subcommand)]
    Change(changes::ChangeCommand),
    /// Permits to work
    #[command(subcommand)]
    Permit(permits::PermitCommand),
    Gate(permits::GateCommand),
    /// Plans of what will be done
    #[command(subcommand)]
    Plan(runs::PlanCommand),
    /// Plans being carried out
    #[command(subcommand)]
    Run(runs::RunCommand),
    Export(history::ExportCommand),
    Verify(history::VerifyCommand),
    /// The ledger: browse, prove, redact
    #[command(subcommand)]
    History(history::HistoryCommand),
}

impl Common {
    fn output(&self) -> Output {
        Output { json: self.json }
    }

    fn profiles(&self) -> Result<Profiles, Refusal> {
        if let Some(path) = &self.profiles {
            return Ok(Profiles::at(path));
        }
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let path = Profiles::usual_path(
            variable("TAGOUT_PROFILES"),
            variable("XDG_CONFIG_HOME"),
            variable("HOME"),
        );
        path.map(Profiles::at).ok_or_else(|| {
            Refusal::new(
                Class::Invalid,
                "profiles",
                "there is no home directory to keep your sign-in in",
            )
            .way_out("name a file with `TAGOUT_PROFILES`")
        })
    }

    fn profile(&self) -> Result<Profile, Refusal> {
        let mut profile = self.profiles()?.find(&self.profile)?.unwrap_or_else(|| Profile {
            name: self.profile.clone(),
            server: format!("http://{SERVER}"),
            trust: Trust::System,
            token: None,
        });
        if let Some(server) = &self.server
            && *server != profile.server
        {
            // What was said of one server says nothing of another, and a token goes to no other machine.
            profile.trust = Trust::System;
            if server.starts_with("https:") || profile.server.starts_with("https:") {
                profile.token = None;
            }
            profile.server.clone_from(server);
        }
        match (self.server_fingerprint, &self.server_ca) {
            (Some(fingerprint), _) => profile.trust = Trust::Pinned(fingerprint),
            (None, Some(path)) => profile.trust = Trust::Authority(absolute(path)),
            (None, None) => {}
        }
        Ok(profile)
    }

    fn context(&self) -> Result<Context, Refusal> {
        Context::new(self.profile()?, self.output())
    }
}

/// The path as it is found from any folder: it is kept for later commands.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl CommandLine {
    /// The same command with sign-ins kept in this file.
    fn with_profiles(mut self, path: PathBuf) -> Self {
        self.common.profiles = Some(path);
        self
    }
}

/// Runs the command; the exit code says which class of refusal it met, if any.
pub fn run(line: CommandLine) -> ExitCode {
    let output = line.common.output();
    match dispatch(line) {
        Ok(code) => code,
        Err(refusal) => {
            print_refusal(&refusal, output);
            ExitCode::from(exit_code(refusal.class))
        }
    }
}

fn dispatch(line: CommandLine) -> Result<ExitCode, Refusal> {
    let common = line.common;
    let asked = |command: Result<(), Refusal>| command.map(|()| ExitCode::SUCCESS);
    match line.command {
        AnyCommand::Quickstart(command) => command.run(&common),
        AnyCommand::Init(command) => asked(command.run(&common)),
        AnyCommand::Serve(command) => command.run(&common),
        AnyCommand::Doctor(command) => command.run(&common),
        AnyCommand::Recover(command) => asked(command.run(&common)),
        AnyCommand::Accept(command) => asked(command.run(&common.context()?)),
        AnyCommand::Code(command) => {
            println!("{}", command.code()?);
            Ok(ExitCode::SUCCESS)
        }
        AnyCommand::Login(command) => asked(signing_in::log_in(command, &common)),
        AnyCommand::Logout => asked(signing_in::log_out(&common)),
        AnyCommand::People(command) => asked(command.run(&common.context()?)),
        AnyCommand::Key(command) => asked(command.run(&common.context()?)),
        AnyCommand::Passkey(command) => asked(command.run(&common.context()?)),
        AnyCommand::RecoveryCodes(command) => asked(command.run(&common.context()?)),
        AnyCommand::Token(command) => asked(command.run(&common.context()?)),
        AnyCommand::Policy(command) => asked(command.run(&common.context()?)),
        AnyCommand::Evidence(command) => asked(command.run(&common.context()?)),
        AnyCommand::Asset(command) => asked(command.run(&common.context()?)),
        AnyCommand::Finding(command) => asked(command.run(&common.context()?)),
        AnyCommand::Change(command) => asked(command.run(&common.context()?)),
        AnyCommand::Permit(command) => asked(command.run(&common.context()?)),
        AnyCommand::Gate(command) => asked(command.run(&common.context()?)),
        AnyCommand::Plan(command) => asked(command.run(&common.context()?)),
        AnyCommand::Run(command) => asked(command.run(&common.context()?)),
        AnyCommand::Export(command) => asked(command.run(&common.context()?)),
        AnyCommand::Verify(command) => command.run(common.output()).map(ExitCode::from),
        AnyCommand::History(command) => asked(command.run(&common.context()?)),
    }
}
