//! Gate decisions over HTTP beside a bare handler in the same server, asked in turn over held connections.
//!
//! `cargo run --release -p benches --bin gate -- [FOLDER]`; the folder must be on the disk that is asked about.
//!
//! The bare handler does what no recording door can do without: the server reads the request and knows the caller by the same
//! token, then one event as long as the gate's is appended to the ledger and flushed, with a row that is found in the same two
//! ways, then an answer of the same length is written. The gate does all that and decides: it goes by policy, change, approvals,
//! window, permit, asset and evidence, and signs a token.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use basis::{PersonId, Refusal, Span, Subject};
use changes::ChangeId;
use frame::client::Client;
use frame::{Bell, Call, Method, Nothing, Reach, Routes, Stop};
use ledger::events::{Event, Events};
use permits::Narrowed;
use policy::EvidenceKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use storage::{By, EventKind, Migration, Stamp, StorageError, Tables, Value};

// The people, keys and machines of the changes room's stories are those of this measurement as well.
#[path = "../../../rooms/changes/tests/stories/house.rs"]
#[allow(dead_code, reason = "a measurement needs only a part of the story")]
mod house;

use house::Story;

const REQUESTS: usize = 500;
const ROUNDS: usize = 5;
const CALLERS: [usize; 2] = [1, 8];

#[derive(Debug, Serialize, Deserialize)]
struct Noted {
    person: PersonId,
    text: String,
    id: String,
}

impl Event for Noted {
    const TYPE: &'static str = "benches.noted";
    fn subject(&self) -> Subject {
        self.person.into()
    }
}

fn apply(tables: &Tables<'_>, stamp: &Stamp, event: Noted) -> Result<(), StorageError> {
    let values = [
        Value::from(stamp.index),
        Value::id(event.person),
        event.text.into(),
        event.id.into(),
    ];
    let sql = "insert into notes (note_id, person, text, id) values ($1, $2, $3, $4)";
    tables.execute(sql, &values).map(drop)
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Note {
    text: String,
    /// How long the text of the answer is to be.
    answer: usize,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Kept {
    index: u64,
    text: String,
}

fn keep(call: &Call<'_, Nothing, Note>) -> Result<Kept, Refusal> {
    let mut tx = call.organisation().begin("benches.keep")?;
    let index = tx.next_index();
    let event = Noted {
        person: call.actor.person,
        text: call.body.text.clone(),
        id: format!(
            "{:032x}",
            u128::from_be_bytes(call.organisation().chance().sixteen())
        ),
    };
    tx.record(call.actor, Events::one(event))?;
    tx.commit()?;
    Ok(Kept {
        index,
        text: "x".repeat(call.body.answer),
    })
}

fn bare_routes() -> Routes {
    // The gate's own act, so that the token is checked in the same way.
    Routes::room("benches").act(Method::Post, "/bare", "permits.ask_gate", "Keeps a note", keep)
}

fn story() -> Story {
    Story::with(|rooms| {
        let migration = Migration {
            name: "benches/0001",
            sql: "create table notes (note_id integer primary key not null, person integer not null, text text not null, id text not null) strict;
                create index notes_by_person on notes (person, note_id);
                create index notes_by_id on notes (id);",
        };
        rooms
            .room(permits::migrations(), permits::events())
            .room(&[migration], vec![EventKind::of::<Noted>(apply)])
    })
}

/// Brings a change into its window, with its permit and the backup that the policy asks for.
fn ready(story: &Story) -> Result<ChangeId, Refusal> {
    let organisation = &story.house.organisation;
    let id = story.open("web01")?.id;
    story.plan(id)?;
    story.submit(id)?;
    story.approve(&story.ben, id)?;
    if story.show(id).state != changes::State::Approved {
        story.approve(&story.carla, id)?;
    }
    story.schedule(id)?;
    story.house.wait(Span::hours(85));
    permits::issue(organisation, &story.carla, id, &Narrowed::default())?;
    let blob = organisation.store_blob(&mut "lvm snapshot web01-0001".as_bytes())?;
    let mut tx = organisation.begin("evidence.add")?;
    let asset = Subject::parse("AST-0001").expect("an id");
    let new = evidence::NewEvidence {
        name: evidence::EvidenceName::parse("snapshot.txt").expect("a name"),
        media_type: evidence::MediaType::Text,
        kind: EvidenceKind::Snapshot,
        blob,
        about: vec![id.into(), asset],
        objectives: Vec::new(),
        is_final: true,
        taken_at: organisation.now(),
    };
    evidence::attach(&mut tx, &By::from(&story.dora), new)?;
    tx.commit()?;
    Ok(id)
}

/// A server that ends when dropped.
struct Server {
    url: String,
    stop: Stop,
    thread: Option<thread::JoinHandle<Result<(), Refusal>>>,
}

impl Server {
    fn of(story: &Story) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let house = frame::House {
            organisation: Arc::clone(&story.house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: frame::pages::Web::at("http://localhost").unwrap(),
        };
        let router = frame::router(vec![permits::routes(), bare_routes()], Arc::new(house));
        let stop = Stop::when_told();
        let told = stop.clone();
        Self {
            url,
            stop,
            thread: Some(thread::spawn(move || {
                frame::serve(router, listener, Reach::Loopback, told)
            })),
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

/// Asks as often as said, by so many callers at once, each over its own connection.
fn ask(clients: &[Client], path: &str, body: &Json) -> Duration {
    let asked = AtomicUsize::new(0);
    benches::time(|| {
        thread::scope(|scope| {
            for client in clients {
                scope.spawn(|| {
                    while asked.fetch_add(1, Ordering::Relaxed) < REQUESTS {
                        let _: Json = client.send(Method::Post, path, body).expect("an answer");
                    }
                });
            }
        });
    })
}

fn main() -> Result<(), Refusal> {
    if let Some(folder) = std::env::args_os().nth(1) {
        // The story makes its folder where temporary folders are made; no other thread runs yet.
        tempfile::env::override_temp_dir(folder.as_ref()).expect("nobody asked before");
    }
    if !house::has_ssh_keygen() {
        return Ok(());
    }
    let story = story();
    let id = ready(&story)?;
    let organisation = &story.house.organisation;
    let scope = ["permits.ask_gate".to_owned()].into();
    let token = people::issue_token(organisation, &story.dora, "benches", scope, Span::days(1))?.token;
    let server = Server::of(&story);
    let question = json!({"change": id.to_string(), "asset": "web01", "action": "patch"});
    let client = || Client::new(&server.url, Some(token.clone()));
    let mut answer = Json::Null;
    for _ in 0..2 {
        answer = client()?.send(Method::Post, "/gate", &question)?;
        assert_eq!(answer["decision"], "allow", "{answer}");
    }
    // With the first yes work began, so the second is the last entry.
    let last = organisation.view(|view| view.ledger_record(view.ledger_size()? - 1))?;
    let note = json!({
        "text": "x".repeat(last.expect("an entry").payload.len()),
        "answer": answer.to_string().len(),
    });
    for callers in CALLERS {
        let clients = (0..callers).map(|_| client()).collect::<Result<Vec<_>, _>>()?;
        let (mut bares, mut gates) = (Vec::new(), Vec::new());
        let (mut bare_cpu, mut gate_cpu) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..ROUNDS {
            let begun = benches::cpu_time();
            bares.push(ask(&clients, "/bare", &note));
            let between = benches::cpu_time();
            gates.push(ask(&clients, "/gate", &question));
            bare_cpu += between - begun;
            gate_cpu += benches::cpu_time() - between;
        }
        println!(
            "{callers} at once: CPU of server and callers: bare {:.0} us, gate {:.0} us, {:.2} x",
            bare_cpu.as_secs_f64() * 1e6 / (ROUNDS * REQUESTS) as f64,
            gate_cpu.as_secs_f64() * 1e6 / (ROUNDS * REQUESTS) as f64,
            gate_cpu.as_secs_f64() / bare_cpu.as_secs_f64()
        );
        let (bare, bare_low, bare_high) = benches::rates(REQUESTS, &bares);
        let (gate, gate_low, gate_high) = benches::rates(REQUESTS, &gates);
        println!("{callers} at once: bare {bare:>6.0}/s ({bare_low:.0} to {bare_high:.0})");
        println!(
            "{callers} at once: gate {gate:>6.0}/s ({gate_low:.0} to {gate_high:.0})  a decision takes {:.2} x bare",
            bare / gate
        );
    }
    Ok(())
}
