//! `Idempotency-Key` over the wire.

use crate::toy::ToyHouse;
use basis::Span;

const LAMP: &[u8] = br#"{"title":"hall"}"#;

#[test]
fn the_same_request_with_the_same_key_is_done_once() {
    let house = ToyHouse::open();
    let key = ["Idempotency-Key: 0f9d-1"];
    let first = house.post("/lamps", &key, LAMP);
    assert_eq!((first.status, first.header("idempotency-replayed")), (200, None));
    let again = house.post("/lamps", &key, LAMP);
    assert_eq!(
        (again.status, again.header("idempotency-replayed")),
        (200, Some("true"))
    );
    assert_eq!(again.json(), first.json());
    let without_key = house.post("/lamps", &[], LAMP);
    assert_ne!(without_key.json()["id"], first.json()["id"]);
    house.advance(Span::milliseconds(24 * 60 * 60 * 1_000 + 1));
    assert_ne!(
        house.post("/lamps", &key, LAMP).json()["id"],
        first.json()["id"],
        "a day later it is forgotten"
    );
}

#[test]
fn a_key_is_good_for_one_request_of_one_person() {
    let house = ToyHouse::open();
    let key = "Idempotency-Key: k";
    let first = house.post("/lamps", &[key], LAMP);
    let other = house.post("/lamps", &[key], br#"{"title":"door"}"#);
    assert_eq!(
        (other.status, other.problem().rule.as_str()),
        (409, "idempotency")
    );
    for token in ["ben", "anna-narrow"] {
        let token = format!("Authorization: Bearer {token}");
        let headers = [
            &token,
            "Content-Type: application/json",
            "Content-Length: 16",
            key,
        ];
        let reply = house.ask("POST /api/v1/lamps", &headers, LAMP);
        assert_eq!(reply.header("idempotency-replayed"), None, "{token}");
        assert_ne!(reply.json()["id"], first.json()["id"]);
    }
    let elsewhere = house.ask(
        "DELETE /api/v1/lamps/LMP-0001",
        &["Authorization: Bearer anna", key],
        b"",
    );
    assert_eq!((elsewhere.status, elsewhere.json()), (200, serde_json::json!({})));
}

#[test]
fn a_refused_request_may_be_sent_again_with_its_key() {
    let house = ToyHouse::open();
    let key = ["Idempotency-Key: k"];
    assert_eq!(house.post("/lamps", &key, br#"{"title":""}"#).status, 422);
    assert_eq!(house.post("/lamps", &key, LAMP).status, 200);
}

#[test]
fn a_key_that_is_none_is_refused() {
    let house = ToyHouse::open();
    let long = format!("Idempotency-Key: {}", "k".repeat(65));
    for key in ["Idempotency-Key: a b", &long, "Idempotency-Key: "] {
        let reply = house.post("/lamps", &[key], LAMP);
        assert_eq!(
            (reply.status, reply.problem().rule.as_str()),
            (400, "idempotency"),
            "{key}"
        );
    }
}
