//! A plan is named by its digest, or by as many of its digits as name one alone.

use std::net::TcpListener;
use std::sync::Arc;

use basis::{Class, Id, Refusal, Span};
use frame::client::Client;
use frame::{Bell, Reach, Stop};
use ledger::Hash;
use ledger::events::Events;
use runs::rules::Planned;
use serde_json::Value;
use storage::By;

use crate::house::{Story, has_ssh_keygen};
use crate::start::{plan, story};

/// Records a plan, under this digest or its own; answers which.
fn record(story: &Story, digest: Option<&str>) -> String {
    let id = story.open("web02").unwrap().id;
    let plan = plan(story, id);
    let own = plan.digest().unwrap();
    let digest = digest.map_or(own, |digest| Hash::from_hex(digest).unwrap());
    let planned = Planned {
        change: id.subject(),
        digest,
        document: String::from_utf8(plan.document().unwrap()).unwrap(),
    };
    let mut tx = story.house.organisation.begin("runs.plan").unwrap();
    tx.record(By::from(&story.dora), Events::one(planned)).unwrap();
    tx.commit().unwrap();
    digest.to_string()
}

/// What Dora is answered who asks for the plans of these digits.
fn asked(story: &Story, all: &[&str]) -> Vec<Result<Value, Refusal>> {
    let organisation = &story.house.organisation;
    let scope = ["runs.read".to_owned()].into();
    let token = people::issue_token(organisation, &story.dora, "tool", scope, Span::days(1)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let house = frame::House {
        organisation: Arc::clone(organisation),
        gatekeeper: Arc::new(people::Doorkeeper::default()),
        bell: Bell::new(),
        web: frame::pages::Web::at(&address).unwrap(),
    };
    let router = frame::router(vec![runs::routes()], Arc::new(house));
    let (stop, client) = (Stop::when_told(), Client::new(&address, None).unwrap());
    let (told, client) = (stop.clone(), client.with_token(token.token));
    let serving = std::thread::spawn(move || frame::serve(router, listener, Reach::Loopback, told).unwrap());
    let answers = all
        .iter()
        .map(|digits| client.get(&format!("/plans/{digits}")))
        .collect();
    stop.now();
    serving.join().unwrap();
    answers
}

#[test]
fn a_plan_is_named_by_eight_digits_where_they_name_one_alone() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let own = record(&story, None);
    // No two plans that begin alike can be made, so two are recorded under digests that are not theirs.
    let unlike = if own.starts_with("aaaaaaaa") { "b" } else { "a" };
    for last in ["0", "f"] {
        record(&story, Some(&format!("{}{last}", unlike.repeat(63))));
    }
    let nobodys = if own.starts_with("cccccccc") { "d" } else { "c" };
    let upper = own[..8].to_uppercase() + "A";
    let all = [
        (own.as_str(), Ok(own.as_str())),
        (&own[..8], Ok(&own)),
        (&own[..63], Ok(&own)),
        (&own[..7], Err(Class::Invalid)),
        (&unlike.repeat(8), Err(Class::Conflict)),
        (&unlike.repeat(63), Err(Class::Conflict)),
        (&nobodys.repeat(8), Err(Class::NotFound)),
        (&nobodys.repeat(64), Err(Class::NotFound)),
        (&upper, Err(Class::Invalid)),
        (&nobodys.repeat(65), Err(Class::Invalid)),
    ];
    let answers = asked(&story, &all.each_ref().map(|(digits, _)| *digits));
    let told: Vec<Result<&str, Class>> = answers
        .iter()
        .map(|answer| match answer {
            Ok(plan) => Ok(plan["digest"].as_str().unwrap()),
            Err(refusal) => Err(refusal.class),
        })
        .collect();
    assert_eq!(told, all.map(|(_, due)| due));
    let ambiguous = answers[4].as_ref().unwrap_err();
    assert_eq!(ambiguous.way_out, ["give more of its digits"]);
}
