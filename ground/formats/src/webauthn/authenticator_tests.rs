//! A passkey in software: what fits is taken, whatever is bent is refused, and `ssh-keygen` agrees.

use std::fs;
use std::process::Command;

use super::assertion::numbers_of_der;
use super::{
    ATTESTATION_OBJECT_BYTES_MAX, AUTHENTICATOR_DATA_BYTES_MAX, Assertion, CREDENTIAL_ID_BYTES_MAX,
    Credential, Expected, Registration, Verified, WebAuthnError,
};
use crate::sshsig::{PasskeyProof, PublicKey, SshSigError, SshSignature, to_be_signed};

#[path = "../../../../testkit/src/authenticator.rs"]
mod authenticator;

use authenticator::{Asserted, Created, Passkey, attestation_object, client_data};

const ORIGIN: &str = "https://tagout.example:8443";
const RP_ID: &str = "tagout.example";
const CHALLENGE: &[u8] = b"thirty-two bytes that nobody knew";
const NAMESPACE: &str = "tagout-approval";
const MESSAGE: &[u8] = b"tagout approval 1\ndecision: approve\n";
const EXPECTED: Expected<'_> = Expected {
    challenge: CHALLENGE,
    origin: ORIGIN,
    rp_id: RP_ID,
};

fn passkey() -> Passkey {
    Passkey::from_seed(RP_ID, [7; 32])
}

fn passkey_with(flags: u8) -> Passkey {
    let mut passkey = passkey();
    passkey.flags = flags;
    passkey
}

fn enrol(created: &Created) -> Result<Credential, WebAuthnError> {
    Registration::read(&created.client_data_json, &created.attestation_object)?.verify(&EXPECTED)
}

fn key() -> PublicKey {
    enrol(&passkey().create(ORIGIN, CHALLENGE)).unwrap().key
}

fn read(asserted: &Asserted) -> Result<Assertion, WebAuthnError> {
    Assertion::read(
        &asserted.client_data_json,
        &asserted.authenticator_data,
        &asserted.signature,
    )
}

fn sign_in(asserted: &Asserted) -> Result<Verified, WebAuthnError> {
    read(asserted)?.verify(&key(), &EXPECTED)
}

fn sign_text(passkey: &mut Passkey) -> SshSignature {
    let asserted = passkey.get(ORIGIN, &to_be_signed(NAMESPACE, MESSAGE));
    read(&asserted)
        .unwrap()
        .into_ssh_signature(&key(), ORIGIN, NAMESPACE, MESSAGE)
        .unwrap()
}

#[test]
fn a_passkey_is_enrolled_and_signs_in() {
    let mut passkey = passkey();
    let created = passkey.create(ORIGIN, CHALLENGE);
    let credential = enrol(&created).unwrap();
    assert_eq!(credential.id, created.id);
    assert_eq!(credential.key.application(), Some(RP_ID));
    assert!(credential.is_backup_eligible && credential.is_backed_up);
    assert_eq!(credential.counter, 0);
    for counter in 1..3 {
        let asserted = passkey.get(ORIGIN, CHALLENGE);
        assert_eq!(asserted.id, credential.id);
        assert_eq!(sign_in(&asserted).unwrap().counter, counter);
    }
}

#[test]
fn an_enrolment_for_something_else_is_refused_by_name() {
    let (passkey, other) = (passkey(), Passkey::from_seed("tagout.examplf", [7; 32]));
    let with = |client_data_json| Created {
        client_data_json,
        ..passkey.create(ORIGIN, CHALLENGE)
    };
    let flagged = |flags| enrol(&passkey_with(flags).create(ORIGIN, CHALLENGE));
    let of_use = attestation_object(&passkey.authenticator_data(RP_ID));
    let cross = String::from_utf8(client_data("webauthn.create", ORIGIN, CHALLENGE)).unwrap();
    let cross = cross.replace(":false}", ":true}").into_bytes();
    let rows = [
        (
            enrol(&passkey.create("https://tagout.example", CHALLENGE)),
            "given at `https://tagout.example`",
        ),
        (
            enrol(&passkey.create("http://tagout.example:8443", CHALLENGE)),
            "open the server by its own",
        ),
        (
            enrol(&passkey.create(ORIGIN, b"another challenge")),
            "another challenge",
        ),
        (
            enrol(&with(client_data("webauthn.get", ORIGIN, CHALLENGE))),
            "`webauthn.create` was asked for",
        ),
        (enrol(&with(cross)), "inside a page of another origin"),
        (
            enrol(&other.create(ORIGIN, CHALLENGE)),
            "another site than `tagout.example`",
        ),
        (flagged(0x04), "user was present"),
        (flagged(0x01), "a PIN, a fingerprint or a face"),
        (flagged(0x15), "backed up which cannot be"),
        (flagged(0x85), "is cut off"),
        (
            enrol(&Created {
                attestation_object: of_use,
                ..passkey.create(ORIGIN, CHALLENGE)
            }),
            "no new passkey in it",
        ),
    ];
    for (result, expected) in rows {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_sign_in_for_something_else_is_refused_by_name() {
    let mut passkey = passkey();
    let with = |client_data_json| {
        sign_in(&self::passkey().sign(client_data_json, self::passkey().authenticator_data(RP_ID)))
    };
    let flagged = |flags| sign_in(&passkey_with(flags).get(ORIGIN, CHALLENGE));
    let cross = String::from_utf8(client_data("webauthn.get", ORIGIN, CHALLENGE)).unwrap();
    let cross = cross.replace(":false}", ":true}").into_bytes();
    let new = passkey.new_authenticator_data(RP_ID);
    let rows = [
        (
            sign_in(&passkey.get("https://tagout.example", CHALLENGE)),
            "given at `https://tagout.example`",
        ),
        (
            sign_in(&passkey.get(ORIGIN, b"another challenge")),
            "another challenge",
        ),
        (
            with(client_data("webauthn.create", ORIGIN, CHALLENGE)),
            "`webauthn.get` was asked for",
        ),
        (with(cross), "inside a page of another origin"),
        (
            sign_in(&Passkey::from_seed("tagout.examplf", [7; 32]).get(ORIGIN, CHALLENGE)),
            "another site than `tagout.example`",
        ),
        (
            sign_in(&Passkey::from_seed(RP_ID, [8; 32]).get(ORIGIN, CHALLENGE)),
            "does not fit this passkey",
        ),
        (
            sign_in(&passkey.sign(client_data("webauthn.get", ORIGIN, CHALLENGE), new)),
            "that of a new passkey",
        ),
        (flagged(0x04), "user was present"),
        (flagged(0x01), "a PIN, a fingerprint or a face"),
        (flagged(0x15), "backed up which cannot be"),
    ];
    for (result, expected) in rows {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_key_of_another_kind_or_site_signs_nobody_in() {
    let asserted = passkey().get(ORIGIN, CHALLENGE);
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";
    let other = Expected {
        rp_id: "other.example",
        ..EXPECTED
    };
    let created = Passkey::from_seed("other.example", [7; 32]).create(ORIGIN, CHALLENGE);
    let elsewhere = Registration::read(&created.client_data_json, &created.attestation_object)
        .unwrap()
        .verify(&other)
        .unwrap();
    for key in [PublicKey::parse_openssh(ssh).unwrap(), elsewhere.key] {
        let error = read(&asserted).unwrap().verify(&key, &EXPECTED).unwrap_err();
        assert!(matches!(error, WebAuthnError::RelyingParty { .. }), "{error}");
    }
}

#[test]
fn every_flipped_bit_and_every_cut_of_a_sign_in_is_refused() {
    let asserted = passkey().get(ORIGIN, CHALLENGE);
    let parts = [
        &asserted.client_data_json,
        &asserted.authenticator_data,
        &asserted.signature,
    ];
    let attempt =
        |parts: [&[u8]; 3]| Assertion::read(parts[0], parts[1], parts[2])?.verify(&key(), &EXPECTED);
    for (place, part) in parts.iter().enumerate() {
        let try_with = |bent: &[u8]| {
            let mut all = parts.map(Vec::as_slice);
            all[place] = bent;
            attempt(all)
        };
        for bit in 0..part.len() * 8 {
            let mut bent = part.to_vec();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(try_with(&bent).is_err(), "part {place}, bit {bit}");
        }
        for length in 0..part.len() {
            assert!(try_with(&part[..length]).is_err(), "part {place}, {length} bytes");
        }
        let longer = [part.as_slice(), &[0]].concat();
        assert!(try_with(&longer).is_err(), "part {place}, a byte more");
    }
}

#[test]
fn every_cut_of_an_enrolment_is_refused_and_no_flipped_bit_goes_unseen() {
    let created = passkey().create(ORIGIN, CHALLENGE);
    let good = enrol(&created).unwrap();
    for (place, part) in [&created.client_data_json, &created.attestation_object]
        .into_iter()
        .enumerate()
    {
        let attempt = |bent: &[u8]| match place {
            0 => Registration::read(bent, &created.attestation_object)?.verify(&EXPECTED),
            _ => Registration::read(&created.client_data_json, bent)?.verify(&EXPECTED),
        };
        for length in 0..part.len() {
            assert!(attempt(&part[..length]).is_err(), "part {place}, {length} bytes");
        }
        assert!(attempt(&[part.as_slice(), &[0]].concat()).is_err());
        for bit in 0..part.len() * 8 {
            let mut bent = part.to_vec();
            bent[bit / 8] ^= 1 << (bit % 8);
            // Nobody signs an enrolment: what it says of itself may be changed, and is then what is read. The reserved
            // flags, the name of the attestation and members that nobody knows say nothing.
            let says_nothing = match place {
                0 => bent.windows(14).all(|part| part != br#""crossOrigin":"#),
                _ => {
                    (6..10).contains(&(bit / 8))
                        || [0x02, 0x20].map(|flag| part[62] ^ flag).contains(&bent[62])
                }
            };
            let result = attempt(&bent);
            assert!(
                says_nothing || result != Ok(good.clone()),
                "part {place}, bit {bit} of byte {}",
                bit / 8
            );
        }
    }
}

#[test]
fn ids_are_taken_up_to_their_limit() {
    for (length, is_accepted) in [
        (0, false),
        (1, true),
        (CREDENTIAL_ID_BYTES_MAX, true),
        (1024, false),
    ] {
        let mut passkey = passkey();
        passkey.id = vec![9; length];
        assert_eq!(
            enrol(&passkey.create(ORIGIN, CHALLENGE)).is_ok(),
            is_accepted,
            "{length} bytes"
        );
    }
}

#[test]
fn what_authenticators_say_is_read_up_to_its_limits() {
    let passkey = passkey_with(0x85);
    for (more, is_accepted) in [(0, true), (1, false)] {
        // A map of one member whose bytes fill the rest: head and name of 3 bytes, a length of 3.
        let filled = |bytes: usize| {
            let length = u16::try_from(bytes - 6).unwrap().to_be_bytes();
            [b"\xa1\x61x\x59", &length[..], &vec![7; bytes - 6]].concat()
        };
        let mut data = passkey.authenticator_data(RP_ID);
        data.extend(filled(AUTHENTICATOR_DATA_BYTES_MAX - data.len() + more));
        let asserted = passkey.sign(client_data("webauthn.get", ORIGIN, CHALLENGE), data);
        assert_eq!(sign_in(&asserted).is_ok(), is_accepted);

        let mut created = self::passkey().create(ORIGIN, CHALLENGE);
        let statement = filled(ATTESTATION_OBJECT_BYTES_MAX - created.attestation_object.len() + 1 + more);
        created.attestation_object.splice(18..19, statement);
        assert_eq!(enrol(&created).is_ok(), is_accepted);
    }
}

#[test]
fn a_text_is_signed_for_its_purpose_and_no_other() {
    let mut passkey = passkey();
    let signature = sign_text(&mut passkey);
    assert!(signature.is_by_passkey());
    let parsed = SshSignature::parse_armored(&signature.armored()).unwrap();
    assert_eq!(parsed, signature);
    let verified = parsed.verify(&key(), NAMESPACE, MESSAGE).unwrap();
    assert_eq!(verified.user_verified, Some(true));
    assert_eq!(verified.counter, Some(1));
    assert_eq!(verified.passkey_origin.as_deref(), Some(ORIGIN));
    assert!(parsed.verify(&key(), NAMESPACE, b"another text").is_err());
    assert!(parsed.verify(&key(), "file", MESSAGE).is_err());

    let assertion = read(&passkey.get(ORIGIN, &to_be_signed(NAMESPACE, MESSAGE))).unwrap();
    let attempts = [
        (ORIGIN, "file", MESSAGE),
        (ORIGIN, NAMESPACE, b"another text"),
        ("https://tagout.example", NAMESPACE, MESSAGE),
    ];
    for (origin, namespace, message) in attempts {
        let result = assertion
            .clone()
            .into_ssh_signature(&key(), origin, namespace, message);
        assert!(result.is_err(), "{origin} {namespace}");
    }
}

#[test]
fn every_flipped_bit_and_every_cut_of_a_signed_text_is_refused() {
    let signature = sign_text(&mut passkey());
    let blob = &signature.blob;
    for bit in 0..blob.len() * 8 {
        let mut bent = blob.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        let result = SshSignature::from_blob(bent).and_then(|bent| bent.verify(&key(), NAMESPACE, MESSAGE));
        assert!(result.is_err(), "bit {bit} was flipped and nobody noticed");
    }
    for length in 0..blob.len() {
        assert!(SshSignature::from_blob(blob[..length].to_vec()).is_err());
    }
}

#[test]
fn a_text_signed_without_verification_or_touch_is_refused() {
    let rows = [
        (0x01, Some(SshSigError::NotVerified)),
        (0x04, Some(SshSigError::NotTouched)),
        (0x05, None),
    ];
    for (flags, expected) in rows {
        let asserted = passkey_with(flags).get(ORIGIN, &to_be_signed(NAMESPACE, MESSAGE));
        let proof = read(&asserted).unwrap().into_proof(ORIGIN);
        let result = SshSignature::by_passkey(&key(), NAMESPACE, MESSAGE, &proof);
        assert_eq!(result.err(), expected, "flags {flags:#x}");
    }
}

#[test]
fn client_data_in_another_order_signs_in_and_signs_no_text() {
    let challenge = to_be_signed(NAMESPACE, MESSAGE);
    let usual = String::from_utf8(client_data("webauthn.get", ORIGIN, &challenge)).unwrap();
    let members = usual
        .replace(r#""type":"webauthn.get","#, "")
        .replace('}', r#","type":"webauthn.get"}"#);
    let asserted = passkey().sign(members.into_bytes(), passkey().authenticator_data(RP_ID));
    let expected = Expected {
        challenge: &challenge,
        ..EXPECTED
    };
    assert!(read(&asserted).unwrap().verify(&key(), &expected).is_ok());
    let error = read(&asserted)
        .unwrap()
        .into_ssh_signature(&key(), ORIGIN, NAMESPACE, MESSAGE)
        .unwrap_err();
    assert!(
        matches!(error, WebAuthnError::SshSignature(SshSigError::ClientData(_))),
        "{error}"
    );
}

#[test]
fn extensions_are_carried_into_the_signature_of_a_text() {
    let mut passkey = passkey();
    passkey.flags |= 0x80;
    let challenge = to_be_signed(NAMESPACE, MESSAGE);
    let data = [passkey.authenticator_data(RP_ID), b"\xa1\x65thing\xf5".to_vec()].concat();
    let asserted = passkey.sign(client_data("webauthn.get", ORIGIN, &challenge), data);
    let signature = read(&asserted)
        .unwrap()
        .into_ssh_signature(&key(), ORIGIN, NAMESPACE, MESSAGE)
        .unwrap();
    assert_ne!(ssh_keygen_accepts(&signature, MESSAGE), Some(false));
}

#[test]
fn stock_ssh_keygen_accepts_and_refuses_the_same_texts() {
    for (message, is_genuine) in [(MESSAGE, true), (&b"another text"[..], false)] {
        let signature = sign_text(&mut passkey());
        assert_eq!(signature.verify(&key(), NAMESPACE, message).is_ok(), is_genuine);
        assert_eq!(
            ssh_keygen_accepts(&signature, message).unwrap_or(is_genuine),
            is_genuine
        );
    }
}

#[test]
fn whatever_is_accepted_beside_a_signature_is_accepted_by_ssh_keygen() {
    let rows: [(u8, &[u8], &str, bool); 10] = [
        (0x05, &[], r#","crossOrigin":false}"#, true),
        (0x05, &[], "}", true),
        (0x3f, &[], r#","other":{"deep":[1]}}"#, true),
        (0x85, &[0xff], r#","crossOrigin":false}"#, true),
        (0x05, &[], ",\u{e9}\0}", true),
        (0x05, &[], "}}", false),
        (0x05, &[], r#","crossOrigin":true}"#, false),
        (0x01, &[], "}", false),
        (0x05, &[0xa0], "}", false),
        (0x45, &[], "}", false),
    ];
    for (flags, extensions, rest, is_accepted) in rows {
        let passkey = passkey_with(flags);
        let usual = client_data("webauthn.get", ORIGIN, &to_be_signed(NAMESPACE, MESSAGE));
        let bent = String::from_utf8(usual)
            .unwrap()
            .replace(r#","crossOrigin":false}"#, rest);
        let data = [passkey.authenticator_data(RP_ID), extensions.to_vec()].concat();
        let asserted = passkey.sign(bent.clone().into_bytes(), data);
        let proof = PasskeyProof {
            signature: numbers_of_der(&asserted.signature).unwrap(),
            flags,
            counter: passkey.counter,
            origin: ORIGIN.to_owned(),
            client_data: asserted.client_data_json,
            extensions: extensions.to_vec(),
        };
        let signature = SshSignature::by_passkey(&key(), NAMESPACE, MESSAGE, &proof);
        assert_eq!(signature.is_ok(), is_accepted, "flags {flags:#x}, {bent}");
        if let Ok(signature) = signature {
            assert_ne!(
                ssh_keygen_accepts(&signature, MESSAGE),
                Some(false),
                "flags {flags:#x}, {bent}"
            );
        }
    }
}

/// What `ssh-keygen -Y verify` says; `None` when there is no `ssh-keygen`.
fn ssh_keygen_accepts(signature: &SshSignature, message: &[u8]) -> Option<bool> {
    let folder = tempfile::tempdir().unwrap();
    let signers = format!("anna@example.com {}\n", key().openssh());
    fs::write(folder.path().join("signers"), signers).unwrap();
    fs::write(folder.path().join("signature"), signature.armored()).unwrap();
    fs::write(folder.path().join("message"), message).unwrap();
    let output = Command::new("ssh-keygen")
        .current_dir(folder.path())
        .args("-Y verify -f signers -I anna@example.com -s signature -n".split(' '))
        .arg(NAMESPACE)
        .stdin(fs::File::open(folder.path().join("message")).unwrap())
        .output();
    match output {
        Ok(output) => Some(output.status.success()),
        Err(error) => {
            println!("skipped: ssh-keygen cannot be run: {error}");
            None
        }
    }
}
