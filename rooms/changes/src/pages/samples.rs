//! Samples of the pages: empty, usual, and as full as it gets.

use basis::{Class, Id, PersonId, Refusal, Role, RuleOutcome, Subject, Time, Verdict};
use frame::pages::{Choice, Form, OFFERED_MAX, Sorting};
use policy::ChangeType;

use super::board::BoardPage;
use super::decision::{Barred, DecisionPage, Signing};
use super::edit::EditPage;
use super::list::{ChangesPage, changes_table};
use super::new::{NewPage, Proposal};
use super::record::RecordPage;
use super::sections::{Known, Offered};
use crate::acts::{Allowed, AssetLine, FindingLine, Lane, Moment, Names, Next, Record};
use crate::rules::{
    Change, ChangeId, Decided, Decision, Hours, Parts, PlanRef, State, Step, Submission, SubmissionKind,
};
use crate::store::{Comparing, Summary};

/// A word that no line is long enough for.
const LONG_WORD: &str =
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsvorsitzender";

fn at(text: &str) -> Time {
    Time::parse(text).unwrap_or(Time::from_ms(0))
}

fn names() -> Names {
    let name = |number, name: &str| (PersonId::from_number(number), name.to_owned());
    [
        name(2, "Annika Lind"),
        name(3, "Ben Okafor"),
        name(4, &format!("Carla {LONG_WORD}")),
    ]
    .into()
}

fn summary(number: u64, state: State, title: &str) -> Summary {
    Summary {
        id: ChangeId::from_number(number),
        state,
        change_type: if number.is_multiple_of(3) {
            ChangeType::Emergency
        } else {
            ChangeType::Normal
        },
        title: title.to_owned(),
        requester: PersonId::from_number(2 + number % 3),
        revision: 1,
        opened_at: at("2026-11-20T08:00:00Z"),
        window: number.is_multiple_of(2).then(|| window().into()),
    }
}

fn window() -> Hours {
    Hours {
        from: at("2026-11-25T20:00:00Z"),
        until: at("2026-11-26T00:00:00Z"),
    }
}

pub(super) fn changes_pages() -> Vec<(&'static str, ChangesPage)> {
    let sorting = Sorting {
        column: "change",
        is_descending: true,
    };
    let page = |found: &[Summary], has_more| ChangesPage {
        table: changes_table(found, &names())
            .listed("/changes", &[], sorting, 1, has_more)
            .with_file("/changes.csv"),
        state: Some(State::Submitted),
        change_type: None,
        text: String::new(),
        may_open: true,
    };
    let usual: Vec<Summary> = State::ALL
        .into_iter()
        .zip(1..)
        .map(|(state, number)| summary(number, state, "Patch the web servers"))
        .collect();
    let full: Vec<Summary> = (1..=50)
        .map(|number| summary(number, State::InProgress, &LONG_WORD.repeat(2)))
        .collect();
    vec![
        ("empty", page(&[], false)),
        ("usual", page(&usual, false)),
        ("full", page(&full, true)),
    ]
}

pub(super) fn board_pages() -> Vec<(&'static str, BoardPage)> {
    let page = |count: u64, title: &str| {
        let lane = |state: State| Lane {
            state,
            count,
            newest: (1..=count.min(12))
                .map(|number| summary(number, state, title))
                .collect(),
        };
        let lanes: Vec<Lane> = State::ALL.into_iter().map(lane).collect();
        BoardPage::of(&lanes, &names())
    };
    vec![
        ("empty", page(0, "")),
        ("usual", page(2, "Patch the web servers")),
        ("full", page(20_000, LONG_WORD)),
    ]
}

fn change(state: State) -> Change {
    let id = ChangeId::from_number(1);
    Change {
        id,
        state,
        requester: PersonId::from_number(2),
        authors: [PersonId::from_number(2)].into(),
        opened_at: at("2026-11-20T08:00:00Z"),
        revision: 1,
        revision_last: 1,
        parts: Parts::titled("Patch the web servers", ChangeType::Normal),
        submission: None,
        approved_at: None,
        window: None,
        work_began_at: None,
        worked: [].into(),
        verifier: None,
        verified: Vec::new(),
        accepted_findings: Vec::new(),
        told: Vec::new(),
        retrospect: None,
        decisions: Vec::new(),
    }
}

/// A change with every part, its words made longer by `tail`.
fn whole(state: State, tail: &str) -> Change {
    let text = |words: &str| Some(format!("{words} {tail}"));
    let mut change = change(state);
    change.parts = Parts {
        reason: text("Known flaws in the web server."),
        assets: [Subject::parse("AST-0001"), Subject::parse("AST-0002")]
            .into_iter()
            .flatten()
            .collect(),
        findings: Subject::parse("FND-0001").into_iter().collect(),
        security_impact: text("Closes the flaws, opens nothing."),
        availability_impact: text("Ten minutes without the site."),
        test_plan: text("Fetch the front page."),
        rollback_plan: text("Install the versions before."),
        communication_plan: text("A mail to all the day before."),
        window: Some(window()),
        executors: vec![PersonId::from_number(4)],
        checklist: vec!["Tell the front desk".to_owned(), "Watch the log".to_owned()],
        plan: Some(PlanRef {
            digest: "5e".repeat(32),
            text: format!(
                "ring 1: AST-0001\n  nginx 1.22.1-9 -> 1.22.1-9+deb12u1\nring 2: AST-0002\n  {tail}"
            ),
        }),
        ..change.parts
    };
    change.window = Some(window().into());
    change.submission = Some(Submission {
        revision: 1,
        requester: PersonId::from_number(2),
        text: format!("Change request\n\nOrigin: tagout/kestrel-0123\nChange: CHG-0001\n\n{tail}\n"),
        digest: "ab".repeat(32),
        assets: Vec::new(),
        at: at("2026-11-21T09:00:00Z"),
    });
    change.decisions = vec![Decided {
        revision: 1,
        kind: SubmissionKind::Request,
        decision: Decision::Approve,
        person: PersonId::from_number(3),
        capacity: Role::Approver,
        signed_at: at("2026-11-21T10:00:00Z"),
        comment: text("Looks right."),
        alternative: None,
        key_id: "KEY-0001".to_owned(),
        signature: String::new(),
        voided: None,
        fallen: None,
    }];
    change
}

fn verdict() -> Verdict {
    let rule = |paragraph: &str, missing: Vec<String>, way_out: Vec<String>| RuleOutcome {
        paragraph: paragraph.to_owned(),
        sentence: "a change of a machine that holds CUI has a rollback plan".to_owned(),
        objectives: vec!["r2:3.4.3[a]".to_owned()],
        missing,
        way_out,
    };
    let way = "add a rollback plan: `tagout change edit CHG-0001 --rollback-plan FILE`";
    Verdict {
        question: "may CHG-0001 be submitted".to_owned(),
        policy_version: 1,
        rules: vec![
            rule("2.1", Vec::new(), Vec::new()),
            rule("2.2", vec!["a rollback plan".to_owned()], vec![way.to_owned()]),
        ],
    }
}

fn record(change: Change, allowed: Allowed) -> Record {
    let asset = |subject: &Subject| AssetLine {
        asset: subject.clone(),
        name: format!("web-{LONG_WORD}"),
        classification: "cui".to_owned(),
        criticality: "high".to_owned(),
        environment: "production".to_owned(),
    };
    let finding = |subject: &Subject| FindingLine {
        finding: subject.clone(),
        vulnerability: "CVE-2026-0001".to_owned(),
        asset: change.parts.assets[0].clone(),
        state: "ticketed".to_owned(),
    };
    let moment = |entry: u64, event: &str| Moment {
        entry,
        at: at("2026-11-21T10:00:00Z"),
        person: PersonId::from_number(3),
        authentication: "passkey".to_owned(),
        event: event.to_owned(),
        words: (entry > 10).then(|| LONG_WORD.to_owned()),
    };
    let comparings = change.parts.assets.iter().take(1).map(|asset| Comparing {
        asset: asset.clone(),
        differences: vec![format!("nginx is 1.22.1-9 and should be {LONG_WORD}")],
        at: at("2026-11-26T10:00:00Z"),
        accepted: None,
    });
    Record {
        comparings: comparings.collect(),
        verdicts: if change.state.is_over() {
            Vec::new()
        } else {
            vec![verdict()]
        },
        clock: None,
        moments: vec![moment(7, "changes.opened"), moment(12, "changes.decided")],
        names: names(),
        assets: change.parts.assets.iter().map(asset).collect(),
        findings: change.parts.findings.iter().map(finding).collect(),
        evidence: Vec::new(),
        has_more_evidence: false,
        allowed,
        next: Step::of(&change).map(|step| Next {
            step,
            people: vec![PersonId::from_number(4)],
            roles: Vec::new(),
            is_readers: allowed.edit,
        }),
        window_limits: vec!["it lasts at most 8 hours (paragraph 3.2)".to_owned()],
        change,
    }
}

pub(super) fn record_pages() -> Vec<(&'static str, RecordPage)> {
    let every = Allowed {
        edit: true,
        submit: true,
        decide: true,
        schedule: true,
        verify: true,
        retrospect: true,
        close: true,
        cancel: true,
        adopt: true,
    };
    let reader = Allowed::default();
    let page = |change, allowed| RecordPage::of(&record(change, allowed), &|path| Form::sample(&path));
    let drafting = Allowed {
        edit: true,
        submit: true,
        cancel: true,
        ..reader
    };
    vec![
        ("empty", page(change(State::Draft), drafting)),
        ("usual", page(whole(State::Submitted, ""), reader)),
        (
            "full",
            page(
                whole(State::Verifying, &format!("{LONG_WORD} ").repeat(20)),
                every,
            ),
        ),
    ]
}

/// As much as a form offers, or nothing.
fn offered(is_full: bool) -> Offered {
    let choices = |word: &str| {
        let choice = |number| Choice::new(format!("{word}{number}"), format!("{word}{number} (AST-0001)"));
        is_full.then(|| (0..OFFERED_MAX).map(choice).collect::<Vec<_>>())
    };
    Offered {
        assets: choices("web"),
        people: choices("dana"),
    }
}

pub(super) fn edit_pages() -> Vec<(&'static str, EditPage)> {
    let known = |change: &Change| Known {
        offered: offered(change.state == State::Approved),
        window_limits: vec!["it lasts at most 8 hours (paragraph 3.2)".to_owned()],
        assets: change
            .parts
            .assets
            .iter()
            .map(|_| format!("web-{LONG_WORD}"))
            .collect(),
        executors: change
            .parts
            .executors
            .iter()
            .map(|_| "carla".to_owned())
            .collect(),
    };
    let sample = |path: String| Form::sample(&path);
    let typed = |path: String| {
        let form = Form::sample(&path);
        if path.ends_with("/plans") {
            form.with_typed(&[("test_plan", "Fetch every page."), ("rollback_plan", LONG_WORD)])
        } else {
            form
        }
    };
    let page =
        |change: Change, form: &dyn Fn(String) -> Form| EditPage::of(&change, 12, &known(&change), form);
    vec![
        ("empty", page(change(State::Draft), &sample)),
        (
            "usual",
            page(whole(State::Draft, ""), &sample).with_saved("window"),
        ),
        ("full", page(whole(State::Approved, LONG_WORD), &typed)),
        ("at work", page(whole(State::InProgress, ""), &sample)),
    ]
}

pub(super) fn new_pages() -> Vec<(&'static str, NewPage)> {
    let page = |proposal| NewPage {
        form: Form::sample("/changes/new"),
        offered: offered(proposal != Proposal::default()),
        proposal,
    };
    let full = Proposal {
        title: format!("Remedy CVE-2026-0001 on {LONG_WORD}"),
        assets: LONG_WORD.to_owned(),
        findings: "FND-0001\nFND-0002".to_owned(),
    };
    vec![("empty", page(Proposal::default())), ("full", page(full))]
}

pub(super) fn decision_pages() -> Vec<(&'static str, DecisionPage)> {
    let page = |signing: Option<Signing>| DecisionPage {
        id: ChangeId::from_number(1),
        kind: "request",
        revision: 1,
        digest: "ab".repeat(32),
        text: format!("Change request\n\n{LONG_WORD}\n"),
        choosing: Form::sample("/changes/CHG-0001/decision"),
        capacities: vec![Role::Approver, Role::SystemOwner],
        chosen: None,
        signing,
        barred: None,
    };
    let barred = Refusal::new(
        Class::Policy,
        "separation of duties",
        "may PER-0002 decide on CHG-0001: no",
    )
    .missing("somebody else than who asked for it")
    .way_out("ask a person with the role approver to review it and run `tagout change approve CHG-0001`");
    let signing = |has_passkey: bool| Signing {
        message: format!("tagout approval 1\norigin: tagout/kestrel-0123\n\n{LONG_WORD}\n"),
        signed_at: frame::pages::Moment(at("2026-11-21T10:00:00Z")),
        file: Form::sample("/changes/CHG-0001/decision/message"),
        file_name: "CHG-0001-approve.txt".to_owned(),
        hidden: vec![("decision", "approve".to_owned())],
        passkey: has_passkey.then(|| {
            (
                Form::sample("/changes/CHG-0001/decision/passkey"),
                "{}".to_owned(),
            )
        }),
        by_key: Form::sample("/changes/CHG-0001/decision/signature"),
    };
    vec![
        ("empty", page(None)),
        ("usual", page(Some(signing(false)))),
        ("full", page(Some(signing(true)))),
        (
            "not by who asked",
            DecisionPage {
                barred: Some(Barred::of(ChangeId::from_number(1), &barred)),
                ..page(None)
            },
        ),
    ]
}
