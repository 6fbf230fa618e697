//! A passkey is made (WebAuthn Level 3, 7.1 "Registering a New Credential").

use super::authenticator_data::AuthenticatorData;
use super::cbor::Cbor;
use super::client_data::{CREATE, ClientData};
use super::{ATTESTATION_OBJECT_BYTES_MAX, Expected, WebAuthnError, check_length};
use crate::sshsig::PublicKey;

const PART: &str = "attestation object";

/// What `navigator.credentials.create()` gave, read and not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    client_data: ClientData,
    authenticator_data: AuthenticatorData,
}

/// A new passkey. Made only by [`Registration::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credential {
    /// The name by which the browser finds it, 1 to 1023 bytes.
    pub id: Vec<u8>,
    /// The key, as OpenSSH writes that of a security key: its application is the relying party id.
    pub key: PublicKey,
    /// The signature counter; 0 where the authenticator keeps none.
    pub counter: u32,
    /// The model of authenticator as it says itself; nothing proves it. Zeros when it does not say.
    pub aaguid: [u8; 16],
    /// Whether the passkey may be copied to other devices of its person.
    pub is_backup_eligible: bool,
    /// Whether it has been.
    pub is_backed_up: bool,
}

impl Registration {
    /// Reads the members `clientDataJSON` and `attestationObject` of the browser's answer.
    ///
    /// # Errors
    /// Names the part and the byte at which it is not what the specification allows, or says that the key is of a kind
    /// that is not taken.
    pub fn read(client_data_json: &[u8], attestation_object: &[u8]) -> Result<Registration, WebAuthnError> {
        check_length(PART, attestation_object, ATTESTATION_OBJECT_BYTES_MAX)?;
        let client_data = ClientData::read(client_data_json)?;
        let mut cbor = Cbor::new(PART, attestation_object, 0);
        let (mut has_format, mut has_statement, mut data) = (false, false, None);
        for _ in 0..cbor.map()? {
            let offset = cbor.offset();
            let is_new = match cbor.text()? {
                "fmt" => {
                    cbor.text()?;
                    !std::mem::replace(&mut has_format, true)
                }
                // Whatever it says of the maker is neither believed nor kept.
                "attStmt" => {
                    cbor.skip_map()?;
                    !std::mem::replace(&mut has_statement, true)
                }
                "authData" => data.replace(cbor.bytes()?).is_none(),
                _ => return Err(cbor.refusal(offset, "a member that is not known")),
            };
            if !is_new {
                return Err(cbor.refusal(offset, "a member stands twice"));
            }
        }
        let Some(data) = data.filter(|_| has_format && has_statement) else {
            return Err(cbor.refusal(0, "`fmt`, `attStmt` or `authData` is missing"));
        };
        cbor.end()?;
        let authenticator_data = AuthenticatorData::read(data)?;
        Ok(Registration {
            client_data,
            authenticator_data,
        })
    }

    /// Checks that the passkey was made for what was asked for, by a person whom the authenticator verified.
    ///
    /// # Errors
    /// Says what differs from what was asked for.
    pub fn verify(self, expected: &Expected<'_>) -> Result<Credential, WebAuthnError> {
        self.client_data.check(CREATE, expected)?;
        let data = self.authenticator_data;
        data.check_rp_id(expected.rp_id)?;
        data.check_person()?;
        let (is_backup_eligible, is_backed_up) = (data.is_backup_eligible(), data.is_backed_up());
        let Some(credential) = data.credential else {
            return Err(WebAuthnError::Field {
                part: "authenticator data",
                offset: 32,
                reason: "there is no new passkey in it",
            });
        };
        Ok(Credential {
            id: credential.id,
            key: PublicKey::of_passkey(&credential.point, expected.rp_id)?,
            counter: data.counter,
            aaguid: credential.aaguid,
            is_backup_eligible,
            is_backed_up,
        })
    }
}
