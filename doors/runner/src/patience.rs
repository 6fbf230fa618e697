//! How long the runner waits for what.

use std::time::Duration;

/// The runner's waiting times. The defaults suit real machines; tests take shorter ones.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a connection with key exchange and login.
    pub connect: Duration,
    /// For a host that does not answer before anything was done on it: then it has failed.
    pub before_work: Duration,
    /// For a host that does not answer any more while work goes on there: then it is lost.
    pub in_work: Duration,
    /// For the package manager.
    pub job: Duration,
    /// For a host to come back from a reboot.
    pub reboot: Duration,
    /// Between two questions about a job.
    pub poll: Duration,
    /// Between two tries to connect.
    pub pause: Duration,
    /// Between two looks at the runs when nobody rings.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            before_work: Duration::from_secs(60),
            in_work: Duration::from_secs(30 * 60),
            job: Duration::from_secs(4 * 3_600),
            reboot: Duration::from_secs(15 * 60),
            poll: Duration::from_secs(2),
            pause: Duration::from_secs(5),
            idle: Duration::from_secs(10),
        }
    }
}
