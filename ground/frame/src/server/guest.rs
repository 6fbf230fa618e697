//! One connection, from its acceptance to its end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use super::answer::{harden, head_too_large, insist_on_tls, speaks_https};
use super::desk::Source;
use super::handshake::Greeted;
use super::limits::{CONNECTIONS_MAX, HANDSHAKE_MAX, HEAD_ARRIVAL_MAX, HEADERS_BYTES_MAX, READ_BUFFER_BYTES};
use super::live::Stopping;
use super::taking::{Patience, Taking};

/// What holds for connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// How many are open at once.
    pub(super) connections_max: usize,
    /// How long the handshake of TLS may take.
    pub(super) handshake_max: Duration,
    /// How long the head of a request may take, the idle time before it included.
    pub(super) head_arrival_max: Duration,
    pub(super) patience: Patience,
}

impl Terms {
    /// Those of the program.
    pub(super) const USUAL: Self = Self {
        connections_max: CONNECTIONS_MAX,
        handshake_max: HANDSHAKE_MAX,
        head_arrival_max: HEAD_ARRIVAL_MAX,
        patience: Patience::USUAL,
    };
}

/// What a connection speaks.
#[derive(Clone, Copy)]
pub(super) enum Spoken {
    Clear,
    Tls,
}

/// A connection that was accepted.
pub(super) struct Guest {
    pub(super) router: Router,
    pub(super) source: SocketAddr,
    pub(super) terms: Terms,
    pub(super) watcher: Watcher,
    pub(super) stopping: Stopping,
}

impl Guest {
    /// Answers over TLS, and only says so to who speaks in clear.
    pub(super) async fn talk_after(mut self, greeted: Greeted) {
        match greeted {
            Greeted::Tls(stream) => self.talk(*stream, Spoken::Tls).await,
            Greeted::Clear(stream) => {
                self.router = Router::new().fallback(async || harden(speaks_https().await).await);
                let patience = self.terms.patience;
                self.talk(Taking::new(stream, patience), Spoken::Clear).await;
            }
        }
    }

    pub(super) async fn talk<S>(self, stream: S, spoken: Spoken)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let connection = connection(
            self.router,
            stream,
            (Source(self.source), self.stopping),
            spoken,
            self.terms,
        );
        // How a connection broke concerns only its far end.
        let _ = self.watcher.watch(connection).await;
    }
}

fn connection<S>(
    router: Router,
    stream: S,
    known: (Source, Stopping),
    spoken: Spoken,
    terms: Terms,
) -> impl GracefulConnection<Error = hyper::Error> + Send + 'static
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(known.0);
        request.extensions_mut().insert(known.1.clone());
        let mut router = router.clone();
        async move {
            let mut response = if headers_bytes(request.headers()) > HEADERS_BYTES_MAX {
                harden(head_too_large()).await
            } else {
                router.call(request).await?
            };
            if let Spoken::Tls = spoken {
                insist_on_tls(&mut response);
            }
            Ok::<_, Infallible>(response)
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(terms.head_arrival_max)
        .max_buf_size(READ_BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}

fn headers_bytes(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}
