//! An emergency: one expedited approval, work at once, a retrospective that blocks closure.

use basis::{Refusal, Span};
use changes::{Change, ChangeId, Look, PartsEdit, State};
use policy::ChangeType;

use crate::house::{Story, has_ssh_keygen};

#[test]
fn an_emergency_starts_on_one_approval_and_closes_only_behind_its_retrospective() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = start_on_one_approval(&story);
    let close = || {
        changes::close(
            &story.house.organisation,
            &story.carla,
            id,
            "The worm is gone.",
            None,
        )
    };
    do_the_work(&story, id, &close);
    look_back(&story, id, &close);
}

fn start_on_one_approval(story: &Story) -> ChangeId {
    let organisation = &story.house.organisation;
    let mut parts = story.whole("web02");
    parts.from = Some(story.now() + Span::minutes(5));
    parts.until = Some(story.now() + Span::hours(4));
    let open = |parts: &PartsEdit| {
        changes::open(
            organisation,
            &story.anna,
            "Stop the worm",
            ChangeType::Emergency,
            parts,
        )
    };
    let id = open(&parts).unwrap().id;
    let refusal = story.submit(id).unwrap_err();
    assert!(
        refusal.missing[0].contains("a declared reason for the emergency"),
        "{refusal}"
    );
    let why = PartsEdit {
        emergency_reason: Some("It is being exploited.".to_owned()),
        ..PartsEdit::default()
    };
    changes::edit(organisation, &story.anna, id, &why, None).unwrap();
    let change = story.submit(id).unwrap();
    assert_eq!(
        change.told.len(),
        1,
        "the incident manager is told in the same moment"
    );
    assert_eq!(change.told[0].1, story.emil.person);
    assert!(
        story.approve(&story.ben, id).is_err(),
        "an approver is not asked beforehand"
    );
    assert_eq!(story.approve(&story.emil, id).unwrap().state, State::Approved);
    assert_eq!(story.schedule(id).unwrap().state, State::Scheduled);
    id
}

fn look() -> Look {
    Look {
        justification: "The flaw was known to be exploited since noon.".to_owned(),
        findings: "Patched within an hour; no traces of an intrusion.".to_owned(),
    }
}

type Close<'a> = dyn Fn() -> Result<Change, Refusal> + 'a;

fn do_the_work(story: &Story, id: ChangeId, close: &Close<'_>) {
    let organisation = &story.house.organisation;
    let early = changes::retrospect(organisation, &story.dora, id, &look());
    assert!(early.is_err(), "there is nothing to look back at yet");

    story.house.wait(Span::minutes(10));
    story.start(id).unwrap();
    story.house.wait(Span::hours(1));
    story.finish(id).unwrap();
    story.compare(id, "AST-0002", &[]).unwrap();
    story.attach_evidence(id, "AST-0002");
    changes::verify(organisation, &story.anna, id, None).unwrap();
    let refusal = close().unwrap_err();
    assert!(
        refusal.missing[0].contains("the retrospective, due 2026-11-25 08:10 UTC"),
        "{refusal}"
    );
}

fn look_back(story: &Story, id: ChangeId, close: &Close<'_>) {
    let organisation = &story.house.organisation;
    story.house.wait(Span::hours(80));
    changes::retrospect(organisation, &story.dora, id, &look()).unwrap();
    let refusal = close().unwrap_err();
    assert!(
        refusal.missing[0].contains("1 approval of the retrospective as approver"),
        "{refusal}"
    );
    let refusal = story.approve(&story.emil, id).unwrap_err();
    assert!(refusal.what.contains("nobody is asked"), "{refusal}");
    let change = story.approve(&story.ben, id).unwrap();
    assert_eq!(
        change.state,
        State::Verifying,
        "an approval after the fact moves nothing"
    );
    assert_eq!(change.approvals().len(), 1, "the expedited approval still stands");
    let policy = organisation.view(policy::current).unwrap();
    let clock = changes::clock(&policy, &change, story.now()).unwrap();
    assert_eq!(clock.left, Span::hours(-9), "held nine hours late");
    assert_eq!(close().unwrap().state, State::Closed);
    story.house.assert_sound();
}

#[test]
fn who_did_the_work_or_wrote_the_retrospective_does_not_approve_it() {
    if !has_ssh_keygen() {
        return;
    }
    let mut story = Story::begin();
    // Dora may approve other things: here she worked.
    story.dora.roles.insert(basis::Role::Approver);
    let organisation = std::sync::Arc::clone(&story.house.organisation);
    let mut parts = story.whole("web02");
    parts.from = Some(story.now());
    parts.emergency_reason = Some("Exploited.".to_owned());
    parts.until = Some(story.now() + Span::hours(2));
    let change = changes::open(
        &organisation,
        &story.anna,
        "Stop the worm",
        ChangeType::Emergency,
        &parts,
    )
    .unwrap();
    let id = change.id;
    story.submit(id).unwrap();
    story.approve(&story.emil, id).unwrap();
    story.schedule(id).unwrap();
    story.start(id).unwrap();
    story.finish(id).unwrap();
    let look = Look {
        justification: "Exploited.".to_owned(),
        findings: "Patched.".to_owned(),
    };
    changes::retrospect(&organisation, &story.dora, id, &look).unwrap();
    assert!(story.approve(&story.dora, id).is_err(), "she wrote it");
    changes::retrospect(&organisation, &story.emil, id, &look).unwrap();
    changes::retrospect(&organisation, &story.anna, id, &look).unwrap();
    story.emil.roles.insert(basis::Role::Approver);
    for earlier in [&story.dora, &story.emil] {
        let refusal = story.decide_as(earlier, id, basis::Role::Approver).unwrap_err();
        assert!(refusal.what.contains("recorded the retrospective"), "{refusal}");
    }
    assert!(story.approve(&story.ben, id).is_ok());
    story.house.assert_sound();
}

#[test]
fn what_was_done_by_hand_is_compared_by_the_person_who_says_what_was_found() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = start_on_one_approval(&story);
    let organisation = &story.house.organisation;
    story.house.wait(Span::minutes(10));
    story.start(id).unwrap();
    story.finish(id).unwrap();
    let accept =
        |about: &str| changes::accept(organisation, &story.anna, id, about, "The rule is in the filter.");
    assert_eq!(
        accept("AST-0001").unwrap_err().class,
        basis::Class::Conflict,
        "it is not in this change"
    );
    let change = accept("AST-0002").unwrap();
    let verified = &change.verified[0];
    assert!(matches!(
        verified.comparison,
        policy::Comparison::DifferenceAccepted { by } if by == story.anna.person
    ));
    assert!(accept("AST-0002").is_err(), "it was said already");
    story.house.assert_sound();
}
