//! The passkey of the third person, and what it signs (§5.3.1 of the package format); each part can be bent before.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

// Others use the rest of it.
#[allow(dead_code)]
#[path = "../../../../testkit/src/authenticator.rs"]
mod authenticator;

use authenticator::Passkey;

use super::{armored, middle, string};

const APPLICATION: &str = "tagout.example";
const ORIGIN: &str = "https://tagout.example:8443";
const KEY_TYPE: &[u8] = b"sk-ecdsa-sha2-nistp256@openssh.com";

/// What stands beside the signature, before it is made.
#[derive(Clone)]
pub struct Spoken {
    pub flags: u8,
    pub origin: Vec<u8>,
    pub client_data: Vec<u8>,
    pub extensions: Vec<u8>,
}

impl Spoken {
    /// Replaces a part of the client data that must be there.
    pub fn edit(&mut self, from: &str, to: &str) {
        let text = String::from_utf8(self.client_data.clone()).unwrap();
        assert!(text.contains(from), "no {from}");
        self.client_data = text.replacen(from, to, 1).into_bytes();
    }
}

fn passkey() -> Passkey {
    Passkey::from_seed(APPLICATION, [3; 32])
}

fn key_blob(application: &[u8]) -> Vec<u8> {
    // The point stands at the end of what a browser says of a new passkey: x of 32 bytes, label and length, y of 32 bytes.
    let data = passkey().new_authenticator_data(APPLICATION);
    let (x, y) = (&data[data.len() - 67..data.len() - 35], &data[data.len() - 32..]);
    let point = [&[4], x, y].concat();
    [
        string(KEY_TYPE),
        string(b"nistp256"),
        string(&point),
        string(application),
    ]
    .concat()
}

/// The public key as OpenSSH writes it, without comment.
pub fn key() -> String {
    key_of(APPLICATION.as_bytes())
}

/// The same point for another application.
pub fn key_of(application: &[u8]) -> String {
    let name = String::from_utf8_lossy(KEY_TYPE);
    format!("{name} {}", STANDARD.encode(key_blob(application)))
}

/// An SSH signature over `message` for approvals.
pub fn signature(message: &str, bend: impl FnOnce(&mut Spoken)) -> String {
    let hash = digest::digest(&digest::SHA512, message.as_bytes());
    let middle = middle(ledger::package::Approval::NAMESPACE, "");
    let challenge = [b"SSHSIG".as_slice(), &middle, &string(hash.as_ref())].concat();
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    let client_data = format!(
        r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"{ORIGIN}","crossOrigin":false}}"#
    );
    let mut spoken = Spoken {
        flags: authenticator::USUAL_FLAGS,
        origin: ORIGIN.as_bytes().to_vec(),
        client_data: client_data.into_bytes(),
        extensions: Vec::new(),
    };
    bend(&mut spoken);

    let mut passkey = passkey();
    passkey.flags = spoken.flags;
    let data = [passkey.authenticator_data(APPLICATION), spoken.extensions.clone()].concat();
    let asserted = passkey.sign(spoken.client_data.clone(), data);
    // DER: a sequence of two numbers, each with a tag and a length of one byte; their content is that of the SSH form.
    let (first, second) = asserted.signature[3..].split_at(1 + usize::from(asserted.signature[3]));
    let numbers = [string(&first[1..]), string(&second[2..])].concat();
    let value = [
        string(b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com"),
        string(&numbers),
        vec![spoken.flags],
        passkey.counter.to_be_bytes().to_vec(),
        string(&spoken.origin),
        string(&spoken.client_data),
        string(&spoken.extensions),
    ];
    armored(&key_blob(APPLICATION.as_bytes()), &middle, &value.concat())
}
