//! What the authenticator says (WebAuthn Level 3, 6.1 "Authenticator Data").

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;

use super::cbor::Cbor;
use super::{CREDENTIAL_ID_BYTES_MAX, WebAuthnError, cose};

const PART: &str = "authenticator data";
/// Hash, flags and counter.
const HEAD_BYTES: usize = 37;
/// AAGUID and length of the id.
const CREDENTIAL_HEAD_BYTES: usize = 18;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const HAS_CREDENTIAL: u8 = 0x40;
const HAS_EXTENSIONS: u8 = 0x80;

/// Authenticator data, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorData {
    rp_id_hash: [u8; 32],
    /// The flags as they stand there.
    pub flags: u8,
    /// The signature counter.
    pub counter: u32,
    /// The new credential; only after it was made.
    pub credential: Option<AttestedCredential>,
    /// The extensions as they stand there; empty when there are none.
    pub extensions: Vec<u8>,
}

/// A new credential (WebAuthn Level 3, 6.5.1 "Attested Credential Data").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedCredential {
    /// The model of authenticator; zeros when it does not say.
    pub aaguid: [u8; 16],
    /// 1 to [`CREDENTIAL_ID_BYTES_MAX`] bytes.
    pub id: Vec<u8>,
    /// The point of the key, uncompressed.
    pub point: Vec<u8>,
}

impl AuthenticatorData {
    /// Reads all of it.
    pub fn read(bytes: &[u8]) -> Result<AuthenticatorData, WebAuthnError> {
        let cut = WebAuthnError::Truncated {
            part: PART,
            offset: bytes.len(),
        };
        let Some((head, _)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
            return Err(cut);
        };
        let [hash @ .., flags, c0, c1, c2, c3] = *head;
        let mut at = HEAD_BYTES;
        let mut credential = None;
        if flags & HAS_CREDENTIAL != 0 {
            let (read, end) = attested_credential(bytes, at)?;
            credential = Some(read);
            at = end;
        }
        let extensions = &bytes[at..];
        let mut rest = Cbor::new(PART, bytes, at);
        if flags & HAS_EXTENSIONS != 0 {
            rest.skip_map()?;
        }
        rest.end()?;
        if flags & BACKED_UP != 0 && flags & BACKUP_ELIGIBLE == 0 {
            let reason = "it says that a passkey is backed up which cannot be";
            return Err(Cbor::new(PART, bytes, 0).refusal(32, reason));
        }
        Ok(AuthenticatorData {
            rp_id_hash: hash,
            flags,
            counter: u32::from_be_bytes([c0, c1, c2, c3]),
            credential,
            extensions: extensions.to_vec(),
        })
    }

    /// Checks that it is for this relying party.
    pub fn check_rp_id(&self, rp_id: &str) -> Result<(), WebAuthnError> {
        let hash = digest::digest(&digest::SHA256, rp_id.as_bytes());
        verify_slices_are_equal(&self.rp_id_hash, hash.as_ref()).map_err(|_| WebAuthnError::RelyingParty {
            rp_id: rp_id.to_owned(),
        })
    }

    /// Checks that the person was there and that the authenticator checked who it is.
    pub fn check_person(&self) -> Result<(), WebAuthnError> {
        if self.flags & USER_PRESENT == 0 {
            return Err(WebAuthnError::NotPresent);
        }
        if self.flags & USER_VERIFIED == 0 {
            return Err(WebAuthnError::NotVerified);
        }
        Ok(())
    }

    /// Whether the passkey may be copied to other devices of its person.
    pub fn is_backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    /// Whether it has been.
    pub fn is_backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

/// Reads the new credential from `start` on, and says where it ends.
fn attested_credential(bytes: &[u8], start: usize) -> Result<(AttestedCredential, usize), WebAuthnError> {
    let cut = WebAuthnError::Truncated {
        part: PART,
        offset: bytes.len(),
    };
    let Some((head, rest)) = bytes[start..].split_first_chunk::<CREDENTIAL_HEAD_BYTES>() else {
        return Err(cut);
    };
    let [aaguid @ .., high, low] = *head;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let id_at = start + CREDENTIAL_HEAD_BYTES;
    if !(1..=CREDENTIAL_ID_BYTES_MAX).contains(&length) {
        let reason = "the id of the credential is empty or has more than 1023 bytes";
        return Err(Cbor::new(PART, bytes, 0).refusal(id_at - 2, reason));
    }
    let Some(id) = rest.get(..length) else {
        return Err(cut);
    };
    let mut cbor = Cbor::new(PART, bytes, id_at + length);
    let point = cose::read_point(&mut cbor)?;
    let id = id.to_vec();
    Ok((AttestedCredential { aaguid, id, point }, cbor.offset()))
}
