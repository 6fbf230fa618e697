//! A database from before sign-ins remembered what they rest on.

use std::fs;
use std::path::Path;

use basis::{Role, Span};
use people::{Proof, Purpose};
use storage::{Migration, Organisation, Registry, Settings, World};

use super::*;

/// Takes a database back to what it was before `people/0004`.
const BACK: Migration = Migration {
    name: "test/back",
    sql: "drop table sign_in_proofs; delete from ledger_migrations where name in ('people/0004', 'people/0005'); \
          alter table sign_in_failures drop column passkey_failures; alter table sign_in_failures drop column passkey_last_failure_at;",
};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// The organisation of the house as a program of before left it, opened by the program of today.
fn upgraded(house: &House) -> Organisation {
    let today = Settings::beside(&house.folder().join("data"));
    let settings = Settings::beside(&house.folder().join("before"));
    copy(&today.data, &settings.data);
    fs::copy(&today.high_water, &settings.high_water).unwrap();
    let world = || World {
        clock: house.clock.clone(),
        chance: std::sync::Arc::new(basis::SeededChance::new(2)),
    };
    let registry = || Registry::new().room(policy::migrations(), policy::events());
    let (of_before, left) = people::migrations().split_at(3);
    assert_eq!(left.len(), 2, "what comes after it is taken back as well");
    let before = registry().room(of_before, people::events());
    drop(Organisation::open(&settings, before.room(&[BACK], Vec::new()), world()).unwrap());
    let today = registry().room(people::migrations(), people::events());
    Organisation::open(&settings, today, world()).unwrap()
}

#[test]
fn sign_ins_from_before_still_open_and_end_with_what_they_rest_on() {
    let house = house();
    let codes = accept(&house, &invitation(&house, "ben", &[Role::Requester])).recovery_codes;
    let plain = sign_in(&house, "ben", &code(&house)).unwrap();
    house.wait(Span::minutes(1));
    let again = sign_in(&house, "ben", &code(&house)).unwrap();
    let with_code = sign_in(&house, "ben", &codes[0]).unwrap();
    let mut key = Passkey::from_seed(PARTY.id, [1; 32]);
    let passkey = enrol(&house, &actor(&house, &plain.token), &key).unwrap().id;
    let with_key = sign_in_with(&house, &mut key, "PER-0002").unwrap();
    let challenge = people::challenge(&house.organisation, Purpose::StepUp(again.token_id));
    let asserted = key.get(PARTY.origin, &challenge.bytes);
    let proof = Proof::Passkey {
        party: PARTY,
        answer: answer(&challenge.ticket, &asserted, None),
    };
    let holder = actor(&house, &again.token);
    let proven_again = people::prove_again(&house.organisation, &holder, &proof, SOURCE).unwrap();

    let organisation = upgraded(&house);
    assert_eq!(organisation.rebuild_and_compare().unwrap(), []);
    let is_in = |token: &str| Doorkeeper::default().identify(&organisation, token).is_ok();
    let tokens = [
        &plain.token,
        &with_code.token,
        &with_key.token,
        &proven_again.token,
    ];
    assert!(tokens.iter().all(|token| is_in(token)));
    let who = |token: &str| Doorkeeper::default().identify(&organisation, token).unwrap();
    people::revoke_passkey(&organisation, &who(&plain.token), passkey, "lost").unwrap();
    assert_eq!(
        tokens.map(|token| is_in(token)),
        [true, true, false, false],
        "what the passkey opened, or proved again, ends with it"
    );
    people::make_recovery_codes(&organisation, &who(&plain.token)).unwrap();
    assert_eq!(tokens.map(|token| is_in(token)), [true, false, false, false]);
}
