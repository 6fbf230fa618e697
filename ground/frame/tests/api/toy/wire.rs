//! HTTP/1.1 as plain text, so that the tests see what is on the wire.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use frame::Problem;

use super::ToyHouse;

/// Longer than any limit that the tests wait for.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl ToyHouse {
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends a request with these header lines; `Host` and `Connection` are added.
    pub fn ask(&self, request_line: &str, headers: &[&str], body: &[u8]) -> Reply {
        let mut stream = self.connect();
        let mut head = format!("{request_line} HTTP/1.1\r\nHost: toy\r\nConnection: close\r\n");
        for line in headers {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        read_reply(stream).expect("the server answers")
    }

    /// Sends these bytes and reads the reply.
    pub fn say(&self, request: &[u8]) -> Option<Reply> {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        read_reply(stream)
    }

    /// A GET as anna.
    pub fn get(&self, path: &str) -> Reply {
        self.ask(
            &format!("GET /api/v1{path}"),
            &["Authorization: Bearer anna"],
            b"",
        )
    }

    /// A POST of JSON as anna.
    pub fn post(&self, path: &str, more_headers: &[&str], body: &[u8]) -> Reply {
        let length = format!("Content-Length: {}", body.len());
        let mut headers = vec![
            "Authorization: Bearer anna",
            "Content-Type: application/json",
            &length,
        ];
        headers.extend(more_headers);
        self.ask(&format!("POST /api/v1{path}"), &headers, body)
    }
}

/// Reads a reply to its end; `None` when the server hung up without one.
pub fn read_reply(stream: impl Read) -> Option<Reply> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body).ok()?;
    Some(Reply {
        status,
        headers,
        body,
    })
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} stands twice");
        value
    }

    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn problem(&self) -> Problem {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status);
        assert!(!problem.way_out.is_empty(), "{problem:?} offers no way out");
        problem
    }
}
