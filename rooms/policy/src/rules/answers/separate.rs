//! Separation of duties: about people, never about roles or accounts.

use std::collections::BTreeSet;

use basis::PersonId;

use super::Answer;
use super::Gaps;
use crate::rules::document::{Policy, Rule};
use crate::rules::kinds::{Alternative, Kind, Separation};
use crate::rules::questions::{ApprovalFacts, ChangeFacts};
use crate::rules::words::Duty;

/// Who holds which duty in one change, as far as known when the question is asked.
pub(super) struct Duties {
    requester: PersonId,
    executors: BTreeSet<PersonId>,
    verifier: Option<PersonId>,
}

impl Duties {
    pub(super) fn named_in(change: &ChangeFacts) -> Self {
        Self {
            requester: change.requester,
            executors: change.executors.iter().copied().collect(),
            verifier: None,
        }
    }

    /// At closure it is also known who in fact worked and who confirms.
    pub(super) fn at_closure(
        change: &ChangeFacts,
        worked: &BTreeSet<PersonId>,
        verifier: Option<PersonId>,
    ) -> Self {
        let mut duties = Self::named_in(change);
        duties.executors.extend(worked);
        duties.verifier = verifier;
        duties
    }

    fn holds(&self, person: PersonId, duty: Duty) -> bool {
        match duty {
            Duty::Requester => self.requester == person,
            Duty::Executor => self.executors.contains(&person),
            Duty::Verifier => self.verifier == Some(person),
            Duty::Approver => false,
        }
    }

    fn people(&self) -> BTreeSet<PersonId> {
        let all = self.executors.iter().copied().chain([self.requester]);
        all.chain(self.verifier).collect()
    }
}

/// The approvals of a change with the question which of them count.
pub(super) struct Approvals<'a> {
    pub(super) counted: Vec<&'a ApprovalFacts>,
    /// Why others do not, one line each.
    pub(super) not_counted: Vec<String>,
}

/// A review by a second person that lets one person hold two duties.
struct Review<'a> {
    path: &'a Alternative,
    reviewer: PersonId,
}

fn separations<'a>(
    policy: &'a Policy,
    change: &'a ChangeFacts,
) -> impl Iterator<Item = (&'a Rule, &'a Separation)> {
    policy.applying(change).filter_map(|rule| match &rule.kind {
        Kind::Separation(separation) => Some((rule, separation)),
        _ => None,
    })
}

/// The duties that may not lie with whoever approves, each with its pair.
fn against_approver(separation: &Separation) -> impl Iterator<Item = (Duty, (Duty, Duty))> {
    separation.different.iter().filter_map(|&pair| match pair {
        (Duty::Approver, other) | (other, Duty::Approver) => Some((other, pair)),
        _ => None,
    })
}

/// The path for this pair, if there is one and it is in force.
fn path_for(separation: &Separation, pair: (Duty, Duty)) -> Option<&Alternative> {
    let path = separation.alternative.as_ref()?;
    (path.in_force && path.pairs.contains(&pair)).then_some(path)
}

/// The approval by which somebody else, free of any conflict, reviewed need and impact for `person`.
fn review<'a>(
    policy: &Policy,
    change: &ChangeFacts,
    duties: &Duties,
    approvals: &[ApprovalFacts],
    path: &'a Alternative,
    person: PersonId,
) -> Option<Review<'a>> {
    let is_free = |reviewer: PersonId| {
        separations(policy, change).all(|(_, separation)| {
            against_approver(separation).all(|(duty, _)| !duties.holds(reviewer, duty))
        })
    };
    let by_other = approvals
        .iter()
        .find(|other| other.capacity == path.capacity && other.person != person && is_free(other.person));
    by_other.map(|approval| Review {
        path,
        reviewer: approval.person,
    })
}

/// Says which approvals count.
pub(super) fn approvals_that_count<'a>(
    policy: &Policy,
    change: &ChangeFacts,
    duties: &Duties,
    approvals: &'a [ApprovalFacts],
) -> Approvals<'a> {
    let mut sorted = Approvals {
        counted: Vec::new(),
        not_counted: Vec::new(),
    };
    for approval in approvals {
        let conflict = separations(policy, change).find_map(|(rule, separation)| {
            against_approver(separation)
                .filter(|(duty, _)| duties.holds(approval.person, *duty))
                .find(|(_, pair)| {
                    path_for(separation, *pair).is_none_or(|path| {
                        review(policy, change, duties, approvals, path, approval.person).is_none()
                    })
                })
                .map(|(duty, _)| (rule, duty))
        });
        match conflict {
            None => sorted.counted.push(approval),
            Some((rule, duty)) => sorted.not_counted.push(format!(
                "the approval of {} as {} does not count, because {} is also {duty} of the change (paragraph {})",
                approval.person, approval.capacity, approval.person, rule.id
            )),
        }
    }
    sorted
}

/// Says what the separation rules find before anybody has approved. Where a path is in force, its review is awaited.
pub(super) fn say_before_approval(answer: &mut Answer, policy: &Policy, change: &ChangeFacts) {
    let duties = Duties::named_in(change);
    for (rule, separation) in separations(policy, change) {
        let mut gaps = Gaps::default();
        for (person, pair) in held_twice(separation, &duties) {
            if path_for(separation, pair).is_none() {
                add_conflict(&mut gaps, person, pair);
            }
        }
        answer.say(rule, gaps);
    }
}

/// Says what the separation rules find, and shows each use of a small-shop path as a paragraph of its own.
pub(super) fn say(
    answer: &mut Answer,
    policy: &Policy,
    change: &ChangeFacts,
    duties: &Duties,
    approvals: &[ApprovalFacts],
) {
    for (rule, separation) in separations(policy, change) {
        let mut gaps = Gaps::default();
        let mut reviews = Vec::new();
        let approved_too = approvals.iter().flat_map(|approval| {
            against_approver(separation)
                .filter(|(duty, _)| duties.holds(approval.person, *duty))
                .map(|(_, pair)| (approval.person, pair))
        });
        for (person, pair) in approved_too {
            let path = path_for(separation, pair);
            let found = path.and_then(|path| review(policy, change, duties, approvals, path, person));
            reviews.extend(found.map(|found| (person, pair, found)));
        }
        for (person, pair) in held_twice(separation, duties) {
            let path = path_for(separation, pair);
            let found = path.and_then(|path| review(policy, change, duties, approvals, path, person));
            match (path, found) {
                (_, Some(found)) => reviews.push((person, pair, found)),
                (Some(path), None) => gaps.add(
                    format!(
                        "{person} is {} and {}, and nobody else has reviewed need and impact",
                        pair.0, pair.1
                    ),
                    crate::rules::ways_out::approve(&change.change, path.capacity),
                ),
                (None, None) => add_conflict(&mut gaps, person, pair),
            }
        }
        answer.say(rule, gaps);
        let mut shown = BTreeSet::new();
        for (person, pair, found) in reviews {
            if shown.insert((person, pair)) {
                let sentence = format!(
                    "{} Taken here: {person} is {} and {}; {} reviewed as {}.",
                    found.path.sentence, pair.0, pair.1, found.reviewer, found.path.capacity
                );
                answer.say_path(rule, &found.path.paragraph, sentence);
            }
        }
    }
}

/// Says whether `person` may decide on the change: whether their decision could ever count.
pub(super) fn say_for_decision(answer: &mut Answer, policy: &Policy, change: &ChangeFacts, person: PersonId) {
    let duties = Duties::named_in(change);
    for (rule, separation) in separations(policy, change) {
        let mut gaps = Gaps::default();
        for (duty, pair) in against_approver(separation) {
            if duties.holds(person, duty) && path_for(separation, pair).is_none() {
                gaps.add(
                    format!("{person} is {duty} of {} and may not decide on it", change.change),
                    "ask somebody who neither asked for the change nor carries it out",
                );
            }
        }
        answer.say(rule, gaps);
    }
}

/// The people who hold both duties of a pair that has nothing to do with approving.
fn held_twice<'a>(
    separation: &'a Separation,
    duties: &'a Duties,
) -> impl Iterator<Item = (PersonId, (Duty, Duty))> + 'a {
    duties.people().into_iter().flat_map(move |person| {
        separation
            .different
            .iter()
            .copied()
            .filter(move |pair| duties.holds(person, pair.0) && duties.holds(person, pair.1))
            .map(move |pair| (person, pair))
    })
}

fn add_conflict(gaps: &mut Gaps, person: PersonId, pair: (Duty, Duty)) {
    gaps.add(
        format!(
            "{person} is {} and {}; these must be different people",
            pair.0, pair.1
        ),
        format!("let another person be {}", pair.1),
    );
}
