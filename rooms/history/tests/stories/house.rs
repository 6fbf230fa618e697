//! A house in which one change was asked for, approved by signature and given evidence.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use basis::{Actor, FixedClock, Id, PersonId, Role, SeededChance, Subject, Time};
use evidence::NewEvidence;
use ledger::Hash;
use ledger::events::{Event, Events};
use ledger::package::{Approval, Decision};
use people::{ENROLMENT_NAMESPACE, Founding, Handle, sign_with_ssh_keygen};
use serde::{Deserialize, Serialize};
use storage::{By, EventKind, Organisation, Stamp, StorageError, Tables, World};
use testkit::authenticator::Passkey;
use testkit::{House, passkeys, signed_in};

/// Anything sealed that is at least this long is a secret or the hash of one.
const SECRET_CHARS_LEAST: usize = 40;

/// A text that should never have been written.
pub const SECRET: &str = "the spilled part number is ZX-99-ALPHA";

#[derive(Serialize, Deserialize)]
struct Submitted {
    change: Subject,
    revision: u64,
    requester: PersonId,
    text: String,
    digest: Hash,
    policy_version: u64,
}

impl Event for Submitted {
    const TYPE: &'static str = "changes.submitted";
    const FREE_TEXT: &'static [&'static str] = &["text"];
    fn subject(&self) -> Subject {
        self.change.clone()
    }
}

#[derive(Serialize, Deserialize)]
struct Decided {
    change: Subject,
    revision: u64,
    digest: Hash,
    decision: String,
    person: PersonId,
    capacity: String,
    signed_at: Time,
    key_id: String,
    signature: String,
    comment: String,
}

impl Event for Decided {
    const TYPE: &'static str = "changes.decided";
    const FREE_TEXT: &'static [&'static str] = &["comment"];
    fn subject(&self) -> Subject {
        self.change.clone()
    }
}

fn keep_no_table<E>(_: &Tables<'_>, _: &Stamp, _: E) -> Result<(), StorageError> {
    Ok(())
}

/// What changes record, as the package format demands it; the rooms of the format are not needed for it.
fn changes_of_this_story() -> Vec<EventKind> {
    vec![
        EventKind::of::<Submitted>(keep_no_table),
        EventKind::of::<Decided>(keep_no_table),
    ]
}

/// The change of the story.
pub fn change() -> Subject {
    Subject::parse("CHG-0001").unwrap()
}

/// The house and who acts in it.
pub struct Story {
    pub house: House,
    pub auditor: Actor,
    pub owner: Actor,
    pub second_owner: Actor,
}

impl Story {
    /// The whole story: people, a key, a submission, a signed approval, a file.
    pub fn told() -> Self {
        let house = House::with(|registry| {
            registry
                .room(evidence::migrations(), evidence::events())
                .room(changes::migrations(), changes_of_this_story())
                .room(history::migrations(), history::events())
        });
        let story = Self {
            auditor: house.person("vera", &[Role::Auditor]),
            owner: house.person("olga", &[Role::SystemOwner]),
            second_owner: house.person("omar", &[Role::SystemOwner]),
            house,
        };
        let approver = story.house.person("ben", &[Role::Approver]);
        let (key, key_id) = story.enrol_key(&approver);
        let text = request();
        let digest = Hash::of(text.as_bytes());
        let submitted = Submitted {
            change: change(),
            revision: 1,
            requester: story.owner.person,
            text: text.clone(),
            digest,
            policy_version: 1,
        };
        story.record(&story.owner, submitted);
        let sign =
            |message: &str| sign_with_ssh_keygen(&key, Approval::NAMESPACE, message).expect("a signature");
        story.record(&approver, story.decided(&approver, sign, key_id, &text));
        story.attach();
        story
    }

    /// Has one more person approve, with a passkey.
    pub fn approve_with_passkey(&self) {
        let person = self.house.person("ida", &[Role::Approver]);
        let mut passkey = Passkey::from_seed(passkeys::RP_ID, [9; 32]);
        let public = passkeys::public_key(&passkey);
        let organisation = &self.house.organisation;
        let text = people::enrolment_text(organisation.origin(), person.person, &public);
        let signature = passkeys::sign(&mut passkey, ENROLMENT_NAMESPACE, &text);
        let enrolled = people::enrol_key(organisation, &person, &public.openssh(), &signature).unwrap();
        let sign = |message: &str| passkeys::sign(&mut passkey, Approval::NAMESPACE, message);
        let decided = self.decided(&person, sign, enrolled.id.to_string(), &request());
        self.record(&person, decided);
    }

    /// Submits another change, which has nothing to do with the one of the story.
    pub fn submit_another(&self, text: &str) {
        let submitted = Submitted {
            change: Subject::parse("CHG-0002").unwrap(),
            revision: 1,
            requester: self.owner.person,
            text: text.to_owned(),
            digest: Hash::of(text.as_bytes()),
            policy_version: 1,
        };
        self.record(&self.owner, submitted);
    }

    /// Has a new person choose a password, so that there are sealed credentials.
    pub fn accept_invitation(&self) {
        let organisation = &self.house.organisation;
        let handle = Handle::parse("paul").unwrap();
        let roles = [Role::Requester].into();
        let invitation =
            people::enrol(organisation, &self.house.administrator(), &handle, "Paul", roles).unwrap();
        let secret = people::Secret::from_bytes(b"12345678901234567890");
        let acceptance = people::Acceptance {
            invitation: &invitation.code,
            password: "seven quiet lighthouses",
            totp_secret: &secret.to_base32(),
            totp_code: &secret.code_at(organisation.now()),
        };
        people::accept(organisation, &acceptance).unwrap();
    }

    fn record<E: Event>(&self, actor: &Actor, event: E) {
        let mut tx = self.house.organisation.begin("tests.record").unwrap();
        tx.record(actor, Events::one(event)).unwrap();
        tx.commit().unwrap();
    }

    fn enrol_key(&self, person: &Actor) -> (PathBuf, String) {
        let key = self.house.folder().join("id_ed25519");
        make_key(&key);
        let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
        let public = public.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        let origin = self.house.organisation.origin();
        let text = format!(
            "tagout key enrolment 1\norigin: {origin}\nperson: {}\nkey: {public}\n",
            person.person
        );
        let signature = sign_with_ssh_keygen(&key, ENROLMENT_NAMESPACE, &text).unwrap();
        let enrolled = people::enrol_key(&self.house.organisation, person, &public, &signature).unwrap();
        (key, enrolled.id.to_string())
    }

    fn decided(
        &self,
        person: &Actor,
        sign: impl FnOnce(&str) -> String,
        key_id: String,
        text: &str,
    ) -> Decided {
        let (change, digest) = (change(), Hash::of(text.as_bytes()));
        let approval = Approval {
            origin: self.house.organisation.origin().as_str(),
            change: &change,
            revision: 1,
            digest,
            decision: Decision::Approve,
            capacity: "approver",
            person: person.person,
            signed_at: self.house.organisation.now(),
            comment: "be <b>careful</b>",
        };
        let signature = sign(&approval.message(text));
        Decided {
            revision: approval.revision,
            digest,
            decision: approval.decision.name().to_owned(),
            person: approval.person,
            capacity: approval.capacity.to_owned(),
            signed_at: approval.signed_at,
            key_id,
            signature,
            comment: approval.comment.to_owned(),
            change,
        }
    }

    /// Attaches a file about the change.
    fn attach(&self) {
        let organisation = &self.house.organisation;
        let blob = organisation
            .store_blob(&mut "nginx 1.24.0-1\n".as_bytes())
            .unwrap();
        let new = NewEvidence {
            name: evidence::EvidenceName::parse("before.txt").unwrap(),
            media_type: evidence::MediaType::Text,
            kind: policy::EvidenceKind::PackagesBefore,
            blob,
            about: vec![change()],
            objectives: Vec::new(),
            is_final: true,
            taken_at: organisation.now(),
        };
        let mut tx = organisation.begin("tests.attach").unwrap();
        evidence::attach(&mut tx, &By::from(&self.owner), new).unwrap();
        tx.commit().unwrap();
    }

    /// Records something that has nothing to do with the change.
    pub fn note(&self, handle: &str) {
        self.house.person(handle, &[Role::Requester]);
    }

    pub fn size(&self) -> u64 {
        self.house.organisation.view(|view| view.ledger_size()).unwrap()
    }

    /// The first entry of this type.
    pub fn index_of(&self, event_type: &str) -> u64 {
        let find = |view: &storage::View<'_>| {
            let mut found = None;
            view.each_ledger_record(0, view.ledger_size()?, |record| {
                if found.is_none() && record.parse()?.event_type.as_str() == event_type {
                    found = Some(record.index);
                }
                Ok(())
            })?;
            Ok::<_, StorageError>(found)
        };
        self.house
            .organisation
            .view(find)
            .unwrap()
            .expect("the story has such an entry")
    }

    /// The payloads that never leave the organisation, as they stand in the database.
    pub fn sealed_texts(&self) -> Vec<String> {
        let find = |view: &storage::View<'_>| {
            let mut found = Vec::new();
            view.each_ledger_record(0, view.ledger_size()?, |record| {
                if record.parse()?.sealed {
                    let payload: serde_json::Value = serde_json::from_slice(&record.payload).unwrap();
                    let members = payload.as_object().unwrap().values();
                    let texts = members.filter_map(|member| member.as_str());
                    found.extend(
                        texts
                            .filter(|text| text.len() >= SECRET_CHARS_LEAST)
                            .map(str::to_owned),
                    );
                }
                Ok(())
            })?;
            Ok::<_, StorageError>(found)
        };
        self.house.organisation.view(find).unwrap()
    }
}

/// The text that is decided about.
fn request() -> String {
    format!("change: CHG-0001\nreason: patch the web server; {SECRET}\n")
}

fn make_key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "story", "-f"])
        .arg(path)
        .status();
    assert!(made.unwrap().success(), "ssh-keygen makes a key");
}

/// A world that stands still.
pub fn world() -> World {
    let now = Time::parse("2026-11-22T08:00:00Z").unwrap();
    World {
        clock: Arc::new(FixedClock::at(now)),
        chance: Arc::new(SeededChance::new(1)),
    }
}

/// Founds an organisation with the shipped policy.
pub fn found(organisation: &Organisation) {
    let founding = Founding {
        name: "Story Works".to_owned(),
        handle: Handle::parse("anna").unwrap(),
        person: "Anna Ames".to_owned(),
        roles: [Role::Administrator].into(),
        policy: policy::DEFAULT_POLICY.to_owned(),
    };
    people::found(organisation, &founding).unwrap();
}

/// The first administrator and a second one.
pub fn administrators(organisation: &Organisation) -> [Actor; 2] {
    let roles = std::collections::BTreeSet::from([Role::Administrator]);
    let anna = signed_in(PersonId::from_number(1), roles.clone());
    let handle = Handle::parse("omar").unwrap();
    let omar = people::enrol(organisation, &anna, &handle, "Omar", roles.clone()).unwrap();
    [anna, signed_in(omar.person, roles)]
}
