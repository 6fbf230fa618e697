//! What waits for whom, as the first page shows it.

use basis::{Actor, Span};
use policy::ChangeType;

use crate::house::{Story, has_ssh_keygen};

/// How many changes of others are looked at for somebody, at most.
const LOOKED_AT_MAX: usize = 200;

/// The reasons that wait for this person, each with where it is done.
fn waits_for(story: &Story, person: &Actor) -> Vec<(String, String)> {
    let waiting = changes::waiting(&story.house.organisation, person, story.now()).unwrap();
    waiting.into_iter().map(|one| (one.path, one.reason)).collect()
}

#[test]
fn what_waits_is_of_this_moment_however_often_somebody_looks() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    let one = |page: &str, reason: &str| vec![(format!("/changes/{id}{page}"), reason.to_owned())];
    assert_eq!(
        waits_for(&story, &story.anna),
        one("", "complete it and submit it")
    );
    assert_eq!(waits_for(&story, &story.ben), []);

    story.plan(id).unwrap();
    story.submit(id).unwrap();
    for _ in 0..2 {
        assert_eq!(waits_for(&story, &story.anna), []);
        assert_eq!(
            waits_for(&story, &story.ben),
            one("/decision", "your decision is asked for")
        );
        assert_eq!(waits_for(&story, &story.dora), []);
    }

    story.approve(&story.ben, id).unwrap();
    assert_eq!(waits_for(&story, &story.ben), []);
    assert_eq!(
        waits_for(&story, &story.anna),
        one("#schedule", "it is approved: set its window")
    );

    story.schedule(id).unwrap();
    assert_eq!(
        waits_for(&story, &story.dora),
        one("", "be there when its window opens")
    );
    // Time goes by without an event.
    story.house.wait(Span::hours(85));
    assert_eq!(
        waits_for(&story, &story.dora),
        one("/plan", "its window is open: begin the work")
    );
}

#[test]
fn an_own_draft_waits_however_many_drafts_of_others_are_older() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let open = |person: &Actor| {
        changes::open(
            &story.house.organisation,
            person,
            "Patch the web server",
            ChangeType::Normal,
            &changes::PartsEdit::default(),
        )
    };
    for _ in 0..LOOKED_AT_MAX {
        open(&story.anna).unwrap();
    }
    let own = open(&story.dora).unwrap().id;
    let expected = (format!("/changes/{own}"), "complete it and submit it".to_owned());
    assert_eq!(waits_for(&story, &story.dora), [expected]);
}
