//! Forms with a file in them: what is taken, what is refused and when, and that nothing typed is lost by it.

use std::io::Write;
use std::sync::atomic::Ordering;

use ledger::Hash;

use crate::toy::{PLAN_BYTES_MAX, PLANS_HUNG, Reply, ToyHouse, read_reply};

const ANNA: &str = "Cookie: tagout=anna";
const SAME_SITE: [&str; 2] = ["Sec-Fetch-Site: same-origin", "Origin: http://toy"];
const BOUNDARY: &str = "----toy";

/// One part: its name, the name of the file if it is one, and what is in it.
type Part<'p> = (&'p str, Option<&'p str>, &'p [u8]);

fn hidden(page: &Reply) -> (String, String) {
    let text = page.text();
    let main = &text[text.find("<h1>").unwrap()..];
    let value = |name: &str| {
        let start = main.find(&format!("name=\"{name}\" value=\"")).expect(name) + name.len() + 15;
        main[start..].split('"').next().unwrap().to_owned()
    };
    (value("_key"), value("_once"))
}

fn body(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file_name, content) in parts {
        let file_name = file_name.map_or(String::new(), |name| format!("; filename=\"{name}\""));
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

fn send_as(house: &ToyHouse, cookie: &str, body: &[u8]) -> Reply {
    let length = format!("Content-Length: {}", body.len());
    let media_type = format!("Content-Type: multipart/form-data; boundary={BOUNDARY}");
    let headers = [&[media_type.as_str(), &length, cookie], &SAME_SITE[..]].concat();
    house.ask("POST /plans", &headers, body)
}

/// Sends the form of anna's page with these further parts.
fn send(house: &ToyHouse, parts: &[Part<'_>]) -> Reply {
    let (key, once) = hidden(&house.ask("GET /plans", &[ANNA], b""));
    let own: [Part<'_>; 2] = [("_key", None, key.as_bytes()), ("_once", None, once.as_bytes())];
    send_as(house, ANNA, &body(&[&own[..], parts].concat()))
}

fn hall<'p>(name: &'p str, content: &'p [u8]) -> [Part<'p>; 2] {
    [("room", None, b"hall"), ("file", Some(name), content)]
}

fn assert_again(reply: &Reply, status: u16, said: &str) {
    let text = reply.text();
    assert_eq!(reply.status, status, "{text}");
    assert!(text.contains(said), "no {said:?} in {text}");
    assert!(
        text.contains("value=\"hall\""),
        "the other field was lost: {text}"
    );
    assert!(text.contains("Choose the file again"), "{text}");
}

#[test]
fn a_file_arrives_whole_with_its_name_and_digest() {
    let house = ToyHouse::open();
    // Line ends and things that look like a boundary stay as they are.
    let content = b"a\r\nb\r\n------to\r\n\r\n\0\xff";
    let reply = send(&house, &hall("plan ü.txt", content));
    let expected = format!("/plans/hall/{}/", Hash::of(content));
    assert_eq!(reply.status, 303, "{}", reply.text());
    assert!(reply.header("location").unwrap().starts_with(&expected));
    assert!(
        reply
            .header("location")
            .unwrap()
            .ends_with("/70-6c-61-6e-20-fc-2e-74-78-74")
    );
}

#[test]
fn a_file_is_taken_up_to_its_limit_and_not_one_byte_more() {
    let house = ToyHouse::open();
    let most = vec![7; usize::try_from(PLAN_BYTES_MAX).unwrap()];
    assert_eq!(send(&house, &hall("most", &most)).status, 303);
    let more = [&most[..], &[7]].concat();
    assert_again(&send(&house, &hall("more", &more)), 413, "larger than 100 KB");
    // Far more, which the browser sends to its end before it reads.
    let far_more = vec![7; 12 << 20];
    assert_again(
        &send(&house, &hall("far more", &far_more)),
        413,
        "larger than 100 KB",
    );
}

#[test]
fn no_file_an_empty_one_and_two_are_refused() {
    let house = ToyHouse::open();
    assert_again(&send(&house, &hall("", b"")), 400, "no file was chosen");
    assert_again(
        &send(&house, &[("room", None, b"hall")]),
        400,
        "no file was chosen",
    );
    assert_again(&send(&house, &hall("empty", b"")), 400, "the file is empty");
    let two = [&hall("one", b"1")[..], &[("file", Some("two"), b"2")]].concat();
    assert_again(&send(&house, &two), 400, "takes one file");
    let elsewhere: [Part<'_>; 2] = [("room", None, b"hall"), ("picture", Some("two"), b"2")];
    assert_again(&send(&house, &elsewhere), 400, "takes one file");
}

#[test]
fn the_fields_of_a_form_with_a_file_have_their_limit_too() {
    let house = ToyHouse::open();
    let long = vec![b'a'; 1 << 20];
    let reply = send(&house, &[("room", None, b"hall"), ("more", None, &long)]);
    assert_again(&reply, 413, "the fields of the form are larger");
    let unknown: [Part<'_>; 3] = [
        ("room", None, b"hall"),
        ("more", None, b"1"),
        ("file", Some("a"), b"1"),
    ];
    assert_again(&send(&house, &unknown), 400, "unknown field `more`");
}

#[test]
fn a_form_that_breaks_off_hangs_nothing() {
    let house = ToyHouse::open();
    let before = PLANS_HUNG.load(Ordering::SeqCst);
    let (key, once) = hidden(&house.ask("GET /plans", &[ANNA], b""));
    let own: [Part<'_>; 2] = [("_key", None, key.as_bytes()), ("_once", None, once.as_bytes())];
    let whole = body(&[&own[..], &hall("plan", &[7; 5_000])].concat());
    // Its end is missing, though all that was promised came.
    assert_again(
        &send_as(&house, ANNA, &whole[..whole.len() - 30]),
        400,
        "broke off",
    );
    // The connection ends in the middle.
    let mut stream = house.connect();
    let head = format!(
        "POST /plans HTTP/1.1\r\nHost: toy\r\n{ANNA}\r\n{}\r\n{}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\n\r\n",
        SAME_SITE[0],
        SAME_SITE[1],
        whole.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&whole[..whole.len() - 4_000]).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert!(read_reply(stream).is_none_or(|reply| reply.status >= 400));
    assert_eq!(PLANS_HUNG.load(Ordering::SeqCst), before);
    assert_eq!(
        send_as(&house, ANNA, &whole).status,
        303,
        "and it can be sent again"
    );
}

#[test]
fn without_the_key_of_the_sign_in_at_the_front_no_file_is_looked_at() {
    let house = ToyHouse::open();
    let (key, once) = hidden(&house.ask("GET /plans", &[ANNA], b""));
    let (key, once): (Part<'_>, Part<'_>) =
        (("_key", None, key.as_bytes()), ("_once", None, once.as_bytes()));
    let too_large = vec![7; usize::try_from(PLAN_BYTES_MAX).unwrap() + 1];
    let [room, file] = hall("plan", &too_large);
    let zeros = "0".repeat(64);
    let wrong: Part<'_> = ("_key", None, zeros.as_bytes());
    for (cookie, parts) in [
        (ANNA, vec![room, file]),
        (ANNA, vec![wrong, once, room, file]),
        // The key behind the file, or not at the front.
        (ANNA, vec![room, file, key, once]),
        (ANNA, vec![room, key, once, file]),
        // That of another person's sign-in.
        ("Cookie: tagout=ben", vec![key, once, room, file]),
    ] {
        // The file is too large, and that is not what is said: nobody measured it.
        assert_again(
            &send_as(&house, cookie, &body(&parts)),
            409,
            "not made for the present sign-in",
        );
    }
    // Reading ends where the file begins: what stands behind it is not known any more.
    let [room, file] = hall("plan", b"a plan");
    let cut = send_as(&house, ANNA, &body(&[wrong, once, file, room]));
    assert_eq!(cut.status, 409);
    assert!(!cut.text().contains("value=\"hall\""), "{}", cut.text());
    let length = "Content-Length: 5";
    let foreign = ["Origin: http://evil.example", ANNA, length];
    assert_eq!(house.ask("POST /plans", &foreign, b"hello").status, 403);
    let json = [&["Content-Type: application/json", length, ANNA], &SAME_SITE[..]].concat();
    assert_eq!(house.ask("POST /plans", &json, b"hello").status, 409);
}

#[test]
fn one_showing_of_a_form_takes_one_file_however_often_it_is_sent() {
    let house = ToyHouse::open();
    let (key, once) = hidden(&house.ask("GET /plans", &[ANNA], b""));
    let own: [Part<'_>; 2] = [("_key", None, key.as_bytes()), ("_once", None, once.as_bytes())];
    let with = |content: &'static [u8]| body(&[&own[..], &hall("once", content)].concat());
    let first = send_as(&house, ANNA, &with(b"one"));
    let again = send_as(&house, ANNA, &with(b"one"));
    assert_eq!((first.status, again.status), (303, 303));
    assert_eq!(first.header("location"), again.header("location"));
    assert_again(
        &send_as(&house, ANNA, &with(b"two")),
        409,
        "used for another request",
    );
}

#[test]
fn who_is_signed_out_meanwhile_keeps_the_fields_and_chooses_the_file_again() {
    let house = ToyHouse::open();
    let parts = [&[("_key", None, &b"a"[..])][..], &hall("plan", b"content")].concat();
    let reply = send_as(&house, "X-None: 1", &body(&parts));
    assert_eq!(reply.status, 401);
    assert!(
        reply.text().contains("name=\"room\" value=\"hall\""),
        "{}",
        reply.text()
    );
    // Signed in again, the page that says so sends the fields alone.
    let headers = [
        &[
            "Content-Type: application/x-www-form-urlencoded",
            "Content-Length: 9",
            ANNA,
        ],
        &SAME_SITE[..],
    ];
    let again = house.ask("POST /plans", &headers.concat(), b"room=hall");
    assert_again(&again, 409, "not made for the present sign-in");
}

#[test]
fn the_page_says_that_it_sends_a_file() {
    let house = ToyHouse::open();
    let page = house.ask("GET /plans", &[ANNA], b"").text();
    assert!(page.contains("enctype=\"multipart/form-data\""), "{page}");
    assert!(
        page.contains("type=\"file\"") && !page.contains("Choose the file again"),
        "{page}"
    );
}
