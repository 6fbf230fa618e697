//! The OpenAPI document of the toy room.

use std::collections::BTreeSet;

use crate::toy::{ToyHouse, routes};
use frame::{Call, Kind, Method, Nothing, Routes, openapi};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[test]
fn the_document_says_what_the_routes_do() {
    let document = openapi(&[routes()], "toy", "1.2.3");
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[test]
fn every_pointer_in_the_document_leads_somewhere() {
    let document = openapi(&[routes(), doors()], "toy", "1.2.3");
    let mut pointers = BTreeSet::new();
    collect(&document, &mut pointers);
    assert!(pointers.len() > 5, "{pointers:?}");
    for pointer in pointers {
        let target = document.pointer(pointer.trim_start_matches('#'));
        assert!(target.is_some(), "{pointer}");
    }
}

fn collect(value: &Value, pointers: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            pointers.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|inner| collect(inner, pointers));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, pointers)),
        _ => {}
    }
}

#[test]
fn the_server_hands_the_document_to_anybody() {
    let house = ToyHouse::open();
    let reply = house.ask("GET /api/v1/openapi.json", &[], b"");
    let served = reply.json();
    assert_eq!(served["openapi"], "3.1.0");
    assert_eq!(served["paths"], openapi(&[routes()], "tagout", "0")["paths"]);
}

#[test]
fn the_list_of_routes_can_be_swept() {
    let routes = routes();
    let acts: Vec<_> = routes.rows().iter().filter(|row| row.kind == Kind::Act).collect();
    let named: Vec<_> = acts
        .iter()
        .map(|row| (row.method, row.path, row.act, row.operation.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            (Method::Post, "/lamps", Some("lamps.make"), "lamps.make"),
            (
                Method::Delete,
                "/lamps/{lamp}",
                Some("lamps.scrap"),
                "lamps.scrap"
            ),
        ]
    );
    let public: Vec<_> = routes
        .rows()
        .iter()
        .filter(|row| row.act.is_none())
        .map(|row| row.path)
        .collect();
    assert_eq!(public, ["/sign-ins", "/sign-in", "/sign-in"]);
}

/// A door, which has more when it is answered than it needs when it is sent.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Door {
    #[serde(default)]
    title: String,
}

fn paint(call: &Call<'_, Nothing, Door>) -> Result<Door, basis::Refusal> {
    Ok(Door {
        title: call.body.title.clone(),
    })
}

fn doors() -> Routes {
    Routes::room("doors").act(
        Method::Put,
        "/doors/{door}",
        "doors.paint",
        "Paints a door",
        paint,
    )
}

#[test]
fn a_type_that_differs_between_sent_and_answered_has_two_names() {
    let document = openapi(&[doors()], "toy", "1");
    let operation = &document["paths"]["/doors/{door}"]["put"];
    let sent = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    let answered = &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(
        (sent, answered),
        (
            &"#/components/schemas/Door".into(),
            &"#/components/schemas/DoorAnswer".into()
        )
    );
    let schemas = &document["components"]["schemas"];
    assert_eq!(
        (
            schemas["Door"].get("required"),
            &schemas["DoorAnswer"]["required"][0]
        ),
        (None, &"title".into())
    );
}

#[derive(Deserialize, JsonSchema)]
struct Loose {
    #[allow(dead_code, reason = "only its schema is looked at")]
    title: String,
}

fn lose(_: &Call<'_, Nothing, Loose>) -> Result<Nothing, basis::Refusal> {
    Ok(Nothing)
}

fn open(_: &Call<'_>) -> Result<Nothing, basis::Refusal> {
    Ok(Nothing)
}

#[test]
#[should_panic(expected = "lets unknown fields pass at its top: add #[serde(deny_unknown_fields)]")]
fn a_body_that_lets_unknown_fields_pass_does_not_start() {
    let _ = Routes::room("doors").act(Method::Post, "/doors", "doors.lose", "Loses a door", lose);
}

#[test]
#[should_panic(expected = "a GET must change nothing")]
fn an_act_is_never_a_get() {
    let _ = Routes::room("doors").act(Method::Get, "/doors", "doors.open", "Opens a door", open);
}

#[test]
#[should_panic(expected = "two routes are named doors.open")]
fn no_two_routes_of_a_room_have_one_name() {
    let _ = Routes::room("doors")
        .act(Method::Post, "/doors", "doors.open", "Opens a door", open)
        .act(Method::Put, "/doors", "doors.open", "Opens a door", open);
}
