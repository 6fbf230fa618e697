//! A new certificate without a restart.

use std::fs;
use std::io::Write;
use std::sync::Arc;

use basis::{Class, Clock, Span, SystemClock};
use frame::Reach;
use frame::client::{Client, Trust};
use frame::tls::{Certificates, Fingerprint};
use serde_json::Value;

use crate::toy::{Authority, ToyHouse};

fn is_shown(house: &ToyHouse, fingerprint: Fingerprint) -> bool {
    let url = format!("https://{}", house.address);
    let client = Client::trusting(&url, None, &Trust::Pinned(fingerprint)).unwrap();
    client.get::<Value>("/health").is_ok()
}

/// The bytes of one answer on a connection that goes on.
fn ask(stream: &mut (impl std::io::Read + Write)) -> String {
    stream
        .write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: toy\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(br#"{"status":"ok"}"#) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_renewed_certificate_is_taken_while_a_connection_goes_on() {
    let authority = Authority::found();
    let certificates = Certificates::open(authority.issue(&["127.0.0.1"]), SystemClock.now()).unwrap();
    let old = certificates.facts().fingerprint;
    let house = ToyHouse::reached(Reach::OwnTls(Arc::clone(&certificates)));
    let mut going_on = authority.connect(house.address, &[]);
    assert!(ask(&mut going_on).starts_with("HTTP/1.1 200"));
    authority.issue(&["127.0.0.1"]);
    // The server looks at its files now and then.
    while certificates.facts().fingerprint == old {
        assert!(ask(&mut going_on).starts_with("HTTP/1.1 200"));
    }
    let new = certificates.facts().fingerprint;
    assert!(is_shown(&house, new) && !is_shown(&house, old));
    assert!(ask(&mut going_on).starts_with("HTTP/1.1 200"));
}

#[test]
fn a_bad_certificate_is_not_taken_and_the_old_one_goes_on() {
    let authority = Authority::found();
    let now = SystemClock.now();
    let files = authority.issue(&["127.0.0.1"]);
    let key = fs::read(&files.key).unwrap();
    let certificates = Certificates::open(files.clone(), now).unwrap();
    let old = certificates.facts().fingerprint;
    let house = ToyHouse::reached(Reach::OwnTls(Arc::clone(&certificates)));
    let spoiled: [(&str, &dyn Fn()); 4] = [
        ("not that of the first certificate", &|| {
            authority.issue(&["127.0.0.1"]);
            fs::write(&files.key, &key).unwrap();
        }),
        ("ended at", &|| {
            authority.issue_for(&["127.0.0.1"], now - Span::days(9), now - Span::days(1));
        }),
        ("holds no certificate", &|| {
            fs::write(&files.certificate, "").unwrap()
        }),
        ("cannot be read", &|| fs::remove_file(&files.certificate).unwrap()),
    ];
    for (reason, spoil) in spoiled {
        spoil();
        let refusal = certificates.reload(now).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid);
        assert!(refusal.what.contains(reason), "{refusal}");
        assert!(refusal.what.contains("the certificate in use stays"), "{refusal}");
        assert!(is_shown(&house, old), "{reason}");
    }
    authority.issue(&["127.0.0.1"]);
    let new = certificates.reload(now).unwrap().fingerprint;
    assert!(is_shown(&house, new) && new != old);
}
