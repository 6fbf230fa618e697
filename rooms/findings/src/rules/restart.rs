//! Whether what was mended on disk also runs.

use std::collections::BTreeSet;

use basis::{Span, Time};
use hosts::{Container, HostState, Learned, RebootNeed, RebootReason};

use super::inventory::Inventory;

/// Packages whose code the processor takes up at boot only.
const MICROCODE: [&str; 4] = [
    "intel-microcode",
    "amd64-microcode",
    "microcode_ctl",
    "linux-firmware",
];

/// What a restart is missing for before the mended `package` runs; `None` when it does.
///
/// `fixed_since` is when the package was first seen mended, if it was before this collection: a boot after that took up
/// everything. What could not be learned counts as missing. A container's kernel is not its own to restart.
pub fn missing_restart(
    package: &str,
    inventory: &Inventory,
    state: &HostState,
    fixed_since: Option<Time>,
) -> Option<String> {
    let source = inventory.source_name(package);
    let names = inventory.names_of(source);
    let is_kernel = inventory.is_kernel(source);
    if let RebootNeed::Needed(reasons) = &state.reboot
        && let Some(why) = reasons
            .iter()
            .find_map(|reason| reboot_for(reason, source, &names, is_kernel))
    {
        return Some(why);
    }
    if is_kernel {
        return match &state.reboot {
            RebootNeed::Unknown(why) if !matches!(state.container, Container::Yes(_)) => Some(format!(
                "whether the new kernel runs could not be learned: {}",
                why.join(", ")
            )),
            _ => None,
        };
    }
    if booted_at(state)
        .zip(fixed_since)
        .is_some_and(|(booted, fixed)| booted > fixed)
    {
        return None;
    }
    match &state.old_services {
        Learned::Known(services) if services.is_empty() => None,
        Learned::Known(services) => {
            let units: Vec<&str> = services
                .iter()
                .map(|service| service.unit.as_str())
                .take(10)
                .collect();
            Some(format!(
                "these still run code from before the update: {}",
                units.join(", ")
            ))
        }
        Learned::Unknown(why) => Some(format!("whether old code still runs could not be learned: {why}")),
    }
}

fn booted_at(state: &HostState) -> Option<Time> {
    let uptime = i64::try_from(*state.uptime_s.known()?).ok()?;
    Some(state.host_time - Span::seconds(uptime))
}

fn reboot_for(
    reason: &RebootReason,
    source: &str,
    names: &BTreeSet<&str>,
    is_kernel: bool,
) -> Option<String> {
    let named = |packages: &[String]| {
        packages.is_empty() || packages.iter().any(|name| names.contains(name.as_str()))
    };
    match reason {
        RebootReason::Flag { packages } if named(packages) => {
            Some("a reboot: the package left the flag that asks for one".to_owned())
        }
        RebootReason::OwnCheck { packages } if named(packages) => {
            Some("a reboot: the operating system's own check asks for one".to_owned())
        }
        RebootReason::NewerKernel { running, installed } if is_kernel => Some(format!(
            "a reboot: kernel {running} runs, {installed} is installed"
        )),
        RebootReason::OtherKernelBuild { running, installed } if is_kernel => Some(format!(
            "a reboot: build {running} of the kernel runs, {installed} is installed"
        )),
        RebootReason::Microcode if MICROCODE.contains(&source) => {
            Some("a reboot: the processor runs older microcode".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hosts::OldService;

    use super::*;
    use crate::rules::inventory::tests::{package, state};

    fn host() -> HostState {
        let mut host = state(vec![
            package("libssl3", "openssl", "3.0.11-1"),
            package("linux-image-6.1.0-18-amd64", "linux", "6.1.76-1"),
        ]);
        host.host_time = Time::parse("2026-11-22T08:00:00Z").unwrap();
        host.uptime_s = Learned::Known(3_600);
        host
    }

    fn missing(host: &HostState, package: &str, fixed_since: Option<&str>) -> Option<String> {
        let fixed_since = fixed_since.map(|text| Time::parse(text).unwrap());
        missing_restart(package, &Inventory::of(host), host, fixed_since)
    }

    #[test]
    fn a_kernel_waits_for_its_reboot_and_nothing_else_does() {
        let mut host = host();
        host.reboot = RebootNeed::Needed(vec![RebootReason::NewerKernel {
            running: "6.1.0-9-amd64".to_owned(),
            installed: "6.1.0-18-amd64".to_owned(),
        }]);
        assert!(
            missing(&host, "linux", None)
                .unwrap()
                .contains("6.1.0-9-amd64 runs")
        );
        assert_eq!(missing(&host, "openssl", None), None);
    }

    #[test]
    fn a_reboot_flag_counts_for_the_packages_that_it_names_and_for_all_where_it_names_none() {
        let mut host = host();
        let flag = |packages: &[&str]| {
            let packages = packages.iter().map(|name| (*name).to_owned()).collect();
            RebootNeed::Needed(vec![RebootReason::Flag { packages }])
        };
        host.reboot = flag(&["dbus"]);
        assert_eq!(missing(&host, "openssl", None), None);
        host.reboot = flag(&["dbus", "libssl3"]);
        assert!(missing(&host, "openssl", None).is_some());
        host.reboot = flag(&[]);
        assert!(missing(&host, "openssl", None).is_some());
    }

    #[test]
    fn services_on_old_code_are_waited_for_until_they_restart_or_the_machine_boots() {
        let mut host = host();
        host.old_services = Learned::Known(vec![OldService {
            unit: "cron.service".to_owned(),
        }]);
        assert!(missing(&host, "openssl", None).unwrap().contains("cron.service"));
        assert!(
            missing(&host, "openssl", Some("2026-11-22T07:30:00Z")).is_some(),
            "fixed after the boot"
        );
        assert_eq!(
            missing(&host, "openssl", Some("2026-11-22T06:30:00Z")),
            None,
            "booted after the fix"
        );
        host.old_services = Learned::Unknown("only root may look".to_owned());
        assert!(
            missing(&host, "openssl", None)
                .unwrap()
                .contains("only root may look")
        );
        assert_eq!(missing(&host, "linux", None), None, "a kernel is no service");
    }
}
