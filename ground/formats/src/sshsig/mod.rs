//! SSH signatures (OpenSSH PROTOCOL.sshsig) and the public keys that make them.
//!
//! Keys and armoured signatures are read by a strict parser of our own and verified by aws-lc. Signatures that a passkey
//! made in a browser are among them; they always need user verification. Who a key belongs to and whether that person may
//! sign is decided elsewhere; private keys are never read here.

mod key;
mod passkey;
mod signature;
mod verify;
mod wire;

#[cfg(test)]
mod security_key_tests;
#[cfg(test)]
mod ssh_keygen_tests;

use thiserror::Error;

pub use key::{Algorithm, PublicKey};
pub use signature::{HashAlgorithm, SshSignature};
pub use verify::{Verified, to_be_signed};

pub(crate) use passkey::PasskeyProof;
pub(crate) use verify::holds;

/// The longest armoured signature or public key line that is read, in bytes; a 16384-bit RSA signature has 6 KB.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;

/// The smallest RSA modulus whose signatures are accepted, in bits (NIST SP 800-131A).
pub const RSA_BITS_MIN: usize = 2048;

/// The largest RSA modulus whose signatures are accepted, in bits.
pub const RSA_BITS_MAX: usize = 8192;

/// Says why a key or a signature is refused. Offsets count bytes of the decoded blob.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SshSigError {
    /// The text is longer than [`TEXT_BYTES_MAX`].
    #[error("the text has {bytes} bytes; a key or signature has at most {TEXT_BYTES_MAX}")]
    TooLong {
        /// Length in bytes.
        bytes: usize,
    },
    /// The public key line does not have the parts `type base64 [comment]`.
    #[error("expected one line `type base64 [comment]` as in a .pub file")]
    KeyLine,
    /// The signature is not between its BEGIN and END lines.
    #[error(
        "expected `-----BEGIN SSH SIGNATURE-----` and `-----END SSH SIGNATURE-----` around the signature"
    )]
    Armor,
    /// The text is not strict base64.
    #[error("the base64 text is damaged: {0}; copy it again in full")]
    Base64(String),
    /// The blob ends inside a field.
    #[error("the {field} at byte {offset} is cut off; copy the text again in full")]
    Truncated {
        /// What was being read.
        field: &'static str,
        /// Where it starts.
        offset: usize,
    },
    /// There are bytes after the last field.
    #[error("{bytes} unexpected bytes after the {field} at byte {offset}")]
    TrailingBytes {
        /// The last thing that was read.
        field: &'static str,
        /// Where the surplus starts.
        offset: usize,
        /// How many bytes are left over.
        bytes: usize,
    },
    /// A field is not what the format allows.
    #[error("the {field} at byte {offset} is not valid: {reason}")]
    Field {
        /// What was being read.
        field: &'static str,
        /// Where it starts.
        offset: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The algorithm is not one that is accepted.
    #[error(
        "the algorithm `{0}` is not accepted; use ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, rsa-sha2-256, rsa-sha2-512 or a security key"
    )]
    Algorithm(String),
    /// The hash algorithm is not one of the two that the format allows.
    #[error("the hash algorithm `{0}` is not accepted; use sha256 or sha512")]
    HashAlgorithm(String),
    /// An RSA key is too short or too long.
    #[error("the RSA key has {bits} bits; {RSA_BITS_MIN} to {RSA_BITS_MAX} are accepted")]
    RsaBits {
        /// Size of the modulus in bits.
        bits: usize,
    },
    /// The signature was made by another key.
    #[error("the signature was made by key {found}, not by {expected}")]
    OtherKey {
        /// Fingerprint of the key that was asked for.
        expected: String,
        /// Fingerprint of the key in the signature.
        found: String,
    },
    /// The signature was made for another purpose.
    #[error("the signature is for namespace `{found}`, not `{expected}`; sign again with `-n {expected}`")]
    OtherNamespace {
        /// The namespace that was asked for.
        expected: String,
        /// The namespace in the signature.
        found: String,
    },
    /// The caller asked for an empty namespace, which the format forbids.
    #[error("the namespace to verify for is empty; name the purpose of the signature")]
    EmptyNamespace,
    /// The security key did not see a touch.
    #[error("the security key was not touched; sign again with a key that requires presence")]
    NotTouched,
    /// The passkey did not check who its user is.
    #[error(
        "the passkey did not check a PIN, a fingerprint or a face; sign again and let it check who you are"
    )]
    NotVerified,
    /// What the browser said beside a passkey's signature does not fit it.
    #[error("the client data of the passkey is not valid: {0}; sign again in the page that shows the text")]
    ClientData(&'static str),
    /// The signature does not fit the message and the key.
    #[error(
        "the signature does not fit this text and key {fingerprint}; sign exactly the text that is shown"
    )]
    Mismatch {
        /// Fingerprint of the key.
        fingerprint: String,
    },
}
