//! Feeds a started process, here or over the connection, and takes what it gives, within limits.

use std::io;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::runtime::Runtime;

use crate::HostError;

/// Threads that move bytes for all hosts together; the work is waiting.
const WORKER_THREADS: usize = 2;
/// Bytes read at once.
const CHUNK_BYTES: usize = 32 * 1024;

/// The runtime that every connection of this process shares.
pub(crate) fn runtime() -> Result<&'static Runtime, HostError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKER_THREADS)
            .thread_name("hosts")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|error| HostError::Here {
        doing: "start threads".to_owned(),
        source: io::Error::other(error.clone()),
    })
}

/// The three streams of a process.
pub(crate) struct Streams<I, O, E> {
    pub stdin: I,
    pub stdout: O,
    pub stderr: E,
}

/// What came out of the streams.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub is_truncated: bool,
}

/// Writes `input`, closes stdin, and reads both outputs to their end, keeping at most `bytes_max` of each.
pub(crate) async fn pump<I, O, E>(
    streams: Streams<I, O, E>,
    input: &[u8],
    bytes_max: usize,
) -> io::Result<Taken>
where
    I: AsyncWrite + Unpin,
    O: AsyncRead + Unpin,
    E: AsyncRead + Unpin,
{
    let feed = async move {
        let mut stdin = streams.stdin;
        // A program may end without reading all of its input; its own output says more than our broken pipe.
        let _ = stdin.write_all(input).await;
        let _ = stdin.shutdown().await;
    };
    let ((), out, err) = tokio::join!(
        feed,
        take(streams.stdout, bytes_max),
        take(streams.stderr, bytes_max)
    );
    let ((stdout, out_cut), (stderr, err_cut)) = (out?, err?);
    Ok(Taken {
        stdout,
        stderr,
        is_truncated: out_cut || err_cut,
    })
}

/// Reads to the end but keeps only the first `bytes_max`, so that the writer is never blocked by our limit.
async fn take(mut from: impl AsyncRead + Unpin, bytes_max: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut kept = Vec::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut is_cut = false;
    loop {
        let count = from.read(&mut chunk).await?;
        if count == 0 {
            return Ok((kept, is_cut));
        }
        let room = (bytes_max - kept.len()).min(count);
        kept.extend_from_slice(&chunk[..room]);
        is_cut |= room < count;
    }
}

/// Measures how long something took.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    // Durations of real I/O are measured at this edge; no rule sees them as a time.
    #[allow(clippy::disallowed_methods)]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
