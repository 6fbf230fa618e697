//! Recovery codes, and the history that tells of them.

use basis::{Class, Role, Span};
use people::SignInDeed;

use super::*;

#[test]
fn each_recovery_code_is_good_once_together_with_the_password() {
    let house = house();
    let organisation = &house.organisation;
    let codes = accept(&house, &invitation(&house, "ben", &[Role::Requester])).recovery_codes;
    assert_eq!(codes.len(), 10);
    let wrong = password_attempt("ben", "a wild guess at the password", &codes[0]);
    assert!(people::sign_in(organisation, &wrong).is_err());
    let ben = actor(&house, &sign_in(&house, "ben", &codes[0]).unwrap().token);
    assert!(sign_in(&house, "ben", &codes[0]).is_err(), "used up");
    let typed = codes[1].to_uppercase().replace('-', " ");
    sign_in(&house, "ben", &typed).unwrap();
    assert_eq!(people::own_recovery_codes(organisation, &ben).unwrap().left, 8);

    let history = people::sign_in_history(organisation, &ben).unwrap();
    let told: Vec<(SignInDeed, bool)> = history
        .iter()
        .map(|past| (past.deed, past.with_recovery_code))
        .collect();
    assert_eq!(
        told,
        [
            (SignInDeed::SignedIn, true),
            (SignInDeed::Failed, false),
            (SignInDeed::SignedIn, true),
            (SignInDeed::Failed, false),
        ]
    );

    let anew = people::make_recovery_codes(organisation, &ben).unwrap();
    assert!(
        sign_in(&house, "ben", &codes[2]).is_err(),
        "new codes end the old ones"
    );
    sign_in(&house, "ben", &anew[2]).unwrap();
    assert_eq!(people::own_recovery_codes(organisation, &ben).unwrap().left, 9);
    house.assert_sound();
}

#[test]
fn the_code_of_somebody_else_is_no_code() {
    let house = house();
    let codes = accept(&house, &invitation(&house, "ben", &[Role::Requester])).recovery_codes;
    accept(&house, &invitation(&house, "cora", &[Role::Requester]));
    assert!(sign_in(&house, "cora", &codes[0]).is_err());
    sign_in(&house, "ben", &codes[0]).unwrap();
}

#[test]
fn recovery_codes_need_a_password_and_a_proof_that_is_not_old() {
    let house = house();
    let mut key = testkit::authenticator::Passkey::from_seed(PARTY.id, [1; 32]);
    accept_with(&house, &invitation(&house, "ben", &[Role::Requester]), &key).unwrap();
    let token = sign_in_with(&house, &mut key, "PER-0002").unwrap().token;
    let ben = actor(&house, &token);
    let refusal = people::make_recovery_codes(&house.organisation, &ben).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict, "{refusal}");
    house.wait(Span::minutes(15));
    house.wait(Span::milliseconds(1));
    let refusal = people::make_recovery_codes(&house.organisation, &ben).unwrap_err();
    assert_eq!(refusal.rule, people::STEP_UP, "{refusal}");
}
