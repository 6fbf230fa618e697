//! A small organisation to ask questions about.

use std::collections::BTreeSet;

use basis::{Id, PersonId, Role, Span, Subject, Time, Verdict};
use policy::*;

/// Asks for changes.
pub const ANNA: u64 = 1;
/// Approves changes.
pub const BEN: u64 = 2;
/// Owns the systems.
pub const CLARA: u64 = 3;
/// Carries changes out.
pub const DAVID: u64 = 4;

pub fn person(number: u64) -> PersonId {
    PersonId::from_number(number)
}

pub fn subject(text: &str) -> Subject {
    Subject::parse(text).expect("tests write ids right")
}

pub fn time(text: &str) -> Time {
    Time::parse(text).expect("tests write times right")
}

pub fn default_policy() -> Policy {
    Policy::parse(DEFAULT_POLICY)
        .expect("the shipped policy is one")
        .with_version(7)
}

pub fn small_shop_policy() -> Policy {
    Policy::parse(SMALL_SHOP_POLICY)
        .expect("the shipped policy is one")
        .with_version(7)
}

/// The policy of a small shop in which even whoever asks may approve, with a review by somebody else.
pub fn one_pair_of_hands_policy() -> Policy {
    let pairs = "pairs = [[\"approver\", \"executor\"],";
    let more = "pairs = [[\"requester\", \"approver\"], [\"approver\", \"executor\"],";
    assert_eq!(SMALL_SHOP_POLICY.matches(pairs).count(), 1);
    Policy::parse(&SMALL_SHOP_POLICY.replace(pairs, more))
        .expect("the changed policy is one")
        .with_version(7)
}

/// The default policy with one piece of its text replaced; the piece must be there exactly once.
pub fn default_policy_with(piece: &str, by: &str) -> Policy {
    assert_eq!(
        DEFAULT_POLICY.matches(piece).count(),
        1,
        "`{piece}` in the default policy"
    );
    Policy::parse(&DEFAULT_POLICY.replace(piece, by)).expect("the changed policy is one")
}

pub fn asset(id: &str, classification: Classification) -> AssetFacts {
    AssetFacts {
        asset: subject(id),
        classification,
        criticality: Criticality::Medium,
        exposure: Exposure::Internal,
        environment: Environment::Production,
    }
}

/// A change that Anna asks for and David carries out on one machine.
pub fn change(change_type: ChangeType, classification: Classification) -> ChangeFacts {
    ChangeFacts {
        change: subject("CHG-0001"),
        revision: 1,
        change_type,
        assets: vec![asset("AST-0001", classification)],
        requester: person(ANNA),
        authors: [person(ANNA)].into(),
        executors: vec![person(DAVID)],
    }
}

pub fn approval(by: u64, capacity: Role) -> ApprovalFacts {
    ApprovalFacts {
        person: person(by),
        capacity,
        at: time("2026-11-20T09:00:00Z"),
        fallen: None,
    }
}

/// Both approvals that a change of a machine with CUI needs.
pub fn both_approvals() -> Vec<ApprovalFacts> {
    vec![approval(BEN, Role::Approver), approval(CLARA, Role::SystemOwner)]
}

/// Saturday evening, 18:00 to 22:00.
pub fn window() -> Window {
    let from = time("2026-11-28T18:00:00Z");
    Window {
        from,
        until: from + Span::hours(4),
    }
}

pub fn evidence(kind: EvidenceKind, asset: &str) -> EvidenceFacts {
    EvidenceFacts {
        kind,
        assets: [subject(asset)].into(),
        taken_at: time("2026-11-28T17:00:00Z"),
        is_final: true,
    }
}

/// A permit for David on the one machine of [`change`], for the whole window.
pub fn permit() -> PermitFacts {
    PermitFacts {
        revision: 1,
        state: PermitState::Active,
        window: window(),
        people: [person(DAVID)].into(),
        assets: [subject("AST-0001")].into(),
        actions: [Action::Patch, Action::Reboot].into(),
    }
}

/// David patches a machine with CUI in the middle of the window, with everything in place.
pub fn work() -> WorkFacts {
    WorkFacts {
        change: change(ChangeType::Normal, Classification::Cui),
        approvals: both_approvals(),
        window: Some(window()),
        permit: Some(permit()),
        person: person(DAVID),
        asset: subject("AST-0001"),
        action: Action::Patch,
        evidence: vec![evidence(EvidenceKind::Snapshot, "AST-0001")],
        told: BTreeSet::new(),
        now: time("2026-11-28T18:30:00Z"),
        clock_behind: None,
    }
}

/// The same change after the work, with everything in place.
pub fn closing() -> CloseFacts {
    let kinds = [
        EvidenceKind::PackagesBefore,
        EvidenceKind::PackagesAfter,
        EvidenceKind::Transcript,
    ];
    CloseFacts {
        change: change(ChangeType::Normal, Classification::Cui),
        approvals: both_approvals(),
        worked: [person(DAVID)].into(),
        verifier: Some(person(ANNA)),
        evidence: kinds.map(|kind| evidence(kind, "AST-0001")).into(),
        verified: vec![VerifiedAsset {
            asset: subject("AST-0001"),
            comparison: Comparison::Equal,
        }],
        findings: vec![FindingFacts {
            finding: subject("FND-0001"),
            asset: subject("AST-0001"),
            rescan: Rescan::Gone,
        }],
        work_began_at: Some(time("2026-11-28T18:30:00Z")),
        retrospective: Retrospective::NotHeld,
        now: time("2026-11-29T09:00:00Z"),
    }
}

/// The answer in one text: yes or no, then each paragraph with what it misses and the way out.
pub fn told(verdict: &Verdict) -> String {
    let mut text = format!(
        "{}: {}\n",
        verdict.question,
        if verdict.is_yes() { "yes" } else { "no" }
    );
    for rule in &verdict.rules {
        text.push_str(&format!(
            "{} {}\n",
            rule.paragraph,
            if rule.is_satisfied() {
                "satisfied"
            } else {
                "not satisfied"
            }
        ));
        rule.missing
            .iter()
            .for_each(|line| text.push_str(&format!("  missing: {line}\n")));
        rule.way_out
            .iter()
            .for_each(|line| text.push_str(&format!("  do: {line}\n")));
    }
    text
}

/// The paragraphs that say no.
pub fn broken(verdict: &Verdict) -> Vec<&str> {
    let rules = verdict.rules.iter().filter(|rule| !rule.is_satisfied());
    rules.map(|rule| rule.paragraph.as_str()).collect()
}
