//! Whether a machine must be rebooted for what is installed to take effect.

use serde::{Deserialize, Serialize};

/// The verdict on a reboot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebootNeed {
    /// It is needed, for at least one reason.
    Needed(Vec<RebootReason>),
    /// Every sign was read and none asks for it.
    NotNeeded,
    /// No sign asks for it, but these could not be read.
    Unknown(Vec<String>),
}

/// A sign that a reboot is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebootReason {
    /// A package left the flag file.
    Flag {
        /// The packages that it names; may be empty.
        packages: Vec<String>,
    },
    /// A newer kernel of the same flavour is installed than the one that runs.
    NewerKernel {
        /// What `uname -r` says.
        running: String,
        /// What it would say after a reboot.
        installed: String,
    },
    /// The same kernel release is installed in another build than the one that runs.
    OtherKernelBuild {
        /// The version in `uname -v`.
        running: String,
        /// The installed package's version.
        installed: String,
    },
    /// The processor runs older microcode than is installed.
    Microcode,
    /// The operating system's own check says so about these packages.
    OwnCheck {
        /// What it named.
        packages: Vec<String>,
    },
    /// Services that cannot be restarted safely run old code.
    CoreService {
        /// Their units.
        units: Vec<String>,
    },
}
