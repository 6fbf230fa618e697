//! What scan files lead to.

use basis::{Class, Id, Span, Subject, Time};
use findings::{CheckKey, FindingId, State};
use formats::nessus::generate::{self, Shape};
use policy::Rescan;
use proptest::prelude::*;
use storage::By;

use crate::house::{
    LOCAL, REMOTE, ScannedHost, ScannedItem, Shop, informs, local, osv, remote, report, scanned, state,
};

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

#[test]
fn a_file_is_recorded_whole_with_every_cve_and_the_same_file_again_records_nothing() {
    let shop = Shop::open();
    let web = shop.asset("host00000");
    let mut file = Vec::new();
    let written = generate::write(
        &mut file,
        &Shape {
            hosts: 2,
            items_per_host: 1_000,
            seed: 3,
        },
    )
    .unwrap();
    let import = shop.import(&file).unwrap();
    assert_eq!(import.scan.items, written.items);
    assert_eq!((import.scan.hosts, import.scan.hosts_unmatched), (2, 1));
    assert_eq!(import.unmatched[0].0, "host00001.example.com");
    let findings = shop.findings(web);
    assert_eq!(import.scan.counts.opened, findings.len() as u64);
    assert!(
        findings.len() > 1_000,
        "every CVE of a plugin is a finding of its own: {}",
        findings.len()
    );
    assert!(
        findings
            .iter()
            .all(|finding| finding.package().is_some_and(|name| name.starts_with("package-")))
    );
    let size = shop.ledger_size();
    let again = shop.import(&file).unwrap();
    assert!(again.was_known);
    assert_eq!((again.scan.id, shop.ledger_size()), (import.scan.id, size));
    shop.house.assert_sound();
}

#[test]
fn a_file_that_is_cut_off_anywhere_records_nothing_and_says_where() {
    let shop = Shop::open();
    shop.asset("web01");
    let whole = report(&[scanned(
        "web01",
        "2026-11-22T07:00:00Z",
        vec![remote(1, "CVE-2026-0001")],
    )]);
    let size = shop.ledger_size();
    for length in (0..whole.len() - 1).step_by(17) {
        let refusal = shop.import(&whole[..length]).unwrap_err();
        assert_eq!(refusal.class, Class::Invalid, "{refusal}");
        assert!(
            refusal.what.contains("at byte") && refusal.what.contains("nothing was recorded"),
            "{refusal}"
        );
    }
    assert_eq!(shop.ledger_size(), size);
    assert!(shop.import(&whole).is_ok());
}

#[test]
fn a_finding_goes_only_when_the_same_check_reached_the_host_again() {
    let gone = |host: ScannedHost| -> (Vec<String>, u64) {
        let shop = Shop::open();
        let web = shop.asset("web01");
        shop.asset("db01");
        let items = vec![
            local(1, "CVE-2026-0001", "openssl", "1.0-1", "1.1-1"),
            remote(2, "CVE-2026-0002"),
        ];
        shop.import(&report(&[scanned("web01", "2026-11-20T07:00:00Z", items)]))
            .unwrap();
        let import = shop.import(&report(&[host])).unwrap();
        shop.house.assert_sound();
        (shop.states(web), import.scan.counts.not_reached)
    };
    let families = || vec![informs(LOCAL), informs(REMOTE)];
    let later = |items| scanned("web01", "2026-11-21T07:00:00Z", items);
    let both = ["CVE-2026-0001 open", "CVE-2026-0002 open"];
    let neither = ["CVE-2026-0001 remediated", "CVE-2026-0002 remediated"];
    let rows: [(&str, ScannedHost, [&str; 2], u64); 7] = [
        ("a whole scan", later(families()), neither, 0),
        (
            "another host",
            scanned("db01", "2026-11-21T07:00:00Z", families()),
            both,
            2,
        ),
        (
            "not ended",
            ScannedHost {
                ended: None,
                ..later(families())
            },
            both,
            2,
        ),
        (
            "not signed in",
            ScannedHost {
                is_credentialed: false,
                ..later(families())
            },
            ["CVE-2026-0001 open", "CVE-2026-0002 remediated"],
            1,
        ),
        (
            "only remote checks",
            later(vec![informs(REMOTE)]),
            ["CVE-2026-0001 open", "CVE-2026-0002 remediated"],
            1,
        ),
        ("no checks at all", later(Vec::new()), both, 2),
        (
            "an older scan",
            scanned("web01", "2026-11-19T07:00:00Z", families()),
            both,
            2,
        ),
    ];
    for (what, host, states, not_reached) in rows {
        let (found, missed) = gone(host);
        assert_eq!(found, states, "{what}");
        assert_eq!(missed, not_reached, "{what}");
    }
}

#[test]
fn a_finding_that_comes_back_keeps_its_history_and_is_due_from_its_return() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    let shown = |day: u8| {
        scanned(
            "web01",
            &format!("2026-11-{day:02}T07:00:00Z"),
            vec![remote(2, "CVE-2026-0002")],
        )
    };
    let clean = scanned("web01", "2026-11-15T07:00:00Z", vec![informs(REMOTE)]);
    for host in [shown(10), clean, shown(20)] {
        shop.import(&report(&[host])).unwrap();
    }
    let finding = &shop.findings(web)[0];
    assert_eq!((finding.state, finding.reopened_count), (State::Reopened, 1));
    assert_eq!(finding.identified_at, at("2026-11-10T07:00:00Z"));
    assert_eq!(finding.reopened_at, Some(at("2026-11-20T07:00:00Z")));
    let shown = findings::show(&shop.house.organisation, &shop.tina, finding.id).unwrap();
    let words: Vec<&str> = shown.history.iter().map(|row| row.what.as_str()).collect();
    assert_eq!(words, ["opened", "remediated", "reopened"]);
    assert_eq!(shown.ranked.due.unwrap().counted_from, at("2026-11-20T07:00:00Z"));
}

#[test]
fn two_plugins_and_an_advisory_that_name_one_cve_of_one_package_are_one_finding() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    shop.collect(web, &state(&[("libssl3", "openssl", "1.0-1")]));
    shop.advisory(&osv("DSA-1", &["CVE-2026-0001"], "openssl", "1.1-1"));
    shop.compare(web);
    let items = vec![
        local(1, "CVE-2026-0001", "libssl3", "1.0-1", "1.1-1"),
        ScannedItem {
            output: String::new(),
            ..local(7, "CVE-2026-0001", "x", "1", "2")
        },
    ];
    shop.house.wait(Span::hours(2));
    let import = shop
        .import(&report(&[scanned("web01", "2026-11-22T09:00:00Z", items)]))
        .unwrap();
    assert_eq!(
        (import.scan.counts.opened, import.scan.counts.still_there),
        (0, 1)
    );
    let findings = shop.findings(web);
    let checks: Vec<String> = findings[0]
        .checks
        .iter()
        .map(|check| check.sighting.check.to_string())
        .collect();
    assert_eq!(
        (findings.len(), checks.as_slice()),
        (
            1,
            ["nessus:1", "nessus:7", "osv:DSA-1"].map(String::from).as_slice()
        )
    );
}

#[test]
fn the_scanner_first_and_the_advisory_later_are_one_finding_as_well() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    let items = vec![local(1, "CVE-2026-0001", "libssl3", "1.0-1", "1.1-1")];
    shop.import(&report(&[scanned("web01", "2026-11-22T07:00:00Z", items)]))
        .unwrap();
    shop.collect(web, &state(&[("libssl3", "openssl", "1.0-1")]));
    shop.advisory(&osv("DSA-1", &["CVE-2026-0001"], "openssl", "1.1-1"));
    let outcome = shop.compare(web);
    assert_eq!((outcome.counts.opened, outcome.counts.still_there), (0, 1));
    assert_eq!(shop.findings(web).len(), 1);
}

#[test]
fn a_collection_that_shows_the_wanted_version_proves_a_local_check_of_the_scanner_as_well() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    let items = vec![
        local(1, "CVE-2026-0001", "openssl", "1.0-1", "1.1-1"),
        remote(2, "CVE-2026-0002"),
    ];
    shop.import(&report(&[scanned("web01", "2026-11-22T07:00:00Z", items)]))
        .unwrap();
    shop.collect(web, &state(&[("openssl", "openssl", "1.0-1")]));
    shop.compare(web);
    assert_eq!(shop.states(web), ["CVE-2026-0001 open", "CVE-2026-0002 open"]);
    shop.house.wait(Span::hours(1));
    shop.collect(web, &state(&[("openssl", "openssl", "1.1-1")]));
    shop.compare(web);
    assert_eq!(
        shop.states(web),
        ["CVE-2026-0001 remediated", "CVE-2026-0002 open"]
    );
    shop.house.assert_sound();
}

#[test]
fn titles_and_severities_may_change_without_a_new_finding() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    let host = |day: u8, title| {
        let item = ScannedItem {
            title,
            ..remote(2, "CVE-2026-0002")
        };
        scanned("web01", &format!("2026-11-{day}T07:00:00Z"), vec![item])
    };
    shop.import(&report(&[host(10, "old words")])).unwrap();
    shop.import(&report(&[host(11, "new words")])).unwrap();
    let findings = shop.findings(web);
    assert_eq!((findings.len(), findings[0].title()), (1, "new words"));
    assert_eq!(findings[0].identified_at, at("2026-11-10T07:00:00Z"));
}

#[test]
fn a_change_takes_findings_and_lets_go_of_what_it_did_not_mend() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    let items = vec![remote(1, "CVE-2026-0001"), remote(2, "CVE-2026-0002")];
    shop.import(&report(&[scanned("web01", "2026-11-10T07:00:00Z", items)]))
        .unwrap();
    let (first, second) = (FindingId::from_number(1), FindingId::from_number(2));
    let change = |text| Subject::parse(text).unwrap();
    let organisation = &shop.house.organisation;
    let by = By::from(&shop.tina);
    let mut tx = organisation.begin("stories.ticket").unwrap();
    findings::mark_ticketed(&mut tx, &by, &[first, second, first], change("CHG-0001")).unwrap();
    let refused = findings::mark_ticketed(&mut tx, &by, &[first], change("CHG-0002")).unwrap_err();
    assert!(
        refused.to_string().contains("is to be mended by CHG-0001"),
        "{refused}"
    );
    tx.commit().unwrap();
    assert_eq!(
        shop.states(web),
        ["CVE-2026-0001 ticketed", "CVE-2026-0002 ticketed"]
    );
    let since = at("2026-11-10T12:00:00Z");
    let rescan = |id| {
        organisation
            .view(|view| findings::rescan_of(view, id, since))
            .unwrap()
    };
    assert_eq!(rescan(first), Rescan::NotReached);
    shop.import(&report(&[scanned(
        "web01",
        "2026-11-11T07:00:00Z",
        vec![remote(2, "CVE-2026-0002")],
    )]))
    .unwrap();
    assert_eq!(
        (rescan(first), rescan(second)),
        (Rescan::Gone, Rescan::StillThere)
    );
    let mut tx = organisation.begin("stories.release").unwrap();
    findings::release(&mut tx, &by, &change("CHG-0001")).unwrap();
    tx.commit().unwrap();
    assert_eq!(
        shop.states(web),
        ["CVE-2026-0001 remediated", "CVE-2026-0002 open"]
    );
    shop.house.assert_sound();
}

#[test]
fn what_to_mend_first_comes_with_its_reasons() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    let items = vec![remote(1, "CVE-2026-0001"), remote(2, "CVE-2026-0002")];
    shop.import(&report(&[scanned("web01", "2026-11-22T07:00:00Z", items)]))
        .unwrap();
    let kev = r#"{"catalogVersion":"2026.11.21","vulnerabilities":[{"cveID":"CVE-2026-0002","dateAdded":"2026-11-20"}]}"#;
    let name = evidence::EvidenceName::parse("kev.json").unwrap();
    let organisation = &shop.house.organisation;
    findings::load_exploited(organisation, &shop.tina, kev.as_bytes(), &name).unwrap();
    let ranked = findings::priorities(organisation, &shop.tina, &findings::Filter::default(), 10).unwrap();
    assert_eq!(ranked[0].finding.vulnerability.to_string(), "CVE-2026-0002");
    let reasons: Vec<&str> = ranked[0]
        .priority
        .reasons
        .iter()
        .map(|(_, why)| why.as_str())
        .collect();
    assert!(
        reasons.contains(&"known to be exploited") && reasons.contains(&"the asset faces the internet"),
        "{reasons:?}"
    );
    let filter = findings::Filter {
        asset: Some(web),
        ..Default::default()
    };
    let listed = findings::list(
        organisation,
        &shop.tina,
        &filter,
        Some(FindingId::from_number(1)),
        10,
    )
    .unwrap();
    assert_eq!(listed.len(), 1);
    let due = listed[0].due.as_ref().unwrap();
    assert_eq!(
        due.at.since(due.counted_from),
        Span::hours(48),
        "what is exploited has 48 hours by the shipped policy"
    );
}

#[test]
fn only_some_roles_may_import_and_a_refusal_leaves_nothing() {
    let mut shop = Shop::open();
    shop.tina = shop.house.person("rita", &[basis::Role::Requester]);
    let refusal = shop.import(&report(&[])).unwrap_err();
    assert_eq!(refusal.class, Class::Forbidden);
    assert_eq!(shop.house.organisation.vault().names().unwrap(), []);
}

/// Which of four vulnerabilities a scan shows.
fn shows(day: i64, shown: u8) -> ScannedHost {
    let cves = ["CVE-2026-0000", "CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003"];
    let items = cves.iter().enumerate().filter(|(bit, _)| shown >> bit & 1 == 1);
    let mut items: Vec<ScannedItem> = items.map(|(bit, cve)| remote(bit as u32 + 1, cve)).collect();
    items.push(informs(REMOTE));
    let ended = at("2026-10-01T00:00:00Z") + Span::days(day);
    ScannedHost {
        ended: Some(ended),
        ..scanned("web01", "2026-10-01T00:00:00Z", items)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn after_any_scans_in_order_exactly_what_the_last_one_shows_is_left(scans in prop::collection::vec(0u8..16, 1..5)) {
        let shop = Shop::open();
        let web = shop.asset("web01");
        let mut before = 0u8;
        let mut ever = 0u8;
        for (day, shown) in scans.iter().enumerate() {
            let file = report(&[shows(day as i64, *shown)]);
            let counts = shop.import(&file).unwrap().scan.counts;
            prop_assert_eq!(counts.opened, u64::from((shown & !ever).count_ones()));
            prop_assert_eq!(counts.still_there, u64::from((shown & before).count_ones()));
            prop_assert_eq!(counts.reopened, u64::from((shown & !before & ever).count_ones()));
            prop_assert_eq!(counts.remediated, u64::from((before & !shown).count_ones()));
            prop_assert!(shop.import(&file).unwrap().was_known);
            before = *shown;
            ever |= shown;
        }
        let findings = shop.findings(web);
        prop_assert_eq!(findings.len() as u32, ever.count_ones());
        for finding in &findings {
            let CheckKey::Nessus(plugin) = finding.checks[0].sighting.check else { unreachable!() };
            prop_assert_eq!(finding.state.is_open(), before >> (plugin - 1) & 1 == 1);
        }
    }

    #[test]
    fn an_older_scan_imported_late_changes_nothing(newer in 0u8..16, older in 0u8..16) {
        let shop = Shop::open();
        let web = shop.asset("web01");
        shop.import(&report(&[shows(5, newer)])).unwrap();
        let states = shop.states(web);
        let counts = shop.import(&report(&[shows(4, older)])).unwrap().scan.counts;
        prop_assert_eq!(counts.opened + counts.remediated + counts.reopened, 0);
        prop_assert_eq!(shop.states(web), states);
    }
}
