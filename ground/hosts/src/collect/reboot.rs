//! Decides from all signs together whether a reboot is needed; no single sign is enough on every system.

use std::cmp::Ordering;

use formats::versions::{debian, rpm};

use super::sections::Sections;
use crate::command::Exit;
use crate::state::{
    Container, InstalledKernel, Kernel, Learned, OldService, OsFamily, Package, RebootNeed, RebootReason,
};

/// What the signs add up to.
#[derive(Debug, Default)]
struct Signs {
    reasons: Vec<RebootReason>,
    unknown: Vec<String>,
}

/// Weighs every sign: one that asks for a reboot wins, one that could not be read is never taken for "no".
pub(super) fn decide(
    sections: &Sections,
    family: OsFamily,
    container: &Container,
    kernel: &Kernel,
    old_services: &Learned<Vec<OldService>>,
) -> RebootNeed {
    let mut signs = Signs::default();
    read_flag(sections, &mut signs);
    match family {
        OsFamily::Debian => compare_kernels(sections, container, kernel, &mut signs, debian::compare),
        OsFamily::Rhel => {
            compare_kernels(sections, container, kernel, &mut signs, rpm_order);
            read_needs_restarting(sections, &mut signs);
        }
        OsFamily::Other => signs.unknown.push("the package manager is not known".to_owned()),
    }
    read_needrestart(sections, container, kernel, &mut signs);
    match old_services {
        Learned::Known(services) => {
            let core = services.iter().filter(|service| service.needs_reboot());
            let units: Vec<String> = core.map(|service| service.unit.clone()).collect();
            if !units.is_empty() {
                signs.reasons.push(RebootReason::CoreService { units });
            }
        }
        Learned::Unknown(why) => signs.unknown.push(why.clone()),
    }
    if !signs.reasons.is_empty() {
        RebootNeed::Needed(signs.reasons)
    } else if signs.unknown.is_empty() {
        RebootNeed::NotNeeded
    } else {
        RebootNeed::Unknown(signs.unknown)
    }
}

fn rpm_order(a: &str, b: &str) -> Ordering {
    rpm::compare(a, b).unwrap_or_else(|_| a.cmp(b))
}

fn read_flag(sections: &Sections, signs: &mut Signs) {
    if let Some(text) = sections.text("reboot-flag") {
        let mut packages: Vec<String> = text.lines().map(str::trim).map(str::to_owned).collect();
        packages.retain(|package| !package.is_empty());
        packages.sort();
        packages.dedup();
        signs.reasons.push(RebootReason::Flag { packages });
    }
}

fn compare_kernels(
    sections: &Sections,
    container: &Container,
    kernel: &Kernel,
    signs: &mut Signs,
    order: fn(&str, &str) -> Ordering,
) {
    // A container has no kernel of its own; whoever owns the machine around it decides.
    if container.is_container() {
        return;
    }
    let installed = match &kernel.newest_installed {
        Learned::Known(installed) => installed,
        Learned::Unknown(why) => return signs.unknown.push(why.clone()),
    };
    match order(&installed.release, &kernel.running) {
        Ordering::Greater => signs.reasons.push(RebootReason::NewerKernel {
            running: kernel.running.clone(),
            installed: installed.release.clone(),
        }),
        Ordering::Less => signs.unknown.push(format!(
            "kernel {} runs, but the newest installed one is {}",
            kernel.running, installed.release
        )),
        // The same release name may be built again; only Debian's and Ubuntu's kernels tell their package version.
        Ordering::Equal => {
            let running = running_package_version(sections, kernel);
            if let Some(running) = running.filter(|running| order(&installed.version, running).is_gt()) {
                let installed = installed.version.clone();
                signs
                    .reasons
                    .push(RebootReason::OtherKernelBuild { running, installed });
            }
        }
    }
}

/// The package version of the running kernel: `… Debian 6.1.176-1 (2026-…)`, or `Ubuntu 6.8.0-45.45-generic 6.8.12`.
fn running_package_version(sections: &Sections, kernel: &Kernel) -> Option<String> {
    let mut words = kernel
        .running_build
        .split_whitespace()
        .skip_while(|word| *word != "Debian");
    if let Some(version) = words.nth(1) {
        return Some(version.to_owned());
    }
    let signature = sections.text("version-signature")?;
    let full = signature.split_whitespace().nth(1)?;
    Some(
        full.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '-')
            .to_owned(),
    )
}

/// needrestart's verdict: 1 is current, 2 the same ABI in another build, 3 another version; 0 says nothing.
fn read_needrestart(sections: &Sections, container: &Container, kernel: &Kernel, signs: &mut Signs) {
    let Some(text) = sections.text("needrestart") else {
        return;
    };
    let field = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    if field("NEEDRESTART-UCSTA:") == Some("2") {
        signs.reasons.push(RebootReason::Microcode);
    }
    let has_kernel_reason = signs.reasons.iter().any(|reason| {
        matches!(
            reason,
            RebootReason::NewerKernel { .. } | RebootReason::OtherKernelBuild { .. }
        )
    });
    if container.is_container() || has_kernel_reason {
        return;
    }
    let installed = field("NEEDRESTART-KEXP:").unwrap_or("another one").to_owned();
    let running = kernel.running.clone();
    match field("NEEDRESTART-KSTA:") {
        Some("2") => signs
            .reasons
            .push(RebootReason::OtherKernelBuild { running, installed }),
        Some("3") => signs
            .reasons
            .push(RebootReason::NewerKernel { running, installed }),
        _ => {}
    }
}

/// `needs-restarting -r` exits 1 when a reboot is needed and for every error as well: only its sentence counts.
fn read_needs_restarting(sections: &Sections, signs: &mut Signs) {
    match sections.part("needs-restarting") {
        Some((Exit::Code(0), _)) => {}
        Some((_, text)) if text.contains("Reboot is required") => {
            let lines = text
                .lines()
                .filter_map(|line| line.trim_start().strip_prefix("* "));
            let packages = lines.map(|line| line.trim().to_owned()).collect();
            signs.reasons.push(RebootReason::OwnCheck { packages });
        }
        Some((exit, _)) => signs
            .unknown
            .push(format!("`dnf needs-restarting -r` gave {exit} without a verdict")),
        None => signs.unknown.push("the host has no program `dnf`".to_owned()),
    }
}

/// The newest installed Debian kernel of the flavour that runs: `linux-image-6.1.0-50-cloud-amd64`.
pub(super) fn newest_debian_kernel(packages: &[Package], running: &str) -> Learned<InstalledKernel> {
    let kernels = packages.iter().filter_map(|package| {
        let rest = package.name.strip_prefix("linux-image-")?;
        let release = rest.strip_prefix("unsigned-").unwrap_or(rest);
        let is_image = release.starts_with(|c: char| c.is_ascii_digit());
        (is_image && flavour(release) == flavour(running)).then_some((release, &package.version))
    });
    let newest = kernels.max_by(|a, b| debian::compare(a.1, b.1));
    match newest {
        Some((release, version)) => Learned::Known(InstalledKernel {
            release: release.to_owned(),
            version: version.clone(),
        }),
        None => Learned::Unknown(format!(
            "the running kernel {running} belongs to no installed package"
        )),
    }
}

/// The newest installed rpm kernel; `uname -r` is version, release and architecture.
pub(super) fn newest_rpm_kernel(packages: &[Package]) -> Learned<InstalledKernel> {
    let kernels = packages
        .iter()
        .filter(|package| matches!(package.name.as_str(), "kernel-core" | "kernel"));
    match kernels.max_by(|a, b| rpm_order(&a.version, &b.version)) {
        Some(package) => Learned::Known(InstalledKernel {
            release: format!("{}.{}", package.version, package.architecture),
            version: package.version.clone(),
        }),
        None => Learned::Unknown("the running kernel belongs to no installed package".to_owned()),
    }
}

/// What is left of a release behind version and ABI: `cloud-amd64` of `6.1.0-50-cloud-amd64`.
fn flavour(release: &str) -> String {
    let parts = release.split('-').skip(1);
    let words = parts.skip_while(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Hold, PackageState};

    fn sections(parts: &[(&str, i32, &str)]) -> Sections {
        let mut text: String = parts
            .iter()
            .map(|(name, code, body)| format!("@tagout {name} {code} {}\n{body}\n", body.len()))
            .collect();
        text += "@tagout end 0 0\n\n";
        Sections::read(text.as_bytes()).unwrap()
    }

    fn package(name: &str, version: &str) -> Package {
        Package {
            name: name.into(),
            architecture: "amd64".into(),
            version: version.into(),
            source: name.into(),
            source_version: version.into(),
            state: PackageState::Installed,
            hold: Hold::Free,
        }
    }

    fn kernel(running: &str, build: &str, installed: Option<(&str, &str)>) -> Kernel {
        let newest_installed = match installed {
            Some((release, version)) => Learned::Known(InstalledKernel {
                release: release.into(),
                version: version.into(),
            }),
            None => Learned::Unknown("none".into()),
        };
        Kernel {
            running: running.into(),
            running_build: build.into(),
            newest_installed,
        }
    }

    fn verdict(parts: &[(&str, i32, &str)], container: &Container, kernel: &Kernel) -> RebootNeed {
        decide(
            &sections(parts),
            OsFamily::Debian,
            container,
            kernel,
            &Learned::Known(vec![]),
        )
    }

    #[test]
    fn the_newest_kernel_of_the_running_flavour_counts() {
        let packages = [
            package("linux-image-6.1.0-50-amd64", "6.1.176-1"),
            package("linux-image-6.1.0-9-amd64", "6.1.27-1"),
            package("linux-image-6.1.0-60-cloud-amd64", "6.1.192-2"),
            package("linux-image-amd64", "6.1.192-2"),
        ];
        let Learned::Known(newest) = newest_debian_kernel(&packages, "6.1.0-9-amd64") else {
            panic!();
        };
        assert_eq!(newest.release, "6.1.0-50-amd64");
        assert!(
            newest_debian_kernel(&packages, "6.1.0-9-rt-amd64")
                .known()
                .is_none()
        );
        for (release, expected) in [
            ("6.12.43+deb13-amd64", "amd64"),
            ("6.8.0-45-generic", "generic"),
            ("6.1.0-0.deb11.50-rt-amd64", "rt-amd64"),
            ("6.1", ""),
        ] {
            assert_eq!(flavour(release), expected);
        }
    }

    #[test]
    fn each_sign_is_enough_for_a_reboot() {
        let debian = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-08-01)";
        let current = kernel("6.1.0-50-amd64", debian, Some(("6.1.0-50-amd64", "6.1.176-1")));
        let newer = kernel("6.1.0-50-amd64", debian, Some(("6.1.0-56-amd64", "6.1.192-2")));
        let rebuilt = kernel("6.1.0-50-amd64", debian, Some(("6.1.0-50-amd64", "6.1.176-2")));
        assert_eq!(
            verdict(&[("reboot-flag", 1, "")], &Container::No, &current),
            RebootNeed::NotNeeded
        );
        let needed =
            |parts: &[(&str, i32, &str)], kernel: &Kernel| match verdict(parts, &Container::No, kernel) {
                RebootNeed::Needed(reasons) => reasons,
                other => panic!("{other:?}"),
            };
        let flag = needed(&[("reboot-flag", 0, "libc6\nlibc6\n")], &current);
        assert_eq!(
            flag,
            [RebootReason::Flag {
                packages: vec!["libc6".into()]
            }]
        );
        assert!(matches!(
            needed(&[], &newer)[..],
            [RebootReason::NewerKernel { .. }]
        ));
        assert!(matches!(
            needed(&[], &rebuilt)[..],
            [RebootReason::OtherKernelBuild { .. }]
        ));
        for (word, expected) in [
            ("KSTA: 3", true),
            ("KSTA: 2", true),
            ("UCSTA: 2", true),
            ("KSTA: 1", false),
        ] {
            let need = verdict(
                &[("needrestart", 0, &format!("NEEDRESTART-{word}\n"))],
                &Container::No,
                &current,
            );
            assert_eq!(matches!(need, RebootNeed::Needed(_)), expected, "{word}");
        }
    }

    #[test]
    fn what_could_not_be_read_is_unknown_and_not_no() {
        let none = kernel("6.1.0-50-amd64", "", None);
        assert!(matches!(
            verdict(&[], &Container::No, &none),
            RebootNeed::Unknown(_)
        ));
        assert_eq!(
            verdict(&[], &Container::Yes("lxc".into()), &none),
            RebootNeed::NotNeeded
        );
        let current = kernel("6.1.0-50-amd64", "", Some(("6.1.0-50-amd64", "1")));
        let hidden = Learned::Unknown("only root may look".to_owned());
        let need = decide(
            &sections(&[]),
            OsFamily::Debian,
            &Container::No,
            &current,
            &hidden,
        );
        assert!(matches!(need, RebootNeed::Unknown(_)));
    }

    #[test]
    fn an_exit_code_of_dnf_is_no_verdict_without_its_sentence() {
        let container = Container::Yes("lxc".into());
        let of = |code: i32, text: &str| {
            let sections = sections(&[("needs-restarting", code, text)]);
            decide(
                &sections,
                OsFamily::Rhel,
                &container,
                &kernel("5.14", "", None),
                &Learned::Known(vec![]),
            )
        };
        let sentence =
            "Core libraries or services have been updated since boot-up:\n  * glibc\n\nReboot is required.\n";
        assert_eq!(
            of(1, sentence),
            RebootNeed::Needed(vec![RebootReason::OwnCheck {
                packages: vec!["glibc".into()]
            }])
        );
        assert!(matches!(of(1, "Error: no repository"), RebootNeed::Unknown(_)));
        assert_eq!(of(0, "Reboot should not be necessary."), RebootNeed::NotNeeded);
    }

    #[test]
    fn a_core_service_on_old_code_needs_a_reboot() {
        let services = Learned::Known(vec![OldService {
            unit: "dbus.service".into(),
        }]);
        let current = kernel("6.1.0-50-amd64", "", Some(("6.1.0-50-amd64", "1")));
        let need = decide(
            &sections(&[]),
            OsFamily::Debian,
            &Container::No,
            &current,
            &services,
        );
        assert!(matches!(need, RebootNeed::Needed(_)));
    }
}
