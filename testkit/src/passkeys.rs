//! What people with passkeys send to the rooms: keys to enrol and signed texts.

use formats::sshsig::{PublicKey, to_be_signed};
use formats::webauthn::{Assertion, Expected, Registration};

use crate::authenticator::Passkey;

/// The address at which a story's pages are shown.
pub const ORIGIN: &str = "https://tagout.example:8443";
/// The site that a story's passkeys belong to.
pub const RP_ID: &str = "tagout.example";

/// The key of a passkey for [`RP_ID`], as a page enrols it.
pub fn public_key(passkey: &Passkey) -> PublicKey {
    let expected = Expected {
        challenge: b"a challenge of the story",
        origin: ORIGIN,
        rp_id: RP_ID,
    };
    let created = passkey.create(ORIGIN, expected.challenge);
    let registration = Registration::read(&created.client_data_json, &created.attestation_object);
    let credential = registration.and_then(|registration| registration.verify(&expected));
    credential.expect("a credential").key
}

/// Has a passkey for [`RP_ID`] sign a text for a purpose; answers the armoured SSH signature that a page makes of it.
pub fn sign(passkey: &mut Passkey, namespace: &str, message: &str) -> String {
    let key = public_key(passkey);
    let asserted = passkey.get(ORIGIN, &to_be_signed(namespace, message.as_bytes()));
    let assertion = Assertion::read(
        &asserted.client_data_json,
        &asserted.authenticator_data,
        &asserted.signature,
    );
    let signature = assertion
        .and_then(|assertion| assertion.into_ssh_signature(&key, ORIGIN, namespace, message.as_bytes()));
    signature.expect("a signature").armored()
}
