//! What a certificate says of itself.

use std::net::IpAddr;

use basis::{Span, Time};
use rustls::pki_types::CertificateDer;
use serde::Serialize;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::Fingerprint;

/// How long before its end a certificate is warned about.
const WARNING: Span = Span::days(30);

/// What a person needs to know of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// By which it is known again.
    pub fingerprint: Fingerprint,
    /// The host names and addresses that it is for.
    pub names: Vec<String>,
    /// From when on it holds.
    pub starts: Time,
    /// Until when it holds.
    pub ends: Time,
}

impl Facts {
    /// Reads a certificate; answers in words why it cannot be read.
    pub(crate) fn read(certificate: &CertificateDer<'_>) -> Result<Self, String> {
        let said = |error: x509_cert::der::Error| format!("the certificate cannot be read: {error}");
        let read = x509_cert::Certificate::from_der(certificate).map_err(said)?;
        let inner = read.tbs_certificate();
        let alternatives = inner.get_extension::<SubjectAltName>().map_err(said)?;
        let names = alternatives.map_or_else(Vec::new, |(_, names)| names.0);
        let time = |time: x509_cert::time::Time| {
            Time::from_ms(i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX))
        };
        Ok(Self {
            fingerprint: Fingerprint::of(certificate),
            names: names.iter().filter_map(shown).collect(),
            starts: time(inner.validity().not_before),
            ends: time(inner.validity().not_after),
        })
    }

    /// Why the certificate does not hold at this time, if so.
    pub(crate) fn fault_at(&self, now: Time) -> Option<String> {
        if now > self.ends {
            Some(format!("the certificate ended at {}", self.ends))
        } else if now < self.starts {
            Some(format!("the certificate holds only from {} on", self.starts))
        } else {
            None
        }
    }

    /// Says so when the certificate has ended or will within 30 days.
    pub fn warning_at(&self, now: Time) -> Option<String> {
        if let Some(fault) = self.fault_at(now) {
            return Some(fault);
        }
        let left = self.ends.since(now);
        (left < WARNING).then(|| format!("the certificate ends in {left}, at {}", self.ends))
    }

    /// Those of `names` that the certificate is not for. A name that stands for all hosts of a domain counts for each.
    pub fn lacks<'a>(&self, names: &'a [String]) -> Vec<&'a str> {
        let is_there = |name: &str| {
            let domain = name.split_once('.').map(|(_, domain)| format!("*.{domain}"));
            self.names.iter().any(|known| {
                known.eq_ignore_ascii_case(name)
                    || domain
                        .as_deref()
                        .is_some_and(|domain| known.eq_ignore_ascii_case(domain))
            })
        };
        names
            .iter()
            .map(String::as_str)
            .filter(|name| !is_there(name))
            .collect()
    }
}

fn shown(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
                .ok()
                .map(|address| address.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts(names: &[&str]) -> Facts {
        Facts {
            fingerprint: Fingerprint::of(&CertificateDer::from(vec![])),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            starts: Time::parse("2026-01-01T00:00:00Z").unwrap(),
            ends: Time::parse("2026-12-31T00:00:00Z").unwrap(),
        }
    }

    #[test]
    fn a_warning_begins_30_days_before_the_end() {
        let certificate = facts(&[]);
        let early = certificate.ends - WARNING;
        assert_eq!(certificate.warning_at(early), None);
        let later = certificate.warning_at(early + Span::milliseconds(1)).unwrap();
        assert!(later.contains("ends in"), "{later}");
        assert_eq!(certificate.fault_at(certificate.ends), None);
        let after = certificate
            .fault_at(certificate.ends + Span::milliseconds(1))
            .unwrap();
        assert!(after.contains("ended at 2026-12-31"), "{after}");
        let before = certificate
            .fault_at(certificate.starts - Span::milliseconds(1))
            .unwrap();
        assert!(before.contains("only from 2026-01-01"), "{before}");
    }

    #[test]
    fn a_name_that_the_certificate_is_not_for_is_found() {
        let names = ["tagout.example.org", "a.b.example.org", "127.0.0.1"].map(str::to_owned);
        assert_eq!(
            facts(&["*.Example.org", "127.0.0.1"]).lacks(&names),
            ["a.b.example.org"]
        );
    }

    proptest! {
        #[test]
        fn no_bytes_are_a_panic(bytes: Vec<u8>) {
            let _ = Facts::read(&CertificateDer::from(bytes));
        }
    }
}
