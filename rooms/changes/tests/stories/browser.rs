//! A browser without a screen: it keeps its cookie, reads pages, fills forms in.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

use basis::{Actor, Span};
use frame::{Bell, Reach, Stop};
use people::{Attempt, Secret};
use testkit::passkeys;

use crate::house::Story;

/// The pages of this room behind a real socket.
pub struct Pages {
    address: SocketAddr,
    stop: Stop,
    serving: Option<JoinHandle<()>>,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub location: String,
    pub body: String,
}

/// Somebody who is signed in and looks at pages.
pub struct Browser<'p> {
    pages: &'p Pages,
    token: String,
}

impl Pages {
    /// The room's pages, as browsers reach them at the address of a story's passkeys.
    pub fn of(story: &Story) -> Self {
        Self::with(story, vec![changes::routes()])
    }

    /// The pages of these rooms.
    pub fn with(story: &Story, rooms: Vec<frame::Routes>) -> Self {
        let house = frame::House {
            organisation: Arc::clone(&story.house.organisation),
            gatekeeper: Arc::new(people::Doorkeeper::default()),
            bell: Bell::new(),
            web: frame::pages::Web::at(passkeys::ORIGIN).unwrap(),
        };
        let router = frame::router(rooms, Arc::new(house));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Stop::when_told();
        let told = stop.clone();
        let serving =
            std::thread::spawn(move || frame::serve(router, listener, Reach::Loopback, told).unwrap());
        Self {
            address,
            stop,
            serving: Some(serving),
        }
    }

    /// What somebody is answered who holds no cookie.
    pub fn stranger(&self, path: &str) -> Reply {
        let browser = Browser {
            pages: self,
            token: String::new(),
        };
        browser.get(path)
    }

    /// The person's browser, signed in.
    pub fn browser(&self, story: &Story, person: &Actor) -> Browser<'_> {
        // Anna came in when nobody else was there; after her new invitation somebody whom she confirmed speaks for her.
        story.house.confirm(&story.emil, &story.anna);
        let by = if person.person == story.anna.person {
            &story.emil
        } else {
            &story.anna
        };
        story.house.confirm(person, by);
        // Their new invitation ended the key from before.
        story.enrol_key(person);
        story.house.wait(Span::minutes(1));
        let organisation = &story.house.organisation;
        let found = organisation
            .view(|view| people::find(view, person.person))
            .unwrap();
        let (person, secret) = (found.unwrap(), Secret::from_bytes(b"12345678901234567890"));
        let attempt = Attempt {
            handle: person.handle.as_str(),
            password: testkit::PASSWORD,
            code: &secret.code_at(organisation.now()),
            source: "story".to_owned(),
        };
        let token = people::sign_in(organisation, &attempt).unwrap().token;
        Browser { pages: self, token }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(serving) = self.serving.take() {
            let _ = serving.join();
        }
    }
}

impl Browser<'_> {
    /// The token of its sign-in.
    pub fn token(&self) -> &str {
        &self.token
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Reply {
        let mut stream = TcpStream::connect(self.pages.address).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: tagout.example:8443\r\nConnection: close\r\nOrigin: {}\r\n\
             Cookie: __Host-tagout={}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            passkeys::ORIGIN,
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let location = head.lines().find_map(|line| line.strip_prefix("location: "));
        Reply {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            location: location.unwrap_or_default().to_owned(),
            body: body.to_owned(),
        }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "")
    }

    /// Sends the form of the page that goes to `action`, with its hidden fields and these.
    pub fn send(&self, page: &Reply, action: &str, filled: &[(&str, &str)]) -> Reply {
        let mut fields = hidden_fields(&page.body, action);
        fields.retain(|(name, _)| filled.iter().all(|(other, _)| other != name));
        let filled = filled
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        fields.extend(filled);
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let path = action.split('#').next().unwrap();
        self.ask("POST", path, &body)
    }
}

/// The hidden fields of the form of a page that goes to `action`.
pub fn hidden_fields(page: &str, action: &str) -> Vec<(String, String)> {
    let mark = format!("action=\"{action}\"");
    let form = page.split("<form").find(|form| form.contains(&mark));
    let form = form.unwrap_or_else(|| panic!("no form goes to {action} in\n{page}"));
    let form = form.split("</form>").next().unwrap();
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .map(|input| {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            (name.to_owned(), plain(rest.split('"').next().unwrap()))
        })
        .collect()
}

/// Text of a page without its references.
pub fn plain(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&#60;", "<")
        .replace("&gt;", ">")
        .replace("&#62;", ">")
        .replace("&amp;", "&")
        .replace("&#38;", "&")
}
