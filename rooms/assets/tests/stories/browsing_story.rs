//! The register is filtered, sorted and cut where its rows are.

use assets::{AssetId, AssetName, Collected, Coverage, Field, Freshness, InUse, Selection};
use basis::{Id, Span};
use evidence::{EvidenceName, MediaType, NewEvidence};
use hosts::HostState;
use ledger::events::Events;
use policy::{Classification, EvidenceKind};
use storage::By;

use crate::house::{House, house, owner, technician};

fn register(house: &House, name: &str, fields: &[(Field, &str)]) -> AssetId {
    let fields: Vec<(Field, String)> = fields
        .iter()
        .map(|(field, text)| (*field, (*text).to_owned()))
        .collect();
    let name = AssetName::parse(name).unwrap();
    assets::register(&house.organisation, &owner(), name, &fields)
        .unwrap()
        .id
}

/// Records a collection of that long ago that found these packages.
fn collect(house: &House, asset: AssetId, ago: Span, packages: &[&str]) {
    let organisation = &house.organisation;
    let taken_at = organisation.now() - ago;
    let package = |name: &&str| {
        serde_json::json!({"name": name, "architecture": "amd64", "version": "1", "source": name,
            "source_version": "1", "state": "installed", "hold": "free"})
    };
    let packages: Vec<serde_json::Value> = packages.iter().map(package).collect();
    let mut state = empty_state();
    state.packages = serde_json::from_value(packages.into()).unwrap();
    let bytes = serde_json::to_vec(&state).unwrap();
    let new = NewEvidence {
        name: EvidenceName::parse("state.json").unwrap(),
        media_type: MediaType::Json,
        kind: EvidenceKind::Baseline,
        blob: organisation.store_blob(&mut bytes.as_slice()).unwrap(),
        about: vec![asset.subject()],
        objectives: Vec::new(),
        is_final: true,
        taken_at,
    };
    let mut tx = organisation.begin("stories.collect").unwrap();
    let by = By::from(&technician());
    let evidence = evidence::attach(&mut tx, &by, new).unwrap();
    let collected = Collected {
        added: assets::package_records(&state),
        architecture: "amd64".to_owned(),
        asset,
        boot_id: None,
        evidence,
        firmware: None,
        hostname: "web01".to_owned(),
        is_full: true,
        kernel: "6.1".to_owned(),
        machine_id: None,
        os: "Debian 12".to_owned(),
        os_version: "12".to_owned(),
        packages: state.packages.len() as u64,
        reboot: "not_needed".to_owned(),
        removed: Vec::new(),
        replaces_machine_id: None,
        taken_at,
        updates: None,
    };
    tx.record(by, Events::one(collected)).unwrap();
    tx.commit().unwrap();
}

fn empty_state() -> HostState {
    use hosts::{Container, Kernel, Learned, Os, OsFamily, RebootNeed, Rights};
    HostState {
        os: Os {
            id: "debian".to_owned(),
            id_like: Vec::new(),
            version_id: "12".to_owned(),
            codename: "bookworm".to_owned(),
            pretty_name: "Debian 12".to_owned(),
            family: OsFamily::Debian,
        },
        hostname: "web01".to_owned(),
        architecture: "amd64".to_owned(),
        rights: Rights::Root,
        machine_id: Learned::Unknown("none".to_owned()),
        boot_id: Learned::Unknown("none".to_owned()),
        host_time: basis::Time::parse("2026-11-22T08:00:00Z").unwrap(),
        uptime_s: Learned::Known(60),
        container: Container::No,
        kernel: Kernel {
            running: "6.1".to_owned(),
            running_build: String::new(),
            newest_installed: Learned::Unknown("none".to_owned()),
        },
        reboot: RebootNeed::NotNeeded,
        packages: Vec::new(),
        updates: Learned::Unknown("none".to_owned()),
        old_services: Learned::Known(Vec::new()),
        listening: Learned::Known(Vec::new()),
        disks: Vec::new(),
        firmware: Learned::Unknown("none".to_owned()),
    }
}

fn names(house: &House, selection: &Selection, order: &str, limit: u64, offset: u64) -> Vec<String> {
    let found = assets::browse(&house.organisation, &owner(), selection, order, limit, offset).unwrap();
    found.iter().map(|asset| asset.name().to_owned()).collect()
}

#[test]
fn assets_are_filtered_sorted_and_shown_in_parts() {
    let house = house();
    let web = register(
        &house,
        "web01",
        &[(Field::Classification, "cui"), (Field::Addresses, "10.0.0.1")],
    );
    let db = register(
        &house,
        "Db01",
        &[(Field::Classification, "none"), (Field::Owner, "50%_team")],
    );
    register(&house, "mail01", &[(Field::Classification, "cui")]);
    let old = register(&house, "old01", &[]);
    assets::retire(&house.organisation, &owner(), old, "scrapped").unwrap();
    collect(&house, web, Span::hours(2), &["bash"]);
    collect(&house, db, Span::days(20), &["bash"]);

    let all = Selection::default();
    assert_eq!(names(&house, &all, "name", 10, 0), ["Db01", "mail01", "web01"]);
    assert_eq!(names(&house, &all, "-name", 2, 1), ["mail01", "Db01"]);
    assert_eq!(
        names(&house, &all, "-collected", 10, 0),
        ["web01", "Db01", "mail01"]
    );
    let rows: [(Selection, &[&str]); 7] = [
        (
            Selection {
                in_use: InUse::Retired,
                ..all.clone()
            },
            &["old01"],
        ),
        (
            Selection {
                classification: Some(Classification::None),
                ..all.clone()
            },
            &["Db01"],
        ),
        (
            Selection {
                collected: Some(Freshness::Fresh),
                ..all.clone()
            },
            &["web01"],
        ),
        (
            Selection {
                collected: Some(Freshness::Older),
                ..all.clone()
            },
            &["Db01"],
        ),
        (
            Selection {
                collected: Some(Freshness::Never),
                ..all.clone()
            },
            &["mail01"],
        ),
        (
            Selection {
                text: Some("10.0.0".to_owned()),
                ..all.clone()
            },
            &["web01"],
        ),
        (
            Selection {
                text: Some("%_t".to_owned()),
                ..all.clone()
            },
            &["Db01"],
        ),
    ];
    for (selection, expected) in rows {
        assert_eq!(
            names(&house, &selection, "name", 10, 0),
            expected,
            "{selection:?}"
        );
    }
    let coverage = assets::coverage(&house.organisation, &owner()).unwrap();
    let expected = Coverage {
        day: 1,
        month: 1,
        never: 1,
        ..Coverage::default()
    };
    assert_eq!(coverage, expected);
}

#[test]
fn packages_come_in_parts_and_a_baseline_is_compared_with_the_one_before() {
    let house = house();
    let web = register(&house, "web01", &[]);
    let organisation = &house.organisation;
    assert!(assets::package_differences(organisation, &owner(), web).is_err());
    collect(&house, web, Span::days(2), &["bash", "openssl", "zsh"]);
    let first = assets::package_differences(organisation, &owner(), web).unwrap();
    assert_eq!(first.before, None);
    collect(&house, web, Span::hours(1), &["bash", "curl", "openssl"]);
    let found = assets::package_differences(organisation, &owner(), web).unwrap();
    assert!(found.before.is_some_and(|before| before.id < found.after));
    let added: Vec<&str> = found
        .changes
        .added
        .iter()
        .map(|record| record.name.as_str())
        .collect();
    let removed: Vec<&str> = found
        .changes
        .removed
        .iter()
        .map(|key| key.name.as_str())
        .collect();
    assert_eq!((added, removed), (vec!["curl"], vec!["zsh"]));
    let part = |text, part| -> Vec<String> {
        let (_, found) = assets::show_packages_part(organisation, &owner(), web, text, part).unwrap();
        found.into_iter().map(|record| record.name).collect()
    };
    assert_eq!(part(None, (2, 0)), ["bash", "curl"]);
    assert_eq!(part(None, (2, 2)), ["openssl"]);
    assert_eq!(part(Some("ssl"), (10, 0)), ["openssl"]);
    assert!(part(Some("_"), (10, 0)).is_empty());
}
