//! Cutting off who does not take an answer, so that nobody holds a connection by reading nothing, or next to nothing.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::limits::{TAKING_GRACE, TAKING_PAUSE_MAX, TAKING_RATE_LEAST};

/// How patient the server is with those who take answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// How long nothing may be taken.
    pub(super) pause_max: Duration,
    /// How long answers may wait altogether, before what was taken counts.
    pub(super) grace: Duration,
    /// Bytes that must be taken for each further second.
    pub(super) rate_least: u64,
}

impl Patience {
    /// That of the program.
    pub(super) const USUAL: Self = Self {
        pause_max: TAKING_PAUSE_MAX,
        grace: TAKING_GRACE,
        rate_least: TAKING_RATE_LEAST,
    };

    /// How much longer the next bytes may wait, when `waited` was spent on waiting for the first `taken`.
    fn left(&self, waited: Duration, taken: u64) -> Duration {
        let earned = Duration::from_secs(taken / self.rate_least.max(1));
        (self.grace.saturating_add(earned).saturating_sub(waited)).min(self.pause_max)
    }
}

/// A connection whose far end must take what is written to it.
pub(super) struct Taking<S> {
    stream: S,
    patience: Patience,
    waiting: Option<Waiting>,
    waited: Duration,
    taken: u64,
}

struct Waiting {
    since: Instant,
    end: Pin<Box<Sleep>>,
}

impl<S> Taking<S> {
    pub(super) fn new(stream: S, patience: Patience) -> Self {
        Self {
            stream,
            patience,
            waiting: None,
            waited: Duration::ZERO,
            taken: 0,
        }
    }

    /// What becomes of a write: as it is, or broken off when it has waited too long.
    fn judge(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(outcome) = written {
            if let Some(waiting) = self.waiting.take() {
                self.waited += waiting.since.elapsed();
            }
            self.taken += outcome.as_ref().map_or(0, |count| *count as u64);
            return Poll::Ready(outcome);
        }
        let left = self.patience.left(self.waited, self.taken);
        let waiting = self.waiting.get_or_insert_with(|| Waiting {
            since: Instant::now(),
            end: Box::pin(tokio::time::sleep(left)),
        });
        match waiting.end.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Taking<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Taking<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_little_earns_little_time() {
        let patience = Patience {
            pause_max: Duration::from_secs(30),
            grace: Duration::from_secs(60),
            rate_least: 1_024,
        };
        let left_s = |waited_s, taken| patience.left(Duration::from_secs(waited_s), taken).as_secs();
        assert_eq!(left_s(0, 0), 30);
        assert_eq!(left_s(59, 0), 1);
        assert_eq!(left_s(60, 0), 0);
        assert_eq!(left_s(60, 1_023), 0);
        assert_eq!(left_s(60, 1_024), 1);
        assert_eq!(left_s(60, 1 << 30), 30);
    }
}
