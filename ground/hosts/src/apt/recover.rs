//! Brings a package manager back to order after a change that was cut or failed.

use crate::jobs::{self, JobId, Work};
use crate::{Host, HostError};

const RECOVER: &str = include_str!("recover.sh");
/// How long somebody else may hold dpkg's lock.
const LOCK_WAIT_S: u32 = 600;

/// How far a recovery may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Configure what is unpacked; no package is added or removed.
    Configure,
    /// Also let apt add or upgrade packages to mend broken dependencies. Only with an approval that names it.
    ConfigureAndMend,
}

/// Starts a recovery as the job `job`, or attaches to it: waits for locks, then `dpkg --configure -a` with the old
/// configuration files kept. Whether it helped shows only in the packages: collect again.
///
/// # Errors
/// As [`super::start`].
pub fn start_recovery(host: &Host, job: &JobId, recovery: Recovery) -> Result<(), HostError> {
    let word = match recovery {
        Recovery::Configure => "configure",
        Recovery::ConfigureAndMend => "mend",
    };
    let request = [LOCK_WAIT_S.to_string(), word.to_owned()];
    jobs::start(
        host,
        job,
        &Work {
            kind: "recovery",
            steps: RECOVER,
            request: &request,
        },
    )
}
