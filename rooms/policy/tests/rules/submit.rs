//! What a change must have before it is submitted.

use std::collections::BTreeSet;

use policy::*;

use crate::house::*;

#[test]
fn an_empty_draft_is_told_everything_that_is_missing() {
    let verdict =
        default_policy().may_submit(&change(ChangeType::Normal, Classification::Cui), &BTreeSet::new());
    insta::assert_snapshot!(told(&verdict));
    insta::assert_snapshot!(verdict.refusal().unwrap().to_string());
}

#[test]
fn each_part_needed_is_missed_by_itself() {
    let policy = default_policy();
    for change_type in ChangeType::ALL {
        for classification in Classification::ALL {
            let change = change(*change_type, *classification);
            let needed = policy.parts_needed(&change, Stage::Submit);
            assert!(policy.may_submit(&change, &needed).is_yes());
            for part in &needed {
                let without: BTreeSet<Part> = needed.iter().copied().filter(|other| other != part).collect();
                let verdict = policy.may_submit(&change, &without);
                let missing: Vec<&String> = verdict.rules.iter().flat_map(|rule| &rule.missing).collect();
                assert_eq!(missing, [part.in_words()], "{change_type} {classification}");
            }
        }
    }
}

#[test]
fn only_a_change_of_cui_needs_an_exact_plan() {
    let policy = default_policy();
    let needs = |change_type, classification| {
        let change = change(change_type, classification);
        policy.parts_needed(&change, Stage::Submit).contains(&Part::Plan)
    };
    assert!(needs(ChangeType::Normal, Classification::Cui));
    assert!(!needs(ChangeType::Normal, Classification::Fci));
    assert!(!needs(ChangeType::Emergency, Classification::Cui));
}

#[test]
fn a_rule_on_assets_looks_at_each_of_them() {
    let policy = default_policy();
    let mut change = change(ChangeType::Normal, Classification::None);
    change.assets.push(asset("AST-0002", Classification::Cui));
    assert!(policy.parts_needed(&change, Stage::Submit).contains(&Part::Plan));
    change.assets.clear();
    assert!(!policy.parts_needed(&change, Stage::Submit).contains(&Part::Plan));
}

#[test]
fn all_conditions_of_a_rule_must_match_the_same_asset() {
    let piece = "when.classifications = [\"cui\"]\nat = \"submit\"";
    let policy = default_policy_with(piece, &format!("when.exposures = [\"internet_facing\"]\n{piece}"));
    let mut change = change(ChangeType::Normal, Classification::Cui);
    let mut exposed = asset("AST-0002", Classification::None);
    exposed.exposure = Exposure::InternetFacing;
    change.assets.push(exposed);
    assert!(!policy.parts_needed(&change, Stage::Submit).contains(&Part::Plan));
    change.assets[0].exposure = Exposure::InternetFacing;
    assert!(policy.parts_needed(&change, Stage::Submit).contains(&Part::Plan));
}

#[test]
fn duties_that_must_differ_are_found_before_anybody_reviews() {
    let pair = "different = [[\"requester\", \"approver\"],";
    let policy = default_policy_with(pair, &format!("{pair} [\"requester\", \"executor\"],"));
    let mut change = change(ChangeType::Normal, Classification::None);
    let parts = policy.parts_needed(&change, Stage::Submit);
    assert!(policy.may_submit(&change, &parts).is_yes());
    change.executors.push(person(ANNA));
    assert_eq!(broken(&policy.may_submit(&change, &parts)), ["2.3"]);
}
