//! The proof that dangerous acts ask for, and the sign-ins that it belongs to.

use basis::{Authentication, Class, PersonId, Proven, Role, Span};
use people::{KeyId, PasskeyId, Proof, Purpose, SignInDeed, TokenId};
use testkit::passkeys;

use super::*;

/// Ben and what he did to come in, long enough ago that dangerous acts ask for a proof.
fn late(house: &House) -> (String, Actor) {
    accept(house, &invitation(house, "ben", &[Role::Administrator]));
    let token = sign_in(house, "ben", &code(house)).unwrap().token;
    house.wait(Span::minutes(15));
    let fresh = actor(house, &token);
    enrol(house, &fresh, &Passkey::from_seed(PARTY.id, [7; 32])).unwrap();
    people::invite(&house.organisation, &fresh, fresh.person).unwrap();
    house.wait(Span::milliseconds(1));
    let late = actor(house, &token);
    (token, late)
}

/// What the dangerous acts need to find before they are refused.
struct Found {
    other: PersonId,
    key_of_other: KeyId,
    token_of_other: TokenId,
    own_passkey: PasskeyId,
}

impl Found {
    /// Cora, who is somebody else, with a key and a token.
    fn make(house: &House, ben: &Actor) -> Self {
        let organisation = &house.organisation;
        let cora = house.person("cora", &[Role::Requester]);
        let mut key = Passkey::from_seed(passkeys::RP_ID, [8; 32]);
        let public = passkeys::public_key(&key);
        let text = people::enrolment_text(organisation.origin(), cora.person, &public);
        let signature = passkeys::sign(&mut key, people::ENROLMENT_NAMESPACE, &text);
        let key = people::enrol_key(organisation, &cora, &public.openssh(), &signature).unwrap();
        let scope = ["permits.ask_gate".to_owned()].into();
        Self {
            other: cora.person,
            key_of_other: key.id,
            token_of_other: people::issue_token(organisation, &cora, "tool", scope, Span::days(1))
                .unwrap()
                .id,
            own_passkey: people::own_passkeys(organisation, ben).unwrap()[0].id,
        }
    }
}

/// Every act of this room that asks for a proof.
const DANGEROUS: [&str; 12] = [
    "enrol",
    "invite",
    "grant",
    "confirm",
    "token",
    "codes",
    "passkey",
    "end passkey",
    "end key",
    "end token",
    "password",
    "disable",
];

fn refusals(house: &House, by: &Actor, found: &Found) -> Vec<(&'static str, Refusal)> {
    let (organisation, other) = (&house.organisation, found.other);
    let (handle, roles) = (Handle::parse("zoe").unwrap(), || [Role::Auditor].into());
    let scope = || ["permits.ask_gate".to_owned()].into();
    let (day, new_key) = (Span::days(1), Passkey::from_seed(PARTY.id, [9; 32]));
    let answers = [
        people::enrol(organisation, by, &handle, "Zoe", roles()).err(),
        people::invite(organisation, by, other).err(),
        people::grant_roles(organisation, by, other, roles(), "why").err(),
        people::confirm(organisation, by, other, 1, "seen").err(),
        people::issue_token(organisation, by, "tool", scope(), day).err(),
        people::make_recovery_codes(organisation, by).err(),
        enrol(house, by, &new_key).err(),
        people::revoke_passkey(organisation, by, found.own_passkey, "lost").err(),
        people::revoke_key(organisation, by, found.key_of_other, "lost").err(),
        people::revoke_token(organisation, by, found.token_of_other).err(),
        people::remove_password(organisation, by).err(),
        people::disable(organisation, by, other, "gone").err(),
    ];
    let answers = DANGEROUS.into_iter().zip(answers);
    answers
        .filter_map(|(act, refusal)| Some((act, refusal?)))
        .filter(|(_, refusal)| refusal.rule == people::STEP_UP)
        .collect()
}

#[test]
fn no_dangerous_act_takes_a_token_whatever_its_scope_names() {
    let house = house();
    let (token, ben) = late(&house);
    let found = Found::make(&house, &ben);
    let program = Actor {
        authentication: Authentication::Token,
        proven: Proven::Before {
            credential: 7,
            at: house.organisation.now(),
        },
        scope: Some(people::ACTS.iter().map(|act| (*act).to_owned()).collect()),
        ..actor(&house, &token)
    };
    let refused = refusals(&house, &program, &found);
    let acts: Vec<&str> = refused.iter().map(|(act, _)| *act).collect();
    assert_eq!(acts, DANGEROUS);
    for (act, refusal) in &refused {
        assert!(refusal.what.contains("not a token"), "{act}: {refusal}");
        assert!(refusal.way_out[0].contains("tagout login"), "{act}: {refusal}");
    }
    house.assert_sound();
}

#[test]
fn dangerous_acts_ask_for_a_proof_and_go_on_once_it_is_given() {
    let house = house();
    let (_, ben) = late(&house);
    let found = Found::make(&house, &ben);
    let asked = refusals(&house, &ben, &found);
    let acts: Vec<&str> = asked.iter().map(|(act, _)| *act).collect();
    assert_eq!(acts, DANGEROUS);
    for (act, refusal) in &asked {
        assert_eq!(refusal.class, Class::Forbidden, "{act}");
        assert!(refusal.way_out[0].contains("tagout login"), "{refusal}");
    }

    let (code, organisation) = (code(&house), &house.organisation);
    let proof = Proof::Password {
        password: PASSWORD,
        code: &code,
    };
    let renewed = people::prove_again(organisation, &ben, &proof, SOURCE).unwrap();
    assert_eq!(renewed.proven_at, organisation.now());
    assert_eq!(
        people::prove_again(organisation, &ben, &proof, SOURCE)
            .unwrap_err()
            .class,
        Class::Unauthenticated,
        "a code is good once"
    );
    let ben = actor(&house, &renewed.token);
    assert!(refusals(&house, &ben, &found).is_empty());
    let history = people::sign_in_history(organisation, &ben).unwrap();
    let deeds: Vec<SignInDeed> = history.iter().map(|past| past.deed).take(3).collect();
    assert_eq!(
        deeds,
        [SignInDeed::Failed, SignInDeed::ProvedAgain, SignInDeed::SignedIn]
    );
    house.assert_sound();
}

#[test]
fn a_new_proof_ends_the_token_that_it_was_given_with_and_keeps_the_sign_in() {
    let house = house();
    let (stolen, ben) = late(&house);
    let organisation = &house.organisation;
    let code = code(&house);
    let proof = Proof::Password {
        password: PASSWORD,
        code: &code,
    };
    let renewed = people::prove_again(organisation, &ben, &proof, SOURCE).unwrap();
    let by_stolen = Doorkeeper::default().identify(organisation, &stolen);
    assert_eq!(
        by_stolen.unwrap_err().class,
        Class::Unauthenticated,
        "who got hold of it would do dangerous acts on the proof of its holder"
    );
    let held = actor(&house, &renewed.token);
    assert_eq!(people::present_sign_in(&held), people::present_sign_in(&ben));
    assert_eq!(people::own_sign_ins(organisation, &held).unwrap().len(), 1);
    house.assert_sound();
}

#[test]
fn a_passkey_proves_again_for_its_own_sign_in_alone() {
    let house = house();
    let organisation = &house.organisation;
    accept(&house, &invitation(&house, "ben", &[Role::Requester]));
    let first = sign_in(&house, "ben", &code(&house)).unwrap();
    let mut key = Passkey::from_seed(PARTY.id, [1; 32]);
    enrol(&house, &actor(&house, &first.token), &key).unwrap();
    let second = sign_in_with(&house, &mut key, "PER-0002").unwrap();
    let proof_for = |key: &mut Passkey, purpose| {
        let challenge = people::challenge(organisation, purpose);
        let asserted = key.get(PARTY.origin, &challenge.bytes);
        (challenge, asserted)
    };
    let ben = actor(&house, &first.token);
    let mut token = first.token;
    for (purpose, is_good) in [
        (Purpose::SignIn, false),
        (Purpose::StepUp(second.token_id), false),
        (Purpose::StepUp(first.token_id), true),
    ] {
        let (challenge, asserted) = proof_for(&mut key, purpose);
        let proof = Proof::Passkey {
            party: PARTY,
            answer: answer(&challenge.ticket, &asserted, None),
        };
        let answered = people::prove_again(organisation, &ben, &proof, SOURCE);
        assert_eq!(answered.is_ok(), is_good, "{purpose:?}");
        token = answered.map_or(token, |renewed| renewed.token);
    }
    assert_eq!(
        actor(&house, &token).authentication,
        Authentication::Passkey,
        "what was proven last counts"
    );
    // Somebody else's passkey proves nothing, and is not their failure.
    accept(&house, &invitation(&house, "cora", &[Role::Requester]));
    let cora = sign_in(&house, "cora", &code(&house)).unwrap();
    let (challenge, asserted) = proof_for(&mut key, Purpose::StepUp(cora.token_id));
    let proof = Proof::Passkey {
        party: PARTY,
        answer: answer(&challenge.ticket, &asserted, None),
    };
    let before = entries(&house, "people.sign_in_failed");
    people::prove_again(organisation, &actor(&house, &cora.token), &proof, SOURCE).unwrap_err();
    assert_eq!(entries(&house, "people.sign_in_failed"), before);
    house.assert_sound();
}

#[test]
fn guessing_at_the_proof_locks_the_account_as_guessing_at_the_door_does() {
    let house = house();
    let (_, ben) = late(&house);
    for _ in 0..5 {
        let proof = Proof::Password {
            password: "a wild guess at the password",
            code: "000000",
        };
        people::prove_again(&house.organisation, &ben, &proof, SOURCE).unwrap_err();
    }
    let code = code(&house);
    let right = Proof::Password {
        password: PASSWORD,
        code: &code,
    };
    people::prove_again(&house.organisation, &ben, &right, SOURCE).unwrap_err();
    assert!(sign_in(&house, "ben", &code).is_err(), "the door is the same");
    assert_eq!(entries(&house, "people.sign_in_failed"), 5);
    house.assert_sound();
}

#[test]
fn a_stranger_who_guesses_at_the_password_locks_no_passkey() {
    let house = house();
    let organisation = &house.organisation;
    accept(&house, &invitation(&house, "ben", &[Role::Requester]));
    let signed_in = sign_in(&house, "ben", &code(&house)).unwrap();
    let ben = actor(&house, &signed_in.token);
    let mut key = Passkey::from_seed(PARTY.id, [1; 32]);
    enrol(&house, &ben, &key).unwrap();
    for _ in 0..6 {
        sign_in(&house, "ben", "000000").unwrap_err();
    }
    house.wait(Span::minutes(1));
    assert!(
        sign_in(&house, "ben", &code(&house)).is_err(),
        "the password is locked"
    );
    assert!(sign_in_with(&house, &mut key, "PER-0002").is_ok());
    let offer = people::offer_step_up(organisation, &ben).unwrap();
    let asserted = key.get(PARTY.origin, &offer.challenge.bytes);
    let proof = Proof::Passkey {
        party: PARTY,
        answer: answer(&offer.challenge.ticket, &asserted, None),
    };
    assert!(people::prove_again(organisation, &ben, &proof, SOURCE).is_ok());
    house.assert_sound();
}

#[test]
fn who_is_signed_in_sees_their_sign_ins_and_ends_the_others() {
    let house = house();
    let organisation = &house.organisation;
    accept(&house, &invitation(&house, "ben", &[Role::Requester]));
    let first = sign_in(&house, "ben", &code(&house)).unwrap();
    house.wait(Span::minutes(1));
    let second = sign_in(&house, "ben", &code(&house)).unwrap();
    let door = Doorkeeper::default();
    let ben = door.identify(organisation, &second.token).unwrap();
    assert_eq!(people::present_sign_in(&ben), Some(second.token_id));
    assert_eq!(door.last_used(2), Some(organisation.now()));
    assert_eq!(people::own_sign_ins(organisation, &ben).unwrap().len(), 2);
    assert_eq!(people::end_other_sign_ins(organisation, &ben).unwrap(), 1);
    assert!(door.identify(organisation, &first.token).is_err());
    assert!(door.identify(organisation, &second.token).is_ok());
    let none = people::end_other_sign_ins(organisation, &ben).unwrap_err();
    assert_eq!(none.class, Class::Conflict);
    house.assert_sound();
}
