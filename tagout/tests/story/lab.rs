//! A lab of this story's own: three real Debian hosts, gone again when the story ends, however it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const NAME: &str = "story";
const NETWORK: &str = "10.83";

/// How many hosts there are.
pub const HOSTS: usize = 3;

/// The hosts, up until this is dropped.
pub struct Lab {
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

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(folder().join(program))
        .args(arguments)
        .env("LAB_NAME", NAME)
        .env("LAB_NET", NETWORK)
        .output()
        .unwrap_or_else(|error| panic!("lab/{program}: {error}"))
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

impl Lab {
    /// Brings the hosts up; says why not where this machine cannot.
    pub fn up() -> Result<Self, String> {
        if !is_root() {
            return Err("lab hosts take root".to_owned());
        }
        for program in ["systemd-nspawn", "mmdebstrap", "ssh-keygen", "python3"] {
            if !has(program) {
                return Err(format!(
                    "`{program}` is missing; lab/prepare installs what lab hosts take"
                ));
            }
        }
        // A story that was killed may have left its hosts.
        run("down", &[]);
        let lab = Self { hosts: Vec::new() };
        let up = run("up", &[&HOSTS.to_string()]);
        assert!(
            up.status.success(),
            "lab/up: {}",
            String::from_utf8_lossy(&up.stderr)
        );
        Ok(lab.with_hosts(&String::from_utf8_lossy(&up.stdout)))
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
        folder().join("work/labs").join(NAME)
    }

    /// The settings with which somebody of the house enters a host by hand.
    pub fn ssh_config(&self) -> String {
        self.work().join("ssh_config").display().to_string()
    }

    /// Installs further packages at their old version.
    pub fn give(&self, at: usize, packages: &[&str]) {
        let mut arguments = vec![self.hosts[at].name.as_str()];
        arguments.extend(packages);
        let given = run("give", &arguments);
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
        run("down", &[]);
    }
}
