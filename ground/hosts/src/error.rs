//! What can go wrong between us and a machine, in sentences for the person who has to put it right.

use std::time::Duration;

/// Why a machine could not be reached, or did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Nothing answered, or the network refused.
    #[error("the host cannot be reached: {detail}")]
    Unreachable {
        /// What the network or `ssh` said.
        detail: String,
    },
    /// The host showed another key than the one that was confirmed at enrolment.
    #[error("the host key has changed: `{expected}` was enrolled, the host offers `{offered}`")]
    HostKeyChanged {
        /// SHA-256 fingerprint of the enrolled key.
        expected: String,
        /// SHA-256 fingerprint of the key that was offered, or a word for what was offered.
        offered: String,
    },
    /// The host did not accept our key for this user.
    #[error("the host refused the login of `{user}`: {detail}")]
    AuthenticationFailed {
        /// The login name.
        user: String,
        /// What `ssh` said.
        detail: String,
    },
    /// `sudo` did not let the login user act as root without a password.
    #[error("the host does not let `{user}` act as root: {detail}")]
    SudoRefused {
        /// The login name, or `this user` on the local machine.
        user: String,
        /// What `sudo` said.
        detail: String,
    },
    /// A step took longer than its limit. Whether it had an effect is not known.
    #[error("{what} did not end within {} s", limit.as_secs())]
    TimedOut {
        /// The step, such as the program's name.
        what: String,
        /// The limit.
        limit: Duration,
    },
    /// The connection broke while something ran. Whether it had an effect is not known.
    #[error("the connection to the host was lost while {doing}: {detail}")]
    ConnectionLost {
        /// What was being done.
        doing: String,
        /// What `ssh` said.
        detail: String,
    },
    /// The answer was longer than the limit.
    #[error("{what} is longer than {limit_bytes} bytes")]
    OutputTooLarge {
        /// The file or the command.
        what: String,
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// The host has no such program.
    #[error("the host has no program `{program}`")]
    CommandMissing {
        /// The program.
        program: String,
    },
    /// There is no such file on the host.
    #[error("the host has no file `{path}`")]
    FileMissing {
        /// The path on the host.
        path: String,
    },
    /// A command that has to succeed did not.
    #[error("{what} failed on the host ({exit}): {detail}")]
    CommandFailed {
        /// What was to be done.
        what: String,
        /// How it ended, such as `exit 100`.
        exit: String,
        /// The last lines that it wrote.
        detail: String,
    },
    /// The host answered something that we do not understand.
    #[error("the host's answer about {what} makes no sense: {detail}")]
    BadAnswer {
        /// Which part of the answer.
        what: String,
        /// What is wrong with it, and where.
        detail: String,
    },
    /// A job with this id exists on the host and is to do something else.
    #[error("job `{job}` exists on the host with another content")]
    JobDiffers {
        /// The job's id.
        job: String,
    },
    /// A value cannot be used as an address, a name, a version or a path.
    #[error("`{value}` is not {wanted}")]
    Unusable {
        /// The value, shortened.
        value: String,
        /// What it should have been.
        wanted: &'static str,
    },
    /// The machine that we run on did not let us start a program or write a file.
    #[error("cannot {doing} on this machine: {source}")]
    Here {
        /// What we wanted to do.
        doing: String,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl HostError {
    /// What the person can do about it.
    pub fn way_out(&self) -> &'static str {
        match self {
            HostError::Unreachable { .. } => {
                "check that the host is up and that its address and port are right"
            }
            HostError::HostKeyChanged { .. } => {
                "find out why; if the host was reinstalled, enrol its new key, and if not, treat it as an incident"
            }
            HostError::AuthenticationFailed { .. } => {
                "put the public key into the user's authorized_keys file"
            }
            HostError::SudoRefused { .. } => "allow the user `NOPASSWD: ALL` in a file below /etc/sudoers.d",
            HostError::TimedOut { .. } => "look at the host's load and disks, then try again",
            HostError::ConnectionLost { .. } => {
                "connect again; work that was started as a job goes on without us"
            }
            HostError::OutputTooLarge { .. } => "narrow what is asked for",
            HostError::CommandMissing { .. } => "install the program on the host",
            HostError::FileMissing { .. } => "check the path",
            HostError::CommandFailed { .. } => {
                "read what the command wrote, put it right on the host and try again"
            }
            HostError::BadAnswer { .. } => "run the same command by hand on the host and compare",
            HostError::JobDiffers { .. } => "use a new job id for other work",
            HostError::Unusable { .. } => "correct the value",
            HostError::Here { .. } => "check the programs, the space and the permissions of this machine",
        }
    }

    /// Whether the same act may succeed if it is tried again after a pause, with nobody doing anything.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            HostError::Unreachable { .. } | HostError::TimedOut { .. } | HostError::ConnectionLost { .. }
        )
    }

    pub(crate) fn unusable(value: &str, wanted: &'static str) -> Self {
        HostError::Unusable {
            value: value.chars().take(80).collect(),
            wanted,
        }
    }

    pub(crate) fn here(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| HostError::Here { doing, source }
    }

    pub(crate) fn bad_answer(what: impl Into<String>, detail: impl Into<String>) -> Self {
        HostError::BadAnswer {
            what: what.into(),
            detail: detail.into(),
        }
    }
}
