//! Lead time and length of windows.

use std::collections::BTreeSet;

use basis::Span;
use policy::*;

use crate::house::*;

fn scheduling(change_type: ChangeType, ahead: Span, length: Span) -> ScheduleFacts {
    let now = time("2026-11-22T09:30:30Z");
    ScheduleFacts {
        change: change(change_type, Classification::None),
        parts_present: BTreeSet::new(),
        window: Window {
            from: now + ahead,
            until: now + ahead + length,
        },
        submitted_at: now - Span::hours(48),
        approved_at: now - Span::hours(24),
        now,
    }
}

#[test]
fn a_window_needs_its_lead_time_to_the_millisecond() {
    let policy = default_policy();
    let (limit, hour) = (Span::hours(72), Span::hours(1));
    let before = Span::milliseconds(limit.as_ms() - 1);
    for change_type in [ChangeType::Standard, ChangeType::Normal] {
        assert!(
            policy
                .may_schedule(&scheduling(change_type, limit, hour))
                .is_yes()
        );
        assert_eq!(
            broken(&policy.may_schedule(&scheduling(change_type, before, hour))),
            ["3.1"]
        );
    }
    assert!(
        policy
            .may_schedule(&scheduling(ChangeType::Emergency, Span::seconds(-5), hour))
            .is_yes()
    );
}

#[test]
fn lead_time_counts_from_where_the_policy_says() {
    for (start, hours) in [("submission", 24), ("approval", 48), ("scheduling", 72)] {
        let policy = default_policy_with(
            "counted_from = \"scheduling\"",
            &format!("counted_from = \"{start}\""),
        );
        let hour = Span::hours(1);
        assert!(
            policy
                .may_schedule(&scheduling(ChangeType::Normal, Span::hours(hours), hour))
                .is_yes(),
            "{start}"
        );
        let early = scheduling(ChangeType::Normal, Span::minutes(hours * 60 - 1), hour);
        assert!(!policy.may_schedule(&early).is_yes(), "{start}");
        assert_eq!(policy.earliest_start(&early), early.now + Span::hours(hours));
    }
}

#[test]
fn a_window_may_last_as_long_as_the_limit_and_no_longer() {
    let policy = default_policy();
    let (ahead, limit) = (Span::hours(72), Span::hours(8));
    let longer = Span::milliseconds(limit.as_ms() + 1);
    assert!(
        policy
            .may_schedule(&scheduling(ChangeType::Normal, ahead, limit))
            .is_yes()
    );
    assert_eq!(
        broken(&policy.may_schedule(&scheduling(ChangeType::Normal, ahead, longer))),
        ["3.2"]
    );
    assert!(
        !policy
            .may_schedule(&scheduling(ChangeType::Normal, ahead, Span::hours(0)))
            .is_yes()
    );
    assert!(
        !policy
            .may_schedule(&scheduling(ChangeType::Normal, ahead, Span::hours(-1)))
            .is_yes()
    );
    assert!(
        !policy
            .may_schedule(&scheduling(
                ChangeType::Emergency,
                Span::hours(-2),
                Span::hours(1)
            ))
            .is_yes()
    );
}

#[test]
fn a_window_refused_comes_with_the_first_minute_that_would_do() {
    let facts = scheduling(ChangeType::Normal, Span::hours(5), Span::minutes(481));
    insta::assert_snapshot!(told(&default_policy().may_schedule(&facts)));
}

#[test]
fn parts_may_be_asked_for_only_when_the_window_is_set() {
    let policy = default_policy_with(
        "at = \"submit\"\nparts = [\"plan\"]",
        "at = \"schedule\"\nparts = [\"plan\"]",
    );
    let mut facts = scheduling(ChangeType::Normal, Span::hours(72), Span::hours(1));
    facts.change = change(ChangeType::Normal, Classification::Cui);
    assert_eq!(broken(&policy.may_schedule(&facts)), ["1.3"]);
    facts.parts_present.insert(Part::Plan);
    assert!(policy.may_schedule(&facts).is_yes());
}

#[test]
fn a_window_that_ends_before_its_notice_or_before_now_is_not_worth_asking_for() {
    let policy = default_policy();
    let now = time("2026-11-22T09:30:30Z");
    let asked = |change_type: ChangeType, from: Span, until: Span| {
        let window = Window {
            from: now + from,
            until: now + until,
        };
        policy.may_ask_for_window(&change(change_type, Classification::None), window, now)
    };
    let (soon, notice) = (Span::hours(71), Span::hours(72));
    let later = Span::milliseconds(notice.as_ms() + 1);
    assert_eq!(broken(&asked(ChangeType::Normal, soon, notice)), ["3.1"]);
    assert!(
        asked(ChangeType::Normal, soon, later).is_yes(),
        "a narrower one can be set"
    );
    assert!(asked(ChangeType::Emergency, soon, notice).is_yes());
    let past = (Span::hours(-3), Span::hours(0));
    assert_eq!(broken(&asked(ChangeType::Emergency, past.0, past.1)), ["3.2"]);
    assert_eq!(broken(&asked(ChangeType::Normal, past.0, past.1)), ["3.1", "3.2"]);
    let told = told(&asked(ChangeType::Normal, soon, notice));
    assert!(
        told.contains(
            "starts at 2026-11-25 09:31 UTC or later: `tagout change edit CHG-0001 --from TIME --until TIME`"
        ),
        "{told}"
    );
}

#[test]
fn a_window_longer_than_the_limit_is_not_asked_for_and_the_limits_are_told_beforehand() {
    let policy = default_policy();
    let limit = Span::hours(8);
    let longer = Span::milliseconds(limit.as_ms() + 1);
    for change_type in [ChangeType::Normal, ChangeType::Emergency] {
        let asked = |length| {
            let facts = scheduling(change_type, Span::hours(72), length);
            policy.may_ask_for_window(&facts.change, facts.window, facts.now)
        };
        assert!(asked(limit).is_yes());
        assert_eq!(broken(&asked(longer)), ["3.2"]);
        let told = told(&asked(Span::hours(9)));
        assert!(
            told.contains("a window of at most 8 hours; this one lasts 9 hours")
                && told.contains("`tagout change edit CHG-0001 --from TIME --until TIME`"),
            "{told}"
        );
    }
    let limits = |change_type| policy.window_limits(&scheduling(change_type, limit, limit));
    assert_eq!(
        limits(ChangeType::Normal),
        [
            "it begins at 2026-11-25 09:31 UTC or later (paragraph 3.1)",
            "it lasts at most 8 hours (paragraph 3.2)",
        ]
    );
    assert_eq!(
        limits(ChangeType::Emergency),
        ["it lasts at most 8 hours (paragraph 3.2)"]
    );
}
