//! What the first entry says of the organisation's keys, so that a key file that was swapped is found.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use crate::{Organisation, StorageError};

/// For what the text is sealed that only the organisation's own key opens.
const SEAL_CONTEXT: &str = "proof of the sealing key";

/// Tells the keys that are not public by nature from any others, without giving them away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyProof {
    /// SHA-256 of the public point of the key that signs permit tokens, in hexadecimal.
    pub permit_key_sha256: String,
    /// The ledger's origin, sealed with the key that seals credentials.
    pub sealed_origin: String,
}

impl Organisation {
    /// The proof of the keys in use; the first entry keeps it.
    pub fn key_proof(&self) -> KeyProof {
        KeyProof {
            permit_key_sha256: self.permit_key_sha256(),
            sealed_origin: self.seal_credential(SEAL_CONTEXT, self.origin().as_str().as_bytes()),
        }
    }

    fn permit_key_sha256(&self) -> String {
        hex::encode(digest(&SHA256, self.keys().permit_public()))
    }

    /// What is wrong with the keys in use, by the payload of the first entry. An entry from before a proof was kept proves
    /// nothing about that key.
    pub(crate) fn key_wrongs(&self, founding: &Value) -> Result<Vec<String>, StorageError> {
        let mut wrongs = Vec::new();
        let (named, in_use) = (
            founding["verifier_key"].as_str(),
            self.verifier_key()?.to_string(),
        );
        if named != Some(&in_use) {
            let named = named.unwrap_or("none");
            wrongs.push(format!(
                "the first entry names the key {named}, but keys/ledger.pk8 is {in_use}"
            ));
        }
        if let Some(named) = founding["permit_key_sha256"].as_str()
            && named != self.permit_key_sha256()
        {
            wrongs.push("keys/permit.pk8 is not the key that the first entry names".to_owned());
        }
        if let Some(sealed) = founding["sealed_origin"].as_str()
            && self.open_credential(SEAL_CONTEXT, sealed).ok().as_deref()
                != Some(self.origin().as_str().as_bytes())
        {
            wrongs.push("keys/seal.key does not open what the first entry sealed with it".to_owned());
        }
        Ok(wrongs)
    }
}
