//! A lab of the story's own: three real Debian hosts, gone again when the story ends, however it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How many hosts there are.
pub const HOSTS: usize = 3;

/// The hosts, up until this is dropped.
pub struct Lab {
    name: &'static str,
    network: &'static str,
    hosts: Vec<Host>,
}

/// One host of the lab.
pub struct Host {
    pub name: String,
    pub address: String,
    /// The fingerprint of its key, as somebody at its console reads it.
    pub fingerprint: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab")
}

fn has(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program} >/dev/null")])
        .status()
        .is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output();
    answer.is_ok_and(|answer| answer.stdout == b"0\n")
}

/// Why this machine can have no lab; none where it can.
fn hindrance() -> Option<String> {
    if !is_root() {
        return Some("lab hosts take root".to_owned());
    }
    let needed = ["systemd-nspawn", "mmdebstrap", "ssh-keygen", "python3"];
    let missing = needed.into_iter().find(|program| !has(program))?;
    Some(format!(
        "`{missing}` is missing; lab/prepare installs what lab hosts take"
    ))
}

impl Lab {
    /// Brings the hosts up under a name and in a network of their own; says why not where this machine cannot.
    pub fn up(name: &'static str, network: &'static str) -> Option<Self> {
        if let Some(why) = hindrance() {
            println!("skipped: {why}");
            return None;
        }
        let lab = Self {
            name,
            network,
            hosts: Vec::new(),
        };
        // A story that was killed may have left its hosts.
        lab.run("down", &[]);
        let up = lab.run("up", &[&HOSTS.to_string()]);
        assert!(
            up.status.success(),
            "lab/up: {}",
            String::from_utf8_lossy(&up.stderr)
        );
        Some(lab.with_hosts(&String::from_utf8_lossy(&up.stdout)))
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        Command::new(folder().join(program))
            .args(arguments)
            .env("LAB_NAME", self.name)
            .env("LAB_NET", self.network)
            .output()
            .unwrap_or_else(|error| panic!("lab/{program}: {error}"))
    }

    fn with_hosts(mut self, list: &str) -> Self {
        for line in list.lines() {
            let mut fields = line.split('\t');
            let (Some(name), Some(address)) = (fields.next(), fields.next()) else {
                panic!("the list of lab hosts has a line `{line}`");
            };
            self.hosts.push(Host {
                name: name.to_owned(),
                address: address.to_owned(),
                fingerprint: String::new(),
            });
        }
        assert_eq!(self.hosts.len(), HOSTS, "{list}");
        for at in 0..HOSTS {
            let shown = self.shell(at, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
            let fingerprint = shown.split(' ').nth(1).expect("a fingerprint");
            self.hosts[at].fingerprint = fingerprint.to_owned();
        }
        self
    }

    /// A host, from 0.
    pub fn host(&self, at: usize) -> &Host {
        &self.hosts[at]
    }

    /// The names of all hosts.
    pub fn names(&self) -> Vec<&str> {
        self.hosts.iter().map(|host| host.name.as_str()).collect()
    }

    /// Where the advisories about the hosts' packages are.
    pub fn advisories(&self) -> PathBuf {
        self.work().join("advisories")
    }

    fn work(&self) -> PathBuf {
        folder().join("work/labs").join(self.name)
    }

    /// The settings with which somebody of the house enters a host by hand.
    pub fn ssh_config(&self) -> String {
        self.work().join("ssh_config").display().to_string()
    }

    /// Installs further packages at their old version.
    pub fn give(&self, at: usize, packages: &[&str]) {
        let mut arguments = vec![self.hosts[at].name.as_str()];
        arguments.extend(packages);
        let given = self.run("give", &arguments);
        assert!(
            given.status.success(),
            "lab/give: {}",
            String::from_utf8_lossy(&given.stderr)
        );
    }

    /// Runs a line of shell as root on a host, as somebody at its console would; answers what it printed.
    pub fn shell(&self, at: usize, line: &str) -> String {
        let output = Command::new("ssh")
            .arg("-F")
            .arg(self.ssh_config())
            .args([&self.hosts[at].name, "sudo", "sh", "-c"])
            .arg(format!("'{line}'"))
            .output()
            .expect("ssh");
        assert!(
            output.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The version and the state of a package on a host.
    pub fn version(&self, at: usize, package: &str) -> String {
        self.shell(
            at,
            &format!("dpkg-query -W -f \"\\${{Version}} \\${{db:Status-Abbrev}}\" {package}"),
        )
    }

    /// How often dpkg upgraded a package on a host.
    pub fn upgrades(&self, at: usize, package: &str) -> String {
        self.shell(
            at,
            &format!("grep -c \" upgrade {package}:\" /var/log/dpkg.log || true"),
        )
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.run("down", &[]);
    }
}
