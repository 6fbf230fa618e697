//! The whole story by command line, on real lab hosts: from an inventory and advisories to patched machines and a package
//! that strangers verify. Every command and its answer is kept in `target/story/transcript.txt`.
//!
//! Each act of the story is a file; no act looks into the data directory, people only use what people have.

mod asking;
mod closing;
mod emergency;
mod house;
mod inventory;
mod lab;
mod package;
mod people;
mod work;

use house::House;
use lab::Lab;

#[test]
fn three_people_take_lab_hosts_from_advisories_to_a_package_that_strangers_verify() {
    let Some(lab) = Lab::up("story", "10.83") else {
        return;
    };
    let mut house = House::found();
    people::come_in(&mut house);
    inventory::register(&mut house, &lab);
    inventory::enrol_and_collect(&mut house, &lab);
    inventory::find_flaws(&mut house, &lab);
    asking::ask(&mut house);
    asking::approve_edit_and_approve_again(&mut house);
    asking::open_the_gate(&mut house);
    let before = work::fail_on_the_first_host(&mut house, &lab);
    work::mend_and_go_on(&mut house, &lab, &before);
    closing::look_again_and_close(&mut house);
    work::undo_what_cannot_be_finished(&mut house, &lab);
    emergency::act_first_and_look_back(&mut house, &lab);
    package::export_and_verify(&mut house);
    package::redact_and_verify_again(&mut house);
    package::examine(&mut house);
}
