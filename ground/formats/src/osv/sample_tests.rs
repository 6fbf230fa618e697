//! Real advisories, where they are at hand.

use std::fs::{self, File};
use std::io::Read;

use proptest::prelude::*;

use super::{Advisory, Bound, Verdict};
use crate::samples;

fn sample(name: &str) -> Option<Advisory> {
    let path = samples::path(&format!("advisories/osv/{name}"))?;
    Some(Advisory::parse(&fs::read(path).unwrap()).unwrap())
}

#[test]
fn a_debian_advisory_separates_fixed_from_affected_versions() {
    let Some(advisory) = sample("DSA-3029-1.json") else {
        return;
    };
    let fixed = "1.2.1-2.2+wheezy3".to_owned();
    let expected = Verdict::Affected {
        fixed: Some(fixed.clone()),
    };
    assert_eq!(
        advisory.affects("Debian:7", "nginx", "1.2.1-2.2+wheezy2"),
        expected
    );
    assert_eq!(
        advisory.affects("Debian:7", "nginx", &fixed),
        Verdict::NotAffected
    );
    assert_eq!(
        advisory.affects("Debian:8", "nginx", "1.2.1-2.2+wheezy2"),
        Verdict::NotAffected
    );
    assert_eq!(advisory.cves(), ["CVE-2014-3616"]);
}

#[test]
fn an_ubuntu_advisory_without_fix_or_without_packages_says_so() {
    let Some(open) = sample("UBUNTU-CVE-2025-38094.json") else {
        return;
    };
    let verdict = open.affects("Ubuntu:Pro:14.04:LTS", "linux", "3.13.0-206.257");
    assert_eq!(verdict, Verdict::Affected { fixed: None });
    let Some(empty) = sample("USN-6332-1.json") else {
        return;
    };
    assert_eq!(empty.cves().len(), 34);
    assert!(matches!(
        empty.affects("Ubuntu:22.04:LTS", "linux", "1-1"),
        Verdict::Unknown(_)
    ));
}

#[test]
fn every_alma_advisory_is_read_and_its_fixes_are_not_affected() {
    let Some(path) = samples::path("advisories/osv/alma/almalinux9_ALSA_2025-2026.tar.gz") else {
        return;
    };
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(path).unwrap()));
    let (mut advisories, mut fixes) = (0, 0);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().extension().is_none_or(|end| end != "json") {
            continue;
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let advisory = Advisory::parse(&bytes).unwrap();
        advisories += 1;
        for affected in &advisory.affected {
            for bound in affected.ranges.iter().flat_map(|range| &range.bounds) {
                let Bound::Fixed(version) = bound else { continue };
                let listed = advisory.affected.iter().filter(|other| {
                    (&other.package, &other.ecosystem) == (&affected.package, &affected.ecosystem)
                });
                // A package that is listed twice, for two streams, is fixed in one and affected in the other.
                if listed.count() > 1 {
                    continue;
                }
                let verdict = advisory.affects(&affected.ecosystem, &affected.package, version);
                assert_eq!(
                    verdict,
                    Verdict::NotAffected,
                    "{} {} {version}",
                    advisory.id,
                    affected.package
                );
                fixes += 1;
            }
        }
    }
    assert_eq!(advisories, 882);
    assert!(fixes > 10_000, "{fixes}");
}

#[test]
fn a_mutated_advisory_is_read_or_refused_without_panic() {
    let Some(path) = samples::path("advisories/osv/DSA-3029-1.json") else {
        return;
    };
    let bytes = fs::read(path).unwrap();
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(500)
    };
    proptest!(config, |(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5))| {
        let mut bytes = bytes.clone();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(advisory) = Advisory::parse(&bytes) {
            let _ = advisory.affects("Debian:7", "nginx", "1.2.1-2.2+wheezy2");
        }
    });
}
