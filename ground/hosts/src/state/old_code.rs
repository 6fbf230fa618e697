//! Services whose running code is no longer what is installed.

use serde::{Deserialize, Serialize};

/// A service, or a process outside of one, that still runs replaced code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OldService {
    /// The systemd unit, such as `cron.service`; the process name where there is none.
    pub unit: String,
}

/// Units that must not be restarted while the machine runs: it would cut sessions, the network or everything.
const RESTART_IS_UNSAFE: [&str; 10] = [
    "dbus",
    "dbus-broker",
    "init",
    "systemd",
    "systemd-logind",
    "systemd-networkd",
    "NetworkManager",
    "networking",
    "display-manager",
    "gdm",
];

impl OldService {
    /// Whether only a reboot replaces its code safely.
    pub fn needs_reboot(&self) -> bool {
        let name = self.unit.split('.').next().unwrap_or_default();
        RESTART_IS_UNSAFE.contains(&name)
    }
}

/// Of `services`, those that can be restarted to take up the new code.
pub fn services_to_restart(services: &[OldService]) -> Vec<&str> {
    let units = services.iter().filter(|service| !service.needs_reboot());
    units
        .map(|service| service.unit.as_str())
        .filter(|unit| unit.ends_with(".service"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_that_carry_the_machine_are_left_for_a_reboot() {
        let services = [
            "cron.service",
            "dbus.service",
            "systemd-logind.service",
            "session-3.scope",
            "bash",
        ]
        .map(|unit| OldService { unit: unit.into() });
        assert_eq!(services_to_restart(&services), ["cron.service"]);
    }
}
