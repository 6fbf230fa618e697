//! Loading advisories and the list of exploited vulnerabilities.

use basis::Class;
use evidence::EvidenceName;

use crate::house::{Shop, osv};

fn load(shop: &Shop, text: &str) -> Result<findings::Loaded, basis::Refusal> {
    let name = EvidenceName::parse("advisories.json").unwrap();
    findings::load_advisories(&shop.house.organisation, &shop.tina, text.as_bytes(), &name)
}

#[test]
fn the_same_advisories_again_and_older_ones_leave_no_record() {
    let shop = Shop::open();
    let one = osv("DSA-1", &["CVE-2026-0001"], "openssl", "1.1-1");
    let two = osv("DSA-2", &["CVE-2026-0002"], "bash", "5.3-1");
    let loaded = load(&shop, &format!("[{one},{two}]")).unwrap();
    assert_eq!((loaded.changed, loaded.unchanged), (2, 0));
    let (size, blobs) = (
        shop.ledger_size(),
        shop.house.organisation.vault().names().unwrap(),
    );
    let older = one.replace("\"modified\":\"2026-11-01", "\"modified\":\"2026-10-01");
    for text in [one.as_str(), older.as_str()] {
        let again = load(&shop, text).unwrap();
        assert_eq!((again.feed, again.changed, again.unchanged), (None, 0, 1));
    }
    assert_eq!(shop.ledger_size(), size);
    assert_eq!(shop.house.organisation.vault().names().unwrap(), blobs);
    shop.house.assert_sound();
}

#[test]
fn a_file_with_one_bad_advisory_loads_none_and_names_it() {
    let shop = Shop::open();
    let good = osv("DSA-1", &["CVE-2026-0001"], "openssl", "1.1-1");
    let size = shop.ledger_size();
    let long = good.replace("DSA-1", &"D".repeat(201));
    let rows = [
        (
            format!("[{good},{{\"id\":\"\",\"modified\":\"x\"}}]"),
            "advisory 2 of the file",
        ),
        (format!("[{good}"), "this is not JSON"),
        ("[]".to_owned(), "holds no advisory"),
        ("[1]".to_owned(), "advisory 1 of the file"),
        (long, "too long"),
    ];
    for (text, expected) in rows {
        let refusal = load(&shop, &text).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid);
        assert!(refusal.what.contains(expected), "{refusal}");
    }
    assert_eq!(shop.ledger_size(), size);
}

#[test]
fn a_list_of_exploited_vulnerabilities_replaces_the_one_before_and_never_with_an_older_one() {
    let shop = Shop::open();
    let name = EvidenceName::parse("kev.json").unwrap();
    let load = |version: &str, entries: &str| {
        let text = format!("{{\"catalogVersion\":\"{version}\",\"vulnerabilities\":[{entries}]}}");
        findings::load_exploited(&shop.house.organisation, &shop.tina, text.as_bytes(), &name)
    };
    let one = r#"{"cveID":"CVE-2026-0001","dateAdded":"2026-11-20","notes":"x"}"#;
    let two = r#"{"cveID":"CVE-2026-0002","dateAdded":"2026-11-20"}"#;
    let change = load("2026.11.20", &format!("{one},{two}")).unwrap();
    assert_eq!((change.added, change.removed, change.entries), (2, 0, 2));
    let change = load("2026.11.21", two).unwrap();
    assert_eq!((change.added, change.removed), (0, 1));
    assert_eq!(load("2026.11.21", two).unwrap().feed, None);
    assert_eq!(load("2026.11.19", one).unwrap_err().class, Class::Conflict);
    assert!(
        load("2026.11.22", r#"{"cveID":"nonsense","dateAdded":"2026-11-20"}"#)
            .unwrap_err()
            .what
            .contains("entry 1")
    );
    assert!(load("2026.11.22", "").unwrap_err().what.contains("0 entries"));
    shop.house.assert_sound();
}
