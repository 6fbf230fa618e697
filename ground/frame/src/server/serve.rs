//! The socket: accepting, with TLS or without, cutting off who is too slow, stopping without dropping a request.

use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use basis::{Class, Refusal};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};

use super::guest::{Guest, Spoken, Terms};
use super::handshake::Greeter;
use super::limits::{ACCEPT_REST, FAREWELL_MAX};
use super::live::Stopping;
use super::reload;
use super::taking::Taking;
use crate::tls::Certificates;

/// From where the server may be reached.
#[derive(Debug, Clone)]
pub enum Reach {
    /// From this machine only: requests travel in clear.
    Loopback,
    /// From elsewhere, through a proxy that speaks TLS to the world and is the only one that can reach this address.
    BehindTlsProxy,
    /// From elsewhere, as the server speaks TLS itself, with these certificates.
    OwnTls(Arc<Certificates>),
}

impl Reach {
    /// Refuses an address that reaches farther; [`serve`] asks this as well.
    ///
    /// # Errors
    /// A refusal of class `Invalid`.
    pub fn check(&self, address: SocketAddr) -> Result<(), Refusal> {
        match self {
            Reach::BehindTlsProxy | Reach::OwnTls(_) => return Ok(()),
            Reach::Loopback if address.ip().is_loopback() => return Ok(()),
            Reach::Loopback => {}
        }
        let what = format!("{address} can be reached from other machines, and the server speaks plain HTTP");
        Err(Refusal::new(Class::Invalid, "clear text", what)
            .way_out("listen on 127.0.0.1, or say `--https`")
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
    let greeter = match &reach {
        Reach::OwnTls(certificates) => Some(Greeter::new(certificates)?),
        Reach::Loopback | Reach::BehindTlsProxy => None,
    };
    let outcome = runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        if let Reach::OwnTls(certificates) = reach {
            // Ends with the runtime.
            tokio::spawn(reload::watch(certificates));
        }
        accept(router, listener, greeter, stop, Terms::USUAL).await;
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

async fn accept(
    router: Router,
    listener: tokio::net::TcpListener,
    greeter: Option<Greeter>,
    stop: Stop,
    terms: Terms,
) {
    let watcher = GracefulShutdown::new();
    // Dropped when the server stops: handshakes are not waited for.
    let open = watch::Sender::new(());
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
        // Answers are written whole; without this a small one may wait for the far end's acknowledgement.
        let _ = stream.set_nodelay(true);
        let guest = Guest {
            router: router.clone(),
            source,
            terms,
            watcher: watcher.watcher(),
            stopping: Stopping(stop.sender.subscribe()),
        };
        let (greeter, mut open) = (greeter.clone(), open.subscribe());
        tokio::spawn(async move {
            match greeter {
                None => {
                    guest
                        .talk(Taking::new(stream, terms.patience), Spoken::Clear)
                        .await
                }
                Some(greeter) => {
                    let closed = async { drop(open.changed().await) };
                    let greeting = greeter.greet(stream, terms.patience, terms.handshake_max);
                    if let Some(Some(greeted)) = before(pin!(closed), greeting).await {
                        guest.talk_after(greeted).await;
                    }
                }
            }
            drop(place);
        });
    }
    drop((listener, open));
    // Also when a signal came: pages that wait to be told something are let go.
    stop.now();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Trust;
    use crate::server::taking::Patience;
    use axum::routing::get;
    use basis::{Clock, SystemClock};
    use rustls::{ClientConnection, StreamOwned};
    use std::io::{ErrorKind, Read, Write};
    use std::time::Duration;

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
        serving_as(router, None, terms)
    }

    fn serving_as(
        router: Router,
        greeter: Option<Greeter>,
        terms: Terms,
    ) -> (SocketAddr, Stop, std::thread::JoinHandle<()>) {
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
                accept(router, listener, greeter, told, terms).await;
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

    /// A certificate, and a connection that believes it.
    fn own_tls(folder: &std::path::Path) -> (Greeter, impl Fn(SocketAddr) -> TlsClient) {
        let files = crate::tls::Files::own(folder);
        let certificates = Certificates::own(files, &[], SystemClock.now()).unwrap();
        let trust = Trust::Pinned(certificates.facts().fingerprint);
        let config = Arc::new(trust.client_config().unwrap());
        let connect = move |address: SocketAddr| {
            let connection = ClientConnection::new(Arc::clone(&config), address.ip().into()).unwrap();
            StreamOwned::new(connection, std::net::TcpStream::connect(address).unwrap())
        };
        (Greeter::new(&certificates).unwrap(), connect)
    }

    type TlsClient = StreamOwned<ClientConnection, std::net::TcpStream>;

    #[test]
    fn who_never_shakes_hands_is_cut_off_and_gives_the_place_back() {
        let terms = Terms {
            connections_max: 1,
            handshake_max: Duration::from_millis(200),
            ..Terms::USUAL
        };
        let folder = tempfile::tempdir().unwrap();
        let (greeter, connect) = own_tls(folder.path());
        let (address, stop, thread) =
            serving_as(Router::new().route("/", get(|| async {})), Some(greeter), terms);
        // One that never says a word, and one whose handshake never ends. There is one place, and they come first.
        let mut silent = std::net::TcpStream::connect(address).unwrap();
        let mut endless = std::net::TcpStream::connect(address).unwrap();
        endless.write_all(&[22, 3, 1, 2, 0, 1]).unwrap();
        let mut asking = connect(address);
        asking.write_all(b"GET / HTTP/1.1\r\nHost: toy\r\n\r\n").unwrap();
        let mut start = [0; 12];
        asking.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200");
        for stream in [&mut silent, &mut endless] {
            // Ends when the server hangs up.
            let _ = stream.read_to_end(&mut Vec::new());
        }
        stop.now();
        drop(asking);
        thread.join().unwrap();
    }

    #[test]
    fn who_takes_nothing_of_an_answer_over_tls_is_cut_off_as_well() {
        let terms = Terms {
            connections_max: 1,
            patience: Patience {
                pause_max: Duration::from_millis(200),
                ..Patience::USUAL
            },
            ..Terms::USUAL
        };
        let folder = tempfile::tempdir().unwrap();
        let (greeter, connect) = own_tls(folder.path());
        let large = || async { vec![7_u8; 64 << 20] };
        let router = Router::new()
            .route("/", get(|| async {}))
            .route("/large", get(large));
        let (address, stop, thread) = serving_as(router, Some(greeter), terms);
        let mut deaf = connect(address);
        deaf.write_all(b"GET /large HTTP/1.1\r\nHost: toy\r\n\r\n")
            .unwrap();
        // There is one place, and it is answered here once the other was cut off.
        let mut asking = connect(address);
        asking.write_all(b"GET / HTTP/1.1\r\nHost: toy\r\n\r\n").unwrap();
        asking.read_exact(&mut [0; 12]).unwrap();
        let mut taken = Vec::new();
        let cut_off = deaf.read_to_end(&mut taken);
        assert!(cut_off.is_err() && taken.len() < 64 << 20, "{}", taken.len());
        stop.now();
        drop(asking);
        thread.join().unwrap();
    }
}
