//! The numbers that other rooms ask for.

use basis::{Role, Span};
use policy::*;
use proptest::prelude::*;

use crate::house::*;

#[test]
fn the_default_policy_has_the_numbers_of_the_requirements() {
    let policy = default_policy();
    let change = change(ChangeType::Normal, Classification::Cui);
    assert_eq!(policy.permit_terms(&change).longest, Span::hours(8));
    assert_eq!(policy.ring_terms(&change).shares_percent, [10, 50, 100]);
    assert_eq!(policy.gate_token_life(), Span::minutes(5));
    assert_eq!(policy.retrospective_due(), Span::hours(72));
    assert_eq!(policy.told_of_emergencies(), [Role::IncidentManager]);
    assert_eq!(policy.identification_deadline(), Span::days(7));
    assert_eq!(policy.reporting_deadline(), Span::days(3));
    assert_eq!(policy.retention(RecordClass::AssessmentArtifacts).count(), 72);
    let sign_in = policy.sign_in_terms();
    assert_eq!(
        (sign_in.session, sign_in.idle),
        (Span::hours(8), Span::minutes(15))
    );
    assert_eq!((sign_in.failures_most, sign_in.lockout), (5, Span::minutes(15)));
    assert_eq!(sign_in.token_longest, Span::days(90));
    assert_eq!(sign_in.step_up, Span::minutes(15));
}

#[test]
fn a_document_older_than_step_up_asks_for_a_proof_of_fifteen_minutes() {
    let document = DEFAULT_POLICY
        .replace(" Giving out access, roles, keys and tokens, bringing a policy into force and destroying records ask for a proof of who one is that is not older than {step_up}.", "")
        .replace("step_up = \"15 minutes\"\n", "");
    assert!(!document.contains("step_up"));
    let sign_in = Policy::parse(&document).unwrap().sign_in_terms();
    assert_eq!(sign_in.step_up, Span::minutes(15));
    let none = DEFAULT_POLICY.replace("step_up = \"15 minutes\"", "step_up = \"0 minutes\"");
    let refused = Policy::parse(&none).unwrap_err().to_string();
    assert!(refused.contains("`step_up` is 0"), "{refused}");
}

#[test]
fn a_deadline_follows_severity_and_exploitation() {
    use Exploitation::{Known, NotKnown};
    let cases = [
        (Severity::Critical, NotKnown, Some(72)),
        (Severity::High, NotKnown, Some(14 * 24)),
        (Severity::Medium, NotKnown, Some(30 * 24)),
        (Severity::Low, NotKnown, Some(30 * 24)),
        (Severity::None, NotKnown, None),
        (Severity::Critical, Known, Some(48)),
        (Severity::Low, Known, Some(48)),
        (Severity::None, Known, Some(48)),
    ];
    for (severity, exploitation, hours) in cases {
        let terms = default_policy().remediation_deadline(severity, exploitation);
        assert_eq!(
            terms.as_ref().map(|terms| terms.within),
            hours.map(Span::hours),
            "{severity} {exploitation}"
        );
        assert!(
            terms.is_none_or(|terms| terms.counted_from == ClockStart::Release && terms.paragraph == "7.1")
        );
    }
}

#[test]
fn being_exploited_never_gives_more_time() {
    let policy = default_policy_with("known_exploited = \"48 hours\"", "known_exploited = \"90 days\"");
    let terms = policy
        .remediation_deadline(Severity::Critical, Exploitation::Known)
        .unwrap();
    assert_eq!(terms.within, Span::hours(72));
}

#[test]
fn the_strictest_permit_rule_counts() {
    let more = "[[rule]]\nid = \"4.1.1\"\nkind = \"permit\"\nsentence = \"Shorter.\"\nobjectives = [\"r2:3.4.5[h]\"]\n\
                when.classifications = [\"cui\"]\nlongest = \"2 hours\"\nactions = [\"patch\"]\n\n[[rule]]\nid = \"4.2\"";
    let policy = default_policy_with("[[rule]]\nid = \"4.2\"", more);
    let terms = policy.permit_terms(&change(ChangeType::Normal, Classification::Cui));
    assert_eq!(
        (terms.longest, terms.actions),
        (Span::hours(2), [Action::Patch].into())
    );
    let terms = policy.permit_terms(&change(ChangeType::Normal, Classification::None));
    assert_eq!((terms.longest, terms.actions.len()), (Span::hours(8), 6));
}

#[test]
fn rings_have_the_sizes_of_their_shares() {
    let terms = default_policy().ring_terms(&change(ChangeType::Normal, Classification::Cui));
    for (count, sizes) in [
        (0, vec![]),
        (1, vec![1]),
        (2, vec![1, 1]),
        (3, vec![1, 2]),
        (8, vec![1, 7]),
        (9, vec![1, 4, 4]),
        (10, vec![1, 4, 5]),
        (100, vec![10, 40, 50]),
    ] {
        assert_eq!(terms.sizes(count), sizes, "{count}");
    }
}

#[test]
fn a_run_halts_at_the_share_and_not_below() {
    let terms = default_policy().ring_terms(&change(ChangeType::Normal, Classification::Cui));
    assert!(!terms.halts(0, 10));
    assert!(terms.halts(1, 10));
    assert!(!terms.halts(1, 11));
    assert!(terms.halts(1, 1));
    assert!(!terms.halts(0, 0));
}

proptest! {
    #[test]
    fn rings_hold_every_asset_once_and_none_is_empty(count in 0usize..5_000, first in 1u8..50, pilot in 1u32..20, least in 1u32..20) {
        let mut terms = default_policy().ring_terms(&change(ChangeType::Normal, Classification::Cui));
        terms.shares_percent[0] = first.min(49);
        terms.pilot_least = pilot;
        terms.ring_least = least;
        let sizes = terms.sizes(count);
        prop_assert_eq!(sizes.iter().sum::<usize>(), count);
        prop_assert!(sizes.iter().all(|size| *size > 0));
        prop_assert!(sizes.first().is_none_or(|size| *size >= count.min(pilot as usize)));
        let between = sizes.iter().skip(1).rev().skip(1);
        prop_assert!(between.into_iter().all(|size| *size >= least as usize));
    }
}
