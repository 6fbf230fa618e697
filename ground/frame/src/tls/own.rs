//! The certificate that a server makes for itself, when it has none from an authority.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use basis::{Class, Refusal, Span, Time};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::DnsName;
use time::OffsetDateTime;

use super::Files;

/// How long it holds: the longest that browsers take from anybody.
const HOLDS: Span = Span::days(398);
/// How far the clock of whoever asks may be behind.
const CLOCK_DIFFERENCE: Span = Span::hours(1);

/// Makes a certificate for these names and its key (ECDSA with P-256), and writes both, the key for its owner alone.
/// Names that no certificate can hold are left out.
///
/// # Errors
/// A refusal of class `Outside` when a file cannot be written.
pub(super) fn make(files: &Files, names: &[String], now: Time) -> Result<(), Refusal> {
    let failed = |what: &dyn std::fmt::Display| {
        let folder = files.certificate.parent().unwrap_or(Path::new("."));
        let what = format!("no certificate can be made in `{}`: {what}", folder.display());
        Refusal::new(Class::Outside, "certificate", what)
            .way_out("make room in the data directory, and let the server write there")
    };
    let key = KeyPair::generate().map_err(|error| failed(&error))?;
    let terms = terms(names, now).map_err(|error| failed(&error))?;
    let certificate = terms.self_signed(&key).map_err(|error| failed(&error))?;
    // The key first: a certificate without its key is taken for damage, a key without its certificate is made anew.
    write(&files.key, &key.serialize_pem(), 0o600).map_err(|error| failed(&error))?;
    write(&files.certificate, &certificate.pem(), 0o644).map_err(|error| failed(&error))
}

fn terms(names: &[String], now: Time) -> Result<CertificateParams, rcgen::Error> {
    let can_be_held =
        |name: &String| name.parse::<IpAddr>().is_ok() || DnsName::try_from(name.as_str()).is_ok();
    let held: Vec<String> = names.iter().filter(|name| can_be_held(name)).cloned().collect();
    let mut terms = CertificateParams::new(held)?;
    let moment = |time: Time| {
        OffsetDateTime::from_unix_timestamp(time.as_ms() / 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    terms.not_before = moment(now - CLOCK_DIFFERENCE);
    terms.not_after = moment(now - CLOCK_DIFFERENCE + HOLDS);
    terms.distinguished_name = DistinguishedName::new();
    terms.distinguished_name.push(DnType::CommonName, "tagout");
    terms.is_ca = IsCa::ExplicitNoCa;
    terms.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    terms.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(terms)
}

/// Writes a new file beside the old one and puts it in its place, so that a full disk leaves no half of one.
fn write(path: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let fresh = path.with_extension("new");
    if let Err(error) = std::fs::remove_file(&fresh)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()
}
