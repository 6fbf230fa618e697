//! The commands of history against a running server: export, verify, browse, as a person types them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::{Actor, Class, Refusal, Role};
use clap::Parser;
use frame::pages::Introduction;
use frame::terminal::{Command, Context, EXIT_VERIFICATION_FAILED, Output, Profile};
use frame::{Bell, Gatekeeper, House, Reach, Stop};
use history::{ExportCommand, HistoryCommand, VerifyCommand};
use storage::Organisation;

use crate::house::Story;

#[derive(Parser)]
enum Typed {
    Export(ExportCommand),
    Verify(VerifyCommand),
    #[command(subcommand)]
    History(HistoryCommand),
}

/// Knows the story's people by their names.
struct ByName(Vec<(&'static str, basis::Actor)>);

impl Gatekeeper for ByName {
    fn identify(&self, _: &Organisation, token: &str) -> Result<basis::Actor, Refusal> {
        let known = self.0.iter().find(|(name, _)| *name == token);
        known
            .map(|(_, actor)| actor.clone())
            .ok_or_else(|| Refusal::new(Class::Unauthenticated, "token", "nobody has this token"))
    }

    fn admit(&self, organisation: &Organisation, actor: &basis::Actor, act: &str) -> Result<(), Refusal> {
        organisation.view(|view| policy::current(view)?.authority().admit(actor, act))
    }

    fn introduce(&self, _: &Organisation, actor: &Actor) -> Result<Introduction, Refusal> {
        Ok(Introduction {
            organisation: "Toy".to_owned(),
            person: actor.person.to_string(),
            roles: Vec::new(),
        })
    }
}

struct Door {
    story: Story,
    address: String,
    stop: Stop,
    server: Option<JoinHandle<()>>,
}

impl Door {
    fn open() -> Self {
        let story = Story::told();
        let people = vec![
            ("vera", story.auditor.clone()),
            ("olga", story.owner.clone()),
            ("omar", story.second_owner.clone()),
            ("tess", story.house.person("tess", &[Role::Technician])),
        ];
        let house = House {
            organisation: Arc::clone(&story.house.organisation),
            gatekeeper: Arc::new(ByName(people)),
            bell: Bell::new(),
            web: frame::pages::Web::at("http://localhost").unwrap(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stop = Stop::when_told();
        let told = stop.clone();
        let router = frame::router(vec![history::routes(), policy::routes()], Arc::new(house));
        let server =
            std::thread::spawn(move || frame::serve(router, listener, Reach::Loopback, told).unwrap());
        Self {
            story,
            address,
            stop,
            server: Some(server),
        }
    }

    /// Types a command as this person; answers the exit code of `verify`, 0 for the others.
    fn types(&self, person: &str, words: &[&str]) -> Result<u8, Refusal> {
        let profile = Profile {
            name: person.to_owned(),
            server: self.address.clone(),
            trust: frame::client::Trust::System,
            token: Some(person.to_owned()),
        };
        let context = Context::new(profile, Output { json: true })?;
        let typed = Typed::try_parse_from([&["tagout"], words].concat()).expect("the command is typed right");
        match typed {
            Typed::Export(command) => command.run(&context).map(|()| 0),
            Typed::History(command) => command.run(&context).map(|()| 0),
            Typed::Verify(command) => command.run(context.output),
        }
    }

    fn place(&self, name: &str) -> (PathBuf, String) {
        let place = self.story.house.folder().join(name);
        let text = place.display().to_string();
        (place, text)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(server) = self.server.take() {
            server.join().unwrap();
        }
    }
}

#[test]
fn an_auditor_exports_to_a_file_or_a_directory_and_a_stranger_verifies_both() {
    let door = Door::open();
    let key = door.story.house.organisation.verifier_key().unwrap().to_string();
    for name in ["package.zip", "package"] {
        let (place, text) = door.place(name);
        assert_eq!(
            door.types("vera", &["export", "--change", "CHG-0001", "--output", &text]),
            Ok(0)
        );
        assert!(place.exists());
        assert_eq!(door.types("vera", &["verify", &text, "--key", &key]), Ok(0));
        let again = door
            .types("vera", &["export", "--change", "CHG-0001", "--output", &text])
            .unwrap_err();
        assert!(again.what.contains("it exists"), "{again}");
    }
    let (_, period) = door.place("period.zip");
    assert_eq!(
        door.types(
            "olga",
            &["export", "--from", "0", "--to", "5", "--output", &period]
        ),
        Ok(0)
    );
    let refusal = door
        .types("tess", &["export", "--change", "CHG-0001", "--output", "x.zip"])
        .unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
}

#[test]
fn a_package_that_was_touched_is_told_from_one_that_was_not() {
    let door = Door::open();
    let key = door.story.house.organisation.verifier_key().unwrap().to_string();
    let (place, text) = door.place("package.zip");
    door.types("vera", &["export", "--change", "CHG-0001", "--output", &text])
        .unwrap();
    let whole = std::fs::read(&place).unwrap();
    for at in [40, whole.len() / 2, whole.len() - 1] {
        let mut touched = whole.clone();
        touched[at] ^= 1;
        std::fs::write(&place, touched).unwrap();
        assert_eq!(
            door.types("vera", &["verify", &text, "--key", &key]),
            Ok(EXIT_VERIFICATION_FAILED),
            "{at}"
        );
    }
    let (key_file, key_text) = door.place("key");
    std::fs::write(&key_file, format!("{key}\n")).unwrap();
    std::fs::write(&place, &whole).unwrap();
    assert_eq!(
        door.types("vera", &["verify", &text, "--key", &format!("@{key_text}")]),
        Ok(0)
    );
    let refusal = door
        .types("vera", &["verify", &text, "--key", "nonsense"])
        .unwrap_err();
    assert_eq!(refusal.class, Class::Invalid);
    let refusal = door
        .types("vera", &["verify", "/nowhere", "--key", &key])
        .unwrap_err();
    assert_eq!(refusal.class, Class::Invalid);
}

#[test]
fn two_people_redact_over_the_wire_and_everybody_who_may_reads_the_record() {
    let door = Door::open();
    let index = door.story.index_of("changes.submitted").to_string();
    door.types("olga", &["history", "redact", &index, "--reason", "spilled"])
        .unwrap();
    let alone = door
        .types("olga", &["history", "confirm", "RED-0001"])
        .unwrap_err();
    assert_eq!(alone.rule, "two people");
    door.types("omar", &["history", "confirm", "RED-0001"]).unwrap();
    for words in [
        vec!["history", "list", "--about", "CHG-0001", "--type", "changes."],
        vec!["history", "show", &index],
        vec!["history", "key"],
        vec!["history", "checkpoint"],
        vec!["history", "exports"],
        vec!["history", "redactions"],
        vec!["history", "verify", "--rebuild"],
    ] {
        assert_eq!(door.types("vera", &words), Ok(0), "{words:?}");
    }
    let refusal = door.types("tess", &["history", "list"]).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
}
