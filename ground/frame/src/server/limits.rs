//! Every limit of the server, by name.

use std::time::Duration;

use basis::Span;

/// The largest JSON body.
pub(super) const JSON_BYTES_MAX: u64 = 1 << 20;
/// How long a JSON body may take to arrive.
pub(super) const JSON_ARRIVAL_MAX: Duration = Duration::from_secs(10);
/// How long a file may take to arrive.
pub(super) const FILE_ARRIVAL_MAX: Duration = Duration::from_secs(30 * 60);
/// How long a sender of a file may pause.
pub(super) const FILE_PAUSE_MAX: Duration = Duration::from_secs(30);
/// How many files arrive at once.
pub(super) const FILES_AT_ONCE: usize = 8;
/// How much of a refused body is still read, so that the sender reads the refusal instead of a broken connection.
pub(super) const DRAIN_BYTES_MAX: u64 = 8 << 20;
/// How long a refused body is still read.
pub(super) const DRAIN_TIME_MAX: Duration = Duration::from_secs(2);
/// How many functions of rooms run at once.
pub(super) const FUNCTIONS_AT_ONCE: usize = 64;
/// How many requests wait for their turn; the next is turned away.
pub(super) const WAITING_MAX: usize = 512;
/// How long a request waits for its turn.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(30);
/// How many connections are open at once; the next waits in the operating system's queue.
pub(super) const CONNECTIONS_MAX: usize = 1_024;
/// How long the head of a request may take, the idle time before it included.
pub(super) const HEAD_ARRIVAL_MAX: Duration = Duration::from_secs(10);
/// How many bytes the names and values of a request's headers have together.
pub(super) const HEADERS_BYTES_MAX: usize = 16 << 10;
/// The buffer that a connection is read into; the head of a request must fit.
pub(super) const READ_BUFFER_BYTES: usize = 64 << 10;
/// The longest bearer token.
pub(super) const TOKEN_BYTES_MAX: usize = 512;
/// How long requests under way may take after the server was told to stop.
pub(super) const FAREWELL_MAX: Duration = Duration::from_secs(20);
/// How long the server rests when the operating system has no file descriptor left for a connection.
pub(super) const ACCEPT_REST: Duration = Duration::from_millis(50);
/// How much of a file is read at a time for an answer.
pub(super) const FILE_PIECE_BYTES: usize = 128 << 10;
/// The longest idempotency key.
pub(super) const REPEAT_KEY_BYTES_MAX: usize = 64;
/// How many answers are kept for repeated requests.
pub(super) const REPEATS_MAX: usize = 10_000;
/// How many bytes of answers are kept for repeated requests.
pub(super) const REPEATS_BYTES_MAX: usize = 64 << 20;
/// How long an answer is kept for a repeated request.
pub(super) const REPEATS_AGE_MAX: Span = Span::hours(24);
