//! The armoured signature and the blob inside it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::PublicKey;
use super::passkey::{self, PasskeyProof};
use super::wire::Wire;
use super::{Algorithm, SshSigError, TEXT_BYTES_MAX};

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
const LINE_BYTES: usize = 70;

/// The first bytes of the blob and of the text that is signed.
pub(super) const MAGIC: &[u8; 6] = b"SSHSIG";

pub(super) const VERSION: u32 = 1;

/// The hash that is applied to the message before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl HashAlgorithm {
    /// The name in the signature.
    pub fn name(self) -> &'static str {
        match self {
            HashAlgorithm::Sha256 => "sha256",
            HashAlgorithm::Sha512 => "sha512",
        }
    }
}

/// What the algorithm made, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    Ed25519(Vec<u8>),
    /// Both numbers at full width, one after the other.
    Ecdsa(Vec<u8>),
    RsaSha256(Vec<u8>),
    RsaSha512(Vec<u8>),
    SecurityKey {
        signature: Vec<u8>,
        flags: u8,
        counter: u32,
    },
    Passkey(PasskeyProof),
}

/// A signature over a message in a namespace. Says who claims to have signed; [`SshSignature::verify`] says whether.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    pub(crate) blob: Vec<u8>,
    pub(super) key: PublicKey,
    pub(super) namespace: String,
    pub(super) reserved: Vec<u8>,
    pub(super) hash_algorithm: HashAlgorithm,
    pub(super) proof: Proof,
}

impl SshSignature {
    /// Parses the text that `ssh-keygen -Y sign` writes.
    ///
    /// # Errors
    /// Names what is wrong with the armour, the base64 text or a field of the blob.
    pub fn parse_armored(text: &str) -> Result<SshSignature, SshSigError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(SshSigError::TooLong { bytes: text.len() });
        }
        let body = text
            .trim()
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(END))
            .filter(|body| body.starts_with(['\n', '\r']) && body.ends_with('\n'))
            .ok_or(SshSigError::Armor)?;
        let base64: String = body.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
        let blob = STANDARD
            .decode(base64)
            .map_err(|error| SshSigError::Base64(error.to_string()))?;
        SshSignature::from_blob(blob)
    }

    /// Parses the binary form.
    pub(crate) fn from_blob(blob: Vec<u8>) -> Result<SshSignature, SshSigError> {
        let mut wire = Wire::new(&blob);
        let refuse = |field, offset, reason| {
            Err(SshSigError::Field {
                field,
                offset,
                reason,
            })
        };
        if wire.bytes("magic", MAGIC.len())? != MAGIC {
            return refuse("magic", 0, "expected SSHSIG");
        }
        let offset = wire.offset();
        if wire.number("version")? != VERSION {
            return refuse("version", offset, "only version 1 is known");
        }
        let key = PublicKey::from_blob(wire.string("public key")?)?;
        let offset = wire.offset();
        let namespace = wire.text("namespace")?.to_owned();
        if namespace.is_empty() {
            return refuse("namespace", offset, "it is empty");
        }
        let reserved = wire.string("reserved field")?.to_vec();
        let hash_algorithm = match wire.text("hash algorithm")? {
            "sha256" => HashAlgorithm::Sha256,
            "sha512" => HashAlgorithm::Sha512,
            other => return Err(SshSigError::HashAlgorithm(other.to_owned())),
        };
        let proof = proof(wire.string("signature")?, key.algorithm())?;
        wire.end("signature")?;
        Ok(SshSignature {
            key,
            namespace,
            reserved,
            hash_algorithm,
            proof,
            blob,
        })
    }

    /// The signature in its canonical armoured form, as `ssh-keygen -Y verify` reads it.
    pub fn armored(&self) -> String {
        let base64 = STANDARD.encode(&self.blob);
        let mut text = format!("{BEGIN}\n");
        let mut rest = base64.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(LINE_BYTES));
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text + END + "\n"
    }

    /// The key that claims to have signed.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The purpose that was signed for, for example `tagout-approval`.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The hash of the message that was signed.
    pub fn hash_algorithm(&self) -> HashAlgorithm {
        self.hash_algorithm
    }

    /// Whether it claims to have been made by a passkey in a browser.
    pub fn is_by_passkey(&self) -> bool {
        matches!(self.proof, Proof::Passkey(_))
    }
}

fn proof(blob: &[u8], key: Algorithm) -> Result<Proof, SshSigError> {
    let mut wire = Wire::new(blob);
    let name = wire.text("signature algorithm")?;
    let proof = match (key, name) {
        (Algorithm::Ed25519, "ssh-ed25519") => Proof::Ed25519(edwards(&mut wire)?),
        (Algorithm::EcdsaP256, "ecdsa-sha2-nistp256") => Proof::Ecdsa(ecdsa(&mut wire, 32)?),
        (Algorithm::EcdsaP384, "ecdsa-sha2-nistp384") => Proof::Ecdsa(ecdsa(&mut wire, 48)?),
        (Algorithm::Rsa, "rsa-sha2-256") => Proof::RsaSha256(wire.string("RSA signature")?.to_vec()),
        (Algorithm::Rsa, "rsa-sha2-512") => Proof::RsaSha512(wire.string("RSA signature")?.to_vec()),
        (Algorithm::SecurityKeyEd25519, "sk-ssh-ed25519@openssh.com") => {
            let signature = edwards(&mut wire)?;
            security_key(&mut wire, signature)?
        }
        (Algorithm::SecurityKeyEcdsaP256, "sk-ecdsa-sha2-nistp256@openssh.com") => {
            let signature = ecdsa(&mut wire, 32)?;
            security_key(&mut wire, signature)?
        }
        (Algorithm::SecurityKeyEcdsaP256, passkey::ALGORITHM) => {
            Proof::Passkey(PasskeyProof::read(&mut wire)?)
        }
        (_, other) => return Err(SshSigError::Algorithm(other.to_owned())),
    };
    wire.end("signature value")?;
    Ok(proof)
}

fn edwards(wire: &mut Wire<'_>) -> Result<Vec<u8>, SshSigError> {
    let (field, offset) = ("Ed25519 signature", wire.offset());
    let signature = wire.string(field)?;
    if signature.len() != 64 {
        return Err(SshSigError::Field {
            field,
            offset,
            reason: "expected 64 bytes",
        });
    }
    Ok(signature.to_vec())
}

/// Reads the two numbers of an ECDSA signature and pads both to the width of the curve.
pub(super) fn ecdsa(wire: &mut Wire<'_>, width: usize) -> Result<Vec<u8>, SshSigError> {
    let field = "ECDSA signature";
    let mut inner = Wire::new(wire.string(field)?);
    let mut fixed = Vec::with_capacity(2 * width);
    for _ in 0..2 {
        let offset = inner.offset();
        let number = inner.positive(field)?;
        if number.len() > width {
            return Err(SshSigError::Field {
                field,
                offset,
                reason: "the number is wider than the curve",
            });
        }
        fixed.resize(fixed.len() + width - number.len(), 0);
        fixed.extend_from_slice(number);
    }
    inner.end(field)?;
    Ok(fixed)
}

fn security_key(wire: &mut Wire<'_>, signature: Vec<u8>) -> Result<Proof, SshSigError> {
    let flags = wire.byte("flags")?;
    let counter = wire.number("counter")?;
    Ok(Proof::SecurityKey {
        signature,
        flags,
        counter,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn damaged_armour_is_refused_with_the_reason() {
        let rows = [
            (String::new(), "expected `-----BEGIN"),
            (format!("{BEGIN}\nAAAA\n"), "expected `-----BEGIN"),
            (format!("{BEGIN}AAAA{END}"), "expected `-----BEGIN"),
            (format!("{BEGIN}\nAA AA\n{END}\n"), "the base64 text is damaged"),
            (format!("{BEGIN}\nAAA\n{END}\n"), "the base64 text is damaged"),
            (
                format!("{BEGIN}\nAAAA\n{END}\n"),
                "the magic at byte 0 is cut off",
            ),
            (format!("{BEGIN}\nAAAAAAAA\n{END}\n"), "expected SSHSIG"),
            (
                format!("{BEGIN}\nU1NIU0lHAAAAAg==\n{END}\n"),
                "only version 1 is known",
            ),
            ("x".repeat(TEXT_BYTES_MAX + 1), "the text has 16385 bytes"),
        ];
        for (text, expected) in rows {
            let message = SshSignature::parse_armored(&text).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    proptest! {
        #[test]
        fn any_text_or_blob_parses_without_panic(text in ".*", blob in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = SshSignature::parse_armored(&text);
            let _ = SshSignature::parse_armored(&format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(&blob)));
            let mut blob_with_head = b"SSHSIG\0\0\0\x01".to_vec();
            blob_with_head.extend_from_slice(&blob);
            let _ = SshSignature::from_blob(blob_with_head);
            let _ = SshSignature::from_blob(blob);
        }
    }
}
