//! What this process alone can tell that it said, and forgets when it ends.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};

/// A key made at the start of the process, known to nobody else and kept nowhere.
pub(crate) struct PassingKey(Key);

impl PassingKey {
    /// Makes the key, or ends the program: a half-filled key must never be used.
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 32];
        if aws_lc_rs::rand::fill(&mut bytes).is_err() {
            panic!("the operating system gave no random bytes");
        }
        Self(Key::new(HMAC_SHA256, &bytes))
    }

    /// HMAC-SHA-256 (RFC 2104) over `context`, its length before it, and `message`.
    pub(crate) fn mark(&self, context: &str, message: &[u8]) -> [u8; 32] {
        let length = (context.len() as u64).to_be_bytes();
        let tag = sign(&self.0, &[&length, context.as_bytes(), message].concat());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_belongs_to_its_key_its_context_and_its_message() {
        let (key, other) = (PassingKey::new(), PassingKey::new());
        let mark = key.mark("sign-in", b"nonce");
        assert_eq!(key.mark("sign-in", b"nonce"), mark);
        assert_ne!(other.mark("sign-in", b"nonce"), mark);
        assert_ne!(key.mark("sign-i", b"nnonce"), mark);
        assert_ne!(key.mark("sign-in", b"nonc"), mark);
    }
}
