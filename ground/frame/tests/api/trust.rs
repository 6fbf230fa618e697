//! Whom the client believes over HTTPS: real handshakes with a real server.

use basis::{Class, Clock, Refusal, Span, SystemClock};
use frame::Reach;
use frame::client::{Client, Trust};
use frame::tls::{Certificates, Fingerprint};

use crate::toy::{Authority, Lamp, ToyHouse, own_files};

fn ask(house: &ToyHouse, trust: &Trust) -> Result<Lamp, Refusal> {
    let url = format!("https://{}", house.address);
    Client::trusting(&url, Some("anna".to_owned()), trust)?.get("/lamps/LMP-0001")
}

fn distrusted(house: &ToyHouse, trust: &Trust) -> Refusal {
    let refusal = ask(house, trust).unwrap_err();
    assert_eq!(
        (refusal.class, refusal.rule.as_str()),
        (Class::Outside, "server identity"),
        "{refusal}"
    );
    assert!(!refusal.way_out.is_empty());
    refusal
}

#[test]
fn a_self_signed_certificate_is_believed_by_its_fingerprint_alone() {
    let folder = tempfile::tempdir().unwrap();
    let certificates =
        Certificates::own(own_files(&folder), &["localhost".to_owned()], SystemClock.now()).unwrap();
    let fingerprint = certificates.facts().fingerprint;
    let house = ToyHouse::reached(Reach::OwnTls(certificates));
    ask(&house, &Trust::Pinned(fingerprint)).unwrap();

    let other = Fingerprint::parse(&"ab".repeat(32)).unwrap();
    let refusal = distrusted(&house, &Trust::Pinned(other));
    assert!(refusal.what.contains(&other.to_string()), "{refusal}");
    assert!(refusal.what.contains(&fingerprint.to_string()), "{refusal}");

    let refusal = distrusted(&house, &Trust::System);
    assert!(refusal.what.contains("nobody vouches"), "{refusal}");
    assert!(
        refusal.way_out[0].contains(&format!("--server-fingerprint {fingerprint}")),
        "{refusal}"
    );
}

#[test]
fn the_certificate_of_an_own_authority_is_believed_through_it_alone() {
    let authority = Authority::found();
    let certificates = Certificates::open(authority.issue(&["127.0.0.1"]), SystemClock.now()).unwrap();
    let house = ToyHouse::reached(Reach::OwnTls(certificates));
    ask(&house, &Trust::Authority(authority.path())).unwrap();
    distrusted(&house, &Trust::System);
    distrusted(&house, &Trust::Authority(Authority::found().path()));
    let refusal = ask(
        &house,
        &Trust::Authority(authority.folder.path().join("server.key")),
    )
    .unwrap_err();
    assert!(refusal.what.contains("holds no certificate"), "{refusal}");
}

#[test]
fn a_certificate_for_another_host_is_refused_with_the_names_that_it_is_for() {
    let authority = Authority::found();
    let files = authority.issue(&["elsewhere.example.org", "192.0.2.1"]);
    let house = ToyHouse::reached(Reach::OwnTls(
        Certificates::open(files, SystemClock.now()).unwrap(),
    ));
    let refusal = distrusted(&house, &Trust::Authority(authority.path()));
    assert!(
        refusal.what.contains("elsewhere.example.org, 192.0.2.1"),
        "{refusal}"
    );
}

#[test]
fn a_certificate_that_has_ended_is_refused_however_it_was_believed() {
    let authority = Authority::found();
    let now = SystemClock.now();
    let ends = now - Span::days(1);
    let files = authority.issue_for(&["127.0.0.1"], now - Span::days(30), ends);
    // The server that has run since before.
    let certificates = Certificates::open(files, now - Span::days(2)).unwrap();
    let fingerprint = certificates.facts().fingerprint;
    let house = ToyHouse::reached(Reach::OwnTls(certificates));
    for trust in [Trust::Authority(authority.path()), Trust::Pinned(fingerprint)] {
        let refusal = distrusted(&house, &trust);
        assert!(refusal.what.contains("ended at"), "{trust:?}: {refusal}");
    }
}

#[test]
fn who_speaks_https_to_a_plain_server_is_told_so() {
    let house = ToyHouse::open();
    let refusal = ask(&house, &Trust::System).unwrap_err();
    assert!(refusal.what.contains("does not speak TLS"), "{refusal}");
}

#[test]
fn a_file_comes_through_whole() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::own(own_files(&folder), &[], SystemClock.now()).unwrap();
    let trust = Trust::Pinned(certificates.facts().fingerprint);
    let house = ToyHouse::reached(Reach::OwnTls(certificates));
    let url = format!("https://{}", house.address);
    let client = Client::trusting(&url, Some("anna".to_owned()), &trust).unwrap();
    let path = folder.path().join("measurements");
    std::fs::write(&path, vec![7; 290_000]).unwrap();
    let measured: crate::toy::Measured = client
        .upload(
            "/lamps/measurements",
            &path,
            "application/octet-stream",
            |_, _| {},
        )
        .unwrap();
    assert_eq!(measured.size_bytes, 290_000);
}
