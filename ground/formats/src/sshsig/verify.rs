//! Whether a signature fits a key, a purpose and a message.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};

use super::key::{Material, PublicKey};
use super::signature::{HashAlgorithm, MAGIC, Proof, SshSignature};
use super::wire::put_string;
use super::{Algorithm, SshSigError};

/// The person touched the security key.
const USER_PRESENT: u8 = 0x01;
/// The security key checked a PIN or a fingerprint.
const USER_VERIFIED: u8 = 0x04;

/// What a valid signature proves. Made only by [`SshSignature::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// Fingerprint of the key that signed, as `ssh-keygen -l` prints it.
    pub fingerprint: String,
    /// The kind of key that signed.
    pub algorithm: Algorithm,
    /// The hash of the message that was signed.
    pub hash_algorithm: HashAlgorithm,
    /// Whether a security key checked a PIN or a fingerprint; `None` for keys that are not security keys.
    pub user_verified: Option<bool>,
    /// The signature counter of a security key; `None` for keys that are not security keys.
    pub counter: Option<u32>,
    /// The origin of the page on which a passkey signed, such as `https://tagout.example`; `None` for everything else.
    pub passkey_origin: Option<String>,
}

/// Builds what is really signed for `message` in a namespace: preamble, purpose, and the SHA-512 of the message
/// (OpenSSH PROTOCOL.sshsig). It is the challenge that a passkey is given to sign a text.
pub fn to_be_signed(namespace: &str, message: &[u8]) -> Vec<u8> {
    signed_text(namespace, b"", HashAlgorithm::Sha512, message)
}

fn signed_text(namespace: &str, reserved: &[u8], hash: HashAlgorithm, message: &[u8]) -> Vec<u8> {
    let algorithm = match hash {
        HashAlgorithm::Sha256 => &digest::SHA256,
        HashAlgorithm::Sha512 => &digest::SHA512,
    };
    let mut text = MAGIC.to_vec();
    put_string(&mut text, namespace.as_bytes());
    put_string(&mut text, reserved);
    put_string(&mut text, hash.name().as_bytes());
    put_string(&mut text, digest::digest(algorithm, message).as_ref());
    text
}

impl SshSignature {
    /// Checks that `key` signed exactly `message` for `namespace`.
    ///
    /// # Errors
    /// Says whether the key, the namespace, the touch of a security key or the signature itself does not fit.
    pub fn verify(&self, key: &PublicKey, namespace: &str, message: &[u8]) -> Result<Verified, SshSigError> {
        if self.key != *key {
            let (expected, found) = (key.fingerprint(), self.key.fingerprint());
            return Err(SshSigError::OtherKey { expected, found });
        }
        if namespace.is_empty() {
            return Err(SshSigError::EmptyNamespace);
        }
        if self.namespace != namespace {
            let (expected, found) = (namespace.to_owned(), self.namespace.clone());
            return Err(SshSigError::OtherNamespace { expected, found });
        }
        let signed = signed_text(&self.namespace, &self.reserved, self.hash_algorithm, message);
        if let Proof::Passkey(proof) = &self.proof {
            proof.check(&signed)?;
        }
        if !fits(key.material(), &self.proof, &signed) {
            return Err(SshSigError::Mismatch {
                fingerprint: key.fingerprint(),
            });
        }
        let (user_verified, counter, passkey_origin) = match &self.proof {
            Proof::SecurityKey { flags, counter, .. } => (Some(person(*flags)?), Some(*counter), None),
            // What a browser is asked for always includes user verification; without it somebody else may have touched.
            Proof::Passkey(proof) if !person(proof.flags)? => return Err(SshSigError::NotVerified),
            Proof::Passkey(proof) => (Some(true), Some(proof.counter), Some(proof.origin.clone())),
            _ => (None, None, None),
        };
        Ok(Verified {
            fingerprint: key.fingerprint(),
            algorithm: key.algorithm(),
            hash_algorithm: self.hash_algorithm,
            user_verified,
            counter,
            passkey_origin,
        })
    }
}

/// Whether the person was verified; refuses when nobody was there at all.
fn person(flags: u8) -> Result<bool, SshSigError> {
    if flags & USER_PRESENT == 0 {
        return Err(SshSigError::NotTouched);
    }
    Ok(flags & USER_VERIFIED != 0)
}

fn fits(material: &Material, proof: &Proof, signed: &[u8]) -> bool {
    match (material, proof) {
        (Material::Ed25519 { point }, Proof::Ed25519(signature)) => holds(&ED25519, point, signed, signature),
        (Material::EcdsaP256 { point }, Proof::Ecdsa(signature)) => {
            holds(&ECDSA_P256_SHA256_FIXED, point, signed, signature)
        }
        (Material::EcdsaP384 { point }, Proof::Ecdsa(signature)) => {
            holds(&ECDSA_P384_SHA384_FIXED, point, signed, signature)
        }
        (Material::Rsa { exponent, modulus }, Proof::RsaSha256(signature)) => {
            rsa_holds(exponent, modulus, &RSA_PKCS1_2048_8192_SHA256, signed, signature)
        }
        (Material::Rsa { exponent, modulus }, Proof::RsaSha512(signature)) => {
            rsa_holds(exponent, modulus, &RSA_PKCS1_2048_8192_SHA512, signed, signature)
        }
        (
            Material::SecurityKeyEd25519 { point, application },
            Proof::SecurityKey {
                signature,
                flags,
                counter,
            },
        ) => holds(
            &ED25519,
            point,
            &security_key_text(application, *flags, *counter, signed),
            signature,
        ),
        (
            Material::SecurityKeyEcdsaP256 { point, application },
            Proof::SecurityKey {
                signature,
                flags,
                counter,
            },
        ) => holds(
            &ECDSA_P256_SHA256_FIXED,
            point,
            &security_key_text(application, *flags, *counter, signed),
            signature,
        ),
        (Material::SecurityKeyEcdsaP256 { point, application }, Proof::Passkey(proof)) => holds(
            &ECDSA_P256_SHA256_FIXED,
            point,
            &proof.signed_text(application),
            &proof.signature,
        ),
        // The parser pairs keys and signatures; anything else does not fit.
        _ => false,
    }
}

/// Whether a signature of fixed width holds; a point that is not on the curve holds nothing.
pub(crate) fn holds(
    algorithm: &'static dyn VerificationAlgorithm,
    point: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    ParsedPublicKey::new(algorithm, point).is_ok_and(|key| key.verify_sig(message, signature).is_ok())
}

fn rsa_holds(
    exponent: &[u8],
    modulus: &[u8],
    parameters: &'static RsaParameters,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = RsaPublicKeyComponents {
        n: modulus,
        e: exponent,
    };
    signature.len() == modulus.len() && key.verify(parameters, message, signature).is_ok()
}

/// What a security key signs in place of the text itself (OpenSSH PROTOCOL.u2f, "SSH U2F signatures").
pub(super) fn security_key_text(application: &str, flags: u8, counter: u32, signed: &[u8]) -> Vec<u8> {
    let mut text = digest::digest(&digest::SHA256, application.as_bytes())
        .as_ref()
        .to_vec();
    text.push(flags);
    text.extend_from_slice(&counter.to_be_bytes());
    text.extend_from_slice(digest::digest(&digest::SHA256, signed).as_ref());
    text
}
