//! What pages say before anything is refused: the limits of a window, who decides, what comes next and for whom.

use basis::{Actor, Role, Span};
use changes::{ChangeId, PartsEdit};
use frame::pages::OFFERED_MAX;

use crate::browser::{Pages, plain};
use crate::house::{Story, has_ssh_keygen};

fn reasons(story: &Story, actor: &Actor) -> Vec<String> {
    let organisation = &story.house.organisation;
    let waiting = changes::waiting(organisation, actor, organisation.now());
    let one = waiting.unwrap().into_iter();
    one.map(|one| format!("{} {}", one.path, one.reason)).collect()
}

fn approved(story: &Story) -> ChangeId {
    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    story.approve(&story.ben, id).unwrap();
    id
}

#[test]
fn a_window_longer_than_the_policy_allows_is_told_where_it_is_asked_for() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    let longer = PartsEdit {
        until: Some(story.now() + Span::hours(94)),
        ..PartsEdit::default()
    };
    changes::edit(&story.house.organisation, &story.anna, id, &longer, None).unwrap();
    let pages = Pages::of(&story);
    let anna = pages.browser(&story, &story.anna);
    let edit = plain(&anna.get("/changes/CHG-0001/edit").body);
    assert!(
        edit.contains("or later (paragraph 3.1); it lasts at most 8 hours (paragraph 3.2)."),
        "{edit}"
    );
    let record = plain(&anna.get("/changes/CHG-0001").body);
    assert!(
        record.contains("a window of at most 8 hours; this one lasts 10 hours")
            && record.contains("href=\"/changes/CHG-0001/edit#window\""),
        "{record}"
    );
    let refusal = story.submit(id).unwrap_err();
    assert!(refusal.to_string().contains("3.2"), "{refusal}");
}

#[test]
fn who_wrote_the_request_is_told_at_once_that_they_do_not_decide() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web01").unwrap().id;
    let theirs = PartsEdit {
        test_plan: Some("Fetch every page.".to_owned()),
        ..PartsEdit::default()
    };
    changes::edit(&story.house.organisation, &story.carla, id, &theirs, None).unwrap();
    story.plan(id).unwrap();
    story.submit(id).unwrap();
    let pages = Pages::of(&story);
    let carla = pages.browser(&story, &story.carla);
    let page = plain(&carla.get("/changes/CHG-0001/decision").body);
    assert!(
        page.contains("You do not decide on this") && page.contains("The text"),
        "{page}"
    );
    assert!(!page.contains("name=\"decision\""), "{page}");
    assert!(story.approve(&story.carla, id).is_err());
    let ben = pages.browser(&story, &story.ben);
    let page = plain(&ben.get("/changes/CHG-0001/decision").body);
    assert!(
        page.contains("name=\"decision\"") && !page.contains("You do not decide"),
        "{page}"
    );
    let record = plain(&ben.get("/changes/CHG-0001").body);
    assert!(
        record.contains("Next: read the text and decide; it waits for you."),
        "{record}"
    );
    let record = plain(&carla.get("/changes/CHG-0001").body);
    assert!(
        record.contains("it waits for somebody with the role system owner or approver."),
        "{record}"
    );
}

#[test]
fn after_the_approval_those_who_may_set_the_window_are_told_so() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    approved(&story);
    assert_eq!(
        reasons(&story, &story.anna),
        ["/changes/CHG-0001#schedule it is approved: set its window"]
    );
    assert!(reasons(&story, &story.dora).is_empty(), "she may set no window");
    let pages = Pages::of(&story);
    let record = |who: &Actor| plain(&pages.browser(&story, who).get("/changes/CHG-0001").body);
    let annas = record(&story.anna);
    assert!(
        annas.contains("Next: set the window for the work; it waits for you.")
            && annas.contains("it lies inside the approved window; it begins at"),
        "{annas}"
    );
    let bens = record(&story.ben);
    assert!(
        bens.contains("it waits for somebody with the role system owner or requester."),
        "{bens}"
    );
}

#[test]
fn what_could_only_be_refused_is_not_offered() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = approved(&story);
    story.schedule(id).unwrap();
    let pages = Pages::of(&story);
    let anna = pages.browser(&story, &story.anna);
    let form = "action=\"/changes/CHG-0001/window\"";
    let early = anna.get("/changes/CHG-0001").body;
    assert!(early.contains(form), "the notice still fits");
    assert!(
        early.contains("Ask for something else: a new revision, to be approved again"),
        "{early}"
    );
    assert!(early.contains("it waits for Dora (PER-0005)."), "{early}");
    story.house.wait(Span::hours(20));
    let late = pages.browser(&story, &story.anna).get("/changes/CHG-0001").body;
    assert!(!late.contains(form), "{late}");
    assert!(changes::schedule(&story.house.organisation, &story.anna, id, None, None).is_err());

    story.house.wait(Span::hours(64));
    story.start(id).unwrap();
    let begun = pages
        .browser(&story, &story.anna)
        .get("/changes/CHG-0001/edit")
        .body;
    assert!(
        begun.contains("cannot be edited any more") && !begun.contains("Save this section"),
        "{begun}"
    );
}

#[test]
fn forms_offer_people_and_assets_to_who_may_list_them_and_to_nobody_else() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    let organisation = &story.house.organisation;
    let vera = story.house.person("vera", &[Role::VendorTechnician]);
    let seen = organisation.view(|view| {
        assert_eq!(people::offered(view, &vera)?, None);
        assert_eq!(assets::offered(view, &vera)?, None);
        people::offered(view, &story.anna)
    });
    assert!(seen.unwrap().is_some());
    let pages = Pages::of(&story);
    let anna = pages.browser(&story, &story.anna);
    let page = anna.get("/changes/CHG-0001/edit");
    let body = plain(&page.body);
    for part in [
        "type=\"checkbox\" id=\"form-changes-CHG-0001-parts-people-executors-1\" name=\"executors\" value=\"dora\" checked",
        "Ben (ben)",
        "web01 (AST-0001)",
    ] {
        assert!(body.contains(part), "{part} is not in\n{body}");
    }
    let same = anna.send(&page, "/changes/CHG-0001/parts/people", &[("executors", "dora")]);
    assert!(plain(&same.body).contains("changes nothing"), "{}", same.body);
    let both = [("executors", "dora"), ("executors", "Emil")];
    let page = anna.get("/changes/CHG-0001/edit");
    let saved = anna.send(&page, "/changes/CHG-0001/parts/people", &both);
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(
        story.show(id).parts.executors,
        [story.dora.person, story.emil.person],
        "a full name will do as well"
    );
    let twin = people::Handle::parse("emil2").unwrap();
    people::enrol(
        organisation,
        &story.house.administrator(),
        &twin,
        "emil",
        [Role::Technician].into(),
    )
    .unwrap();
    let page = anna.get("/changes/CHG-0001/edit");
    let refused = anna.send(&page, "/changes/CHG-0001/parts/people", &[("executors", "Emil")]);
    assert!(
        plain(&refused.body).contains("2 people are called `Emil`"),
        "{}",
        refused.body
    );
}

#[test]
fn as_many_assets_are_offered_as_a_form_holds_and_more_are_typed() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let register = |number: usize| {
        let name = assets::AssetName::parse(&format!("db{number}")).unwrap();
        assets::register(organisation, &story.carla, name, &[]).unwrap();
    };
    let offered = || {
        let offered = organisation.view(|view| assets::offered(view, &story.anna));
        offered.unwrap().map(|choices| choices.len())
    };
    (2..OFFERED_MAX).for_each(register);
    assert_eq!(offered(), Some(OFFERED_MAX));
    register(OFFERED_MAX);
    assert_eq!(offered(), None);
    let pages = Pages::of(&story);
    let page = pages.browser(&story, &story.anna).get("/changes/new");
    assert!(
        page.body.contains("<textarea") && page.body.contains("name=\"assets\""),
        "{}",
        page.body
    );
}
