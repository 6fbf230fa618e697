//! The client against the server.

use std::io::Write;

use crate::toy::{LIMIT_BYTES, Lamp, Measured, NewLamp, ToyHouse};
use basis::{Class, Refusal};
use frame::{Listed, Method, Nothing};

fn new_lamp(title: &str) -> NewLamp {
    NewLamp {
        title: title.to_owned(),
        watts: 40,
    }
}

fn file_of(size: u64) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let bytes: Vec<u8> = (0..size).map(|number| number as u8).collect();
    file.write_all(&bytes).unwrap();
    file
}

#[test]
fn what_is_sent_and_answered_arrives_unchanged() {
    let house = ToyHouse::open();
    let anna = house.client(Some("anna"));
    let made: Lamp = anna
        .send(Method::Post, "/lamps", &new_lamp("r\u{e9}sum\u{e9} \u{1f4a1}"))
        .unwrap();
    assert_eq!(made.title, "r\u{e9}sum\u{e9} \u{1f4a1}");
    let listed: Listed<Lamp> = anna.get("/lamps?limit=2").unwrap();
    assert_eq!(
        (listed.items.len(), listed.next.as_deref()),
        (2, Some("LMP-0002"))
    );
    let scrapped: Nothing = anna.send(Method::Delete, "/lamps/LMP-0001", &Nothing).unwrap();
    assert_eq!(scrapped, Nothing);
    let once = || {
        anna.send_once::<_, Lamp>(Method::Post, "/lamps", &new_lamp("hall"), "key-1")
            .unwrap()
    };
    assert_eq!(once(), once());
}

#[test]
fn a_refusal_arrives_as_the_refusal_it_was() {
    let house = ToyHouse::open();
    let anna = house.client(Some("anna"));
    for class in Class::ALL {
        let refusal = anna
            .get::<Nothing>(&format!("/refusals/{}", class.name()))
            .unwrap_err();
        let expected = Refusal::new(class, "4.2", "refused as asked")
            .missing("one thing")
            .missing("another thing")
            .way_out("ask for something else");
        assert_eq!(refusal, expected);
    }
    let nobody = house.client(None).get::<Nothing>("/lamps").unwrap_err();
    assert_eq!(
        (nobody.class, nobody.rule.as_str()),
        (Class::Unauthenticated, "sign-in")
    );
    let ben = house.client(None).with_token("ben".to_owned());
    assert!(ben.get::<Listed<Lamp>>("/lamps").is_ok());
}

#[test]
fn a_file_is_sent_with_its_progress() {
    let house = ToyHouse::open();
    let file = file_of(LIMIT_BYTES);
    let mut last = (0, 0);
    let anna = house.client(Some("anna"));
    let measured: Measured = anna
        .upload(
            "/lamps/measurements",
            file.path(),
            "application/xml",
            |sent, all| last = (sent, all),
        )
        .unwrap();
    assert_eq!(measured.size_bytes, LIMIT_BYTES);
    assert_eq!(last, (LIMIT_BYTES, LIMIT_BYTES));
}

#[test]
fn a_refused_file_ends_in_the_refusal_and_not_in_a_broken_connection() {
    let house = ToyHouse::open();
    let send = |token: &str, size: u64| {
        let file = file_of(size);
        let client = house.client(Some(token));
        client
            .upload::<Measured>("/lamps/measurements", file.path(), "text/csv", |_, _| ())
            .unwrap_err()
    };
    assert_eq!(send("anna", LIMIT_BYTES + 1).class, Class::Limit);
    assert_eq!(send("anna", 40_000_000).class, Class::Limit);
    assert_eq!(send("nobody", 40_000_000).class, Class::Unauthenticated);
    let missing = house.client(Some("anna")).upload::<Measured>(
        "/lamps/measurements",
        std::path::Path::new("/nowhere/scan.nessus"),
        "text/csv",
        |_, _| (),
    );
    assert_eq!(missing.unwrap_err().rule, "file");
}

#[test]
fn a_file_is_fetched_whole() {
    let house = ToyHouse::open();
    let anna = house.client(Some("anna"));
    let mut fetched = Vec::new();
    let path = "/lamps/LMP-0001/manual?size_bytes=3000000&place=disk";
    assert_eq!(anna.download(path, &mut fetched), Ok(3_000_000));
    assert!(
        fetched
            .iter()
            .enumerate()
            .all(|(number, byte)| number as u8 == *byte)
    );
    let refusal = anna.download("/lamps/LMP-0001/manual", &mut fetched).unwrap_err();
    assert_eq!(
        refusal.what,
        "the query cannot be read: missing field `size_bytes`"
    );
}

#[test]
fn an_answer_that_is_not_ours_is_named_as_such() {
    let house = ToyHouse::open();
    let anna = house.client(Some("anna"));
    let refusal = anna.get::<Lamp>("/health").unwrap_err();
    assert_eq!(refusal.class, Class::Outside);
    assert!(refusal.what.contains("cannot be read"), "{refusal}");
    let refusal = anna.get::<Lamp>("/lamps/a b").unwrap_err();
    assert_eq!((refusal.class, refusal.rule.as_str()), (Class::Invalid, "client"));
}
