//! Proving that a person holds a signing key.

use basis::{Class, PersonId, Refusal};
use formats::sshsig::{PublicKey, SshSignature};
use ledger::entry::Origin;

/// The SSH signature namespace for enrolling a key. Approvals have another, so neither stands for the other.
pub const ENROLMENT_NAMESPACE: &str = "tagout-enrolment";

/// The text that a person signs with the key they enrol.
pub fn enrolment_text(origin: &Origin, person: PersonId, key: &PublicKey) -> String {
    format!(
        "tagout key enrolment 1\norigin: {}\nperson: {person}\nkey: {}\n",
        origin.as_str(),
        key.openssh()
    )
}

/// Checks that `signature` over the enrolment text was made with the very key; answers the key.
pub fn prove_possession(
    origin: &Origin,
    person: PersonId,
    key: &str,
    signature: &str,
) -> Result<PublicKey, Refusal> {
    let wrong = |what: String| {
        Refusal::new(Class::Invalid, "signing key", what)
            .way_out("`tagout key enrol --key FILE` makes and sends the right signature")
    };
    let key =
        PublicKey::parse_openssh(key).map_err(|error| wrong(format!("the key cannot be used: {error}")))?;
    let signature = SshSignature::parse_armored(signature)
        .map_err(|error| wrong(format!("the signature cannot be read: {error}")))?;
    signature
        .verify(
            &key,
            ENROLMENT_NAMESPACE,
            enrolment_text(origin, person, &key).as_bytes(),
        )
        .map_err(|error| wrong(format!("the signature does not prove the key: {error}")))?;
    Ok(key)
}
