//! Giving permits out, stopping them, and getting them back.

use basis::{Class, Span};
use changes::{ChangeId, State};
use permits::{Narrowed, Work};
use policy::PermitState;

use crate::gate::{allowed, scheduled, story};
use crate::house::has_ssh_keygen;

#[test]
fn a_permit_is_issued_near_its_window_and_only_narrows_its_change() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = story.open("web02").unwrap().id;
    let issue = |narrowed: &Narrowed| permits::issue(organisation, &story.carla, id, narrowed);
    let everything = Narrowed::default();
    assert_eq!(issue(&everything).unwrap_err().class, Class::Conflict);
    scheduled(&story, id);
    let refusal = issue(&everything).unwrap_err();
    assert_eq!(refusal.rule, "permit ahead of its window");
    assert_eq!(
        permits::issue(organisation, &story.dora, id, &everything)
            .unwrap_err()
            .class,
        Class::Forbidden
    );

    story.house.wait(Span::hours(80));
    let wider = Narrowed {
        people: Some([story.anna.person].into()),
        ..Narrowed::default()
    };
    let refusal = issue(&wider).unwrap_err();
    assert!(
        refusal.missing[0].contains("PER-0002 among the people who carry out"),
        "{refusal}"
    );
    let permit = issue(&everything).unwrap();
    assert_eq!(permit.state_at(story.now()), PermitState::Issued);
    assert_eq!(Some(permit.window), story.show(id).window);
    let active = || {
        organisation
            .view(|view| permits::active(view, id, story.now()))
            .unwrap()
    };
    assert_eq!(active(), None);
    story.house.wait(Span::hours(5));
    assert_eq!(active().unwrap().id, permit.id);
    story.house.wait(Span::hours(4));
    assert_eq!(active(), None, "it ended by itself");
    assert!(permits::suspend(organisation, &story.carla, permit.id, "late").is_err());
    story.house.assert_sound();
}

#[test]
fn the_last_permit_given_back_ends_the_work() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id: ChangeId = story.open("web02").unwrap().id;
    scheduled(&story, id);
    story.house.wait(Span::hours(85));
    let everything = Narrowed::default();
    let first = permits::issue(organisation, &story.carla, id, &everything)
        .unwrap()
        .id;
    let second = permits::issue(organisation, &story.carla, id, &everything)
        .unwrap()
        .id;
    assert!(allowed(&story, id, "web02"));
    assert_eq!(
        story.show(id).state,
        State::InProgress,
        "with the first yes work began"
    );
    permits::hand_back(organisation, &story.dora, first, Work::Done).unwrap();
    assert_eq!(story.show(id).state, State::InProgress, "another permit lives");
    let refusal = permits::hand_back(organisation, &story.dora, first, Work::Done).unwrap_err();
    assert!(refusal.what.contains("is handed back"), "{refusal}");
    permits::hand_back(organisation, &story.dora, second, Work::Done).unwrap();
    assert_eq!(story.show(id).state, State::Verifying);
    story.house.assert_sound();
}
