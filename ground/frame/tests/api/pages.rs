//! What holds for every page and form: who is let in, from where, how often, and what is kept of what was typed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering;

use crate::toy::{MADE_BY_FORM, Reply, ToyHouse};

/// The hidden fields of the first form of the page.
fn hidden(page: &Reply) -> String {
    let text = page.text();
    let value = |name: &str| {
        let at = text.find(&format!("name=\"{name}\" value=\"")).expect(name);
        let rest = &text[at + name.len() + 15..];
        rest[..rest.find('"').unwrap()].to_owned()
    };
    format!("_key={}&_once={}", value("_key"), value("_once"))
}

/// The form of the main part, behind that of the heading.
fn of_main(page: &Reply) -> String {
    let text = page.text();
    let main = &text[text.find("<h1>").unwrap()..];
    hidden(&Reply {
        body: main.as_bytes().to_vec(),
        ..page.clone()
    })
}

const ANNA: &str = "Cookie: tagout=anna";
const SAME_SITE: [&str; 2] = ["Sec-Fetch-Site: same-origin", "Origin: http://toy"];

fn send(house: &ToyHouse, path: &str, headers: &[&str], body: &str) -> Reply {
    let length = format!("Content-Length: {}", body.len());
    let mut all = vec!["Content-Type: application/x-www-form-urlencoded", length.as_str()];
    all.extend(headers);
    house.ask(&format!("POST {path}"), &all, body.as_bytes())
}

fn show(house: &ToyHouse, path: &str, headers: &[&str]) -> Reply {
    house.ask(&format!("GET {path}"), headers, b"")
}

#[test]
fn a_page_is_shown_under_a_strict_policy_and_kept_by_nobody() {
    let house = ToyHouse::open();
    let page = show(&house, "/lamps", &[ANNA]);
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("Lamps &#38; &#60;more&#62;")
            || page.text().contains("Lamps &amp; &lt;more&gt;")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    // What `default-src` does not speak of has to be said.
    assert!(
        policy.contains("form-action 'self'") && policy.contains("base-uri 'none'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("vary", "Cookie"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
}

#[test]
fn who_is_not_signed_in_is_led_to_the_door_and_from_there_back() {
    let house = ToyHouse::open();
    for cookie in [
        "X-None: 1",
        "Cookie: tagout=nobody",
        "Cookie: tagout=anna; tagout=ben",
    ] {
        let reply = show(&house, "/lamps", &[cookie]);
        assert_eq!(reply.status, 303, "{cookie}");
        assert_eq!(reply.header("location"), Some("/sign-in?next=%2Flamps"));
    }
    // A token in a header is for programs, a cookie for browsers: neither works at the other's door.
    assert_eq!(
        show(&house, "/lamps", &["Authorization: Bearer anna"]).status,
        303
    );
    assert_eq!(show(&house, "/api/v1/lamps", &[ANNA]).status, 401);
}

#[test]
fn a_form_is_taken_once_however_often_it_is_sent() {
    let house = ToyHouse::open();
    let fields = format!("{}&title=one-by-form", of_main(&show(&house, "/lamps", &[ANNA])));
    let before = MADE_BY_FORM.load(Ordering::SeqCst);
    for _ in 0..3 {
        let reply = send(&house, "/lamps", &[&[ANNA], &SAME_SITE[..]].concat(), &fields);
        assert_eq!((reply.status, reply.header("location")), (303, Some("/lamps")));
    }
    assert_eq!(MADE_BY_FORM.load(Ordering::SeqCst) - before, 1);
}

#[test]
fn a_form_from_another_site_does_nothing() {
    let house = ToyHouse::open();
    let fields = format!("{}&title=stolen", of_main(&show(&house, "/lamps", &[ANNA])));
    for foreign in [
        vec![],
        vec!["Origin: http://evil.example"],
        vec!["Origin: null"],
        vec!["Origin: http://toy.evil.example"],
        vec!["Origin: https://toy"],
        vec!["Sec-Fetch-Site: cross-site"],
        vec!["Sec-Fetch-Site: same-site", "Origin: http://toy"],
        vec!["Sec-Fetch-Site: same-origin", "Origin: http://evil.example"],
        vec!["Sec-Fetch-Site: none"],
    ] {
        let reply = send(&house, "/lamps", &[&[ANNA], &foreign[..]].concat(), &fields);
        assert_eq!(reply.status, 403, "{foreign:?}");
    }
}

#[test]
fn a_form_without_the_key_of_its_sign_in_is_shown_again_and_does_nothing() {
    let house = ToyHouse::open();
    let of_anna = of_main(&show(&house, "/lamps", &[ANNA]));
    for fields in [
        "title=kept".to_owned(),
        "_key=&_once=a&title=kept".to_owned(),
        format!("_key={}&_once=a&title=kept", "0".repeat(64)),
        // That of another person's sign-in.
        of_anna.clone() + "&title=kept",
    ] {
        let headers = [&["Cookie: tagout=ben"], &SAME_SITE[..]].concat();
        let reply = send(&house, "/lamps", &headers, &fields);
        assert_eq!(reply.status, 409, "{fields}");
        assert!(reply.text().contains("value=\"kept\""), "{fields}");
        // What is shown again carries the right key, so sending it once more does it.
        let again = format!("{}&title=kept", of_main(&reply));
        assert_eq!(send(&house, "/lamps", &headers, &again).status, 303);
    }
}

#[test]
fn a_refused_form_is_shown_again_with_what_was_typed_and_why() {
    let house = ToyHouse::open();
    let headers = [&[ANNA], &SAME_SITE[..]].concat();
    let fields = of_main(&show(&house, "/lamps", &[ANNA])) + "&title=%3Cbad%3E";
    let reply = send(&house, "/lamps", &headers, &fields);
    assert_eq!(reply.status, 422);
    let text = reply.text();
    assert!(
        text.contains("no such lamp is allowed") && text.contains("name another"),
        "{text}"
    );
    assert!(!text.contains("<bad>"), "{text}");
    let fields = of_main(&reply) + "&title=good";
    assert_eq!(send(&house, "/lamps", &headers, &fields).status, 303);
    // A field that is missing, and one that nobody knows.
    let key = of_main(&show(&house, "/lamps", &[ANNA]));
    for (fields, said) in [
        ("", "missing field `title`"),
        ("&title=a&x=1", "unknown field `x`"),
    ] {
        let reply = send(&house, "/lamps", &headers, &(key.clone() + fields));
        assert_eq!(reply.status, 400);
        assert!(reply.text().contains(said), "{}", reply.text());
    }
}

#[test]
fn who_sends_a_form_after_the_sign_in_ended_loses_nothing_but_secrets() {
    let house = ToyHouse::open();
    let fields = "_key=a&_once=b&title=long+thought&password=secret-word";
    let reply = send(&house, "/lamps", &SAME_SITE, fields);
    assert_eq!(reply.status, 401);
    let text = reply.text();
    assert!(text.contains("name=\"title\" value=\"long thought\""), "{text}");
    assert!(!text.contains("secret-word"), "{text}");
}

#[test]
fn signing_in_begins_a_session_and_leaving_ends_it() {
    let house = ToyHouse::open();
    let door = show(&house, "/sign-in", &[]);
    let visitor = door.header("set-cookie").unwrap().to_owned();
    assert!(visitor.contains("HttpOnly; SameSite=Lax"), "{visitor}");
    let visitor = format!("Cookie: {}", visitor.split(';').next().unwrap());
    let headers = [&[visitor.as_str()], &SAME_SITE[..]].concat();
    // A form of the door is bound to the browser that it was shown to.
    let key = hidden(&door);
    let stranger = send(
        &house,
        "/sign-in",
        &SAME_SITE,
        &format!("{key}&handle=anna&password=open"),
    );
    assert_eq!(stranger.status, 409);
    let wrong = send(
        &house,
        "/sign-in",
        &headers,
        &format!("{key}&handle=anna&password=shut"),
    );
    assert_eq!(wrong.status, 401);
    assert!(wrong.text().contains("value=\"anna\"") && !wrong.text().contains("shut"));
    let right = send(
        &house,
        "/sign-in",
        &headers,
        &format!("{key}&handle=anna&password=open"),
    );
    let session = right.header("set-cookie").unwrap();
    assert!(
        session.starts_with("tagout=anna; Path=/; HttpOnly; SameSite=Lax"),
        "{session}"
    );
    let leave = format!("{}&", of_main(&show(&house, "/lamps", &[ANNA])));
    let left = send(&house, "/sign-out", &[&[ANNA], &SAME_SITE[..]].concat(), &leave);
    assert!(left.header("set-cookie").unwrap().contains("Max-Age=0"));
}

#[test]
fn pages_are_shown_under_their_own_name_alone() {
    let house = ToyHouse::open();
    let request =
        "GET /lamps HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nCookie: tagout=anna\r\n\r\n";
    let reply = house.say(request.as_bytes()).unwrap();
    assert_eq!(reply.status, 400);
    // The way on leads there as well.
    assert!(reply.text().contains("href=\"http://toy/\""), "{}", reply.text());
    for (host, status) in [("evil.example", 400), ("toy", 401)] {
        let request = format!("GET /live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert_eq!(house.say(request.as_bytes()).unwrap().status, status, "{host}");
    }
}

#[test]
fn a_page_that_missed_something_is_told_as_soon_as_it_connects() {
    let house = ToyHouse::open();
    let page = show(&house, "/lamps", &[ANNA]).text();
    let at = page.find("/live?seen=").expect("a live page");
    let live = page[at..].split('"').next().unwrap();
    // What the server says at once, with what it says about connecting again.
    let first_words = |address: &str| {
        let request = format!("GET {address} HTTP/1.1\r\nHost: toy\r\nCookie: tagout=anna\r\n\r\n");
        let mut stream = TcpStream::connect(house.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut said = Vec::new();
        while !said.windows(6).any(|words| words == b"retry:") {
            let mut some = [0; 1024];
            let count = stream.read(&mut some).unwrap();
            assert!(count > 0, "{}", String::from_utf8_lossy(&said));
            said.extend_from_slice(&some[..count]);
        }
        String::from_utf8(said).unwrap().contains("event: moved")
    };
    assert!(first_words("/live"), "of an older page nothing is known");
    assert!(
        first_words("/live?seen=0.0"),
        "what another start of the server said"
    );
    assert!(!first_words(live), "nothing was recorded since");
}

#[test]
fn what_is_not_there_is_said_in_the_language_of_who_asks() {
    let house = ToyHouse::open();
    let page = show(&house, "/nothing", &["Accept: text/html,*/*"]);
    assert_eq!(page.status, 404);
    assert!(page.text().starts_with("<!doctype html>"), "{}", page.text());
    assert_eq!(show(&house, "/nothing", &[]).problem().status, 404);
}

#[test]
fn files_of_pages_are_kept_by_browsers_and_zipped_for_who_takes_that() {
    let house = ToyHouse::open();
    let page = show(&house, "/lamps", &[ANNA]).text();
    let at = page.find("/static/").unwrap();
    let url = page[at..].split('"').next().unwrap().to_owned();
    let plain = show(&house, &url, &[]);
    assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
    assert!(plain.header("cache-control").unwrap().contains("immutable"));
    let zipped = show(&house, &url, &["Accept-Encoding: gzip"]);
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert_eq!(show(&house, "/static/x/../../etc/passwd", &[]).status, 404);
}

#[test]
fn every_sample_is_a_whole_document() {
    let samples = frame::samples(&[crate::toy::routes()], &[]).unwrap();
    assert!(samples.iter().any(|sample| sample.path == "/lamps"));
    for sample in samples {
        assert!(
            sample.html.starts_with("<!doctype html>") && sample.html.contains("<h1>"),
            "{sample:?}"
        );
    }
}

#[test]
fn what_cannot_be_read_of_an_address_leads_back_to_the_page_without_it() {
    let house = ToyHouse::open();
    let refused = show(&house, "/lamps?part=-1", &[ANNA]);
    assert_eq!(refused.status, 400);
    let text = refused.text();
    assert!(
        text.contains("href=\"http://toy/lamps\"") && text.contains("To this page"),
        "{text}"
    );
    assert!(!text.contains("openapi"), "{text}");
}
