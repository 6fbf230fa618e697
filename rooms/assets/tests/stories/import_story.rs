//! Lists of systems: looked at first, applied exactly so, and once.

use std::path::PathBuf;

use assets::{Applied, Import};
use basis::{Class, Subject};
use policy::EvidenceKind;
use proptest::prelude::*;

use crate::house::{House, house, owner, technician};

const LIST: &str = "hostname,kind,classification,ip address,location\n\
    web01,server,cui,10.0.0.1,Rack 4\n\
    WS-0042,laptop,fci,,Hall\n";

fn computers() -> String {
    // As `Get-ADComputer -Filter * -Properties * | Export-Csv -Encoding Unicode` writes it where lists are separated by
    // semicolons.
    [
        "#TYPE Microsoft.ActiveDirectory.Management.ADComputer",
        "\"DistinguishedName\";\"DNSHostName\";\"Enabled\";\"Name\";\"ObjectGUID\";\"OperatingSystem\";\"OperatingSystemVersion\";\"Description\"",
        "\"CN=DC01,OU=Domain Controllers,DC=corp,DC=example\";\"dc01.corp.example\";\"True\";\"DC01\";\"7c1d2b6e-0000-4000-8000-000000000001\";\"Windows Server 2022 Standard\";\"10.0 (20348)\";\"Domäne\"",
        "\"CN=WS-0042,CN=Computers,DC=corp,DC=example\";\"ws-0042.corp.example\";\"True\";\"WS-0042\";\"7c1d2b6e-0000-4000-8000-000000000002\";\"Windows 11 Pro\";\"10.0 (22631)\";\"\"",
        "\"CN=OLD,CN=Computers,DC=corp,DC=example\";\"\";\"False\";\"OLD\";\"7c1d2b6e-0000-4000-8000-000000000003\";\"Windows 7 Professional\";\"6.1 (7601)\";\"\"",
    ]
    .join("\r\n")
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn sample(relative: &str) -> Option<Vec<u8>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let root = std::env::var_os("TAGOUT_SAMPLE_DATA").map_or(beside, PathBuf::from);
    let bytes = std::fs::read(root.join(relative)).ok();
    if bytes.is_none() {
        println!("skipped: no sample data with {relative}");
    }
    bytes
}

#[test]
fn a_list_is_looked_at_then_applied_with_file_and_difference_as_evidence() {
    let house = house();
    let size = house.ledger_size();
    let list = Import {
        file_name: "list.csv",
        mapping: "generic",
        bytes: LIST.as_bytes(),
    };
    let (difference, digest) = assets::preview(&house.organisation, &owner(), &list).unwrap();
    assert_eq!(
        (
            difference.new.len(),
            difference.changed.len(),
            difference.rejected.len()
        ),
        (2, 0, 0)
    );
    assert_eq!(house.ledger_size(), size, "looking records nothing");

    let (_, applied) = assets::import(&house.organisation, &owner(), &list, digest).unwrap();
    let Applied::Import { id, .. } = applied else {
        panic!("{applied:?}")
    };
    assert_eq!(house.names(), ["web01", "WS-0042"]);
    let import = Subject::from(id);
    let evidence = house
        .organisation
        .view(|view| evidence::about(view, &import))
        .unwrap();
    assert_eq!(evidence.len(), 2);
    assert!(
        evidence
            .iter()
            .all(|evidence| evidence.kind == EvidenceKind::Inventory)
    );
    let stored = house
        .organisation
        .read_blob(&evidence[0].blob.sha256, 10_000)
        .unwrap();
    assert_eq!(stored, LIST.as_bytes());
    assert_eq!(evidence[1].content_sha256(), digest);
    house.assert_rebuilds();
}

#[test]
fn the_same_list_again_records_nothing_and_keeps_nothing() {
    let house = house();
    house.import("generic", LIST.as_bytes()).unwrap();
    let (size, blobs) = (house.ledger_size(), house.blobs());
    let (difference, applied) = house.import("generic", LIST.as_bytes()).unwrap();
    assert_eq!(applied, Applied::Nothing);
    assert_eq!(difference.unchanged, 2);
    assert_eq!((house.ledger_size(), house.blobs()), (size, blobs));
}

#[test]
fn a_changed_row_is_shown_field_by_field_and_a_row_that_left_is_only_named() {
    let house = house();
    house.import("generic", LIST.as_bytes()).unwrap();
    let later = "hostname,location,classification\nWEB01,Rack 5,\n";
    let (difference, _) = house.import("generic", later.as_bytes()).unwrap();
    assert_eq!(difference.changed.len(), 1);
    let change = &difference.changed[0];
    assert_eq!(
        change.fields.keys().collect::<Vec<_>>(),
        ["location"],
        "an empty cell says nothing"
    );
    assert_eq!(
        (
            change.fields["location"].from.as_str(),
            change.fields["location"].to.as_str()
        ),
        ("Rack 4", "Rack 5")
    );
    assert_eq!(difference.missing.len(), 1);
    assert_eq!(difference.missing[0].name, "WS-0042");
    assert_eq!(house.names(), ["web01", "WS-0042"]);
    house.assert_rebuilds();
}

#[test]
fn a_difference_that_is_no_longer_true_is_not_applied() {
    let house = house();
    let list = Import {
        file_name: "list.csv",
        mapping: "generic",
        bytes: LIST.as_bytes(),
    };
    let (_, digest) = assets::preview(&house.organisation, &owner(), &list).unwrap();
    house.register("web01");
    let (size, blobs) = (house.ledger_size(), house.blobs());
    let refusal = assets::import(&house.organisation, &owner(), &list, digest).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    assert_eq!((house.ledger_size(), house.blobs()), (size, blobs));
}

#[test]
fn a_list_that_cannot_be_read_changes_nothing_and_names_the_place() {
    let house = house();
    let (size, blobs) = (house.ledger_size(), house.blobs());
    let rows: [(&str, &[u8], &str); 6] = [
        ("generic", b"", "`list.csv`: the file is empty"),
        (
            "generic",
            b"hostname,Hostname\na,b\n",
            "`list.csv`: column `Hostname` stands twice",
        ),
        ("generic", b"serial\n1\n", "`list.csv`: there is no column `name`"),
        (
            "generic",
            b"hostname,os\na\n",
            "`list.csv`: line 2 has 1 cells but the header has 2",
        ),
        (
            "generic",
            b"hostname,os\na,\"b\n",
            "`list.csv`: the quote opened in line 2 is never closed",
        ),
        (
            "active-directory",
            b"Name\nDC01\n",
            "`list.csv`: there is no column `DistinguishedName`",
        ),
    ];
    for (mapping, bytes, expected) in rows {
        let refusal = house.import(mapping, bytes).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid);
        assert!(refusal.what.starts_with(expected), "{}", refusal.what);
    }
    assert_eq!(
        house.import("tabular", b"name\n").unwrap_err().class,
        Class::NotFound
    );
    assert_eq!((house.ledger_size(), house.blobs()), (size, blobs));
}

#[test]
fn rows_that_cannot_be_used_are_rejected_with_line_and_reason_and_the_others_stand() {
    let house = house();
    let list = "hostname;classification\r\nweb01;cui\r\n;fci\r\nweb02;secret\r\nWEB01;fci\r\nhas blank;cui\r\nweb03;fci\r\n";
    let (difference, _) = house.import("generic", list.as_bytes()).unwrap();
    let rejected: Vec<String> = difference
        .rejected
        .iter()
        .map(|row| format!("{}: {}", row.line, row.reason))
        .collect();
    assert_eq!(rejected.len(), 4);
    assert_eq!(rejected[0], "3: the row has no name; give it one");
    assert_eq!(
        rejected[1],
        "4: `secret` cannot be the classification; write one of cui, fci, none"
    );
    assert_eq!(
        rejected[2],
        "5: `WEB01` stands in line 2 already; give each system a name of its own"
    );
    assert!(
        rejected[3].starts_with("6: `has blank` cannot be a hostname"),
        "{}",
        rejected[3]
    );
    assert_eq!(house.names(), ["web01", "web03"]);
}

#[test]
fn a_list_of_which_no_row_can_be_used_is_refused() {
    let house = house();
    let refusal = house
        .import("generic", b"hostname;classification\r\nweb01;secret\r\n;fci\r\n")
        .unwrap_err();
    assert_eq!(refusal.class, Class::Invalid);
    assert_eq!(refusal.missing.len(), 2);
    assert_eq!(house.blobs(), 0);
    let (_, applied) = house.import("generic", b"hostname;classification\r\n").unwrap();
    assert_eq!(applied, Applied::Nothing);
}

#[test]
fn computers_of_active_directory_come_in_from_utf_16_with_semicolons() {
    let house = house();
    let (difference, _) = house.import("active-directory", &utf16(&computers())).unwrap();
    assert_eq!(difference.rejected, []);
    assert_eq!(
        house.names(),
        ["DC01", "WS-0042"],
        "a disabled account is no system in scope"
    );
    let find = |name: &str| {
        house
            .organisation
            .view(|view| assets::by_name(view, name))
            .unwrap()
            .unwrap()
    };
    let dc01 = find("dc01");
    assert_eq!(dc01.details.kind, assets::AssetKind::Server);
    assert_eq!(dc01.details.os, "Windows Server 2022 Standard");
    assert_eq!(dc01.details.purpose, "Domäne");
    assert_eq!(dc01.source, "active-directory");
    assert_eq!(find("ws-0042").details.kind, assets::AssetKind::Workstation);
}

#[test]
fn a_byte_order_mark_of_utf_8_is_no_part_of_the_first_column() {
    let house = house();
    house
        .import("generic", format!("\u{feff}{LIST}").as_bytes())
        .unwrap();
    assert_eq!(house.names(), ["web01", "WS-0042"]);
}

#[test]
fn hardware_of_snipe_it_comes_in_by_its_tag() {
    let Some(bytes) = sample("inventory/snipe-it/assets-sample.csv") else {
        return;
    };
    let house = house();
    let (difference, _) = house.import("snipe-it", &bytes).unwrap();
    assert!(!difference.new.is_empty());
    assert_eq!(difference.rejected, []);
    assert_eq!(house.names().len(), difference.new.len());
    let (again, applied) = house.import("snipe-it", &bytes).unwrap();
    assert_eq!(applied, Applied::Nothing);
    assert_eq!(again.unchanged as usize, difference.new.len());
}

#[test]
fn lists_that_are_bad_on_purpose_are_refused_with_the_column() {
    for name in [
        "assets-sample-BAD.csv",
        "assets-sample-BLANKS.csv",
        "users-sample.csv",
    ] {
        let Some(bytes) = sample(&format!("inventory/snipe-it/{name}")) else {
            continue;
        };
        let house = house();
        let size = house.ledger_size();
        let refusal = house.import("snipe-it", &bytes).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid, "{name}");
        assert!(
            refusal.what.contains("column") || refusal.what.contains("byte"),
            "{name}: {}",
            refusal.what
        );
        assert_eq!(house.ledger_size(), size);
    }
}

#[test]
fn an_organisation_keeps_mappings_of_its_own() {
    let house = house();
    let organisation = &house.organisation;
    let document = "title = \"Our list\"\n[columns]\nname = [\"Rechner\"]\nkind = [\"Art\"]\n[values.kind]\n\"Serv*\" = \"server\"\n[defaults]\nclassification = \"fci\"\n";
    assets::save_mapping(organisation, &owner(), "ours", document).unwrap();
    let size = house.ledger_size();
    assets::save_mapping(organisation, &owner(), "ours", document).unwrap();
    assert_eq!(
        house.ledger_size(),
        size,
        "the same mapping again records nothing"
    );
    house
        .import("ours", "Rechner;Art\na1;Server blau\na2;Drucker\n".as_bytes())
        .unwrap();
    let a1 = organisation
        .view(|view| assets::by_name(view, "a1"))
        .unwrap()
        .unwrap();
    assert_eq!(a1.details.kind, assets::AssetKind::Server);
    assert_eq!(a1.details.classification, policy::Classification::Fci);
    let refused = [
        ("generic", document, "comes with the program"),
        ("Ours!", document, "cannot be the name"),
        ("x", "title = \"t\"\n", "cannot be read"),
        (
            "x",
            "title = \"t\"\n[columns]\nname = [\"a\"]\ncolour = [\"b\"]\n",
            "`colour` in [columns] is no field",
        ),
        ("x", "title = \"t\"\n[columns]\nos = [\"a\"]\n", "has no `name`"),
        (
            "x",
            "title = \"t\"\n[columns]\nname = [\"a\"]\n[defaults]\nkind = \"car\"\n",
            "[defaults] `car`",
        ),
    ];
    for (name, document, expected) in refused {
        let refusal = assets::save_mapping(organisation, &owner(), name, document).unwrap_err();
        assert!(refusal.what.contains(expected), "{}", refusal.what);
    }
    house.assert_rebuilds();
}

#[test]
fn who_may_not_import_may_not_look_at_the_difference_either() {
    let house = house();
    let list = Import {
        file_name: "list.csv",
        mapping: "generic",
        bytes: LIST.as_bytes(),
    };
    let refusal = assets::preview(&house.organisation, &technician(), &list).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
}

fn lists() -> impl Strategy<Value = String> {
    let row = (
        "[a-e]{0,2}",
        "(server|laptop|car|)",
        "(cui|fci|none|)",
        "[xyz]{0,1}",
    );
    let line = row.prop_map(|(name, kind, data, place)| format!("{name},{kind},{data},{place}\n"));
    proptest::collection::vec(line, 0..8)
        .prop_map(|lines| format!("name,kind,classification,location\n{}", lines.concat()))
}

fn applied_twice(house: &House, list: &str) {
    if let Err(refusal) = house.import("generic", list.as_bytes()) {
        assert_eq!(refusal.class, Class::Invalid, "no row can be used");
        return;
    }
    let (size, names) = (house.ledger_size(), house.names());
    let (difference, applied) = house.import("generic", list.as_bytes()).unwrap();
    assert_eq!(applied, Applied::Nothing, "{list}");
    assert!(difference.new.is_empty() && difference.changed.is_empty());
    assert_eq!((house.ledger_size(), house.names()), (size, names));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_list_applied_twice_is_applied_once(first in lists(), second in lists()) {
        let house = house();
        applied_twice(&house, &first);
        applied_twice(&house, &second);
        house.assert_rebuilds();
    }
}
