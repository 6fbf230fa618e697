//! The server, and a browser that only asks.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use basis::Refusal;
use frame::{Bell, Reach, Routes, Stop};

use super::filling::Filled;

/// A server that ends when dropped.
pub struct Server {
    address: SocketAddr,
    cookie: String,
    stop: Stop,
    thread: Option<thread::JoinHandle<Result<(), Refusal>>>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    is_zipped: bool,
}

impl Server {
    pub fn of(filled: &Filled, mut rooms: Vec<Routes>, more: Routes) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let web = frame::pages::Web::at(&format!("http://localhost:{}", address.port()));
        let house = frame::House {
            organisation: Arc::clone(&filled.story.house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: web.expect("a URL").with_places(tagout::places()),
        };
        rooms.push(more);
        let router = frame::router(rooms, Arc::new(house));
        let stop = Stop::when_told();
        let told = stop.clone();
        Self {
            address,
            cookie: filled.token.clone(),
            stop,
            thread: Some(thread::spawn(move || {
                frame::serve(router, listener, Reach::Loopback, told)
            })),
        }
    }

    /// Asks for a page as a browser does.
    pub fn get(&self, path: &str) -> Answer {
        self.ask(path, "gzip")
    }

    fn ask(&self, path: &str, encoding: &str) -> Answer {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nCookie: tagout={}\r\n\
             Accept: text/html\r\nAccept-Encoding: {encoding}\r\nSec-Fetch-Site: same-origin\r\n\r\n",
            self.address.port(),
            self.cookie
        );
        let mut stream = TcpStream::connect(self.address).expect("the server is there");
        stream.write_all(request.as_bytes()).expect("it takes a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let body = answer.split_off(end.map_or(answer.len(), |end| end + 4));
        let head = String::from_utf8_lossy(&answer).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or(0),
            is_zipped: head.contains("content-encoding: gzip"),
            body,
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

/// The files that a text names, each once.
fn files_in(text: &str) -> BTreeSet<String> {
    let starts = text.match_indices("/static/").map(|(at, _)| &text[at..]);
    starts
        .map(|rest| {
            let end = rest.find(['"', '\'', ')', ' ', '<', '>']);
            rest[..end.unwrap_or(rest.len())].to_owned()
        })
        .collect()
}

/// What a browser that knows nothing yet fetches to show the page: the page, and every file that it or a file names, each with
/// its size as it was sent.
pub fn first_visit(server: &Server, path: &str) -> Vec<(String, usize)> {
    let page = server.get(path);
    let mut fetched = vec![(path.to_owned(), page.body.len())];
    assert!(!page.is_zipped, "the page is read as text");
    let mut left: Vec<String> = files_in(&String::from_utf8_lossy(&page.body))
        .into_iter()
        .collect();
    while let Some(file) = left.pop() {
        if fetched.iter().any(|(known, _)| *known == file) {
            continue;
        }
        let answer = server.get(&file);
        fetched.push((file.clone(), answer.body.len()));
        if file.ends_with(".css") {
            left.extend(fonts_of(server, &file));
        }
    }
    fetched
}

/// What a style sheet of ours asks for besides: fonts and pictures that lie beside it.
fn fonts_of(server: &Server, style: &str) -> Vec<String> {
    let folder = style.rsplit_once('/').map_or("", |(folder, _)| folder);
    let body = server.ask(style, "identity").body;
    let text = String::from_utf8_lossy(&body);
    let names = text.split("url(").skip(1).map(|rest| {
        let end = rest.find(')').unwrap_or(rest.len());
        rest[..end].trim_matches(['"', '\''])
    });
    names
        .filter(|name| !name.starts_with("data:"))
        .map(|name| format!("{folder}/{name}"))
        .collect()
}
