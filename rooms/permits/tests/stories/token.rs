//! Permit tokens verify offline with the published keys, and with nothing else.

use basis::{Span, Time};
use permits::{Gate, KeySet, Narrowed, Question, TOKEN_BYTES_MAX};
use policy::Action;

use crate::gate::{scheduled, story};
use crate::house::{Story, has_ssh_keygen};

fn token(story: &Story) -> (String, KeySet, Time) {
    let organisation = &story.house.organisation;
    let id = story.open("web02").unwrap().id;
    scheduled(story, id);
    story.house.wait(Span::hours(85));
    permits::issue(organisation, &story.carla, id, &Narrowed::default()).unwrap();
    let question = Question {
        change: id,
        asset: "web02".to_owned(),
        action: Action::Patch,
        person: None,
    };
    match permits::ask(organisation, &story.dora, &question).unwrap() {
        Gate::Allow { token, expires, .. } => (token, permits::key_set(organisation).unwrap(), expires),
        Gate::Deny { refusal } => panic!("{refusal}"),
    }
}

#[test]
fn a_token_says_who_may_do_what_and_until_when() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let (token, keys, expires) = token(&story);
    let now = story.now();
    assert_eq!(expires, now + Span::minutes(5), "paragraph 4.2");
    let text = serde_json::to_string(&keys).unwrap();
    let keys: KeySet = serde_json::from_str(&text).unwrap();
    let claims = permits::verify_token(&token, &keys, now).unwrap();
    assert_eq!(
        (
            claims.sub.as_str(),
            claims.change.as_str(),
            claims.asset.as_str(),
            claims.action.as_str()
        ),
        ("PER-0005", "CHG-0001", "AST-0002", "patch")
    );
    assert_eq!(
        (claims.iss.as_str(), claims.aud.as_str()),
        ("tagout/story-00000001", permits::AUDIENCE)
    );
    assert_eq!(claims.jti.len(), 32);
    let last = Time::from_ms(expires.as_ms() - 1);
    assert!(permits::verify_token(&token, &keys, last).is_ok());
    assert!(permits::verify_token(&token, &keys, expires).is_err());
    assert!(permits::verify_token(&token, &keys, now - Span::seconds(1)).is_err());
    assert!(permits::verify_token(&token, &KeySet { keys: Vec::new() }, now).is_err());
    let padded = format!("{token}{}", "A".repeat(TOKEN_BYTES_MAX));
    assert!(
        permits::verify_token(&padded, &keys, now)
            .unwrap_err()
            .what
            .contains("8192 bytes")
    );
}

#[test]
fn a_token_with_any_byte_changed_is_refused() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let (token, keys, _) = token(&story);
    let now = story.now();
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
    for place in 0..token.len() {
        for letter in letters
            .iter()
            .filter(|letter| **letter != token.as_bytes()[place])
        {
            let mut bent = token.clone().into_bytes();
            bent[place] = *letter;
            let bent = String::from_utf8(bent).unwrap();
            assert!(
                permits::verify_token(&bent, &keys, now).is_err(),
                "byte {place} as {}",
                *letter as char
            );
        }
        let cut = &token[..place];
        assert!(permits::verify_token(cut, &keys, now).is_err(), "cut at {place}");
    }
}
