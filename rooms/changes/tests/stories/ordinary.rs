//! An ordinary change of a machine that holds CUI, with every refusal on its way.

use basis::{Class, Span};
use changes::{ChangeId, Decision, PartsEdit, State};
use policy::ChangeType;

use crate::house::{Story, has_ssh_keygen};

#[test]
fn a_change_goes_from_draft_to_closure_and_every_shortcut_is_refused() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = submit_when_complete(&story);
    decide_and_edit(&story, id);
    schedule_inside_what_was_approved(&story, id);
    work_and_close(&story, id);
    let moments = changes::timeline(&story.house.organisation, &story.carla, id).unwrap();
    assert!(moments.windows(2).all(|pair| pair[0].entry < pair[1].entry));
    assert_eq!(moments.first().unwrap().event, "changes.opened");
    assert_eq!(moments.last().unwrap().event, "changes.closed");
    assert_eq!(moments.last().unwrap().words.as_deref(), Some("Patched."));
    story.house.assert_sound();
}

fn submit_when_complete(story: &Story) -> ChangeId {
    let organisation = &story.house.organisation;
    let bare = PartsEdit {
        assets: Some(vec!["web01".to_owned()]),
        ..PartsEdit::default()
    };
    let change = changes::open(
        organisation,
        &story.anna,
        "Patch the web server",
        ChangeType::Normal,
        &bare,
    )
    .unwrap();
    let id = change.id;

    let refusal = story.submit(id).unwrap_err();
    assert_eq!(refusal.class, Class::Policy);
    assert!(
        refusal
            .missing
            .iter()
            .any(|line| line.contains("a rollback plan")),
        "{refusal}"
    );
    assert!(
        refusal
            .missing
            .iter()
            .any(|line| line.contains("a plan of exact steps")),
        "{refusal}"
    );
    assert!(
        refusal
            .way_out
            .iter()
            .any(|line| line.contains("tagout change edit CHG-0001")),
        "{refusal}"
    );

    let too_soon = PartsEdit {
        from: Some(story.now() + Span::hours(1)),
        until: Some(story.now() + Span::hours(5)),
        ..story.whole("web01")
    };
    changes::edit(organisation, &story.anna, id, &too_soon, None).unwrap();
    story.plan(id).unwrap();
    let refusal = story.submit(id).unwrap_err();
    assert_eq!(refusal.class, Class::Policy);
    assert!(refusal.to_string().contains("3.1"), "{refusal}");
    assert!(
        refusal.way_out[0].contains("`tagout change edit CHG-0001 --from TIME --until TIME`"),
        "{refusal}"
    );
    let missing = changes::missing(organisation, &story.anna, id).unwrap();
    assert_eq!(
        missing.iter().map(|verdict| verdict.is_yes()).collect::<Vec<_>>(),
        [true, false]
    );

    changes::edit(organisation, &story.anna, id, &story.whole("web01"), None).unwrap();
    story.plan(id).unwrap();
    let change = story.submit(id).unwrap();
    assert_eq!((change.state, change.revision), (State::Submitted, 1));
    let text = &change.submission.as_ref().unwrap().text;
    for line in [
        "Change request\n",
        "AST-0001 web01 (holds CUI",
        "PER-0005 Dora",
        "nginx=1.22.1-9+deb12u1",
        "packages before",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    id
}

fn decide_and_edit(story: &Story, id: ChangeId) {
    let organisation = &story.house.organisation;
    assert_eq!(
        story.approve(&story.anna, id).unwrap_err().class,
        Class::Forbidden
    );
    assert_eq!(story.schedule(id).unwrap_err().class, Class::Conflict);
    assert_eq!(story.approve(&story.ben, id).unwrap().state, State::Submitted);
    assert_eq!(story.approve(&story.ben, id).unwrap_err().rule, "one vote each");
    assert_eq!(story.approve(&story.carla, id).unwrap().state, State::Approved);

    let edit = PartsEdit {
        test_plan: Some("Fetch every page.".to_owned()),
        ..PartsEdit::default()
    };
    let change = changes::edit(
        organisation,
        &story.anna,
        id,
        &edit,
        Some("one page is not enough".to_owned()),
    )
    .unwrap();
    assert_eq!((change.state, change.revision), (State::Draft, 2));
    assert!(change.approvals().is_empty());
    assert_eq!(change.decisions.len(), 2, "void decisions stay in the history");
    assert!(change.decisions.iter().all(|decided| decided.voided.is_some()));
    assert!(
        changes::edit(organisation, &story.anna, id, &edit, None).is_err(),
        "an edit that changes nothing"
    );
}

fn schedule_inside_what_was_approved(story: &Story, id: ChangeId) {
    let organisation = &story.house.organisation;
    story.submit(id).unwrap();
    story.approve(&story.ben, id).unwrap();
    story.approve(&story.carla, id).unwrap();
    story.house.wait(Span::hours(13));
    let refusal = story.schedule(id).unwrap_err();
    assert!(refusal.missing[0].contains("72 hours"), "{refusal}");
    let wider = changes::schedule(
        organisation,
        &story.anna,
        id,
        None,
        Some(story.now() + Span::hours(90)),
    );
    assert_eq!(wider.unwrap_err().rule, "approved text");
    assert!(story.start(id).is_err(), "no work before the schedule");

    let later = PartsEdit {
        from: Some(story.now() + Span::hours(80)),
        until: Some(story.now() + Span::hours(84)),
        ..PartsEdit::default()
    };
    changes::edit(organisation, &story.anna, id, &later, None).unwrap();
    story.submit(id).unwrap();
    story.approve(&story.ben, id).unwrap();
    story.approve(&story.carla, id).unwrap();
    assert_eq!(story.schedule(id).unwrap().state, State::Scheduled);
}

fn work_and_close(story: &Story, id: ChangeId) {
    let organisation = &story.house.organisation;
    let edit = PartsEdit {
        test_plan: Some("Fetch nothing.".to_owned()),
        ..PartsEdit::default()
    };
    story.house.wait(Span::hours(81));
    story.start(id).unwrap();
    assert_eq!(story.show(id).state, State::InProgress);
    assert!(
        changes::edit(organisation, &story.anna, id, &edit, None).is_err(),
        "nothing is edited under way"
    );
    let early = changes::verify(organisation, &story.anna, id, None).unwrap_err();
    assert!(early.what.contains("work goes on"), "{early}");
    story.finish(id).unwrap();
    story
        .compare(
            id,
            "AST-0001",
            &["nginx is 1.22.1-9 and should be 1.22.1-9+deb12u1"],
        )
        .unwrap();
    let close = || changes::close(organisation, &story.carla, id, "Patched.", None);
    let refusal = close().unwrap_err();
    for line in [
        "transcript of AST-0001",
        "an explanation of the difference",
        "a person who confirms",
    ] {
        assert!(
            refusal.missing.iter().any(|missing| missing.contains(line)),
            "{line}: {refusal}"
        );
    }
    story.attach_evidence(id, "AST-0001");
    changes::accept(
        organisation,
        &story.carla,
        id,
        "web01",
        "The mirror had the older build.",
    )
    .unwrap();
    let refusal = changes::verify(organisation, &story.dora, id, None).unwrap_err();
    assert!(refusal.missing[0].contains("executor and verifier"), "{refusal}");
    changes::verify(organisation, &story.anna, id, None).unwrap();
    assert_eq!(close().unwrap().state, State::Closed);
}

/// Has a scan of `web02` open a finding there; answers its id.
fn finding_on_web02(story: &Story) -> String {
    let report = "<NessusClientData_v2><Report name=\"weekly\"><ReportHost name=\"web02\"><HostProperties>\
        <tag name=\"Credentialed_Scan\">true</tag><tag name=\"HOST_END_TIMESTAMP\">1795334400</tag></HostProperties>\
        <ReportItem port=\"443\" svc_name=\"www\" protocol=\"tcp\" severity=\"3\" pluginID=\"10001\" pluginName=\"TLS\" \
        pluginFamily=\"Web Servers\"><cve>CVE-2026-0002</cve></ReportItem></ReportHost></Report></NessusClientData_v2>";
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, report.as_bytes()).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let name = evidence::EvidenceName::parse("weekly.nessus").unwrap();
    findings::import_nessus(&story.house.organisation, &story.carla, &mut file, &name).unwrap();
    "FND-0001".to_owned()
}

#[test]
fn a_change_for_a_finding_elsewhere_is_not_submitted_until_it_touches_that_asset() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let id = story.open("web01").unwrap().id;
    story.plan(id).unwrap();
    let edit = |parts: PartsEdit| {
        changes::edit(organisation, &story.anna, id, &parts, None).unwrap();
    };
    edit(PartsEdit {
        findings: Some(vec![finding_on_web02(&story)]),
        ..PartsEdit::default()
    });
    let refusal = story.submit(id).unwrap_err();
    assert_eq!(
        (refusal.class, refusal.rule.as_str()),
        (Class::Invalid, "findings of a change")
    );
    assert_eq!(refusal.missing, ["AST-0002 among the assets, where FND-0001 is"]);
    assert_eq!(story.show(id).state, State::Draft);
    edit(PartsEdit {
        assets: Some(vec!["web01".to_owned(), "web02".to_owned()]),
        ..PartsEdit::default()
    });
    story.plan(id).unwrap();
    assert!(story.submit(id).unwrap().submission.is_some());
    story.house.assert_sound();
}

#[test]
fn a_disapproval_says_why_and_an_edit_answers_it() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    assert!(story.decide(&story.ben, id, Decision::Disapprove, "").is_err());
    let change = story
        .decide(&story.ben, id, Decision::Disapprove, "Too early.\nWait a week.")
        .unwrap();
    assert_eq!(change.state, State::Disapproved);
    assert!(story.approve(&story.ben, id).is_err());
    story.plan(id).unwrap();
    assert_eq!(story.show(id).state, State::Draft);
    story.submit(id).unwrap();
    assert_eq!(story.approve(&story.ben, id).unwrap().state, State::Approved);
    let taken_back = story
        .decide(&story.ben, id, Decision::Disapprove, "On second thought, no.")
        .unwrap();
    assert_eq!(taken_back.state, State::Disapproved);
    let cancelled =
        changes::cancel(&story.house.organisation, &story.anna, id, "Not needed any more.").unwrap();
    assert_eq!(cancelled.state, State::Cancelled);
    story.house.assert_sound();
}

#[test]
fn who_wrote_a_part_of_the_request_does_not_approve_it() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web01").unwrap().id;
    let edit = PartsEdit {
        rollback_plan: Some("Restore the snapshot.".to_owned()),
        ..PartsEdit::default()
    };
    changes::edit(&story.house.organisation, &story.carla, id, &edit, None).unwrap();
    story.plan(id).unwrap();
    story.submit(id).unwrap();
    let refusal = story.approve(&story.carla, id).unwrap_err();
    assert!(refusal.missing[0].contains("PER-0004 is requester"), "{refusal}");
    assert!(story.approve(&story.ben, id).is_ok());
}

#[test]
fn the_next_step_tells_what_it_needs() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let id = story.open("web02").unwrap().id;
    let ask = || changes::missing(organisation, &story.anna, id).unwrap();
    assert!(ask()[0].is_yes());
    story.submit(id).unwrap();
    assert_eq!(ask()[0].question, "is CHG-0001 approved");
    assert!(!ask()[0].is_yes());
    story.approve(&story.ben, id).unwrap();
    assert!(ask().iter().all(|verdict| verdict.is_yes()));
    changes::cancel(organisation, &story.anna, id, "No.").unwrap();
    assert!(ask().is_empty());
}
