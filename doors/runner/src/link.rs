//! A connection to one host that is made again when it breaks.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use hosts::{Host, HostError, Reach, Timeouts};

/// How a host is reached and how long it is waited for.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) reach: Reach,
    /// A folder of ours for sockets.
    pub(crate) control: PathBuf,
    pub(crate) timeouts: Timeouts,
    /// Between two tries.
    pub(crate) pause: Duration,
}

/// A host that is connected to when it is needed.
pub(crate) struct Link {
    way: Way,
    host: Option<Host>,
}

impl Link {
    pub(crate) fn new(way: Way) -> Self {
        Self { way, host: None }
    }

    pub(crate) fn way(&self) -> &Way {
        &self.way
    }

    /// Forgets the connection, such as before a reboot.
    pub(crate) fn drop_connection(&mut self) {
        self.host = None;
    }

    /// Does `work` on the host, connecting as needed, again after each error that may pass by itself, for `patience`.
    /// Everything done so must be safe to do again: looking, or starting and following a job.
    pub(crate) fn with<T>(
        &mut self,
        patience: Duration,
        mut work: impl FnMut(&Host) -> Result<T, HostError>,
    ) -> Result<T, HostError> {
        let began = now();
        loop {
            match self.once(&mut work) {
                Err(error) if error.is_passing() => {
                    self.host = None;
                    if began.elapsed() + self.way.pause >= patience {
                        return Err(error);
                    }
                    thread::sleep(self.way.pause);
                }
                answer => return answer,
            }
        }
    }

    fn once<T>(&mut self, work: &mut impl FnMut(&Host) -> Result<T, HostError>) -> Result<T, HostError> {
        let host = match self.host.take() {
            Some(host) if host.is_connected() => host,
            _ => Host::connect(&self.way.reach, &self.way.control, self.way.timeouts)?,
        };
        let answer = work(&host);
        self.host = Some(host);
        answer
    }
}

/// How long a host is waited for is a matter of this machine's own clock, whatever the organisation's clock says.
#[allow(clippy::disallowed_methods)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
