//! Real files of scanners and publishers, where they are at hand.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use evidence::EvidenceName;

use crate::house::{Shop, state};

fn sample(relative: &str) -> Option<PathBuf> {
    let beside_the_repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let root = std::env::var_os("TAGOUT_SAMPLE_DATA").map_or(beside_the_repository, PathBuf::from);
    let path = root.join(relative);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no sample data at {}", path.display());
    None
}

#[test]
fn every_real_report_is_imported_once_with_its_hosts_listed() {
    let Some(folder) = sample("scanners/defectdojo/tenable/nessus") else {
        return;
    };
    let shop = Shop::open();
    let asset = shop.asset("testphp.vulnweb.com");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path
            .extension()
            .is_some_and(|ending| ending == "nessus" || ending == "xml")
        {
            continue;
        }
        let import = shop.import_file(&mut File::open(&path).unwrap()).unwrap();
        assert!(import.scan.hosts > 0, "{}", path.display());
        assert_eq!(
            import.unmatched.len() as u64,
            import.scan.hosts_unmatched,
            "{}",
            path.display()
        );
        assert!(
            shop.import_file(&mut File::open(&path).unwrap())
                .unwrap()
                .was_known
        );
        files += 1;
    }
    assert_eq!(files, 5);
    assert!(!shop.findings(asset).is_empty());
    shop.house.assert_sound();
}

#[test]
fn real_advisories_and_the_real_list_of_exploited_vulnerabilities_are_loaded() {
    let (Some(osv), Some(kev)) = (
        sample("advisories/osv"),
        sample("feeds/kev/known_exploited_vulnerabilities.json"),
    ) else {
        return;
    };
    let shop = Shop::open();
    let organisation = &shop.house.organisation;
    for file in [
        "DLA-3623-1.json",
        "DSA-3029-1.json",
        "UBUNTU-CVE-2025-38094.json",
        "USN-6332-1.json",
    ] {
        let name = EvidenceName::parse(file).unwrap();
        let bytes = fs::read(osv.join(file)).unwrap();
        let loaded = findings::load_advisories(organisation, &shop.tina, &bytes, &name).unwrap();
        assert_eq!(loaded.changed, 1, "{file}");
    }
    let name = EvidenceName::parse("kev.json").unwrap();
    let change = findings::load_exploited(organisation, &shop.tina, &fs::read(kev).unwrap(), &name).unwrap();
    assert_eq!((change.added, change.entries), (1_404, 1_404));
    shop.house.assert_sound();
}

#[test]
fn the_advisories_of_the_lab_speak_of_its_security_updates() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lab/work/advisories");
    if !folder.exists() {
        println!(
            "skipped: the lab was never up, so {} is missing",
            folder.display()
        );
        return;
    }
    let shop = Shop::open();
    let host = shop.asset("lab001");
    for file in fs::read_dir(folder).unwrap() {
        shop.advisory(&fs::read_to_string(file.unwrap().path()).unwrap());
    }
    let packages = ["labpkg001", "labpkg002", "labpkg004"].map(|name| (name, name, "1.0-1"));
    shop.collect(host, &state(&packages));
    assert_eq!(
        shop.compare(host).counts.opened,
        2,
        "odd packages have no security update"
    );
    let findings = shop.findings(host);
    assert_eq!(findings[0].vulnerability.to_string(), "CVE-2026-90002");
    assert_eq!(findings[0].fixed_version(), Some("1.0-1+deb12u1"));
}
