//! Signatures that a passkey made in a browser (OpenSSH PROTOCOL.u2f, "webauthn signatures").
//!
//! A browser lets a passkey sign authenticator data and the hash of its own client data, never a text. So the text stands
//! inside the client data, as its challenge. Client data is JSON; that it begins with exactly the bytes a browser writes
//! (W3C WebAuthn Level 3, 5.8.1.1) is checked without a JSON reader, as `ssh-keygen` does it, and a little more strictly.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::SshSigError;
use super::key::PublicKey;
use super::signature::{HashAlgorithm, MAGIC, SshSignature, VERSION, ecdsa};
use super::wire::{Wire, put_string};

/// The name of the signature algorithm; the key's is that of a security key.
pub const ALGORITHM: &str = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";

/// The authenticator data is that of a new credential, which no signature is over.
const HAS_CREDENTIAL: u8 = 0x40;
/// The authenticator data ends in extensions.
const HAS_EXTENSIONS: u8 = 0x80;

/// What a passkey made, and what it signed beside the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyProof {
    /// Both numbers at full width, one after the other.
    pub signature: Vec<u8>,
    /// The flags of the authenticator data.
    pub flags: u8,
    /// The signature counter.
    pub counter: u32,
    /// The origin of the page on which it was made, such as `https://tagout.example`.
    pub origin: String,
    /// The browser's JSON with the challenge.
    pub client_data: Vec<u8>,
    /// The extensions of the authenticator data as they stand there; empty when there are none.
    pub extensions: Vec<u8>,
}

impl PasskeyProof {
    /// Reads what follows the algorithm's name.
    pub fn read(wire: &mut Wire<'_>) -> Result<PasskeyProof, SshSigError> {
        let signature = ecdsa(wire, 32)?;
        let flags = wire.byte("flags")?;
        let counter = wire.number("counter")?;
        let origin = wire.text("origin")?.to_owned();
        let client_data = wire.string("client data")?.to_vec();
        let extensions = wire.string("extensions")?.to_vec();
        Ok(PasskeyProof {
            signature,
            flags,
            counter,
            origin,
            client_data,
            extensions,
        })
    }

    /// Checks everything but the signature's numbers and the flags of the person: that the client data is for `signed`
    /// and for the origin named, and that flags and extensions agree.
    pub fn check(&self, signed: &[u8]) -> Result<(), SshSigError> {
        let refuse = |reason| Err(SshSigError::ClientData(reason));
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if self.origin.is_empty() || !self.origin.bytes().all(is_plain) {
            return refuse("the origin is empty or holds a character that no origin has");
        }
        if self.flags & HAS_CREDENTIAL != 0 {
            return refuse("the flags are those of a new passkey, not of a signature");
        }
        if (self.flags & HAS_EXTENSIONS != 0) == self.extensions.is_empty() {
            return refuse("flags and extensions disagree");
        }
        let head = format!(
            r#"{{"type":"webauthn.get","challenge":"{}","origin":"{}""#,
            URL_SAFE_NO_PAD.encode(signed),
            self.origin
        );
        let Some(rest) = self.client_data.strip_prefix(head.as_bytes()) else {
            return refuse("it does not begin with this text as challenge and the origin of the signature");
        };
        if rest != b"}" && !(rest.starts_with(b",") && rest.ends_with(b"}")) {
            return refuse("it does not go on behind the origin as a browser writes it");
        }
        let cross_origin = br#""crossOrigin":true"#;
        if rest.windows(cross_origin.len()).any(|part| part == cross_origin) {
            return refuse("it was made inside a page of another origin");
        }
        Ok(())
    }

    /// What the passkey signed: its authenticator data and the hash of the client data.
    pub fn signed_text(&self, application: &str) -> Vec<u8> {
        let hash = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes);
        let mut text = hash(application.as_bytes()).as_ref().to_vec();
        text.push(self.flags);
        text.extend_from_slice(&self.counter.to_be_bytes());
        text.extend_from_slice(&self.extensions);
        text.extend_from_slice(hash(&self.client_data).as_ref());
        text
    }
}

impl SshSignature {
    /// Puts a passkey's proof into the form of an SSH signature by `key` over `message`; made only when it verifies.
    pub(crate) fn by_passkey(
        key: &PublicKey,
        namespace: &str,
        message: &[u8],
        proof: &PasskeyProof,
    ) -> Result<SshSignature, SshSigError> {
        let mut numbers = Vec::new();
        for fixed in proof.signature.chunks(32) {
            put_positive(&mut numbers, fixed);
        }
        let mut value = Vec::new();
        put_string(&mut value, ALGORITHM.as_bytes());
        put_string(&mut value, &numbers);
        value.push(proof.flags);
        value.extend_from_slice(&proof.counter.to_be_bytes());
        put_string(&mut value, proof.origin.as_bytes());
        put_string(&mut value, &proof.client_data);
        put_string(&mut value, &proof.extensions);

        let mut blob = MAGIC.to_vec();
        blob.extend_from_slice(&VERSION.to_be_bytes());
        put_string(&mut blob, key.blob());
        put_string(&mut blob, namespace.as_bytes());
        put_string(&mut blob, b"");
        put_string(&mut blob, HashAlgorithm::Sha512.name().as_bytes());
        put_string(&mut blob, &value);
        let signature = SshSignature::from_blob(blob)?;
        signature.verify(key, namespace, message)?;
        Ok(signature)
    }
}

/// Writes a positive number of fixed width as a multiple precision integer in its shortest form (RFC 4251 section 5).
fn put_positive(blob: &mut Vec<u8>, fixed: &[u8]) {
    let mut number: Vec<u8> = fixed.iter().copied().skip_while(|byte| *byte == 0).collect();
    if number.first().is_some_and(|first| *first >= 0x80) {
        number.insert(0, 0);
    }
    put_string(blob, &number);
}

#[cfg(test)]
mod tests {
    use super::super::to_be_signed;
    use super::*;

    const ORIGIN: &str = "https://tagout.example";

    fn proof(client_data: &str) -> PasskeyProof {
        PasskeyProof {
            signature: vec![1; 64],
            flags: 0x05,
            counter: 7,
            origin: ORIGIN.to_owned(),
            client_data: client_data.as_bytes().to_vec(),
            extensions: Vec::new(),
        }
    }

    fn client_data(rest: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(to_be_signed("tagout-approval", b"text"));
        format!(r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"{ORIGIN}"{rest}"#)
    }

    #[test]
    fn client_data_is_read_as_a_browser_writes_it_and_no_other_way() {
        let signed = to_be_signed("tagout-approval", b"text");
        let whole = client_data("}");
        let rows = [
            (whole.clone(), true),
            (client_data(r#","crossOrigin":false}"#), true),
            (client_data(r#","crossOrigin":false,"other":"x"}"#), true),
            (client_data(r#","crossOrigin":true}"#), false),
            (client_data(r#","other":1,"crossOrigin":true}"#), false),
            (client_data(""), false),
            (client_data("}}"), false),
            (client_data(r#" ,"crossOrigin":false}"#), false),
            (client_data(r#","crossOrigin":false"#), false),
            (client_data(r#".evil.example"}"#), false),
            (whole.replace("webauthn.get", "webauthn.create"), false),
            (whole.replace("tagout.example", "tagout.examplf"), false),
            (whole.replace(r#"{"type""#, r#"{ "type""#), false),
            (whole.replace("\",\"origin", "=\",\"origin"), false),
        ];
        for (text, is_accepted) in rows {
            assert_eq!(proof(&text).check(&signed).is_ok(), is_accepted, "{text}");
        }
        assert!(proof(&whole).check(&to_be_signed("file", b"text")).is_err());
        assert!(
            proof(&whole)
                .check(&to_be_signed("tagout-approval", b"next"))
                .is_err()
        );
    }

    #[test]
    fn flags_extensions_and_origin_must_agree() {
        let signed = to_be_signed("tagout-approval", b"text");
        let good = proof(&client_data("}"));
        let refused = [
            PasskeyProof {
                flags: 0x45,
                ..good.clone()
            },
            PasskeyProof {
                flags: 0x85,
                ..good.clone()
            },
            PasskeyProof {
                extensions: vec![0xa0],
                ..good.clone()
            },
            PasskeyProof {
                origin: String::new(),
                ..good.clone()
            },
            PasskeyProof {
                origin: format!("{ORIGIN}\0"),
                ..good.clone()
            },
            PasskeyProof {
                origin: format!(r#"{ORIGIN}","x":""#),
                ..good.clone()
            },
        ];
        for proof in refused {
            assert!(
                matches!(proof.check(&signed), Err(SshSigError::ClientData(_))),
                "{proof:?}"
            );
        }
        let extended = PasskeyProof {
            flags: 0x85,
            extensions: vec![0xa0],
            ..good
        };
        assert_eq!(extended.check(&signed), Ok(()));
    }

    #[test]
    fn numbers_are_written_in_their_shortest_form() {
        for (fixed, expected) in [
            ([0, 0, 5], &[0, 0, 0, 1, 5][..]),
            ([0, 0x80, 1], &[0, 0, 0, 3, 0, 0x80, 1]),
            ([0x7f, 0, 0], &[0, 0, 0, 3, 0x7f, 0, 0]),
        ] {
            let mut blob = Vec::new();
            put_positive(&mut blob, &fixed);
            assert_eq!(blob, expected);
        }
    }
}
