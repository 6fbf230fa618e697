//! Keys and signatures made by the real `ssh-keygen`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{Algorithm, HashAlgorithm, PublicKey, SshSigError, SshSignature};

const NAMESPACE: &str = "tagout-approval";
const MESSAGE: &[u8] = b"CHG-0001 revision 2\nupgrade openssl on web01\n";

fn run(folder: &Path, arguments: &[&str]) -> Option<Output> {
    let output = Command::new("ssh-keygen")
        .current_dir(folder)
        .args(arguments)
        .output();
    match output {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: ssh-keygen cannot be run: {error}");
            None
        }
    }
}

/// Makes a key pair and a signature; `None` when there is no `ssh-keygen`.
fn sign(folder: &Path, key_options: &[&str], sign_options: &[&str]) -> Option<(PublicKey, SshSignature)> {
    let make = ["-q", "-N", "", "-C", "anna@example.com", "-f", "key"];
    let output = run(folder, &[&make[..], key_options].concat())?;
    assert!(output.status.success(), "{output:?}");
    fs::write(folder.join("message"), MESSAGE).unwrap();
    let order = ["-Y", "sign", "-q", "-f", "key", "-n", NAMESPACE];
    let output = run(folder, &[&order[..], sign_options, &["message"]].concat())?;
    assert!(output.status.success(), "{output:?}");
    let key = PublicKey::parse_openssh(&fs::read_to_string(folder.join("key.pub")).unwrap()).unwrap();
    let armored = fs::read_to_string(folder.join("message.sig")).unwrap();
    let signature = SshSignature::parse_armored(&armored).unwrap();
    assert_eq!(
        signature.armored(),
        armored,
        "the armour is written as ssh-keygen writes it"
    );
    Some((key, signature))
}

fn every_key_kind() -> Vec<(Vec<&'static str>, Algorithm)> {
    vec![
        (vec!["-t", "ed25519"], Algorithm::Ed25519),
        (vec!["-t", "ecdsa", "-b", "256"], Algorithm::EcdsaP256),
        (vec!["-t", "ecdsa", "-b", "384"], Algorithm::EcdsaP384),
        (vec!["-t", "rsa", "-b", "2048"], Algorithm::Rsa),
    ]
}

#[test]
fn signatures_of_ssh_keygen_verify_for_every_kind_of_key_and_hash() {
    let hashes = [
        ("hashalg=sha256", HashAlgorithm::Sha256),
        ("hashalg=sha512", HashAlgorithm::Sha512),
    ];
    for (options, algorithm) in every_key_kind() {
        for (option, hash_algorithm) in hashes {
            let folder = tempfile::tempdir().unwrap();
            let Some((key, signature)) = sign(folder.path(), &options, &["-O", option]) else {
                return;
            };
            assert_eq!(key.algorithm(), algorithm);
            let verified = signature.verify(&key, NAMESPACE, MESSAGE).unwrap();
            assert_eq!(verified.algorithm, algorithm);
            assert_eq!(verified.hash_algorithm, hash_algorithm);
            assert_eq!(verified.user_verified, None);
            assert_eq!(verified.fingerprint, key.fingerprint());
        }
    }
}

#[test]
fn the_fingerprint_is_the_one_that_ssh_keygen_prints() {
    for (options, _) in every_key_kind() {
        let folder = tempfile::tempdir().unwrap();
        let Some((key, _)) = sign(folder.path(), &options, &[]) else {
            return;
        };
        let Some(output) = run(folder.path(), &["-l", "-f", "key.pub"]) else {
            return;
        };
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed.split(' ').nth(1), Some(key.fingerprint().as_str()));
    }
}

#[test]
fn another_namespace_key_or_message_is_refused_by_name() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some((key, signature)) = sign(one.path(), &["-t", "ed25519"], &[]) else {
        return;
    };
    let Some((other_key, _)) = sign(two.path(), &["-t", "ed25519"], &[]) else {
        return;
    };

    let error = signature.verify(&key, "file", MESSAGE).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the signature is for namespace `tagout-approval`, not `file`; sign again with `-n file`"
    );
    assert_eq!(
        signature.verify(&key, "", MESSAGE).unwrap_err(),
        SshSigError::EmptyNamespace
    );
    let error = signature.verify(&other_key, NAMESPACE, MESSAGE).unwrap_err();
    let expected = SshSigError::OtherKey {
        expected: other_key.fingerprint(),
        found: key.fingerprint(),
    };
    assert_eq!(error, expected);
    for at in 0..MESSAGE.len() {
        let mut changed = MESSAGE.to_vec();
        changed[at] ^= 1;
        let error = signature.verify(&key, NAMESPACE, &changed).unwrap_err();
        assert_eq!(
            error,
            SshSigError::Mismatch {
                fingerprint: key.fingerprint()
            }
        );
    }
}

#[test]
fn every_single_bit_flip_and_every_truncation_of_a_signature_is_refused() {
    for (options, algorithm) in every_key_kind() {
        let folder = tempfile::tempdir().unwrap();
        let Some((key, signature)) = sign(folder.path(), &options, &[]) else {
            return;
        };
        for bit in 0..signature.blob.len() * 8 {
            let mut blob = signature.blob.clone();
            blob[bit / 8] ^= 1 << (bit % 8);
            let result = SshSignature::from_blob(blob)
                .and_then(|signature| signature.verify(&key, NAMESPACE, MESSAGE));
            assert!(
                result.is_err(),
                "{algorithm}: bit {bit} was flipped and nobody noticed"
            );
        }
        for length in 0..signature.blob.len() {
            assert!(SshSignature::from_blob(signature.blob[..length].to_vec()).is_err());
        }
        let mut longer = signature.blob.clone();
        longer.push(0);
        assert!(matches!(
            SshSignature::from_blob(longer),
            Err(SshSigError::TrailingBytes { .. })
        ));
    }
}

#[test]
fn rsa_keys_below_2048_bits_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let Some(output) = run(
        folder.path(),
        &["-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", "key"],
    ) else {
        return;
    };
    if !output.status.success() {
        println!("skipped: this ssh-keygen makes no 1024-bit RSA keys");
        return;
    }
    let error = PublicKey::parse_openssh(&fs::read_to_string(folder.path().join("key.pub")).unwrap());
    assert_eq!(error.unwrap_err(), SshSigError::RsaBits { bits: 1024 });
}
