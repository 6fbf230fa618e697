//! What both ends of a TLS connection go by: certificates with their fingerprints, the server's own pair and how it is
//! replaced while it serves, and the cryptographic module behind all of it.
//!
//! No socket is opened here: the server and the client do that. Nothing but this module of AWS-LC ever does the
//! cryptography: it is handed over by name, and no default of the process is asked for.

mod certificates;
mod facts;
mod fingerprint;
mod module;
mod own;
mod pair;

pub use certificates::{Certificates, Files};
pub use facts::Facts;
pub use fingerprint::Fingerprint;
pub use module::CryptoModule;
pub(crate) use module::provider;
pub(crate) use pair::certificates_in;

/// How many bytes a file with certificates or a key has at most.
pub(crate) const PEM_BYTES_MAX: u64 = 1 << 20;
