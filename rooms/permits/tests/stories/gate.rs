//! The gate: every reason for a no, and what a yes gives.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;

use basis::{Actor, Class, Role, Span, Subject};
use changes::{ChangeId, PartsEdit};
use permits::{Gate, Narrowed, Question, Report};
use policy::{Action, EvidenceKind};
use storage::By;

use crate::house::{Story, has_ssh_keygen};

pub fn story() -> Story {
    Story::with(|rooms| rooms.room(permits::migrations(), permits::events()))
}

/// Brings an open change to its schedule, three and a half days from now.
pub fn scheduled(story: &Story, id: ChangeId) {
    story.submit(id).unwrap();
    story.approve(&story.ben, id).unwrap();
    if story.show(id).state != changes::State::Approved {
        story.approve(&story.carla, id).unwrap();
    }
    story.schedule(id).unwrap();
}

fn question(change: ChangeId, asset: &str, action: Action) -> Question {
    Question {
        change,
        asset: asset.to_owned(),
        action,
        person: None,
    }
}

fn ask(story: &Story, who: &Actor, id: ChangeId, asset: &str, action: Action) -> Gate {
    permits::ask(&story.house.organisation, who, &question(id, asset, action)).unwrap()
}

pub fn allowed(story: &Story, id: ChangeId, asset: &str) -> bool {
    matches!(
        ask(story, &story.dora, id, asset, Action::Patch),
        Gate::Allow { .. }
    )
}

pub fn reasons(story: &Story, who: &Actor, id: ChangeId, asset: &str) -> String {
    match ask(story, who, id, asset, Action::Patch) {
        Gate::Allow { .. } => String::new(),
        Gate::Deny { refusal } => {
            assert!(!refusal.way_out.is_empty(), "{refusal}");
            refusal.missing.join("\n")
        }
    }
}

#[test]
fn the_gate_says_no_with_every_reason_until_everything_is_there() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = story.open("web01").unwrap().id;
    story.plan(id).unwrap();
    let dora = &story.dora;
    let why = reasons(&story, dora, id, "web01");
    for reason in [
        "CHG-0001 is draft",
        "1 approval as approver",
        "a window for CHG-0001",
        "a permit",
        "a snapshot or backup of AST-0001",
    ] {
        assert!(why.contains(reason), "{reason} is not among\n{why}");
    }
    scheduled(&story, id);
    story.house.wait(Span::hours(83));
    permits::issue(organisation, &story.carla, id, &Narrowed::default()).unwrap();
    assert!(reasons(&story, dora, id, "web01").contains("an open window"));
    story.house.wait(Span::hours(2));
    assert!(
        reasons(&story, dora, id, "web01")
            .starts_with("a snapshot or backup of AST-0001 not older than 24 hours")
    );
    back_up(&story, id);
    assert_eq!(reasons(&story, dora, id, "web01"), "");

    assert!(reasons(&story, dora, id, "web02").contains("AST-0002 among the assets of CHG-0001"));
    only_who_is_named_asks(&story, id);

    let permit = organisation
        .view(|view| permits::active(view, id, story.now()))
        .unwrap()
        .unwrap()
        .id;
    permits::suspend(organisation, &story.emil, permit, "strange traffic").unwrap();
    assert!(reasons(&story, dora, id, "web01").contains("this one is suspended"));
    permits::resume(organisation, &story.carla, permit, "it was a scan of ours").unwrap();
    assert_eq!(reasons(&story, dora, id, "web01"), "");
    permits::revoke(organisation, &story.emil, permit, "it was not").unwrap();
    assert!(reasons(&story, dora, id, "web01").contains("this one is revoked"));

    let answers = organisation
        .view(|view| permits::answers(view, id, 0, 100))
        .unwrap();
    let said: Vec<bool> = answers.iter().map(|answer| answer.is_allowed).collect();
    assert_eq!(
        said,
        [false, false, false, true, false, false, false, true, false],
        "every answer is on record"
    );
    assert!(
        answers
            .iter()
            .all(|answer| answer.is_allowed == answer.jti.is_some())
    );
    story.house.assert_sound();
}

#[test]
fn an_edit_closes_the_gate_although_the_permit_lives() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = story.open("web02").unwrap().id;
    scheduled(&story, id);
    story.house.wait(Span::hours(85));
    permits::issue(organisation, &story.carla, id, &Narrowed::default()).unwrap();
    let edit = PartsEdit {
        rollback_plan: Some("Pray.".to_owned()),
        ..PartsEdit::default()
    };
    changes::edit(organisation, &story.anna, id, &edit, None).unwrap();
    let why = reasons(&story, &story.dora, id, "web02");
    assert!(
        why.contains("CHG-0001 is draft") && why.contains("1 approval as approver"),
        "{why}"
    );
}

#[test]
fn a_command_is_reported_once_under_its_own_token() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = story.open("web02").unwrap().id;
    scheduled(&story, id);
    story.house.wait(Span::hours(85));
    permits::issue(organisation, &story.carla, id, &Narrowed::default()).unwrap();
    let Gate::Allow { jti, .. } = ask(&story, &story.dora, id, "web02", Action::Command) else {
        panic!("the gate said no");
    };
    let done = Report {
        jti,
        exit_code: 3,
        duration_ms: 1_200,
    };
    let report = |who: &Actor, done: &Report, output: &str| {
        permits::report(organisation, who, done, &mut output.as_bytes())
    };
    assert!(report(&story.carla, &done, "x").is_err(), "it is Dora's token");
    let unknown = Report {
        jti: "00".repeat(16),
        ..done.clone()
    };
    assert!(report(&story.dora, &unknown, "x").is_err());
    let kept = report(&story.dora, &done, "3 upgraded").unwrap();
    assert!(report(&story.dora, &done, "again").is_err());
    let transcript = organisation
        .view(|view| evidence::find(view, kept))
        .unwrap()
        .unwrap();
    assert_eq!(transcript.kind, EvidenceKind::Transcript);
    assert_eq!(
        organisation.read_blob(&transcript.blob.sha256, 100).unwrap(),
        b"3 upgraded"
    );
    story.house.assert_sound();
}

fn back_up(story: &Story, id: ChangeId) {
    let organisation = &story.house.organisation;
    let blob = organisation
        .store_blob(&mut "lvm snapshot web01-0001".as_bytes())
        .unwrap();
    let mut tx = organisation.begin("evidence.add").unwrap();
    let new = evidence::NewEvidence {
        name: evidence::EvidenceName::parse("snapshot.txt").unwrap(),
        media_type: evidence::MediaType::Text,
        kind: EvidenceKind::Snapshot,
        blob,
        about: vec![id.into(), Subject::parse("AST-0001").expect("an asset")],
        objectives: Vec::new(),
        is_final: true,
        taken_at: organisation.now(),
    };
    evidence::attach(&mut tx, &By::from(&story.dora), new).unwrap();
    tx.commit().unwrap();
}

/// A change of `web01` in its open window, with the backup that the policy asks for.
fn backed_up_in_its_window(story: &Story) -> ChangeId {
    let id = story.open("web01").unwrap().id;
    story.plan(id).unwrap();
    scheduled(story, id);
    story.house.wait(Span::hours(85));
    back_up(story, id);
    id
}

#[test]
fn who_asks_after_a_permit_was_withdrawn_hears_no_however_many_ask() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = backed_up_in_its_window(&story);
    for _ in 0..5 {
        let permit = permits::issue(organisation, &story.carla, id, &Narrowed::default()).unwrap();
        let (is_withdrawn, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !is_over.load(SeqCst) {
                        let was_withdrawn = is_withdrawn.load(SeqCst);
                        let is_allowed = allowed(&story, id, "web01");
                        assert!(
                            !(was_withdrawn && is_allowed),
                            "a yes after {} was withdrawn",
                            permit.id
                        );
                    }
                });
            }
            while !allowed(&story, id, "web01") {}
            permits::revoke(organisation, &story.carla, permit.id, "a fault in the cooling").unwrap();
            is_withdrawn.store(true, SeqCst);
            assert!(!allowed(&story, id, "web01"));
            is_over.store(true, SeqCst);
        });
    }
}

#[test]
fn a_yes_that_had_to_wait_is_given_only_if_it_still_holds() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = backed_up_in_its_window(&story);
    permits::issue(organisation, &story.carla, id, &Narrowed::default()).unwrap();
    assert!(allowed(&story, id, "web01"));
    let somebody_else = organisation.begin("tests.take_long").unwrap();
    let is_asking = AtomicBool::new(false);
    thread::scope(|scope| {
        let asker = scope.spawn(|| {
            is_asking.store(true, SeqCst);
            allowed(&story, id, "web01")
        });
        // The asker decides and waits for its turn; should it be slow, it decides later, to the same end.
        while !is_asking.load(SeqCst) {
            thread::yield_now();
        }
        (0..100_000).for_each(|_| thread::yield_now());
        story.house.wait(Span::hours(24));
        drop(somebody_else);
        assert!(!asker.join().unwrap(), "the permit and the window are over");
    });
}

#[test]
fn who_was_disabled_after_they_were_let_in_asks_in_vain() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = story.open("web01").unwrap().id;
    people::disable(
        organisation,
        &story.house.administrator(),
        story.dora.person,
        "left",
    )
    .unwrap();
    let question = question(id, "web01", Action::Patch);
    let refusal = permits::ask(organisation, &story.dora, &question).unwrap_err();
    assert!(refusal.to_string().contains("has been disabled"), "{refusal}");
}

fn only_who_is_named_asks(story: &Story, id: ChangeId) {
    let (organisation, dora) = (&story.house.organisation, &story.dora);
    let mut frida = story.house.person("frida", &[Role::Technician]);
    let why = reasons(story, &frida, id, "web01");
    assert!(why.contains(&format!("{} on the permit", frida.person)), "{why}");
    frida.roles = [Role::Requester].into();
    let question = question(id, "web01", Action::Patch);
    assert_eq!(
        permits::ask(organisation, &frida, &question).unwrap_err().class,
        Class::Forbidden
    );
    let for_dora = Question {
        person: Some(dora.person),
        ..question.clone()
    };
    assert_eq!(
        permits::ask(organisation, &story.carla, &for_dora)
            .unwrap_err()
            .class,
        Class::Forbidden
    );
}
