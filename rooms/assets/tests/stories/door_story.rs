//! The register through its doors: commands that call the API over a real socket.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::{Actor, Class, Id, Refusal, Role};
use clap::Parser;
use frame::pages::Introduction;
use frame::terminal::{Command, Context, Output, Profile};
use frame::{Bell, Gatekeeper, Reach, Stop};
use storage::Organisation;

use crate::house::{House, actor, house};

/// Lets in whoever gives the name of a role as token.
struct ByRole;

impl Gatekeeper for ByRole {
    fn identify(&self, _: &Organisation, token: &str) -> Result<Actor, Refusal> {
        let role = Role::named(token)
            .ok_or_else(|| Refusal::new(Class::Unauthenticated, "token", "no such role"))?;
        Ok(actor(role as u64 + 10, role))
    }

    fn admit(&self, organisation: &Organisation, actor: &Actor, act: &str) -> Result<(), Refusal> {
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

#[derive(Parser)]
enum Line {
    #[command(subcommand)]
    Asset(assets::AssetCommand),
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
}

struct Door {
    house: House,
    server: String,
    stop: Stop,
    thread: Option<JoinHandle<Result<(), Refusal>>>,
}

impl Door {
    fn open() -> Self {
        let house = house();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("http://{}", listener.local_addr().unwrap());
        let shared = frame::House {
            organisation: Arc::clone(&house.organisation),
            gatekeeper: Arc::new(ByRole),
            bell: Bell::new(),
            web: frame::pages::Web::at("http://localhost").unwrap(),
        };
        let router = frame::router(vec![evidence::routes(), assets::routes()], Arc::new(shared));
        let stop = Stop::when_told();
        let told = stop.clone();
        let thread = std::thread::spawn(move || frame::serve(router, listener, Reach::Loopback, told));
        Self {
            house,
            server,
            stop,
            thread: Some(thread),
        }
    }

    fn context(&self, role: Role) -> Context {
        let profile = Profile {
            server: self.server.clone(),
            trust: frame::client::Trust::System,
            token: Some(role.name().to_owned()),
            name: "tests".to_owned(),
        };
        Context::new(profile, Output { json: false }).unwrap()
    }

    fn run(&self, role: Role, line: &[&str]) -> Result<(), Refusal> {
        let words = std::iter::once("tagout").chain(line.iter().copied());
        match Line::try_parse_from(words).unwrap() {
            Line::Asset(command) => command.run(&self.context(role)),
            Line::Evidence(command) => command.run(&self.context(role)),
        }
    }

    fn answer(&self, path: &str) -> serde_json::Value {
        self.context(Role::Auditor).client.get(path).unwrap()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

#[test]
fn the_register_is_kept_by_command_line() {
    let door = Door::open();
    let folder = tempfile::tempdir().unwrap();
    let owner = Role::SystemOwner;
    door.run(
        owner,
        &[
            "asset",
            "register",
            "web01",
            "--kind",
            "server",
            "--classification",
            "fci",
        ],
    )
    .unwrap();
    door.run(
        owner,
        &["asset", "edit", "WEB01", "--ring", "1", "--owner", "anna"],
    )
    .unwrap();
    let shown = door.answer("/assets/web01");
    assert_eq!(shown["asset"], "AST-0001");
    assert_eq!(shown["fields"]["ring"], "1");
    assert_eq!(shown["fields"]["classification"], "fci");

    let list = file(
        folder.path(),
        "list.csv",
        "hostname,location\nweb01,Rack 4\nweb02,Rack 5\n",
    );
    let size = door.house.ledger_size();
    door.run(owner, &["asset", "import", &list, "--mapping", "generic"])
        .unwrap();
    assert_eq!(door.house.ledger_size(), size);
    door.run(
        owner,
        &["asset", "import", &list, "--mapping", "generic", "--apply"],
    )
    .unwrap();
    assert_eq!(door.house.names(), ["web01", "web02"]);
    assert_eq!(door.answer("/assets/web01")["fields"]["location"], "Rack 4");
    let size = door.house.ledger_size();
    door.run(
        owner,
        &["asset", "import", &list, "--mapping", "generic", "--apply"],
    )
    .unwrap();
    assert_eq!(door.house.ledger_size(), size);
    let nameless = file(folder.path(), "nameless.csv", "hostname,location\n,Rack 4\n");
    for apply in [&["--apply"][..], &[]] {
        let import = ["asset", "import", &nameless, "--mapping", "generic"];
        let refusal = door.run(owner, &[&import[..], apply].concat()).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid);
    }

    let mapping = file(
        folder.path(),
        "our_list.toml",
        "title = \"Ours\"\n[columns]\nname = [\"rechner\"]\n",
    );
    let list = file(folder.path(), "ours.csv", "rechner\ndb01\n");
    door.run(
        owner,
        &["asset", "import", &list, "--mapping-file", &mapping, "--apply"],
    )
    .unwrap();
    door.run(owner, &["asset", "import", &list, "--mapping", "our-list"])
        .unwrap();
    assert_eq!(
        door.answer("/assets/mappings")["items"].as_array().unwrap().len(),
        4
    );

    door.run(owner, &["asset", "retire", "db01", "--reason", "scrapped"])
        .unwrap();
    assert_eq!(door.answer("/assets?limit=1")["next"], "AST-0001");
    assert_eq!(door.answer("/assets")["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        door.answer("/assets?retired=true")["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    for line in [
        &["asset", "list"][..],
        &["asset", "show", "web01"],
        &["asset", "mappings", "--show", "generic"],
    ] {
        door.run(Role::Auditor, line).unwrap();
    }
    let refusal = door
        .run(Role::Auditor, &["asset", "retire", "web01", "--reason", "x"])
        .unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
    let refusal = door.run(owner, &["asset", "show", "web09"]).unwrap_err();
    assert_eq!(refusal.class, Class::NotFound);
    door.house.assert_rebuilds();
}

#[test]
fn this_machine_is_enrolled_and_collected_by_command_line() {
    let door = Door::open();
    let owner = Role::SystemOwner;
    door.run(owner, &["asset", "register", "here"]).unwrap();
    door.run(owner, &["asset", "enrol-host", "here", "--local"])
        .unwrap();
    for list in ["updates", "packages"] {
        let refusal = door.run(Role::Auditor, &["asset", list, "here"]).unwrap_err();
        assert_eq!(refusal.class, Class::Conflict);
        assert_eq!(refusal.way_out, ["collect it: `tagout asset collect here`"]);
    }
    door.run(Role::Technician, &["asset", "collect", "--all"])
        .unwrap();
    let shown = door.answer("/assets/here");
    assert_eq!(shown["connection"]["way"], "local");
    let packages = door.answer("/assets/here/packages");
    assert_eq!(
        packages["items"].as_array().unwrap().len() as u64,
        shown["state"]["packages"].as_u64().unwrap()
    );
    for line in [
        &["asset", "packages", "here"][..],
        &["asset", "updates", "here", "--security"],
        &["asset", "connection-key"],
        &["evidence", "list", "--about", "AST-0001"],
    ] {
        door.run(Role::Auditor, line).unwrap();
    }
    let login = [
        "asset",
        "enrol-host",
        "here",
        "--address",
        "127.0.0.1",
        "--port",
        "9",
        "--user",
        "tagout",
    ];
    assert_eq!(door.run(owner, &login).unwrap_err().class, Class::Outside);
}

#[test]
fn evidence_is_added_fetched_and_destroyed_by_command_line() {
    let door = Door::open();
    let folder = tempfile::tempdir().unwrap();
    let result = file(folder.path(), "result.txt", "all passed");
    let technician = Role::Technician;
    let add = [
        "evidence",
        "add",
        &result,
        "--about",
        "CHG-0001",
        "--about",
        "AST-0001",
        "--kind",
        "test_result",
    ];
    door.run(
        technician,
        &[&add[..], &["--draft", "--objective", "r2:3.4.3[c]"]].concat(),
    )
    .unwrap();
    door.run(technician, &["evidence", "finalise", "EVD-0001"])
        .unwrap();
    let copy = folder.path().join("copy.txt").display().to_string();
    door.run(Role::Auditor, &["evidence", "get", "EVD-0001", "--output", &copy])
        .unwrap();
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), "all passed");
    let again = door
        .run(Role::Auditor, &["evidence", "get", "EVD-0001", "--output", &copy])
        .unwrap_err();
    assert_eq!(
        again.class,
        Class::Invalid,
        "a file that is there is not overwritten"
    );
    let shown = door.answer("/evidence/EVD-0001");
    assert_eq!(shown["evidence"]["standing"], "final");
    assert_eq!(
        shown["evidence"]["about"],
        serde_json::json!(["AST-0001", "CHG-0001"])
    );
    assert_eq!(shown["openings"].as_array().unwrap().len(), 1);
    assert_eq!(
        shown["openings"][0]["person"],
        actor(Role::Auditor as u64 + 10, Role::Auditor).person.to_string()
    );

    let blobs = door.house.blobs();
    let wrong = [
        "evidence",
        "add",
        &result,
        "--about",
        "web01",
        "--kind",
        "test_result",
    ];
    assert_eq!(door.run(technician, &wrong).unwrap_err().class, Class::Invalid);
    let refused = [
        "evidence",
        "add",
        &result,
        "--about",
        "CHG-0001",
        "--kind",
        "test_result",
    ];
    assert_eq!(
        door.run(Role::Auditor, &refused).unwrap_err().class,
        Class::Forbidden
    );
    assert_eq!(door.house.blobs(), blobs, "what was refused is not kept");

    door.run(
        Role::SystemOwner,
        &["evidence", "destroy", "EVD-0001", "--reason", "spilled"],
    )
    .unwrap();
    assert_eq!(door.house.blobs(), 0);
    door.run(Role::Auditor, &["evidence", "show", "EVD-0001"])
        .unwrap();
    assert_eq!(evidence::EvidenceId::parse("EVD-0001").unwrap().number(), 1);
    door.house.assert_rebuilds();
}
