//! Stories of the policy room against a real organisation: founding, adopting through a change, looking back.

use std::sync::Arc;

use basis::{
    Actor, Authentication, Class, FixedClock, Id, PersonId, Proven, Role, SeededChance, Subject, Time,
};
use ledger::entry::Origin;
use policy::{DEFAULT_POLICY, Policy, PolicyId, SMALL_SHOP_POLICY};
use storage::{By, Organisation, Registry, Settings, World};

struct House {
    organisation: Organisation,
    _folder: tempfile::TempDir,
}

fn registry() -> Registry {
    Registry::new().room(policy::migrations(), policy::events())
}

fn house() -> House {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings::beside(&folder.path().join("data"));
    let origin = Origin::parse("tagout.example/acme").expect("an origin");
    let clock = FixedClock::at(Time::parse("2026-11-22T09:00:00Z").expect("a time"));
    let world = World {
        clock: Arc::new(clock),
        chance: Arc::new(SeededChance::new(1)),
    };
    let organisation = Organisation::create(&settings, &origin, registry(), world).expect("an organisation");
    House {
        organisation,
        _folder: folder,
    }
}

fn by() -> By {
    By {
        person: PersonId::from_number(1),
        authentication: Authentication::Setup,
        behalf: None,
        cause: None,
    }
}

fn auditor() -> Actor {
    Actor {
        person: PersonId::from_number(5),
        authentication: Authentication::Token,
        proven: Proven::Now,
        roles: [Role::Auditor].into(),
        scope: None,
    }
}

fn acts_of(document: &str) -> Vec<String> {
    let policy = Policy::parse(document).expect("the shipped policy is one");
    policy.authority().rows().map(|(act, _)| act.to_owned()).collect()
}

fn founded() -> House {
    let house = house();
    let mut tx = house.organisation.begin("people.found").unwrap();
    policy::adopt_first(&mut tx, &by(), DEFAULT_POLICY).unwrap();
    tx.commit().unwrap();
    house
}

fn change() -> Subject {
    Subject::parse("CHG-0007").expect("an id")
}

#[test]
fn before_the_founding_there_is_no_policy_and_after_it_there_is_one() {
    let empty = house();
    let refusal = empty.organisation.view(policy::current).unwrap_err().refusal();
    assert_eq!((refusal.class, refusal.way_out.len()), (Class::Conflict, 1));
    let house = founded();
    let policy = house.organisation.view(policy::current).unwrap();
    assert_eq!((policy.version, policy.rules().len() > 10), (1, true));
}

#[test]
fn a_second_first_policy_and_a_text_that_is_none_are_refused() {
    let house = founded();
    let mut tx = house.organisation.begin("people.found").unwrap();
    let refusal = policy::adopt_first(&mut tx, &by(), DEFAULT_POLICY).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    let refusal = policy::adopt_first(&mut tx, &by(), "title = 1").unwrap_err();
    assert_eq!(refusal.class, Class::Invalid);
    assert!(refusal.missing[0].starts_with("line 1"), "{refusal}");
}

#[test]
fn the_next_version_names_the_change_that_carried_it_and_the_old_one_stays_readable() {
    let house = founded();
    let acts = acts_of(DEFAULT_POLICY);
    let acts: Vec<&str> = acts.iter().map(String::as_str).collect();
    let mut tx = house.organisation.begin("changes.close").unwrap();
    let policy = policy::adopt(&mut tx, &by(), SMALL_SHOP_POLICY, change(), &acts).unwrap();
    // What was adopted holds in its own transaction, and for others from the commit on.
    assert_eq!(policy::current(&tx.view()).unwrap().version, 2);
    tx.commit().unwrap();
    assert_eq!(policy, PolicyId::from_number(2));
    let shown = policy::show(&house.organisation, &auditor(), None).unwrap();
    assert_eq!(
        (shown.document.as_str(), shown.version.change),
        (SMALL_SHOP_POLICY, Some(change()))
    );
    let first = policy::show(&house.organisation, &auditor(), Some(1)).unwrap();
    assert_eq!(
        (
            first.document.as_str(),
            first.version.change,
            first.policy.version
        ),
        (DEFAULT_POLICY, None, 1)
    );
    let refusal = policy::show(&house.organisation, &auditor(), Some(3)).unwrap_err();
    assert_eq!(refusal.class, Class::NotFound);
    assert_eq!(policy::list(&house.organisation, &auditor()).unwrap().len(), 2);
}

#[test]
fn a_policy_that_leaves_an_act_out_or_names_one_too_many_is_refused() {
    let house = founded();
    let mut tx = house.organisation.begin("changes.close").unwrap();
    let mut acts = acts_of(DEFAULT_POLICY);
    acts.push("sessions.open".to_owned());
    let more: Vec<&str> = acts.iter().map(String::as_str).collect();
    let refusal = policy::adopt(&mut tx, &by(), DEFAULT_POLICY, change(), &more).unwrap_err();
    assert!(
        refusal.missing[0].contains("no row for `sessions.open`"),
        "{refusal}"
    );
    let refusal = policy::adopt(&mut tx, &by(), DEFAULT_POLICY, change(), &more[1..5]).unwrap_err();
    assert!(refusal.missing[0].contains("remove the row"), "{refusal}");
    assert_eq!(policy::current(&tx.view()).unwrap().version, 1);
}

#[test]
fn a_person_without_a_role_does_not_read_the_policy() {
    let house = founded();
    let stranger = Actor {
        roles: [].into(),
        ..auditor()
    };
    let refusal = policy::show(&house.organisation, &stranger, None).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
}

#[test]
fn the_lab_policy_is_one_and_differs_only_where_people_wait() {
    let document = include_str!("../../../examples/lab-policy.toml");
    let acts = acts_of(DEFAULT_POLICY);
    let acts: Vec<&str> = acts.iter().map(String::as_str).collect();
    let lab = policy::covering(document, &acts).unwrap();
    let default = Policy::parse(DEFAULT_POLICY).unwrap();
    let places: Vec<String> = policy::diff(&default, &lab)
        .iter()
        .map(|difference| {
            difference
                .to_string()
                .split(':')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    assert_eq!(
        places,
        [
            "3.1 least.normal",
            "3.1 least.standard",
            "3.1 sentence",
            "4.4 ring_least",
            "4.4 sentence",
            "4.4 shares_percent",
            "4.4 soak",
            "title",
        ]
    );
}

#[test]
fn the_list_of_routes_is_whole_and_every_act_of_it_has_its_row() {
    let policy = Policy::parse(DEFAULT_POLICY).unwrap();
    for row in policy::routes().rows() {
        let act = row.act.expect("no route of the policy is public");
        assert!(
            policy::ACTS.contains(&act) && !policy.authority().roles(act).is_empty(),
            "{act}"
        );
    }
}
