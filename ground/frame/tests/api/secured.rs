//! The server over TLS: what it says, and what those get who speak something else.

use std::io::{Read, Write};
use std::net::TcpListener;

use basis::{Clock, SystemClock};
use frame::tls::Certificates;
use frame::{Reach, Stop, router, serve};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::toy::{Authority, ToyHouse, read_reply, routes};

const HEALTH: &[u8] = b"GET /api/v1/health HTTP/1.1\r\nHost: toy\r\nConnection: close\r\n\r\n";
const INSISTS: &str = "strict-transport-security";

fn house(authority: &Authority) -> ToyHouse {
    let certificates = Certificates::open(authority.issue(&["127.0.0.1"]), SystemClock.now()).unwrap();
    ToyHouse::reached(Reach::OwnTls(certificates))
}

#[test]
fn every_answer_over_tls_insists_on_tls_and_none_in_clear_does() {
    let authority = Authority::found();
    let house = house(&authority);
    let padding = format!(
        "GET / HTTP/1.1\r\nHost: toy\r\nX-Padding: {}\r\nConnection: close\r\n\r\n",
        "a".repeat(17_000)
    );
    for (request, status) in [
        (HEALTH, 200),
        (
            b"GET /nothing HTTP/1.1\r\nHost: toy\r\nConnection: close\r\n\r\n",
            404,
        ),
        (padding.as_bytes(), 431),
    ] {
        let mut stream = authority.connect(house.address, &["http/1.1"]);
        stream.write_all(request).unwrap();
        let reply = read_reply(stream).unwrap();
        assert_eq!(
            (reply.status, reply.header(INSISTS)),
            (status, Some("max-age=63072000"))
        );
    }
    let plain = ToyHouse::open().get("/health");
    assert_eq!((plain.status, plain.header(INSISTS)), (200, None));
}

#[test]
fn plain_http_is_told_to_speak_https() {
    let authority = Authority::found();
    let house = house(&authority);
    let reply = house.get("/health");
    assert_eq!((reply.status, reply.header(INSISTS)), (400, None));
    assert!(reply.problem().way_out[0].contains("https://"), "{reply:?}");
}

#[test]
fn only_http_1_is_spoken_inside() {
    let authority = Authority::found();
    let house = house(&authority);
    for (offered, is_taken) in [
        (vec!["h2", "http/1.1"], true),
        (vec![], true),
        (vec!["h2"], false),
    ] {
        let mut stream = authority.connect(house.address, &offered);
        let outcome = stream.write_all(HEALTH).map(|()| read_reply(stream));
        let is_answered = matches!(outcome, Ok(Some(reply)) if reply.status == 200);
        assert_eq!(is_answered, is_taken, "{offered:?}");
    }
}

#[test]
fn a_connection_that_ends_says_so_within_tls() {
    let authority = Authority::found();
    let house = house(&authority);
    let mut stream = authority.connect(house.address, &[]);
    stream.write_all(HEALTH).unwrap();
    // An end without a word would be an error here: somebody else may have cut the answer off.
    stream.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn no_bytes_instead_of_a_handshake_can_harm_the_server() {
    let authority = Authority::found();
    let house = house(&authority);
    let records = (any::<bool>(), proptest::collection::vec(any::<u8>(), 0..400));
    let mut runner = TestRunner::new(ProptestConfig::with_cases(100));
    let outcome = runner.run(&records, |(is_handshake, bytes)| {
        let mut stream = house.connect();
        let start: &[u8] = if is_handshake { &[22, 3, 1] } else { &[] };
        // The server may hang up at any byte.
        let _ = stream.write_all(start);
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
    let mut stream = authority.connect(house.address, &[]);
    stream.write_all(HEALTH).unwrap();
    assert_eq!(read_reply(stream).unwrap().status, 200);
}

#[test]
fn with_its_own_tls_the_server_may_be_reached_from_everywhere() {
    let authority = Authority::found();
    let toy = house(&authority);
    let certificates = Certificates::open(authority.issue(&["127.0.0.1"]), SystemClock.now()).unwrap();
    let stop = Stop::when_told();
    stop.now();
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let rooms = router(vec![routes()], std::sync::Arc::clone(&toy.house));
    assert_eq!(serve(rooms, listener, Reach::OwnTls(certificates), stop), Ok(()));
}

#[test]
fn handshakes_under_way_do_not_hold_up_the_end() {
    let authority = Authority::found();
    let mut house = house(&authority);
    let mut silent = house.connect();
    silent.write_all(&[22, 3, 1]).unwrap();
    let mut stream = authority.connect(house.address, &[]);
    stream.write_all(HEALTH).unwrap();
    assert_eq!(read_reply(stream).unwrap().status, 200);
    house.stop.now();
    assert_eq!(house.end(), Ok(()));
    assert_eq!(silent.read_to_end(&mut Vec::new()).unwrap_or(0), 0);
}
