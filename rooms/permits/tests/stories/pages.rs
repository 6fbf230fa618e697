//! The permits of a change in a browser, over a real socket.

use basis::Span;

use crate::browser::Pages;
use crate::gate::{scheduled, story};
use crate::house::has_ssh_keygen;

#[test]
fn a_permit_is_issued_and_ends_in_a_page_and_a_refusal_says_what_is_missing() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let id = story.open("web02").unwrap().id;
    let pages = Pages::with(&story, vec![changes::routes(), permits::routes()]);
    let carla = pages.browser(&story, &story.carla);
    let path = "/changes/CHG-0001/permits";
    let page = carla.get(path);
    assert!(page.body.contains("No permit was issued yet."), "{}", page.body);
    let refused = carla.send(&page, path, &[]);
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body.contains("Not done:"), "{}", refused.body);

    scheduled(&story, id);
    story.house.wait(Span::hours(84));
    let carla = pages.browser(&story, &story.carla);
    let issued = carla.send(&carla.get(path), path, &[]);
    assert_eq!(
        (issued.status, issued.location.as_str()),
        (303, path),
        "{}",
        issued.body
    );
    let page = carla.get(path);
    let revocation = "/changes/CHG-0001/permits/PMT-0001/revocation";
    let nothing_said = carla.send(&page, revocation, &[("reason", " ")]);
    assert_eq!(nothing_said.status, 400, "{}", nothing_said.body);
    let revoked = carla.send(&page, revocation, &[("reason", "wrong host")]);
    assert_eq!(revoked.status, 303, "{}", revoked.body);
    assert!(carla.get(path).body.contains("revoked"));
    story.house.assert_sound();
}
