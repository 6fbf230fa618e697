use basis::{Id, Subject};
use policy::ChangeType;
use proptest::prelude::*;

use super::super::parts::{Hours, PlanRef};
use super::*;

fn asked() -> Asked {
    Asked {
        origin: "example.org/firm".to_owned(),
        change: ChangeId::from_number(1),
        revision: 1,
        requester: Named {
            id: "PER-0002".to_owned(),
            words: "Anna".to_owned(),
        },
        authors: Vec::new(),
        assets: vec![Named {
            id: "AST-0001".to_owned(),
            words: "web01, holds CUI".to_owned(),
        }],
        findings: Vec::new(),
        executors: Vec::new(),
        evidence: vec!["5.1: packages before, for AST-0001".to_owned()],
        policy_version: 1,
        look: None,
        worked: Vec::new(),
        work_began_at: None,
    }
}

fn parts() -> Parts {
    let mut parts = Parts::titled("Monthly updates", ChangeType::Normal);
    parts.reason = Some("Known flaws.\nAll of them.".to_owned());
    parts.assets = vec![Subject::parse("AST-0001").unwrap()];
    parts.window = Some(Hours {
        from: Time::parse("2026-11-28T18:00:00Z").unwrap(),
        until: Time::parse("2026-11-28T20:00:00Z").unwrap(),
    });
    parts.plan = Some(PlanRef {
        digest: "ab".repeat(32),
        text: "ring 1\n  openssl=3.0.2".to_owned(),
    });
    parts
}

#[test]
fn the_text_reads_from_top_to_bottom() {
    let text = canonical_text(&asked(), &parts());
    let start = "Change request\n  change: CHG-0001\n  revision: 1\n  organisation: example.org/firm\n  \
                 title: Monthly updates\n  type: normal\n  requested by: PER-0002 Anna\n  policy: version 1\n\n\
                 Reason\n    Known flaws.\n    All of them.\n\nAssets\n  - AST-0001 web01, holds CUI\n";
    assert!(text.starts_with(start), "{text}");
    let window = "Window\n    2026-11-28T18:00:00.000Z until 2026-11-28T20:00:00.000Z\n";
    assert!(text.contains(window), "{text}");
    let end = format!(
        "Plan\n  sha256: {}\n    ring 1\n      openssl=3.0.2\n",
        "ab".repeat(32)
    );
    assert!(text.ends_with(&end), "{text}");
}

#[test]
fn hidden_characters_are_spelled_out() {
    assert_eq!(visible("a\u{202e}b\tc\u{200b}"), "a<U+202E>b<U+0009>c<U+200B>");
}

#[test]
fn a_long_line_is_broken_at_a_space_and_a_long_word_in_its_middle() {
    assert_eq!(broken("aaa bbb ccc", 7), ["aaa", "bbb ccc"]);
    assert_eq!(broken("aaaaaaaaaa", 4), ["aaaa", "aaaa", "aa"]);
    assert_eq!(broken("aaaa", 4), ["aaaa"]);
}

proptest! {
    #[test]
    fn nothing_that_people_write_reaches_the_margin(
        title in "[^\\p{Cc}]{1,40}", reason in any::<String>(), test_plan in any::<String>(), plan in any::<String>(),
    ) {
        let plain = canonical_text(&asked(), &parts());
        let mut other = parts();
        other.title = title;
        other.reason = Some(reason);
        other.test_plan = Some(test_plan);
        other.plan = Some(PlanRef { digest: "ab".repeat(32), text: plan });
        let text = canonical_text(&asked(), &other);
        let headings = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).map(str::to_owned).collect()
        };
        prop_assert_eq!(headings(&plain), headings(&text));
        prop_assert!(text.ends_with('\n') && !text.contains('\r'));
    }

    #[test]
    fn requests_that_differ_in_words_have_texts_that_differ(first in "[a-z .]{1,300}", second in "[a-z .]{1,300}") {
        let with = |reason: &str| {
            let mut parts = parts();
            parts.reason = Some(reason.to_owned());
            canonical_text(&asked(), &parts)
        };
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        if words(&first) != words(&second) {
            prop_assert_ne!(with(&first), with(&second));
        } else if first == second {
            prop_assert_eq!(with(&first), with(&second));
        }
    }

    #[test]
    fn breaking_keeps_every_word_and_the_limit(line in "[a-zé ]{0,400}", most in 1usize..120) {
        let pieces = broken(&line, most);
        prop_assert!(pieces.iter().all(|piece| piece.chars().count() <= most));
        let letters = |text: &str| text.chars().filter(|character| *character != ' ').collect::<String>();
        prop_assert_eq!(letters(&pieces.concat()), letters(&line));
    }
}
