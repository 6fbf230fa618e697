//! A real `sshd` on a free port of 127.0.0.1, with its own host key and one authorised key of ours.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use hosts::{Become, HostKey, Reach, Target};
use tempfile::TempDir;

/// How often a port that somebody else took in the meantime is replaced by another.
const STARTS_MAX: usize = 5;

pub struct OwnSshd {
    folder: TempDir,
    control_dir: PathBuf,
    port: u16,
    host_key: HostKey,
    child: Mutex<Child>,
    log: std::sync::Arc<Mutex<Vec<String>>>,
}

impl OwnSshd {
    /// Starts it, or says why this machine cannot.
    pub fn start() -> Result<Self, String> {
        let sshd = Path::new("/usr/sbin/sshd");
        if !sshd.exists() {
            return Err("this machine has no sshd".to_owned());
        }
        let user = own_user();
        if user != "root" {
            return Err("only root can start an sshd that logs in without a password file".to_owned());
        }
        // sshd refuses to start without its empty folder, which only its service makes.
        fs::create_dir_all("/run/sshd").map_err(|error| error.to_string())?;
        let folder = tempfile::Builder::new()
            .prefix("tagout-sshd")
            .tempdir()
            .map_err(|error| error.to_string())?;
        let host_key = Self::make_key(&folder.path().join("host"));
        let login_key = Self::make_key(&folder.path().join("login"));
        fs::write(folder.path().join("authorized"), format!("{login_key}\n")).unwrap();
        for _ in 0..STARTS_MAX {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            fs::write(folder.path().join("config"), config(folder.path(), port)).unwrap();
            if let Some((child, log)) = start_on(folder.path()) {
                let control_dir = folder.path().join("c");
                return Ok(Self {
                    folder,
                    control_dir,
                    port,
                    host_key,
                    child: Mutex::new(child),
                    log,
                });
            }
        }
        Err("sshd does not start".to_owned())
    }

    /// Makes a key pair and gives the public half.
    pub fn make_key(path: &Path) -> HostKey {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(path)
            .status()
            .unwrap();
        assert!(made.success());
        HostKey::parse(&fs::read_to_string(path.with_extension("pub")).unwrap()).unwrap()
    }

    pub fn target(&self, pinned: HostKey) -> Target {
        let key = self.folder.path().join("login");
        Target::new("127.0.0.1", self.port, &own_user(), key, pinned, Become::Root).unwrap()
    }

    pub fn target_at(&self, port: u16) -> Target {
        let key = self.folder.path().join("login");
        Target::new(
            "127.0.0.1",
            port,
            &own_user(),
            key,
            self.host_key.clone(),
            Become::Root,
        )
        .unwrap()
    }

    pub fn reach(&self) -> Reach {
        Reach::Ssh(self.target(self.host_key.clone()))
    }

    pub fn host_key(&self) -> &HostKey {
        &self.host_key
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn control_dir(&self) -> &Path {
        &self.control_dir
    }

    /// How many times somebody logged in.
    pub fn logins(&self) -> usize {
        let log = self.log.lock().unwrap();
        log.iter()
            .filter(|line| line.contains("Accepted publickey"))
            .count()
    }

    pub fn forget_our_key(&self) {
        fs::write(self.folder.path().join("authorized"), "").unwrap();
    }

    /// Ends it with every connection.
    pub fn stop(&self) {
        self.cut();
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Waits until a process with this command line runs, then kills every connection's server process.
    pub fn cut_when_busy(&self, command_line: &str) {
        while !below(self.child.lock().unwrap().id())
            .iter()
            .any(|id| command_of(*id) == command_line)
        {
            std::thread::yield_now();
        }
        self.cut();
    }

    fn cut(&self) {
        let listener = self.child.lock().unwrap().id();
        let servers = below(listener)
            .into_iter()
            .filter(|id| command_of(*id).starts_with("sshd:"));
        let ids: Vec<String> = servers.map(|id| id.to_string()).collect();
        if !ids.is_empty() {
            let _ = Command::new("kill")
                .arg("-9")
                .args(ids)
                .stderr(Stdio::null())
                .status();
        }
    }
}

impl Drop for OwnSshd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn own_user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn config(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n\
         StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         PermitRootLogin prohibit-password\nPidFile none\nMaxStartups 100\nAcceptEnv *\nLogLevel INFO\n"
    )
}

type Started = (Child, std::sync::Arc<Mutex<Vec<String>>>);

fn start_on(folder: &Path) -> Option<Started> {
    let mut child = Command::new("/usr/sbin/sshd")
        .args(["-D", "-e", "-f"])
        .arg(folder.join("config"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let log = std::sync::Arc::new(Mutex::new(Vec::new()));
    let mut lines = BufReader::new(child.stderr.take()?).lines().map_while(Result::ok);
    let is_listening = lines.by_ref().any(|line| line.contains("Server listening"));
    if !is_listening {
        let _ = child.wait();
        return None;
    }
    let kept = std::sync::Arc::clone(&log);
    std::thread::spawn(move || lines.for_each(|line| kept.lock().unwrap().push(line)));
    Some((child, log))
}

/// Ids of every process below one.
fn below(ancestor: u32) -> Vec<u32> {
    let mut found = vec![ancestor];
    let mut next = 0;
    while next < found.len() {
        let path = format!("/proc/{0}/task/{0}/children", found[next]);
        let children = fs::read_to_string(path).unwrap_or_default();
        found.extend(
            children
                .split_whitespace()
                .filter_map(|id| id.parse::<u32>().ok()),
        );
        next += 1;
    }
    found.split_off(1)
}

fn command_of(id: u32) -> String {
    let bytes = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .trim_end_matches('\0')
        .replace('\0', " ")
}
