//! Which server is believed to be the one that was asked for.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use basis::Refusal;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use serde::{Deserialize, Serialize};

use crate::tls::{Facts, Fingerprint, certificates_in, provider};

/// Whose word is taken for it that a server is the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// That of the authorities that the operating system knows.
    #[default]
    System,
    /// That of the authorities in this file of PEM certificates, and of no other.
    Authority(PathBuf),
    /// Nobody's: the server has the very certificate with this fingerprint.
    Pinned(Fingerprint),
}

/// Why a server is not believed; travels inside the error of the handshake.
#[derive(Debug)]
pub(super) struct Distrust {
    /// That of the certificate which the server showed.
    pub(super) seen: Fingerprint,
    pub(super) why: Why,
}

#[derive(Debug)]
pub(super) enum Why {
    /// It has another certificate than the one that was pinned.
    Other { pinned: Fingerprint },
    /// No authority that is asked vouches for the certificate.
    NobodyVouches,
    /// It does not hold at this time.
    NotNow(String),
    /// It is for other names.
    OtherName { names: Vec<String> },
    /// Something else is wrong with it.
    Unsound(CertificateError),
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate {} is not believed: {:?}", self.seen, self.why)
    }
}

impl std::error::Error for Distrust {}

impl Trust {
    /// How TLS is spoken with a server.
    ///
    /// # Errors
    /// A refusal of class `Invalid` when the file of authorities cannot be used.
    pub(crate) fn client_config(&self) -> Result<ClientConfig, Refusal> {
        let provider = provider();
        let judge = Judge {
            basis: self.basis()?,
            algorithms: provider.signature_verification_algorithms,
        };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| super::error::unusable_module(&error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(judge))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.require_ems = cfg!(feature = "fips");
        Ok(config)
    }

    fn basis(&self) -> Result<Basis, Refusal> {
        let mut roots = RootCertStore::empty();
        match self {
            Trust::Pinned(pinned) => return Ok(Basis::Pinned(*pinned)),
            Trust::Authority(path) => {
                for certificate in certificates_in(path)? {
                    roots
                        .add(certificate)
                        .map_err(|error| super::error::no_authority(path, &error))?;
                }
            }
            // What of it cannot be read vouches for nobody.
            Trust::System => {
                let found = rustls_native_certs::load_native_certs().certs;
                roots.add_parsable_certificates(found);
            }
        }
        // Without a single authority there is no verifier, and nobody is believed.
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
        Ok(Basis::Authorities(verifier.ok()))
    }
}

#[derive(Debug)]
enum Basis {
    Authorities(Option<Arc<WebPkiServerVerifier>>),
    Pinned(Fingerprint),
}

/// Judges a server's certificate, and remembers which one it was when it is not believed.
#[derive(Debug)]
struct Judge {
    basis: Basis,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Judge {
    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Why> {
        match &self.basis {
            Basis::Pinned(pinned) => judge_pinned(*pinned, leaf, now),
            Basis::Authorities(None) => Err(Why::NobodyVouches),
            Basis::Authorities(Some(verifier)) => verifier
                .verify_server_cert(leaf, others, name, &[], now)
                .map(drop)
                .map_err(|error| why(error, leaf)),
        }
    }
}

/// The very certificate, and while it holds. What it is for needs no word: it was compared.
fn judge_pinned(pinned: Fingerprint, leaf: &CertificateDer<'_>, now: UnixTime) -> Result<(), Why> {
    if Fingerprint::of(leaf) != pinned {
        return Err(Why::Other { pinned });
    }
    let facts = Facts::read(leaf).map_err(|_| Why::Unsound(CertificateError::BadEncoding))?;
    let now = basis::Time::from_ms(i64::try_from(now.as_secs()).unwrap_or(i64::MAX / 1_000) * 1_000);
    facts
        .fault_at(now)
        .map_or(Ok(()), |fault| Err(Why::NotNow(fault)))
}

fn why(error: Error, leaf: &CertificateDer<'_>) -> Why {
    let facts = || Facts::read(leaf).ok();
    let Error::InvalidCertificate(error) = error else {
        return Why::Unsound(CertificateError::BadEncoding);
    };
    match error {
        // A self-signed certificate that is taken for an authority's is no server's, whoever made it.
        CertificateError::UnknownIssuer => Why::NobodyVouches,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Why::NotNow(match facts() {
            Some(facts) => format!("the certificate ended at {}", facts.ends),
            None => "the certificate ended".to_owned(),
        }),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Why::NotNow(match facts() {
                Some(facts) => format!("the certificate holds only from {} on", facts.starts),
                None => "the certificate does not hold yet".to_owned(),
            })
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Why::OtherName {
                names: facts().map(|facts| facts.names).unwrap_or_default(),
            }
        }
        other => Why::Unsound(other),
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(leaf, others, name, now).map_err(|why| {
            let seen = Fingerprint::of(leaf);
            CertificateError::Other(OtherError(Arc::new(Distrust { seen, why })))
        })?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
