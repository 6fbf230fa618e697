//! Separation of duties: about people, never about roles or accounts.

use std::collections::BTreeSet;

use basis::{PersonId, Subject};

use super::Answer;
use super::Gaps;
use crate::rules::document::{Policy, Rule};
use crate::rules::kinds::{Alternative, Kind, Separation};
use crate::rules::questions::{ApprovalFacts, ChangeFacts};
use crate::rules::ways_out;
use crate::rules::words::Duty;

/// Who holds which duty in one change, as far as known when the question is asked.
#[derive(Clone)]
pub(super) struct Duties {
    /// Who asked, and who wrote any part of what is asked for.
    requesters: BTreeSet<PersonId>,
    executors: BTreeSet<PersonId>,
    /// Who confirmed, and who accepted what differs.
    verifiers: BTreeSet<PersonId>,
}

impl Duties {
    pub(super) fn named_in(change: &ChangeFacts) -> Self {
        let asked = change.authors.iter().copied().chain([change.requester]);
        Self {
            requesters: asked.collect(),
            executors: change.executors.iter().copied().collect(),
            verifiers: BTreeSet::new(),
        }
    }

    /// After the work it is also known who in fact worked and who confirms.
    pub(super) fn after_work(
        change: &ChangeFacts,
        worked: &BTreeSet<PersonId>,
        verifiers: impl IntoIterator<Item = PersonId>,
    ) -> Self {
        let mut duties = Self::named_in(change);
        duties.executors.extend(worked);
        duties.verifiers.extend(verifiers);
        duties
    }

    /// The same where more people wrote what is asked for.
    pub(super) fn written_by(mut self, authors: &BTreeSet<PersonId>) -> Self {
        self.requesters.extend(authors);
        self
    }

    fn of(&self, duty: Duty) -> Option<&BTreeSet<PersonId>> {
        match duty {
            Duty::Requester => Some(&self.requesters),
            Duty::Executor => Some(&self.executors),
            Duty::Verifier => Some(&self.verifiers),
            Duty::Approver => None,
        }
    }

    fn holds(&self, person: PersonId, duty: Duty) -> bool {
        self.of(duty).is_some_and(|people| people.contains(&person))
    }

    fn people(&self) -> BTreeSet<PersonId> {
        let all = [&self.requesters, &self.executors, &self.verifiers];
        all.into_iter().flatten().copied().collect()
    }
}

/// One change with who holds which duty in it and who approved it.
pub(super) struct Case<'a> {
    pub(super) policy: &'a Policy,
    pub(super) change: &'a ChangeFacts,
    pub(super) duties: Duties,
    pub(super) approvals: &'a [ApprovalFacts],
}

/// The approvals of a change with the question which of them count.
pub(super) struct Approvals<'a> {
    pub(super) counted: Vec<&'a ApprovalFacts>,
    /// Why others do not, one line each.
    pub(super) not_counted: Vec<String>,
}

/// A person who holds both duties of a pair, and the review by a second person that lets them.
struct Review<'a> {
    person: PersonId,
    pair: (Duty, Duty),
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

impl<'a> Case<'a> {
    /// The case before work, when only those are known whom the change names.
    pub(super) fn before_work(
        policy: &'a Policy,
        change: &'a ChangeFacts,
        approvals: &'a [ApprovalFacts],
    ) -> Self {
        Self {
            policy,
            change,
            duties: Duties::named_in(change),
            approvals,
        }
    }

    fn separations(&self) -> impl Iterator<Item = (&'a Rule, &'a Separation)> + use<'a> {
        separations(self.policy, self.change)
    }

    fn standing(&self) -> impl Iterator<Item = &'a ApprovalFacts> + use<'a> {
        self.approvals.iter().filter(|approval| approval.fallen.is_none())
    }

    /// The approval by which somebody else, free of any conflict, reviewed need and impact for `person`.
    fn review(&self, path: &'a Alternative, person: PersonId, pair: (Duty, Duty)) -> Option<Review<'a>> {
        let is_free = |reviewer: PersonId| {
            self.separations().all(|(_, separation)| {
                against_approver(separation).all(|(duty, _)| !self.duties.holds(reviewer, duty))
            })
        };
        let by_other = self
            .standing()
            .find(|other| other.capacity == path.capacity && other.person != person && is_free(other.person));
        by_other.map(|approval| Review {
            person,
            pair,
            path,
            reviewer: approval.person,
        })
    }

    /// Says which approvals count.
    pub(super) fn approvals_that_count(&self) -> Approvals<'a> {
        let mut sorted = Approvals {
            counted: Vec::new(),
            not_counted: Vec::new(),
        };
        for approval in self.approvals {
            match self.against(approval) {
                None => sorted.counted.push(approval),
                Some(why) => sorted.not_counted.push(format!(
                    "the approval of {} as {} does not count, because {why}",
                    approval.person, approval.capacity
                )),
            }
        }
        sorted
    }

    /// Why this approval does not count.
    fn against(&self, approval: &ApprovalFacts) -> Option<String> {
        if let Some(fallen) = &approval.fallen {
            return Some(fallen.to_string());
        }
        self.separations().find_map(|(rule, separation)| {
            against_approver(separation)
                .filter(|(duty, _)| self.duties.holds(approval.person, *duty))
                .find(|(_, pair)| {
                    path_for(separation, *pair)
                        .is_none_or(|path| self.review(path, approval.person, *pair).is_none())
                })
                .map(|(duty, _)| {
                    format!(
                        "{} is also {duty} of the change (paragraph {})",
                        approval.person, rule.id
                    )
                })
        })
    }

    /// How many times somebody holds both duties of a pair and nobody reviewed it for them.
    pub(super) fn reviews_short(&self) -> usize {
        let mut gaps = Gaps::default();
        for (_, separation) in self.separations() {
            self.weigh(separation, &mut gaps, held_twice(separation, &self.duties));
        }
        gaps.missing.len()
    }

    /// Says what the separation rules find, and shows each use of a small-shop path as a paragraph of its own.
    pub(super) fn say(&self, answer: &mut Answer) {
        for (rule, separation) in self.separations() {
            let mut gaps = Gaps::default();
            let approved_too = self.standing().flat_map(|approval| {
                against_approver(separation)
                    .filter(|(duty, _)| self.duties.holds(approval.person, *duty))
                    .map(|(_, pair)| (approval.person, pair))
            });
            let mut reviews: Vec<Review<'_>> = approved_too
                .filter_map(|(person, pair)| self.review(path_for(separation, pair)?, person, pair))
                .collect();
            reviews.extend(self.weigh(separation, &mut gaps, held_twice(separation, &self.duties)));
            answer.say(rule, gaps);
            show_paths(answer, rule, &reviews);
        }
    }

    /// Says whether `person` may confirm what was done: they must not be among those who did it.
    pub(super) fn say_for_confirmation(&self, answer: &mut Answer, person: PersonId) {
        for (rule, separation) in self.separations() {
            let mut gaps = Gaps::default();
            let theirs = held_twice(separation, &self.duties)
                .filter(|(who, pair)| *who == person && is_about_verifier(*pair));
            let reviews = self.weigh(separation, &mut gaps, theirs);
            answer.say(rule, gaps);
            show_paths(answer, rule, &reviews);
        }
    }

    /// Finds the review that lets each person hold both duties; where there is none, that is missing.
    fn weigh(
        &self,
        separation: &'a Separation,
        gaps: &mut Gaps,
        held: impl Iterator<Item = (PersonId, (Duty, Duty))>,
    ) -> Vec<Review<'a>> {
        let mut reviews = Vec::new();
        for (person, pair) in held {
            let path = path_for(separation, pair);
            let found = path.and_then(|path| self.review(path, person, pair));
            match (path, found) {
                (_, Some(found)) => reviews.push(found),
                (Some(path), None) => gaps.add(
                    format!(
                        "{person} is {} and {}, and nobody else has reviewed need and impact",
                        pair.0, pair.1
                    ),
                    ways_out::approve(&self.change.change, path.capacity),
                ),
                (None, None) => add_conflict(gaps, &self.change.change, person, pair),
            }
        }
        reviews
    }
}

fn show_paths(answer: &mut Answer, rule: &Rule, reviews: &[Review<'_>]) {
    let mut shown = BTreeSet::new();
    for Review {
        person,
        pair,
        path,
        reviewer,
    } in reviews
    {
        if shown.insert((person, pair)) {
            let sentence = format!(
                "{} Taken here: {person} is {} and {}; {reviewer} reviewed as {}.",
                path.sentence, pair.0, pair.1, path.capacity
            );
            answer.say_path(rule, &path.paragraph, sentence);
        }
    }
}

/// Says what the separation rules find before anybody has approved. Where a path is in force, its review is awaited.
pub(super) fn say_before_approval(answer: &mut Answer, policy: &Policy, change: &ChangeFacts) {
    let duties = Duties::named_in(change);
    for (rule, separation) in separations(policy, change) {
        let mut gaps = Gaps::default();
        for (person, pair) in held_twice(separation, &duties) {
            if path_for(separation, pair).is_none() {
                add_conflict(&mut gaps, &change.change, person, pair);
            }
        }
        answer.say(rule, gaps);
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

/// The paragraph under which `person`, who holds another duty in the change, may decide on it all the same.
pub(super) fn path_to_decide<'a>(
    policy: &'a Policy,
    change: &'a ChangeFacts,
    person: PersonId,
) -> Option<&'a str> {
    let duties = Duties::named_in(change);
    separations(policy, change).find_map(|(_, separation)| {
        let path = against_approver(separation)
            .filter(|(duty, _)| duties.holds(person, *duty))
            .find_map(|(_, pair)| path_for(separation, pair));
        path.map(|path| path.paragraph.as_str())
    })
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

fn is_about_verifier(pair: (Duty, Duty)) -> bool {
    pair.0 == Duty::Verifier || pair.1 == Duty::Verifier
}

fn add_conflict(gaps: &mut Gaps, change: &Subject, person: PersonId, pair: (Duty, Duty)) {
    gaps.add(
        format!(
            "{person} is {} and {}; these must be different people",
            pair.0, pair.1
        ),
        match is_about_verifier(pair) {
            true => ways_out::confirm_by_another(change),
            false => format!("let another person be {}", pair.1),
        },
    );
}
