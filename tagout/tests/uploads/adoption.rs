//! The policy document of an approved change, brought into force in its page.

use basis::{Actor, Role, Span};
use testkit::authenticator::Passkey;
use testkit::passkeys;

use super::{Served, code, dana_signs_in};

/// Somebody who approves with a signing key of theirs.
fn approver(house: &testkit::House) -> (Actor, Passkey) {
    let ben = house.person("ben", &[Role::Approver]);
    let mut key = Passkey::from_seed(passkeys::RP_ID, [9; 32]);
    let public = passkeys::public_key(&key);
    let text = people::enrolment_text(house.organisation.origin(), ben.person, &public);
    let proof = passkeys::sign(&mut key, people::ENROLMENT_NAMESPACE, &text);
    let mut allowed = ben.clone();
    allowed.roles.insert(Role::Administrator);
    people::enrol_key(&house.organisation, &allowed, &public.openssh(), &proof).unwrap();
    (ben, key)
}

/// A change of Dana's that carries this document, approved and in its window.
fn approved_policy(house: &testkit::House, document: &str) -> changes::ChangeId {
    let organisation = &house.organisation;
    let found = organisation
        .view(|view| people::resolve(view, "dana"))
        .unwrap()
        .unwrap();
    let dana = testkit::signed_in(found.id, [Role::SystemOwner].into());
    let (ben, mut key) = approver(house);
    let text = |text: &str| Some(text.to_owned());
    let now = organisation.now();
    let parts = changes::PartsEdit {
        reason: text("Eight hours are too long."),
        security_impact: text("Shorter windows."),
        availability_impact: text("None."),
        test_plan: text("Read the policy."),
        rollback_plan: text("Adopt the document before."),
        communication_plan: text("A mail to all."),
        assets: Some(Vec::new()),
        executors: Some(vec!["dana".to_owned()]),
        policy_draft: text(document),
        from: Some(now + Span::hours(84)),
        until: Some(now + Span::hours(88)),
        ..changes::PartsEdit::default()
    };
    let normal = policy::ChangeType::Normal;
    let id = changes::open(organisation, &dana, "Shorter windows", normal, &parts)
        .unwrap()
        .id;
    changes::submit(organisation, &dana, id).unwrap();
    let decision = changes::Decision::Approve;
    let (to_sign, capacity) = changes::to_sign(organisation, &ben, id, decision, None, "").unwrap();
    let signed = changes::Signed {
        revision: to_sign.submission.revision,
        digest: to_sign.submission.digest,
        decision,
        capacity,
        signed_at: to_sign.signed_at,
        comment: String::new(),
        signature: passkeys::sign(&mut key, changes::rules::NAMESPACE, &to_sign.message),
    };
    changes::decide(organisation, &ben, id, &signed).unwrap();
    changes::schedule(organisation, &dana, id, None, None).unwrap();
    house.wait(Span::hours(84));
    id
}

#[test]
fn an_approved_policy_is_brought_into_force_in_its_page_on_a_fresh_proof() {
    let mut served = Served::start();
    let document = policy::DEFAULT_POLICY.replace("longest = \"8 hours\"", "longest = \"6 hours\"");
    let id = approved_policy(&served.house, &document);
    served.browser.hold(&dana_signs_in(&served.house));
    let path = format!("/changes/{id}/adoption");
    let first = served.browser.open(&path);
    served.house.wait(Span::minutes(14));
    assert_eq!(served.browser.open(&path).status, 200);
    served.house.wait(Span::minutes(2));
    let late = served.browser.send(&first, &path, &[]);
    assert!(
        late.status == 403 && late.says("Prove who you are"),
        "{}",
        late.html
    );
    let (page, code) = (served.browser.open("/step-up"), code(&served.house));
    let proof = [("password", testkit::PASSWORD), ("code", code.as_str())];
    assert_eq!(served.browser.send(&page, "/step-up", &proof).status, 303);
    let twice = served.browser.open(&path);
    let adopted = served.browser.send(&late, &path, &[]);
    assert_eq!(
        (adopted.status, adopted.location.as_str()),
        (303, "/policy"),
        "{}",
        adopted.html
    );
    let shown = served.browser.follow(&adopted);
    assert!(shown.says("6 hours"), "{}", shown.html);
    let organisation = &served.house.organisation;
    let (current, change) = organisation
        .view(|view| Ok::<_, basis::Refusal>((policy::current(view)?, changes::find(view, id)?)))
        .unwrap();
    assert_eq!(
        (current.version, change.unwrap().state),
        (2, changes::State::Verifying)
    );
    let again = served.browser.open(&path);
    assert!(
        again.says("cannot be done now") && !again.html.contains(">Adopt the document</button>"),
        "{}",
        again.html
    );
    let refused = served.browser.send(&twice, &path, &[]);
    assert!(
        refused.status >= 400 && refused.says("cannot be done now"),
        "{}",
        refused.html
    );
    served.house.assert_sound();
}
