//! One-time codes and tokens: made, printed once, and kept only as their hash.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use basis::{Chance, PersonId, Time};

/// A one-time code with which a person chooses their password. It is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Whose it is.
    pub person: PersonId,
    /// The code: the person's id, a dot, 32 hex digits.
    pub code: String,
    /// Until when it is good.
    pub expires: Time,
}

/// Makes a secret text of 256 random bits behind `prefix`, and its hash.
pub(crate) fn new_secret(chance: &dyn Chance, prefix: &str) -> (String, String) {
    let text = format!("{prefix}.{}", hex::encode(chance.thirty_two()));
    let sha256 = hash(&text);
    (text, sha256)
}

/// The SHA-256 of a secret text, in hex. The texts carry 256 random bits, so no salt is needed.
pub(crate) fn hash(text: &str) -> String {
    hex::encode(digest(&SHA256, text.as_bytes()))
}

/// Whether `text` is the secret that was kept as `sha256`; takes the same time either way.
pub(crate) fn matches(text: &str, sha256: &str) -> bool {
    verify_slices_are_equal(hash(text).as_bytes(), sha256.as_bytes()).is_ok()
}
