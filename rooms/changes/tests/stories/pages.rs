//! Changes in a browser, over a real socket.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use basis::Role;
use changes::{PartsEdit, State};
use testkit::authenticator::Passkey;
use testkit::passkeys;

use crate::browser::{Pages, hidden_fields, plain};
use crate::house::{Story, has_ssh_keygen};

#[test]
fn a_change_is_opened_written_and_submitted_in_pages() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let pages = Pages::of(&story);
    let anna = pages.browser(&story, &story.anna);
    let page = anna.get("/changes/new");
    assert_eq!(page.status, 200, "{}", page.body);
    let opened = anna.send(
        &page,
        "/changes/new",
        &[
            ("title", "Patch <web>"),
            ("change_type", "normal"),
            ("assets", "web02\r\n"),
        ],
    );
    assert_eq!(
        (opened.status, opened.location.as_str()),
        (303, "/changes/CHG-0001/edit"),
        "{}",
        opened.body
    );

    let record = anna.get("/changes/CHG-0001");
    assert!(record.body.contains("Patch &#60;web&#62;"), "{}", record.body);
    assert!(
        record.body.contains("href=\"/changes/CHG-0001/edit#plans\""),
        "{}",
        record.body
    );
    let refused = anna.send(&record, "/changes/CHG-0001/submission", &[]);
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("Not done:"), "{}", refused.body);

    for (section, fields) in [
        (
            "what",
            vec![("title", "Patch the web server"), ("reason", "Known flaws.")],
        ),
        (
            "impact",
            vec![
                ("security_impact", "None opened."),
                ("availability_impact", "Ten minutes."),
            ],
        ),
        (
            "plans",
            vec![
                ("test_plan", "Fetch it."),
                ("rollback_plan", "Reinstall."),
                ("communication_plan", "Mail."),
            ],
        ),
        ("people", vec![("executors", "dora")]),
        (
            "window",
            vec![("from", "2026-11-26T08:00"), ("until", "2026-11-26T12:00")],
        ),
    ] {
        let page = anna.get("/changes/CHG-0001/edit");
        let action = format!("/changes/CHG-0001/parts/{section}");
        let saved = anna.send(&page, &action, &fields);
        assert_eq!(saved.status, 303, "{section}: {}", saved.body);
        assert_eq!(
            saved.location,
            format!("/changes/CHG-0001/edit?saved={section}#{section}")
        );
        let said = anna.get(&format!("/changes/CHG-0001/edit?saved={section}")).body;
        assert_eq!(
            said.matches("Saved: the request holds").count(),
            1,
            "{section}: {said}"
        );
    }
    let record = anna.get("/changes/CHG-0001");
    let submitted = anna.send(&record, "/changes/CHG-0001/submission", &[]);
    assert_eq!(submitted.status, 303, "{}", submitted.body);
    let edit = anna.get("/changes/CHG-0001/edit").body;
    let sections = edit.matches("Save this section").count();
    assert_eq!(
        edit.matches("Saving this voids what was decided").count(),
        sections,
        "at every button"
    );
    assert!(
        anna.get("/changes?state=submitted&q=WEB")
            .body
            .contains("CHG-0001")
    );
    assert!(!anna.get("/changes?state=draft").body.contains("CHG-0001"));
    assert!(
        anna.get("/changes/board")
            .body
            .contains("All 1 submitted in the list")
    );
    let file = anna.get("/changes.csv");
    assert!(
        file.body
            .contains("CHG-0001,Patch the web server,submitted,normal,"),
        "{}",
        file.body
    );
    story.house.assert_sound();
}

#[test]
fn the_second_of_two_editors_is_told_and_loses_nothing() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    let pages = Pages::of(&story);
    let anna = pages.browser(&story, &story.anna);
    let page = anna.get("/changes/CHG-0001/edit");

    let theirs = PartsEdit {
        rollback_plan: Some("Restore the snapshot.".to_owned()),
        ..PartsEdit::default()
    };
    changes::edit(&story.house.organisation, &story.carla, id, &theirs, None).unwrap();

    let action = "/changes/CHG-0001/parts/plans";
    let mine = [
        ("test_plan", "Fetch every page."),
        ("rollback_plan", "Reinstall it."),
        ("communication_plan", "A mail."),
    ];
    let refused = anna.send(&page, action, &mine);
    assert_eq!(refused.status, 409, "{}", refused.body);
    let body = plain(&refused.body);
    for part in [
        "CHG-0001 was edited meanwhile: rollback plan by Carla (PER-0004)",
        "Restore the snapshot.",
        "Fetch every page.",
        "Reinstall it.",
    ] {
        assert!(body.contains(part), "{part} is not in\n{body}");
    }
    let stands = story.show(id).parts.rollback_plan;
    assert_eq!(
        stands.as_deref(),
        Some("Restore the snapshot."),
        "nothing was overwritten"
    );

    let saved = anna.send(&refused, action, &mine);
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(
        story.show(id).parts.rollback_plan.as_deref(),
        Some("Reinstall it.")
    );
}

#[test]
fn an_edit_is_refused_only_when_somebody_edited_after_what_was_seen() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    let organisation = &story.house.organisation;
    let edit = |text: &str, seen: Option<u64>| PartsEdit {
        test_plan: Some(text.to_owned()),
        seen,
        ..PartsEdit::default()
    };
    let last = || {
        changes::timeline(organisation, &story.anna, id)
            .unwrap()
            .last()
            .unwrap()
            .entry
    };
    let seen = last();
    changes::edit(organisation, &story.anna, id, &edit("one", Some(seen)), None).unwrap();
    let refusal = changes::edit(organisation, &story.anna, id, &edit("two", Some(seen)), None).unwrap_err();
    assert_eq!(refusal.rule, "edit by somebody else");
    assert!(
        refusal.what.contains("test plan by Annika (PER-0002)"),
        "{refusal}"
    );
    changes::edit(organisation, &story.anna, id, &edit("two", Some(last())), None).unwrap();
    changes::edit(organisation, &story.anna, id, &edit("three", None), None).unwrap();
}

#[test]
fn a_change_is_approved_in_a_page_by_passkey_and_by_ssh_key() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web01").unwrap().id;
    story.plan(id).unwrap();
    story.submit(id).unwrap();
    let pages = Pages::of(&story);
    let ben = pages.browser(&story, &story.ben);
    let mut passkey = enrol_passkey(&story);
    let read = ben.get("/changes/CHG-0001/decision");
    assert!(
        plain(&read.body).contains("AST-0001 web01 (holds CUI"),
        "{}",
        read.body
    );
    let choice = [
        ("decision", "approve"),
        ("capacity", "approver"),
        ("comment", "fine\r\nby me"),
    ];
    let page = ben.send(&read, "/changes/CHG-0001/decision#sign", &choice);
    assert!(
        !page.body.contains("fine%0") && !page.body.contains("?decision"),
        "{}",
        page.body
    );
    let action = "/changes/CHG-0001/decision/passkey";
    let fields = hidden_fields(&page.body, action);
    let options = &fields.iter().find(|(name, _)| name == "options").unwrap().1;
    let options: serde_json::Value = serde_json::from_str(options).unwrap();
    let challenge = URL_SAFE_NO_PAD
        .decode(options["challenge"].as_str().unwrap())
        .unwrap();
    assert_eq!(
        options["allowCredentials"][0]["id"],
        URL_SAFE_NO_PAD.encode(&passkey.id)
    );

    let answered = |asserted: testkit::authenticator::Asserted| {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        serde_json::json!({
            "id": text(&asserted.id),
            "client_data": text(&asserted.client_data_json),
            "authenticator_data": text(&asserted.authenticator_data),
            "signature": text(&asserted.signature),
        })
        .to_string()
    };
    let elsewhere = answered(passkey.get(passkeys::ORIGIN, b"another challenge"));
    let refused = ben.send(&page, action, &[("answer", &elsewhere)]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(
        refused.body.contains("The message to sign"),
        "what was chosen is still there"
    );
    let good = answered(passkey.get(passkeys::ORIGIN, &challenge));
    let bent = ben.send(&page, action, &[("answer", &good), ("comment", "fine by her")]);
    assert_eq!(bent.status, 400, "{}", bent.body);
    let decided = ben.send(&page, action, &[("answer", &good)]);
    assert_eq!(
        (decided.status, decided.location.as_str()),
        (303, "/changes/CHG-0001#decisions"),
        "{}",
        decided.body
    );
    assert_eq!(
        story.show(id).decisions[0].comment.as_deref(),
        Some("fine\nby me")
    );

    let carla = pages.browser(&story, &story.carla);
    let choice = [
        ("decision", "approve"),
        ("capacity", "system_owner"),
        ("comment", ""),
    ];
    let read = carla.get("/changes/CHG-0001/decision");
    let page = carla.send(&read, "/changes/CHG-0001/decision#sign", &choice);
    assert!(
        page.body.contains("ssh-keygen -Y sign -n tagout-approval"),
        "{}",
        page.body
    );
    let message = carla.send(&page, "/changes/CHG-0001/decision/message", &[]).body;
    let again = carla.send(&page, "/changes/CHG-0001/decision/message", &[]).body;
    assert_eq!(message, again, "what changes nothing is answered however often");
    let signature =
        people::sign_with_ssh_keygen(&story.key(&story.carla), "tagout-approval", &message).unwrap();
    let sent = carla.send(
        &page,
        "/changes/CHG-0001/decision/signature",
        &[("signature", &signature)],
    );
    assert_eq!(sent.status, 303, "{}", sent.body);
    assert_eq!(story.show(id).state, State::Approved);
    story.house.assert_sound();
}

/// A passkey of Ben's, for signing in and for signing.
fn enrol_passkey(story: &Story) -> Passkey {
    let organisation = &story.house.organisation;
    let mut passkey = Passkey::from_seed(passkeys::RP_ID, [9; 32]);
    let offer = people::offer_passkey(organisation, &story.ben).unwrap();
    let created = passkey.create(passkeys::ORIGIN, &offer.challenge.bytes);
    let party = people::RelyingParty {
        id: passkeys::RP_ID,
        origin: passkeys::ORIGIN,
    };
    let new = people::NewPasskey {
        ticket: &offer.challenge.ticket,
        name: "blue key",
        client_data: &created.client_data_json,
        attestation_object: &created.attestation_object,
    };
    people::enrol_passkey(organisation, &story.ben, &party, &new).unwrap();
    let key = passkeys::public_key(&passkey);
    let text = people::enrolment_text(organisation.origin(), story.ben.person, &key);
    let proof = passkeys::sign(&mut passkey, people::ENROLMENT_NAMESPACE, &text);
    let mut allowed = story.ben.clone();
    allowed.roles.insert(Role::Administrator);
    people::enrol_key(organisation, &allowed, &key.openssh(), &proof).unwrap();
    passkey
}

#[test]
fn no_words_of_a_decision_stand_in_an_address() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    let pages = Pages::of(&story);
    let ben = pages.browser(&story, &story.ben);
    let refused = ben.get("/changes/CHG-0001/decision?decision=approve&comment=words");
    assert_eq!(refused.status, 400, "{}", refused.body);
    let read = ben.get("/changes/CHG-0001/decision");
    let silent = [
        ("decision", "disapprove"),
        ("capacity", "approver"),
        ("comment", "quiet words"),
    ];
    let page = ben.send(&read, "/changes/CHG-0001/decision#sign", &silent);
    assert_eq!((page.status, page.location.as_str()), (200, ""), "{}", page.body);
    let addresses = page
        .body
        .split("href=\"")
        .chain(page.body.split("action=\""))
        .skip(1);
    for address in addresses.filter_map(|rest| rest.split('"').next()) {
        assert!(!address.contains("quiet"), "{address}");
    }
    // Nothing chosen is refused on the page itself.
    let none = ben.send(
        &read,
        "/changes/CHG-0001/decision#sign",
        &[("comment", "kept words")],
    );
    assert_eq!(none.status, 400, "{}", none.body);
    assert!(none.body.contains("kept words"), "{}", none.body);
}
