//! What stories stand on: a founded organisation in a folder of its own, a clock that stands, and people to act.
//!
//! Only tests depend on it. Everything in it is the real thing but the clock, the chance and the passkeys.

pub mod authenticator;
pub mod browser;
pub mod passkeys;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use basis::{Actor, Authentication, FixedClock, Id, PersonId, Proven, Role, SeededChance, Span, Time};
use ledger::entry::Origin;
use people::{Acceptance, Founding, Handle, Secret};
use storage::{CheckResult, Organisation, Registry, Settings, World};
use tempfile::TempDir;

/// What everybody in a story chooses for a password.
pub const PASSWORD: &str = "seven quiet lighthouses";

/// A founded organisation with the rooms that a story needs.
pub struct House {
    /// Its records.
    pub organisation: Arc<Organisation>,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    folder: TempDir,
}

impl House {
    /// Founds an organisation with the shipped policy; `rooms` adds the rooms above `policy` and `people`.
    pub fn with(rooms: impl FnOnce(Registry) -> Registry) -> Self {
        Self::under(policy::DEFAULT_POLICY, rooms)
    }

    /// Founds an organisation with this policy document.
    pub fn under(document: &str, rooms: impl FnOnce(Registry) -> Registry) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the story");
        let clock = Arc::new(FixedClock::at(
            Time::parse("2026-11-22T08:00:00Z").expect("a time"),
        ));
        let registry = Registry::new()
            .room(policy::migrations(), policy::events())
            .room(people::migrations(), people::events());
        let world = World {
            clock: clock.clone(),
            chance: Arc::new(SeededChance::new(1)),
        };
        let settings = Settings::beside(&folder.path().join("data"));
        let origin = Origin::parse("tagout/story-00000001").expect("an origin");
        let organisation =
            Organisation::create(&settings, &origin, rooms(registry), world).expect("an organisation");
        let founding = Founding {
            name: "Story Works".to_owned(),
            handle: Handle::parse("anna").expect("a handle"),
            person: "Anna Ames".to_owned(),
            roles: [Role::Administrator].into(),
            policy: document.to_owned(),
        };
        people::found(&organisation, &founding).expect("a founding");
        Self {
            organisation: Arc::new(organisation),
            clock,
            folder,
        }
    }

    /// A folder for the story's own files.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The first administrator, signed in.
    pub fn administrator(&self) -> Actor {
        signed_in(PersonId::from_number(1), [Role::Administrator].into())
    }

    /// A person with these roles, enrolled and signed in.
    pub fn person(&self, handle: &str, roles: &[Role]) -> Actor {
        let roles: BTreeSet<Role> = roles.iter().copied().collect();
        let name = format!("{}{}", handle[..1].to_uppercase(), &handle[1..]);
        let handle = Handle::parse(handle).expect("a handle");
        let invitation = people::enrol(
            &self.organisation,
            &self.administrator(),
            &handle,
            &name,
            roles.clone(),
        );
        signed_in(invitation.expect("an enrolment").person, roles)
    }

    /// Has the person accept a new invitation by the administrator, and `by` confirm who they are: then their roles that
    /// decide are good at a door that asks for a token.
    pub fn confirm(&self, person: &Actor, by: &Actor) {
        let invitation = people::invite(&self.organisation, &self.administrator(), person.person);
        let secret = Secret::from_bytes(b"12345678901234567890");
        let acceptance = Acceptance {
            invitation: &invitation.expect("an invitation").code,
            password: PASSWORD,
            totp_secret: &secret.to_base32(),
            totp_code: &secret.code_at(self.organisation.now()),
        };
        people::accept(&self.organisation, &acceptance).expect("an acceptance");
        let accesses = self
            .organisation
            .view(|view| people::accesses_of(view, person.person));
        let accepted = accesses
            .expect("the invitations")
            .last()
            .map_or(0, |access| access.number);
        people::confirm(&self.organisation, by, person.person, accepted, "met in person")
            .expect("a confirmation");
    }

    /// Lets time pass.
    pub fn wait(&self, span: Span) {
        self.clock.advance(span);
    }

    /// Asserts that nothing is damaged and every table is what the events make of it.
    pub fn assert_sound(&self) {
        for check in self.organisation.examine().expect("an examination") {
            assert!(!matches!(check.result, CheckResult::Wrong(_)), "{check:?}");
        }
        assert_eq!(self.organisation.rebuild_and_compare().expect("a replay"), []);
    }
}

/// An actor who has signed in with password and one-time code.
pub fn signed_in(person: PersonId, roles: BTreeSet<Role>) -> Actor {
    Actor {
        person,
        authentication: Authentication::PasswordTotp,
        proven: Proven::Now,
        roles,
        scope: None,
    }
}
