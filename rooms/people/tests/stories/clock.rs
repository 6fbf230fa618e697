//! A token that is over stays over when the clock is set back.

use basis::{Class, Role, Span};
use frame::Gatekeeper;
use people::Doorkeeper;
use policy::CLOCK_BEHIND_MAX;
use testkit::House;

#[test]
fn a_clock_that_was_set_back_gives_no_token_its_life_again() {
    let house = House::with(|rooms| rooms);
    let organisation = &house.organisation;
    let dora = house.person("dora", &[Role::Technician]);
    let issue = |days| {
        let acts = vec!["permits.ask_gate".to_owned()];
        people::issue_token(
            organisation,
            &dora,
            "tool",
            acts.into_iter().collect(),
            Span::days(days),
        )
        .unwrap()
    };
    let (short, long) = (issue(1), issue(20));
    let door = Doorkeeper::default();
    let ask = |token: &str| door.identify(organisation, token);
    assert!(ask(&short.token).is_ok());
    house.wait(Span::days(2));
    assert_eq!(ask(&short.token).unwrap_err().class, Class::Unauthenticated);
    house.person("ben", &[Role::Approver]);
    let over = organisation
        .view(|view| view.latest_entry_time())
        .unwrap()
        .unwrap();
    house.wait(Span::hours(-36));
    let refusal = ask(&short.token).unwrap_err();
    assert!(refusal.missing[0].contains("a clock that is right"), "{refusal}");
    assert!(ask(&long.token).is_ok(), "it is good by either time");
    house.clock.set(over - CLOCK_BEHIND_MAX);
    assert_eq!(ask(&short.token).unwrap_err().class, Class::Unauthenticated);
}
