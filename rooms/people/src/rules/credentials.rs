//! Passwords and one-time codes.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use basis::{Class, Refusal, Time};
use totp_rs::{Builder, Totp};

/// The fewest characters of a password; length is asked for instead of mixed signs (NIST SP 800-63B §3.1.1).
pub const PASSWORD_CHARS_MIN: usize = 15;
/// The most characters of a password, so that hashing stays bounded.
pub const PASSWORD_CHARS_MAX: usize = 200;
/// The fewest bytes of a secret for one-time codes (RFC 4226 §4, R6).
pub const SECRET_BYTES_MIN: usize = 20;
/// The most bytes of such a secret.
pub const SECRET_BYTES_MAX: usize = 64;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// A secret for one-time codes of RFC 6238: SHA-1, six digits, thirty seconds, one step of tolerance on either side.
pub struct Secret(totp_rs::Secret);

impl Secret {
    /// Takes stored bytes as the secret.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(totp_rs::Secret::from(bytes))
    }

    /// Reads base32 as authenticator programs show it.
    pub fn from_base32(text: &str) -> Result<Self, Refusal> {
        let secret = totp_rs::Secret::try_from_base32(text.trim().to_ascii_uppercase()).ok();
        let fits = |secret: &totp_rs::Secret| {
            (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&secret.as_bytes().len())
        };
        secret.filter(fits).map(Self).ok_or_else(|| {
            Refusal::new(Class::Invalid, "one-time codes", "the secret cannot be read").way_out(format!(
                "give base32 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} random bytes"
            ))
        })
    }

    /// The bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The secret as authenticator programs take it.
    pub fn to_base32(&self) -> String {
        self.0.to_base32()
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_secret(totp_rs::Secret::from(self.as_bytes()))
            .build_noncompliant()
    }

    /// The code at this moment.
    pub fn code_at(&self, now: Time) -> String {
        self.totp()
            .generate(now.as_ms().unsigned_abs() / 1_000)
            .to_string()
    }

    /// The step whose code `code` is, if it is one of those near `now` and later than `last_step`.
    /// A code is good once: whoever saw it typed cannot type it again.
    pub fn step_of(&self, code: &str, now: Time, last_step: u64) -> Option<u64> {
        self.totp()
            .check(code.trim(), now.as_ms().unsigned_abs() / 1_000)
            .filter(|step| *step > last_step)
    }
}

/// Refuses a password that is too short, too long, or the person's own handle drawn out.
pub fn check_password_form(password: &str, handle: &str) -> Result<(), Refusal> {
    let count = password.chars().count();
    let what = if count < PASSWORD_CHARS_MIN {
        format!("the password has {count} characters, {PASSWORD_CHARS_MIN} are the fewest")
    } else if count > PASSWORD_CHARS_MAX {
        format!("the password has {count} characters, {PASSWORD_CHARS_MAX} are the most")
    } else if password.to_lowercase().replace(handle, "").chars().count() < PASSWORD_CHARS_MIN / 2 {
        "the password is little more than the handle".to_owned()
    } else {
        return Ok(());
    };
    Err(Refusal::new(Class::Invalid, "password", what).way_out("take several unrelated words"))
}

/// Hashes a password with Argon2id (RFC 9106): salt and hash.
pub fn hash_password(password: &str, salt: [u8; SALT_BYTES]) -> Vec<u8> {
    let mut hash = [0; HASH_BYTES];
    // Lengths of salt and output are the algorithm's own minimum and more, so it refuses nothing.
    match argon2::Argon2::default().hash_password_into(password.as_bytes(), &salt, &mut hash) {
        Ok(()) => [salt.as_slice(), &hash].concat(),
        Err(error) => unreachable!("Argon2 with its defaults refused: {error}"),
    }
}

/// Whether `password` hashes to what [`hash_password`] made. Takes as long for a wrong one as for a right one.
pub fn password_matches(password: &str, stored: &[u8]) -> bool {
    let Some(salt) = stored.first_chunk::<SALT_BYTES>() else {
        return false;
    };
    verify_slices_are_equal(&hash_password(password, *salt), stored).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_only_near_its_time() {
        // RFC 6238 appendix B, SHA-1: at 1111111109 the eight digits are 07081804, of which six are 081804.
        let secret = Secret::from_bytes(b"12345678901234567890");
        let at = Time::from_ms(1_111_111_109_000);
        assert_eq!(secret.code_at(at), "081804");
        let step = secret.step_of("081804", at, 0).unwrap();
        assert_eq!(secret.step_of("081804", at, step), None);
        assert_eq!(secret.step_of("081805", at, 0), None);
        assert!(
            secret
                .step_of("081804", at + basis::Span::seconds(30), 0)
                .is_some()
        );
        assert!(
            secret
                .step_of("081804", at + basis::Span::seconds(90), 0)
                .is_none()
        );
    }

    #[test]
    fn a_password_matches_itself_alone() {
        let stored = hash_password("correct horse battery", [3; 16]);
        assert!(password_matches("correct horse battery", &stored));
        assert!(!password_matches("correct horse batterx", &stored));
        assert!(!password_matches("", &stored));
        assert!(!password_matches("correct horse battery", b"short"));
    }

    #[test]
    fn password_length_is_checked_at_both_ends() {
        for (count, is_good) in [(14, false), (15, true), (200, true), (201, false)] {
            assert_eq!(
                check_password_form(&"x".repeat(count), "anna").is_ok(),
                is_good,
                "{count}"
            );
        }
        assert!(check_password_form("anna.anna.anna.anna", "anna").is_err());
    }
}
