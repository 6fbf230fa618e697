//! Stories of people: enrolling, signing in, keys, tokens, and what is refused.

use std::path::Path;
use std::process::Command;

use basis::{Actor, Authentication, Class, Role, Span};
use frame::Gatekeeper;
use people::{Acceptance, Attempt, Doorkeeper, Handle, Secret};
use testkit::House;

const PASSWORD: &str = "seven quiet lighthouses";

fn house() -> House {
    House::with(|registry| registry)
}

fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890")
}

/// Enrols ben, who accepts his invitation.
fn ben(house: &House) -> Actor {
    let handle = Handle::parse("ben").unwrap();
    let roles = [Role::Requester].into();
    let invitation =
        people::enrol(&house.organisation, &house.administrator(), &handle, "Ben", roles).unwrap();
    accept(house, &invitation.code).unwrap();
    house.wait(Span::minutes(1));
    testkit::signed_in(invitation.person, [Role::Requester].into())
}

fn accept(house: &House, invitation: &str) -> Result<people::Accepted, basis::Refusal> {
    let code = secret().code_at(house.organisation.now());
    let totp_secret = secret().to_base32();
    let acceptance = Acceptance {
        invitation,
        password: PASSWORD,
        totp_secret: &totp_secret,
        totp_code: &code,
    };
    people::accept(&house.organisation, &acceptance)
}

fn sign_in(
    house: &House,
    handle: &str,
    password: &str,
    code: &str,
) -> Result<people::SignedIn, basis::Refusal> {
    people::sign_in(
        &house.organisation,
        &Attempt {
            handle,
            password,
            code,
            source: "127.0.0.1".into(),
        },
    )
}

fn code(house: &House) -> String {
    secret().code_at(house.organisation.now())
}

#[test]
fn an_invited_person_signs_in_and_their_token_says_who_they_are_until_it_ends() {
    let house = house();
    let ben = ben(&house);
    let signed_in = sign_in(&house, "ben", PASSWORD, &code(&house)).unwrap();
    let actor = Doorkeeper::default()
        .identify(&house.organisation, &signed_in.token)
        .unwrap();
    assert_eq!(
        (actor.person, actor.authentication),
        (ben.person, Authentication::PasswordTotp)
    );
    assert_eq!(actor.roles, [Role::Requester].into());

    let mut forged = signed_in.token.clone();
    forged.replace_range(forged.len() - 1.., if forged.ends_with('0') { "1" } else { "0" });
    for wrong in [
        forged.as_str(),
        "",
        "TOK-0001",
        "TOK-9999.00",
        &signed_in.token[..40],
    ] {
        assert_eq!(
            Doorkeeper::default()
                .identify(&house.organisation, wrong)
                .unwrap_err()
                .class,
            Class::Unauthenticated
        );
    }
    house.clock.set(signed_in.expires);
    assert!(
        Doorkeeper::default()
            .identify(&house.organisation, &signed_in.token)
            .is_err()
    );
    house.assert_sound();
}

#[test]
fn a_sign_in_that_nobody_uses_ends_and_one_in_use_goes_on() {
    let house = house();
    ben(&house);
    let token = sign_in(&house, "ben", PASSWORD, &code(&house)).unwrap().token;
    let doorkeeper = Doorkeeper::default();
    let idle = house
        .organisation
        .view(policy::current)
        .unwrap()
        .sign_in_terms()
        .idle;
    for _ in 0..3 {
        assert!(doorkeeper.identify(&house.organisation, &token).is_ok());
        house.wait(idle);
    }
    assert!(doorkeeper.identify(&house.organisation, &token).is_ok());
    house.wait(idle);
    house.wait(Span::milliseconds(1));
    assert!(doorkeeper.identify(&house.organisation, &token).is_err());
    assert!(
        doorkeeper.identify(&house.organisation, &token).is_err(),
        "trying does not wake it"
    );
}

#[test]
fn a_code_is_used_once_and_every_wrong_part_is_refused_in_the_same_words() {
    let house = house();
    ben(&house);
    let good = code(&house);
    let refusals = [
        sign_in(&house, "ben", "wrong password here", &good),
        sign_in(&house, "ben", PASSWORD, "000000"),
        sign_in(&house, "nobody", PASSWORD, &good),
        sign_in(&house, "anna", PASSWORD, &good),
    ];
    let texts: Vec<String> = refusals
        .into_iter()
        .map(|answer| answer.unwrap_err().to_string())
        .collect();
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    sign_in(&house, "ben", PASSWORD, &good).unwrap();
    assert!(sign_in(&house, "ben", PASSWORD, &good).is_err());
}

#[test]
fn failures_lock_the_account_for_the_time_of_the_policy() {
    let house = house();
    ben(&house);
    for _ in 0..5 {
        sign_in(&house, "ben", "wrong password here", "000000").unwrap_err();
    }
    let before = house.organisation.view(|view| view.ledger_size()).unwrap();
    let locked = sign_in(&house, "ben", PASSWORD, &code(&house)).unwrap_err();
    let unknown = sign_in(&house, "nobody", PASSWORD, &code(&house)).unwrap_err();
    assert_eq!(locked, unknown, "a lock tells nobody that the handle exists");
    assert_eq!(
        house.organisation.view(|view| view.ledger_size()).unwrap(),
        before
    );
    house.wait(Span::minutes(16));
    // Whoever comes once in a while locks nobody out: the lock that ran out takes all tries anew.
    for _ in 0..4 {
        sign_in(&house, "ben", "wrong password here", "000000").unwrap_err();
    }
    sign_in(&house, "ben", PASSWORD, &code(&house)).unwrap();
    house.assert_sound();
}

#[test]
fn nobody_is_tried_by_an_id_that_anybody_can_count() {
    let house = house();
    ben(&house);
    for _ in 0..6 {
        sign_in(&house, "PER-0002", PASSWORD, "000000").unwrap_err();
    }
    sign_in(&house, "PER-0002", PASSWORD, &code(&house)).unwrap_err();
    sign_in(&house, "ben", PASSWORD, &code(&house)).unwrap();
}

#[test]
fn fifty_attempts_at_once_are_five_tries() {
    let house = house();
    ben(&house);
    let failures = || {
        let mut count = 0;
        let counted = house.organisation.view(|view| {
            view.each_ledger_record(0, 1 << 40, |record| {
                count += usize::from(record.parse()?.event_type.as_str() == "people.sign_in_failed");
                Ok(())
            })
        });
        counted.map(|()| count).unwrap()
    };
    let good = code(&house);
    std::thread::scope(|scope| {
        for number in 0..50 {
            let (house, good) = (&house, &good);
            scope.spawn(move || sign_in(house, "ben", &format!("a wild guess, number {number}"), good));
        }
    });
    assert_eq!(failures(), 5);
    sign_in(&house, "ben", PASSWORD, &good).unwrap_err();
    house.wait(Span::minutes(16));
    sign_in(&house, "ben", PASSWORD, &code(&house)).unwrap();
    house.assert_sound();
}

#[test]
fn an_invitation_is_good_once_and_not_for_ever() {
    let house = house();
    let handle = Handle::parse("cora").unwrap();
    let roles = [Role::Approver].into();
    let first = people::enrol(
        &house.organisation,
        &house.administrator(),
        &handle,
        "Cora",
        roles,
    )
    .unwrap();
    let second = people::invite(&house.organisation, &house.administrator(), first.person).unwrap();
    assert!(
        accept(&house, &first.code).is_err(),
        "a newer invitation ends the older"
    );
    accept(&house, &second.code).unwrap();
    assert!(accept(&house, &second.code).is_err(), "used up");
    let third = people::invite(&house.organisation, &house.administrator(), first.person).unwrap();
    house.wait(Span::hours(73));
    assert!(accept(&house, &third.code).is_err(), "too old");
}

#[test]
fn only_an_administrator_enrols_and_the_last_one_stays() {
    let house = house();
    let ben = ben(&house);
    let handle = Handle::parse("dora").unwrap();
    let refusal =
        people::enrol(&house.organisation, &ben, &handle, "Dora", [Role::Auditor].into()).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
    let anna = house.administrator();
    let refusal = people::disable(&house.organisation, &anna, anna.person, "leaving").unwrap_err();
    let last = "only administrator who can act";
    assert!(refusal.what.contains(last), "{refusal}");
    let berta = house.person("berta", &[Role::Administrator]);
    let refusal = people::disable(&house.organisation, &anna, anna.person, "leaving").unwrap_err();
    assert!(
        refusal.what.contains(last),
        "nobody has confirmed berta: {refusal}"
    );
    house.confirm(&berta, &ben);
    let granted = |roles: &[Role]| {
        people::grant_roles(
            &house.organisation,
            &berta,
            anna.person,
            roles.iter().copied().collect(),
            "resting",
        )
    };
    granted(&[Role::Requester]).unwrap();
    let refusal = people::disable(&house.organisation, &anna, berta.person, "leaving").unwrap_err();
    assert!(refusal.what.contains(last), "{refusal}");
}

#[test]
fn disabling_ends_every_token_and_sign_in() {
    let house = house();
    let ben = ben(&house);
    let token = sign_in(&house, "ben", PASSWORD, &code(&house)).unwrap().token;
    people::disable(
        &house.organisation,
        &house.administrator(),
        ben.person,
        "left the firm",
    )
    .unwrap();
    assert!(
        Doorkeeper::default()
            .identify(&house.organisation, &token)
            .is_err()
    );
    house.wait(Span::minutes(1));
    assert!(sign_in(&house, "ben", PASSWORD, &code(&house)).is_err());
    house.assert_sound();
}

#[test]
fn an_api_token_does_what_its_scope_names_and_makes_no_other() {
    let house = house();
    let ben = ben(&house);
    let scope = ["permits.ask_gate".to_owned()];
    let issue = |actor: &Actor, days| {
        people::issue_token(
            &house.organisation,
            actor,
            "pipeline",
            scope.clone().into(),
            Span::days(days),
        )
    };
    let new = issue(&ben, 30).unwrap();
    let program = Doorkeeper::default()
        .identify(&house.organisation, &new.token)
        .unwrap();
    assert_eq!(program.authentication, Authentication::Token);
    assert_eq!(program.scope, Some(scope.clone().into()));
    assert_eq!(issue(&program, 1).unwrap_err().class, Class::Forbidden);
    assert_eq!(issue(&ben, 91).unwrap_err().class, Class::Policy);
    people::revoke_token(&house.organisation, &ben, new.id).unwrap();
    assert!(
        Doorkeeper::default()
            .identify(&house.organisation, &new.token)
            .is_err()
    );
}

#[test]
fn only_an_administrator_ends_a_sign_in_of_somebody_else() {
    let house = house();
    ben(&house);
    let signed_in = sign_in(&house, "ben", PASSWORD, &code(&house)).unwrap();
    let door = Doorkeeper::default();
    let is_in = || door.identify(&house.organisation, &signed_in.token).is_ok();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Administrator) {
        let other = house.person(&role.name().replace('_', "-"), &[role]);
        let refusal = people::revoke_token(&house.organisation, &other, signed_in.token_id).unwrap_err();
        assert_eq!(
            refusal.class,
            Class::NotFound,
            "{role:?} is not told that it is there"
        );
        assert!(is_in(), "{role:?}");
    }
    people::revoke_token(&house.organisation, &house.administrator(), signed_in.token_id).unwrap();
    assert!(!is_in());
    house.assert_sound();
}

#[test]
fn a_token_enrols_invites_and_promotes_nobody_whatever_its_scope_names() {
    let house = house();
    let ben = ben(&house);
    let scope = ["people.enrol", "people.grant_role"].map(str::to_owned);
    let program = Actor {
        authentication: Authentication::Token,
        scope: Some(scope.into()),
        ..house.administrator()
    };
    let organisation = &house.organisation;
    let handle = Handle::parse("mallory").unwrap();
    let all: std::collections::BTreeSet<Role> = [Role::Administrator, Role::Approver].into();
    let refusals = [
        people::enrol(organisation, &program, &handle, "Mallory", all.clone()).unwrap_err(),
        people::invite(organisation, &program, ben.person).unwrap_err(),
        people::grant_roles(organisation, &program, ben.person, all, "promoted").unwrap_err(),
    ];
    for refusal in refusals {
        assert_eq!(
            (refusal.class, refusal.rule.as_str()),
            (Class::Forbidden, "step-up")
        );
    }
}

fn ssh_keygen(folder: &Path, name: &str) -> Option<String> {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f", name])
        .current_dir(folder)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: `ssh-keygen` is not installed");
        return None;
    }
    std::fs::read_to_string(folder.join(format!("{name}.pub"))).ok()
}

#[test]
fn a_key_is_enrolled_by_who_holds_it_and_belongs_to_one_person_for_ever() {
    let house = house();
    let ben = ben(&house);
    let cora = house.person("cora", &[Role::Approver]);
    let folder = house.folder();
    let Some(public) = ssh_keygen(&folder, "key") else {
        return;
    };
    let key = formats::sshsig::PublicKey::parse_openssh(public.trim()).unwrap();
    let sign = |text: &str| {
        people::sign_with_ssh_keygen(&folder.join("key"), people::ENROLMENT_NAMESPACE, text).unwrap()
    };
    let origin = house.organisation.origin();
    let proof = sign(&people::enrolment_text(origin, ben.person, &key));
    let of_another = sign(&people::enrolment_text(origin, cora.person, &key));
    assert!(people::enrol_key(&house.organisation, &ben, &public, &of_another).is_err());
    let enrolled = people::enrol_key(&house.organisation, &ben, &public, &proof).unwrap();
    assert_eq!(enrolled.fingerprint, key.fingerprint());
    let taken = people::enrol_key(&house.organisation, &cora, &public, &of_another).unwrap_err();
    assert_eq!(taken.class, Class::Conflict, "{taken}");
    let revoked = people::revoke_key(&house.organisation, &ben, enrolled.id, "lost laptop").unwrap();
    assert!(revoked.revoked_at.is_some());
    house.assert_sound();
}
