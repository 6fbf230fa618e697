//! The socket: accepting, cutting off who is too slow, stopping without dropping a request.

use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use basis::{Class, Refusal};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::TcpStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tower_service::Service;

use super::answer::{harden, head_too_large};
use super::desk::Source;
use super::limits::{
    ACCEPT_REST, CONNECTIONS_MAX, FAREWELL_MAX, HEAD_ARRIVAL_MAX, HEADERS_BYTES_MAX, READ_BUFFER_BYTES,
};
use super::taking::{Patience, Taking};

/// From where the server may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From this machine only: requests travel in clear.
    Loopback,
    /// From elsewhere, through a proxy that speaks TLS to the world and is the only one that can reach this address.
    BehindTlsProxy,
}

impl Reach {
    /// Refuses an address that reaches farther; [`serve`] asks this as well.
    ///
    /// # Errors
    /// A refusal of class `Invalid`.
    pub fn check(self, address: SocketAddr) -> Result<(), Refusal> {
        if self == Reach::BehindTlsProxy || address.ip().is_loopback() {
            return Ok(());
        }
        let what = format!("{address} can be reached from other machines, and the server speaks plain HTTP");
        Err(Refusal::new(Class::Invalid, "clear text", what)
            .way_out("listen on 127.0.0.1")
            .way_out("or put a TLS proxy in front, let nothing else reach the address, and say `--behind-tls-proxy`"))
    }
}

/// Tells a server to stop. Clones tell the same server.
#[derive(Debug, Clone)]
pub struct Stop {
    sender: watch::Sender<bool>,
    listens_to_signals: bool,
}

impl Stop {
    /// Stops only when told.
    pub fn when_told() -> Self {
        Self {
            sender: watch::Sender::new(false),
            listens_to_signals: false,
        }
    }

    /// Stops when told, and at SIGINT or SIGTERM.
    pub fn at_signals() -> Self {
        Self {
            listens_to_signals: true,
            ..Self::when_told()
        }
    }

    /// Stops the server: no new connection is taken, requests under way are finished.
    pub fn now(&self) {
        self.sender.send_replace(true);
    }

    async fn told(&self) {
        let mut receiver = self.sender.subscribe();
        let told = async {
            // The sender lives as long as `self`, so this ends only when told.
            let _ = receiver.wait_for(|stop| *stop).await;
        };
        if !self.listens_to_signals {
            return told.await;
        }
        let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            return told.await;
        };
        let mut told = pin!(told);
        poll_fn(|context| {
            let is_over = told.as_mut().poll(context).is_ready()
                || interrupt.poll_recv(context).is_ready()
                || terminate.poll_recv(context).is_ready();
            if is_over { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// Serves until told to stop; answers when the last request under way is finished, or after 20 seconds.
///
/// # Errors
/// A refusal of class `Invalid` when the address can be reached from elsewhere and no proxy was promised, and of class
/// `Outside` when the operating system gives no socket or thread.
pub fn serve(router: Router, listener: TcpListener, reach: Reach, stop: Stop) -> Result<(), Refusal> {
    reach.check(listener.local_addr().map_err(|error| no_socket(&error))?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("tagout-http")
        .build()
        .map_err(|error| no_socket(&error))?;
    let outcome = runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        accept(router, listener, stop, Terms::USUAL).await;
        Ok(())
    });
    runtime.shutdown_timeout(FAREWELL_MAX);
    outcome.map_err(|error: std::io::Error| no_socket(&error))
}

fn no_socket(error: &std::io::Error) -> Refusal {
    Refusal::new(
        Class::Outside,
        "socket",
        format!("the server cannot listen: {error}"),
    )
    .way_out("choose another address, or raise the limits of the service")
}

/// What holds for connections.
#[derive(Debug, Clone, Copy)]
struct Terms {
    /// How many are open at once.
    connections_max: usize,
    /// How long the head of a request may take, the idle time before it included.
    head_arrival_max: Duration,
    patience: Patience,
}

impl Terms {
    /// Those of the program.
    const USUAL: Self = Self {
        connections_max: CONNECTIONS_MAX,
        head_arrival_max: HEAD_ARRIVAL_MAX,
        patience: Patience::USUAL,
    };
}

async fn accept(router: Router, listener: tokio::net::TcpListener, stop: Stop, terms: Terms) {
    let watcher = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(terms.connections_max));
    let mut stopped = pin!(stop.told());
    loop {
        // Taking the place first leaves the surplus in the operating system's queue.
        let Some(Ok(place)) = before(stopped.as_mut(), Arc::clone(&room).acquire_owned()).await else {
            break;
        };
        let Some(accepted) = before(stopped.as_mut(), listener.accept()).await else {
            break;
        };
        let Ok((stream, source)) = accepted else {
            // Out of descriptors, or a connection that died in the queue: the next one may do.
            tokio::time::sleep(ACCEPT_REST).await;
            continue;
        };
        let talk = watcher.watch(connection(router.clone(), stream, source, terms));
        tokio::spawn(async move {
            // How a connection broke concerns only its far end.
            let _ = talk.await;
            drop(place);
        });
    }
    drop(listener);
    // Who does not finish in time is cut off.
    let _ = tokio::time::timeout(FAREWELL_MAX, watcher.shutdown()).await;
}

/// The output of `work`, or nothing when `stopped` came first.
async fn before<T>(
    mut stopped: Pin<&mut impl Future<Output = ()>>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| {
        if stopped.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        work.as_mut().poll(context).map(Some)
    })
    .await
}

fn connection(
    router: Router,
    stream: TcpStream,
    source: SocketAddr,
    terms: Terms,
) -> impl GracefulConnection<Error = hyper::Error> + Send + 'static {
    // Answers are written whole; without this a small one may wait for the far end's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Source(source));
        let mut router = router.clone();
        async move {
            if headers_bytes(request.headers()) > HEADERS_BYTES_MAX {
                return Ok(harden(head_too_large()).await);
            }
            router.call(request).await
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(terms.head_arrival_max)
        .max_buf_size(READ_BUFFER_BYTES)
        .serve_connection(TokioIo::new(Taking::new(stream, terms.patience)), service)
}

fn headers_bytes(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::io::{ErrorKind, Read, Write};

    fn asked(address: SocketAddr) -> std::net::TcpStream {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: toy\r\n\r\n").unwrap();
        stream
    }

    fn is_answered(stream: &mut std::net::TcpStream) -> bool {
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        start == *b"HTTP/1.1 200"
    }

    /// Serves these on a free port in a thread of its own.
    fn serving(router: Router, terms: Terms) -> (SocketAddr, Stop, std::thread::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Stop::when_told();
        let told = stop.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                listener.set_nonblocking(true).unwrap();
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                accept(router, listener, told, terms).await;
            });
        });
        (address, stop, thread)
    }

    #[test]
    fn one_connection_more_than_the_limit_waits_for_another_to_end() {
        let terms = Terms {
            connections_max: 2,
            ..Terms::USUAL
        };
        let (address, stop, thread) = serving(Router::new().route("/", get(|| async {})), terms);
        let (mut first, mut second) = (asked(address), asked(address));
        assert!(is_answered(&mut first) && is_answered(&mut second));
        let mut third = asked(address);
        third.set_nonblocking(true).unwrap();
        assert_eq!(third.peek(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        third.set_nonblocking(false).unwrap();
        drop(first);
        assert!(is_answered(&mut third));
        stop.now();
        drop((second, third));
        thread.join().unwrap();
    }

    #[test]
    fn who_takes_nothing_of_an_answer_is_cut_off_and_gives_the_place_back() {
        let terms = Terms {
            connections_max: 1,
            patience: Patience {
                pause_max: Duration::from_millis(200),
                ..Patience::USUAL
            },
            ..Terms::USUAL
        };
        // More than the buffers of both ends hold.
        let large = || async { vec![7_u8; 64 << 20] };
        let router = Router::new()
            .route("/", get(|| async {}))
            .route("/large", get(large));
        let (address, stop, thread) = serving(router, terms);
        let mut deaf = std::net::TcpStream::connect(address).unwrap();
        deaf.write_all(b"GET /large HTTP/1.1\r\nHost: toy\r\n\r\n")
            .unwrap();
        // There is one place, and it is answered here once the other was cut off.
        assert!(is_answered(&mut asked(address)));
        let mut taken = Vec::new();
        let _ = deaf.read_to_end(&mut taken);
        assert!(taken.len() < 64 << 20, "{}", taken.len());
        stop.now();
        thread.join().unwrap();
    }

    #[test]
    fn who_takes_a_large_answer_steadily_gets_all_of_it() {
        let terms = Terms {
            patience: Patience {
                pause_max: Duration::from_secs(5),
                grace: Duration::ZERO,
                rate_least: 1,
            },
            ..Terms::USUAL
        };
        let large = || async { vec![7_u8; 64 << 20] };
        let (address, stop, thread) = serving(Router::new().route("/", get(large)), terms);
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: toy\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut taken = Vec::new();
        stream.read_to_end(&mut taken).unwrap();
        assert!(taken.len() > 64 << 20, "{}", taken.len());
        stop.now();
        thread.join().unwrap();
    }

    #[test]
    fn a_connection_that_asks_nothing_more_is_closed_and_gives_the_place_back() {
        let terms = Terms {
            connections_max: 1,
            head_arrival_max: Duration::from_millis(200),
            ..Terms::USUAL
        };
        let (address, stop, thread) = serving(Router::new().route("/", get(|| async {})), terms);
        // One that asked and is kept alive, one that never says a word, one whose head never ends.
        let mut idle = asked(address);
        assert!(is_answered(&mut idle));
        let mut silent = std::net::TcpStream::connect(address).unwrap();
        let mut endless = std::net::TcpStream::connect(address).unwrap();
        endless.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").unwrap();
        for stream in [&mut idle, &mut silent, &mut endless] {
            // Ends when the server hangs up.
            stream.read_to_end(&mut Vec::new()).unwrap();
        }
        stop.now();
        thread.join().unwrap();
    }
}
