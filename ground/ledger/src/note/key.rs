//! The key of an organisation: what it signs with, and what others check it by.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{NoteError, is_key_name};
use crate::ed25519;
use crate::hash::{hex_bytes, hex_text};

/// The signature type of Ed25519 in C2SP signed-note.
const ED25519_TYPE: u8 = 1;

/// The public half: `<name>+<key id>+<base64 of 01 and the public key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    // INVARIANT: `id` follows from `name` and `public`, and `public` is a fit point.
    name: String,
    id: [u8; 4],
    public: [u8; 32],
}

impl VerifierKey {
    /// Reads the text form. Only Ed25519 keys are known.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key("write it like `<name>+<8 hex digits>+<base64>`"));
        };
        let id: [u8; 4] =
            hex_bytes(id).ok_or(NoteError::Key("the key id must be 8 lower-case hex digits"))?;
        let key = STANDARD
            .decode(key)
            .map_err(|_| NoteError::Key("the part after the key id is not base64"))?;
        let public = match key.split_first() {
            Some((&ED25519_TYPE, public)) => public.try_into().ok(),
            _ => return Err(NoteError::Key("only Ed25519 keys (type 01) are known")),
        };
        let public = public.ok_or(NoteError::Key("an Ed25519 key has 32 bytes"))?;
        let key = Self::new(name, public)?;
        match key.id == id {
            true => Ok(key),
            false => Err(NoteError::Key(
                "the key id does not belong to this name and key; copy it anew",
            )),
        }
    }

    fn new(name: &str, public: [u8; 32]) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::Key(
                "the name must have at least one character, no space and no `+`",
            ));
        }
        if !ed25519::is_fit(&public) {
            return Err(NoteError::Key("the public key is a point that must not be used"));
        }
        let hash = digest::digest(
            &digest::SHA256,
            &[name.as_bytes(), &[b'\n', ED25519_TYPE], &public].concat(),
        );
        let mut id = [0; 4];
        id.copy_from_slice(&hash.as_ref()[..4]);
        Ok(Self {
            name: name.to_owned(),
            id,
            public,
        })
    }

    /// The name, which is the ledger's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id: the first four bytes of the hash over name and key.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The public key (RFC 8032 §5.1.5).
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519_TYPE], self.public.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex_text(&self.id), STANDARD.encode(key))
    }
}

/// The private half. `Debug` prints nothing of it, and it has no way out; the library erases its memory.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl SigningKey {
    /// Makes the key of the ledger `name` from 32 secret random bytes (the seed of RFC 8032 §5.1.5).
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NoteError::Key("the seed was refused"))?;
        Self::of_pair(name, pair)
    }

    /// Makes the key from a PKCS#8 document of either version (RFC 5958).
    pub fn from_pkcs8(name: &str, document: &[u8]) -> Result<Self, NoteError> {
        let refused = |_| NoteError::Key("the PKCS#8 document holds no Ed25519 key");
        Self::of_pair(
            name,
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map_err(refused)?,
        )
    }

    fn of_pair(name: &str, pair: Ed25519KeyPair) -> Result<Self, NoteError> {
        let public = pair.public_key().as_ref().try_into();
        let public = public.map_err(|_| NoteError::Key("an Ed25519 key has 32 bytes"))?;
        Ok(Self {
            verifier: VerifierKey::new(name, public)?,
            pair,
        })
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Makes the note of `text` with one signature line. The text must be of whole lines without control characters.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        let is_text = text.ends_with('\n') && !text.bytes().any(|byte| byte < 0x20 && byte != b'\n');
        if !is_text {
            return Err(NoteError::Form(
                "a text to sign ends in a newline and has no other control character",
            ));
        }
        let mut line = self.verifier.id.to_vec();
        line.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        Ok(format!(
            "{text}\n\u{2014} {} {}\n",
            self.verifier.name,
            STANDARD.encode(line)
        ))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}
