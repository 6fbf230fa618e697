//! A command to run on a machine, and what came back.

use std::fmt;
use std::time::Duration;

use crate::HostError;
use crate::reach::Become;

/// Most bytes of each of stdout and stderr that are kept when the command names no limit of its own.
pub const OUTPUT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most bytes of all arguments together; Linux allows 128 KiB for one argument, which the remote shell gets as one.
pub const ARGUMENT_BYTES_MAX: usize = 96 * 1024;
/// After the limit a command gets this long to end by itself before it is killed.
const KILL_GRACE_S: u64 = 5;
/// The search path on every host; the login user's own is not used.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Who runs a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum As {
    /// The user that logged in.
    LoginUser,
    /// The superuser.
    Root,
}

/// A command with everything that decides how it runs. The host's own environment is not passed on; `LC_ALL=C` and
/// `DEBIAN_FRONTEND=noninteractive` are always set, and without stdin the command reads nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub(crate) argv: Vec<Vec<u8>>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) stdin: Vec<u8>,
    pub(crate) by: As,
    pub(crate) timeout: Option<Duration>,
    pub(crate) output_bytes_max: usize,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By a signal.
    Killed,
}

/// What a command gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub exit: Exit,
    /// What it wrote, up to the limit.
    pub stdout: Vec<u8>,
    /// What it complained about, up to the limit.
    pub stderr: Vec<u8>,
    /// From start to end, as seen from here.
    pub duration: Duration,
    /// Whether one of the two was longer than the limit and is cut.
    pub is_truncated: bool,
}

impl Command {
    /// A command with these arguments, the first of which is the program. Arguments are bytes and arrive unchanged.
    pub fn new<A: AsRef<[u8]>>(argv: impl IntoIterator<Item = A>) -> Self {
        Self {
            argv: argv.into_iter().map(|word| word.as_ref().to_vec()).collect(),
            env: Vec::new(),
            stdin: Vec::new(),
            by: As::LoginUser,
            timeout: None,
            output_bytes_max: OUTPUT_BYTES_MAX,
        }
    }

    /// Runs `script` with `/bin/sh`, handing it over on stdin so that it shows in no process list; its own commands
    /// must therefore not read stdin.
    pub fn script<A: AsRef<[u8]>>(script: &str, arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Self::new(["/bin/sh", "-s", "--"]);
        command
            .argv
            .extend(arguments.into_iter().map(|word| word.as_ref().to_vec()));
        command.stdin(script)
    }

    /// Runs it as root.
    pub fn as_root(mut self) -> Self {
        self.by = As::Root;
        self
    }

    /// Sets an environment variable. Process lists of the host show it: never use it for a secret.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives it these bytes to read.
    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    /// Ends it after `limit` at the latest, on the host as well.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Keeps at most `bytes` of stdout and as many of stderr.
    pub fn output_bytes_max(mut self, bytes: usize) -> Self {
        self.output_bytes_max = bytes;
        self
    }

    /// The program's name, for messages.
    pub(crate) fn program(&self) -> String {
        String::from_utf8_lossy(self.argv.first().map_or(b"", |word| word)).into_owned()
    }

    /// The whole argument list as it runs on the host.
    pub(crate) fn wire(&self, becoming: Become, limit: Duration) -> Result<Vec<Vec<u8>>, HostError> {
        let mut words: Vec<Vec<u8>> =
            vec![b"env".to_vec(), b"-i".to_vec(), PATH.into(), b"LC_ALL=C".to_vec()];
        if self.by == As::Root && becoming == Become::Sudo {
            // sudo replaces the environment by its own, so it is set once more behind it.
            let sudo = ["sudo", "-n", "--", "env", "-i", PATH, "LC_ALL=C"];
            words.extend(sudo.map(Into::into));
        }
        words.push(b"DEBIAN_FRONTEND=noninteractive".to_vec());
        for (name, value) in &self.env {
            if name.is_empty() || name.contains(['=', '-']) {
                return Err(HostError::unusable(name, "a name of an environment variable"));
            }
            words.push(format!("{name}={value}").into());
        }
        let seconds = limit.as_secs().max(1);
        let timeout = ["timeout", "-k", &KILL_GRACE_S.to_string(), &seconds.to_string()].map(String::from);
        words.extend(timeout.map(Into::into));
        words.extend(self.argv.iter().cloned());
        let bytes: usize = words.iter().map(|word| word.len() + 3).sum();
        if self.argv.is_empty() || bytes > ARGUMENT_BYTES_MAX || words.iter().any(|word| word.contains(&0)) {
            let wanted = "a command: one to 96 KiB of arguments without zero bytes";
            return Err(HostError::unusable(&self.program(), wanted));
        }
        Ok(words)
    }

    /// How long we wait here: longer than the host does, so that its own verdict is the usual one.
    pub(crate) fn patience(limit: Duration) -> Duration {
        limit.max(Duration::from_secs(1)) + Duration::from_secs(2 * KILL_GRACE_S)
    }
}

impl Exit {
    /// Whether the code was 0.
    pub fn is_success(self) -> bool {
        self == Exit::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "exit {code}"),
            Exit::Killed => f.write_str("killed by a signal"),
        }
    }
}

/// Most characters of a complaint that go into an error.
const COMPLAINT_CHARS_MAX: usize = 400;

impl Output {
    /// Stdout as text; bytes that are no UTF-8 become replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The last lines of stderr, or of stdout where stderr is empty, on one line and shortened.
    pub fn complaint(&self) -> String {
        let bytes = if self.stderr.trim_ascii().is_empty() {
            &self.stdout
        } else {
            &self.stderr
        };
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let joined = lines[lines.len().saturating_sub(3)..].join("; ");
        joined
            .chars()
            .filter(|c| !c.is_control())
            .take(COMPLAINT_CHARS_MAX)
            .collect()
    }

    /// Gives the output if the command succeeded.
    ///
    /// # Errors
    /// [`HostError::CommandFailed`] with the complaint.
    pub fn success(self, what: &str) -> Result<Self, HostError> {
        if self.exit.is_success() {
            return Ok(self);
        }
        Err(HostError::CommandFailed {
            what: what.to_owned(),
            exit: self.exit.to_string(),
            detail: self.complaint(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(command: &Command, becoming: Become) -> String {
        let words = command.wire(becoming, Duration::from_secs(7)).unwrap();
        let words: Vec<String> = words
            .iter()
            .map(|w| String::from_utf8_lossy(w).into_owned())
            .collect();
        words.join(" ").replace(PATH, "PATH")
    }

    #[test]
    fn a_command_runs_in_a_known_environment_with_a_limit_on_the_host() {
        assert_eq!(
            wire(&Command::new(["id", "-u"]).env("A", "b c"), Become::Sudo),
            "env -i PATH LC_ALL=C DEBIAN_FRONTEND=noninteractive A=b c timeout -k 5 7 id -u"
        );
    }

    #[test]
    fn root_comes_by_sudo_without_a_prompt_unless_the_login_is_root() {
        let command = Command::new(["id"]).as_root();
        assert!(wire(&command, Become::Sudo).contains("LC_ALL=C sudo -n -- env -i PATH LC_ALL=C DEBIAN"));
        assert!(!wire(&command, Become::Root).contains("sudo"));
    }

    #[test]
    fn arguments_have_a_limit_and_no_zero_bytes() {
        let overhead = 1_000;
        let fits = Command::new(["echo".to_owned(), "x".repeat(ARGUMENT_BYTES_MAX - overhead)]);
        assert!(fits.wire(Become::Root, Duration::ZERO).is_ok());
        let long = Command::new(["echo".to_owned(), "x".repeat(ARGUMENT_BYTES_MAX)]);
        for command in [long, Command::new(["a\0b"]), Command::new([""; 0])] {
            assert!(command.wire(Become::Root, Duration::ZERO).is_err());
        }
    }

    #[test]
    fn a_complaint_is_one_short_line_without_control_characters() {
        let output = Output {
            exit: Exit::Code(1),
            stdout: b"out".to_vec(),
            stderr: format!("one\n\n\x1b[31mtwo\nthree\n{}", "x".repeat(1_000)).into(),
            duration: Duration::ZERO,
            is_truncated: false,
        };
        let complaint = output.complaint();
        assert!(complaint.starts_with("[31mtwo; three; x") && complaint.len() == COMPLAINT_CHARS_MAX);
        assert!(
            output
                .success("listing")
                .unwrap_err()
                .to_string()
                .contains("listing failed on the host (exit 1)")
        );
    }
}
