//! The server lives on: panics, slow senders, garbage, stopping in the middle of a request.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::toy::{RELEASE, ToyHouse, read_reply, routes};
use basis::Class;
use frame::{Reach, Stop, router, serve};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const CHILD: &str = "TOY_HOUSE_CHILD";

#[test]
fn a_panic_ends_one_request_and_is_logged_once() {
    if std::env::var_os(CHILD).is_some() {
        let house = ToyHouse::open();
        let reply = house.get("/lamps/LMP-0009/smashed");
        let problem = reply.problem();
        assert_eq!(
            (reply.status, problem.problem_type.as_str()),
            (500, "urn:tagout:refusal:fault")
        );
        assert!(
            !problem.detail.contains("LMP-0009"),
            "the message belongs in the log: {}",
            problem.detail
        );
        assert_eq!(house.get("/refusals/fault").status, 500);
        assert_eq!(house.get("/health").status, 200);
        return;
    }
    let itself = std::env::current_exe().unwrap();
    let arguments = [
        "--exact",
        "endurance::a_panic_ends_one_request_and_is_logged_once",
        "--nocapture",
    ];
    let output = Command::new(itself)
        .args(arguments)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    let lines = |part: &str| log.lines().filter(|line| line.contains(part)).collect::<Vec<_>>();
    let smashed = lines("LMP-0009 is broken");
    assert_eq!(smashed.len(), 1, "{log}");
    assert!(
        smashed[0].starts_with("2026-11-22T18:00:00.000Z fault: GET /lamps/{lamp}/smashed: panicked at"),
        "{log}"
    );
    let refused = lines("GET /refusals/{class} by PER-0001: refused as asked (4.2); missing: one thing");
    assert_eq!(refused.len(), 1, "{log}");
    assert!(lines("thread '").is_empty(), "{log}");
}

#[test]
fn a_sender_that_never_ends_its_head_is_cut_off() {
    let house = ToyHouse::open();
    let mut slow = house.connect();
    slow.write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: toy\r\nX-Slow: ")
        .unwrap();
    let mut rest = Vec::new();
    // Ends when the server hangs up; the socket's own patience is six times as long as the server's.
    slow.read_to_end(&mut rest).unwrap();
    let rest = String::from_utf8(rest).unwrap();
    assert!(!rest.contains("200 OK"), "{rest}");
    assert_eq!(house.get("/health").status, 200);
}

#[test]
fn a_sender_that_never_ends_its_body_is_told_so() {
    let house = ToyHouse::open();
    let mut slow = house.connect();
    let head = "POST /api/v1/lamps HTTP/1.1\r\nHost: toy\r\nAuthorization: Bearer anna\r\nConnection: close\r\n\
                Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    slow.write_all(head.as_bytes()).unwrap();
    let reply = read_reply(slow).unwrap();
    assert_eq!((reply.status, reply.problem().rule.as_str()), (408, "body time"));
}

#[test]
fn a_sender_that_pauses_in_the_middle_of_a_file_is_told_so() {
    let house = ToyHouse::open();
    let mut slow = house.connect();
    let head = "POST /api/v1/lamps/measurements HTTP/1.1\r\nHost: toy\r\nAuthorization: Bearer anna\r\n\
                Connection: close\r\nContent-Type: application/octet-stream\r\nContent-Length: 100\r\n\r\nabc";
    slow.write_all(head.as_bytes()).unwrap();
    let reply = read_reply(slow).unwrap();
    assert_eq!((reply.status, reply.problem().rule.as_str()), (408, "body time"));
}

#[test]
fn a_body_that_breaks_off_does_nothing() {
    let house = ToyHouse::open();
    let mut broken = house.connect();
    let head = "POST /api/v1/lamps HTTP/1.1\r\nHost: toy\r\nAuthorization: Bearer anna\r\nConnection: close\r\n\
                Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"title\":\"a\"}";
    broken.write_all(head.as_bytes()).unwrap();
    broken.shutdown(std::net::Shutdown::Write).unwrap();
    let status = read_reply(broken).map(|reply| reply.status);
    assert_ne!(status, Some(200));
    assert_eq!(house.get("/health").status, 200);
}

#[test]
fn no_bytes_on_the_wire_can_harm_the_server() {
    let house = ToyHouse::open();
    let bytes = proptest::collection::vec(any::<u8>(), 0..400);
    let request = ("(GET|POST|PUT|X) /api/v1/[ -~]{0,40}", bytes);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(200));
    let outcome = runner.run(&request, |(line, bytes)| {
        let mut stream = house.connect();
        let head =
            format!("{line} HTTP/1.1\r\nHost: toy\r\nConnection: close\r\nAuthorization: Bearer anna\r\n");
        // The server may hang up at any byte.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let status = read_reply(stream).map_or(400, |reply| reply.status);
        prop_assert!(status < 500, "{}", status);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
    assert_eq!(house.get("/health").status, 200);
}

#[test]
fn headers_have_at_most_16_kibibytes() {
    let house = ToyHouse::open();
    let others = "HosttoyConnectioncloseX-Padding".len();
    let status = |size: usize| {
        let padding = format!("X-Padding: {}", "a".repeat(size - others));
        house.ask("GET /api/v1/health", &[&padding], b"").status
    };
    assert_eq!(status(16_384), 200);
    assert_eq!(status(16_385), 431);
    let mut stream = house.connect();
    // The server hangs up somewhere in the middle.
    let _ = stream.write_all(&[b"GET /".as_slice(), &[b'a'; 1_000_000]].concat());
    let status = read_reply(stream).map(|reply| reply.status);
    assert!(matches!(status, None | Some(414 | 431)), "{status:?}");
}

#[test]
fn a_request_under_way_is_finished_before_the_server_stops() {
    let mut house = ToyHouse::open();
    let mut stream = house.connect();
    let head =
        "GET /api/v1/lamps/LMP-0001/lingering HTTP/1.1\r\nHost: toy\r\nAuthorization: Bearer anna\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    assert!(
        house.house.bell.wait(Duration::from_secs(60)),
        "the request began"
    );
    house.stop.now();
    RELEASE.ring();
    assert_eq!(read_reply(stream).unwrap().status, 200);
    assert_eq!(house.end(), Ok(()));
    assert!(
        std::net::TcpStream::connect(house.address).is_err(),
        "nobody listens any more"
    );
}

#[test]
fn an_address_that_others_can_reach_needs_a_proxy() {
    let house = ToyHouse::open();
    let open = || TcpListener::bind("0.0.0.0:0").unwrap();
    let stop = Stop::when_told();
    stop.now();
    let toy_router = || router(vec![routes()], Arc::clone(&house.house));
    let refusal = serve(toy_router(), open(), Reach::Loopback, stop.clone()).unwrap_err();
    assert_eq!(refusal.class, Class::Invalid);
    assert!(refusal.way_out[1].contains("--behind-tls-proxy"), "{refusal}");
    assert_eq!(serve(toy_router(), open(), Reach::BehindTlsProxy, stop), Ok(()));
}
