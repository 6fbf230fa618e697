//! Which versions of a package can still be had: whether a rollback is possible is known before it is needed.

use std::time::Duration;

use crate::collect::{Table, read_tables};
use crate::state::Offer;
use crate::{Command, Host, HostError, PackageName};

/// Asking takes about as long as reading all package lists.
const POLICY_TIMEOUT: Duration = Duration::from_secs(120);

/// The versions of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available {
    /// The package.
    pub package: PackageName,
    /// The installed version; empty where it is not installed.
    pub installed: String,
    /// What the repositories hold, newest first.
    pub offers: Vec<Offer>,
}

impl Available {
    /// Whether `version` can be installed from a repository.
    pub fn has(&self, version: &str) -> bool {
        self.offers.iter().any(|offer| offer.version == version)
    }
}

/// Asks for each of `packages` which versions a repository still holds. A package that apt does not know has none.
///
/// # Errors
/// As [`Host::run`].
pub fn available_versions(host: &Host, packages: &[PackageName]) -> Result<Vec<Available>, HostError> {
    if packages.is_empty() {
        return Ok(Vec::new());
    }
    let names = packages.iter().map(PackageName::as_str);
    let command = Command::new(["apt-cache", "policy"].into_iter().chain(names)).timeout(POLICY_TIMEOUT);
    let text = host.run(&command)?.success("asking for versions")?.text();
    let tables = read_tables(&text);
    let of = |package: &PackageName| {
        let table = tables
            .iter()
            .find(|t| t.package == package.as_str() || t.package == package.name());
        Available {
            package: package.clone(),
            installed: table.map(|table| table.installed.clone()).unwrap_or_default(),
            offers: table.map(Table::offers).unwrap_or_default(),
        }
    };
    Ok(packages.iter().map(of).collect())
}
