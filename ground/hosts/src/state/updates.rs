//! What the package lists offer beyond what is installed.

use basis::Time;
use serde::{Deserialize, Serialize};

use super::Learned;

/// Pending updates, as of the last refresh of the package lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Updates {
    /// When the lists were last fetched, by the host's clock. Old lists hide updates.
    pub lists_refreshed_at: Learned<Time>,
    /// Every installed package for which a newer version is known.
    pub pending: Vec<PendingUpdate>,
}

/// A newer version of an installed package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingUpdate {
    /// Package name, without architecture.
    pub package: String,
    /// Its architecture.
    pub architecture: String,
    /// The installed version.
    pub installed: String,
    /// The version that would be installed; empty where the publisher keeps it from us.
    pub candidate: String,
    /// Where the candidate comes from.
    pub origins: Vec<Origin>,
    /// Whether it mends a weakness, by what the publisher says.
    pub security: Security,
    /// Whether it would be installed if asked for, or what stands in the way.
    pub standing: Standing,
    /// Versions that can still be had, newest first; tells whether the installed one can be brought back.
    pub offers: Vec<Offer>,
}

impl PendingUpdate {
    /// Whether the installed version can still be had from a repository, so that a rollback is possible.
    pub fn can_be_undone(&self) -> bool {
        self.offers.iter().any(|offer| offer.version == self.installed)
    }
}

/// A version that a repository offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The version.
    pub version: String,
    /// The suites that hold it, such as `bookworm-security`.
    pub suites: Vec<String>,
}

/// Who publishes a version (fields of the Release file; `deb-repository format`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// `Origin`, such as `Debian`.
    pub origin: String,
    /// `Label`, such as `Debian-Security`.
    pub label: String,
    /// `Suite`, such as `oldstable-security`. It changes when a release ages.
    pub suite: String,
    /// `Codename`, such as `bookworm-security`. It does not.
    pub codename: String,
}

/// Whether an update is a security update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// It, or a version between the installed one and it, comes from a security archive.
    Yes,
    /// The publisher marks security updates and this is none.
    No,
    /// The publisher does not say which updates are security updates.
    Unknown,
}

/// What stands in the way of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing.
    Offered,
    /// It needs other packages to be added or removed.
    NeedsOthers,
    /// The package is on hold.
    Held,
    /// The publisher hands it out to a share of hosts at first, and this host is not among them yet.
    Phased,
    /// It is for hosts with a paid subscription.
    NeedsEntitlement,
    /// The package manager keeps it back and does not say why.
    KeptBack,
}
