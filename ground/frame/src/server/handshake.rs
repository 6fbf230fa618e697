//! The beginning of a connection that speaks TLS: nobody gets more than a short time for it, and who speaks plain HTTP
//! instead is told so.

use std::sync::Arc;
use std::time::Duration;

use basis::Refusal;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::taking::{Patience, Taking};
use crate::tls::Certificates;

/// How the first byte of TLS reads: a record that holds a handshake (RFC 8446, section 5.1).
const HANDSHAKE_RECORD: u8 = 22;

/// Speaks TLS with the certificate that stands at the moment.
#[derive(Clone)]
pub(super) struct Greeter {
    acceptor: TlsAcceptor,
}

/// How a connection began.
pub(super) enum Greeted {
    /// It speaks TLS. The patience with who takes nothing lies below it, so that it holds for the handshake as well.
    Tls(Box<TlsStream<Taking<TcpStream>>>),
    /// It speaks something else.
    Clear(TcpStream),
}

impl Greeter {
    pub(super) fn new(certificates: &Arc<Certificates>) -> Result<Self, Refusal> {
        let config = Arc::new(certificates.server_config()?);
        Ok(Self {
            acceptor: config.into(),
        })
    }

    /// Shakes hands; nothing when the far end broke off, could not agree, or took longer than `time_max`.
    pub(super) async fn greet(
        &self,
        stream: TcpStream,
        patience: Patience,
        time_max: Duration,
    ) -> Option<Greeted> {
        let greeting = async {
            let mut first = [0];
            if stream.peek(&mut first).await.ok()? == 0 {
                return None;
            }
            if first[0] != HANDSHAKE_RECORD {
                return Some(Greeted::Clear(stream));
            }
            let secured = self.acceptor.accept(Taking::new(stream, patience)).await.ok()?;
            Some(Greeted::Tls(Box::new(secured)))
        };
        timeout(time_max, greeting).await.ok().flatten()
    }
}
