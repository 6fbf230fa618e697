//! Keys and signatures of persons, held to the package format (§5.1, §5.3): one spelling, nothing unchecked.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use formats::sshsig::{Algorithm, PublicKey, SshSignature};

use super::approval::NAMESPACE;
use crate::ed25519;

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----";
const LINE_BYTES_MAX: usize = 76;

/// A public key that may sign decisions.
pub(super) struct PersonKey {
    public: PublicKey,
    blob: Vec<u8>,
}

impl PersonKey {
    /// Reads `algorithm base64`, exactly; refuses weak and malformed keys.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let public = PublicKey::parse_openssh(text).map_err(|error| error.to_string())?;
        let blob = text
            .split_once(' ')
            .and_then(|(_, base64)| STANDARD.decode(base64).ok());
        let blob = blob
            .filter(|_| public.openssh() == text)
            .ok_or("expected algorithm, space and base64 only")?;
        let key = Self { public, blob };
        match key.is_fit() {
            Some(true) => Ok(key),
            _ => Err("the numbers of the key are not those of a usable key".into()),
        }
    }

    fn is_fit(&self) -> Option<bool> {
        let (_, rest) = field(&self.blob)?;
        match self.public.algorithm() {
            // Which points are accepted is seen when a signature is checked (§5.1).
            Algorithm::Ed25519 | Algorithm::SecurityKeyEd25519 => Some(true),
            Algorithm::EcdsaP256 | Algorithm::SecurityKeyEcdsaP256 => {
                let (_, rest) = field(rest)?;
                Some(ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, field(rest)?.0).is_ok())
            }
            Algorithm::EcdsaP384 => {
                let (_, rest) = field(rest)?;
                Some(ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, field(rest)?.0).is_ok())
            }
            Algorithm::Rsa => {
                let (exponent, rest) = field(rest)?;
                let (modulus, _) = field(rest)?;
                let exponent = exponent.iter().try_fold(0u64, |number, byte| {
                    number.checked_mul(256)?.checked_add(u64::from(*byte))
                });
                let is_odd = modulus.last().is_some_and(|byte| byte & 1 == 1);
                let in_range = exponent.is_some_and(|e| e & 1 == 1 && (3..=u64::from(u32::MAX)).contains(&e));
                Some(is_odd && in_range)
            }
        }
    }

    /// Whether both are one key: the same blob.
    pub(super) fn is_same(&self, other: &PersonKey) -> bool {
        self.blob == other.blob
    }

    /// Checks that `armored` is a signature by this key over `message`.
    pub(super) fn check(&self, armored: &str, message: &[u8]) -> Result<(), String> {
        let blob = strict_armor(armored).ok_or("the armour is not as the format asks")?;
        // Everything before the hash's name is known; this holds version, key, namespace and the empty reserved field.
        let mut head = b"SSHSIG\x00\x00\x00\x01".to_vec();
        for known in [self.blob.as_slice(), NAMESPACE.as_bytes(), b""] {
            head.extend_from_slice(&(known.len() as u32).to_be_bytes());
            head.extend_from_slice(known);
        }
        if !blob.starts_with(&head) {
            return Err(format!(
                "the signature is not by this key for `{NAMESPACE}` with an empty reserved field"
            ));
        }
        let r_from_end = match self.public.algorithm() {
            Algorithm::Ed25519 => Some(64),
            // A security key adds one byte of flags and four of its counter.
            Algorithm::SecurityKeyEd25519 => Some(69),
            _ => None,
        };
        if let Some(from_end) = r_from_end {
            let point = field(&self.blob).and_then(|(_, rest)| field(rest)?.0.first_chunk::<32>());
            let r = blob
                .len()
                .checked_sub(from_end)
                .and_then(|at| blob[at..].first_chunk::<32>());
            if !point.is_some_and(ed25519::is_fit) || !r.is_some_and(ed25519::is_fit) {
                return Err("the key or the signature holds a point that must not be used".into());
            }
        }
        let signature = SshSignature::parse_armored(armored).map_err(|error| error.to_string())?;
        signature
            .verify(&self.public, NAMESPACE, message)
            .map_err(|error| error.to_string())?;
        Ok(())
    }
}

/// The first field of RFC 4251 §5 strings, and what follows it.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

fn strict_armor(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let body = text.strip_prefix(BEGIN)?.strip_suffix(END)?.strip_suffix('\n')?;
    let lines: Vec<&str> = body.split('\n').collect();
    let has_fit_lines = lines
        .iter()
        .all(|line| (1..=LINE_BYTES_MAX).contains(&line.len()));
    has_fit_lines.then(|| STANDARD.decode(lines.concat()).ok())?
}
