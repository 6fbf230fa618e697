//! People with keys, two machines, and the steps that every story repeats.

use std::path::PathBuf;
use std::process::Command;

use basis::{Actor, Refusal, Role, Span, Subject, Time};
use changes::{Change, ChangeId, Decision, PartsEdit, PlanRef, Signed};
use policy::{ChangeType, Classification, EvidenceKind};
use storage::{By, Registry};
use testkit::House;

/// A founded organisation with people who have keys.
pub struct Story {
    pub house: House,
    /// Asks for changes and carries them out nowhere.
    pub anna: Actor,
    /// Approves.
    pub ben: Actor,
    /// Owns the systems.
    pub carla: Actor,
    /// Carries changes out.
    pub dora: Actor,
    /// Leads incidents.
    pub emil: Actor,
}

/// Whether stories can be told here: they need the operating system's `ssh-keygen`.
pub fn has_ssh_keygen() -> bool {
    let found = Command::new("ssh-keygen").arg("-?").output().is_ok();
    if !found {
        println!("skipped: `ssh-keygen` is not installed");
    }
    found
}

impl Story {
    pub fn begin() -> Self {
        Self::with(|rooms| rooms)
    }

    /// The same with rooms above this one.
    pub fn with(more: impl FnOnce(Registry) -> Registry) -> Self {
        let house = House::with(|rooms| {
            let rooms = rooms
                .room(evidence::migrations(), evidence::events())
                .room(assets::migrations(), assets::events())
                .room(findings::migrations(), findings::events())
                .following(findings::followed())
                .room(changes::migrations(), changes::events());
            more(rooms)
        });
        let story = Self {
            anna: house.person("annika", &[Role::Requester]),
            ben: house.person("ben", &[Role::Approver]),
            carla: house.person("carla", &[Role::SystemOwner]),
            dora: house.person("dora", &[Role::Technician]),
            emil: house.person("emil", &[Role::IncidentManager]),
            house,
        };
        // A run asks for the roles that its executor has at that moment.
        story.house.confirm(&story.dora, &story.anna);
        story.register("web01", Classification::Cui);
        story.register("web02", Classification::None);
        // The key is enrolled under the administrator's right, as the shipped policy says.
        for person in [&story.anna, &story.ben, &story.carla, &story.dora, &story.emil] {
            story.enrol_key(person);
        }
        story
    }

    pub fn now(&self) -> Time {
        self.house.organisation.now()
    }

    pub fn key(&self, person: &Actor) -> PathBuf {
        self.house.folder().join(format!("{}.key", person.person))
    }

    /// Makes the person's key anew and enrols it.
    pub fn enrol_key(&self, person: &Actor) {
        let key = self.key(person);
        let _ = std::fs::remove_file(&key);
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
            .arg(&key)
            .status();
        assert!(made.unwrap().success());
        let public = std::fs::read_to_string(key.with_extension("key.pub")).unwrap();
        let public_key = formats::sshsig::PublicKey::parse_openssh(public.trim()).unwrap();
        let organisation = &self.house.organisation;
        let text = people::enrolment_text(organisation.origin(), person.person, &public_key);
        let signature = people::sign_with_ssh_keygen(&key, people::ENROLMENT_NAMESPACE, &text).unwrap();
        let mut allowed = person.clone();
        allowed.roles.insert(Role::Administrator);
        people::enrol_key(organisation, &allowed, public.trim(), &signature).unwrap();
    }

    fn register(&self, name: &str, classification: Classification) {
        let name = assets::AssetName::parse(name).unwrap();
        let fields = [(assets::Field::Classification, classification.name().to_owned())];
        assets::register(&self.house.organisation, &self.carla, name, &fields).unwrap();
    }

    /// Writes another classification of the asset into the register.
    pub fn reclassify(&self, name: &str, classification: Classification) {
        let organisation = &self.house.organisation;
        let found = organisation.view(|view| assets::resolve(view, name));
        let asset = found.unwrap().expect("the asset").id;
        let fields = [(assets::Field::Classification, classification.name().to_owned())];
        assets::edit(organisation, &self.carla, asset, &fields).unwrap();
    }

    /// Everything that an ordinary change of `asset` needs, with a window three and a half days from now.
    pub fn whole(&self, asset: &str) -> PartsEdit {
        let text = |text: &str| Some(text.to_owned());
        PartsEdit {
            reason: text("Known flaws in the web server."),
            security_impact: text("Closes the flaws, opens nothing."),
            availability_impact: text("Ten minutes without the site."),
            test_plan: text("Fetch the front page."),
            rollback_plan: text("Install the versions before."),
            communication_plan: text("A mail to all the day before."),
            assets: Some(vec![asset.to_owned()]),
            executors: Some(vec!["dora".to_owned()]),
            from: Some(self.now() + Span::hours(84)),
            until: Some(self.now() + Span::hours(88)),
            ..PartsEdit::default()
        }
    }

    pub fn open(&self, asset: &str) -> Result<Change, Refusal> {
        let organisation = &self.house.organisation;
        changes::open(
            organisation,
            &self.anna,
            "Patch the web server",
            ChangeType::Normal,
            &self.whole(asset),
        )
    }

    pub fn plan(&self, id: ChangeId) -> Result<(), Refusal> {
        let mut tx = self.house.organisation.begin("runs.plan")?;
        let plan = PlanRef {
            digest: "5e".repeat(32),
            text: "ring 1: AST-0001\n  nginx=1.22.1-9+deb12u1".to_owned(),
        };
        changes::attach_plan(&mut tx, &By::from(&self.dora), id, plan)?;
        Ok(tx.commit()?)
    }

    pub fn submit(&self, id: ChangeId) -> Result<Change, Refusal> {
        changes::submit(&self.house.organisation, &self.anna, id)
    }

    /// Fetches the text, signs it with the person's key as `tagout change approve` does, and sends the signature.
    pub fn decide(
        &self,
        person: &Actor,
        id: ChangeId,
        decision: Decision,
        comment: &str,
    ) -> Result<Change, Refusal> {
        let signed = self.sign(person, id, decision, comment)?;
        changes::decide(&self.house.organisation, person, id, &signed)
    }

    pub fn sign(
        &self,
        person: &Actor,
        id: ChangeId,
        decision: Decision,
        comment: &str,
    ) -> Result<Signed, Refusal> {
        self.sign_as(person, id, decision, None, comment)
    }

    fn sign_as(
        &self,
        person: &Actor,
        id: ChangeId,
        decision: Decision,
        role: Option<Role>,
        comment: &str,
    ) -> Result<Signed, Refusal> {
        let organisation = &self.house.organisation;
        let (to_sign, capacity) = changes::to_sign(organisation, person, id, decision, role, comment)?;
        let signature =
            people::sign_with_ssh_keygen(&self.key(person), changes::rules::NAMESPACE, &to_sign.message)?;
        Ok(Signed {
            revision: to_sign.submission.revision,
            digest: to_sign.submission.digest,
            decision,
            capacity,
            signed_at: to_sign.signed_at,
            comment: comment.to_owned(),
            signature,
        })
    }

    /// Approves in a role that the person names.
    pub fn decide_as(&self, person: &Actor, id: ChangeId, role: Role) -> Result<Change, Refusal> {
        let signed = self.sign_as(person, id, Decision::Approve, Some(role), "")?;
        changes::decide(&self.house.organisation, person, id, &signed)
    }

    pub fn approve(&self, person: &Actor, id: ChangeId) -> Result<Change, Refusal> {
        self.decide(person, id, Decision::Approve, "")
    }

    pub fn schedule(&self, id: ChangeId) -> Result<Change, Refusal> {
        changes::schedule(&self.house.organisation, &self.anna, id, None, None)
    }

    pub fn show(&self, id: ChangeId) -> Change {
        let found = self.house.organisation.view(|view| changes::find(view, id));
        found.unwrap().expect("the change is there")
    }

    pub fn start(&self, id: ChangeId) -> Result<(), Refusal> {
        let mut tx = self.house.organisation.begin("runs.start")?;
        changes::started(&mut tx, &By::from(&self.dora), id, self.dora.person)?;
        Ok(tx.commit()?)
    }

    pub fn work_on(&self, id: ChangeId, asset: &str) -> Result<(), Refusal> {
        let mut tx = self.house.organisation.begin("permits.ask_gate")?;
        let asset = Subject::parse(asset).expect("an asset");
        changes::worked_on(&mut tx, &By::from(&self.dora), id, self.dora.person, &asset)?;
        Ok(tx.commit()?)
    }

    pub fn finish(&self, id: ChangeId) -> Result<(), Refusal> {
        let mut tx = self.house.organisation.begin("runs.finish")?;
        changes::done(&mut tx, &By::from(&self.dora), id)?;
        Ok(tx.commit()?)
    }

    pub fn compare(&self, id: ChangeId, asset: &str, differences: &[&str]) -> Result<(), Refusal> {
        let mut tx = self.house.organisation.begin("runs.compare")?;
        let asset = Subject::parse(asset).expect("an asset");
        let differences = differences.iter().map(|line| (*line).to_owned()).collect();
        changes::note_verification(&mut tx, &By::from(&self.dora), id, asset, differences)?;
        Ok(tx.commit()?)
    }

    /// Revokes the key that the person enrolled last.
    pub fn revoke_key(&self, person: &Actor) {
        let organisation = &self.house.organisation;
        let keys = organisation.view(|view| people::signing_keys_of(view, person.person));
        let last = keys.unwrap().pop().expect("a key");
        people::revoke_key(organisation, person, last.id, "lost laptop").unwrap();
    }

    pub fn disable(&self, person: &Actor) {
        let organisation = &self.house.organisation;
        people::disable(organisation, &self.house.administrator(), person.person, "left").unwrap();
    }

    /// Attaches the evidence that the shipped policy asks for about one asset.
    pub fn attach_evidence(&self, id: ChangeId, asset: &str) {
        let organisation = &self.house.organisation;
        let kinds = [
            EvidenceKind::PackagesBefore,
            EvidenceKind::PackagesAfter,
            EvidenceKind::Transcript,
        ];
        for kind in kinds {
            let content = format!("{kind} of {asset}");
            let blob = organisation.store_blob(&mut content.as_bytes()).unwrap();
            let mut tx = organisation.begin("evidence.add").unwrap();
            let new = evidence::NewEvidence {
                name: evidence::EvidenceName::parse(&format!("{kind}.txt")).unwrap(),
                media_type: evidence::MediaType::Text,
                kind,
                blob,
                about: vec![id.into(), Subject::parse(asset).expect("an asset")],
                objectives: Vec::new(),
                is_final: true,
                taken_at: organisation.now(),
            };
            evidence::attach(&mut tx, &By::from(&self.dora), new).unwrap();
            tx.commit().unwrap();
        }
    }
}
