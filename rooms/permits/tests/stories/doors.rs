//! The same story by command line and REST API over a real socket.

use std::ffi::OsString;
use std::net::TcpListener;
use std::sync::Arc;

use basis::{Actor, Class, Refusal, Span};
use changes::{ChangeCommand, ChangeId, State};
use clap::Parser;
use frame::client::Client;
use frame::terminal::{Command, Context, Output, Profile};
use frame::{Bell, Reach, Stop};
use permits::{GateCommand, KeySet, PermitCommand};

use crate::gate::story;
use crate::house::{Story, has_ssh_keygen};

#[derive(Debug, Parser)]
#[allow(clippy::large_enum_variant, reason = "one line is parsed at a time")]
enum Line {
    #[command(subcommand)]
    Change(ChangeCommand),
    #[command(subcommand)]
    Permit(PermitCommand),
    Gate(GateCommand),
}

/// A server that ends with its story.
struct Server {
    url: String,
    stop: Stop,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    fn of(story: &Story) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let house = frame::House {
            organisation: Arc::clone(&story.house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: frame::pages::Web::at("http://localhost").unwrap(),
        };
        let router = frame::router(vec![changes::routes(), permits::routes()], Arc::new(house));
        let stop = Stop::when_told();
        let told = stop.clone();
        let thread =
            std::thread::spawn(move || frame::serve(router, listener, Reach::Loopback, told).unwrap());
        Self {
            url,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Runs one line as the person, with a token that may do whatever their roles may.
fn say(server: &Server, story: &Story, who: &Actor, line: &[&str]) -> Result<(), Refusal> {
    let organisation = &story.house.organisation;
    let policy = organisation.view(policy::current).unwrap();
    let rows = policy.authority().rows();
    let acts = rows
        .filter(|(_, roles)| !who.roles.is_disjoint(roles))
        .map(|(act, _)| act.to_owned());
    let token = people::issue_token(organisation, who, "story", acts.collect(), Span::days(30)).unwrap();
    let profile = Profile {
        name: "story".to_owned(),
        server: server.url.clone(),
        trust: frame::client::Trust::System,
        token: Some(token.token),
    };
    let context = Context::new(profile, Output { json: true })?;
    let words = std::iter::once("tagout")
        .chain(line.iter().copied())
        .map(OsString::from);
    match Line::try_parse_from(words).unwrap_or_else(|error| panic!("{error}")) {
        Line::Change(command) => command.run(&context),
        Line::Permit(command) => command.run(&context),
        Line::Gate(command) => command.run(&context),
    }
}

#[test]
fn a_change_goes_from_draft_to_the_gate_by_command_line() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    for person in [&story.ben, &story.carla] {
        story.house.confirm(person, &story.anna);
        // Their new invitation ended the key from before.
        story.enrol_key(person);
    }
    let server = Server::of(&story);
    let text = story.house.folder().join("text.txt");
    std::fs::write(&text, "As every month.\n").unwrap();
    let text = text.to_str().unwrap();
    let (from, until) = (
        (story.now() + Span::hours(84)).to_string(),
        (story.now() + Span::hours(88)).to_string(),
    );
    let anna = |line: &[&str]| say(&server, &story, &story.anna, line);

    anna(&[
        "change",
        "open",
        "Monthly updates",
        "--asset",
        "web02",
        "--reason",
        "Known flaws",
    ])
    .unwrap();
    let refusal = anna(&["change", "submit", "CHG-0001"]).unwrap_err();
    assert_eq!(refusal.class, Class::Policy, "exit code 7");
    assert!(
        refusal.missing.iter().any(|line| line.starts_with("a test plan")),
        "{refusal}"
    );
    let edit = [
        "change",
        "edit",
        "CHG-0001",
        "--security-impact",
        text,
        "--availability-impact",
        text,
        "--test-plan",
        text,
        "--rollback-plan",
        text,
        "--communication-plan",
        text,
        "--executor",
        "dora",
        "--from",
        &from,
        "--until",
        &until,
    ];
    anna(&edit).unwrap();
    anna(&["change", "submit", "CHG-0001"]).unwrap();
    let id: ChangeId = "CHG-0001".parse().unwrap();
    sign_and_schedule(&story, &server, id);
    from_the_gate_to_the_closure(&story, &server, id);
    story.house.assert_sound();
}

fn sign_and_schedule(story: &Story, server: &Server, id: ChangeId) {
    let anna = |line: &[&str]| say(server, story, &story.anna, line);
    anna(&["change", "text", "CHG-0001"]).unwrap();
    let key = |who: &Actor| story.key(who).to_str().unwrap().to_owned();
    let own = anna(&["change", "approve", "CHG-0001", "--key", &key(&story.anna)]).unwrap_err();
    assert_eq!(own.class, Class::Forbidden);
    let ben = |line: &[&str]| say(server, story, &story.ben, line);
    ben(&[
        "change",
        "approve",
        "CHG-0001",
        "--key",
        &key(&story.ben),
        "--comment",
        "50 % & fine",
        "--yes",
    ])
    .unwrap();
    anna(&["change", "schedule", "CHG-0001"]).unwrap();
    assert_eq!(story.show(id).state, State::Scheduled);
    assert_eq!(
        story.show(id).decisions[0].comment.as_deref(),
        Some("50 % & fine")
    );
}

fn from_the_gate_to_the_closure(story: &Story, server: &Server, id: ChangeId) {
    let anna = |line: &[&str]| say(server, story, &story.anna, line);
    story.house.wait(Span::hours(85));
    let gate = ["gate", "CHG-0001", "--asset", "web02", "--action", "patch"];
    let dora = |line: &[&str]| say(server, story, &story.dora, line);
    let refusal = dora(&gate).unwrap_err();
    assert_eq!(refusal.class, Class::Policy, "exit code 7");
    assert!(
        refusal.missing.iter().any(|line| line.starts_with("a permit")),
        "{refusal}"
    );
    say(server, story, &story.carla, &["permit", "issue", "CHG-0001"]).unwrap();
    dora(&gate).unwrap();
    dora(&["permit", "list"]).unwrap();
    dora(&["permit", "hand-back", "PMT-0001"]).unwrap();
    assert_eq!(story.show(id).state, State::Verifying);
    for line in ["show", "timeline", "missing"] {
        anna(&["change", line, "CHG-0001"]).unwrap();
    }
    anna(&["change", "list", "--state", "verifying"]).unwrap();
    anna(&["change", "verify", "CHG-0001", "--comment", "all well"]).unwrap();
    let open = say(
        server,
        story,
        &story.carla,
        &["change", "close", "CHG-0001", "--resolution", "Done"],
    );
    assert!(
        open.unwrap_err()
            .missing
            .iter()
            .any(|line| line.contains("transcript of AST-0002"))
    );
    let keys: KeySet = Client::new(&server.url, None).unwrap().get("/jwks.json").unwrap();
    assert_eq!(
        keys,
        permits::key_set(&story.house.organisation).unwrap(),
        "published to everybody"
    );
}
