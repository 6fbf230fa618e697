//! Reads what has nothing to do with packages: who the machine is, its disks, sockets, firmware and old code.

use basis::Time;

use super::sections::Sections;
use crate::HostError;
use crate::command::Exit;
use crate::state::{BootId, Container, DiskSpace, Firmware, Learned, ListeningSocket, OldService, Rights};

/// Most sockets, services and disks that are read from one host.
const ROWS_MAX: usize = 10_000;

/// The part `identity`.
#[derive(Debug)]
pub(super) struct Identity {
    pub kernel_release: String,
    pub kernel_build: String,
    pub machine: String,
    pub hostname: String,
    pub rights: Rights,
    pub host_time: Time,
}

impl Identity {
    pub(super) fn read(text: &str) -> Result<Self, HostError> {
        let lines: Vec<&str> = text.lines().collect();
        let wrong =
            |what: &str| HostError::bad_answer("`identity`", format!("{what}; it has {} lines", lines.len()));
        let [release, build, machine, hostname, user, seconds] = lines[..] else {
            return Err(wrong("six lines were expected"));
        };
        let seconds: i64 = seconds.parse().map_err(|_| wrong("the time is no number"))?;
        let rights = if user == "0" {
            Rights::Root
        } else {
            Rights::LoginUser
        };
        Ok(Self {
            kernel_release: release.to_owned(),
            kernel_build: build.to_owned(),
            machine: machine.to_owned(),
            hostname: hostname.to_owned(),
            rights,
            host_time: Time::from_ms(seconds.saturating_mul(1_000)),
        })
    }
}

pub(super) fn machine_id(sections: &Sections) -> Learned<String> {
    let text = sections.text("machine-id").unwrap_or_default();
    let text = text.trim();
    if text.len() == 32 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        Learned::Known(text.to_owned())
    } else {
        Learned::Unknown("`/etc/machine-id` holds no 32 hexadecimal digits".to_owned())
    }
}

pub(super) fn boot_id(sections: &Sections) -> Learned<BootId> {
    match BootId::parse(&sections.text("boot-id").unwrap_or_default()) {
        Ok(id) => Learned::Known(id),
        Err(error) => Learned::Unknown(error.to_string()),
    }
}

pub(super) fn uptime(sections: &Sections) -> Learned<u64> {
    let text = sections.text("uptime").unwrap_or_default();
    let seconds = text.split('.').next().and_then(|whole| whole.parse().ok());
    seconds.map_or_else(
        || Learned::Unknown("`/proc/uptime` cannot be read".to_owned()),
        Learned::Known,
    )
}

/// `systemd-detect-virt -c` says `none` and exits 1 outside of containers.
pub(super) fn container(sections: &Sections) -> Container {
    match sections.part("container") {
        Some((Exit::Code(0), kind)) if !kind.trim().is_empty() => Container::Yes(kind.trim().to_owned()),
        Some((_, kind)) if kind.trim() == "none" => Container::No,
        _ => Container::Unknown,
    }
}

/// `df -Pk`: device, blocks, used, available, capacity, mount point; the last may hold spaces.
pub(super) fn disks(sections: &Sections) -> Vec<DiskSpace> {
    let row = |(path, text): (&str, &str)| {
        let mut words = text.split_whitespace().skip(1);
        let total: u64 = words.next()?.parse().ok()?;
        let free: u64 = words.nth(1)?.parse().ok()?;
        let mounted_on = words.skip(1).collect::<Vec<_>>().join(" ");
        Some(DiskSpace {
            path: path.to_owned(),
            mounted_on,
            total_bytes: total.saturating_mul(1_024),
            free_bytes: free.saturating_mul(1_024),
        })
    };
    sections.texts("disk:").filter_map(row).collect()
}

pub(super) fn listening(sections: &Sections) -> Learned<Vec<ListeningSocket>> {
    let Some(text) = sections.text("sockets") else {
        return Learned::Unknown("the host has no program `ss`".to_owned());
    };
    let mut sockets: Vec<ListeningSocket> = text.lines().filter_map(socket).take(ROWS_MAX).collect();
    sockets.sort_by(|a, b| (&a.protocol, a.port, &a.address).cmp(&(&b.protocol, b.port, &b.address)));
    Learned::Known(sockets)
}

/// `tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=34,fd=3))`
fn socket(line: &str) -> Option<ListeningSocket> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (address, port) = words.get(4)?.rsplit_once(':')?;
    let named = line
        .split_once("users:")
        .map(|(_, named)| named)
        .unwrap_or_default();
    // Names stand between quotes: every second piece.
    let mut processes: Vec<String> = named.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    processes.sort();
    processes.dedup();
    Some(ListeningSocket {
        protocol: (*words.first()?).to_owned(),
        address: if address == "0.0.0.0" {
            "*".to_owned()
        } else {
            address.trim_matches(['[', ']']).to_owned()
        },
        port: port.parse().ok()?,
        processes,
    })
}

pub(super) fn firmware(sections: &Sections, rights: Rights) -> Learned<Firmware> {
    let Some((exit, text)) = sections.part("firmware") else {
        return Learned::Unknown("the host has no program `dmidecode`".to_owned());
    };
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::trim)
        .collect();
    let [
        system_vendor,
        system_product,
        system_serial,
        bios_vendor,
        bios_version,
        bios_date,
    ] = lines[..]
    else {
        let why = if rights.is_root() {
            "the machine has no firmware tables"
        } else {
            "only root may read them"
        };
        return Learned::Unknown(format!("{why} ({exit})"));
    };
    Learned::Known(Firmware {
        system_vendor: system_vendor.to_owned(),
        system_product: system_product.to_owned(),
        system_serial: system_serial.to_owned(),
        bios_vendor: bios_vendor.to_owned(),
        bios_version: bios_version.to_owned(),
        bios_date: bios_date.to_owned(),
    })
}

/// Services on replaced code: what needrestart says, and what the maps of the processes say.
pub(super) fn old_services(sections: &Sections, rights: Rights) -> Learned<Vec<OldService>> {
    if !rights.is_root() {
        return Learned::Unknown("only root may look into the processes of others".to_owned());
    }
    let Some(maps) = sections.text("old-maps") else {
        return Learned::Unknown("the maps of the processes cannot be read".to_owned());
    };
    let said = sections.text("needrestart").unwrap_or_default();
    let by_needrestart = said
        .lines()
        .filter_map(|line| line.strip_prefix("NEEDRESTART-SVC:"));
    let by_maps = maps.lines().filter_map(|line| {
        let (process, unit) = line.split_once('\t')?;
        Some(if unit.is_empty() { process } else { unit })
    });
    let units = by_needrestart
        .chain(by_maps)
        .map(str::trim)
        .filter(|unit| !unit.is_empty());
    let mut services: Vec<OldService> = units
        .take(ROWS_MAX)
        .map(|unit| OldService {
            unit: unit.to_owned(),
        })
        .collect();
    services.sort();
    services.dedup();
    Learned::Known(services)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(parts: &[(&str, i32, &str)]) -> Sections {
        let mut text: String = parts
            .iter()
            .map(|(name, code, body)| format!("@tagout {name} {code} {}\n{body}\n", body.len()))
            .collect();
        text += "@tagout end 0 0\n\n";
        Sections::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn sockets_show_address_port_and_who_holds_them() {
        let text = "tcp LISTEN 0      128    0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=34,fd=3))\n\
            tcp LISTEN 0      128       [::]:22    [::]:* users:((\"sshd\",pid=34,fd=4),(\"a b\",pid=1,fd=3))\n\
            udp UNCONN 0 0 127.0.0.54%lo:53 0.0.0.0:*\nbroken\n";
        let Learned::Known(found) = listening(&sections(&[("sockets", 0, text)])) else {
            panic!();
        };
        let rows: Vec<String> = found
            .iter()
            .map(|s| format!("{} {} {} {:?}", s.protocol, s.address, s.port, s.processes))
            .collect();
        assert_eq!(
            rows,
            [
                "tcp * 22 [\"sshd\"]",
                "tcp :: 22 [\"a b\", \"sshd\"]",
                "udp 127.0.0.54%lo 53 []"
            ]
        );
    }

    #[test]
    fn disks_show_where_they_are_mounted_and_what_is_left() {
        let text = "/dev/a 1000 600 400 60% /mnt/a b\n";
        let found = disks(&sections(&[("disk:/", 0, text), ("disk:/boot", 0, "")]));
        assert_eq!(
            found,
            [DiskSpace {
                path: "/".into(),
                mounted_on: "/mnt/a b".into(),
                total_bytes: 1_024_000,
                free_bytes: 409_600
            }]
        );
    }

    #[test]
    fn old_code_is_found_by_both_ways_and_named_once() {
        let parts = [
            (
                "needrestart",
                0,
                "NEEDRESTART-VER: 3.6\nNEEDRESTART-SVC: cron.service\n",
            ),
            (
                "old-maps",
                0,
                "cron\tcron.service\nbash\tsession-1.scope\nodd\t\n",
            ),
        ];
        let Learned::Known(found) = old_services(&sections(&parts), Rights::Root) else {
            panic!();
        };
        let units: Vec<&str> = found.iter().map(|service| service.unit.as_str()).collect();
        assert_eq!(units, ["cron.service", "odd", "session-1.scope"]);
        assert!(
            old_services(&sections(&parts), Rights::LoginUser)
                .known()
                .is_none()
        );
    }

    #[test]
    fn a_container_is_told_from_a_machine_and_from_a_missing_answer() {
        assert_eq!(container(&sections(&[("container", 1, "none\n")])), Container::No);
        assert_eq!(
            container(&sections(&[("container", 0, "lxc\n")])),
            Container::Yes("lxc".into())
        );
        assert_eq!(container(&sections(&[])), Container::Unknown);
    }
}
