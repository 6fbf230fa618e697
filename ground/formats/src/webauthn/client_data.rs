//! What the browser says about the ceremony (WebAuthn Level 3, 5.8.1 "CollectedClientData").

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::{CLIENT_DATA_BYTES_MAX, Expected, WebAuthnError, check_length};

/// What a browser writes when a credential is made.
pub const CREATE: &str = "webauthn.create";
/// What a browser writes when a credential is used.
pub const GET: &str = "webauthn.get";

/// The client data and its members. Members that are not known are passed over, as the specification demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientData {
    json: Vec<u8>,
    members: Members,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Members {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    is_cross_origin: bool,
}

impl ClientData {
    /// Reads the JSON.
    pub fn read(json: &[u8]) -> Result<ClientData, WebAuthnError> {
        check_length("client data", json, CLIENT_DATA_BYTES_MAX)?;
        // The reader of members would take an array as well.
        if !json.starts_with(b"{") {
            return Err(WebAuthnError::ClientData("it does not begin with `{`".to_owned()));
        }
        let members =
            serde_json::from_slice(json).map_err(|error| WebAuthnError::ClientData(error.to_string()))?;
        Ok(ClientData {
            json: json.to_vec(),
            members,
        })
    }

    /// Checks that the browser answered what was asked for.
    pub fn check(&self, r#type: &'static str, expected: &Expected<'_>) -> Result<(), WebAuthnError> {
        if self.members.r#type != r#type {
            return Err(WebAuthnError::Type {
                expected: r#type,
                found: self.members.r#type.clone(),
            });
        }
        let challenge = URL_SAFE_NO_PAD
            .decode(&self.members.challenge)
            .map_err(|error| WebAuthnError::ClientData(format!("the challenge is damaged: {error}")))?;
        verify_slices_are_equal(&challenge, expected.challenge).map_err(|_| WebAuthnError::Challenge)?;
        if self.members.origin != expected.origin {
            return Err(WebAuthnError::Origin {
                expected: expected.origin.to_owned(),
                found: self.members.origin.clone(),
            });
        }
        if self.members.is_cross_origin {
            return Err(WebAuthnError::CrossOrigin);
        }
        Ok(())
    }

    /// The SHA-256 of the JSON, which is what is signed.
    pub fn hash(&self) -> digest::Digest {
        digest::digest(&digest::SHA256, &self.json)
    }

    /// The JSON as the browser wrote it.
    pub fn into_json(self) -> Vec<u8> {
        self.json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: Expected<'_> = Expected {
        challenge: b"sixteen bytes 01",
        origin: "https://tagout.example",
        rp_id: "tagout.example",
    };

    fn json(rest: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(EXPECTED.challenge);
        format!(
            r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"https://tagout.example"{rest}}}"#
        )
    }

    fn check(json: &str) -> Result<(), WebAuthnError> {
        ClientData::read(json.as_bytes())?.check(GET, &EXPECTED)
    }

    #[test]
    fn unknown_members_are_passed_over_and_known_ones_stand_once() {
        let good = [
            json(""),
            json(r#","crossOrigin":false"#),
            json(r#","crossOrigin":false,"other":{"deep":[1,2]},"topOrigin":"x""#),
        ];
        for text in good {
            assert_eq!(check(&text), Ok(()), "{text}");
        }
        assert_eq!(
            check(&json(r#","crossOrigin":true"#)),
            Err(WebAuthnError::CrossOrigin)
        );
        let damaged = [
            json(r#","origin":"https://tagout.example""#),
            json(r#","crossOrigin":"false""#),
            json(r#","crossOrigin":false,"crossOrigin":false"#),
            json("") + "x",
            json("").replace("\"}", "\""),
            json("").replace("\",\"origin", "=\",\"origin"),
            format!("\u{feff}{}", json("")),
            r#"["webauthn.get","c2l4dGVlbiBieXRlcyAwMQ","https://tagout.example",false]"#.to_owned(),
            "{}".to_owned(),
            String::new(),
        ];
        for text in damaged {
            assert!(
                matches!(check(&text), Err(WebAuthnError::ClientData(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn client_data_is_read_up_to_its_limit() {
        let filled = |bytes: usize| {
            let fill = bytes - json(r#","x":"""#).len();
            json(&format!(r#","x":"{}""#, "y".repeat(fill)))
        };
        assert_eq!(check(&filled(CLIENT_DATA_BYTES_MAX)), Ok(()));
        let error = check(&filled(CLIENT_DATA_BYTES_MAX + 1)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the client data has 4097 bytes; at most 4096 are read"
        );
    }
}
