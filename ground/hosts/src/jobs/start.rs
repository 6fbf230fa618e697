//! Starts a job, once.

use std::time::Duration;

use serde::Serialize;

use super::JobId;
use crate::command::{Command, Exit};
use crate::{Host, HostError};

const START: &str = include_str!("start.sh");
const RUN: &str = include_str!("run.sh");
/// What `start.sh` exits with when the job exists with another content.
const DIFFERS: i32 = 65;
/// Putting a few small files in place and asking systemd.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// The form of `job.json`; a change of any script that a job keeps makes a new one.
const FORM: u32 = 1;
/// Longest request; the plan of one host with 2,000 packages has about 100 KB.
pub(crate) const REQUEST_BYTES_MAX: usize = 1024 * 1024;

/// What a job is to do.
pub(crate) struct Work<'a> {
    /// A word for it, such as `upgrade`.
    pub kind: &'static str,
    /// The script; it runs in the shell of `run.sh` and may use `progress` and `$folder`.
    pub steps: &'a str,
    /// Words for the script, one on each line of the file `request`.
    pub request: &'a [String],
}

#[derive(Serialize)]
struct Description<'a> {
    form: u32,
    job: &'a JobId,
    kind: &'a str,
    request: &'a [String],
}

/// Starts the job, or finds that it was started before: then nothing happens. Safe to call again after any error.
///
/// # Errors
/// [`HostError::JobDiffers`] if the id was used for other work; otherwise as [`Host::run`].
pub(crate) fn start(host: &Host, job: &JobId, work: &Work<'_>) -> Result<(), HostError> {
    let request: String = work.request.iter().map(|word| format!("{word}\n")).collect();
    if request.len() > REQUEST_BYTES_MAX || work.request.iter().any(|word| word.contains('\n')) {
        return Err(HostError::unusable(
            work.kind,
            "a job with a request of at most 1 MiB",
        ));
    }
    let (kind, request_words) = (work.kind, work.request);
    let description = Description {
        form: FORM,
        job,
        kind,
        request: request_words,
    };
    let description = serde_json::to_string(&description)
        .map_err(|error| HostError::bad_answer("the job's description", error.to_string()))?;
    let files = [description.as_str(), RUN, work.steps, &request];
    let lengths = files.map(|file| file.len().to_string());
    let mut words = vec!["/bin/sh", "-c", START, "sh", job.as_str()];
    words.extend(lengths.iter().map(String::as_str));
    let command = Command::new(words)
        .stdin(files.concat())
        .as_root()
        .timeout(START_TIMEOUT);
    let output = host.run(&command)?;
    if output.exit == Exit::Code(DIFFERS) {
        return Err(HostError::JobDiffers { job: job.to_string() });
    }
    output.success(&format!("starting job `{job}`")).map(|_| ())
}
