//! Lists that are ranked where the rows are: they rank, filter and count as the rules do.

use assets::{AssetName, Field};
use basis::{Span, Time};
use evidence::EvidenceName;
use findings::{Clock, Filter, FindingId, Ranked, Selection, State};
use formats::nessus::generate::{self, Shape};
use policy::Severity;

use crate::house::{LOCAL, Shop, informs, local, report, scanned};

/// Two assets of different weight with many findings, of which some are exploited, one is gone and some are late.
fn shop() -> Shop {
    let shop = Shop::open();
    shop.asset("host00000");
    let fields = [
        (Field::Exposure, "isolated".to_owned()),
        (Field::Classification, "none".to_owned()),
        (Field::Criticality, "high".to_owned()),
    ];
    let name = AssetName::parse("host00001").unwrap();
    assets::register(&shop.house.organisation, &shop.tina, name, &fields).unwrap();
    let shape = Shape {
        hosts: 2,
        items_per_host: 80,
        seed: 5,
    };
    let mut file = Vec::new();
    generate::write(&mut file, &shape).unwrap();
    shop.import(&file).unwrap();
    let exploited: Vec<String> = browse(&shop, &Selection::default(), "identified")
        .iter()
        .step_by(3)
        .filter(|ranked| ranked.finding.vulnerability.to_string().starts_with("CVE"))
        .map(|ranked| {
            let cve = ranked.finding.vulnerability.to_string();
            format!(r#"{{"cveID":"{cve}","dateAdded":"2026-11-20"}}"#)
        })
        .collect();
    let mut exploited = exploited;
    exploited.sort();
    exploited.dedup();
    assert!(exploited.len() > 2);
    load_exploited(&shop, "2026.11.20", &exploited);
    // One is no longer listed.
    load_exploited(&shop, "2026.11.21", &exploited[1..]);
    let item = local(1, "CVE-2026-0001", "openssl", "1.0-1", "1.1-1");
    let fresh = report(&[scanned("host00001", "2026-11-22T07:00:00Z", vec![item])]);
    shop.import(&fresh).unwrap();
    shop
}

fn load_exploited(shop: &Shop, version: &str, entries: &[String]) {
    let text = format!(
        "{{\"catalogVersion\":\"{version}\",\"vulnerabilities\":[{}]}}",
        entries.join(",")
    );
    let name = EvidenceName::parse("kev.json").unwrap();
    findings::load_exploited(&shop.house.organisation, &shop.tina, text.as_bytes(), &name).unwrap();
}

fn browse(shop: &Shop, selection: &Selection, order: &str) -> Vec<Ranked> {
    findings::browse(&shop.house.organisation, &shop.tina, selection, order, 10_000, 0).unwrap()
}

fn ids(ranked: &[Ranked]) -> Vec<FindingId> {
    ranked.iter().map(|ranked| ranked.finding.id).collect()
}

#[test]
fn a_list_ranks_as_the_rules_do_and_parts_fit_together() {
    let shop = shop();
    let organisation = &shop.house.organisation;
    let by_rules = findings::priorities(organisation, &shop.tina, &Filter::default(), 10_000).unwrap();
    assert!(by_rules.len() > 80, "{}", by_rules.len());
    let whole = browse(&shop, &Selection::default(), "-rank");
    assert_eq!(ids(&whole), ids(&by_rules));
    let mut joined = Vec::new();
    for offset in (0..whole.len() as u64).step_by(7) {
        let part = findings::browse(
            organisation,
            &shop.tina,
            &Selection::default(),
            "-rank",
            7,
            offset,
        );
        joined.extend(ids(&part.unwrap()));
    }
    assert_eq!(joined, ids(&whole));
    shop.house.assert_sound();
}

#[test]
fn every_filter_lets_through_what_the_rules_let_through() {
    let shop = shop();
    let all = browse(&shop, &Selection::default(), "identified");
    let now = shop.house.organisation.now();
    let week = now + Span::days(7);
    let asset = all[0].finding.asset;
    let cve = all[3].finding.vulnerability.to_string();
    type Takes<'a> = Box<dyn Fn(&Ranked) -> bool + 'a>;
    let rows: Vec<(&str, Selection, Takes<'_>)> = vec![
        (
            "asset",
            Selection {
                asset: Some(asset),
                ..Selection::default()
            },
            Box::new(|ranked| ranked.finding.asset == asset),
        ),
        (
            "severity",
            Selection {
                severity: Some(Severity::High),
                ..Selection::default()
            },
            Box::new(|ranked| matches!(ranked.finding.severity(), Severity::High | Severity::Critical)),
        ),
        (
            "exploited",
            Selection {
                is_exploited: true,
                ..Selection::default()
            },
            Box::new(|ranked| ranked.exploitation == policy::Exploitation::Known),
        ),
        (
            "late",
            Selection {
                clock: Some(Clock::Late),
                ..Selection::default()
            },
            Box::new(|ranked| ranked.is_late),
        ),
        (
            "soon",
            Selection {
                clock: Some(Clock::Soon),
                ..Selection::default()
            },
            Box::new(|ranked| {
                ranked
                    .due
                    .as_ref()
                    .is_some_and(|due| due.at >= now && due.at <= week)
            }),
        ),
        (
            "unlimited",
            Selection {
                clock: Some(Clock::Unlimited),
                ..Selection::default()
            },
            Box::new(|ranked| ranked.due.is_none()),
        ),
        (
            "text",
            Selection {
                text: Some(cve.to_lowercase()),
                ..Selection::default()
            },
            Box::new(|ranked| ranked.finding.vulnerability.to_string() == cve),
        ),
        (
            "signs that mean something to a search",
            Selection {
                text: Some("%".to_owned()),
                ..Selection::default()
            },
            Box::new(|_| false),
        ),
    ];
    for (what, selection, takes) in rows {
        let expected: Vec<FindingId> = ids(&all
            .iter()
            .filter(|ranked| takes(ranked))
            .cloned()
            .collect::<Vec<_>>());
        assert_eq!(ids(&browse(&shop, &selection, "identified")), expected, "{what}");
    }
    let late = all.iter().filter(|ranked| ranked.is_late).count() as u64;
    let figures = findings::figures(&shop.house.organisation, &shop.tina).unwrap();
    assert!(late > 0 && late < all.len() as u64, "{late} of {}", all.len());
    assert_eq!(figures.due.late, late);
    let due = figures.due;
    assert_eq!(
        due.late + due.week + due.month + due.later + due.unlimited,
        all.len() as u64
    );
}

#[test]
fn what_is_mended_leaves_the_list_keeps_its_words_and_is_counted_by_the_time_it_took() {
    let shop = Shop::open();
    let asset = shop.asset("web01");
    let item = local(1, "CVE-2026-0001", "openssl", "1.0-1", "1.1-1");
    let shown = report(&[scanned(
        "web01",
        "2026-11-20T07:00:00Z",
        vec![item, informs(LOCAL)],
    )]);
    shop.import(&shown).unwrap();
    let before = browse(&shop, &Selection::default(), "due");
    assert_eq!(before.len(), 1);
    shop.import(&report(&[scanned(
        "web01",
        "2026-11-22T07:00:00Z",
        vec![informs(LOCAL)],
    )]))
    .unwrap();
    assert_eq!(shop.findings(asset)[0].state, State::Remediated);
    assert!(browse(&shop, &Selection::default(), "due").is_empty());
    let gone = Selection {
        state: Some(State::Remediated),
        severity: Some(before[0].finding.severity()),
        ..Selection::default()
    };
    assert_eq!(ids(&browse(&shop, &gone, "-due")), ids(&before));
    let figures = findings::figures(&shop.house.organisation, &shop.tina).unwrap();
    assert_eq!((figures.fixed.day, figures.fixed.week), (0, 1));
    assert!(figures.at >= Time::parse("2026-11-22T00:00:00Z").unwrap());
    shop.house.assert_sound();
}
