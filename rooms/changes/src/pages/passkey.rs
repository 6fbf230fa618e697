//! What a page and a browser tell each other about a signature: options as JSON out, the answer as JSON in, bytes as
//! base64url.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use basis::{Class, Refusal};
use serde::Deserialize;
use serde_json::json;

use crate::acts::{PasskeyAnswer, SigningPasskey};
use crate::rules::CLOCK_SKEW_MAX;

/// What a passkey answered, as the page's script writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    client_data: String,
    authenticator_data: String,
    signature: String,
    /// Whose passkey the authenticator takes it for; who signs is known from their session and from the credential.
    #[serde(default, rename = "user_handle")]
    _user_handle: Option<String>,
}

/// The same as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    credential: Vec<u8>,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
}

/// The options of `navigator.credentials.get()` (WebAuthn Level 3 §5.5) that ask one of these passkeys to sign. They wait
/// no longer than the time in the message stays good.
pub(super) fn options(rp_id: &str, challenge: &[u8], passkeys: &[SigningPasskey]) -> String {
    let known: Vec<_> = passkeys
        .iter()
        .map(|passkey| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(&passkey.credential) }))
        .collect();
    let options = json!({
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "rpId": rp_id,
        "userVerification": "required",
        "allowCredentials": known,
        "timeout": CLOCK_SKEW_MAX.as_ms(),
    });
    options.to_string()
}

impl Answer {
    /// Reads what the page's script wrote.
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let refused = |what: String| {
            Refusal::new(Class::Invalid, "passkey", what)
                .way_out("sign once more; without JavaScript sign the message with an SSH key")
        };
        let written: Written = serde_json::from_str(text)
            .map_err(|error| refused(format!("what the passkey answered cannot be read: {error}")))?;
        let bytes = |name: &str, text: &str| {
            let read = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
            read.map_err(|error| refused(format!("the {name} of the passkey's answer: {error}")))
        };
        Ok(Self {
            credential: bytes("id", &written.id)?,
            client_data: bytes("client data", &written.client_data)?,
            authenticator_data: bytes("authenticator data", &written.authenticator_data)?,
            signature: bytes("signature", &written.signature)?,
        })
    }

    pub(super) fn as_answer(&self) -> PasskeyAnswer<'_> {
        PasskeyAnswer {
            credential: &self.credential,
            client_data: &self.client_data,
            authenticator_data: &self.authenticator_data,
            signature: &self.signature,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_may_name_its_user_as_the_script_of_the_page_does() {
        for handle in ["null", "\"cGVy\""] {
            let text = format!(
                r#"{{"id":"AQ","client_data":"Ag","authenticator_data":"Aw","signature":"BA","user_handle":{handle}}}"#
            );
            assert_eq!(Answer::read(&text).unwrap().signature, [4]);
        }
    }

    #[test]
    fn an_answer_is_read_strictly_and_an_error_names_its_part() {
        let good = r#"{"id":"AQ","client_data":"Ag","authenticator_data":"Aw==","signature":"BA"}"#;
        let answer = Answer::read(good).unwrap();
        assert_eq!((answer.credential, answer.authenticator_data), (vec![1], vec![3]));
        for (text, said) in [
            ("", "cannot be read"),
            (r#"{"id":"AQ"}"#, "missing field"),
            (&good.replace("\"Ag\"", "\"?\""), "the client data of"),
            (&good.replace("}", ",\"x\":1}"), "unknown field `x`"),
        ] {
            let refusal = Answer::read(text).unwrap_err();
            assert!(refusal.what.contains(said), "{refusal}");
        }
    }
}
