//! Asks how a job stands.

use basis::Time;

use super::{JOBS_FOLDER, JobId};
use crate::{Command, Host, HostError};

const POLL: &str = include_str!("poll.sh");

/// How a job stands. Times are by the host's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// Nothing was done: starting it is safe.
    NotStarted,
    /// It is at work.
    Running {
        /// Since when.
        since: Time,
        /// The step it is at, such as `installing`; `orphaned` if its own process was killed and apt goes on.
        step: String,
    },
    /// It ended by itself. Whether it did what it should shows only in the packages.
    Finished {
        /// Since when it ran.
        since: Time,
        /// When it ended.
        until: Time,
        /// The exit code of its main step.
        exit: i32,
    },
    /// It was started and is gone without a result: nobody knows how far it came. It is never started again.
    Lost {
        /// Since when it ran.
        since: Time,
        /// What became of it.
        reason: LostReason,
    },
}

/// Why a job has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostReason {
    /// The host was rebooted while it ran.
    Rebooted,
    /// Its process is gone: it was killed, or there was no space left to write the result.
    Died,
}

impl JobState {
    /// Whether nothing more will happen.
    pub fn is_over(&self) -> bool {
        matches!(self, JobState::Finished { .. } | JobState::Lost { .. })
    }
}

/// Asks the host how `job` stands.
///
/// # Errors
/// As [`Host::run`]; after a lost connection connect anew and ask again.
pub fn poll(host: &Host, job: &JobId) -> Result<JobState, HostError> {
    let command = Command::script(POLL, [format!("{JOBS_FOLDER}/{job}")]).as_root();
    let text = host.run(&command)?.success("asking about a job")?.text();
    read(&text).ok_or_else(|| HostError::bad_answer(format!("job `{job}`"), text.trim().to_owned()))
}

fn read(text: &str) -> Option<JobState> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let time = |word: &str| Some(Time::from_ms(word.parse::<i64>().ok()?.saturating_mul(1_000)));
    Some(match words[..] {
        ["not-started"] => JobState::NotStarted,
        ["running", since, step] => JobState::Running {
            since: time(since)?,
            step: step.to_owned(),
        },
        ["finished", since, exit, until] => JobState::Finished {
            since: time(since)?,
            until: time(until)?,
            exit: exit.parse().ok()?,
        },
        ["lost", since, "rebooted"] => JobState::Lost {
            since: time(since)?,
            reason: LostReason::Rebooted,
        },
        ["lost", since, "died"] => JobState::Lost {
            since: time(since)?,
            reason: LostReason::Died,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_answer_is_a_state() {
        assert_eq!(read("not-started\n"), Some(JobState::NotStarted));
        let finished = read("finished 10 100 20\n").unwrap();
        assert_eq!(
            finished,
            JobState::Finished {
                since: Time::from_ms(10_000),
                until: Time::from_ms(20_000),
                exit: 100
            }
        );
        assert!(finished.is_over());
        for bad in ["", "finished", "finished 10 100", "running x y", "lost 10 eaten"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
