//! A passkey is used (WebAuthn Level 3, 7.2 "Verifying an Authentication Assertion").

use aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED;

use super::authenticator_data::AuthenticatorData;
use super::client_data::{ClientData, GET};
use super::{AUTHENTICATOR_DATA_BYTES_MAX, Expected, WebAuthnError, check_length};
use crate::sshsig::{self, PasskeyProof, PublicKey, SshSignature};

const SIGNATURE: &str = "signature";
const NUMBER_BYTES: usize = 32;

/// What `navigator.credentials.get()` gave, read and not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    client_data: ClientData,
    authenticator_data: AuthenticatorData,
    authenticator_bytes: Vec<u8>,
    /// Both numbers at full width, one after the other.
    signature: Vec<u8>,
}

/// What a valid assertion proves. Made only by [`Assertion::verify`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The signature counter; 0 where the authenticator keeps none.
    pub counter: u32,
    /// Whether the passkey may be copied to other devices of its person; never changes.
    pub is_backup_eligible: bool,
    /// Whether it has been.
    pub is_backed_up: bool,
}

impl Verified {
    /// Whether the counter rose above what is stored, or neither counts (WebAuthn Level 3, 7.2 step 22). If not, somebody
    /// may have a copy of the passkey.
    pub fn goes_on_from(&self, stored: u32) -> bool {
        self.counter > stored || (self.counter == 0 && stored == 0)
    }
}

impl Assertion {
    /// Reads the members `clientDataJSON`, `authenticatorData` and `signature` of the browser's answer.
    ///
    /// # Errors
    /// Names the part and the byte at which it is not what the specification allows.
    pub fn read(
        client_data_json: &[u8],
        authenticator_data: &[u8],
        signature_der: &[u8],
    ) -> Result<Assertion, WebAuthnError> {
        let part = "authenticator data";
        check_length(part, authenticator_data, AUTHENTICATOR_DATA_BYTES_MAX)?;
        let data = AuthenticatorData::read(authenticator_data)?;
        if data.credential.is_some() {
            return Err(WebAuthnError::Field {
                part,
                offset: 32,
                reason: "it is that of a new passkey, not of a signature",
            });
        }
        Ok(Assertion {
            client_data: ClientData::read(client_data_json)?,
            authenticator_data: data,
            authenticator_bytes: authenticator_data.to_vec(),
            signature: numbers_of_der(signature_der)?,
        })
    }

    /// Checks that `key` answered what was asked for, for a person whom the authenticator verified.
    ///
    /// # Errors
    /// Says what differs from what was asked for, or that the signature does not fit.
    pub fn verify(&self, key: &PublicKey, expected: &Expected<'_>) -> Result<Verified, WebAuthnError> {
        self.client_data.check(GET, expected)?;
        let data = &self.authenticator_data;
        data.check_rp_id(expected.rp_id)?;
        let (Some(point), Some(_)) = (
            key.passkey_point(),
            key.application()
                .filter(|application| *application == expected.rp_id),
        ) else {
            return Err(WebAuthnError::RelyingParty {
                rp_id: expected.rp_id.to_owned(),
            });
        };
        let signed = [&self.authenticator_bytes, self.client_data.hash().as_ref()].concat();
        if !sshsig::holds(&ECDSA_P256_SHA256_FIXED, point, &signed, &self.signature) {
            return Err(WebAuthnError::Signature);
        }
        data.check_person()?;
        Ok(Verified {
            counter: data.counter,
            is_backup_eligible: data.is_backup_eligible(),
            is_backed_up: data.is_backed_up(),
        })
    }

    /// Puts the answer to the challenge [`sshsig::to_be_signed`] into the form of an SSH signature by `key` over `message`,
    /// after all that [`Assertion::verify`] checks; the relying party is the key's.
    ///
    /// # Errors
    /// As [`Assertion::verify`], and where the browser did not write its client data in the one order of WebAuthn Level 3,
    /// 5.8.1.1, which verifiers rely on.
    pub fn into_ssh_signature(
        self,
        key: &PublicKey,
        origin: &str,
        namespace: &str,
        message: &[u8],
    ) -> Result<SshSignature, WebAuthnError> {
        let expected = Expected {
            challenge: &sshsig::to_be_signed(namespace, message),
            origin,
            rp_id: key.application().unwrap_or_default(),
        };
        self.verify(key, &expected)?;
        let proof = self.into_proof(origin);
        Ok(SshSignature::by_passkey(key, namespace, message, &proof)?)
    }

    pub(super) fn into_proof(self, origin: &str) -> PasskeyProof {
        PasskeyProof {
            signature: self.signature,
            flags: self.authenticator_data.flags,
            counter: self.authenticator_data.counter,
            origin: origin.to_owned(),
            client_data: self.client_data.into_json(),
            extensions: self.authenticator_data.extensions,
        }
    }
}

/// Reads a DER `ECDSA-Sig-Value` (RFC 3279 section 2.2.3) and pads both numbers to the width of the curve.
pub(super) fn numbers_of_der(der: &[u8]) -> Result<Vec<u8>, WebAuthnError> {
    let refuse = |offset, reason| {
        Err(WebAuthnError::Field {
            part: SIGNATURE,
            offset,
            reason,
        })
    };
    // Two numbers of at most 33 bytes: every length is below 128 and has one byte.
    let [0x30, length, rest @ ..] = der else {
        return refuse(0, "expected a DER sequence of two numbers");
    };
    if usize::from(*length) != rest.len() || *length >= 0x80 {
        return refuse(1, "the length is not that of what follows");
    }
    let (mut fixed, mut rest) = (Vec::with_capacity(2 * NUMBER_BYTES), rest);
    for _ in 0..2 {
        let offset = der.len() - rest.len();
        let whole = match rest {
            [0x02, length, rest @ ..] => rest.split_at_checked(usize::from(*length)),
            _ => None,
        };
        let Some((number, after)) = whole else {
            return refuse(offset, "expected a whole number");
        };
        let digits = match number {
            [0, second, ..] if *second >= 0x80 => &number[1..],
            [first, ..] if (1..0x80).contains(first) => number,
            _ => return refuse(offset, "the number is not positive or not in its shortest form"),
        };
        if digits.len() > NUMBER_BYTES {
            return refuse(offset, "the number is wider than the curve");
        }
        fixed.resize(fixed.len() + NUMBER_BYTES - digits.len(), 0);
        fixed.extend_from_slice(digits);
        rest = after;
    }
    if !rest.is_empty() {
        return refuse(der.len() - rest.len(), "there are bytes after its end");
    }
    Ok(fixed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_counter_must_rise_unless_nobody_counts() {
        for (stored, counter, goes_on) in [
            (0, 0, true),
            (0, 1, true),
            (4, 5, true),
            (5, 5, false),
            (5, 0, false),
        ] {
            let verified = Verified {
                counter,
                is_backup_eligible: false,
                is_backed_up: false,
            };
            assert_eq!(verified.goes_on_from(stored), goes_on, "{stored} then {counter}");
        }
    }

    #[test]
    fn signatures_are_read_in_their_one_der_form() {
        let wide = [&[0x30, 0x25, 0x02, 0x21, 0x01], &[9; 32][..], &[0x02, 0x00]].concat();
        let rows: [(&[u8], bool); 11] = [
            (&[0x30, 6, 2, 1, 1, 2, 1, 5], true),
            (&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 5], true),
            (&[0x30, 7, 2, 2, 0, 0x7f, 2, 1, 5], false),
            (&[0x30, 6, 2, 1, 0, 2, 1, 5], false),
            (&[0x30, 6, 2, 1, 0x80, 2, 1, 5], false),
            (&[0x30, 5, 2, 1, 1, 2, 0], false),
            (&[0x30, 6, 2, 1, 1, 2, 2, 5], false),
            (&[0x30, 7, 2, 1, 1, 2, 1, 5], false),
            (&[0x30, 7, 2, 1, 1, 2, 1, 5, 0], false),
            (&[0x30, 0x81, 6, 2, 1, 1, 2, 1, 5], false),
            (&wide, false),
        ];
        for (der, is_accepted) in rows {
            assert_eq!(numbers_of_der(der).is_ok(), is_accepted, "{der:x?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(
            json in ".*",
            data in prop::collection::vec(any::<u8>(), 0..200),
            der in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            let _ = numbers_of_der(&der);
            let _ = Assertion::read(json.as_bytes(), &data, &der);
            let _ = super::super::Registration::read(json.as_bytes(), &data);
        }
    }
}
