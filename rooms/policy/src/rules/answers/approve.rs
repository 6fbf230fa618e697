//! Is the change approved, and may this person decide on it?

use std::collections::{BTreeMap, BTreeSet};

use basis::{PersonId, Role, Verdict};

use super::separate::{self, Case};
use super::{Answer, Gaps};
use crate::rules::document::Policy;
use crate::rules::kinds::{Kind, Need};
use crate::rules::questions::{ApprovalFacts, ChangeFacts};
use crate::rules::ways_out;

impl Policy {
    /// Says whether the approvals that stand on the current revision are all that the policy asks for.
    pub fn is_approved(&self, change: &ChangeFacts, approvals: &[ApprovalFacts]) -> Verdict {
        let mut answer = Answer::to(self, format!("is {} approved", change.change));
        say_approved(&mut answer, &Case::before_work(self, change, approvals));
        answer.verdict()
    }

    /// How much is still needed until the change is approved: approvals, and reviews where a small-shop path asks for one.
    /// Zero exactly where [`Policy::is_approved`] says yes.
    pub fn approvals_short(&self, change: &ChangeFacts, approvals: &[ApprovalFacts]) -> usize {
        let case = Case::before_work(self, change, approvals);
        let counted = case.approvals_that_count().counted;
        let asked = self.applying(change).filter_map(|rule| match &rule.kind {
            Kind::Approvals(asked) => Some(asked),
            _ => None,
        });
        let short = asked.flat_map(|asked| unmet(&asked.needed, &counted).into_values());
        short.map(|count| count as usize).sum::<usize>() + case.reviews_short()
    }

    /// The roles in which an approval is still needed until the change is approved.
    pub fn capacities_short(&self, change: &ChangeFacts, approvals: &[ApprovalFacts]) -> BTreeSet<Role> {
        let case = Case::before_work(self, change, approvals);
        let counted = case.approvals_that_count().counted;
        let is_review_short = case.reviews_short() > 0;
        let short = self.applying(change).flat_map(|rule| match &rule.kind {
            Kind::Approvals(asked) => unmet(&asked.needed, &counted).into_keys().collect(),
            Kind::Separation(separation) if is_review_short => {
                let path = separation.alternative.as_ref().filter(|path| path.in_force);
                path.map(|path| path.capacity).into_iter().collect()
            }
            _ => Vec::new(),
        });
        short.collect()
    }

    /// The paragraph of the small-shop path under which `person` may decide on a change in which they hold another duty;
    /// none where they hold none, or no path is in force.
    pub fn path_to_decide(&self, change: &ChangeFacts, person: PersonId) -> Option<String> {
        separate::path_to_decide(self, change, person).map(str::to_owned)
    }

    /// Says whether `person` may approve or disapprove in `capacity`. That they hold the role is the asker's check.
    pub fn may_decide(&self, change: &ChangeFacts, person: PersonId, capacity: Role) -> Verdict {
        let question = format!("may {person} decide on {} as {capacity}", change.change);
        let mut answer = Answer::to(self, question);
        separate::say_for_decision(&mut answer, self, change, person);
        let asked_for = self.capacities_asked_for(change);
        for rule in self.applying(change) {
            if !matches!(rule.kind, Kind::Approvals(_)) {
                continue;
            }
            let mut gaps = Gaps::default();
            if !asked_for.contains(&capacity) {
                let names: Vec<&str> = asked_for.iter().map(|role| role.name()).collect();
                gaps.add(
                    format!("nobody is asked to decide on {} as {capacity}", change.change),
                    format!("decide as {}", names.join(" or ")),
                );
            }
            answer.say(rule, gaps);
        }
        answer.verdict()
    }

    /// The roles in which somebody is asked to approve this change, those of a small-shop path in force included.
    pub fn capacities_asked_for(&self, change: &ChangeFacts) -> BTreeSet<Role> {
        let asked = self.applying(change).flat_map(|rule| match &rule.kind {
            Kind::Approvals(approvals) => approvals.needed.iter().map(|need| need.capacity).collect(),
            Kind::Separation(separation) => {
                let path = separation.alternative.as_ref().filter(|path| path.in_force);
                path.map(|path| path.capacity).into_iter().collect()
            }
            _ => Vec::new(),
        });
        asked.collect()
    }
}

/// Says what the rules on approvals and on separation find.
pub(super) fn say_approved(answer: &mut Answer, case: &Case<'_>) {
    let (policy, change) = (case.policy, case.change);
    let sorted = case.approvals_that_count();
    for rule in policy.applying(change) {
        let Kind::Approvals(asked) = &rule.kind else {
            continue;
        };
        let mut gaps = Gaps::default();
        let short = unmet(&asked.needed, &sorted.counted);
        for (capacity, count) in &short {
            let others: Vec<String> = people(&sorted.counted).iter().map(ToString::to_string).collect();
            let from = match others.as_slice() {
                [] => String::new(),
                others => format!(" from somebody other than {}", others.join(", ")),
            };
            let plural = if *count == 1 { "" } else { "s" };
            gaps.add(
                format!("{count} approval{plural} as {capacity}{from}"),
                ways_out::approve(&change.change, *capacity),
            );
        }
        if !short.is_empty() {
            gaps.missing.extend(sorted.not_counted.iter().cloned());
        }
        answer.say(rule, gaps);
    }
    case.say(answer);
}

fn people(approvals: &[&ApprovalFacts]) -> BTreeSet<PersonId> {
    approvals.iter().map(|approval| approval.person).collect()
}

/// What is still needed when each person counts once, however many roles they approved in. People are given to needs
/// by augmenting paths, so that who approved first never decides whether it is enough.
pub(super) fn unmet(needs: &[Need], approvals: &[&ApprovalFacts]) -> BTreeMap<Role, u32> {
    let mut capacities: BTreeMap<PersonId, BTreeSet<Role>> = BTreeMap::new();
    for approval in approvals {
        capacities
            .entry(approval.person)
            .or_default()
            .insert(approval.capacity);
    }
    let slots: Vec<Role> = needs
        .iter()
        .flat_map(|need| std::iter::repeat_n(need.capacity, need.count as usize))
        .collect();
    let mut given: BTreeMap<PersonId, usize> = BTreeMap::new();
    let mut short = BTreeMap::new();
    for slot in 0..slots.len() {
        if !give(slot, &slots, &capacities, &mut given, &mut BTreeSet::new()) {
            *short.entry(slots[slot]).or_insert(0) += 1;
        }
    }
    short
}

/// Finds a person for the slot, moving others to other slots where that frees one. Each person is tried once, which
/// bounds the recursion.
fn give(
    slot: usize,
    slots: &[Role],
    capacities: &BTreeMap<PersonId, BTreeSet<Role>>,
    given: &mut BTreeMap<PersonId, usize>,
    tried: &mut BTreeSet<PersonId>,
) -> bool {
    for (person, roles) in capacities {
        if !roles.contains(&slots[slot]) || !tried.insert(*person) {
            continue;
        }
        let is_free = match given.get(person).copied() {
            None => true,
            Some(other) => give(other, slots, capacities, given, tried),
        };
        if is_free {
            given.insert(*person, slot);
            return true;
        }
    }
    false
}
