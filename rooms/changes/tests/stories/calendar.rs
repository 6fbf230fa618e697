//! The calendar on its page and in calendar programs: what is shown, and what strangers are told.

use basis::{Class, Span};

use crate::browser::{Pages, Reply};
use crate::house::{Story, has_ssh_keygen};

/// A change whose window is set, told by its number.
fn scheduled(story: &Story) -> String {
    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    story.approve(&story.ben, id).unwrap();
    story.schedule(id).unwrap();
    id.to_string()
}

/// The path of the address that the page tells once.
fn address(told: &Reply) -> String {
    let start = told.body.find("/calendar/feeds/").expect("an address");
    let end = told.body[start..].find(".ics").expect("its end") + 4;
    told.body[start..start + end].to_owned()
}

#[test]
fn a_planned_change_stands_in_every_view_and_in_the_feed_by_its_number_alone() {
    if !has_ssh_keygen() {
        println!("skipped: there is no ssh-keygen");
        return;
    }
    let story = Story::begin();
    let id = scheduled(&story);
    let change = story.show(basis::Id::parse(&id).unwrap());
    let (title, window) = (change.parts.title.clone(), change.window.unwrap());
    let pages = Pages::with(&story, vec![changes::routes(), people::routes()]);
    let browser = pages.browser(&story, &story.anna);
    let day = &window.from.to_string()[..10];
    for view in ["month", "week", "agenda"] {
        let page = browser.get(&format!("/calendar?view={view}&day={day}"));
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(
            page.body.contains(&id) && page.body.contains(&title),
            "{view}: {}",
            page.body
        );
        let later = browser.get(&format!("/calendar?view={view}&day=2031-01-01"));
        assert!(!later.body.contains(&id), "{view}");
    }
    for wrong in [
        "view=year",
        "day=2026-02-30",
        "view=month&day=99999-01-01",
        "month=11",
    ] {
        assert_eq!(browser.get(&format!("/calendar?{wrong}")).status, 400, "{wrong}");
    }
    let account = browser.get("/account/tokens");
    let told = browser.send(&account, "/account/calendar", &[]);
    let path = address(&told);
    let feed = pages.stranger(&path);
    assert_eq!(feed.status, 200, "{}", feed.body);
    assert!(feed.body.starts_with("BEGIN:VCALENDAR\r\n"), "{}", feed.body);
    assert!(feed.body.contains(&format!("SUMMARY:{id}\r\n")), "{}", feed.body);
    assert!(
        !feed.body.contains(&title) && !feed.body.contains("web02"),
        "{}",
        feed.body
    );
    assert_eq!(
        pages.stranger(&path).body,
        feed.body,
        "the same record gives the same feed"
    );
    story.house.assert_sound();
}

#[test]
fn an_address_for_calendars_opens_nothing_else_and_a_wrong_one_is_like_none() {
    let story = Story::begin();
    let pages = Pages::with(&story, vec![changes::routes(), people::routes()]);
    let browser = pages.browser(&story, &story.anna);
    let told = browser.send(&browser.get("/account/tokens"), "/account/calendar", &[]);
    let path = address(&told);
    let token = path.split('/').nth(3).unwrap().to_owned();
    assert_eq!(pages.stranger(&path).status, 200);
    // It is no token for the API and no cookie for pages.
    let organisation = &story.house.organisation;
    let refused = frame::Gatekeeper::identify(&people::Doorkeeper::default(), organisation, &token);
    assert_eq!(refused.unwrap_err().class, Class::Unauthenticated);
    let (id, secret) = token.split_once('.').unwrap();
    let turned: String = secret.chars().rev().collect();
    let sign_in = browser.token();
    let none = pages.stranger("/calendar/feeds/none/tagout.ics");
    assert_eq!(none.status, 404);
    let alike = |reply: &Reply| (reply.status, reply.body.clone());
    for wrong in [
        format!("{id}.{turned}"),
        format!("TOK-9999.{secret}"),
        id.to_owned(),
        sign_in.to_owned(),
        String::from("%00"),
    ] {
        let reply = pages.stranger(&format!("/calendar/feeds/{wrong}/tagout.ics"));
        assert_eq!(alike(&reply), alike(&none), "{wrong}");
    }
    // Ended by its maker, it is like one that never was.
    let tokens = browser.get("/account/tokens");
    assert_eq!(
        browser
            .send(&tokens, &format!("/account/tokens/{id}/end"), &[])
            .status,
        303
    );
    assert_eq!(alike(&pages.stranger(&path)), alike(&none));
    // And one that has run out as well.
    let told = browser.send(&browser.get("/account/tokens"), "/account/calendar", &[]);
    let path = address(&told);
    assert_eq!(pages.stranger(&path).status, 200);
    story.house.wait(Span::days(4_000));
    assert_eq!(alike(&pages.stranger(&path)), alike(&none));
}

#[test]
fn strangers_fetch_calendars_at_the_rate_of_strangers() {
    let story = Story::begin();
    let pages = Pages::of(&story);
    let tries = (0..40).map(|_| pages.stranger("/calendar/feeds/none/tagout.ics").status);
    let tries: Vec<u16> = tries.collect();
    assert!(
        tries.iter().all(|status| [404, 429].contains(status)),
        "{tries:?}"
    );
    assert!(tries.contains(&429), "{tries:?}");
}
