//! What happens to evidence from the vault to its destruction, against a real organisation.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use basis::{
    Actor, Authentication, Class, FixedClock, Id, PersonId, Proven, Role, SeededChance, Span, Subject, Time,
};
use evidence::{EvidenceId, EvidenceName, MediaType, NewEvidence, Selection, Standing};
use ledger::entry::Origin;
use policy::EvidenceKind;
use storage::{By, Organisation, Registry, Settings, StorageError, World};

struct House {
    organisation: Organisation,
    clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
}

fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(Time::parse("2026-11-22T08:00:00Z").unwrap()));
    let world = World {
        clock: clock.clone(),
        chance: Arc::new(SeededChance::new(3)),
    };
    let registry = Registry::new()
        .room(policy::migrations(), policy::events())
        .room(evidence::migrations(), evidence::events());
    let settings = Settings::beside(&folder.path().join("data"));
    let origin = Origin::parse("tagout.test/evidence").unwrap();
    let organisation = Organisation::create(&settings, &origin, registry, world).unwrap();
    let mut tx = organisation.begin("tests.found").unwrap();
    policy::adopt_first(
        &mut tx,
        &By::from(&actor(1, Role::Administrator)),
        policy::DEFAULT_POLICY,
    )
    .unwrap();
    tx.commit().unwrap();
    House {
        organisation,
        clock,
        _folder: folder,
    }
}

fn actor(person: u64, role: Role) -> Actor {
    Actor {
        person: PersonId::from_number(person),
        authentication: Authentication::PasswordTotp,
        proven: Proven::Now,
        roles: BTreeSet::from([role]),
        scope: None,
    }
}

fn change() -> Subject {
    Subject::parse("CHG-0001").unwrap()
}

fn new(house: &House, content: &str) -> NewEvidence {
    NewEvidence {
        name: EvidenceName::parse("result.txt").unwrap(),
        media_type: MediaType::Text,
        kind: EvidenceKind::TestResult,
        blob: house.organisation.store_blob(&mut content.as_bytes()).unwrap(),
        about: vec![change(), Subject::parse("AST-0001").unwrap(), change()],
        objectives: vec!["r2:3.4.3[c]".to_owned()],
        is_final: true,
        taken_at: house.organisation.now(),
    }
}

fn add(house: &House, content: &str) -> EvidenceId {
    evidence::add(
        &house.organisation,
        &actor(2, Role::Technician),
        new(house, content),
    )
    .unwrap()
    .id
}

#[test]
fn an_empty_file_shows_nothing_and_one_byte_does() {
    let house = house();
    let add = |content| {
        evidence::add(
            &house.organisation,
            &actor(1, Role::Technician),
            new(&house, content),
        )
    };
    let refusal = add("").unwrap_err();
    assert_eq!(refusal.class, basis::Class::Invalid);
    assert!(refusal.what.contains("`result.txt` is empty"), "{refusal}");
    add("x").unwrap();
}

#[test]
fn evidence_is_found_by_what_it_is_about() {
    let house = house();
    let id = add(&house, "passed");
    let found = house
        .organisation
        .view(|view| evidence::about(view, &change()))
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, id);
    let about: Vec<String> = found[0].about.iter().map(Subject::to_string).collect();
    assert_eq!(about, ["AST-0001", "CHG-0001"]);
    let facts = found[0].facts();
    assert!(facts.is_final);
    assert_eq!(
        facts.assets,
        BTreeSet::from([Subject::parse("AST-0001").unwrap()])
    );
    let other = Subject::parse("CHG-0002").unwrap();
    let none = house
        .organisation
        .view(|view| evidence::about(view, &other))
        .unwrap();
    assert_eq!(none, []);
}

#[test]
fn the_newest_comes_first_and_filters_and_parts_fit_together() {
    let house = house();
    let ids: Vec<EvidenceId> = (0..7)
        .map(|number| add(&house, &format!("passed {number}")))
        .collect();
    let draft = NewEvidence {
        name: EvidenceName::parse("50%_done.log").unwrap(),
        kind: EvidenceKind::Document,
        about: vec![Subject::parse("AST-0002").unwrap()],
        is_final: false,
        ..new(&house, "half")
    };
    let draft = evidence::add(&house.organisation, &actor(3, Role::Technician), draft)
        .unwrap()
        .id;
    let browse = |selection: Selection, limit, offset| -> Vec<EvidenceId> {
        let found = house
            .organisation
            .view(|view| evidence::browse(view, &selection, (limit, offset)));
        found.unwrap().iter().map(|evidence| evidence.id).collect()
    };
    let mut newest_first: Vec<EvidenceId> = ids.iter().rev().copied().collect();
    let about = Selection {
        about: Some(change()),
        ..Selection::default()
    };
    assert_eq!(browse(about.clone(), 100, 0), newest_first);
    assert_eq!(browse(about, 3, 3), newest_first[3..6]);
    newest_first.insert(0, draft);
    assert_eq!(browse(Selection::default(), 100, 0), newest_first);
    let rows = [
        Selection {
            standing: Some("draft"),
            ..Selection::default()
        },
        Selection {
            kind: Some(EvidenceKind::Document),
            ..Selection::default()
        },
        Selection {
            added_by: Some(PersonId::from_number(3)),
            ..Selection::default()
        },
        Selection {
            text: Some("%_D".to_owned()),
            ..Selection::default()
        },
        Selection {
            about: Some(Subject::parse("AST-0002").unwrap()),
            standing: Some("draft"),
            kind: Some(EvidenceKind::Document),
            added_by: Some(PersonId::from_number(3)),
            text: Some("done".to_owned()),
        },
    ];
    for selection in rows {
        assert_eq!(browse(selection.clone(), 100, 0), [draft], "{selection:?}");
    }
}

#[test]
fn nobody_hands_in_the_baseline_that_a_run_is_judged_by() {
    let house = house();
    let technician = actor(2, Role::Technician);
    let asset = Subject::parse("AST-0001").unwrap();
    let baseline = |content: &str, about: Subject| NewEvidence {
        kind: EvidenceKind::Baseline,
        media_type: MediaType::Json,
        about: vec![asset.clone(), about],
        ..new(&house, content)
    };
    let of_run = baseline("{}", Subject::parse("RUN-0001").unwrap());
    let refusal = evidence::add(&house.organisation, &technician, of_run).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden, "{refusal}");
    evidence::add(&house.organisation, &technician, baseline("{ }", change())).unwrap();
}

#[test]
fn one_stored_file_is_one_piece_of_evidence() {
    let house = house();
    let once = new(&house, "passed");
    let technician = actor(2, Role::Technician);
    evidence::add(&house.organisation, &technician, once.clone()).unwrap();
    let refusal = evidence::add(&house.organisation, &technician, once).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    assert_eq!(refusal.what, "the stored file is evidence already, as EVD-0001");
}

#[test]
fn a_draft_proves_nothing_until_it_is_final_and_that_once() {
    let house = house();
    let technician = actor(2, Role::Technician);
    let draft = NewEvidence {
        is_final: false,
        ..new(&house, "half")
    };
    let draft = evidence::add(&house.organisation, &technician, draft).unwrap();
    assert!(!draft.facts().is_final);
    let end = evidence::finalise(&house.organisation, &technician, draft.id).unwrap();
    assert_eq!(end.standing, Standing::Final);
    let size = house.organisation.view(|view| view.ledger_size()).unwrap();
    evidence::finalise(&house.organisation, &technician, draft.id).unwrap();
    assert_eq!(house.organisation.view(|view| view.ledger_size()).unwrap(), size);
}

#[test]
fn who_looked_at_the_content_is_on_record_before_they_have_it() {
    let house = house();
    let id = add(&house, "secret number 7");
    let auditor = actor(3, Role::Auditor);
    let opening = evidence::open(&house.organisation, &auditor, id).unwrap();
    let (_, mut file) = evidence::opened_content(&house.organisation, &auditor, id, opening.id).unwrap();
    let mut content = String::new();
    file.read_to_string(&mut content).unwrap();
    assert_eq!(content, "secret number 7");
    let openings = house
        .organisation
        .view(|view| evidence::openings(view, id))
        .unwrap();
    assert_eq!(openings.len(), 1);
    assert_eq!(openings[0].person, auditor.person);

    let other = actor(4, Role::Auditor);
    let refusal = evidence::opened_content(&house.organisation, &other, id, opening.id).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
    house.clock.advance(Span::minutes(11));
    let refusal = evidence::opened_content(&house.organisation, &auditor, id, opening.id).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
}

#[test]
fn destroying_takes_the_content_and_leaves_the_record_with_its_reason() {
    let house = house();
    let id = add(&house, "spilled");
    let owner = actor(5, Role::SystemOwner);
    let refusal = evidence::destroy(&house.organisation, &owner, id, "  ").unwrap_err();
    assert_eq!(refusal.class, Class::Invalid);
    let refusal = evidence::destroy(&house.organisation, &actor(2, Role::Technician), id, "x").unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);

    let destroyed = evidence::destroy(&house.organisation, &owner, id, "CUI in a screenshot").unwrap();
    let expected = Standing::Destroyed {
        by: owner.person,
        at: house.organisation.now(),
        reason: "CUI in a screenshot".to_owned(),
    };
    assert_eq!(destroyed.standing, expected);
    assert!(house.organisation.read_blob(&destroyed.blob.sha256, 100).is_err());
    assert!(!destroyed.facts().is_final);
    let refusal = evidence::open(&house.organisation, &actor(3, Role::Auditor), id).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
}

#[test]
fn the_record_names_content_and_stored_file() {
    let house = house();
    let id = add(&house, "passed");
    let organisation = &house.organisation;
    let size = organisation.view(|view| view.ledger_size()).unwrap();
    let record = organisation
        .view(|view| view.ledger_record(size - 1))
        .unwrap()
        .unwrap();
    let entry = record.parse().unwrap();
    let found = organisation
        .view(|view| evidence::find(view, id))
        .unwrap()
        .unwrap();
    assert_eq!(entry.event_type.as_str(), "evidence.added");
    assert_eq!(entry.subject, id.subject());
    assert_eq!(entry.blobs.len(), 1);
    assert_eq!(entry.blobs[0].sha256, found.blob.sha256);
    let payload: serde_json::Value = serde_json::from_slice(&record.payload).unwrap();
    assert_eq!(payload["sha256"], ledger::Hash::of(b"passed").to_string());
    assert_eq!(payload["size"], 6);
    assert_eq!(payload["media_type"], "text/plain");
    assert_eq!(payload["name"], "result.txt");
}

#[test]
fn the_tables_are_what_the_ledger_makes_of_them() -> Result<(), StorageError> {
    let house = house();
    let id = add(&house, "passed");
    add(&house, "failed");
    evidence::open(&house.organisation, &actor(3, Role::Auditor), id).unwrap();
    evidence::destroy(&house.organisation, &actor(5, Role::SystemOwner), id, "spilled").unwrap();
    assert_eq!(house.organisation.rebuild_and_compare()?, []);
    Ok(())
}
