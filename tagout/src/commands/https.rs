//! HTTPS: which certificate the server has, and what is said of it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use basis::{Refusal, Time};
use clap::Args;
use frame::tls::{Certificates, CryptoModule, Facts, Files};
use storage::CheckResult;

/// Where Linux keeps the name of the machine.
const HOST_NAME: &str = "/proc/sys/kernel/hostname";

/// A certificate by file.
#[derive(Debug, Args)]
pub(super) struct ByFile {
    /// Speak HTTPS with the certificate in this file, in PEM: the server's own, then those that vouch for it
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The key of the certificate, in PEM; nobody else may read it
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
}

impl ByFile {
    /// The files, if they are named.
    pub(super) fn files(&self) -> Option<Files> {
        let (certificate, key) = (self.tls_certificate.clone()?, self.tls_key.clone()?);
        Some(Files { certificate, key })
    }
}

/// The certificate that the server makes for itself for these names, or made before.
pub(super) fn own(data: &Path, names: &[String], now: Time) -> Result<Arc<Certificates>, Refusal> {
    Certificates::own(Files::own(data), names, now)
}

/// The names under which this machine may be asked: its own, that it listens on, and that people type.
pub(super) fn names(listen: &str, public: Option<&str>) -> Vec<String> {
    let mut names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let host = std::fs::read_to_string(HOST_NAME).unwrap_or_default();
    let address: Option<SocketAddr> = listen.parse().ok();
    let given = match address.map(|address| address.ip()) {
        Some(address) if !address.is_unspecified() => Some(address.to_string()),
        Some(_) => None,
        None => listen.rsplit_once(':').map(|(name, _)| name.to_owned()),
    };
    let public = public.map(|host| host.trim_matches(['[', ']']).to_owned());
    for name in [Some(host.trim().to_owned()), given, public]
        .into_iter()
        .flatten()
    {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What the operator is told at the start; `names` are those under which the server will be asked.
pub(super) fn announcement(facts: &Facts, names: &[String], now: Time) -> String {
    let lacking = facts.lacks(names);
    let lacking = (!lacking.is_empty()).then(|| {
        format!(
            "the certificate is not for {}; browsers will say so",
            lacking.join(", ")
        )
    });
    let warnings = facts.warning_at(now).into_iter().chain(lacking);
    let warnings: String = warnings.map(|warning| format!("\nWARNING: {warning}")).collect();
    format!(
        "certificate {}\n  for {}, until {}\n  people give this fingerprint to `tagout login`, and compare it with what a browser \
         shows{warnings}",
        facts.fingerprint,
        facts.names.join(", "),
        facts.ends
    )
}

/// What the doctor finds of the certificate; nothing where the server has none.
pub(super) fn examine(data: &Path, by_file: &ByFile, now: Time) -> Option<CheckResult> {
    let own = Files::own(data);
    let files = match by_file.files() {
        Some(files) => files,
        None if own.certificate.exists() => own,
        None => return None,
    };
    Some(match Certificates::open(files, now) {
        Err(refusal) => CheckResult::Wrong(vec![refusal.what]),
        Ok(certificates) => {
            let facts = certificates.facts();
            let line = format!(
                "{}, for {}, until {}",
                facts.fingerprint,
                facts.names.join(", "),
                facts.ends
            );
            match facts.warning_at(now) {
                Some(warning) => CheckResult::Note(format!("{line}; {warning}")),
                None => CheckResult::Right(line),
            }
        }
    })
}

/// What the doctor finds of the cryptographic module.
pub(super) fn examine_module() -> CheckResult {
    let module = CryptoModule::examine();
    let (name, version) = (module.name, module.version);
    if !module.is_sound {
        return CheckResult::Wrong(vec![format!("{name} {version}: its self-test failed")]);
    }
    let mode = if module.is_fips {
        "in FIPS mode"
    } else {
        "not in FIPS mode"
    };
    CheckResult::Right(format!("{name} {version}, {mode}; its self-test passed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Clock, Span, SystemClock};

    #[test]
    fn a_certificate_is_for_this_machine_and_the_address_that_was_names() {
        for always in ["localhost", "127.0.0.1", "::1"] {
            assert!(names("0.0.0.0:7420", None).contains(&always.to_owned()));
        }
        assert!(names("192.0.2.7:7420", None).contains(&"192.0.2.7".to_owned()));
        assert!(names("tagout.example.org:7420", None).contains(&"tagout.example.org".to_owned()));
        assert!(!names("0.0.0.0:7420", None).contains(&"0.0.0.0".to_owned()));
        let public = names("0.0.0.0:7420", Some("tagout.example.org"));
        assert!(public.contains(&"tagout.example.org".to_owned()));
        assert_eq!(
            names("127.0.0.1:7420", None)
                .iter()
                .filter(|name| *name == "127.0.0.1")
                .count(),
            1
        );
    }

    #[test]
    fn an_operator_is_warned_of_an_early_end_and_of_a_name_that_is_not_in_the_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemClock.now();
        let facts = own(folder.path(), &names("127.0.0.1:7420", None), now)
            .unwrap()
            .facts();
        let told = announcement(&facts, &names("127.0.0.1:7420", None), now);
        assert!(
            told.starts_with(&format!("certificate {}\n", facts.fingerprint)),
            "{told}"
        );
        assert!(!told.contains("WARNING"), "{told}");
        let told = announcement(
            &facts,
            &names("tagout.example.org:7420", None),
            facts.ends - Span::days(3),
        );
        assert!(told.contains("not for tagout.example.org"), "{told}");
        assert!(told.contains("the certificate ends in 3 days"), "{told}");
    }
}
