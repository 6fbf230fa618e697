//! A passkey in software, and the browser around it: what both would send for a challenge, as bytes.
//!
//! It can be bent: the flags and the counter are its own, and every part can be written with another type, origin or site.
//! It knows nothing of our readers, so that crates below this one take the same file into their tests.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The person was there, was verified, and keeps a copy of the passkey elsewhere.
pub const USUAL_FLAGS: u8 = 0x1d;

/// What `navigator.credentials.create()` gives.
pub struct Created {
    /// `rawId`
    pub id: Vec<u8>,
    /// `response.clientDataJSON`
    pub client_data_json: Vec<u8>,
    /// `response.attestationObject`
    pub attestation_object: Vec<u8>,
}

/// What `navigator.credentials.get()` gives.
pub struct Asserted {
    /// `rawId`
    pub id: Vec<u8>,
    /// `response.clientDataJSON`
    pub client_data_json: Vec<u8>,
    /// `response.authenticatorData`
    pub authenticator_data: Vec<u8>,
    /// `response.signature`, in DER
    pub signature: Vec<u8>,
}

/// A passkey for one site.
pub struct Passkey {
    /// The flags it reports, without those that say what follows.
    pub flags: u8,
    /// The counter it last reported.
    pub counter: u32,
    /// The name by which the browser finds it.
    pub id: Vec<u8>,
    rp_id: String,
    pair: EcdsaKeyPair,
}

impl Passkey {
    /// The passkey for the site `rp_id` whose private key is `seed`, any 32 bytes but zeros and ones.
    pub fn from_seed(rp_id: &str, seed: [u8; 32]) -> Self {
        // RFC 5915: version 1, the number, the curve P-256.
        let head = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
        let curve = [
            0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
        ];
        let der = [&head[..], &seed, &curve].concat();
        let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &der);
        Self {
            flags: USUAL_FLAGS,
            counter: 0,
            id: sha256(&seed),
            rp_id: rp_id.to_owned(),
            pair: pair.expect("a private key"),
        }
    }

    /// Answers `create()` on a page at `origin`.
    pub fn create(&self, origin: &str, challenge: &[u8]) -> Created {
        Created {
            id: self.id.clone(),
            client_data_json: client_data("webauthn.create", origin, challenge),
            attestation_object: attestation_object(&self.new_authenticator_data(&self.rp_id)),
        }
    }

    /// Answers `get()` on a page at `origin`; counts.
    pub fn get(&mut self, origin: &str, challenge: &[u8]) -> Asserted {
        self.counter += 1;
        let client_data_json = client_data("webauthn.get", origin, challenge);
        let authenticator_data = self.authenticator_data(&self.rp_id);
        self.sign(client_data_json, authenticator_data)
    }

    /// Signs whatever it is given.
    pub fn sign(&self, client_data_json: Vec<u8>, authenticator_data: Vec<u8>) -> Asserted {
        let signed = [authenticator_data.clone(), sha256(&client_data_json)].concat();
        let signature = self
            .pair
            .sign(&SystemRandom::new(), &signed)
            .expect("a signature");
        Asserted {
            id: self.id.clone(),
            client_data_json,
            authenticator_data,
            signature: signature.as_ref().to_vec(),
        }
    }

    /// Authenticator data for this site, without a new credential.
    pub fn authenticator_data(&self, rp_id: &str) -> Vec<u8> {
        let head = [sha256(rp_id.as_bytes()), vec![self.flags]].concat();
        [head, self.counter.to_be_bytes().to_vec()].concat()
    }

    /// Authenticator data for this site with this passkey as the new credential.
    pub fn new_authenticator_data(&self, rp_id: &str) -> Vec<u8> {
        let mut data = self.authenticator_data(rp_id);
        data[32] |= 0x40;
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&(self.id.len() as u16).to_be_bytes());
        data.extend_from_slice(&self.id);
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        data.extend_from_slice(&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend_from_slice(x);
        data.extend_from_slice(&[0x22, 0x58, 0x20]);
        data.extend_from_slice(y);
        data
    }
}

/// The client data as browsers write it.
pub fn client_data(r#type: &str, origin: &str, challenge: &[u8]) -> Vec<u8> {
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    let json =
        format!(r#"{{"type":"{type}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#);
    json.into_bytes()
}

/// The attestation object of a browser that was asked for no attestation.
pub fn attestation_object(authenticator_data: &[u8]) -> Vec<u8> {
    let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
    if authenticator_data.len() < 256 {
        object.pop();
        object.extend_from_slice(&[0x58, authenticator_data.len() as u8]);
    } else {
        object.extend_from_slice(&(authenticator_data.len() as u16).to_be_bytes());
    }
    object.extend_from_slice(authenticator_data);
    object
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}
