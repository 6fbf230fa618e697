//! The plan as a document: everything that will be done, in the form that is hashed, approved and carried out.

use basis::{Subject, Time};
use ledger::Hash;
use ledger::canonical::{CanonicalError, to_canonical};
use serde::{Deserialize, Serialize};

/// The form of the document.
pub const FORM: u32 = 1;

/// A plan. Its digest is the SHA-256 of its canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The form of the document: 1.
    pub form: u32,
    /// The change whose plan it is.
    pub change: Subject,
    /// When it was made.
    pub made_at: Time,
    /// The version of the policy that shaped it.
    pub policy_version: u64,
    /// The paragraph about rings.
    pub paragraph: String,
    /// The share of a ring's hosts, in percent, whose failure halts the run.
    pub halt_percent: u8,
    /// How long a ring is watched before the next one begins, in seconds.
    pub soak_s: u64,
    /// The waves, in order.
    pub rings: Vec<PlannedRing>,
}

/// One wave: its members are frozen, and so is their number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRing {
    /// Its name, such as `ring 1`.
    pub name: String,
    /// What stands between it and the next one.
    pub gate: Gate,
    /// What is done on each host.
    pub hosts: Vec<HostPlan>,
}

/// What stands between two rings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Nothing: no ring follows.
    None,
    /// Nothing but soak time without too many failures.
    Soak,
    /// A person says go.
    Person,
    /// A command whose exit code says go.
    Command(GateCommand),
}

/// A command that looks whether all is well. Exit code 0 is a pass and 1 a fail; every other end (another code, a signal,
/// no time left, a host that does not answer) is unknown, and a person decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateCommand {
    /// The program and its arguments; no shell reads them.
    pub argv: Vec<String>,
    /// Where it runs.
    pub on: GatePlace,
    /// How long it may take, in seconds.
    pub timeout_s: u32,
}

words!(
    /// Where a gate's command runs.
    GatePlace, "place of a gate":
    /// On the machine that carries out the run.
    Controller = "controller",
    /// On every host of the ring; the worst answer counts.
    Hosts = "hosts",
);

/// What is done on one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostPlan {
    /// Which asset.
    pub asset: Subject,
    /// Its name.
    pub name: String,
    /// Whether it is the machine that carries out the run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_controller: bool,
    /// The machine id that it must have; a host without one is known by its key alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
    /// The space that must be free.
    pub space: Vec<Space>,
    /// Whether it waited for a reboot when the plan was made.
    pub reboot_before: RebootWord,
    /// Every package that changes, with the version before and after; empty where nothing is to be done.
    pub packages: Vec<PackageChange>,
    /// What was chosen and cannot be done, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Whether it may be rebooted.
    pub reboot: Reboot,
}

fn is_false(yes: &bool) -> bool {
    !yes
}

/// Space that must be free at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// The path.
    pub path: String,
    /// The least number of bytes.
    pub free_bytes_least: u64,
}

/// One package that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageChange {
    /// Its name, with `:architecture` for a foreign one.
    pub package: String,
    /// The version expected before; none where it is not installed and comes in as a dependency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The version expected after.
    pub to: String,
    /// Whether it can be undone.
    pub undo: Undo,
}

words!(
    /// Whether the version before can be brought back.
    Undo, "way back":
    /// A repository of the host still holds it.
    Repository = "repository",
    /// Nothing that the host can reach holds it.
    None = "none",
    /// It was not there before, and is not removed.
    Stays = "stays",
);

words!(
    /// Whether a host may be rebooted.
    Reboot, "reboot":
    /// Not under this plan.
    Never = "never",
    /// When what was installed asks for it.
    WhenNeeded = "when_needed",
);

words!(
    /// Whether a host waits for a reboot.
    RebootWord, "verdict on a reboot":
    /// It does.
    Needed = "needed",
    /// It does not.
    NotNeeded = "not_needed",
    /// It could not be told.
    Unknown = "unknown",
);

/// An update that was chosen and is not part of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The package.
    pub package: String,
    /// Why.
    pub reason: String,
}

impl Plan {
    /// The bytes that are hashed.
    ///
    /// # Errors
    /// A fault of the program only: every plan that the planner makes has a canonical form.
    pub fn document(&self) -> Result<Vec<u8>, CanonicalError> {
        to_canonical(self)
    }

    /// SHA-256 of [`Plan::document`].
    ///
    /// # Errors
    /// As [`Plan::document`].
    pub fn digest(&self) -> Result<Hash, CanonicalError> {
        Ok(Hash::of(&self.document()?))
    }

    /// Every host, ring by ring.
    pub fn hosts(&self) -> impl Iterator<Item = &HostPlan> {
        self.rings.iter().flat_map(|ring| &ring.hosts)
    }

    /// What is done on `asset`.
    pub fn host(&self, asset: &Subject) -> Option<&HostPlan> {
        self.hosts().find(|host| host.asset == *asset)
    }
}

impl HostPlan {
    /// The packages that are named to the package manager when the plan is carried out; additions follow by themselves.
    pub fn upgrades(&self) -> impl Iterator<Item = &PackageChange> {
        self.packages.iter().filter(|change| change.from.is_some())
    }

    /// Packages that cannot be brought back.
    pub fn without_way_back(&self) -> impl Iterator<Item = &PackageChange> {
        self.packages.iter().filter(|change| change.undo == Undo::None)
    }
}
