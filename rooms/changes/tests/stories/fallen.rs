//! What becomes of approvals when a key is revoked or a person disabled, and of what was found when work goes on.

use basis::{Class, Span};
use changes::{ChangeId, Look, PartsEdit, State};
use policy::{ChangeType, Classification, Comparison};

use crate::house::{Story, has_ssh_keygen};

/// An approved change of `web02`, which Ben alone approves.
fn approved(story: &Story) -> ChangeId {
    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    assert_eq!(story.approve(&story.ben, id).unwrap().state, State::Approved);
    id
}

/// The same, worked under and reported as done.
fn done(story: &Story) -> ChangeId {
    let id = approved(story);
    story.schedule(id).unwrap();
    story.house.wait(Span::hours(85));
    story.start(id).unwrap();
    story.finish(id).unwrap();
    id
}

#[test]
fn an_approval_by_a_key_that_was_revoked_starts_nothing_until_it_is_given_anew() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = approved(&story);
    story.revoke_key(&story.ben);
    let refusal = story.schedule(id).unwrap_err();
    assert!(
        refusal.missing.iter().any(|line| line.contains("was revoked")),
        "{refusal}"
    );
    assert!(
        refusal.way_out[0].contains("`tagout change approve CHG-0001"),
        "{refusal}"
    );
    story.enrol_key(&story.ben);
    assert!(
        story.approve(&story.ben, id).is_ok(),
        "the same person may say it again"
    );
    assert_eq!(story.schedule(id).unwrap().state, State::Scheduled);
    story.house.assert_sound();
}

#[test]
fn an_approval_by_a_person_who_may_not_act_any_more_starts_nothing() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = approved(&story);
    story.disable(&story.ben);
    let refusal = story.schedule(id).unwrap_err();
    assert!(
        refusal
            .missing
            .iter()
            .any(|line| line.contains("PER-0003 may not act any more")),
        "{refusal}"
    );
    story.house.assert_sound();
}

#[test]
fn what_is_written_into_the_register_later_takes_no_approval_away() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web01").unwrap().id;
    story.plan(id).unwrap();
    story.submit(id).unwrap();
    assert_eq!(story.approve(&story.ben, id).unwrap().state, State::Submitted);
    story.reclassify("web01", Classification::None);
    let answer = story.schedule(id).unwrap_err();
    assert_eq!(
        answer.class,
        Class::Conflict,
        "the owner has not signed: {answer}"
    );
    assert_eq!(story.approve(&story.carla, id).unwrap().state, State::Approved);

    // What was submitted as holding nothing is judged by what is known now.
    let id = approved(&story);
    story.reclassify("web02", Classification::Cui);
    let refusal = story.schedule(id).unwrap_err();
    assert!(
        refusal
            .missing
            .iter()
            .any(|line| line.contains("as system_owner")),
        "{refusal}"
    );
    story.house.assert_sound();
}

#[test]
fn an_approval_that_fell_before_the_last_one_came_approves_nothing() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web01").unwrap().id;
    story.plan(id).unwrap();
    story.submit(id).unwrap();
    story.approve(&story.ben, id).unwrap();
    story.revoke_key(&story.ben);
    assert_eq!(story.approve(&story.carla, id).unwrap().state, State::Submitted);
    story.enrol_key(&story.ben);
    assert_eq!(story.approve(&story.ben, id).unwrap().state, State::Approved);
}

#[test]
fn while_work_goes_on_an_approval_is_given_only_in_place_of_one_that_fell() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let frida = story.house.person("frida", &[basis::Role::Approver]);
    story.enrol_key(&frida);
    let id = done(&story);
    let refusal = story.approve(&frida, id).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict, "{refusal}");
    assert!(refusal.missing[0].contains("an approval that fell"), "{refusal}");
    let greta = story.house.person("greta", &[basis::Role::Approver]);
    story.enrol_key(&greta);
    story.revoke_key(&story.ben);
    assert!(story.approve(&frida, id).is_ok());
    let refusal = story.approve(&greta, id).unwrap_err();
    assert!(refusal.what.contains("has not been given anew"), "{refusal}");
    story.house.assert_sound();
}

#[test]
fn work_that_is_done_is_closed_whatever_became_of_the_keys() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let id = done(&story);
    story.compare(id, "AST-0002", &[]).unwrap();
    story.attach_evidence(id, "AST-0002");
    changes::verify(organisation, &story.anna, id, None).unwrap();
    story.revoke_key(&story.ben);
    let closed = changes::close(organisation, &story.carla, id, "Done.", None).unwrap();
    assert_eq!(closed.state, State::Closed);
    assert!(closed.approvals()[0].fallen.is_none(), "over is over");
    story.house.assert_sound();
}

#[test]
fn an_approval_after_the_fact_falls_with_its_key_until_the_change_is_closed() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let parts = PartsEdit {
        emergency_reason: Some("It is being exploited.".to_owned()),
        from: Some(story.now()),
        until: Some(story.now() + Span::hours(2)),
        ..story.whole("web02")
    };
    let open = changes::open(
        organisation,
        &story.anna,
        "Stop the worm",
        ChangeType::Emergency,
        &parts,
    );
    let id = open.unwrap().id;
    story.submit(id).unwrap();
    story.approve(&story.emil, id).unwrap();
    story.schedule(id).unwrap();
    story.start(id).unwrap();
    story.finish(id).unwrap();
    story.compare(id, "AST-0002", &[]).unwrap();
    story.attach_evidence(id, "AST-0002");
    changes::verify(organisation, &story.anna, id, None).unwrap();
    let look = Look {
        justification: "Exploited.".to_owned(),
        findings: "Patched.".to_owned(),
    };
    changes::retrospect(organisation, &story.dora, id, &look).unwrap();
    story.approve(&story.ben, id).unwrap();
    story.revoke_key(&story.ben);
    story.revoke_key(&story.emil);
    let close = || changes::close(organisation, &story.carla, id, "The worm is gone.", None);
    let refusal = close().unwrap_err();
    assert!(
        refusal.missing[0].contains("1 approval of the retrospective"),
        "{refusal}"
    );
    assert!(refusal.missing[1].contains("was revoked"), "{refusal}");
    story.enrol_key(&story.ben);
    story.approve(&story.ben, id).unwrap();
    assert_eq!(
        close().unwrap().state,
        State::Closed,
        "the expedited approval stood when work was done"
    );
    story.house.assert_sound();
}

#[test]
fn what_was_found_falls_when_work_goes_on() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let id = done(&story);
    let found = || {
        story
            .show(id)
            .comparison(&basis::Subject::parse("AST-0002").unwrap())
    };
    story.compare(id, "AST-0002", &[]).unwrap();
    changes::verify(organisation, &story.anna, id, None).unwrap();
    assert_eq!(found(), Comparison::Equal);
    story.start(id).unwrap();
    assert_eq!(
        (found(), story.show(id).verifier),
        (Comparison::NotCompared, None)
    );
    story.finish(id).unwrap();
    let accepted = changes::accept(organisation, &story.anna, id, "web02", "It is as it should be.");
    accepted.unwrap();
    story.start(id).unwrap();
    assert_eq!(found(), Comparison::NotCompared);
    story.house.assert_sound();
}

#[test]
fn work_on_one_asset_leaves_what_was_found_on_the_others() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web01").unwrap().id;
    let both = PartsEdit {
        assets: Some(vec!["web01".to_owned(), "web02".to_owned()]),
        ..PartsEdit::default()
    };
    changes::edit(&story.house.organisation, &story.anna, id, &both, None).unwrap();
    story.plan(id).unwrap();
    story.submit(id).unwrap();
    story.approve(&story.ben, id).unwrap();
    story.approve(&story.carla, id).unwrap();
    story.schedule(id).unwrap();
    story.house.wait(Span::hours(85));
    story.start(id).unwrap();
    for asset in ["AST-0001", "AST-0002"] {
        story.compare(id, asset, &[]).unwrap();
    }
    story.finish(id).unwrap();
    story.work_on(id, "AST-0002").unwrap();
    let change = story.show(id);
    assert_eq!(change.state, State::InProgress);
    let found =
        ["AST-0001", "AST-0002"].map(|asset| change.comparison(&basis::Subject::parse(asset).unwrap()));
    assert_eq!(found, [Comparison::Equal, Comparison::NotCompared]);
    story.house.assert_sound();
}

#[test]
fn nobody_accepts_or_confirms_what_they_did_or_while_it_is_being_done() {
    if !has_ssh_keygen() {
        return;
    }
    let mut story = Story::begin();
    story.dora.roles.insert(basis::Role::Requester);
    let id = done(&story);
    let organisation = &story.house.organisation;
    let accept = |who| changes::accept(organisation, who, id, "web02", "The mirror is older.");
    let uncompared = accept(&story.dora).unwrap_err();
    assert!(uncompared.rule.contains("paragraph 2.3"), "{uncompared}");
    story.compare(id, "AST-0002", &["nginx is older"]).unwrap();
    assert!(accept(&story.dora).is_err());
    assert!(changes::verify(organisation, &story.dora, id, None).is_err());
    accept(&story.carla).unwrap();
    assert!(accept(&story.carla).is_err(), "it was said already");
    accept(&story.anna).expect("another person may say it anew");
    story.start(id).unwrap();
    let refusal = accept(&story.anna).unwrap_err();
    assert!(refusal.what.contains("work goes on"), "{refusal}");
    story.house.assert_sound();
}
