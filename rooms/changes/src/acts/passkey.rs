//! Decides on a change with a passkey: what a browser says of it becomes the SSH signature that every decision is.

use basis::{Actor, Class, Refusal};
use formats::sshsig::{PublicKey, to_be_signed};
use formats::webauthn::Assertion;
use storage::Organisation;

use super::decide::{Saying, Signed, ToSign, decide, message_to_sign};
use crate::rules::{Change, ChangeId, NAMESPACE};

/// A passkey whose key is enrolled to its person for signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningPasskey {
    /// The name by which browsers find it.
    pub credential: Vec<u8>,
    /// Its key.
    pub key: PublicKey,
}

/// What a browser says of a passkey that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyAnswer<'a> {
    /// `rawId`
    pub credential: &'a [u8],
    /// `clientDataJSON`
    pub client_data: &'a [u8],
    /// `authenticatorData`
    pub authenticator_data: &'a [u8],
    /// `signature`, in DER
    pub signature: &'a [u8],
}

/// The text that was read, as the answer names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRead<'a> {
    /// Its revision.
    pub revision: u64,
    /// Its SHA-256, in hex.
    pub digest: &'a str,
}

/// The actor's passkeys for the host `rp_id` that may sign decisions: neither passkey nor key is revoked.
pub fn signing_passkeys(
    organisation: &Organisation,
    actor: &Actor,
    rp_id: &str,
) -> Result<Vec<SigningPasskey>, Refusal> {
    let passkeys = people::own_passkeys(organisation, actor)?;
    let keys = organisation.view(|view| people::signing_keys_of(view, actor.person))?;
    let signs = |openssh: &str| {
        let mut good = keys.iter().filter(|key| key.revoked_at.is_none());
        good.any(|key| key.openssh == openssh)
    };
    let live = passkeys
        .iter()
        .filter(|passkey| passkey.revoked_at.is_none() && signs(&passkey.openssh));
    let found = live.filter_map(|passkey| {
        let key = PublicKey::parse_openssh(&passkey.openssh).ok()?;
        let credential = hex::decode(&passkey.credential).ok()?;
        (key.application() == Some(rp_id)).then_some(SigningPasskey { credential, key })
    });
    Ok(found.collect())
}

/// What the passkey is asked to sign: the challenge that binds the whole message.
pub fn challenge_of(to_sign: &ToSign) -> Vec<u8> {
    to_be_signed(NAMESPACE, to_sign.message.as_bytes())
}

/// Records the actor's decision that their passkey signed on a page at `origin`, about the text that they read.
pub fn decide_by_passkey(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    saying: &Saying<'_>,
    read: TextRead<'_>,
    (origin, rp_id): (&str, &str),
    answer: &PasskeyAnswer<'_>,
) -> Result<Change, Refusal> {
    let (to_sign, capacity) = message_to_sign(organisation, actor, id, saying)?;
    let submission = &to_sign.submission;
    if (submission.revision, submission.digest.as_str()) != (read.revision, read.digest) {
        let what = format!(
            "{id} has another text now: revision {}, and not revision {} that you read",
            submission.revision, read.revision
        );
        return Err(Refusal::new(Class::Conflict, "approved text", what)
            .way_out("read the text as it is now, then decide"));
    }
    let refused = |what: String| {
        Refusal::new(Class::Invalid, "signature", what)
            .way_out("sign once more, with a passkey that is enrolled for signing")
            .way_out("or sign the message with an SSH key")
    };
    let passkeys = signing_passkeys(organisation, actor, rp_id)?;
    let passkey = passkeys
        .into_iter()
        .find(|passkey| passkey.credential == answer.credential)
        .ok_or_else(|| refused("this passkey is not enrolled to you for signing".to_owned()))?;
    let assertion = Assertion::read(answer.client_data, answer.authenticator_data, answer.signature);
    let signature = assertion
        .and_then(|assertion| {
            assertion.into_ssh_signature(&passkey.key, origin, NAMESPACE, to_sign.message.as_bytes())
        })
        .map_err(|error| refused(error.to_string()))?;
    let signed = Signed {
        revision: submission.revision,
        digest: submission.digest.clone(),
        decision: saying.decision,
        capacity,
        signed_at: to_sign.signed_at,
        comment: saying.comment.to_owned(),
        signature: signature.armored(),
    };
    decide(organisation, actor, id, &signed)
}
