//! An authority that issues certificates for the tests, and connections that believe it.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use basis::{Clock, Span, SystemClock, Time};
use frame::tls::Files;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use time::OffsetDateTime;

/// Longer than any limit that the tests wait for.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Authority {
    pub folder: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

/// Where the certificate of a server is that makes one for itself.
pub fn own_files(folder: &tempfile::TempDir) -> Files {
    Files::own(folder.path())
}

fn moment(time: Time) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(time.as_ms() / 1_000).unwrap()
}

/// Writes a file that only its owner reads, as a renewal does: beside the old one, then in its place.
fn write(path: &Path, text: &str) {
    let fresh = path.with_extension("fresh");
    fs::write(&fresh, text).unwrap();
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(fresh, path).unwrap();
}

impl Authority {
    pub fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut terms = CertificateParams::new(vec![]).unwrap();
        terms.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        terms.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let certificate = terms.self_signed(&key).unwrap();
        write(&folder.path().join("authority.pem"), &certificate.pem());
        Self {
            folder,
            issuer: Issuer::new(terms, key),
            certificate: certificate.der().clone(),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Issues a certificate for these names that holds now.
    pub fn issue(&self, names: &[&str]) -> Files {
        let now = SystemClock.now();
        self.issue_for(names, now - Span::days(1), now + Span::days(90))
    }

    /// Issues a certificate into the same files as before.
    pub fn issue_for(&self, names: &[&str], starts: Time, ends: Time) -> Files {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut terms = CertificateParams::new(names).unwrap();
        (terms.not_before, terms.not_after) = (moment(starts), moment(ends));
        let key = KeyPair::generate().unwrap();
        let certificate = terms.signed_by(&key, &self.issuer).unwrap();
        let files = Files {
            certificate: self.folder.path().join("server.pem"),
            key: self.folder.path().join("server.key"),
        };
        write(&files.key, &key.serialize_pem());
        write(&files.certificate, &certificate.pem());
        files
    }

    /// A connection to a server that this authority vouches for, on which these protocols are offered.
    pub fn connect(
        &self,
        address: SocketAddr,
        protocols: &[&str],
    ) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let name = ServerName::from(address.ip());
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
    }
}
