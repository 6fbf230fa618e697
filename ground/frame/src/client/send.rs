//! One call after another over one agent.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use basis::{Class, Refusal};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use ureq::http::uri::Authority;
use ureq::http::{Request, Response, Uri, request};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, TcpConnector};
use ureq::{Agent, Body, SendBody};

use super::error::{no_answer, refused, strange_answer};
use super::secured::Securing;
use super::trust::Trust;
use crate::Method;

/// How long the server may take to take a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long the server may take to answer: some acts reach hosts.
const ANSWER_MAX: Duration = Duration::from_secs(10 * 60);
/// How long an idle connection is kept; shorter than the server does.
const IDLE_MAX: Duration = Duration::from_secs(5);
/// The largest JSON answer.
const ANSWER_BYTES_MAX: u64 = 256 << 20;
/// The largest problem document.
const PROBLEM_BYTES_MAX: u64 = 1 << 20;

/// Calls one server as one person.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    server: String,
    token: Option<String>,
}

impl Client {
    /// A client of the server at `base_url`, such as `http://127.0.0.1:7420`, without a trailing path. One that is reached
    /// by `https` is believed when the operating system's authorities vouch for it.
    ///
    /// # Errors
    /// A refusal of class `Invalid` when the address is neither HTTPS nor on this machine: a token must not cross a network
    /// in clear.
    pub fn new(base_url: &str, token: Option<String>) -> Result<Self, Refusal> {
        Self::trusting(base_url, token, &Trust::System)
    }

    /// A client like that of [`Client::new`], which believes a server for this reason and no other.
    ///
    /// # Errors
    /// As [`Client::new`], and when the file of authorities cannot be used.
    pub fn trusting(base_url: &str, token: Option<String>, trust: &Trust) -> Result<Self, Refusal> {
        let server = base_url.trim_end_matches('/');
        let scheme = scheme_of(server).ok_or_else(|| {
            let what = format!("`{server}` is no address of a server that can be reached safely");
            Refusal::new(Class::Invalid, "server address", what)
                .way_out("write it like `https://tagout.example.org:7420`, or on the server's own machine like `http://127.0.0.1:7420`")
        })?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(CONNECT_MAX))
            .timeout_recv_response(Some(ANSWER_MAX))
            .max_idle_age(IDLE_MAX)
            .user_agent(concat!("tagout/", env!("CARGO_PKG_VERSION")))
            .build();
        let agent = match scheme {
            Scheme::Https => {
                let securing = Securing::new(trust.client_config()?);
                Agent::with_parts(
                    config,
                    TcpConnector::default().chain(securing),
                    DefaultResolver::default(),
                )
            }
            Scheme::Http => Agent::with_parts(config, TcpConnector::default(), DefaultResolver::default()),
        };
        Ok(Self {
            agent,
            server: server.to_owned(),
            token,
        })
    }

    /// The server's address.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The same server, asked with this token.
    #[must_use]
    pub fn with_token(&self, token: String) -> Self {
        Self {
            token: Some(token),
            ..self.clone()
        }
    }

    /// Reads what stands at `path_and_query` below `/api/v1`.
    ///
    /// # Errors
    /// The server's refusal, or one of class `Outside` when no answer came; so do all calls.
    pub fn get<R: DeserializeOwned>(&self, path_and_query: &str) -> Result<R, Refusal> {
        let request = self.request("GET", path_and_query).body(SendBody::none());
        self.json(self.answer(request)?)
    }

    /// Sends `body` to `path_and_query` below `/api/v1`.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn send<B: Serialize, R: DeserializeOwned>(
        &self,
        method: Method,
        path_and_query: &str,
        body: &B,
    ) -> Result<R, Refusal> {
        self.send_as(method, path_and_query, body, None)
    }

    /// Sends `body` like [`Client::send`], under an idempotency key of 1 to 64 letters, digits and dashes: sent again with
    /// the same key, it is not done again.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn send_once<B: Serialize, R: DeserializeOwned>(
        &self,
        method: Method,
        path_and_query: &str,
        body: &B,
        key: &str,
    ) -> Result<R, Refusal> {
        self.send_as(method, path_and_query, body, Some(key))
    }

    fn send_as<B: Serialize, R: DeserializeOwned>(
        &self,
        method: Method,
        path_and_query: &str,
        body: &B,
        key: Option<&str>,
    ) -> Result<R, Refusal> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            Refusal::new(
                Class::Fault,
                "client",
                format!("the request cannot be written as JSON: {error}"),
            )
            .way_out("report the command that led here")
        })?;
        let mut builder = self
            .request(method.name(), path_and_query)
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_LENGTH, bytes.len());
        if let Some(key) = key {
            builder = builder.header("Idempotency-Key", key);
        }
        let mut reader = bytes.as_slice();
        self.json(self.answer(builder.body(SendBody::from_reader(&mut reader)))?)
    }

    /// Sends the file at `file` to `path_and_query`, telling `progress` the bytes sent and the bytes in all.
    ///
    /// # Errors
    /// As [`Client::get`], and a refusal of class `Invalid` when the file cannot be read.
    pub fn upload<R: DeserializeOwned>(
        &self,
        path_and_query: &str,
        file: &Path,
        media_type: &str,
        progress: impl FnMut(u64, u64),
    ) -> Result<R, Refusal> {
        let unreadable = |error: io::Error| {
            let what = format!("`{}` cannot be read: {error}", file.display());
            Refusal::new(Class::Invalid, "file", what).way_out("name a file that you may read")
        };
        let opened = File::open(file).map_err(unreadable)?;
        let metadata = opened.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(unreadable(io::Error::other("it is not a file")));
        }
        let mut reader = Counted {
            inner: opened.take(metadata.len()),
            sent_bytes: 0,
            size_bytes: metadata.len(),
            progress,
        };
        let builder = self
            .request("POST", path_and_query)
            .header(CONTENT_TYPE, media_type)
            .header(CONTENT_LENGTH, metadata.len())
            // A refusal arrives before the file is sent instead of in the middle of it.
            .header(EXPECT, "100-continue");
        self.json(self.answer(builder.body(SendBody::from_reader(&mut reader)))?)
    }

    /// Writes the file that stands at `path_and_query` into `to`; answers how many bytes it has.
    ///
    /// # Errors
    /// As [`Client::get`]. What was written before an error is not the whole file.
    pub fn download(&self, path_and_query: &str, to: &mut dyn Write) -> Result<u64, Refusal> {
        let request = self.request("GET", path_and_query).body(SendBody::none());
        let mut answer = self.answer(request)?;
        let mut reader = answer.body_mut().with_config().limit(u64::MAX).reader();
        io::copy(&mut reader, to).map_err(|error| {
            Refusal::new(
                Class::Outside,
                "download",
                format!("the file could not be taken over whole: {error}"),
            )
            .way_out("free space on the disk, then ask for it again")
        })
    }

    fn request(&self, method: &str, path_and_query: &str) -> request::Builder {
        let builder = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path_and_query}", self.server))
            .header(ACCEPT, "*/*");
        match &self.token {
            Some(token) => builder.header(AUTHORIZATION, format!("Bearer {token}")),
            None => builder,
        }
    }

    fn answer(
        &self,
        request: Result<Request<SendBody<'_>>, ureq::http::Error>,
    ) -> Result<Response<Body>, Refusal> {
        let request = request.map_err(|error| {
            Refusal::new(
                Class::Invalid,
                "client",
                format!("the call cannot be written: {error}"),
            )
            .way_out("look for characters in the id or the token that do not belong there")
        })?;
        let mut answer = self
            .agent
            .run(request)
            .map_err(|error| no_answer(&self.server, &error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let body = answer
            .body_mut()
            .with_config()
            .limit(PROBLEM_BYTES_MAX)
            .read_to_vec();
        Err(refused(&self.server, answer.status(), &body.unwrap_or_default()))
    }

    fn json<R: DeserializeOwned>(&self, mut answer: Response<Body>) -> Result<R, Refusal> {
        let body = answer
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec();
        let bytes = body.map_err(|error| no_answer(&self.server, &error))?;
        serde_json::from_slice(&bytes).map_err(|error| strange_answer(&self.server, &error))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

enum Scheme {
    Http,
    Https,
}

/// How a server's address is to be spoken to; nothing for one where a token would cross a network in clear.
fn scheme_of(server: &str) -> Option<Scheme> {
    let uri: Uri = server.parse().ok()?;
    let authority = uri
        .authority()
        .filter(|authority| !authority.as_str().contains('@'))?;
    match (uri.scheme_str()?, uri.path()) {
        ("https", "/") => Some(Scheme::Https),
        ("http", "/") if is_here(authority) => Some(Scheme::Http),
        _ => None,
    }
}

fn is_here(authority: &Authority) -> bool {
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// Reads and tells how far it got.
struct Counted<R, P> {
    inner: R,
    sent_bytes: u64,
    size_bytes: u64,
    progress: P,
}

impl<R: Read, P: FnMut(u64, u64)> Read for Counted<R, P> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(room)?;
        self.sent_bytes += count as u64;
        (self.progress)(self.sent_bytes, self.size_bytes);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_crosses_a_network_in_clear() {
        for near in [
            "http://127.0.0.1:7420",
            "http://localhost:7420/",
            "http://[::1]:7420",
            "http://127.8.9.1",
            "https://127.0.0.1:7420",
            "https://tagout.example.org",
        ] {
            assert!(Client::new(near, None).is_ok(), "{near}");
        }
        for far in [
            "http://10.0.0.1:7420",
            "http://localhost.example.org",
            "https://tagout.example.org/elsewhere",
            "https://anna@tagout.example.org",
            "ftp://127.0.0.1",
            "http://127.0.0.1@example.org",
            "http://127.0.0.1:7420/elsewhere",
            "127.0.0.1:7420",
            "",
        ] {
            assert!(Client::new(far, None).is_err(), "{far}");
        }
    }

    #[test]
    fn a_token_is_not_printed_with_the_client() {
        let client = Client::new("http://127.0.0.1:1", Some("tagout_secret".to_owned())).unwrap();
        assert!(!format!("{client:?}").contains("secret"));
    }

    #[test]
    fn where_nobody_listens_the_way_out_is_to_start_the_server() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", free.local_addr().unwrap());
        drop(free);
        let refusal = Client::new(&url, None)
            .unwrap()
            .get::<crate::Nothing>("/health")
            .unwrap_err();
        assert_eq!(
            (refusal.class, refusal.way_out),
            (Class::Outside, vec!["start `tagout serve`".to_owned()])
        );
    }
}
