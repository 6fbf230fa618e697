//! Passkeys: made, used, refused, revoked.

use basis::{Authentication, Class, Proven, Role, Span};
use formats::sshsig::PublicKey;
use formats::webauthn::Assertion;
use people::{CHALLENGE_LIFE, Purpose, RelyingParty, SignInDeed, SigningKey};
use testkit::authenticator::Passkey;

use super::*;

fn passkey(seed: u8) -> Passkey {
    Passkey::from_seed(PARTY.id, [seed; 32])
}

/// Enrols the only passkey of ben as a signing key.
fn as_signing_key(house: &House, ben: &Actor, key: &mut Passkey) -> SigningKey {
    let stored = people::own_passkeys(&house.organisation, ben).unwrap().remove(0);
    let public = PublicKey::parse_openssh(&stored.openssh).unwrap();
    let text = people::enrolment_text(house.organisation.origin(), ben.person, &public);
    let challenge = formats::sshsig::to_be_signed(people::ENROLMENT_NAMESPACE, text.as_bytes());
    let asserted = key.get(PARTY.origin, &challenge);
    let signature = Assertion::read(
        &asserted.client_data_json,
        &asserted.authenticator_data,
        &asserted.signature,
    )
    .and_then(|assertion| {
        assertion.into_ssh_signature(
            &public,
            PARTY.origin,
            people::ENROLMENT_NAMESPACE,
            text.as_bytes(),
        )
    })
    .unwrap();
    people::enrol_key(&house.organisation, ben, &stored.openssh, &signature.armored()).unwrap()
}

#[test]
fn an_invitation_is_accepted_with_a_passkey_and_nobody_types_a_name_afterwards() {
    let house = house();
    let invitation = invitation(&house, "ben", &[Role::Requester]);
    let mut key = passkey(1);
    let accepted = accept_with(&house, &invitation, &key).unwrap();
    assert_eq!(accepted.person.handle.as_str(), "ben");
    assert!(
        accepted.recovery_codes.is_empty(),
        "there is no password that they could go with"
    );
    assert!(accept_with(&house, &invitation, &passkey(2)).is_err(), "used up");

    let signed_in = sign_in_with(&house, &mut key, "PER-0002").unwrap();
    let ben = actor(&house, &signed_in.token);
    assert_eq!(
        (ben.person, ben.authentication),
        (accepted.person.id, Authentication::Passkey)
    );
    assert_eq!(ben.roles, [Role::Requester].into());
    assert!(matches!(ben.proven, Proven::Before { at, .. } if at == house.organisation.now()));
    house.assert_sound();
}

#[test]
fn a_reset_ends_every_way_in_that_was_there_before() {
    let house = house();
    let anna = house.administrator();
    accept(&house, &invitation(&house, "ben", &[Role::Requester]));
    let ben = actor(&house, &sign_in(&house, "ben", &code(&house)).unwrap().token);
    let (mut old, mut new) = (passkey(1), passkey(2));
    enrol(&house, &ben, &old).unwrap();
    sign_in_with(&house, &mut old, "PER-0002").unwrap();

    let again = people::invite(&house.organisation, &anna, ben.person).unwrap();
    accept_with(&house, &again.code, &new).unwrap();
    house.wait(Span::minutes(1));
    assert!(sign_in_with(&house, &mut old, "PER-0002").is_err());
    assert!(
        sign_in(&house, "ben", &code(&house)).is_err(),
        "the password went"
    );
    sign_in_with(&house, &mut new, "PER-0002").unwrap();
    house.assert_sound();
}

#[test]
fn a_reset_ends_the_signing_keys_that_were_there_before_in_entries_of_their_own() {
    for with_passkey in [true, false] {
        let house = house();
        let (organisation, anna) = (&house.organisation, house.administrator());
        let invited = invitation(&house, "pup", &[Role::Requester]);
        let mut key = passkey(1);
        let person = accept_with(&house, &invited, &key).unwrap().person.id;
        let before = entries(&house, "people.key_revoked");
        let signed_in = sign_in_with(&house, &mut key, &person.to_string()).unwrap();
        let first = as_signing_key(&house, &actor(&house, &signed_in.token), &mut key);

        let again = people::invite(organisation, &anna, person).unwrap();
        let keys = || {
            organisation
                .view(|view| people::signing_keys_of(view, person))
                .unwrap()
        };
        assert_eq!(
            keys()[0].revoked_at,
            None,
            "an invitation that nobody takes ends nothing"
        );
        match with_passkey {
            true => drop(accept_with(&house, &again.code, &passkey(200)).unwrap()),
            false => drop(accept(&house, &again.code)),
        }
        assert_eq!(keys().len(), 1);
        assert!(keys()[0].id == first.id && keys()[0].revoked_at.is_some());
        assert_eq!(entries(&house, "people.key_revoked"), before + 1);
        // What is revoked already is not revoked once more.
        let third = people::invite(organisation, &anna, person).unwrap();
        accept(&house, &third.code);
        assert_eq!(entries(&house, "people.key_revoked"), before + 1);
        house.assert_sound();
    }
}

#[test]
fn every_answer_that_is_not_right_is_refused_in_the_same_words() {
    let house = house();
    let mut key = passkey(1);
    accept_with(&house, &invitation(&house, "ben", &[Role::Requester]), &key).unwrap();
    let organisation = &house.organisation;
    let good = people::challenge(organisation, Purpose::SignIn);
    let other = people::challenge(organisation, Purpose::SignIn);
    let asserted = key.get(PARTY.origin, &good.bytes);
    let ask = |party: &RelyingParty<'_>, answer: &PasskeyAnswer<'_>| {
        people::sign_in_with_passkey(organisation, party, answer, SOURCE)
            .unwrap_err()
            .to_string()
    };
    let mut unknown = passkey(9);
    let stranger = unknown.get(PARTY.origin, &other.bytes);
    let mut forged = key.get(PARTY.origin, &other.bytes);
    let last = forged.signature.len() - 1;
    forged.signature[last] ^= 1;
    let elsewhere = RelyingParty {
        id: PARTY.id,
        origin: "https://tagout.example",
    };
    let handle = Some(b"PER-0002".as_slice());
    let texts = [
        ask(&PARTY, &answer(&other.ticket, &stranger, handle)),
        ask(&PARTY, &answer(&other.ticket, &forged, handle)),
        ask(&PARTY, &answer(&other.ticket, &asserted, handle)),
        ask(&PARTY, &answer(&good.ticket, &asserted, Some(b"PER-0001"))),
    ];
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:#?}");
    assert_eq!(
        entries(&house, "people.sign_in_failed"),
        3,
        "a stranger's key is nobody's failure"
    );
    // What is said of no name is refused too, and the page's own address counts.
    let third = people::challenge(organisation, Purpose::SignIn);
    let asserted = key.get(PARTY.origin, &third.bytes);
    assert_eq!(ask(&PARTY, &answer(&third.ticket, &asserted, None)), texts[0]);
    let fourth = people::challenge(organisation, Purpose::SignIn);
    let asserted = key.get(PARTY.origin, &fourth.bytes);
    assert_eq!(
        ask(&elsewhere, &answer(&fourth.ticket, &asserted, handle)),
        texts[0]
    );
    // Five in a row: locked, however good the next one is, in the same words and without an entry.
    assert_eq!(
        sign_in_with(&house, &mut key, "PER-0002")
            .unwrap_err()
            .to_string(),
        texts[0]
    );
    assert_eq!(entries(&house, "people.sign_in_failed"), 5);
    house.wait(Span::minutes(16));
    sign_in_with(&house, &mut key, "PER-0002").unwrap();
    house.assert_sound();
}

#[test]
fn a_challenge_is_answered_once_within_its_life_and_for_its_purpose() {
    let house = house();
    let organisation = &house.organisation;
    let mut key = passkey(1);
    accept_with(&house, &invitation(&house, "ben", &[Role::Requester]), &key).unwrap();
    let handle = Some(b"PER-0002".as_slice());
    let challenge = people::challenge(organisation, Purpose::SignIn);
    let asserted = key.get(PARTY.origin, &challenge.bytes);
    let sent = answer(&challenge.ticket, &asserted, handle);
    let signed_in = people::sign_in_with_passkey(organisation, &PARTY, &sent, SOURCE).unwrap();
    let replay = people::sign_in_with_passkey(organisation, &PARTY, &sent, SOURCE).unwrap_err();
    assert_eq!(replay.class, Class::Unauthenticated);

    for (waited, is_good) in [
        (CHALLENGE_LIFE, true),
        (Span::milliseconds(CHALLENGE_LIFE.as_ms() + 1), false),
    ] {
        let challenge = people::challenge(organisation, Purpose::SignIn);
        let asserted = key.get(PARTY.origin, &challenge.bytes);
        house.wait(waited);
        let sent = answer(&challenge.ticket, &asserted, handle);
        let answered = people::sign_in_with_passkey(organisation, &PARTY, &sent, SOURCE);
        assert_eq!(answered.is_ok(), is_good, "{waited}");
    }
    for purpose in [
        Purpose::StepUp(signed_in.token_id),
        Purpose::Enrolment(signed_in.person.id),
        Purpose::Acceptance(signed_in.person.id),
    ] {
        let challenge = people::challenge(organisation, purpose);
        let asserted = key.get(PARTY.origin, &challenge.bytes);
        let sent = answer(&challenge.ticket, &asserted, handle);
        assert!(
            people::sign_in_with_passkey(organisation, &PARTY, &sent, SOURCE).is_err(),
            "{purpose:?}"
        );
    }
    for ticket in [
        "",
        "00",
        "zz",
        &"00".repeat(24),
        &"ff".repeat(24),
        &"00".repeat(25),
    ] {
        let sent = answer(ticket, &asserted, handle);
        assert!(people::sign_in_with_passkey(organisation, &PARTY, &sent, SOURCE).is_err());
    }
    house.assert_sound();
}

#[test]
fn a_counter_that_does_not_grow_is_refused_and_told() {
    let house = house();
    let mut key = passkey(1);
    key.counter = 10;
    accept_with(&house, &invitation(&house, "ben", &[Role::Requester]), &key).unwrap();
    let copied = key.counter;
    let signed_in = sign_in_with(&house, &mut key, "PER-0002").unwrap();
    key.counter = copied;
    assert!(sign_in_with(&house, &mut key, "PER-0002").is_err());
    let ben = actor(&house, &signed_in.token);
    let history = people::sign_in_history(&house.organisation, &ben).unwrap();
    let deeds: Vec<SignInDeed> = history.iter().map(|past| past.deed).collect();
    assert_eq!(deeds, [SignInDeed::CopySuspected, SignInDeed::SignedIn]);
    assert!(
        history
            .iter()
            .all(|past| past.source == SOURCE && past.passkey.is_some())
    );
    // One whose counter stays 0 keeps none.
    let mut synced = passkey(2);
    synced.counter = 0;
    enrol(&house, &ben, &synced).unwrap();
    for _ in 0..2 {
        synced.counter = 0;
        let challenge = people::challenge(&house.organisation, Purpose::SignIn);
        let data = synced.authenticator_data(PARTY.id);
        let client_data = testkit::authenticator::client_data("webauthn.get", PARTY.origin, &challenge.bytes);
        let asserted = synced.sign(client_data, data);
        let sent = answer(&challenge.ticket, &asserted, Some(b"PER-0002"));
        people::sign_in_with_passkey(&house.organisation, &PARTY, &sent, SOURCE).unwrap();
    }
    house.assert_sound();
}

#[test]
fn a_passkey_belongs_to_one_person_and_the_last_way_in_stays() {
    let house = house();
    let mut key = passkey(1);
    accept_with(&house, &invitation(&house, "ben", &[Role::Requester]), &key).unwrap();
    accept(&house, &invitation(&house, "cora", &[Role::Requester]));
    let ben = actor(&house, &sign_in_with(&house, &mut key, "PER-0002").unwrap().token);
    let cora = actor(&house, &sign_in(&house, "cora", &code(&house)).unwrap().token);
    assert_eq!(enrol(&house, &cora, &key).unwrap_err().class, Class::Conflict);

    let organisation = &house.organisation;
    let bens = people::own_passkeys(organisation, &ben).unwrap();
    let of_another = people::revoke_passkey(organisation, &cora, bens[0].id, "tidying").unwrap_err();
    assert_eq!(of_another.class, Class::NotFound);
    let last = people::revoke_passkey(organisation, &ben, bens[0].id, "lost").unwrap_err();
    assert_eq!(
        (last.class, last.rule.as_str()),
        (Class::Conflict, "ways to sign in")
    );
    let second = enrol(&house, &ben, &passkey(2)).unwrap();
    people::revoke_passkey(organisation, &ben, bens[0].id, "lost").unwrap();
    assert!(sign_in_with(&house, &mut key, "PER-0002").is_err());
    assert!(people::revoke_passkey(organisation, &ben, second.id, "lost too").is_err());

    // A password is another way, and takes one with it.
    let chosen = people::ChosenPassword {
        password: PASSWORD,
        totp_secret: &secret().to_base32(),
        totp_code: &code(&house),
    };
    assert_eq!(
        people::set_password(organisation, &ben, &chosen).unwrap().len(),
        10
    );
    people::remove_password(organisation, &ben).unwrap();
    assert_eq!(
        people::remove_password(organisation, &ben).unwrap_err().class,
        Class::Conflict
    );
    let last = people::remove_password(organisation, &cora).unwrap_err();
    assert_eq!(last.rule, "ways to sign in");
    house.assert_sound();
}

#[test]
fn a_passkey_is_enrolled_as_a_signing_key_by_a_signature_of_its_own() {
    let house = house();
    let mut key = passkey(1);
    accept_with(&house, &invitation(&house, "ben", &[Role::Requester]), &key).unwrap();
    let ben = actor(&house, &sign_in_with(&house, &mut key, "PER-0002").unwrap().token);
    let enrolled = as_signing_key(&house, &ben, &mut key);
    let public = PublicKey::parse_openssh(&enrolled.openssh).unwrap();
    assert_eq!(enrolled.fingerprint, public.fingerprint());
    house.assert_sound();
}
