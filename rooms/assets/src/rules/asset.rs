//! What an asset is: what was said about it, how it is reached, what was found on it.

use basis::{Id, PersonId, Time, id_type};
use evidence::EvidenceId;
use policy::AssetFacts;

use super::field::Details;

id_type!(
    /// A system in scope.
    AssetId,
    "AST",
    "asset"
);
id_type!(
    /// One reading of a list of systems into the register.
    ImportId,
    "IMP",
    "import"
);
id_type!(
    /// A mapping that the organisation keeps.
    MappingId,
    "MAP",
    "mapping"
);

/// One system in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// What people or a list said about it.
    pub details: Details,
    /// The mapping by which it came into the register; `hand` where a person registered it.
    pub source: String,
    /// When it was registered.
    pub registered_at: Time,
    /// Whether it is still in use.
    pub lifecycle: Lifecycle,
    /// What the last collection found on it.
    pub observed: Observed,
    /// When it was last patched, where that is known.
    pub last_patched_at: Option<Time>,
}

/// Whether an asset is still in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// It is.
    InUse,
    /// It left the organisation.
    Retired {
        /// Who recorded that.
        by: PersonId,
        /// When.
        at: Time,
        /// Why.
        reason: String,
    },
}

/// What collections know about an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// Nothing was ever collected from it.
    Never,
    /// The state at the last collection.
    State(Box<ObservedState>),
}

/// What the last collection found, in short. The whole is in the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedState {
    /// When.
    pub taken_at: Time,
    /// The whole state.
    pub evidence: EvidenceId,
    /// The host's own name for itself.
    pub hostname: String,
    /// The operating system's name for people, such as `Debian GNU/Linux 12 (bookworm)`.
    pub os: String,
    /// `VERSION_ID` of the operating system; empty for rolling releases.
    pub os_version: String,
    /// The package manager's architecture.
    pub architecture: String,
    /// The running kernel.
    pub kernel: String,
    /// Vendor, version and date of the firmware; empty where it could not be read.
    pub firmware: String,
    /// `/etc/machine-id`; empty where it could not be read.
    pub machine_id: String,
    /// The kernel's boot id; empty where it could not be read.
    pub boot_id: String,
    /// Whether it has to be rebooted.
    pub reboot: RebootWord,
    /// How many updates the package lists offer; none where the lists could not be read.
    pub pending: Option<u64>,
    /// How many of them are security updates.
    pub security: Option<u64>,
    /// How many packages are installed.
    pub packages: u64,
}

words!(
    /// The verdict on a reboot, in a word.
    RebootWord:
    /// It is needed for what is installed to take effect.
    Needed = "needed",
    /// It is not.
    NotNeeded = "not_needed",
    /// It could not be told.
    Unknown = "unknown",
);

impl Asset {
    /// What the rules of the policy look at.
    pub fn facts(&self) -> AssetFacts {
        AssetFacts {
            asset: self.id.subject(),
            classification: self.details.classification,
            criticality: self.details.criticality,
            exposure: self.details.exposure,
            environment: self.details.environment,
        }
    }

    /// The hostname.
    pub fn name(&self) -> &str {
        self.details.name.as_str()
    }

    /// Whether it is still in use.
    pub fn is_in_use(&self) -> bool {
        self.lifecycle == Lifecycle::InUse
    }

    /// The state at the last collection, if there was one.
    pub fn observed_state(&self) -> Option<&ObservedState> {
        match &self.observed {
            Observed::Never => None,
            Observed::State(state) => Some(state),
        }
    }

    /// The operating system: as found, else as said.
    pub fn os(&self) -> &str {
        self.observed_state().map_or(&self.details.os, |state| &state.os)
    }
}
