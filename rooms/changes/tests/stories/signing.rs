//! What a signature must be, and that the operating system's own tool agrees.

use std::io::Write;
use std::process::{Command, Stdio};

use basis::{Class, Role, Span};
use changes::{Decision, Signed};

use testkit::authenticator::Passkey;
use testkit::passkeys;

use crate::house::{Story, has_ssh_keygen};

#[test]
fn stock_ssh_keygen_verifies_what_we_accept() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    let organisation = &story.house.organisation;
    let (to_sign, _) = changes::to_sign(
        organisation,
        &story.ben,
        id,
        Decision::Approve,
        None,
        "fine\nby me",
    )
    .unwrap();
    let signed = story
        .sign(&story.ben, id, Decision::Approve, "fine\nby me")
        .unwrap();
    changes::decide(organisation, &story.ben, id, &signed).unwrap();

    let folder = story.house.folder();
    let public = std::fs::read_to_string(story.key(&story.ben).with_extension("key.pub")).unwrap();
    std::fs::write(folder.join("signers"), format!("{} {public}", story.ben.person)).unwrap();
    std::fs::write(folder.join("signature"), &signed.signature).unwrap();
    let verify = |message: &str| {
        let mut child = Command::new("ssh-keygen")
            .args([
                "-Y",
                "verify",
                "-n",
                "tagout-approval",
                "-f",
                "signers",
                "-s",
                "signature",
                "-I",
            ])
            .arg(story.ben.person.to_string())
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
        child.wait().unwrap().success()
    };
    assert!(verify(&to_sign.message));
    assert!(!verify(&to_sign.message.replace("approve", "approved")));
}

#[test]
fn a_signature_for_something_else_is_refused() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let id = story.open("web01").unwrap().id;
    story.plan(id).unwrap();
    story.submit(id).unwrap();
    let good = story.sign(&story.ben, id, Decision::Approve, "").unwrap();
    let refused = |signed: &changes::Signed, who: &basis::Actor| {
        changes::decide(organisation, who, id, signed).unwrap_err()
    };

    let mut other = good.clone();
    other.comment = "I never said that".to_owned();
    assert!(
        refused(&other, &story.ben)
            .what
            .contains("does not fit this text")
    );
    let mut other = good.clone();
    other.digest = "00".repeat(32);
    assert_eq!(refused(&other, &story.ben).rule, "approved text");
    let mut other = good.clone();
    other.signature = "scribble".to_owned();
    assert_eq!(refused(&other, &story.ben).class, Class::Invalid);
    let mut other = good.clone();
    other.decision = Decision::Disapprove;
    other.comment = "no".to_owned();
    assert!(
        refused(&other, &story.ben)
            .what
            .contains("does not fit this text")
    );
    let carlas = story.sign(&story.carla, id, Decision::Approve, "").unwrap();
    let mut stolen = good.clone();
    stolen.signature = carlas.signature;
    assert!(
        refused(&stolen, &story.ben)
            .what
            .contains("belongs to somebody else")
    );

    let keys = organisation
        .view(|view| people::signing_keys_of(view, story.carla.person))
        .unwrap();
    people::revoke_key(organisation, &story.carla, keys[0].id, "lost").unwrap();
    let late = story.sign(&story.carla, id, Decision::Approve, "").unwrap();
    assert!(refused(&late, &story.carla).what.contains("was revoked"));
    assert!(changes::decide(organisation, &story.ben, id, &good).is_ok());
}

#[test]
fn the_time_in_a_signature_is_near_and_after_the_submission() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let organisation = &story.house.organisation;
    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    let skew = changes::rules::CLOCK_SKEW_MAX;
    let signed = story.sign(&story.ben, id, Decision::Approve, "").unwrap();
    story.house.wait(Span::milliseconds(skew.as_ms() + 1));
    let refusal = changes::decide(organisation, &story.ben, id, &signed).unwrap_err();
    assert_eq!(refusal.rule, "time of signature");
    story.house.wait(Span::milliseconds(-1));
    assert!(changes::decide(organisation, &story.ben, id, &signed).is_ok());

    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    story.house.wait(Span::milliseconds(-1));
    let before = story.sign(&story.ben, id, Decision::Approve, "").unwrap();
    let refusal = changes::decide(organisation, &story.ben, id, &before).unwrap_err();
    assert_eq!(refusal.rule, "time of signature");
}

#[test]
fn a_passkey_approves_the_text_that_it_signed_and_no_other() {
    if !has_ssh_keygen() {
        return;
    }
    let story = Story::begin();
    let id = story.open("web02").unwrap().id;
    story.submit(id).unwrap();
    let organisation = &story.house.organisation;

    let mut passkey = Passkey::from_seed(passkeys::RP_ID, [9; 32]);
    let key = passkeys::public_key(&passkey);
    let text = people::enrolment_text(organisation.origin(), story.ben.person, &key);
    let proof = passkeys::sign(&mut passkey, people::ENROLMENT_NAMESPACE, &text);
    let mut allowed = story.ben.clone();
    allowed.roles.insert(Role::Administrator);
    people::enrol_key(organisation, &allowed, &key.openssh(), &proof).unwrap();

    let approve = Decision::Approve;
    let (to_sign, capacity) =
        changes::to_sign(organisation, &story.ben, id, approve, None, "fine by me").unwrap();
    let signature = passkeys::sign(&mut passkey, changes::rules::NAMESPACE, &to_sign.message);
    let signed = |decision, comment: &str, signature: &str| Signed {
        revision: to_sign.submission.revision,
        digest: to_sign.submission.digest.clone(),
        decision,
        capacity,
        signed_at: to_sign.signed_at,
        comment: comment.to_owned(),
        signature: signature.to_owned(),
    };
    for bent in [
        signed(Decision::Disapprove, "fine by me", &signature),
        signed(approve, "fine by her", &signature),
        signed(approve, "fine by me", &proof),
    ] {
        let refusal = changes::decide(organisation, &story.ben, id, &bent).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid, "{refusal}");
    }
    let refusal = changes::decide(
        organisation,
        &story.carla,
        id,
        &signed(approve, "fine by me", &signature),
    );
    assert!(refusal.is_err(), "another person cannot use it");
    changes::decide(
        organisation,
        &story.ben,
        id,
        &signed(approve, "fine by me", &signature),
    )
    .unwrap();
    story.house.assert_sound();
}
