//! What the server does for people who are not signed in: little at once, not too often, and without saying more than it
//! means to.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::Duration;

use basis::Span;

use crate::toy::{IS_OVER, SIGNING_IN_MOST, ToyHouse, read_reply};

const SOURCE_BURST: usize = 20;

fn sign_in(house: &ToyHouse, name: &str, more: &[&str]) -> (u16, Option<String>) {
    let body = format!("{{\"title\":\"{name}\"}}");
    let length = format!("Content-Length: {}", body.len());
    let headers = [&["Content-Type: application/json", &length], more].concat();
    let reply = house.ask("POST /api/v1/sign-ins", &headers, body.as_bytes());
    (reply.status, reply.header("retry-after").map(str::to_owned))
}

#[test]
fn one_address_signs_in_so_often_and_is_told_when_to_come_again() {
    let house = ToyHouse::open();
    for _ in 0..SOURCE_BURST {
        assert_eq!(sign_in(&house, "anna", &[]), (200, None));
    }
    // No header makes it another address.
    for header in [
        "X-Forwarded-For: 192.0.2.1",
        "Forwarded: for=192.0.2.1",
        "X-Real-IP: 192.0.2.1",
    ] {
        assert_eq!(sign_in(&house, "anna", &[header]), (429, Some("1".to_owned())));
    }
    assert_eq!(
        house.get("/lamps").status,
        200,
        "who is signed in is not slowed down"
    );
    house.advance(Span::seconds(1));
    assert_eq!(sign_in(&house, "anna", &[]).0, 200);
    assert_eq!(sign_in(&house, "anna", &[]).0, 429);
}

// The time of an answer is what the test is about.
#[allow(clippy::disallowed_methods)]
#[test]
fn who_is_not_known_is_told_so_at_the_end_of_a_whole_second() {
    let house = ToyHouse::open();
    let began = std::time::Instant::now();
    assert_eq!(sign_in(&house, "nobody", &[]).0, 401);
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[test]
fn two_sign_in_at_once_and_nobody_else_waits_for_them() {
    let house = ToyHouse::open();
    let head = "POST /api/v1/sign-ins HTTP/1.1\r\nHost: toy\r\nConnection: close\r\n\
                Content-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"title\":\"slow\"}";
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let mut stream = house.connect();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    // By the time that these are answered, as many have begun as are let in.
    while SIGNING_IN_MOST.load(Ordering::SeqCst) < 2 {
        assert_eq!(house.get("/lamps").status, 200);
    }
    for _ in 0..50 {
        assert_eq!(house.get("/lamps").status, 200);
    }
    IS_OVER.store(true, Ordering::SeqCst);
    for stream in waiting {
        assert_eq!(read_reply(stream).unwrap().status, 200);
    }
    assert_eq!(SIGNING_IN_MOST.load(Ordering::SeqCst), 2);
}
