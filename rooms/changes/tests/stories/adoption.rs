//! The policy is changed only through an approved change that carries exactly the new document.

use basis::{Actor, Authentication, Proven, Role, Span};
use changes::{PartsEdit, State};
use policy::ChangeType;

use crate::house::{Story, has_ssh_keygen};

#[test]
fn a_policy_comes_into_force_through_an_approved_change_inside_its_window() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let document = policy::DEFAULT_POLICY.replace("longest = \"8 hours\"", "longest = \"6 hours\"");
    let mut parts = story.whole("web01");
    parts.assets = Some(Vec::new());
    parts.policy_draft = Some("title = 3".to_owned());
    let open = |parts: &PartsEdit| {
        changes::open(
            organisation,
            &story.anna,
            "Shorter windows",
            ChangeType::Normal,
            parts,
        )
    };
    assert_eq!(open(&parts).unwrap_err().rule, "policy document");
    parts.policy_draft = Some(document.clone());
    let id = open(&parts).unwrap().id;
    let current = organisation.view(policy::current).unwrap();
    let acts: Vec<&str> = current.authority().rows().map(|(act, _)| act).collect();
    let adopt = || changes::adopt_policy(organisation, &story.carla, id, &acts);
    assert!(adopt().is_err(), "it is a draft");
    let change = story.submit(id).unwrap();
    assert!(
        change.submission.unwrap().text.contains("longest = \"6 hours\""),
        "the document is signed whole"
    );
    story.approve(&story.ben, id).unwrap();
    story.schedule(id).unwrap();
    assert!(adopt().is_err(), "the window is not open");
    story.house.wait(Span::hours(85));
    let approver = Actor {
        roles: [Role::Approver, Role::SystemOwner].into(),
        ..story.ben.clone()
    };
    let refusal = changes::adopt_policy(organisation, &approver, id, &acts).unwrap_err();
    assert!(
        refusal.missing.iter().any(|line| line.contains("does not count")),
        "{refusal}"
    );
    story.revoke_key(&story.ben);
    let refusal = adopt().unwrap_err();
    assert!(
        refusal.missing.iter().any(|line| line.contains("was revoked")),
        "{refusal}"
    );
    story.enrol_key(&story.ben);
    story.approve(&story.ben, id).unwrap();
    story.house.wait(Span::minutes(-1));
    let refusal = adopt().unwrap_err();
    assert_eq!(refusal.rule, "clock");
    story.house.wait(Span::minutes(1));
    assert_eq!(adopt().unwrap().state, State::Verifying);
    assert_eq!(organisation.view(policy::current).unwrap().version, 2);
    assert!(adopt().is_err(), "it came into force once");
    changes::verify(organisation, &story.anna, id, None).unwrap();
    let closed = changes::close(organisation, &story.carla, id, "In force.", None).unwrap();
    assert_eq!(closed.state, State::Closed);
    story.house.assert_sound();
}

#[test]
fn a_policy_is_not_adopted_on_an_old_proof_nor_by_a_program() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let id = story.open("web02").unwrap().id;
    let proven_at = story.now();
    story.house.wait(Span::minutes(16));
    let late = Actor {
        proven: Proven::Before {
            credential: 1,
            at: proven_at,
        },
        ..story.carla.clone()
    };
    let program = Actor {
        authentication: Authentication::Token,
        ..story.carla.clone()
    };
    for actor in [&late, &program] {
        let refusal = changes::adopt_policy(organisation, actor, id, &[]).unwrap_err();
        assert_eq!(refusal.rule, people::STEP_UP, "{refusal}");
    }
    let refusal = changes::adopt_policy(organisation, &story.carla, id, &[]).unwrap_err();
    assert_eq!(refusal.rule, "adoption of a policy", "it carries none");
}
