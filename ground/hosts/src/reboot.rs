//! Reboots a host, and proves that it did reboot.

use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::jobs::{self, JobId, Work};
use crate::reach::{Reach, Timeouts};
use crate::run::Stopwatch;
use crate::state::BootId;
use crate::{Command, Host, HostError};

/// Gives our own answer time to get out before the network goes down.
const REBOOT: &str = "progress rebooting\nsleep 1\nsystemctl reboot || reboot\n";
/// Between two looks at a host that is down.
const PAUSE: Duration = Duration::from_millis(500);

/// A host that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBoot {
    /// Its new boot id.
    pub boot_id: BootId,
    /// How long it took until it was reached and had settled.
    pub waited: Duration,
    /// What its service manager says.
    pub system: SystemState,
}

/// What `systemctl is-system-running` says (systemctl(1)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemState {
    /// Everything that should run does.
    Running,
    /// At least one unit failed.
    Degraded,
    /// Anything else, in its own word; empty where there is no systemd.
    Other(String),
}

/// Starts a reboot as the job `job`; with the same id a host is never rebooted twice.
///
/// # Errors
/// As [`crate::apt::start`].
pub fn start(host: &Host, job: &JobId) -> Result<(), HostError> {
    jobs::start(
        host,
        job,
        &Work {
            kind: "reboot",
            steps: REBOOT,
            request: &[],
        },
    )
}

/// The kernel's boot id at this moment.
///
/// # Errors
/// As [`Host::run`]; [`HostError::Unusable`] for an answer that is no boot id.
pub fn boot_id(host: &Host) -> Result<BootId, HostError> {
    let output = host.run(&Command::new(["cat", "/proc/sys/kernel/random/boot_id"]))?;
    BootId::parse(&output.success("reading the boot id")?.text())
}

/// Waits until the host answers with another boot id than `before` and its services have settled, at most `deadline`.
/// Only a whole, different boot id counts: an error, an empty answer and a host that is still up do not.
///
/// # Errors
/// [`HostError::TimedOut`] when it does not come back; at once for a changed host key.
pub fn await_new_boot(
    reach: &Reach,
    control_dir: &Path,
    timeouts: Timeouts,
    before: &BootId,
    deadline: Duration,
) -> Result<NewBoot, HostError> {
    let watch = Stopwatch::start();
    loop {
        let left = deadline.saturating_sub(watch.elapsed());
        if left.is_zero() {
            return Err(HostError::TimedOut {
                what: "the reboot".to_owned(),
                limit: deadline,
            });
        }
        let timeouts = Timeouts {
            connect: timeouts.connect.min(left),
            ..timeouts
        };
        match look(reach, control_dir, timeouts, before, left) {
            Ok(Some((boot_id, system))) => {
                return Ok(NewBoot {
                    boot_id,
                    waited: watch.elapsed(),
                    system,
                });
            }
            Err(error @ (HostError::HostKeyChanged { .. } | HostError::Here { .. })) => return Err(error),
            // While it goes down or comes up every other error is to be expected, a refused login as well.
            Ok(None) | Err(_) => thread::sleep(PAUSE),
        }
    }
}

fn look(
    reach: &Reach,
    control_dir: &Path,
    timeouts: Timeouts,
    before: &BootId,
    left: Duration,
) -> Result<Option<(BootId, SystemState)>, HostError> {
    let host = Host::connect(reach, control_dir, timeouts)?;
    let now = boot_id(&host)?;
    if now == *before {
        return Ok(None);
    }
    Ok(Some((now, settled(&host, left))))
}

/// Lets the service manager finish its start; a host whose services never settle has rebooted all the same.
fn settled(host: &Host, left: Duration) -> SystemState {
    let wait = Command::new(["systemctl", "is-system-running", "--wait"]).timeout(left);
    let ask = Command::new(["systemctl", "is-system-running"]);
    let answer = host.run(&wait).or_else(|_| host.run(&ask));
    match answer.map(|output| output.text()).unwrap_or_default().trim() {
        "running" => SystemState::Running,
        "degraded" => SystemState::Degraded,
        word => SystemState::Other(word.to_owned()),
    }
}
