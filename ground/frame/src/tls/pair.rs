//! A certificate with its key, as they stand in files. Nothing is taken that would not serve.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use basis::{Class, Refusal, Time};
use rustls::pki_types::pem::{Error as PemError, PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error as TlsError, InconsistentKeys};

use super::{Facts, PEM_BYTES_MAX, provider};

/// Who may not read or write a key: all others, and the group may not write it. A service that is not root often reads
/// its key as a member of a group.
const MODE_REFUSED: u32 = 0o027;

/// A certificate chain and the key that fits its first certificate.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) certified: Arc<CertifiedKey>,
    pub(super) facts: Facts,
}

/// Reads both; they must fit, and hold at this time.
///
/// # Errors
/// A refusal of class `Invalid` that names the file.
pub(super) fn read(certificate: &Path, key: &Path, now: Time) -> Result<Pair, Refusal> {
    let chain = certificates_in(certificate)?;
    let facts = Facts::read(&chain[0]).map_err(|what| {
        refused(certificate, &what)
            .way_out("put the server's own certificate first, then those that vouch for it")
    })?;
    let private = key_in(key)?;
    let certified = CertifiedKey::from_der(chain, private, &provider()).map_err(|error| match error {
        TlsError::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            let what = format!(
                "the key is not that of the first certificate in `{}`",
                certificate.display()
            );
            refused(key, &what)
                .way_out("name the key that the certificate was issued for")
                .way_out("or put the server's own certificate first in its file")
        }
        other => refused(key, &format!("the key cannot be used: {other}"))
            .way_out("use a key of ECDSA with P-256 or P-384, or of RSA from 2048 bits on"),
    })?;
    if let Some(fault) = facts.fault_at(now) {
        return Err(refused(certificate, &fault).way_out("put a certificate there that holds now"));
    }
    Ok(Pair {
        certified: Arc::new(certified),
        facts,
    })
}

/// The certificates in a PEM file; at least one.
///
/// # Errors
/// A refusal of class `Invalid` that names the file.
pub(crate) fn certificates_in(path: &Path) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let text = bounded(path)?.0;
    let chain: Result<Vec<_>, PemError> = CertificateDer::pem_slice_iter(&text).collect();
    let chain = chain.map_err(|error| broken(path, &error))?;
    if chain.is_empty() {
        return Err(refused(path, "it holds no certificate in PEM")
            .way_out("name a file with `-----BEGIN CERTIFICATE-----` in it"));
    }
    Ok(chain)
}

fn key_in(path: &Path) -> Result<PrivateKeyDer<'static>, Refusal> {
    let (text, mode) = bounded(path)?;
    if mode & MODE_REFUSED != 0 {
        let what = format!(
            "others may read or change the key: its mode is {:04o}",
            mode & 0o7777
        );
        return Err(refused(path, &what).way_out(format!(
            "run `chmod 600 {}`, and have a new certificate issued for a new key if others may have read this one",
            path.display()
        )));
    }
    let mut keys = Vec::new();
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(&text) {
        let (kind, bytes) = section.map_err(|error| broken(path, &error))?;
        keys.extend(PrivateKeyDer::from_pem(kind, bytes));
    }
    match keys.pop() {
        Some(key) if keys.is_empty() => Ok(key),
        Some(_) => Err(refused(path, "it holds more than one private key").way_out("leave one in the file")),
        None if has_encrypted_key(&text) => {
            Err(refused(path, "the key in it is encrypted").way_out(format!(
                "store it without a passphrase: `openssl pkey -in {0} -out {0}`",
                path.display()
            )))
        }
        None => Err(refused(path, "it holds no private key in PEM")
            .way_out("name a file with `-----BEGIN PRIVATE KEY-----` in it")),
    }
}

fn has_encrypted_key(text: &[u8]) -> bool {
    String::from_utf8_lossy(text)
        .lines()
        .any(|line| line.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY"))
}

/// A file's bytes and its mode.
fn bounded(path: &Path) -> Result<(Vec<u8>, u32), Refusal> {
    let unread = |error: &dyn std::fmt::Display| {
        refused(path, &format!("it cannot be read: {error}")).way_out("name a file that the server may read")
    };
    let file = File::open(path).map_err(|error| unread(&error))?;
    let metadata = file.metadata().map_err(|error| unread(&error))?;
    if !metadata.is_file() {
        return Err(unread(&"it is not a file"));
    }
    let mut bytes = Vec::new();
    file.take(PEM_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unread(&error))?;
    if bytes.len() as u64 > PEM_BYTES_MAX {
        return Err(unread(&format!("it has more than {PEM_BYTES_MAX} bytes")));
    }
    Ok((bytes, metadata.permissions().mode()))
}

fn broken(path: &Path, error: &PemError) -> Refusal {
    let what = match error {
        PemError::MissingSectionEnd { end_marker } => {
            format!(
                "the line `{}` is missing",
                String::from_utf8_lossy(end_marker).trim_end()
            )
        }
        PemError::IllegalSectionStart { line } => {
            format!(
                "the line `{}` begins nothing known",
                String::from_utf8_lossy(line).trim_end()
            )
        }
        other => other.to_string(),
    };
    let what: String = what.chars().filter(|letter| !letter.is_control()).collect();
    refused(path, &format!("it is no PEM: {what}")).way_out("copy the file anew, whole")
}

fn refused(path: &Path, what: &str) -> Refusal {
    Refusal::new(
        Class::Invalid,
        "certificate",
        format!("`{}`: {what}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::{Certificates, Files};
    use basis::{Clock, Span, SystemClock};
    use std::fs::{Permissions, read_to_string, set_permissions, write};

    /// A folder with a certificate and its key, and another certificate with its key.
    fn files() -> (tempfile::TempDir, Files, Files) {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|name| {
            let files = Files::own(&folder.path().join(name));
            Certificates::own(files.clone(), &["localhost".to_owned()], SystemClock.now()).unwrap();
            files
        });
        (folder, first, second)
    }

    fn refused(files: &Files, now: Time) -> String {
        let refusal = read(&files.certificate, &files.key, now).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid);
        assert!(!refusal.way_out.is_empty(), "{refusal}");
        refusal.what
    }

    #[test]
    fn a_certificate_that_was_made_is_kept_for_its_owner_and_holds_398_days() {
        let (_folder, files, _) = files();
        let now = SystemClock.now();
        let facts = read(&files.certificate, &files.key, now).unwrap().facts;
        assert_eq!(facts.names, ["localhost"]);
        let days = facts.ends.since(facts.starts).as_ms() / Span::days(1).as_ms();
        assert_eq!((days, facts.fault_at(now)), (398, None));
        let mode = files.key.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = Certificates::own(files, &["other".to_owned()], now).unwrap();
        assert_eq!(again.facts(), facts);
    }

    #[test]
    fn one_that_ended_or_has_not_begun_is_refused() {
        let (_folder, files, _) = files();
        let facts = Certificates::open(files.clone(), SystemClock.now())
            .unwrap()
            .facts();
        assert!(refused(&files, facts.ends + Span::milliseconds(1)).contains("ended at"));
        assert!(refused(&files, facts.starts - Span::milliseconds(1)).contains("holds only from"));
        let refusal = Certificates::own(files, &[], facts.ends + Span::days(1)).unwrap_err();
        assert!(
            refusal
                .way_out
                .join(" ")
                .contains("the next start makes a new certificate"),
            "{refusal}"
        );
    }

    #[test]
    fn a_key_that_does_not_fit_or_is_open_to_others_is_refused() {
        let (_folder, files, other) = files();
        let mixed = Files {
            key: other.key.clone(),
            ..files.clone()
        };
        assert!(refused(&mixed, SystemClock.now()).contains("not that of the first certificate"));
        for (mode, is_taken) in [
            (0o600, true),
            (0o400, true),
            (0o640, true),
            (0o644, false),
            (0o660, false),
        ] {
            set_permissions(&files.key, Permissions::from_mode(mode)).unwrap();
            let outcome = read(&files.certificate, &files.key, SystemClock.now());
            assert_eq!(outcome.is_ok(), is_taken, "{mode:o}");
        }
        assert!(refused(&files, SystemClock.now()).contains("mode is 0660"));
    }

    #[test]
    fn files_that_hold_something_else_are_refused_by_name() {
        let (folder, files, other) = files();
        let now = SystemClock.now();
        let (certificate, key) = (
            read_to_string(&files.certificate).unwrap(),
            read_to_string(&files.key).unwrap(),
        );
        let both_keys = key.clone() + &read_to_string(&other.key).unwrap();
        let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        let unknown = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for (text, reason) in [
            ("", "no private key"),
            (certificate.as_str(), "no private key"),
            (both_keys.as_str(), "more than one private key"),
            (encrypted.as_str(), "encrypted"),
            (&key[..60], "no PEM"),
            (unknown, "the key cannot be used"),
        ] {
            write(&files.key, text).unwrap();
            let what = refused(&files, now);
            assert!(
                what.contains(reason) && what.contains("key.pem"),
                "{reason}: {what}"
            );
        }
        write(&files.key, &key).unwrap();
        let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (text, reason) in [
            ("", "no certificate"),
            (key.as_str(), "no certificate"),
            (&certificate[..60], "no PEM"),
            (nonsense, "cannot be read"),
        ] {
            write(&files.certificate, text).unwrap();
            let what = refused(&files, now);
            assert!(
                what.contains(reason) && what.contains("certificate.pem"),
                "{reason}: {what}"
            );
        }
        let absent = Files {
            certificate: folder.path().join("absent.pem"),
            key: folder.path().to_owned(),
        };
        assert!(refused(&absent, now).contains("absent.pem"));
    }

    #[test]
    fn a_file_has_at_most_a_mebibyte() {
        let (_folder, files, _) = files();
        let text = read_to_string(&files.certificate).unwrap();
        let padded = |size: u64| {
            format!(
                "{}{text}",
                "\n".repeat(usize::try_from(size).unwrap() - text.len())
            )
        };
        write(&files.certificate, padded(PEM_BYTES_MAX)).unwrap();
        read(&files.certificate, &files.key, SystemClock.now()).unwrap();
        write(&files.certificate, padded(PEM_BYTES_MAX + 1)).unwrap();
        assert!(refused(&files, SystemClock.now()).contains("more than 1048576 bytes"));
    }
}
