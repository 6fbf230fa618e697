//! A credential that is no longer good ends the sign-ins that rest on it, and no others.

use basis::{Role, Span};
use people::{ChosenPassword, Proof, Purpose};

use super::*;

fn is_in(house: &House, signed_in: &people::SignedIn) -> bool {
    Doorkeeper::default()
        .identify(&house.organisation, &signed_in.token)
        .is_ok()
}

fn by_password(house: &House) -> people::SignedIn {
    house.wait(Span::minutes(1));
    sign_in(house, "ben", &code(house)).unwrap()
}

/// Ben with a password and two passkeys, signed in once with each.
struct Ben {
    password: people::SignedIn,
    keys: [Passkey; 2],
    with_key: [people::SignedIn; 2],
    ids: [people::PasskeyId; 2],
}

fn ben(house: &House) -> Ben {
    accept(house, &invitation(house, "ben", &[Role::Requester]));
    let password = by_password(house);
    let mut keys = [1_u8, 2].map(|seed| Passkey::from_seed(PARTY.id, [seed; 32]));
    let holder = actor(house, &password.token);
    let ids = [0, 1].map(|at: usize| enrol(house, &holder, &keys[at]).unwrap().id);
    let [first, second] = &mut keys;
    let with_key = [first, second].map(|key| sign_in_with(house, key, "PER-0002").unwrap());
    Ben {
        password,
        keys,
        with_key,
        ids,
    }
}

#[test]
fn revoking_a_passkey_ends_the_sign_ins_made_with_it_and_says_so_in_the_ledger() {
    let house = house();
    let ben = ben(&house);
    let holder = actor(&house, &ben.password.token);
    let before = entries(&house, "people.token_revoked");
    people::revoke_passkey(&house.organisation, &holder, ben.ids[0], "lost").unwrap();
    assert!(
        !is_in(&house, &ben.with_key[0]),
        "what the passkey opened stays open"
    );
    assert!(is_in(&house, &ben.with_key[1]) && is_in(&house, &ben.password));
    assert_eq!(entries(&house, "people.token_revoked"), before + 1);
    house.assert_sound();
}

#[test]
fn a_sign_in_that_revokes_its_own_passkey_ends_too() {
    let house = house();
    let ben = ben(&house);
    let holder = actor(&house, &ben.with_key[0].token);
    people::revoke_passkey(&house.organisation, &holder, ben.ids[0], "lost").unwrap();
    assert!(!is_in(&house, &ben.with_key[0]));
    house.assert_sound();
}

#[test]
fn a_sign_in_that_was_proven_again_with_a_passkey_ends_with_it() {
    let house = house();
    let mut ben = ben(&house);
    let organisation = &house.organisation;
    let challenge = people::challenge(organisation, Purpose::StepUp(ben.password.token_id));
    let asserted = ben.keys[0].get(PARTY.origin, &challenge.bytes);
    let proof = Proof::Passkey {
        party: PARTY,
        answer: answer(&challenge.ticket, &asserted, None),
    };
    let holder = actor(&house, &ben.password.token);
    let renewed = people::prove_again(organisation, &holder, &proof, SOURCE).unwrap();
    ben.password.token = renewed.token;
    assert!(is_in(&house, &ben.password));
    let other = actor(&house, &ben.with_key[1].token);
    people::revoke_passkey(organisation, &other, ben.ids[0], "lost").unwrap();
    assert!(!is_in(&house, &ben.password));
    assert!(is_in(&house, &ben.with_key[1]));
    house.assert_sound();
}

#[test]
fn another_password_ends_what_the_old_one_opened_but_the_sign_in_that_chose_it() {
    let house = house();
    let ben = ben(&house);
    let present = by_password(&house);
    let holder = actor(&house, &present.token);
    house.wait(Span::minutes(1));
    let chosen = ChosenPassword {
        password: "eight loud lighthouses",
        totp_secret: &secret().to_base32(),
        totp_code: &code(&house),
    };
    people::set_password(&house.organisation, &holder, &chosen).unwrap();
    assert!(!is_in(&house, &ben.password));
    assert!(is_in(&house, &present));
    assert!(ben.with_key.iter().all(|with_key| is_in(&house, with_key)));
    house.assert_sound();
}

#[test]
fn doing_without_a_password_ends_every_sign_in_that_it_opened() {
    let house = house();
    let ben = ben(&house);
    let present = by_password(&house);
    people::remove_password(&house.organisation, &actor(&house, &present.token)).unwrap();
    assert!(!is_in(&house, &ben.password) && !is_in(&house, &present));
    assert!(ben.with_key.iter().all(|with_key| is_in(&house, with_key)));
    house.assert_sound();
}

#[test]
fn new_recovery_codes_end_what_an_old_one_opened() {
    let house = house();
    let accepted = accept(&house, &invitation(&house, "ben", &[Role::Requester]));
    let with_code = sign_in(&house, "ben", &accepted.recovery_codes[0]).unwrap();
    let present = by_password(&house);
    people::make_recovery_codes(&house.organisation, &actor(&house, &present.token)).unwrap();
    assert!(!is_in(&house, &with_code));
    assert!(is_in(&house, &present));
    house.assert_sound();
}
