//! Acts from several threads at once, and the book of what was acknowledged.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use basis::{Chance, Class, Refusal, SeededChance};
use frame::Method;
use frame::client::Client;
use serde_json::{Value, json};

use super::site::{Server, Tokens, broke_off, text};

/// Something that the server said it had done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Where it is read again.
    path: String,
    /// A member of the answer, as a JSON pointer.
    member: &'static str,
    /// What stands there.
    value: String,
}

/// What one thread does over and over.
#[derive(Debug, Clone, Copy)]
enum Work {
    EnrolPeople,
    RegisterAndEditAssets,
    OpenChanges,
    AddEvidence,
}

/// The threads: several of a kind, so that one flush of the disk serves several acts.
const WORK: [Work; 6] = [
    Work::EnrolPeople,
    Work::EnrolPeople,
    Work::RegisterAndEditAssets,
    Work::RegisterAndEditAssets,
    Work::OpenChanges,
    Work::AddEvidence,
];

/// A random number below `limit`.
pub fn below(chance: &SeededChance, limit: u64) -> u64 {
    let bytes = (chance as &dyn Chance).sixteen();
    bytes[..8]
        .iter()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
        % limit
}

/// The number in an environment variable, or `usual`.
pub fn number_from(variable: &str, usual: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => usual,
    }
}

impl Work {
    /// Does it once under this name; answers what was acknowledged.
    fn once(self, name: &str, anna: &Client, olga: &Client, scrap: &Path) -> Result<Acknowledged, Refusal> {
        let post = |client: &Client, path: &str, body: Value| -> Result<Value, Refusal> {
            client.send(Method::Post, path, &body)
        };
        let book = |path: String, member, value: &str| Acknowledged {
            path,
            member,
            value: value.to_owned(),
        };
        match self {
            Work::EnrolPeople => {
                let body = json!({ "handle": name, "name": name, "roles": ["auditor"] });
                let answer = post(anna, "/people", body)?;
                let path = format!("/people/{}", text(&answer, "person"));
                Ok(book(path, "/person/handle", name))
            }
            Work::RegisterAndEditAssets => {
                let answer = post(anna, "/assets", json!({ "name": name }))?;
                let path = format!("/assets/{}", text(&answer, "asset"));
                let purpose = format!("purpose of {name}");
                anna.send::<_, Value>(Method::Patch, &path, &json!({ "purpose": purpose }))?;
                Ok(book(path, "/fields/purpose", &purpose))
            }
            Work::OpenChanges => {
                let body = json!({ "title": name, "change_type": "normal", "parts": { "reason": "load" } });
                let answer = post(olga, "/changes", body)?;
                let path = format!("/changes/{}", text(&answer, "change"));
                Ok(book(path, "/title", name))
            }
            Work::AddEvidence => {
                std::fs::write(scrap, name).expect("a file to send");
                let query = format!("/evidence?name={name}.txt&kind=document&about=AST-0001&is_final=true");
                let answer: Value = olga.upload(&query, scrap, "application/octet-stream", |_, _| ())?;
                let path = format!("/evidence/{}", text(&answer, "evidence"));
                Ok(book(path, "/evidence/name", &format!("{name}.txt")))
            }
        }
    }
}

/// Puts the server under load from every thread, ends it by `cut` after `delay`, and answers what was acknowledged.
///
/// # Panics
/// When the server refuses anything instead of doing it or breaking off.
pub fn until_cut(
    server: &mut Server,
    tokens: &Tokens,
    round: u64,
    delay: Duration,
    scrap: &Path,
    cut: impl FnOnce(&mut Server),
) -> Vec<Acknowledged> {
    let (report, reports) = mpsc::channel();
    let (anna, olga) = (server.client(&tokens.administrator), server.client(&tokens.owner));
    thread::scope(|scope| {
        let workers: Vec<_> = WORK
            .iter()
            .enumerate()
            .map(|(at, work)| {
                let (report, anna, olga) = (report.clone(), &anna, &olga);
                let scrap = scrap.join(format!("evidence-{at}"));
                scope.spawn(move || {
                    let mut book = Vec::new();
                    for count in 0_u64.. {
                        match work.once(&format!("r{round}-t{at}-n{count}"), anna, olga, &scrap) {
                            Ok(acknowledged) => book.push(acknowledged),
                            Err(refusal) => {
                                // Nobody listens after the cut, when calls break off as they should.
                                let _ = report.send(refusal);
                                break;
                            }
                        }
                    }
                    book
                })
            })
            .collect();
        let early = reports.recv_timeout(delay);
        cut(server);
        let book = workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a worker"))
            .collect();
        if !matches!(early, Err(RecvTimeoutError::Timeout)) {
            panic!("round {round}: refused under load: {early:?}");
        }
        drop(report);
        for refusal in reports.iter() {
            assert!(
                broke_off(&refusal) || refusal.class == Class::Fault,
                "round {round}: {refusal:?}"
            );
        }
        book
    })
}

/// What is not there of the acknowledged things, or not as it was acknowledged, with what is there instead.
pub fn missing(server: &Server, tokens: &Tokens, book: &[Acknowledged]) -> Vec<String> {
    let olga = server.client(&tokens.owner);
    let difference = |thing: &Acknowledged| {
        let found: Result<Value, Refusal> = olga.get(&thing.path);
        let is_there = found
            .as_ref()
            .is_ok_and(|found| found.pointer(thing.member).and_then(Value::as_str) == Some(&thing.value));
        (!is_there).then(|| format!("{thing:?}, but {found:?}"))
    };
    book.iter().filter_map(difference).collect()
}
