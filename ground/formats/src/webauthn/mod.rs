//! What a browser sends when a person makes or uses a passkey (W3C WebAuthn Level 3).
//!
//! Read strictly, bounded in size and depth, and checked against what the server asked for: the challenge, the origin of
//! the page and the relying party id. Only keys for ES256 on P-256 are taken; attestation is read past and proves nothing,
//! so the page asks for `none`. User verification is always required. Challenges are made, remembered and used up by the
//! caller, who also finds the credential by its id and compares the counters. No network, no storage, no clock.
//!
//! Enrolling, signing in, and signing a text:
//!
//! ```
//! use formats::sshsig::{self, PublicKey, SshSignature};
//! use formats::webauthn::{Assertion, Credential, Expected, Registration, Verified, WebAuthnError};
//!
//! # fn main() {}
//! /// `client_data_json` and the others are the bytes of the members of the same names in what
//! /// `navigator.credentials.create()` and `.get()` give. All three need `userVerification: "required"`; for `create()`
//! /// `pubKeyCredParams` is `[{type: "public-key", alg: -7}]` and `attestation` is `"none"`.
//! fn enrol(challenge: &[u8], client_data_json: &[u8], attestation_object: &[u8]) -> Result<Credential, WebAuthnError> {
//!     let expected = Expected { challenge, origin: "https://tagout.example:8443", rp_id: "tagout.example" };
//!     Registration::read(client_data_json, attestation_object)?.verify(&expected)
//! }
//!
//! /// `key` is that of the credential with the id that the browser names; `stored` its counter so far.
//! fn sign_in(
//!     key: &PublicKey, stored: u32, challenge: &[u8],
//!     client_data_json: &[u8], authenticator_data: &[u8], signature: &[u8],
//! ) -> Result<bool, WebAuthnError> {
//!     let expected = Expected { challenge, origin: "https://tagout.example:8443", rp_id: "tagout.example" };
//!     let verified = Assertion::read(client_data_json, authenticator_data, signature)?.verify(key, &expected)?;
//!     Ok(verified.goes_on_from(stored))
//! }
//!
//! /// The challenge for `get()` is `sshsig::to_be_signed(namespace, message)`. The result is an ordinary armoured SSH
//! /// signature that `SshSignature::verify`, both package verifiers and `ssh-keygen -Y verify` accept for this key.
//! fn sign_text(
//!     key: &PublicKey, namespace: &str, message: &[u8],
//!     client_data_json: &[u8], authenticator_data: &[u8], signature: &[u8],
//! ) -> Result<String, WebAuthnError> {
//!     let assertion = Assertion::read(client_data_json, authenticator_data, signature)?;
//!     let signature = assertion.into_ssh_signature(key, "https://tagout.example:8443", namespace, message)?;
//!     Ok(signature.armored())
//! }
//! ```

mod assertion;
mod authenticator_data;
mod cbor;
mod client_data;
mod cose;
mod registration;

#[cfg(test)]
mod authenticator_tests;
#[cfg(test)]
mod vector_tests;

use thiserror::Error;

pub use assertion::{Assertion, Verified};
pub use registration::{Credential, Registration};

use crate::sshsig::SshSigError;

/// The longest client data that is read, in bytes; browsers write about 300.
pub const CLIENT_DATA_BYTES_MAX: usize = 4 * 1024;

/// The longest authenticator data of a signature that is read, in bytes; without extensions it has 37.
pub const AUTHENTICATOR_DATA_BYTES_MAX: usize = 4 * 1024;

/// The longest attestation object that is read, in bytes; certificates that nobody asked for may make it long.
pub const ATTESTATION_OBJECT_BYTES_MAX: usize = 64 * 1024;

/// The longest id of a credential, in bytes (WebAuthn Level 3, 7.1 step 25).
pub const CREDENTIAL_ID_BYTES_MAX: usize = 1023;

/// What the server asked for and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The bytes of the challenge.
    pub challenge: &'a [u8],
    /// The origin of the page: `https://tagout.example` or, with a port of its own, `https://tagout.example:8443`.
    pub origin: &'a str,
    /// The relying party id, a host name such as `tagout.example`.
    pub rp_id: &'a str,
}

/// Says why what the browser sent is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WebAuthnError {
    /// A part is longer than its limit.
    #[error("the {part} has {bytes} bytes; at most {bytes_max} are read")]
    TooLong {
        /// What is too long.
        part: &'static str,
        /// Its length in bytes.
        bytes: usize,
        /// The most that is read, in bytes.
        bytes_max: usize,
    },
    /// The client data is not the JSON that a browser writes.
    #[error("the client data is not what a browser writes: {0}")]
    ClientData(String),
    /// The client data is of another ceremony.
    #[error("the browser answered `{found}` where `{expected}` was asked for; begin again")]
    Type {
        /// What was asked for: `webauthn.create` or `webauthn.get`.
        expected: &'static str,
        /// What the client data says.
        found: String,
    },
    /// The challenge is another one.
    #[error("the answer is to another challenge; begin again on the page that asks")]
    Challenge,
    /// The page had another origin.
    #[error("the answer was given at `{found}`, not at `{expected}`; open the server by its own address")]
    Origin {
        /// The origin of this server.
        expected: String,
        /// The origin that the browser saw.
        found: String,
    },
    /// The page was shown inside a page of another origin.
    #[error("the answer was given inside a page of another origin; open the server by its own address")]
    CrossOrigin,
    /// The passkey answered for another relying party, or is of another one.
    #[error("the passkey belongs to another site than `{rp_id}`")]
    RelyingParty {
        /// The relying party id that was asked for.
        rp_id: String,
    },
    /// A part ends inside a field.
    #[error("the {part} is cut off at byte {offset}")]
    Truncated {
        /// What was being read.
        part: &'static str,
        /// Where it ends too early.
        offset: usize,
    },
    /// A field is not what the specification allows.
    #[error("the {part} is not valid at byte {offset}: {reason}")]
    Field {
        /// What was being read.
        part: &'static str,
        /// Where the field starts.
        offset: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The new key is of a kind that is not taken.
    #[error("the passkey's key is not for ES256 on P-256; choose another passkey or security key")]
    Key,
    /// Nobody touched the authenticator.
    #[error("the passkey did not notice that its user was present; try again and touch it")]
    NotPresent,
    /// The authenticator did not check who its user is.
    #[error("the passkey did not check a PIN, a fingerprint or a face; set one up on it and try again")]
    NotVerified,
    /// The signature does not fit.
    #[error("the signature does not fit this passkey; begin again and choose the passkey that you enrolled")]
    Signature,
    /// It cannot be put into the form of an SSH signature.
    #[error(transparent)]
    SshSignature(#[from] SshSigError),
}

fn check_length(part: &'static str, bytes: &[u8], bytes_max: usize) -> Result<(), WebAuthnError> {
    let bytes = bytes.len();
    if bytes > bytes_max {
        return Err(WebAuthnError::TooLong {
            part,
            bytes,
            bytes_max,
        });
    }
    Ok(())
}
