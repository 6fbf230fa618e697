//! What a machine looked like at one moment: plain values, as they were read, with the unknown said as such.
//!
//! Whether a machine may stay like that is decided elsewhere.

mod old_code;
mod reboot;
mod updates;

pub use old_code::{OldService, services_to_restart};
pub use reboot::{RebootNeed, RebootReason};
pub use updates::{Offer, Origin, PendingUpdate, Security, Standing, Updates};

use basis::Time;
use serde::{Deserialize, Serialize};

/// A fact, or why it could not be learned. What is unknown is never taken for "no".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learned<T> {
    /// It is known.
    Known(T),
    /// It is not, for this reason.
    Unknown(String),
}

impl<T> Learned<T> {
    /// The fact, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Learned::Known(fact) => Some(fact),
            Learned::Unknown(_) => None,
        }
    }
}

/// Everything that one collection learns about a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostState {
    /// The operating system.
    pub os: Os,
    /// The host's own name for itself.
    pub hostname: String,
    /// What `dpkg --print-architecture` or `uname -m` says, such as `amd64`.
    pub architecture: String,
    /// Whether the collection could read what only root may read.
    pub rights: Rights,
    /// `/etc/machine-id`: 32 hexadecimal digits. Clones may share it.
    pub machine_id: Learned<String>,
    /// The kernel's boot id: a new one after each boot.
    pub boot_id: Learned<BootId>,
    /// The host's clock when it was asked.
    pub host_time: Time,
    /// Seconds since the kernel started. In a container that is the kernel of the machine around it.
    pub uptime_s: Learned<u64>,
    /// Whether it is a container, and of which kind.
    pub container: Container,
    /// The running kernel and the newest installed one.
    pub kernel: Kernel,
    /// Whether it has to be rebooted for what is installed to take effect.
    pub reboot: RebootNeed,
    /// Installed packages by name; removed ones whose configuration stayed are left out.
    pub packages: Vec<Package>,
    /// What the package lists offer.
    pub updates: Learned<Updates>,
    /// Services whose running code is no longer the installed one.
    pub old_services: Learned<Vec<OldService>>,
    /// Sockets that wait for somebody.
    pub listening: Learned<Vec<ListeningSocket>>,
    /// Space of the file systems that updates need.
    pub disks: Vec<DiskSpace>,
    /// Maker, model and firmware.
    pub firmware: Learned<Firmware>,
}

impl HostState {
    /// The installed package with this name: the one with the architecture if the name carries one, else that of the
    /// host's own architecture.
    pub fn package(&self, name: &crate::PackageName) -> Option<&Package> {
        let named = || self.packages.iter().filter(|package| package.name == name.name());
        match name.architecture() {
            Some(wanted) => named().find(|package| package.architecture == wanted),
            None => named()
                .find(|package| package.architecture == self.architecture || package.architecture == "all")
                .or_else(|| named().next()),
        }
    }

    /// Packages that are neither wholly installed nor wholly absent; with one of these apt answers exit 100 to
    /// everything.
    pub fn broken_packages(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| package.state != PackageState::Installed)
    }
}

/// The operating system, from os-release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `ID`, such as `debian`.
    pub id: String,
    /// `ID_LIKE`, word by word.
    pub id_like: Vec<String>,
    /// `VERSION_ID`, such as `12`; empty for rolling releases.
    pub version_id: String,
    /// `VERSION_CODENAME`, such as `bookworm`; empty where there is none.
    pub codename: String,
    /// `PRETTY_NAME`.
    pub pretty_name: String,
    /// Which package manager to expect.
    pub family: OsFamily,
}

/// Families by package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OsFamily {
    /// Debian and Ubuntu: dpkg and apt.
    Debian,
    /// RHEL, Rocky, Alma, Fedora and the like: rpm and dnf.
    Rhel,
    /// Something that we cannot patch.
    Other,
}

/// With which rights something was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rights {
    /// As root.
    Root,
    /// As the login user: other users' processes and the firmware tables stay hidden.
    LoginUser,
}

/// A kernel boot id; always of the shape of a UUID (RFC 9562 §4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BootId(String);

impl BootId {
    /// Reads a boot id; nothing else than 8-4-4-4-12 lower-case hexadecimal digits is one.
    ///
    /// # Errors
    /// [`crate::HostError::Unusable`] for anything else: an empty or cut answer must never pass for a new boot.
    pub fn parse(text: &str) -> Result<Self, crate::HostError> {
        let text = text.trim();
        let lengths: Vec<usize> = text.split('-').map(str::len).collect();
        let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f' | '-');
        if lengths != [8, 4, 4, 4, 12] || !text.chars().all(is_hex) {
            return Err(crate::HostError::unusable(text, "a kernel boot id"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BootId {
    type Error = crate::HostError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<BootId> for String {
    fn from(id: BootId) -> String {
        id.0
    }
}

/// Whether the machine is a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// It has a kernel of its own.
    No,
    /// It is one of this kind, such as `lxc`; its kernel is not its own to update.
    Yes(String),
    /// It could not be told.
    Unknown,
}

/// The running kernel and what is installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// `uname -r`.
    pub running: String,
    /// `uname -v`, which tells two builds of one release apart.
    pub running_build: String,
    /// The newest installed kernel package of the same flavour.
    pub newest_installed: Learned<InstalledKernel>,
}

/// An installed kernel package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledKernel {
    /// What `uname -r` would say if it ran.
    pub release: String,
    /// The package's version.
    pub version: String,
}

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its architecture.
    pub architecture: String,
    /// Its version; for rpm `epoch:version-release`, with epoch 0 left out.
    pub version: String,
    /// The source package that it was built from.
    pub source: String,
    /// The source package's version; advisories speak of it.
    pub source_version: String,
    /// How far it is installed.
    pub state: PackageState,
    /// Whether somebody told the package manager to leave it as it is.
    pub hold: Hold,
}

/// Whether a package is on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// The package manager may change it.
    Free,
    /// It stays as it is until the hold is lifted.
    Held,
}

/// How far a package is installed (dpkg(1), "Package states"); rpm knows only the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageState {
    /// Wholly.
    Installed,
    /// Files are there, its configuration has not started.
    Unpacked,
    /// Its configuration began and did not end.
    HalfConfigured,
    /// Its installation began and did not end.
    HalfInstalled,
    /// It waits for another package's trigger.
    TriggersAwaited,
    /// Its own trigger has to run.
    TriggersPending,
    /// dpkg says that it has to be installed anew.
    ReinstallRequired,
}

/// A socket that waits for connections or datagrams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListeningSocket {
    /// `tcp` or `udp`.
    pub protocol: String,
    /// Address it is bound to; `*` for all.
    pub address: String,
    /// Port.
    pub port: u16,
    /// Names of the processes that hold it; empty where we may not see them.
    pub processes: Vec<String>,
}

/// Space of one file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskSpace {
    /// The path that was asked about.
    pub path: String,
    /// Where the file system that holds it is mounted.
    pub mounted_on: String,
    /// Size in bytes.
    pub total_bytes: u64,
    /// What is left for ordinary users, in bytes.
    pub free_bytes: u64,
}

/// Maker, model and firmware, as the machine's tables say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firmware {
    /// Who made the machine.
    pub system_vendor: String,
    /// What it is called.
    pub system_product: String,
    /// Its serial number; empty where the tables hold none.
    pub system_serial: String,
    /// Who made the firmware.
    pub bios_vendor: String,
    /// The firmware's version.
    pub bios_version: String,
    /// The firmware's date, as printed.
    pub bios_date: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_boot_id_is_a_boot_id() {
        let good = "7f0d1b62-5d0e-4a8d-9a52-2f6f3c1b0a11";
        assert_eq!(BootId::parse(&format!("{good}\n")).unwrap().as_str(), good);
        for bad in [
            "",
            "7f0d1b62",
            "7f0d1b62-5d0e-4a8d-9a52-2f6f3c1b0a1",
            "sudo: no tty",
            &good.to_uppercase(),
        ] {
            assert!(BootId::parse(bad).is_err(), "{bad}");
        }
    }
}
