//! Security keys: the test plays the device, since none can be plugged in.

use std::fs;
use std::process::Command;

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::key::PublicKey;
use super::verify::security_key_text;
use super::wire::put_string;
use super::{Algorithm, SshSigError, SshSignature};

const NAMESPACE: &str = "tagout-approval";
const MESSAGE: &[u8] = b"CHG-0002 revision 1\n";
const APPLICATION: &str = "ssh:tagout";

enum Device {
    Ed25519(Ed25519KeyPair),
    EcdsaP256(EcdsaKeyPair),
}

fn devices() -> [Device; 2] {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let ecdsa = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
    [
        Device::Ed25519(Ed25519KeyPair::generate().unwrap()),
        Device::EcdsaP256(ecdsa),
    ]
}

impl Device {
    fn algorithm(&self) -> Algorithm {
        match self {
            Device::Ed25519(_) => Algorithm::SecurityKeyEd25519,
            Device::EcdsaP256(_) => Algorithm::SecurityKeyEcdsaP256,
        }
    }

    fn public_blob(&self) -> Vec<u8> {
        let mut blob = Vec::new();
        put_string(&mut blob, self.algorithm().key_type().as_bytes());
        match self {
            Device::Ed25519(pair) => put_string(&mut blob, pair.public_key().as_ref()),
            Device::EcdsaP256(pair) => {
                put_string(&mut blob, b"nistp256");
                put_string(&mut blob, pair.public_key().as_ref());
            }
        }
        put_string(&mut blob, APPLICATION.as_bytes());
        blob
    }

    fn sign(&self, flags: u8, counter: u32) -> Vec<u8> {
        let mut signed = b"SSHSIG".to_vec();
        put_string(&mut signed, NAMESPACE.as_bytes());
        put_string(&mut signed, b"");
        put_string(&mut signed, b"sha512");
        put_string(&mut signed, digest::digest(&digest::SHA512, MESSAGE).as_ref());
        let text = security_key_text(APPLICATION, flags, counter, &signed);
        let value = match self {
            Device::Ed25519(pair) => pair.sign(&text).as_ref().to_vec(),
            Device::EcdsaP256(pair) => {
                let fixed = pair.sign(&SystemRandom::new(), &text).unwrap();
                let mut numbers = Vec::new();
                put_number(&mut numbers, &fixed.as_ref()[..32]);
                put_number(&mut numbers, &fixed.as_ref()[32..]);
                numbers
            }
        };
        let mut signature = Vec::new();
        put_string(&mut signature, self.algorithm().key_type().as_bytes());
        put_string(&mut signature, &value);
        signature.push(flags);
        signature.extend_from_slice(&counter.to_be_bytes());

        let mut blob = b"SSHSIG\0\0\0\x01".to_vec();
        put_string(&mut blob, &self.public_blob());
        put_string(&mut blob, NAMESPACE.as_bytes());
        put_string(&mut blob, b"");
        put_string(&mut blob, b"sha512");
        put_string(&mut blob, &signature);
        blob
    }
}

fn put_number(blob: &mut Vec<u8>, fixed: &[u8]) {
    let mut number: Vec<u8> = fixed.iter().copied().skip_while(|byte| *byte == 0).collect();
    if number.first().is_some_and(|first| *first >= 0x80) {
        number.insert(0, 0);
    }
    put_string(blob, &number);
}

#[test]
fn a_touch_is_required_and_a_verified_user_is_reported() {
    for device in devices() {
        let key = PublicKey::from_blob(&device.public_blob()).unwrap();
        assert!(key.algorithm().is_security_key());
        for (flags, expected) in [
            (0x01, Some(false)),
            (0x05, Some(true)),
            (0x00, None),
            (0x04, None),
        ] {
            let signature = SshSignature::from_blob(device.sign(flags, 41)).unwrap();
            let result = signature.verify(&key, NAMESPACE, MESSAGE);
            match expected {
                Some(user_verified) => {
                    let verified = result.unwrap();
                    assert_eq!(verified.user_verified, Some(user_verified));
                    assert_eq!(verified.counter, Some(41));
                    assert_eq!(verified.algorithm, device.algorithm());
                }
                None => assert_eq!(result.unwrap_err(), SshSigError::NotTouched, "flags {flags:#x}"),
            }
        }
    }
}

#[test]
fn every_single_bit_flip_of_a_security_key_signature_is_refused() {
    for device in devices() {
        let key = PublicKey::from_blob(&device.public_blob()).unwrap();
        let blob = device.sign(0x05, 7);
        for bit in 0..blob.len() * 8 {
            let mut flipped = blob.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let result = SshSignature::from_blob(flipped)
                .and_then(|signature| signature.verify(&key, NAMESPACE, MESSAGE));
            assert!(
                result.is_err(),
                "{}: bit {bit} was flipped and nobody noticed",
                device.algorithm()
            );
        }
    }
}

#[test]
fn a_key_of_another_application_does_not_fit() {
    for device in devices() {
        let mut blob = device.public_blob();
        blob.truncate(blob.len() - APPLICATION.len() - 4);
        put_string(&mut blob, b"ssh:");
        let other = PublicKey::from_blob(&blob).unwrap();
        let signature = SshSignature::from_blob(device.sign(0x01, 1)).unwrap();
        assert!(matches!(
            signature.verify(&other, NAMESPACE, MESSAGE),
            Err(SshSigError::OtherKey { .. })
        ));
    }
}

#[test]
fn an_application_with_a_zero_byte_is_refused() {
    for device in devices() {
        let mut blob = device.public_blob();
        blob.truncate(blob.len() - APPLICATION.len() - 4);
        put_string(&mut blob, b"ssh:\0tagout");
        let message = PublicKey::from_blob(&blob).unwrap_err().to_string();
        assert!(message.contains("it holds a zero byte"), "{message}");
    }
}

#[test]
fn a_security_key_line_is_written_as_it_was_read() {
    for device in devices() {
        let key = PublicKey::from_blob(&device.public_blob()).unwrap();
        let line = format!("{} anna@example.com", key.openssh());
        assert_eq!(PublicKey::parse_openssh(&line).unwrap(), key);
    }
}

#[test]
fn stock_ssh_keygen_accepts_and_refuses_the_same_security_key_signatures() {
    for device in devices() {
        let folder = tempfile::tempdir().unwrap();
        let key = PublicKey::from_blob(&device.public_blob()).unwrap();
        let signature = SshSignature::from_blob(device.sign(0x05, 9)).unwrap();
        fs::write(
            folder.path().join("signers"),
            format!("anna@example.com {}\n", key.openssh()),
        )
        .unwrap();
        fs::write(folder.path().join("signature"), signature.armored()).unwrap();
        for (message, is_genuine) in [(MESSAGE, true), (&b"CHG-0002 revision 2\n"[..], false)] {
            fs::write(folder.path().join("message"), message).unwrap();
            let order = [
                "-Y",
                "verify",
                "-f",
                "signers",
                "-I",
                "anna@example.com",
                "-s",
                "signature",
                "-n",
            ];
            let output = Command::new("ssh-keygen")
                .current_dir(folder.path())
                .args(order)
                .arg(NAMESPACE)
                .stdin(fs::File::open(folder.path().join("message")).unwrap())
                .output();
            let Ok(output) = output else {
                println!("skipped: ssh-keygen cannot be run");
                return;
            };
            assert_eq!(output.status.success(), is_genuine, "{output:?}");
            assert_eq!(signature.verify(&key, NAMESPACE, message).is_ok(), is_genuine);
        }
    }
}
