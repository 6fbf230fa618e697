//! May the change be closed?

use basis::{PersonId, Span, Verdict};

use super::separate::{Case, Duties};
use super::{Answer, Gaps, approve};
use crate::rules::document::{Policy, Rule};
use crate::rules::kinds::{Emergency, EvidenceForClosure, Kind, VerificationForClosure};
use crate::rules::questions::{CloseFacts, Comparison, ConfirmFacts, EvidenceFacts, Rescan, Retrospective};
use crate::rules::ways_out;
use crate::rules::words::{ChangeType, EvidenceKind};

impl Policy {
    /// Says whether the change may be closed: approved as the work needed it, evidence final, found state equal to the
    /// approved one, findings looked for again, and an emergency's retrospective held.
    pub fn may_close(&self, facts: &CloseFacts) -> Verdict {
        let change = &facts.change;
        let mut answer = Answer::to(self, format!("may {} be closed", change.change));
        let case = Case {
            policy: self,
            change,
            duties: Duties::after_work(change, &facts.worked, confirmed_by(facts)),
            approvals: &facts.approvals,
        };
        approve::say_approved(&mut answer, &case);
        for rule in self.applying(change) {
            match &rule.kind {
                Kind::EvidenceForClosure(needed) => answer.say(rule, evidence_gaps(rule, needed, facts)),
                Kind::VerificationForClosure(needed) => {
                    answer.say(rule, verification_gaps(rule, needed, facts));
                }
                Kind::Emergency(emergency) if change.change_type == ChangeType::Emergency => {
                    let gaps = retrospective_gaps(emergency, facts, &case);
                    answer.say(&stating_lateness(rule, emergency, facts), gaps);
                }
                _ => {}
            }
        }
        answer.verdict()
    }

    /// Says whether the person may confirm what was carried out, or accept what differs: nobody does so for their own work.
    pub fn may_confirm(&self, facts: &ConfirmFacts) -> Verdict {
        let (change, person) = (&facts.change, facts.person);
        let question = format!("may {person} confirm what was done under {}", change.change);
        let mut answer = Answer::to(self, question);
        let case = Case {
            policy: self,
            change,
            duties: Duties::after_work(change, &facts.worked, [person]),
            approvals: &facts.approvals,
        };
        case.say_for_confirmation(&mut answer, person);
        answer.verdict()
    }
}

/// Who says that what was done is right: whoever confirms it, and whoever accepted what differs.
fn confirmed_by(facts: &CloseFacts) -> impl Iterator<Item = PersonId> {
    let differences = facts
        .verified
        .iter()
        .filter_map(|verified| match verified.comparison {
            Comparison::DifferenceAccepted { by } => Some(by),
            _ => None,
        });
    let findings = facts.findings.iter().filter_map(|finding| match finding.rescan {
        Rescan::StillThereAccepted { by } => Some(by),
        _ => None,
    });
    facts.verifier.into_iter().chain(differences).chain(findings)
}

fn evidence_gaps(rule: &Rule, needed: &EvidenceForClosure, facts: &CloseFacts) -> Gaps {
    let mut gaps = Gaps::default();
    let change = &facts.change.change;
    for asset in facts
        .change
        .assets
        .iter()
        .filter(|asset| rule.when.matches_asset(asset))
    {
        for kind in &needed.per_asset {
            let is_about = |evidence: &EvidenceFacts| evidence.assets.contains(&asset.asset);
            if let Some(what) = lacking(*kind, facts, is_about) {
                let way_out = ways_out::add_evidence(change, &asset.asset, *kind);
                gaps.add(format!("{what} of {}", asset.asset), way_out);
            }
        }
    }
    for kind in &needed.per_change {
        if let Some(what) = lacking(*kind, facts, |_| true) {
            gaps.add(what, ways_out::add_evidence_of_change(change, *kind));
        }
    }
    gaps
}

/// What is missing of one kind: nothing, the evidence, or its final form.
fn lacking(
    kind: EvidenceKind,
    facts: &CloseFacts,
    is_about: impl Fn(&EvidenceFacts) -> bool,
) -> Option<String> {
    let mut of_kind = facts
        .evidence
        .iter()
        .filter(|evidence| evidence.kind == kind && is_about(evidence))
        .peekable();
    let in_words = kind.name().replace('_', " ");
    match (
        of_kind.peek().is_some(),
        of_kind.any(|evidence| evidence.is_final),
    ) {
        (_, true) => None,
        (true, false) => Some(format!("{in_words} in final form (only a draft is there)")),
        (false, false) => Some(in_words),
    }
}

fn verification_gaps(rule: &Rule, needed: &VerificationForClosure, facts: &CloseFacts) -> Gaps {
    let mut gaps = Gaps::default();
    let change = &facts.change.change;
    if facts.verifier.is_none() {
        gaps.add(
            "a person who confirms that what was approved is what was done",
            ways_out::verify(change),
        );
    }
    for asset in facts
        .change
        .assets
        .iter()
        .filter(|asset| rule.when.matches_asset(asset))
    {
        let asset = &asset.asset;
        let found = facts.verified.iter().find(|verified| verified.asset == *asset);
        match found.map_or(Comparison::NotCompared, |verified| verified.comparison) {
            Comparison::Equal => {}
            Comparison::NotCompared => {
                gaps.add(
                    format!("a comparison of {asset} with the state approved"),
                    ways_out::compare(change, asset),
                );
            }
            Comparison::DifferenceAccepted { .. } if needed.differences_may_be_accepted => {}
            Comparison::DifferenceAccepted { .. } => gaps.add(
                format!("the approved state on {asset}; accepting the difference is not allowed"),
                "bring the machine to the approved state, or roll back",
            ),
            Comparison::Different => gaps.add(
                format!(
                    "the approved state on {asset}, or an explanation of the difference that is accepted"
                ),
                if needed.differences_may_be_accepted {
                    format!("explain it: `tagout change verify {change} --accept {asset} --because TEXT`")
                } else {
                    "bring the machine to the approved state, or roll back".to_owned()
                },
            ),
        }
    }
    if needed.findings_are_rescanned {
        add_findings(&mut gaps, facts);
    }
    gaps
}

fn add_findings(gaps: &mut Gaps, facts: &CloseFacts) {
    for finding in &facts.findings {
        match finding.rescan {
            Rescan::Gone | Rescan::StillThereAccepted { .. } => {}
            Rescan::NotReached => gaps.add(
                format!("a rescan for {} that reached {}", finding.finding, finding.asset),
                ways_out::collect(&finding.asset),
            ),
            Rescan::StillThere => gaps.add(
                format!("{} gone from {}; the rescan still shows it", finding.finding, finding.asset),
                format!(
                    "remedy it, or say why the change closes without it: `tagout change verify {} --accept {} --because TEXT`",
                    facts.change.change, finding.finding
                ),
            ),
        }
    }
}

fn retrospective_gaps(emergency: &Emergency, facts: &CloseFacts, case: &Case<'_>) -> Gaps {
    let mut gaps = Gaps::default();
    let way_out = ways_out::retrospect(&facts.change.change);
    match &facts.retrospective {
        Retrospective::NotHeld => {
            let due = facts
                .work_began_at
                .map(|began| began + emergency.retrospective_within.span());
            let due = due.map_or(String::new(), |due| format!(", due {}", due.to_minutes()));
            gaps.add(format!("the retrospective{due}"), way_out);
        }
        Retrospective::Held {
            approvals, authors, ..
        } => {
            let look_back = Case {
                duties: case.duties.clone().written_by(authors),
                approvals,
                ..*case
            };
            let sorted = look_back.approvals_that_count();
            let short = approve::unmet(&emergency.approved_afterwards, &sorted.counted);
            for (capacity, count) in &short {
                gaps.add(
                    format!("{count} approval of the retrospective as {capacity}"),
                    format!(
                        "ask a person with the role {capacity} who had no part in the work to approve it"
                    ),
                );
            }
            if !short.is_empty() {
                gaps.missing.extend(sorted.not_counted);
            }
        }
    }
    gaps
}

/// A late retrospective does not keep the change open for ever, but its lateness is said wherever the verdict is shown.
fn stating_lateness(rule: &Rule, emergency: &Emergency, facts: &CloseFacts) -> Rule {
    let mut rule = rule.clone();
    let held_at = match &facts.retrospective {
        Retrospective::Held { at, .. } => *at,
        Retrospective::NotHeld => facts.now,
    };
    let late = facts
        .work_began_at
        .map(|began| held_at.since(began + emergency.retrospective_within.span()));
    if let Some(late) = late.filter(|late| *late > Span::milliseconds(0)) {
        rule.sentence.push_str(&format!(" Here it is late by {late}."));
    }
    rule
}
