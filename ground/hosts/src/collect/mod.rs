//! Reads a whole machine in one round trip and turns what came back into a [`HostState`].
//!
//! Nothing here changes a host, but for [`refresh_lists`], which fetches package lists and nothing else.

mod apt_policy;
mod apt_updates;
mod dpkg;
mod machine;
mod os;
mod reboot;
mod rpm;
mod rpm_updates;
mod sections;

use std::time::Duration;

use crate::command::{Command, Exit};
use crate::state::{Container, HostState, Kernel, Learned, OsFamily, Package, Rights};
use crate::{Host, HostError};

pub(crate) use apt_policy::{Table, read_tables};
pub(crate) use sections::Sections;

const COLLECT: &str = include_str!("collect.sh");
/// A slow machine with thousands of packages needs about a minute.
const COLLECT_TIMEOUT: Duration = Duration::from_secs(300);
/// A desktop with 4,000 packages and 1,000 updates gives about 2 MB.
const COLLECT_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Fetching lists over a slow line.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(600);
/// How long `apt-get` waits for somebody else's lock.
const LOCK_WAIT_S: u32 = 120;

/// Reads the state of a machine, with root's rights where it gives them; a local machine without sudo is read with
/// ours, and the state says so.
///
/// # Errors
/// As [`Host::run`]; [`HostError::BadAnswer`] names the part that makes no sense.
pub fn collect(host: &Host) -> Result<HostState, HostError> {
    let command = Command::script(COLLECT, [""; 0])
        .timeout(COLLECT_TIMEOUT)
        .output_bytes_max(COLLECT_BYTES_MAX);
    let output = match host.run(&command.clone().as_root()) {
        Err(HostError::SudoRefused { .. } | HostError::CommandMissing { .. }) if host.is_local() => {
            host.run(&command)?
        }
        other => other?,
    };
    if output.stdout.len() >= COLLECT_BYTES_MAX {
        return Err(HostError::OutputTooLarge {
            what: "the host's description of itself".to_owned(),
            limit_bytes: COLLECT_BYTES_MAX,
        });
    }
    read_state(&output.success("collecting the state")?.stdout)
}

/// Fetches the package lists anew (`apt-get update`, `dnf makecache`), waiting for locks. An explicit act: it uses the
/// network and the host's disk.
///
/// # Errors
/// As [`Host::run`]; [`HostError::CommandFailed`] if a list could not be fetched.
pub fn refresh_lists(host: &Host) -> Result<(), HostError> {
    let script = format!(
        "if command -v apt-get >/dev/null && [ -d /var/lib/dpkg/info ]; then\n\
         exec apt-get -q -o DPkg::Lock::Timeout={LOCK_WAIT_S} -o APT::Update::Error-Mode=any update </dev/null\n\
         fi\nexec dnf -q makecache --refresh </dev/null\n"
    );
    let command = Command::script(&script, [""; 0])
        .as_root()
        .timeout(REFRESH_TIMEOUT);
    host.run(&command)?.success("fetching package lists").map(|_| ())
}

/// Reads what `collect.sh` printed.
pub(crate) fn read_state(bytes: &[u8]) -> Result<HostState, HostError> {
    let sections = Sections::read(bytes)?;
    let os = os::read(&sections.required("os-release")?)?;
    let identity = machine::Identity::read(&sections.required("identity")?)?;
    let container = machine::container(&sections);
    let (packages, architecture) = packages(&sections, os.family, &identity)?;
    let old_services = machine::old_services(&sections, identity.rights);
    let newest_installed = match os.family {
        OsFamily::Debian => reboot::newest_debian_kernel(&packages, &identity.kernel_release),
        OsFamily::Rhel => reboot::newest_rpm_kernel(&packages),
        OsFamily::Other => Learned::Unknown("the package manager is not known".to_owned()),
    };
    let kernel = Kernel {
        running: identity.kernel_release,
        running_build: identity.kernel_build,
        newest_installed,
    };
    let reboot = reboot::decide(&sections, os.family, &container, &kernel, &old_services);
    let updates = match os.family {
        OsFamily::Debian => apt_updates::read(&sections, &packages)?,
        OsFamily::Rhel => rpm_updates::read(&sections, &packages),
        OsFamily::Other => Learned::Unknown("the package manager is not known".to_owned()),
    };
    Ok(HostState {
        hostname: identity.hostname,
        architecture,
        rights: identity.rights,
        machine_id: machine::machine_id(&sections),
        boot_id: machine::boot_id(&sections),
        host_time: identity.host_time,
        uptime_s: machine::uptime(&sections),
        listening: machine::listening(&sections),
        disks: machine::disks(&sections),
        firmware: machine::firmware(&sections, identity.rights),
        os,
        container,
        kernel,
        reboot,
        packages,
        updates,
        old_services,
    })
}

fn packages(
    sections: &Sections,
    family: OsFamily,
    identity: &machine::Identity,
) -> Result<(Vec<Package>, String), HostError> {
    match family {
        OsFamily::Debian => {
            let holds = sections.text("holds").unwrap_or_default();
            let packages = dpkg::read(&sections.required("dpkg")?, &holds)?;
            let architecture = sections.required("architecture")?.trim().to_owned();
            Ok((packages, architecture))
        }
        OsFamily::Rhel => Ok((rpm::read(&sections.required("rpm")?)?, identity.machine.clone())),
        OsFamily::Other => Ok((Vec::new(), identity.machine.clone())),
    }
}

impl Sections {
    /// Text of a part without which nothing can be said.
    fn required(&self, name: &str) -> Result<String, HostError> {
        match self.part(name) {
            Some((Exit::Code(0), text)) => Ok(text),
            Some((exit, _)) => Err(HostError::bad_answer(
                format!("`{name}`"),
                format!("reading it gave {exit}"),
            )),
            None => Err(HostError::bad_answer(format!("`{name}`"), "the part is missing")),
        }
    }
}

impl Container {
    /// Whether the kernel is somebody else's.
    pub(crate) fn is_container(&self) -> bool {
        matches!(self, Container::Yes(_))
    }
}

impl Rights {
    pub(crate) fn is_root(self) -> bool {
        self == Rights::Root
    }
}
