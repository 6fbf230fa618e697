//! One held-open connection to one host, over which every command gets a channel of its own.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use openssh::{Session, Stdio as RemoteStdio};

use super::{complaint, options, understand};
use crate::HostError;
use crate::command::Exit;
use crate::reach::{Target, Timeouts};
use crate::run::{Streams, Taken, pump, runtime};

/// Longest path of a Unix socket, less the suffix that `ssh` puts behind it while it makes one.
const SOCKET_PATH_BYTES_MAX: usize = 107 - 17;
/// A master is given this long to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// Most bytes that we read of the master's log.
const LOG_BYTES_MAX: usize = 64 * 1024;

/// A running `ssh` master and the folder with its socket, log and known_hosts file.
#[derive(Debug)]
pub(crate) struct Master {
    session: Session,
    folder: PathBuf,
}

impl Master {
    /// Connects, checks the host key, logs in; all of it within `timeouts.connect`.
    pub(crate) fn connect(
        target: &Target,
        control_dir: &Path,
        timeouts: Timeouts,
    ) -> Result<Self, HostError> {
        let runtime = runtime()?;
        let folder = make_folder(control_dir)?;
        let connected = prepare(target, timeouts, &folder)
            .and_then(|arguments| runtime.block_on(launch(arguments, target, timeouts, &folder)));
        match connected {
            Ok(()) => Ok(Self {
                session: Session::resume_mux(options::socket(&folder).into(), None),
                folder,
            }),
            Err(error) => {
                let _ = fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    /// Runs one shell line on the host, giving it `input`.
    pub(crate) async fn run(
        &self,
        line: Vec<u8>,
        input: &[u8],
        bytes_max: usize,
    ) -> Result<(Exit, Taken), HostError> {
        let mut child = self
            .session
            .raw_command(std::ffi::OsStr::from_bytes(&line))
            .stdin(RemoteStdio::piped())
            .stdout(RemoteStdio::piped())
            .stderr(RemoteStdio::piped())
            .spawn()
            .await
            .map_err(|error| self.lost("starting a command", &error.to_string()))?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin().take(), child.stdout().take(), child.stderr().take())
        else {
            return Err(self.lost("starting a command", "no streams"));
        };
        let streams = Streams {
            stdin,
            stdout,
            stderr,
        };
        let taken = pump(streams, input, bytes_max)
            .await
            .map_err(|error| self.lost("reading output", &error.to_string()))?;
        let exit = match child.wait().await {
            Ok(status) => status.code().map_or(Exit::Killed, Exit::Code),
            // The crate answers 127 with an error of its own.
            Err(openssh::Error::Remote(error)) if error.kind() == io::ErrorKind::NotFound => Exit::Code(127),
            // No exit status came: the command was killed, or the connection ended beneath it.
            Err(error) => {
                if self.session.check().await.is_err() {
                    return Err(self.lost("a command ran", &error.to_string()));
                }
                Exit::Killed
            }
        };
        Ok((exit, taken))
    }

    /// Whether the master still answers.
    pub(crate) fn is_connected(&self) -> bool {
        runtime().is_ok_and(|runtime| runtime.block_on(self.session.check()).is_ok())
    }

    fn lost(&self, doing: &str, detail: &str) -> HostError {
        let log = read_log(&self.folder);
        let said = complaint::last_line(&log);
        HostError::ConnectionLost {
            doing: doing.to_owned(),
            detail: if said.is_empty() { detail.to_owned() } else { said },
        }
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        let goodbye = async {
            let mut command = tokio::process::Command::new("ssh");
            command.args(options::exit_arguments(&self.folder));
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.kill_on_drop(true);
            let _ = tokio::time::timeout(GOODBYE, command.status()).await;
        };
        if let Ok(runtime) = runtime() {
            runtime.block_on(goodbye);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes a folder that only we can enter, with a name that no other connection of this machine has.
fn make_folder(control_dir: &Path) -> Result<PathBuf, HostError> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let doing = || HostError::here("make a folder for a connection");
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    builder.recursive(true).create(control_dir).map_err(doing())?;
    sweep(control_dir);
    let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = control_dir.join(name);
    if options::socket(&folder).as_os_str().len() > SOCKET_PATH_BYTES_MAX {
        let wanted = "a folder for connections with a path short enough for sockets (60 bytes are)";
        return Err(HostError::unusable(&control_dir.to_string_lossy(), wanted));
    }
    let _ = fs::remove_dir_all(&folder);
    builder.recursive(false).create(&folder).map_err(doing())?;
    Ok(folder)
}

/// Removes what processes left that ended without saying goodbye; their masters end by themselves.
fn sweep(control_dir: &Path) {
    let Ok(entries) = fs::read_dir(control_dir) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((process, number)) = name.split_once('-') else {
            continue;
        };
        let is_ours = process.parse::<u32>().is_ok() && number.parse::<u32>().is_ok();
        if is_ours && !Path::new("/proc").join(process).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn prepare(target: &Target, timeouts: Timeouts, folder: &Path) -> Result<Vec<std::ffi::OsString>, HostError> {
    use std::io::Write;
    let doing = || HostError::here("write down the pinned host key");
    if let Err(source) = fs::metadata(&target.identity_file) {
        return Err(HostError::Here {
            doing: "read the private key file".to_owned(),
            source,
        });
    }
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(folder.join("known_hosts"))
        .map_err(doing())?;
    writeln!(file, "{} {}", options::PINNED_NAME, target.pinned_host_key).map_err(doing())?;
    options::master_arguments(target, timeouts, folder)
}

async fn launch(
    arguments: Vec<std::ffi::OsString>,
    target: &Target,
    timeouts: Timeouts,
    folder: &Path,
) -> Result<(), HostError> {
    let mut command = tokio::process::Command::new("ssh");
    command
        .args(arguments)
        .env_remove("SSH_AUTH_SOCK")
        .env("LC_ALL", "C");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // With -f the process ends as soon as the login succeeded and the master went to the background.
    command.kill_on_drop(true);
    let mut child = command.spawn().map_err(HostError::here("start `ssh`"))?;
    // `ssh` limits the connection by itself; the second as much is for the login.
    match tokio::time::timeout(timeouts.connect * 2, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(_)) => Err(understand(&read_log(folder), target)),
        Ok(Err(source)) => Err(HostError::Here {
            doing: "wait for `ssh`".to_owned(),
            source,
        }),
        Err(_) => Err(HostError::TimedOut {
            what: "the login".to_owned(),
            limit: timeouts.connect * 2,
        }),
    }
}

fn read_log(folder: &Path) -> String {
    let bytes = fs::read(folder.join("log")).unwrap_or_default();
    String::from_utf8_lossy(&bytes[..bytes.len().min(LOG_BYTES_MAX)]).into_owned()
}
