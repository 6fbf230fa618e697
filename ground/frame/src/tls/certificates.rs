//! The server's certificate, which can be replaced while it serves.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use basis::{Class, Refusal, Time};
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::pair::Pair;
use super::{Facts, own, pair, provider};

/// Where a certificate chain and its key are kept, both in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The server's own certificate, then those that vouch for it.
    pub certificate: PathBuf,
    /// The key of the first certificate.
    pub key: PathBuf,
}

impl Files {
    /// Those of the certificate that a server makes for itself, in its data directory.
    pub fn own(data: &Path) -> Self {
        let folder = data.join("https");
        Self {
            certificate: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
        }
    }
}

/// What tells that a file was replaced or written: device, number, size, and when it was changed.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

fn stamp(path: &Path) -> Stamp {
    let found = fs::metadata(path).ok()?;
    Some((
        found.dev(),
        found.ino(),
        found.size(),
        found.mtime(),
        found.mtime_nsec(),
    ))
}

#[derive(Debug)]
struct Current {
    pair: Pair,
    /// Those of the files when they were last tried.
    tried: [Stamp; 2],
    /// Those of the files when they were last looked at.
    seen: [Stamp; 2],
}

/// The certificate in use. Shared by every connection: each handshake takes the one that stands at that moment, and
/// a connection goes on with the one it began with.
#[derive(Debug)]
pub struct Certificates {
    files: Files,
    current: Mutex<Current>,
}

impl Certificates {
    /// Reads a certificate and its key from files.
    ///
    /// # Errors
    /// A refusal of class `Invalid` that names the file, when one cannot be read, they do not fit, others may read the
    /// key, or the certificate does not hold at this time.
    pub fn open(files: Files, now: Time) -> Result<Arc<Self>, Refusal> {
        let stamps = [stamp(&files.certificate), stamp(&files.key)];
        let pair = pair::read(&files.certificate, &files.key, now)?;
        Ok(Arc::new(Self {
            files,
            current: Mutex::new(Current {
                pair,
                tried: stamps,
                seen: stamps,
            }),
        }))
    }

    /// Reads the certificate that a server made for itself for these names, or makes it when there is none yet. One that
    /// has ended is refused: a new one has a new fingerprint, so it is made only when a person asks for it.
    ///
    /// # Errors
    /// As [`Certificates::open`], and a refusal of class `Outside` when no file can be written.
    pub fn own(files: Files, names: &[String], now: Time) -> Result<Arc<Self>, Refusal> {
        if !files.certificate.exists() {
            own::make(&files, names, now)?;
        }
        let anew = format!(
            "or move `{}` away: the next start makes a new certificate, whose fingerprint everybody compares anew",
            files.certificate.display()
        );
        Self::open(files, now).map_err(|refusal| refusal.way_out(anew))
    }

    /// What the certificate in use says of itself.
    pub fn facts(&self) -> Facts {
        self.current().pair.facts.clone()
    }

    /// Takes what stands in the files now, and answers what it says of itself.
    ///
    /// # Errors
    /// As [`Certificates::open`]; then the old one stays in use.
    pub fn reload(&self, now: Time) -> Result<Facts, Refusal> {
        let stamps = self.stamps();
        let read = pair::read(&self.files.certificate, &self.files.key, now);
        let mut current = self.current();
        (current.tried, current.seen) = (stamps, stamps);
        let pair = read.map_err(|refusal| {
            let what = format!("{}; the certificate in use stays", refusal.what);
            Refusal { what, ..refusal }
        })?;
        let facts = pair.facts.clone();
        current.pair = pair;
        Ok(facts)
    }

    /// Reloads when the files changed and then stood still from one call to the next: two files are not replaced at once.
    /// Answers nothing when there was nothing to do.
    pub(crate) fn reload_if_changed(&self, now: Time) -> Option<Result<Facts, Refusal>> {
        let stamps = self.stamps();
        let mut current = self.current();
        let is_settled = std::mem::replace(&mut current.seen, stamps) == stamps;
        let is_new = is_settled && current.tried != stamps;
        drop(current);
        is_new.then(|| self.reload(now))
    }

    /// What TLS is spoken with: 1.2 and 1.3, and only HTTP/1.1 inside, as the server knows no other.
    pub(crate) fn server_config(self: &Arc<Self>) -> Result<ServerConfig, Refusal> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                Refusal::new(
                    Class::Fault,
                    "tls",
                    format!("the cryptographic module cannot do TLS: {error}"),
                )
                .way_out("report how the program was built")
            })?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.require_ems = cfg!(feature = "fips");
        Ok(config)
    }

    fn stamps(&self) -> [Stamp; 2] {
        [stamp(&self.files.certificate), stamp(&self.files.key)]
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        // Nothing that panics is done while it is held.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current().pair.certified))
    }
}
