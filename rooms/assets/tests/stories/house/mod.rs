//! A founded organisation in a temporary folder, and its people.

use std::collections::BTreeSet;
use std::sync::Arc;

use assets::{Asset, AssetName, Import};
use basis::{Actor, Authentication, FixedClock, Id, PersonId, Proven, Refusal, Role, SeededChance, Time};
use ledger::entry::Origin;
use storage::{By, Organisation, Registry, Settings, World};

pub struct House {
    pub organisation: Arc<Organisation>,
    _folder: tempfile::TempDir,
}

pub fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(Time::parse("2026-11-22T08:00:00Z").unwrap()));
    let world = World {
        clock,
        chance: Arc::new(SeededChance::new(5)),
    };
    let registry = Registry::new()
        .room(policy::migrations(), policy::events())
        .room(evidence::migrations(), evidence::events())
        .room(assets::migrations(), assets::events());
    let settings = Settings::beside(&folder.path().join("data"));
    let origin = Origin::parse("tagout.test/assets").unwrap();
    let organisation = Organisation::create(&settings, &origin, registry, world).unwrap();
    let mut tx = organisation.begin("tests.found").unwrap();
    let by = By::from(&actor(1, Role::Administrator));
    policy::adopt_first(&mut tx, &by, policy::DEFAULT_POLICY).unwrap();
    tx.commit().unwrap();
    House {
        organisation: Arc::new(organisation),
        _folder: folder,
    }
}

pub fn actor(person: u64, role: Role) -> Actor {
    Actor {
        person: PersonId::from_number(person),
        authentication: Authentication::PasswordTotp,
        proven: Proven::Now,
        roles: BTreeSet::from([role]),
        scope: None,
    }
}

pub fn owner() -> Actor {
    actor(2, Role::SystemOwner)
}

pub fn technician() -> Actor {
    actor(3, Role::Technician)
}

impl House {
    pub fn register(&self, name: &str) -> Asset {
        assets::register(&self.organisation, &owner(), AssetName::parse(name).unwrap(), &[]).unwrap()
    }

    pub fn ledger_size(&self) -> u64 {
        self.organisation.view(|view| view.ledger_size()).unwrap()
    }

    pub fn blobs(&self) -> usize {
        self.organisation.vault().names().unwrap().len()
    }

    /// Looks at the difference, then applies it.
    pub fn import(
        &self,
        mapping: &str,
        bytes: &[u8],
    ) -> Result<(assets::DifferenceRecord, assets::Applied), Refusal> {
        let list = Import {
            file_name: "list.csv",
            mapping,
            bytes,
        };
        let (_, digest) = assets::preview(&self.organisation, &owner(), &list)?;
        assets::import(&self.organisation, &owner(), &list, digest)
    }

    pub fn names(&self) -> Vec<String> {
        let assets = self.organisation.view(assets::all_in_use).unwrap();
        assets.iter().map(|asset| asset.name().to_owned()).collect()
    }

    pub fn assert_rebuilds(&self) {
        assert_eq!(self.organisation.rebuild_and_compare().unwrap(), []);
    }
}
