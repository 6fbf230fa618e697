//! Stories of who vouches for whom: one administrator alone makes nobody who decides, themselves included.

use basis::{Actor, Authentication, Class, Refusal, Role, Span};
use frame::Gatekeeper;
use people::{Acceptance, Attempt, Doorkeeper, Handle, Secret, Standing};
use testkit::{House, PASSWORD};

fn house() -> House {
    House::with(|registry| registry)
}

fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890")
}

fn accept(house: &House, invitation: &people::Invitation) -> people::Person {
    let acceptance = Acceptance {
        invitation: &invitation.code,
        password: PASSWORD,
        totp_secret: &secret().to_base32(),
        totp_code: &secret().code_at(house.organisation.now()),
    };
    people::accept(&house.organisation, &acceptance).unwrap().person
}

/// Who somebody is at the door, once they have accepted the invitation and signed in.
fn come_in(house: &House, invitation: &people::Invitation) -> Actor {
    let person = accept(house, invitation);
    house.wait(Span::minutes(1));
    let attempt = Attempt {
        handle: person.handle.as_str(),
        password: PASSWORD,
        code: &secret().code_at(house.organisation.now()),
        source: "127.0.0.1".to_owned(),
    };
    let token = people::sign_in(&house.organisation, &attempt).unwrap().token;
    Doorkeeper::default()
        .identify(&house.organisation, &token)
        .unwrap()
}

fn enrol(house: &House, by: &Actor, handle: &str, roles: &[Role]) -> people::Invitation {
    let handle = Handle::parse(handle).unwrap();
    let roles = roles.iter().copied().collect();
    people::enrol(&house.organisation, by, &handle, handle.as_str(), roles).unwrap()
}

fn standing(house: &House, actor: &Actor) -> Standing {
    let found = house.organisation.view(|view| people::find(view, actor.person));
    found.unwrap().unwrap().standing
}

/// The number of the invitation that the person accepted last.
fn accepted(house: &House, person: &Actor) -> u64 {
    let accesses = house
        .organisation
        .view(|view| people::accesses_of(view, person.person));
    let mut taken_up = accesses.unwrap().into_iter().rev();
    taken_up
        .find(|access| access.taken_up_at.is_some())
        .map_or(0, |access| access.number)
}

fn confirm(house: &House, by: &Actor, person: &Actor) -> Result<people::Person, Refusal> {
    let invitation = accepted(house, person);
    people::confirm(
        &house.organisation,
        by,
        person.person,
        invitation,
        "met at the front desk",
    )
}

#[test]
fn nobody_changes_their_own_roles_and_another_administrator_may() {
    let house = house();
    let anna = house.administrator();
    let more = || [Role::Administrator, Role::Approver].into();
    let refusal =
        people::grant_roles(&house.organisation, &anna, anna.person, more(), "more to do").unwrap_err();
    assert_eq!(
        (refusal.class, refusal.rule.as_str()),
        (Class::Forbidden, "own roles")
    );
    assert!(
        refusal
            .way_out
            .iter()
            .any(|line| line.contains("tagout people enrol")),
        "{refusal}"
    );

    let berta = come_in(&house, &enrol(&house, &anna, "berta", &[Role::Administrator]));
    let person = people::grant_roles(&house.organisation, &berta, anna.person, more(), "more to do").unwrap();
    assert_eq!(person.roles, more());
    house.assert_sound();
}

#[test]
fn every_role_waits_until_somebody_else_than_the_inviter_confirms() {
    let house = house();
    let anna = house.administrator();
    // Nobody else is there: ben comes in alone, and is listed so.
    let ben = come_in(&house, &enrol(&house, &anna, "ben", &[Role::Technician]));
    assert_eq!(standing(&house, &ben), Standing::Alone);

    let dana = come_in(
        &house,
        &enrol(&house, &anna, "dana", &[Role::Approver, Role::Supervisor]),
    );
    assert_eq!(standing(&house, &dana), Standing::Unconfirmed);
    assert_eq!(dana.roles, [].into());
    let puppet = come_in(
        &house,
        &enrol(&house, &anna, "puppet", &[Role::Requester, Role::Technician]),
    );
    assert_eq!(
        puppet.roles,
        [].into(),
        "nobody asks, works or reads in the place of another"
    );
    let refusal = Doorkeeper::default()
        .admit(&house.organisation, &dana, "changes.decide")
        .unwrap_err();
    assert_eq!(refusal.rule, "confirmation");
    assert!(refusal.missing[0].contains("other than PER-0001"), "{refusal}");
    assert!(
        refusal.way_out[0].contains("tagout people confirm PER-0003"),
        "{refusal}"
    );

    for (wrong, rule) in [(&anna, "confirmation"), (&dana, "authority")] {
        let refusal = confirm(&house, wrong, &dana).unwrap_err();
        assert_eq!((refusal.class, refusal.rule.as_str()), (Class::Forbidden, rule));
    }
    let program = Actor {
        authentication: Authentication::Token,
        ..ben.clone()
    };
    assert_eq!(confirm(&house, &program, &dana).unwrap_err().rule, "step-up");
    let confirmed = confirm(&house, &ben, &dana).unwrap();
    assert_eq!(
        confirmed.usable_roles(),
        [Role::Approver, Role::Supervisor].into()
    );
    house.assert_sound();
}

#[test]
fn an_administrator_who_resets_an_approver_does_not_decide_in_their_name() {
    let house = house();
    let anna = house.administrator();
    let ben = come_in(&house, &enrol(&house, &anna, "ben", &[Role::Technician]));
    let invitation = enrol(&house, &anna, "dana", &[Role::Approver]);
    let dana = come_in(&house, &invitation);
    confirm(&house, &ben, &dana).unwrap();

    let reset = people::invite(&house.organisation, &anna, dana.person).unwrap();
    assert_eq!(
        standing(&house, &dana),
        Standing::Confirmed,
        "an invitation alone takes nothing away"
    );
    house.wait(Span::minutes(1));
    let taken_over = come_in(&house, &reset);
    assert!(taken_over.roles.is_empty());
    let accesses = house
        .organisation
        .view(|view| people::accesses_of(view, dana.person))
        .unwrap();
    assert_eq!(accesses.len(), 2);
    assert!(accesses[1].is_reset && accesses[1].opened_by == anna.person);
    assert_eq!(confirm(&house, &anna, &dana).unwrap_err().class, Class::Forbidden);
    confirm(&house, &ben, &dana).unwrap();
    assert_eq!(standing(&house, &dana), Standing::Confirmed);
    house.assert_sound();
}

#[test]
fn a_reset_after_somebody_was_told_does_not_get_their_confirmation() {
    let house = house();
    let anna = house.administrator();
    let ben = come_in(&house, &enrol(&house, &anna, "ben", &[Role::Technician]));
    let dana = come_in(&house, &enrol(&house, &anna, "dana", &[Role::Approver]));
    // Ben looks, goes to see Dana, and meanwhile somebody else takes the account over.
    let looked_at = accepted(&house, &dana);
    let reset = people::invite(&house.organisation, &anna, dana.person).unwrap();
    house.wait(Span::minutes(1));
    come_in(&house, &reset);
    let late = |invitation| {
        people::confirm(
            &house.organisation,
            &ben,
            dana.person,
            invitation,
            "met at the front desk",
        )
    };
    let refusal = late(looked_at).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict, "{refusal}");
    assert!(refusal.what.contains("accepted invitation 2 last"), "{refusal}");
    assert_eq!(standing(&house, &dana), Standing::Unconfirmed);
    late(accepted(&house, &dana)).unwrap();
    assert_eq!(standing(&house, &dana), Standing::Confirmed);
    house.assert_sound();
}

#[test]
fn a_puppet_confirms_nobody_and_promotes_nobody() {
    let house = house();
    let anna = house.administrator();
    come_in(&house, &enrol(&house, &anna, "ben", &[Role::Technician]));
    let puppet = come_in(&house, &enrol(&house, &anna, "puppet", &[Role::Administrator]));
    let dana = come_in(&house, &enrol(&house, &anna, "dana", &[Role::Approver]));
    assert_eq!(
        confirm(&house, &puppet, &dana).unwrap_err().class,
        Class::Forbidden
    );
    let more = [Role::Administrator, Role::Approver].into();
    let refusal = people::grant_roles(&house.organisation, &puppet, anna.person, more, "please").unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
}

#[test]
fn of_many_invited_at_once_only_the_first_comes_in_alone() {
    let house = house();
    let anna = house.administrator();
    let invitations: Vec<_> = ["ben", "cora", "dana"]
        .into_iter()
        .map(|handle| enrol(&house, &anna, handle, &[Role::Approver]))
        .collect();
    let people: Vec<Actor> = invitations
        .iter()
        .map(|invitation| come_in(&house, invitation))
        .collect();
    let standings: Vec<Standing> = people.iter().map(|person| standing(&house, person)).collect();
    assert_eq!(
        standings,
        [Standing::Alone, Standing::Unconfirmed, Standing::Unconfirmed]
    );
    // When the only one who could confirm has left, the next comes in alone: a shop of two must be able to go on.
    people::disable(&house.organisation, &anna, people[0].person, "left the firm").unwrap();
    let emil = come_in(&house, &enrol(&house, &anna, "emil", &[Role::Approver]));
    assert_eq!(standing(&house, &emil), Standing::Alone);
    house.assert_sound();
}
