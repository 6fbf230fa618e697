//! What a page and a browser tell each other about a passkey: options as JSON out, the answer as JSON in, bytes as base64url.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use basis::{Class, Refusal};
use frame::pages::{Form, Html};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::acts::{CHALLENGE_LIFE, Challenge, PasskeyAnswer, PasskeyOffer, RelyingParty, user_handle};

/// A form that a passkey fills in.
#[derive(Debug, Clone)]
pub(super) struct PasskeyForm {
    form: Form,
    /// `create` or `get`, as the page's script calls it.
    ceremony: &'static str,
    options: String,
    ticket: String,
}

impl PasskeyForm {
    /// The form by which a passkey is made.
    pub(super) fn create(form: Form, party: &RelyingParty<'_>, offer: &PasskeyOffer) -> Self {
        Self {
            form,
            ceremony: "create",
            options: create_options(party, offer).to_string(),
            ticket: offer.challenge.ticket.clone(),
        }
    }

    /// The form by which a passkey answers; any passkey where none is named.
    pub(super) fn get(
        form: Form,
        party: &RelyingParty<'_>,
        challenge: &Challenge,
        known: &[Vec<u8>],
    ) -> Self {
        Self {
            form,
            ceremony: "get",
            options: get_options(party, &challenge.bytes, known).to_string(),
            ticket: challenge.ticket.clone(),
        }
    }

    /// The form by which a passkey signs this.
    pub(super) fn sign(form: Form, party: &RelyingParty<'_>, to_sign: &[u8], known: &[Vec<u8>]) -> Self {
        Self {
            form,
            ceremony: "get",
            options: get_options(party, to_sign, known).to_string(),
            ticket: String::new(),
        }
    }

    /// A form for samples.
    pub(super) fn sample(action: &str) -> Self {
        Self {
            form: Form::sample(action),
            ceremony: "get",
            options: "{}".to_owned(),
            ticket: "0".repeat(48),
        }
    }

    /// The form, for its fields.
    pub(super) fn form(&self) -> &Form {
        &self.form
    }

    /// The beginning of the form, with everything that is not shown.
    pub(super) fn open(&self) -> Html {
        self.form.open_for_passkey(
            self.ceremony,
            &[
                ("options", &self.options),
                ("ticket", &self.ticket),
                ("answer", ""),
            ],
        )
    }
}

fn text_of(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn named(ids: &[Vec<u8>]) -> Vec<Value> {
    ids.iter()
        .map(|id| json!({ "type": "public-key", "id": text_of(id) }))
        .collect()
}

/// WebAuthn Level 3 §5.4: ES256, found without a name, with a check of who the user is.
fn create_options(party: &RelyingParty<'_>, offer: &PasskeyOffer) -> Value {
    json!({
        "challenge": text_of(&offer.challenge.bytes),
        "rp": { "id": party.id, "name": "tagout" },
        "user": {
            "id": text_of(&user_handle(offer.person.id)),
            "name": offer.person.handle.as_str(),
            "displayName": offer.person.name,
        },
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true, "userVerification": "required" },
        "attestation": "none",
        "excludeCredentials": named(&offer.known),
        "timeout": CHALLENGE_LIFE.as_ms(),
    })
}

/// WebAuthn Level 3 §5.5.
fn get_options(party: &RelyingParty<'_>, challenge: &[u8], known: &[Vec<u8>]) -> Value {
    json!({
        "challenge": text_of(challenge),
        "rpId": party.id,
        "userVerification": "required",
        "allowCredentials": named(known),
        "timeout": CHALLENGE_LIFE.as_ms(),
    })
}

/// Bytes that travel as base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        bytes.map(Self).map_err(serde::de::Error::custom)
    }
}

/// What a browser says of a new passkey.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    #[serde(rename = "id")]
    _id: Bytes,
    client_data: Bytes,
    attestation: Bytes,
}

impl Made {
    pub(super) fn client_data(&self) -> &[u8] {
        &self.client_data.0
    }

    pub(super) fn attestation_object(&self) -> &[u8] {
        &self.attestation.0
    }
}

/// What a browser says of a passkey that answered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    id: Bytes,
    client_data: Bytes,
    authenticator_data: Bytes,
    signature: Bytes,
    #[serde(default)]
    user_handle: Option<Bytes>,
}

impl Given {
    pub(super) fn as_answer<'a>(&'a self, ticket: &'a str) -> PasskeyAnswer<'a> {
        PasskeyAnswer {
            ticket,
            credential: &self.id.0,
            user_handle: self.user_handle.as_ref().map(|handle| handle.0.as_slice()),
            client_data: &self.client_data.0,
            authenticator_data: &self.authenticator_data.0,
            signature: &self.signature.0,
        }
    }
}

/// Reads what the page's script put into the field `answer`.
pub(super) fn read<T: DeserializeOwned>(answer: Option<&str>) -> Result<T, Refusal> {
    let refused = |what: String| {
        Refusal::new(Class::Invalid, "passkey", what).way_out(
            "press the button again and follow what the browser asks; it needs JavaScript for passkeys",
        )
    };
    let answer = answer.ok_or_else(|| refused("the browser sent no answer of a passkey".to_owned()))?;
    serde_json::from_str(answer)
        .map_err(|error| refused(format!("the passkey's answer cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_read_as_the_page_writes_it() {
        let text = r#"{"id":"AQI","client_data":"e30","authenticator_data":"AA","signature":"MA","user_handle":"UA"}"#;
        let given: Given = read(Some(text)).unwrap();
        let answer = given.as_answer("00");
        assert_eq!(
            (answer.credential, answer.user_handle),
            (&[1, 2][..], Some(&b"P"[..]))
        );
        let null = text.replace("\"UA\"", "null");
        assert!(
            read::<Given>(Some(&null))
                .unwrap()
                .as_answer("")
                .user_handle
                .is_none()
        );
        for wrong in [
            None,
            Some(""),
            Some("{}"),
            Some("[]"),
            Some(&text.replace("AQI", "A Q")),
        ] {
            let refusal = read::<Given>(wrong).unwrap_err();
            assert_eq!(refusal.class, Class::Invalid, "{wrong:?}");
        }
        let made = r#"{"id":"AQI","client_data":"e30","attestation":"oA"}"#;
        assert_eq!(read::<Made>(Some(made)).unwrap().attestation_object(), [0xa0]);
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_a_panic(text in ".{0,80}") {
            let _ = read::<Given>(Some(&text));
            let _ = read::<Made>(Some(&text));
        }
    }
}
