//! A machine that we are connected to.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::HostError;
use crate::command::{Command, Exit, Output};
use crate::quote::shell_line;
use crate::reach::{Become, Reach, Timeouts};
use crate::run::{Stopwatch, Streams, Taken, pump, runtime};
use crate::ssh::Master;

/// Largest file that is written or read in one go.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

const WRITE_FILE: &str = include_str!("write_file.sh");
const READ_FILE: &str = include_str!("read_file.sh");

/// A connected machine. Commands may run at once from several threads, each in its own channel of the one connection;
/// OpenSSH allows ten by default. When it is dropped the connection ends; jobs on the host go on.
#[derive(Debug)]
pub struct Host {
    way: Way,
    timeouts: Timeouts,
}

#[derive(Debug)]
enum Way {
    Ssh {
        master: Master,
        user: String,
        becoming: Become,
    },
    Local {
        becoming: Become,
    },
}

impl Host {
    /// Connects to a machine and checks that it is the one that was enrolled. `control_dir` is a folder of ours for
    /// sockets, made if missing; its path should be short (60 bytes).
    ///
    /// # Errors
    /// [`HostError::Unreachable`], [`HostError::HostKeyChanged`], [`HostError::AuthenticationFailed`],
    /// [`HostError::TimedOut`].
    pub fn connect(reach: &Reach, control_dir: &Path, timeouts: Timeouts) -> Result<Self, HostError> {
        let way = match reach {
            Reach::Ssh(target) => Way::Ssh {
                master: Master::connect(target, control_dir, timeouts)?,
                user: target.user.clone(),
                becoming: target.becoming,
            },
            Reach::Local => Way::Local {
                becoming: own_becoming()?,
            },
        };
        Ok(Self { way, timeouts })
    }

    /// Runs a command and waits for it. A code other than 0 is no error here: see [`Output::success`].
    ///
    /// # Errors
    /// [`HostError::TimedOut`] (the command is then killed on the host), [`HostError::ConnectionLost`],
    /// [`HostError::SudoRefused`], [`HostError::CommandMissing`].
    pub fn run(&self, command: &Command) -> Result<Output, HostError> {
        let limit = command.timeout.unwrap_or(self.timeouts.command);
        let words = command.wire(self.becoming(), limit)?;
        let watch = Stopwatch::start();
        let running = async {
            let (input, bytes_max) = (&command.stdin, command.output_bytes_max);
            match &self.way {
                Way::Ssh { master, .. } => master.run(shell_line(&words), input, bytes_max).await,
                Way::Local { .. } => run_here(&words, input, bytes_max).await,
            }
        };
        let ended =
            runtime()?.block_on(async { tokio::time::timeout(Command::patience(limit), running).await });
        let duration = watch.elapsed();
        let Ok(ended) = ended else {
            return Err(timed_out(command, limit));
        };
        let (exit, taken) = ended?;
        let output = Output {
            exit,
            stdout: taken.stdout,
            stderr: taken.stderr,
            duration,
            is_truncated: taken.is_truncated,
        };
        self.judge(command, limit, output)
    }

    /// Puts a file in place as root, whole or not at all: written beside it, synced, renamed.
    ///
    /// # Errors
    /// As [`Host::run`], and [`HostError::CommandFailed`] such as for a full disk; the old file is then still there.
    pub fn write_file(&self, path: &str, bytes: &[u8], mode: u32) -> Result<(), HostError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(HostError::OutputTooLarge {
                what: path.to_owned(),
                limit_bytes: FILE_BYTES_MAX,
            });
        }
        let mode = format!("{:o}", mode & 0o7777);
        let command = Command::new([
            "/bin/sh",
            "-c",
            WRITE_FILE,
            "sh",
            path,
            &mode,
            &bytes.len().to_string(),
        ])
        .stdin(bytes)
        .as_root();
        self.run(&command)?
            .success(&format!("writing `{path}`"))
            .map(|_| ())
    }

    /// Reads a file as root.
    ///
    /// # Errors
    /// [`HostError::FileMissing`], [`HostError::OutputTooLarge`] if it has more than `bytes_max` bytes.
    pub fn read_file(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, HostError> {
        let limit_bytes = bytes_max.min(FILE_BYTES_MAX);
        let command = Command::script(READ_FILE, [path, &(limit_bytes + 1).to_string()])
            .as_root()
            .output_bytes_max(limit_bytes + 1);
        let output = self.run(&command)?;
        if output.exit == Exit::Code(READ_FILE_MISSING) {
            return Err(HostError::FileMissing {
                path: path.to_owned(),
            });
        }
        let output = output.success(&format!("reading `{path}`"))?;
        if output.stdout.len() > limit_bytes {
            return Err(HostError::OutputTooLarge {
                what: path.to_owned(),
                limit_bytes,
            });
        }
        Ok(output.stdout)
    }

    /// Whether the connection still stands; always so on the local machine.
    pub fn is_connected(&self) -> bool {
        match &self.way {
            Way::Ssh { master, .. } => master.is_connected(),
            Way::Local { .. } => true,
        }
    }

    /// Whether it is the machine that we run on.
    pub fn is_local(&self) -> bool {
        matches!(self.way, Way::Local { .. })
    }

    fn becoming(&self) -> Become {
        match self.way {
            Way::Ssh { becoming, .. } | Way::Local { becoming } => becoming,
        }
    }

    /// Tells the failures of what we put around the command from those of the command.
    fn judge(&self, command: &Command, limit: Duration, output: Output) -> Result<Output, HostError> {
        let used_sudo = command.by == crate::As::Root && self.becoming() == Become::Sudo;
        if used_sudo && !output.exit.is_success() && is_sudo_refusal(&output.stderr) {
            return Err(HostError::SudoRefused {
                user: match &self.way {
                    Way::Ssh { user, .. } => user.clone(),
                    Way::Local { .. } => "this user".to_owned(),
                },
                detail: output.complaint(),
            });
        }
        match output.exit {
            // timeout(1): 124 after its TERM, 137 after its KILL.
            Exit::Code(124 | 137) if output.duration >= limit => Err(timed_out(command, limit)),
            Exit::Killed if output.duration >= limit => Err(timed_out(command, limit)),
            Exit::Code(127) => Err(HostError::CommandMissing {
                program: command.program(),
            }),
            _ => Ok(output),
        }
    }
}

/// What `read_file.sh` exits with when there is no file.
const READ_FILE_MISSING: i32 = 66;

fn timed_out(command: &Command, limit: Duration) -> HostError {
    HostError::TimedOut {
        what: format!("`{}`", command.program()),
        limit,
    }
}

/// sudo prefixes its own words with its name; it says them only before it starts the command.
fn is_sudo_refusal(stderr: &[u8]) -> bool {
    let text = String::from_utf8_lossy(stderr);
    let own = |line: &str| {
        line.starts_with("sudo: ")
            || line.starts_with("/etc/sudoers")
            || line.contains("is not in the sudoers file")
            || line.contains("is not allowed to execute")
            || line.contains("env: 'sudo'")
            || line.contains("failed to run command 'sudo'")
    };
    text.lines().any(own)
}

/// On the local machine sudo is needed unless we are root.
fn own_becoming() -> Result<Become, HostError> {
    use std::os::unix::fs::MetadataExt;
    let own = std::fs::metadata("/proc/self").map_err(HostError::here("look at our own process"))?;
    Ok(if own.uid() == 0 {
        Become::Root
    } else {
        Become::Sudo
    })
}

async fn run_here(words: &[Vec<u8>], input: &[u8], bytes_max: usize) -> Result<(Exit, Taken), HostError> {
    use std::os::unix::ffi::OsStrExt;
    let doing = || HostError::here("start a program");
    let words: Vec<&std::ffi::OsStr> = words
        .iter()
        .map(|word| std::ffi::OsStr::from_bytes(word))
        .collect();
    let mut command = tokio::process::Command::new(words[0]);
    command.args(&words[1..]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.kill_on_drop(true);
    let mut child = command.spawn().map_err(doing())?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(doing()(std::io::Error::other("no streams")));
    };
    let taken = pump(
        Streams {
            stdin,
            stdout,
            stderr,
        },
        input,
        bytes_max,
    )
    .await
    .map_err(doing())?;
    let status = child.wait().await.map_err(doing())?;
    Ok((status.code().map_or(Exit::Killed, Exit::Code), taken))
}
