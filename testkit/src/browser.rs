//! A browser without a screen: it keeps cookies, follows where it is sent, and fills in the forms that pages show.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// Where it sends the browser; empty where it does not.
    pub location: String,
    /// The lines of its head, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The page, or what stands in its place.
    pub html: String,
}

const FIELDS: &str = "application/x-www-form-urlencoded";
const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// A browser at a server.
#[derive(Debug)]
pub struct Browser {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// The name of the cookie that holds a sign-in, where pages are not reached by TLS.
const SESSION: &str = "tagout";

impl Browser {
    /// A browser that asks the server at this address of this machine, by the name `localhost`.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            address,
            cookies: BTreeMap::new(),
        }
    }

    /// The same, for somebody who has signed in already and holds this token.
    pub fn holding(address: SocketAddr, token: &str) -> Self {
        Self {
            address,
            cookies: BTreeMap::from([("tagout".to_owned(), token.to_owned())]),
        }
    }

    /// The origin of the pages, as the browser tells it to passkeys.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// The token of the sign-in that it holds; empty where there is none.
    pub fn session(&self) -> &str {
        self.cookies.get(SESSION).map_or("", String::as_str)
    }

    /// Makes it hold this token, as somebody would who planted a cookie.
    pub fn hold(&mut self, token: &str) {
        self.cookies.insert(SESSION.to_owned(), token.to_owned());
    }

    /// Opens a page.
    pub fn open(&mut self, path: &str) -> Seen {
        self.ask("GET", path, FIELDS, b"")
    }

    /// Opens a page, and goes on to where it sends the browser.
    pub fn follow(&mut self, seen: &Seen) -> Seen {
        assert_eq!(seen.status, 303, "{}", seen.html);
        self.open(&seen.location)
    }

    /// Sends the form of the page that goes to `action`: what it hides, and these fields, which go before.
    pub fn send(&mut self, page: &Seen, action: &str, fields: &[(&str, &str)]) -> Seen {
        let pairs: Vec<String> = filled(page, action, fields)
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.ask("POST", action, FIELDS, pairs.join("&").as_bytes())
    }

    /// Sends the form of the page that goes to `action` with a file in it: its name, and what is in it.
    pub fn send_file(
        &mut self,
        page: &Seen,
        action: &str,
        fields: &[(&str, &str)],
        (name, content): (&str, &[u8]),
    ) -> Seen {
        let mut body = Vec::new();
        for (name, value) in filled(page, action, fields) {
            let part =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        // As browsers write the name of a file (HTML, multipart form data).
        let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        self.ask("POST", action, &media_type, &body)
    }

    fn ask(&mut self, method: &str, path: &str, media_type: &str, body: &[u8]) -> Seen {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nCookie: {}\r\nOrigin: {}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
            self.address.port(),
            cookies.join("; "),
            self.origin(),
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.write_all(request.as_bytes()).expect("a request sent");
        stream.write_all(body).expect("a body sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer);
        let (head, html) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers: Vec<(String, String)> = lines
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep(cookie);
        }
        let location = headers.iter().find(|(name, _)| name == "location");
        Seen {
            status: status.expect("a status"),
            location: location.map(|(_, value)| value.clone()).unwrap_or_default(),
            headers: headers.clone(),
            html: html.to_owned(),
        }
    }

    fn keep(&mut self, cookie: &str) {
        let (name, value) = cookie
            .split(';')
            .next()
            .and_then(|pair| pair.split_once('='))
            .expect("a cookie");
        if cookie.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Seen {
    /// Whether the page says this, read as HTML writes it.
    pub fn says(&self, text: &str) -> bool {
        plain(&self.html).contains(text)
    }

    /// What a line of the head says; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(given, _)| given == name);
        found.map_or("", |(_, value)| value)
    }

    /// The value of a hidden field of the form that goes to `action`.
    pub fn field(&self, action: &str, name: &str) -> String {
        let hidden = self.hidden(action);
        let found = hidden.into_iter().find(|(field, _)| field == name);
        found.unwrap_or_else(|| panic!("no `{name}` for {action}")).1
    }

    fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let marked = format!("action=\"{action}\"");
        let start = self.html.find(&marked).unwrap_or_else(|| {
            panic!("there is no form to {action} in\n{}", self.html);
        });
        let form = self.html[start..].split("</form>").next().unwrap_or_default();
        form.split("<input type=\"hidden\" ")
            .skip(1)
            .map(|input| (attribute(input, "name"), attribute(input, "value")))
            .collect()
    }
}

/// What the form of the page hides, then these fields, which go before.
fn filled(page: &Seen, action: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let hidden = page.hidden(action).into_iter();
    let kept = hidden.filter(|(name, _)| fields.iter().all(|(given, _)| given != name));
    let own = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    kept.chain(own).collect()
}

fn attribute(tag: &str, name: &str) -> String {
    let marked = format!("{name}=\"");
    let start = tag.find(&marked).map_or(tag.len(), |at| at + marked.len());
    plain(tag[start..].split('"').next().unwrap_or_default())
}

fn plain(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&#60;", "<")
        .replace("&gt;", ">")
        .replace("&#62;", ">")
        .replace("&amp;", "&")
        .replace("&#38;", "&")
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
