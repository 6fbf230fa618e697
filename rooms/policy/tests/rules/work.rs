//! The gate, and the issue of permits.

use basis::{Role, Span};
use policy::*;

use crate::house::*;

#[test]
fn work_is_allowed_when_everything_is_in_place() {
    let verdict = default_policy().may_work(&work());
    assert!(verdict.is_yes(), "{}", told(&verdict));
    assert_eq!(verdict.paragraphs(), ["2.1", "2.2", "2.3", "4.1", "4.3"]);
    assert_eq!(verdict.policy_version, 7);
}

/// A way to take one thing away from [`work`], and the paragraph that must then say no.
type Lack = (&'static str, fn(&mut WorkFacts), &'static str);

const LACKS: [Lack; 28] = [
    ("no approval", |work| work.approvals.clear(), "2.1"),
    ("an approval short", |work| work.approvals.truncate(1), "2.2"),
    (
        "the key of an approval was revoked",
        |work| {
            work.approvals[0].fallen = Some(Fallen::KeyRevoked {
                key: "KEY-0002".to_owned(),
            });
        },
        "2.1",
    ),
    (
        "the clock was set back",
        |work| work.clock_behind = Some(Span::milliseconds(CLOCK_BEHIND_MAX.as_ms() + 1)),
        "4.1",
    ),
    (
        "a permit of the revision before",
        |work| work.change.revision = 2,
        "4.1",
    ),
    (
        "a permit of no known revision",
        |work| permit_of(work).revision = 0,
        "4.1",
    ),
    ("no window", |work| work.window = None, "4.1"),
    (
        "before the window",
        |work| work.now = window().from - Span::milliseconds(1),
        "4.1",
    ),
    (
        "at the end of the window",
        |work| work.now = window().until,
        "4.1",
    ),
    (
        "the change's window is another day",
        |work| shift(work, Span::days(1)),
        "4.1",
    ),
    ("no permit", |work| work.permit = None, "4.1"),
    (
        "suspended",
        |work| permit_of(work).state = PermitState::Suspended,
        "4.1",
    ),
    (
        "handed back",
        |work| permit_of(work).state = PermitState::HandedBack,
        "4.1",
    ),
    (
        "expired",
        |work| permit_of(work).state = PermitState::Expired,
        "4.1",
    ),
    (
        "revoked",
        |work| permit_of(work).state = PermitState::Revoked,
        "4.1",
    ),
    (
        "the permit is over",
        |work| permit_of(work).window.until = time("2026-11-28T18:30:00Z"),
        "4.1",
    ),
    (
        "the permit has not begun",
        |work| permit_of(work).window.from = time("2026-11-28T18:30:01Z"),
        "4.1",
    ),
    (
        "the permit is too long",
        |work| permit_of(work).window.from = window().from - Span::hours(9),
        "4.1",
    ),
    ("somebody else", |work| work.person = person(BEN), "4.1"),
    ("not on the permit", |work| permit_of(work).people.clear(), "4.1"),
    ("another asset", |work| work.asset = subject("AST-0002"), "4.1"),
    (
        "asset not on the permit",
        |work| permit_of(work).assets.clear(),
        "4.1",
    ),
    ("another action", |work| work.action = Action::Configure, "4.1"),
    ("no snapshot", |work| work.evidence.clear(), "4.3"),
    (
        "a draft of a snapshot",
        |work| work.evidence[0].is_final = false,
        "4.3",
    ),
    (
        "a snapshot of another asset",
        |work| work.evidence[0].assets = [subject("AST-0002")].into(),
        "4.3",
    ),
    (
        "on the permit but not named in the change",
        |work| {
            work.person = person(BEN);
            permit_of(work).people.insert(person(BEN));
        },
        "4.1",
    ),
    (
        "asset on the permit but not in the change",
        |work| {
            work.asset = subject("AST-0002");
            permit_of(work).assets.insert(subject("AST-0002"));
        },
        "4.1",
    ),
];

fn permit_of(work: &mut WorkFacts) -> &mut PermitFacts {
    work.permit.as_mut().expect("the house gives a permit")
}

fn shift(work: &mut WorkFacts, by: Span) {
    let window = work.window.as_mut().expect("the house gives a window");
    (window.from, window.until) = (window.from + by, window.until + by);
}

#[test]
fn work_is_refused_when_any_one_thing_is_lacking() {
    for (what, take_away, paragraph) in LACKS {
        let mut facts = work();
        take_away(&mut facts);
        let verdict = default_policy().may_work(&facts);
        assert!(
            broken(&verdict).contains(&paragraph),
            "{what}: {}",
            told(&verdict)
        );
        for rule in verdict.rules.iter().filter(|rule| !rule.is_satisfied()) {
            assert!(!rule.way_out.is_empty(), "{what} has no way out");
        }
    }
}

#[test]
fn a_refusal_at_the_gate_lists_every_reason() {
    let mut facts = work();
    facts.approvals = vec![approval(DAVID, Role::Approver)];
    facts.permit = None;
    facts.now = time("2026-11-28T17:59:00Z");
    facts.evidence.clear();
    insta::assert_snapshot!(told(&default_policy().may_work(&facts)));
}

#[test]
fn a_permit_that_was_issued_but_not_yet_used_allows_work() {
    let mut facts = work();
    permit_of(&mut facts).state = PermitState::Issued;
    assert!(default_policy().may_work(&facts).is_yes());
}

#[test]
fn a_snapshot_ages_to_the_limit_and_no_further() {
    let mut facts = work();
    facts.evidence[0].taken_at = facts.now - Span::hours(24);
    assert!(default_policy().may_work(&facts).is_yes());
    facts.evidence[0].taken_at = facts.now - Span::milliseconds(Span::hours(24).as_ms() + 1);
    assert_eq!(broken(&default_policy().may_work(&facts)), ["4.3"]);
    facts.evidence[0].taken_at = facts.now + Span::milliseconds(1);
    assert_eq!(broken(&default_policy().may_work(&facts)), ["4.3"]);
}

#[test]
fn only_cui_and_only_acts_that_change_something_need_a_snapshot() {
    let mut facts = work();
    facts.evidence.clear();
    facts.action = Action::Reboot;
    assert!(default_policy().may_work(&facts).is_yes());
    facts.action = Action::Patch;
    facts.change = change(ChangeType::Normal, Classification::Fci);
    assert!(default_policy().may_work(&facts).is_yes());
}

#[test]
fn the_asset_at_hand_decides_about_the_snapshot_and_not_its_neighbour() {
    let mut facts = work();
    facts.change.assets.push(asset("AST-0002", Classification::None));
    permit_of(&mut facts).assets.insert(subject("AST-0002"));
    facts.asset = subject("AST-0002");
    facts.evidence.clear();
    assert!(default_policy().may_work(&facts).is_yes());
}

#[test]
fn emergency_work_waits_until_the_incident_manager_is_told() {
    let mut facts = work();
    facts.change = change(ChangeType::Emergency, Classification::Cui);
    facts.approvals = vec![approval(BEN, Role::IncidentManager)];
    assert_eq!(broken(&default_policy().may_work(&facts)), ["6.2"]);
    facts.told.insert(Role::IncidentManager);
    assert!(default_policy().may_work(&facts).is_yes());
}

fn issue() -> IssueFacts {
    IssueFacts {
        change: change(ChangeType::Normal, Classification::Cui),
        approvals: both_approvals(),
        window: window(),
        permit: permit(),
        now: time("2026-11-28T18:00:00Z"),
        clock_behind: None,
    }
}

/// A way to ask for too much.
type Excess = (&'static str, fn(&mut IssueFacts));

const EXCESSES: [Excess; 12] = [
    ("without approval", |issue| issue.approvals.clear()),
    ("after an approval fell", |issue| {
        issue.approvals[1].fallen = Some(Fallen::PersonDisabled {
            person: person(CLARA),
        });
    }),
    ("while the clock stands back", |issue| {
        issue.clock_behind = Some(Span::milliseconds(CLOCK_BEHIND_MAX.as_ms() + 1));
    }),
    ("before the window", |issue| {
        issue.permit.window.from = window().from - Span::milliseconds(1)
    }),
    ("beyond the window", |issue| {
        issue.permit.window.until = window().until + Span::milliseconds(1)
    }),
    ("when it is over", |issue| issue.now = window().until),
    ("for nobody", |issue| issue.permit.people.clear()),
    ("for nothing", |issue| issue.permit.assets.clear()),
    ("to do nothing", |issue| issue.permit.actions.clear()),
    ("for a person the change does not name", |issue| {
        issue.permit.people.insert(person(BEN));
    }),
    ("for an asset the change does not name", |issue| {
        issue.permit.assets.insert(subject("AST-0002"));
    }),
    ("too long", |issue| {
        issue.window.until = issue.window.from + Span::hours(9);
        issue.permit.window = issue.window;
    }),
];

#[test]
fn a_permit_only_narrows_what_the_change_names() {
    assert!(default_policy().may_issue(&issue()).is_yes());
    for (what, exceed) in EXCESSES {
        let mut facts = issue();
        exceed(&mut facts);
        assert!(!default_policy().may_issue(&facts).is_yes(), "{what}");
    }
    let policy = default_policy_with("actions = [\"patch\", \"reboot\", ", "actions = [\"patch\", ");
    assert_eq!(broken(&policy.may_issue(&issue())), ["4.1"]);
}

#[test]
fn a_clock_that_stands_back_to_the_limit_stops_nothing() {
    let mut facts = work();
    facts.clock_behind = Some(CLOCK_BEHIND_MAX);
    assert!(default_policy().may_work(&facts).is_yes());
    let mut asked = issue();
    asked.clock_behind = Some(CLOCK_BEHIND_MAX);
    assert!(default_policy().may_issue(&asked).is_yes());
    facts.clock_behind = Some(Span::hours(3));
    let refusal = default_policy().may_work(&facts).refusal().unwrap();
    assert!(
        refusal.missing[0].contains("stands 3 h before the latest entry"),
        "{refusal}"
    );
    assert!(
        refusal.way_out[0].contains("set the clock of the server"),
        "{refusal}"
    );
}
