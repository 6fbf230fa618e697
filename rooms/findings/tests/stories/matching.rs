//! What comparing packages with advisories leads to.

use basis::{Class, Span};
use findings::State;
use hosts::{Learned, OldService};

use crate::house::{Shop, osv, state};

#[test]
fn a_package_below_the_fix_opens_a_finding_for_each_cve_and_the_fix_closes_them() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    shop.collect(
        web,
        &state(&[("libssl3", "openssl", "1.0-1"), ("bash", "bash", "5.2-1")]),
    );
    shop.advisory(&osv(
        "DSA-1",
        &["CVE-2026-0001", "CVE-2026-0002"],
        "openssl",
        "1.1-1",
    ));
    let outcome = shop.compare(web);
    assert_eq!((outcome.counts.opened, outcome.advisories), (2, 1));
    let finding = &shop.findings(web)[0];
    let versions = (
        finding.package(),
        finding.installed_version(),
        finding.fixed_version(),
    );
    assert_eq!(versions, (Some("openssl"), Some("1.0-1"), Some("1.1-1")));
    assert_eq!(finding.severity(), policy::Severity::Critical);
    shop.house.wait(Span::hours(1));
    shop.collect(web, &state(&[("libssl3", "openssl", "1.1-1")]));
    assert_eq!(shop.compare(web).counts.remediated, 2);
    assert_eq!(
        shop.states(web),
        ["CVE-2026-0001 remediated", "CVE-2026-0002 remediated"]
    );
    shop.house.assert_sound();
}

#[test]
fn a_bump_from_one_vulnerable_version_to_another_does_not_reset_the_clock() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    shop.advisory(&osv("DSA-1", &["CVE-2026-0001"], "openssl", "2.0-1"));
    shop.collect(web, &state(&[("libssl3", "openssl", "1.0-1")]));
    shop.compare(web);
    let first = shop.findings(web).remove(0);
    shop.house.wait(Span::days(3));
    shop.collect(web, &state(&[("libssl3", "openssl", "1.5-1")]));
    assert_eq!(shop.compare(web).counts.still_there, 1);
    let second = shop.findings(web).remove(0);
    assert_eq!(
        (second.id, second.identified_at, second.state),
        (first.id, first.identified_at, State::Open)
    );
    assert_eq!(second.installed_version(), Some("1.5-1"));
}

#[test]
fn what_is_mended_on_disk_waits_until_it_runs() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    shop.advisory(&osv("DSA-1", &["CVE-2026-0001"], "openssl", "1.1-1"));
    shop.collect(web, &state(&[("libssl3", "openssl", "1.0-1")]));
    shop.compare(web);
    shop.house.wait(Span::hours(1));
    let mut mended = state(&[("libssl3", "openssl", "1.1-1")]);
    mended.old_services = Learned::Known(vec![OldService {
        unit: "nginx.service".to_owned(),
    }]);
    shop.collect(web, &mended);
    assert_eq!(shop.compare(web).counts.pending_restart, 1);
    let finding = shop.findings(web).remove(0);
    assert_eq!(finding.state, State::PendingRestart);
    assert!(finding.pending.contains("nginx.service"), "{}", finding.pending);
    shop.house.wait(Span::hours(1));
    mended.old_services = Learned::Known(Vec::new());
    shop.collect(web, &mended);
    assert_eq!(shop.compare(web).counts.remediated, 1);
    shop.house.assert_sound();
}

#[test]
fn comparing_the_same_again_records_nothing_and_a_new_advisory_is_compared() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    shop.collect(web, &state(&[("libssl3", "openssl", "1.0-1")]));
    shop.advisory(&osv("DSA-1", &["CVE-2026-0001"], "openssl", "1.1-1"));
    assert!(shop.compare(web).is_recorded);
    let size = shop.ledger_size();
    assert!(!shop.compare(web).is_recorded);
    assert_eq!(shop.ledger_size(), size);
    shop.advisory(&osv("DSA-2", &["CVE-2026-0002"], "openssl", "1.2-1"));
    let outcome = shop.compare(web);
    assert_eq!(
        (
            outcome.is_recorded,
            outcome.counts.opened,
            outcome.counts.still_there
        ),
        (true, 1, 1)
    );
}

#[test]
fn an_asset_that_was_never_collected_is_refused_with_the_way_out() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    let organisation = &shop.house.organisation;
    let refusal = findings::match_assets(organisation, &shop.tina, Some(vec![web])).unwrap_err();
    assert_eq!(refusal.class, Class::Conflict);
    assert!(
        refusal.way_out[0].contains("tagout asset collect AST-0001"),
        "{refusal}"
    );
    assert_eq!(
        findings::match_assets(organisation, &shop.tina, None),
        Ok(Vec::new())
    );
}

#[test]
fn an_advisory_that_is_withdrawn_closes_what_it_opened_and_one_that_says_nothing_does_not() {
    let shop = Shop::open();
    let web = shop.asset("web01");
    shop.collect(
        web,
        &state(&[("libssl3", "openssl", "1.0-1"), ("bash", "bash", "5.2-1")]),
    );
    shop.advisory(&osv("DSA-1", &["CVE-2026-0001"], "openssl", "1.1-1"));
    shop.advisory(&osv("DSA-2", &["CVE-2026-0002"], "bash", "5.3-1"));
    shop.compare(web);
    let withdrawn = osv("DSA-1", &["CVE-2026-0001"], "openssl", "1.1-1").replacen(
        "\"modified\":\"2026-11-01",
        "\"withdrawn\":\"2026-11-20T00:00:00Z\",\"modified\":\"2026-11-20",
        1,
    );
    shop.advisory(&withdrawn);
    shop.advisory(r#"{"id":"DSA-2","modified":"2026-11-20T00:00:00Z","affected":[]}"#);
    let outcome = shop.compare(web);
    assert_eq!((outcome.counts.remediated, outcome.counts.not_reached), (1, 1));
    let mut states = shop.states(web);
    states.sort();
    assert_eq!(states, ["CVE-2026-0001 remediated", "CVE-2026-0002 open"]);
}
