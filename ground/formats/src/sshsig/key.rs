//! Public keys as they stand in a `.pub` file.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::wire::{Wire, put_string};
use super::{RSA_BITS_MAX, RSA_BITS_MIN, SshSigError, TEXT_BYTES_MAX};

/// The kinds of key that may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// `ssh-ed25519` (RFC 8709).
    Ed25519,
    /// `ecdsa-sha2-nistp256` (RFC 5656).
    EcdsaP256,
    /// `ecdsa-sha2-nistp384` (RFC 5656).
    EcdsaP384,
    /// `ssh-rsa` keys; they sign as `rsa-sha2-256` or `rsa-sha2-512` (RFC 8332), never with SHA-1.
    Rsa,
    /// `sk-ssh-ed25519@openssh.com` (OpenSSH PROTOCOL.u2f).
    SecurityKeyEd25519,
    /// `sk-ecdsa-sha2-nistp256@openssh.com` (OpenSSH PROTOCOL.u2f).
    SecurityKeyEcdsaP256,
}

impl Algorithm {
    /// The name of the key type in OpenSSH's files.
    pub fn key_type(self) -> &'static str {
        match self {
            Algorithm::Ed25519 => "ssh-ed25519",
            Algorithm::EcdsaP256 => "ecdsa-sha2-nistp256",
            Algorithm::EcdsaP384 => "ecdsa-sha2-nistp384",
            Algorithm::Rsa => "ssh-rsa",
            Algorithm::SecurityKeyEd25519 => "sk-ssh-ed25519@openssh.com",
            Algorithm::SecurityKeyEcdsaP256 => "sk-ecdsa-sha2-nistp256@openssh.com",
        }
    }

    /// Whether the private key lives in a security key that reports touch and verification.
    pub fn is_security_key(self) -> bool {
        matches!(
            self,
            Algorithm::SecurityKeyEd25519 | Algorithm::SecurityKeyEcdsaP256
        )
    }

    fn of_key_type(name: &str) -> Result<Algorithm, SshSigError> {
        let all = [
            Algorithm::Ed25519,
            Algorithm::EcdsaP256,
            Algorithm::EcdsaP384,
            Algorithm::Rsa,
            Algorithm::SecurityKeyEd25519,
            Algorithm::SecurityKeyEcdsaP256,
        ];
        all.into_iter()
            .find(|algorithm| algorithm.key_type() == name)
            .ok_or_else(|| SshSigError::Algorithm(name.to_owned()))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key_type())
    }
}

/// The numbers of a key, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Material {
    Ed25519 { point: Vec<u8> },
    EcdsaP256 { point: Vec<u8> },
    EcdsaP384 { point: Vec<u8> },
    Rsa { exponent: Vec<u8>, modulus: Vec<u8> },
    SecurityKeyEd25519 { point: Vec<u8>, application: String },
    SecurityKeyEcdsaP256 { point: Vec<u8>, application: String },
}

/// A public key that may sign. Equal means the same key; comments do not count and are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    // INVARIANT: `blob` is the one encoding of `material`.
    blob: Vec<u8>,
    material: Material,
}

impl PublicKey {
    /// Parses the line `type base64 [comment]` of a `.pub` file. Options as in authorized_keys are refused.
    ///
    /// # Errors
    /// Names what is wrong with the line, the base64 text or a field of the key; refuses algorithms and sizes that
    /// are not accepted.
    pub fn parse_openssh(line: &str) -> Result<PublicKey, SshSigError> {
        if line.len() > TEXT_BYTES_MAX {
            return Err(SshSigError::TooLong { bytes: line.len() });
        }
        let line = line.trim();
        if line.contains(['\n', '\r']) {
            return Err(SshSigError::KeyLine);
        }
        let mut words = line.split_ascii_whitespace();
        let (Some(key_type), Some(text)) = (words.next(), words.next()) else {
            return Err(SshSigError::KeyLine);
        };
        let expected = Algorithm::of_key_type(key_type)?;
        let blob = STANDARD
            .decode(text)
            .map_err(|error| SshSigError::Base64(error.to_string()))?;
        let key = PublicKey::from_blob(&blob)?;
        if key.algorithm() != expected {
            let reason = "differs from the type at the start of the line";
            return Err(SshSigError::Field {
                field: "key type",
                offset: 0,
                reason,
            });
        }
        Ok(key)
    }

    /// The key of a passkey whose relying party id is `application`; `point` is uncompressed.
    ///
    /// # Errors
    /// Refuses a point that is not on the curve and an application that no key may have.
    pub(crate) fn of_passkey(point: &[u8], application: &str) -> Result<PublicKey, SshSigError> {
        let mut blob = Vec::new();
        put_string(&mut blob, Algorithm::SecurityKeyEcdsaP256.key_type().as_bytes());
        put_string(&mut blob, b"nistp256");
        put_string(&mut blob, point);
        put_string(&mut blob, application.as_bytes());
        let key = PublicKey::from_blob(&blob)?;
        if ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).is_err() {
            return Err(SshSigError::Field {
                field: "point",
                offset: 0,
                reason: "it is not on the curve",
            });
        }
        Ok(key)
    }

    /// Parses the binary form of a key.
    pub(super) fn from_blob(blob: &[u8]) -> Result<PublicKey, SshSigError> {
        let mut wire = Wire::new(blob);
        let material = match Algorithm::of_key_type(wire.text("key type")?)? {
            Algorithm::Ed25519 => Material::Ed25519 {
                point: edwards_point(&mut wire)?,
            },
            Algorithm::EcdsaP256 => Material::EcdsaP256 {
                point: curve_point(&mut wire, "nistp256", 32)?,
            },
            Algorithm::EcdsaP384 => Material::EcdsaP384 {
                point: curve_point(&mut wire, "nistp384", 48)?,
            },
            Algorithm::Rsa => rsa(&mut wire)?,
            Algorithm::SecurityKeyEd25519 => Material::SecurityKeyEd25519 {
                point: edwards_point(&mut wire)?,
                application: application(&mut wire)?,
            },
            Algorithm::SecurityKeyEcdsaP256 => Material::SecurityKeyEcdsaP256 {
                point: curve_point(&mut wire, "nistp256", 32)?,
                application: application(&mut wire)?,
            },
        };
        wire.end("public key")?;
        Ok(PublicKey {
            blob: blob.to_vec(),
            material,
        })
    }

    /// The kind of key.
    pub fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Ed25519 { .. } => Algorithm::Ed25519,
            Material::EcdsaP256 { .. } => Algorithm::EcdsaP256,
            Material::EcdsaP384 { .. } => Algorithm::EcdsaP384,
            Material::Rsa { .. } => Algorithm::Rsa,
            Material::SecurityKeyEd25519 { .. } => Algorithm::SecurityKeyEd25519,
            Material::SecurityKeyEcdsaP256 { .. } => Algorithm::SecurityKeyEcdsaP256,
        }
    }

    /// The fingerprint as `ssh-keygen -l` prints it: `SHA256:` and unpadded base64.
    pub fn fingerprint(&self) -> String {
        let digest = digest::digest(&digest::SHA256, &self.blob);
        format!("SHA256:{}", STANDARD_NO_PAD.encode(digest.as_ref()))
    }

    /// The line of a `.pub` file without comment: `type base64`.
    pub fn openssh(&self) -> String {
        format!("{} {}", self.algorithm().key_type(), STANDARD.encode(&self.blob))
    }

    /// What a security key signs for: `ssh:` as OpenSSH makes them, the relying party id for a passkey; `None` for keys
    /// that are not security keys.
    pub fn application(&self) -> Option<&str> {
        match &self.material {
            Material::SecurityKeyEd25519 { application, .. }
            | Material::SecurityKeyEcdsaP256 { application, .. } => Some(application),
            _ => None,
        }
    }

    /// The point of an ECDSA key on P-256 in a security key or passkey; `None` for all other kinds.
    pub(crate) fn passkey_point(&self) -> Option<&[u8]> {
        match &self.material {
            Material::SecurityKeyEcdsaP256 { point, .. } => Some(point),
            _ => None,
        }
    }

    pub(super) fn blob(&self) -> &[u8] {
        &self.blob
    }

    pub(super) fn material(&self) -> &Material {
        &self.material
    }
}

fn edwards_point(wire: &mut Wire<'_>) -> Result<Vec<u8>, SshSigError> {
    let (field, offset) = ("Ed25519 key", wire.offset());
    let point = wire.string(field)?;
    if point.len() != 32 {
        return Err(SshSigError::Field {
            field,
            offset,
            reason: "expected 32 bytes",
        });
    }
    Ok(point.to_vec())
}

/// Reads curve name and uncompressed point; whether the point is on the curve is checked when it verifies.
fn curve_point(
    wire: &mut Wire<'_>,
    curve: &'static str,
    coordinate_bytes: usize,
) -> Result<Vec<u8>, SshSigError> {
    let offset = wire.offset();
    if wire.text("curve")? != curve {
        return Err(SshSigError::Field {
            field: "curve",
            offset,
            reason: "differs from the key type",
        });
    }
    let offset = wire.offset();
    let point = wire.string("point")?;
    if point.len() != 1 + 2 * coordinate_bytes || point[0] != 0x04 {
        return Err(SshSigError::Field {
            field: "point",
            offset,
            reason: "expected an uncompressed point",
        });
    }
    Ok(point.to_vec())
}

/// Reads what a security key signs for. OpenSSH keeps it as a C string, so a zero byte would cut it there and not here.
fn application(wire: &mut Wire<'_>) -> Result<String, SshSigError> {
    let (field, offset) = ("application", wire.offset());
    let text = wire.text(field)?;
    if text.contains('\0') {
        return Err(SshSigError::Field {
            field,
            offset,
            reason: "it holds a zero byte",
        });
    }
    Ok(text.to_owned())
}

fn rsa(wire: &mut Wire<'_>) -> Result<Material, SshSigError> {
    let exponent = wire.positive("exponent")?.to_vec();
    let modulus = wire.positive("modulus")?.to_vec();
    let unused_bits = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = modulus.len() * 8 - unused_bits;
    if !(RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits) {
        return Err(SshSigError::RsaBits { bits });
    }
    Ok(Material::Rsa { exponent, modulus })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519_BLOB: [u8; 51] = {
        let mut blob = [7; 51];
        let head = *b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20";
        let mut at = 0;
        while at < head.len() {
            blob[at] = head[at];
            at += 1;
        }
        blob
    };

    fn line(blob: &[u8]) -> String {
        format!("ssh-ed25519 {} anna@example.com", STANDARD.encode(blob))
    }

    fn rsa_blob(bits: usize) -> Vec<u8> {
        let mut modulus = vec![0; bits.div_ceil(8)];
        modulus[0] = 1 << ((bits - 1) % 8);
        if modulus[0] >= 0x80 {
            modulus.insert(0, 0);
        }
        let mut blob = Vec::new();
        put_string(&mut blob, b"ssh-rsa");
        put_string(&mut blob, &[1, 0, 1]);
        put_string(&mut blob, &modulus);
        blob
    }

    #[test]
    fn a_key_is_written_as_it_was_read_without_its_comment() {
        let key = PublicKey::parse_openssh(&line(&ED25519_BLOB)).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Ed25519);
        assert_eq!(format!("{} anna@example.com", key.openssh()), line(&ED25519_BLOB));
        assert_eq!(PublicKey::parse_openssh(&key.openssh()).unwrap(), key);
    }

    #[test]
    fn damaged_key_lines_are_refused_with_the_reason() {
        let mut trailing = ED25519_BLOB.to_vec();
        trailing.push(0);
        let rows = [
            (String::new(), "expected one line"),
            ("ssh-ed25519".to_owned(), "expected one line"),
            (format!("{0}\n{0}", line(&ED25519_BLOB)), "expected one line"),
            (
                format!("restrict {}", line(&ED25519_BLOB)),
                "the algorithm `restrict` is not accepted",
            ),
            (
                "ssh-dss AAAA".to_owned(),
                "the algorithm `ssh-dss` is not accepted",
            ),
            ("ssh-ed25519 AAA".to_owned(), "the base64 text is damaged"),
            (line(&ED25519_BLOB[..50]), "the Ed25519 key at byte 15 is cut off"),
            (
                line(&trailing),
                "1 unexpected bytes after the public key at byte 51",
            ),
            (
                line(&rsa_blob(2048)),
                "differs from the type at the start of the line",
            ),
            ("x".repeat(TEXT_BYTES_MAX + 1), "the text has 16385 bytes"),
        ];
        for (text, expected) in rows {
            let message = PublicKey::parse_openssh(&text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn rsa_keys_are_accepted_from_2048_to_8192_bits() {
        for (bits, is_accepted) in [(2047, false), (2048, true), (8192, true), (8193, false)] {
            let result = PublicKey::from_blob(&rsa_blob(bits));
            assert_eq!(result.is_ok(), is_accepted, "{bits} bits");
            if !is_accepted {
                assert_eq!(result.unwrap_err(), SshSigError::RsaBits { bits });
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_without_panic(text in ".*", blob in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = PublicKey::parse_openssh(&text);
            let _ = PublicKey::parse_openssh(&line(&blob));
            let _ = PublicKey::from_blob(&blob);
        }
    }
}
