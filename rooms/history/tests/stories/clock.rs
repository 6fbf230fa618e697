//! A clock that ran ahead: two people accept it, and work goes on.

use basis::{Class, Role, Span};
use policy::check_clock;
use testkit::House;

#[test]
fn two_people_accept_a_clock_that_ran_ahead_and_the_doctor_agrees() {
    let house = House::with(|rooms| {
        rooms
            .room(evidence::migrations(), evidence::events())
            .room(changes::migrations(), changes::events())
            .room(history::migrations(), history::events())
    });
    let organisation = &house.organisation;
    let olga = house.person("olga", &[Role::SystemOwner]);
    let (anna, reason) = (house.administrator(), "the clock ran two hours ahead");
    let recover = || history::recover(organisation, &anna, &olga, reason);
    assert_eq!(
        recover().unwrap_err().class,
        Class::Conflict,
        "there is nothing to accept"
    );
    house.wait(Span::hours(2));
    house.person("omar", &[Role::SystemOwner]);
    house.wait(Span::hours(-2));
    let behind = || organisation.view(|view| organisation.clock_behind(view)).unwrap();
    assert!(check_clock(behind()).is_err());
    house.person("otto", &[Role::SystemOwner]);
    assert!(check_clock(behind()).is_err(), "another entry changes nothing");
    recover().unwrap();
    assert_eq!(behind(), None);
    house.assert_sound();
    assert_eq!(recover().unwrap_err().class, Class::Conflict);
}
