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
/// How much of a form is still read after its file was refused, so that the browser shows the refusal.
pub(super) const FORM_DRAIN_BYTES_MAX: u64 = 256 << 20;
/// How long such a form is still read.
pub(super) const FORM_DRAIN_TIME_MAX: Duration = Duration::from_secs(30);
/// What one piece of a form takes of its allowance at least, so that crumbs end as soon as lumps.
pub(super) const FORM_PIECE_BYTES_LEAST: u64 = 256;
/// How many functions of rooms run at once.
pub(super) const FUNCTIONS_AT_ONCE: usize = 64;
/// How many requests wait for their turn; the next is turned away.
pub(super) const WAITING_MAX: usize = 512;
/// How long a request waits for its turn.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(30);
/// How many acts of people who are not signed in run at once: each may hash a password, which takes a core and 19 MiB.
pub(super) const PUBLIC_ACTS_AT_ONCE: usize = 2;
/// How many such acts wait for their turn; the next is turned away.
pub(super) const PUBLIC_ACTS_WAITING_MAX: usize = 32;
/// How long such an act waits for its turn.
pub(super) const PUBLIC_ACT_WAIT_MAX: Duration = Duration::from_secs(30);
/// How many such acts one source may ask for at once, after it was quiet.
pub(super) const SOURCE_BURST: u32 = 20;
/// How long a source waits for each further one.
pub(super) const SOURCE_PAUSE: Span = Span::seconds(1);
/// How many sources are remembered.
pub(super) const SOURCES_MAX: usize = 4_096;
/// An act that does not know who asks is answered with that after a whole multiple of this time, so that the time says
/// nothing of why. It is longer than hashing and a flush to disk take.
pub(super) const UNKNOWN_ANSWER_STEP: Duration = Duration::from_secs(1);
/// How long a client may take nothing of an answer that is ready for it.
pub(super) const TAKING_PAUSE_MAX: Duration = Duration::from_secs(30);
/// How long a client may keep answers waiting altogether, before what it has taken counts.
pub(super) const TAKING_GRACE: Duration = Duration::from_secs(60);
/// How slowly a client may take answers beyond that, in bytes a second.
pub(super) const TAKING_RATE_LEAST: u64 = 1 << 10;
/// How many connections are open at once; the next waits in the operating system's queue.
pub(super) const CONNECTIONS_MAX: usize = 1_024;
/// How long the head of a request may take, the idle time before it included.
pub(super) const HEAD_ARRIVAL_MAX: Duration = Duration::from_secs(10);
/// How long the handshake of TLS may take, the wait for its first byte included.
pub(super) const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How often the files of the certificate are looked at.
pub(super) const CERTIFICATE_LOOK_EVERY: Duration = Duration::from_secs(2);
/// How many of these looks lie between two warnings that the certificate ends soon: a day.
pub(super) const CERTIFICATE_LOOKS_TO_WARNING: u32 = 43_200;
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
