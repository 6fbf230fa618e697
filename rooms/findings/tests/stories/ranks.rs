//! The rank that is kept is the rank that the rules reckon, whatever happened to findings, assets and policy.

use std::cmp::Reverse;

use assets::{AssetId, Field};
use basis::{Authentication, Id, Span, Subject, Time};
use evidence::EvidenceName;
use findings::{Clock, Filter, FindingId, Ranked, Selection, State};
use formats::nessus::generate::{self, Shape};
use policy::Severity;
use proptest::prelude::*;
use storage::By;

use crate::house::Shop;

const HOSTS: u32 = 3;

/// Something that may move a rank.
#[derive(Debug, Clone)]
enum Happening {
    /// A scan that sees these findings and no others.
    Scan { seed: u64, items: u32 },
    /// The asset's field gets this word.
    Edit {
        asset: u32,
        field: Field,
        word: &'static str,
    },
    /// The list of exploited vulnerabilities names every nth of those that were found.
    Exploited { nth: usize },
    /// This policy comes into force.
    Policy(usize),
    /// Days go by.
    Days(i64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let edit = |field, words: &'static [&'static str]| {
        (0..HOSTS, prop::sample::select(words)).prop_map(move |(asset, word)| Happening::Edit {
            asset,
            field,
            word,
        })
    };
    prop_oneof![
        (0u64..4, 5u32..40).prop_map(|(seed, items)| Happening::Scan { seed, items }),
        edit(Field::Exposure, &["internet_facing", "internal", "isolated"]),
        edit(Field::Classification, &["cui", "fci", "none"]),
        edit(Field::Criticality, &["high", "medium", "low"]),
        edit(Field::Name, &["aardvark", "host00001", "zebra"]),
        (1usize..5).prop_map(|nth| Happening::Exploited { nth }),
        (0usize..4).prop_map(Happening::Policy),
        (1i64..40).prop_map(Happening::Days),
    ]
}

/// The shipped policy with other deadlines; the last one has none for medium and low.
fn document(number: usize) -> String {
    let text = policy::DEFAULT_POLICY;
    let within = r#"{ critical = "72 hours", high = "14 days", medium = "30 days", low = "30 days" }"#;
    let rest = ", the rest in the monthly cycle, which is {correct_within.medium} for medium ones and {correct_within.low} for low ones";
    assert!(text.contains(within) && text.contains(rest));
    match number {
        0 => text.to_owned(),
        1 => text.replace(
            "known_exploited = \"48 hours\"",
            "known_exploited = \"400 hours\"",
        ),
        2 => text.replace("counted_from = \"release\"", "counted_from = \"discovery\""),
        _ => text
            .replace(rest, "")
            .replace(within, r#"{ critical = "1 hours", high = "45 days" }"#),
    }
}

fn adopt(shop: &Shop, number: usize) {
    let organisation = &shop.house.organisation;
    let text = document(number);
    let acts = policy::Policy::parse(&text).unwrap();
    let acts: Vec<&str> = acts.authority().rows().map(|(act, _)| act).collect();
    let by = By {
        person: shop.tina.person,
        authentication: Authentication::Setup,
        behalf: None,
        cause: None,
    };
    let mut tx = organisation.begin("stories.adopt").unwrap();
    let change = Subject::parse("CHG-0001").unwrap();
    policy::adopt(&mut tx, &by, &text, change, &acts).unwrap();
    tx.commit().unwrap();
}

fn happen(shop: &Shop, happening: &Happening) {
    let organisation = &shop.house.organisation;
    match happening {
        Happening::Scan { seed, items } => {
            let shape = Shape {
                hosts: HOSTS,
                items_per_host: *items,
                seed: *seed,
            };
            let mut file = Vec::new();
            generate::write(&mut file, &shape).unwrap();
            shop.import(&file).unwrap();
        }
        Happening::Edit { asset, field, word } => {
            // A hostname that is taken is refused: then nothing moved.
            let id = AssetId::from_number(u64::from(*asset) + 1);
            let _ = assets::edit(organisation, &shop.tina, id, &[(*field, (*word).to_owned())]);
        }
        Happening::Exploited { nth } => {
            let listed = findings::list(organisation, &shop.tina, &Filter::default(), None, usize::MAX);
            let mut cves: Vec<String> = listed
                .unwrap()
                .iter()
                .step_by(*nth)
                .map(|ranked| ranked.finding.vulnerability.to_string())
                .filter(|name| name.starts_with("CVE"))
                .map(|cve| format!(r#"{{"cveID":"{cve}","dateAdded":"2026-11-20"}}"#))
                .collect();
            cves.sort();
            cves.dedup();
            let version = format!("{nth}.{}", organisation.now().as_ms());
            let text = format!(
                r#"{{"catalogVersion":"{version}","vulnerabilities":[{}]}}"#,
                cves.join(",")
            );
            let name = EvidenceName::parse("kev.json").unwrap();
            let _ = findings::load_exploited(organisation, &shop.tina, text.as_bytes(), &name);
        }
        Happening::Policy(number) => adopt(shop, *number),
        Happening::Days(days) => shop.house.wait(Span::days(*days)),
    }
}

/// Every finding in this state as the rules rank it.
fn reckoned(shop: &Shop, state: Option<State>) -> Vec<Ranked> {
    let filter = Filter {
        state,
        ..Filter::default()
    };
    findings::list(&shop.house.organisation, &shop.tina, &filter, None, usize::MAX).unwrap()
}

fn sort(list: &mut [Ranked], order: &str) {
    let due = |ranked: &Ranked| ranked.due.as_ref().map_or(i64::MAX, |due| due.at.as_ms());
    let last_due = |ranked: &Ranked| Reverse(ranked.due.as_ref().map_or(0, |due| due.at.as_ms()));
    list.sort_by_key(|ranked| (Reverse(ranked.priority.points), ranked.finding.id));
    match order {
        "rank" => list.sort_by_key(|ranked| ranked.priority.points),
        "due" => list.sort_by_key(due),
        "-due" => list.sort_by_key(last_due),
        "identified" => list.sort_by_key(|ranked| ranked.finding.identified_at),
        "-identified" => list.sort_by_key(|ranked| Reverse(ranked.finding.identified_at)),
        "asset" => list.sort_by_key(|ranked| ranked.asset_name.clone()),
        "-asset" => list.sort_by_key(|ranked| Reverse(ranked.asset_name.clone())),
        _ => {}
    }
}

fn ids<'a>(list: impl IntoIterator<Item = &'a Ranked>) -> Vec<FindingId> {
    list.into_iter().map(|ranked| ranked.finding.id).collect()
}

type Takes = Box<dyn Fn(&Ranked) -> bool>;

/// Ways to narrow a list, each with the rule that says the same.
fn selections(shop: &Shop) -> Vec<(Selection, Takes)> {
    let now = shop.house.organisation.now();
    let week = now + Span::days(7);
    let all = Selection::default;
    let asset = AssetId::from_number(2);
    let clock = |clock| Selection {
        clock: Some(clock),
        ..all()
    };
    let text = |text: &str| Selection {
        text: Some(text.to_owned()),
        ..all()
    };
    let contains = |text: &'static str| -> Takes {
        Box::new(move |ranked| {
            let finding = &ranked.finding;
            let all = [
                finding.vulnerability.to_string(),
                finding.title().to_owned(),
                finding.location.to_string(),
                ranked.asset_name.clone(),
            ];
            all.iter().any(|said| said.to_ascii_lowercase().contains(text))
        })
    };
    vec![
        (all(), Box::new(|_| true)),
        (
            Selection {
                asset: Some(asset),
                ..all()
            },
            Box::new(move |ranked| ranked.finding.asset == asset),
        ),
        (
            Selection {
                severity: Some(Severity::High),
                is_exploited: true,
                ..all()
            },
            Box::new(|ranked| {
                matches!(ranked.finding.severity(), Severity::High | Severity::Critical)
                    && ranked.exploitation == policy::Exploitation::Known
            }),
        ),
        (clock(Clock::Late), Box::new(|ranked| ranked.is_late)),
        (
            clock(Clock::Soon),
            Box::new(move |ranked| {
                let due = ranked.due.as_ref();
                due.is_some_and(|due| due.at >= now && due.at <= week)
            }),
        ),
        (clock(Clock::Unlimited), Box::new(|ranked| ranked.due.is_none())),
        (
            Selection {
                due_before: Some(week),
                ..all()
            },
            Box::new(move |ranked| ranked.due.as_ref().is_some_and(|due| due.at < week)),
        ),
        (text("AARD"), contains("aard")),
        (text("cve-20"), contains("cve-20")),
        (text("1"), contains("1")),
    ]
}

/// What is counted once and remembered is what is there now.
fn assert_figures_are_of_now(shop: &Shop) {
    let figures = findings::figures(&shop.house.organisation, &shop.tina).unwrap();
    let due = figures.due;
    let open = reckoned(shop, None);
    let late = open.iter().filter(|ranked| ranked.is_late).count() as u64;
    let unlimited = open.iter().filter(|ranked| ranked.due.is_none()).count() as u64;
    let counted = due.late + due.week + due.month + due.later + due.unlimited;
    assert_eq!(
        (due.late, due.unlimited, counted),
        (late, unlimited, open.len() as u64)
    );
    let soon = |from: i64, until: i64| {
        let within = |at: Time| at > figures.at + Span::days(from) && at <= figures.at + Span::days(until);
        let due = open.iter().filter_map(|ranked| ranked.due.as_ref());
        due.filter(|due| within(due.at)).count() as u64
    };
    assert_eq!(due.month, soon(7, 30));
    let fixed = figures.fixed;
    let corrected: Vec<(Time, Time)> = reckoned(shop, Some(State::Remediated))
        .iter()
        .filter_map(|ranked| {
            let finding = &ranked.finding;
            let since = finding.reopened_at.unwrap_or(finding.identified_at);
            finding.corrected_at.map(|at| (since, at))
        })
        .filter(|(_, at)| *at >= figures.at - Span::days(365))
        .collect();
    let took = |from: i64, until: i64| {
        let within = |(since, at): &&(Time, Time)| {
            *at > *since + Span::days(from) && *at <= *since + Span::days(until)
        };
        corrected.iter().filter(within).count() as u64
    };
    let expected = [
        took(-9_999, 1),
        took(1, 7),
        took(7, 30),
        took(30, 90),
        took(90, 9_999),
    ];
    assert_eq!(
        [fixed.day, fixed.week, fixed.month, fixed.quarter, fixed.longer],
        expected
    );
}

fn assert_kept_is_reckoned(shop: &Shop) {
    let orders = [
        "-rank",
        "rank",
        "due",
        "-due",
        "identified",
        "-identified",
        "asset",
        "-asset",
    ];
    for state in [None, Some(State::Remediated), Some(State::Reopened)] {
        let whole = reckoned(shop, state);
        for (selection, takes) in selections(shop) {
            let selection = Selection { state, ..selection };
            let mut expected: Vec<Ranked> = whole.iter().filter(|ranked| takes(ranked)).cloned().collect();
            for order in orders {
                sort(&mut expected, order);
                let browse = |limit, offset| {
                    let organisation = &shop.house.organisation;
                    ids(
                        &findings::browse(organisation, &shop.tina, &selection, order, limit, offset)
                            .unwrap(),
                    )
                };
                assert_eq!(browse(100_000, 0), ids(&expected), "{selection:?} by {order}");
                let part = ids(expected.iter().skip(5).take(7));
                assert_eq!(browse(7, 5), part, "a part of {selection:?} by {order}");
                // Where so much less is wanted than there is, it is read in the order of the list; what is far in front of it is
                // counted and not read.
                for skipped in [0, 3, 60, 105, 160, 1_000] {
                    let one = ids(expected.iter().skip(skipped).take(1));
                    let found = browse(1, skipped as u64);
                    assert_eq!(found, one, "one after {skipped} of {selection:?} by {order}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 20, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_the_kept_order_is_the_one_that_the_rules_reckon(
        happenings in prop::collection::vec(happening(), 4..12),
    ) {
        let shop = Shop::open();
        for number in 0..HOSTS {
            shop.asset(&format!("host{number:05}"));
        }
        happen(&shop, &Happening::Scan { seed: 0, items: 80 });
        assert_figures_are_of_now(&shop);
        for happened in &happenings {
            happen(&shop, happened);
            assert_figures_are_of_now(&shop);
        }
        assert_kept_is_reckoned(&shop);
        shop.house.assert_sound();
    }
}
