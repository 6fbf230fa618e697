//! AES-256-GCM under the organisation's key: wraps blob keys, seals credentials before they become payloads.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Bytes that a nonce takes (NIST SP 800-38D).
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes that a tag takes.
pub(crate) const TAG_BYTES: usize = 16;

/// A key for AES-256-GCM.
pub(crate) struct SealKey(LessSafeKey);

impl SealKey {
    /// Takes 32 bytes as a key.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        // A key of the algorithm's own length is always accepted.
        match UnboundKey::new(&AES_256_GCM, &bytes) {
            Ok(key) => Self(LessSafeKey::new(key)),
            Err(_) => unreachable!("32 bytes are an AES-256 key"),
        }
    }

    /// Encrypts `clear` in place and appends the tag. A nonce must never be used twice with one key.
    pub(crate) fn close(&self, nonce: [u8; NONCE_BYTES], context: &[u8], clear: &mut Vec<u8>) {
        let sealed =
            self.0
                .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), clear);
        assert!(sealed.is_ok(), "AES-GCM refuses only texts beyond 64 GiB");
    }

    /// Decrypts `sealed` in place; nothing when key, nonce, context or a single bit differ.
    pub(crate) fn open<'s>(
        &self,
        nonce: [u8; NONCE_BYTES],
        context: &[u8],
        sealed: &'s mut [u8],
    ) -> Option<&'s [u8]> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0
            .open_in_place(nonce, Aad::from(context), sealed)
            .ok()
            .map(|clear| &*clear)
    }

    /// Seals a credential: nonce, ciphertext, tag. `context` says what it is for and is checked on opening.
    pub(crate) fn seal_credential(&self, nonce: [u8; NONCE_BYTES], context: &str, clear: &[u8]) -> Vec<u8> {
        let mut body = clear.to_vec();
        self.close(nonce, context.as_bytes(), &mut body);
        [nonce.as_slice(), &body].concat()
    }

    /// Opens what [`SealKey::seal_credential`] made.
    pub(crate) fn open_credential(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES)?;
        let mut body = body.to_vec();
        self.open(nonce.try_into().ok()?, context.as_bytes(), &mut body)
            .map(<[u8]>::to_vec)
    }
}
