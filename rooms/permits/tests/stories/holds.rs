//! What a permit rests on and may lose: the keys of its approvals, the revision it was issued under, a clock that is right.

use basis::{Span, Time};
use changes::{ChangeId, PartsEdit};
use permits::{Narrowed, Work};
use policy::CLOCK_BEHIND_MAX;

use crate::gate::{allowed, reasons, scheduled, story};
use crate::house::{Story, has_ssh_keygen};

/// A change of `web02` in its open window.
fn in_its_window(story: &Story) -> ChangeId {
    let id = story.open("web02").unwrap().id;
    scheduled(story, id);
    story.house.wait(Span::hours(85));
    id
}

fn issue(story: &Story, id: ChangeId) -> Result<permits::Permit, basis::Refusal> {
    permits::issue(&story.house.organisation, &story.carla, id, &Narrowed::default())
}

#[test]
fn a_revoked_key_closes_the_gate_and_gives_no_permit_until_somebody_approves_anew() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let id = in_its_window(&story);
    issue(&story, id).unwrap();
    assert!(allowed(&story, id, "web02"));
    story.revoke_key(&story.ben);
    let why = reasons(&story, &story.dora, id, "web02");
    assert!(why.contains("KEY-0002 that signed it was revoked"), "{why}");
    let refusal = issue(&story, id).unwrap_err();
    assert!(
        refusal.missing.iter().any(|line| line.contains("was revoked")),
        "{refusal}"
    );
    story.enrol_key(&story.ben);
    story.approve(&story.ben, id).unwrap();
    assert!(
        allowed(&story, id, "web02"),
        "work goes on behind the new approval"
    );
    issue(&story, id).unwrap();
    story.house.assert_sound();
}

#[test]
fn what_was_done_may_be_undone_although_its_approval_fell() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let id = in_its_window(&story);
    issue(&story, id).unwrap();
    let undo = || {
        let asked = permits::rules::Asked {
            person: story.dora.person,
            asset: basis::Subject::parse("AST-0002").unwrap(),
            action: policy::Action::RollBack,
        };
        let organisation = &story.house.organisation;
        let answer = organisation.view(|view| permits::may_work(organisation, view, &story.show(id), &asked));
        answer.unwrap()
    };
    story.revoke_key(&story.ben);
    assert!(undo().is_err(), "nothing was done yet");
    story.enrol_key(&story.ben);
    story.approve(&story.ben, id).unwrap();
    assert!(allowed(&story, id, "web02"));
    story.revoke_key(&story.ben);
    assert!(undo().is_ok());
}

#[test]
fn what_was_found_on_an_asset_falls_when_the_gate_opens_for_it_again() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let id = in_its_window(&story);
    issue(&story, id).unwrap();
    let found = || {
        story
            .show(id)
            .comparison(&basis::Subject::parse("AST-0002").unwrap())
    };
    assert!(allowed(&story, id, "web02"));
    story.compare(id, "AST-0002", &[]).unwrap();
    assert_eq!(found(), policy::Comparison::Equal);
    assert!(allowed(&story, id, "web02"));
    assert_eq!(found(), policy::Comparison::NotCompared);
    story.house.assert_sound();
}

#[test]
fn a_permit_of_an_earlier_revision_gives_no_work() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = in_its_window(&story);
    let before = issue(&story, id).unwrap();
    let edit = PartsEdit {
        rollback_plan: Some("Install the version before.".to_owned()),
        from: Some(story.now() + Span::hours(84)),
        until: Some(story.now() + Span::hours(92)),
        ..PartsEdit::default()
    };
    changes::edit(organisation, &story.anna, id, &edit, None).unwrap();
    scheduled(&story, id);
    story.house.wait(Span::hours(85));
    let why = reasons(&story, &story.dora, id, "web02");
    assert!(
        why.contains("a permit under revision 2 of CHG-0001; this one was issued under another, 1"),
        "{why}"
    );
    let after = issue(&story, id).unwrap();
    assert_eq!((before.revision, after.revision), (1, 2));
    assert!(allowed(&story, id, "web02"));
    permits::hand_back(organisation, &story.dora, after.id, Work::Done).unwrap();
    assert_eq!(story.show(id).state, changes::State::Verifying);
    story.house.assert_sound();
}

/// The latest time in the ledger.
fn latest(story: &Story) -> Time {
    let organisation = &story.house.organisation;
    organisation
        .view(|view| view.latest_entry_time())
        .unwrap()
        .unwrap()
}

#[test]
fn a_clock_that_was_set_back_too_far_opens_no_gate_and_gives_no_permit() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let id = in_its_window(&story);
    issue(&story, id).unwrap();
    assert!(allowed(&story, id, "web02"));
    let limit = latest(&story) - CLOCK_BEHIND_MAX;
    story.house.clock.set(limit - Span::milliseconds(1));
    let refusal = issue(&story, id).unwrap_err();
    assert!(refusal.missing[0].contains("a clock that is right"), "{refusal}");
    assert!(refusal.way_out[0].contains("`tagout doctor`"), "{refusal}");
    // Asked again, the no stands: that the first one was recorded by the wrong clock changes nothing.
    for _ in 0..2 {
        let why = reasons(&story, &story.dora, id, "web02");
        assert!(why.contains("a clock that is right"), "{why}");
    }
    story.house.clock.set(limit);
    assert!(issue(&story, id).is_ok());
    assert!(allowed(&story, id, "web02"));
}
