//! A served organisation whose every call is weighed: what an act adds to the ledger, and that a read adds nothing.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::{Refusal, Span};
use frame::client::Client;
use frame::{Bell, House, Method, Reach, RouteRow, Stop};
use people::Secret;
use serde_json::{Value, json};

pub const PASSWORD: &str = "seven quiet lighthouses";

/// A founded organisation behind a real socket.
pub struct Door {
    pub house: testkit::House,
    rows: Vec<RouteRow>,
    client: Client,
    tokens: RefCell<BTreeMap<&'static str, String>>,
    /// The routes that were done, or read, with success.
    shown: RefCell<BTreeSet<(Method, &'static str)>>,
    files: Cell<u32>,
    stop: Stop,
    serving: Option<JoinHandle<()>>,
}

impl Door {
    /// Founds an organisation under this policy and serves it.
    pub fn open(policy: &str) -> Self {
        let house = testkit::House::under(policy, |_| tagout::registry());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stop = Stop::when_told();
        let shared = Arc::new(House {
            organisation: Arc::clone(&house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: frame::pages::Web::at("http://localhost").unwrap(),
        });
        let told = stop.clone();
        let serving = std::thread::spawn(move || {
            frame::serve(
                frame::router(tagout::routes(), shared),
                listener,
                Reach::Loopback,
                told,
            )
            .unwrap();
        });
        Self {
            house,
            rows: tagout::routes()
                .iter()
                .flat_map(|room| room.rows().to_vec())
                .filter(|row| !row.kind.is_for_browsers())
                .collect(),
            client: Client::new(&address, None).unwrap(),
            tokens: RefCell::default(),
            shown: RefCell::default(),
            files: Cell::new(0),
            stop,
            serving: Some(serving),
        }
    }

    /// Accepts the invitation and signs in, with a code for each.
    pub fn come_in(&self, who: &'static str, invitation: &str) {
        let mut bytes = [7; 20];
        bytes[..who.len()].copy_from_slice(who.as_bytes());
        let secret = Secret::from_bytes(&bytes);
        let now = self.house.organisation.now();
        let acceptance = json!({
            "invitation": invitation, "password": PASSWORD, "totp_secret": secret.to_base32(),
            "totp_code": secret.code_at(now - Span::seconds(30)),
        });
        self.act("nobody", Method::Post, "/invitations/accept", &acceptance);
        let attempt = json!({ "handle": who, "password": PASSWORD, "code": secret.code_at(now) });
        let answer = self.act("nobody", Method::Post, "/sign-in", &attempt);
        self.holds(who, &answer);
    }

    /// From now on somebody asks with the token of this answer.
    pub fn holds(&self, who: &'static str, answer: &Value) {
        self.tokens.borrow_mut().insert(who, text(answer, "token"));
    }

    /// Does an act, which must succeed and leave an entry.
    pub fn act(&self, who: &str, method: Method, path: &str, body: &Value) -> Value {
        self.weighed(who, method, path, |client| client.send(method, path, body))
    }

    /// The same with `POST`, which most acts have.
    pub fn post(&self, who: &str, path: &str, body: &Value) -> Value {
        self.act(who, Method::Post, path, body)
    }

    /// Sends a file, which must be taken and leave an entry.
    pub fn send(&self, who: &str, path_and_query: &str, content: &str) -> Value {
        let file = self.file(content);
        self.weighed(who, Method::Post, path_and_query, |client| {
            client.upload(path_and_query, &file, "application/octet-stream", |_, _| {})
        })
    }

    /// Sends a file only to see what taking it would do, which leaves no entry.
    pub fn preview(&self, who: &str, path_and_query: &str, content: &str) -> Value {
        let (file, before) = (self.file(content), self.ledger_size());
        let client = self.client_of(who);
        let answer = client.upload(path_and_query, &file, "application/octet-stream", |_, _| {});
        assert_eq!(self.ledger_size(), before, "{path_and_query} left an entry");
        told(path_and_query, answer)
    }

    /// Reads, which must succeed and leave no entry.
    pub fn read(&self, who: &str, path_and_query: &str) -> Value {
        self.weighed(who, Method::Get, path_and_query, |client| {
            client.get(path_and_query)
        })
    }

    /// Fetches whatever stands there, which must succeed and leave no entry.
    pub fn fetch(&self, who: &str, path_and_query: &str) {
        self.weighed(who, Method::Get, path_and_query, |client| {
            client.download(path_and_query, &mut io::sink()).map(Value::from)
        });
    }

    /// Every route with this answer to whether it reads.
    pub fn routes(&self, is_read: bool) -> BTreeSet<(Method, &'static str)> {
        let fits = |row: &&RouteRow| (row.method == Method::Get) == is_read;
        self.rows
            .iter()
            .filter(fits)
            .map(|row| (row.method, row.path))
            .collect()
    }

    /// The routes that were done with success, or those that were read.
    pub fn shown(&self, is_read: bool) -> BTreeSet<(Method, &'static str)> {
        let fits = |(method, _): &&(Method, &str)| (*method == Method::Get) == is_read;
        self.shown.borrow().iter().filter(fits).copied().collect()
    }

    pub fn ledger_size(&self) -> u64 {
        self.house.organisation.view(|view| view.ledger_size()).unwrap()
    }

    fn client_of(&self, who: &str) -> Client {
        match self.tokens.borrow().get(who) {
            Some(token) => self.client.with_token(token.clone()),
            None => self.client.clone(),
        }
    }

    fn file(&self, content: &str) -> std::path::PathBuf {
        self.files.set(self.files.get() + 1);
        let path = self.house.folder().join(format!("sent-{}", self.files.get()));
        std::fs::write(&path, content).unwrap();
        path
    }

    fn weighed(
        &self,
        who: &str,
        method: Method,
        path_and_query: &str,
        call: impl FnOnce(&Client) -> Result<Value, Refusal>,
    ) -> Value {
        let before = self.ledger_size();
        let answer = told(path_and_query, call(&self.client_of(who)));
        let grew = self.ledger_size() - before;
        let route = self.route(method, path_and_query);
        match method {
            Method::Get => assert_eq!(grew, 0, "reading {path_and_query} left {grew} entries"),
            _ => assert!(grew > 0, "{} {path_and_query} left no entry", method.name()),
        }
        self.shown.borrow_mut().insert(route);
        answer
    }

    /// The route that answers here: of those that fit, the one with the fewest places for anything.
    fn route(&self, method: Method, path_and_query: &str) -> (Method, &'static str) {
        let path = path_and_query.split('?').next().unwrap_or_default();
        let fits = |row: &&RouteRow| {
            let (parts, given) = (row.path.split('/'), path.split('/'));
            row.method == method
                && parts.clone().count() == given.clone().count()
                && parts
                    .zip(given)
                    .all(|(part, given)| part.starts_with('{') || part == given)
        };
        let row = self
            .rows
            .iter()
            .filter(fits)
            .min_by_key(|row| row.path.matches('{').count());
        let row = row.unwrap_or_else(|| panic!("{} {path} is no route", method.name()));
        (row.method, row.path)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(serving) = self.serving.take() {
            serving.join().unwrap();
        }
    }
}

fn told(path: &str, answer: Result<Value, Refusal>) -> Value {
    answer.unwrap_or_else(|refusal| panic!("{path}: {refusal} {:?}", refusal.missing))
}

/// A member that is text.
pub fn text(answer: &Value, member: &str) -> String {
    match answer[member].as_str() {
        Some(text) => text.to_owned(),
        None => panic!("no `{member}` in {answer}"),
    }
}
