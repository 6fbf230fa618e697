//! Fetches what a job left behind.

use std::time::Duration;

use basis::Time;

use super::{JOBS_FOLDER, JobId};
use crate::collect::Sections;
use crate::command::Exit;
use crate::{Command, Host, HostError};

const EVIDENCE: &str = include_str!("evidence.sh");
/// Most bytes of each file; of a longer one the end is kept.
pub const EVIDENCE_FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Number of files that a job leaves.
const FILES: usize = 6;
/// What `evidence.sh` exits with when there is no such job.
const NO_JOB: i32 = 66;
/// Reading the logs of a long upgrade over a slow line.
const EVIDENCE_TIMEOUT: Duration = Duration::from_secs(300);

/// What a job left behind, as text; bytes that are no UTF-8 become replacement characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobEvidence {
    /// What was to be done, as JSON.
    pub description: String,
    /// Everything that its commands printed.
    pub transcript: String,
    /// Its steps with the times at which they began.
    pub progress: Vec<(Time, String)>,
    /// What apt wrote into history.log in that time; local time of the host, without a zone.
    pub apt_history: String,
    /// What apt wrote into term.log in that time.
    pub apt_terminal: String,
    /// What dpkg wrote into dpkg.log in that time.
    pub dpkg_log: String,
    /// Whether a file was longer than [`EVIDENCE_FILE_BYTES_MAX`], so that only its end is here.
    pub is_truncated: bool,
}

/// Fetches what `job` left so far. Works for running, finished and lost jobs.
///
/// # Errors
/// [`HostError::FileMissing`] if the host has no such job; otherwise as [`Host::run`].
pub fn evidence(host: &Host, job: &JobId) -> Result<JobEvidence, HostError> {
    let folder = format!("{JOBS_FOLDER}/{job}");
    let command = Command::script(EVIDENCE, [&folder, &EVIDENCE_FILE_BYTES_MAX.to_string()])
        .as_root()
        .timeout(EVIDENCE_TIMEOUT)
        .output_bytes_max((FILES + 1) * EVIDENCE_FILE_BYTES_MAX);
    let output = host.run(&command)?;
    if output.exit == Exit::Code(NO_JOB) {
        return Err(HostError::FileMissing { path: folder });
    }
    let sections = Sections::read(&output.success("fetching what a job left")?.stdout)?;
    let mut is_truncated = false;
    let mut text = |name: &str| match sections.part(name) {
        Some((exit, text)) => {
            is_truncated |= !exit.is_success();
            text
        }
        None => String::new(),
    };
    let progress = text("progress");
    Ok(JobEvidence {
        description: text("job.json"),
        transcript: text("transcript"),
        progress: progress.lines().filter_map(step).collect(),
        apt_history: text("logs/apt-history"),
        apt_terminal: text("logs/apt-terminal"),
        dpkg_log: text("logs/dpkg"),
        is_truncated,
    })
}

fn step(line: &str) -> Option<(Time, String)> {
    let (seconds, word) = line.split_once(' ')?;
    Some((
        Time::from_ms(seconds.parse::<i64>().ok()?.saturating_mul(1_000)),
        word.to_owned(),
    ))
}
