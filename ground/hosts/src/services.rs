//! Restarts services so that they take up new code.

use crate::jobs::{self, JobId, Work};
use crate::{Host, HostError};

const RESTART: &str = include_str!("services.sh");
/// Most units at once.
const UNITS_MAX: usize = 200;
/// Longest name of a unit (systemd.unit(5)).
const UNIT_CHARS_MAX: usize = 255;

/// Starts a job that restarts `units` one after the other, or attaches to it. It may restart sshd: our connection then
/// breaks, the job does not. Choose the units with [`crate::services_to_restart`].
///
/// # Errors
/// [`HostError::Unusable`] for a word that is no service; otherwise as [`crate::apt::start`].
pub fn start_restart(host: &Host, job: &JobId, units: &[&str]) -> Result<(), HostError> {
    if units.is_empty() || units.len() > UNITS_MAX {
        return Err(HostError::unusable(
            &format!("{} units", units.len()),
            "a list of 1 to 200 services",
        ));
    }
    if let Some(unit) = units.iter().find(|unit| !is_service(unit)) {
        return Err(HostError::unusable(
            unit,
            "a name of a systemd service such as `cron.service`",
        ));
    }
    let request: Vec<String> = units.iter().map(|unit| (*unit).to_owned()).collect();
    jobs::start(
        host,
        job,
        &Work {
            kind: "restart",
            steps: RESTART,
            request: &request,
        },
    )
}

fn is_service(unit: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | ':' | '\\');
    unit.ends_with(".service")
        && unit.len() <= UNIT_CHARS_MAX
        && !unit.starts_with('-')
        && unit.chars().all(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_service_can_be_restarted() {
        for good in ["cron.service", "getty@tty1.service"] {
            assert!(is_service(good), "{good}");
        }
        for bad in [
            "",
            "reboot.target",
            "-x.service",
            "a b.service",
            "a;b.service",
            "a\n.service",
        ] {
            assert!(!is_service(bad), "{bad}");
        }
    }
}
