//! May the change be submitted for review?

use std::collections::BTreeSet;

use basis::Verdict;

use super::{Answer, Gaps, separate};
use crate::rules::document::Policy;
use crate::rules::kinds::{Kind, RequiredParts};
use crate::rules::questions::ChangeFacts;
use crate::rules::ways_out;
use crate::rules::words::{Part, Stage};

impl Policy {
    /// Says whether a change with these parts may be submitted for review.
    pub fn may_submit(&self, change: &ChangeFacts, parts_present: &BTreeSet<Part>) -> Verdict {
        let mut answer = Answer::to(self, format!("may {} be submitted", change.change));
        say_parts(&mut answer, self, change, parts_present, Stage::Submit);
        separate::say_before_approval(&mut answer, self, change);
        answer.verdict()
    }

    /// The parts that a change needs at a stage, in the order in which people are asked for them.
    pub fn parts_needed(&self, change: &ChangeFacts, stage: Stage) -> BTreeSet<Part> {
        let needed = self.applying(change).filter_map(|rule| match &rule.kind {
            Kind::RequiredParts(RequiredParts { at, parts }) if *at == stage => Some(parts),
            _ => None,
        });
        needed.flatten().copied().collect()
    }
}

/// Says what the rules on required parts find at a stage.
pub(super) fn say_parts(
    answer: &mut Answer,
    policy: &Policy,
    change: &ChangeFacts,
    present: &BTreeSet<Part>,
    stage: Stage,
) {
    for rule in policy.applying(change) {
        let Kind::RequiredParts(required) = &rule.kind else {
            continue;
        };
        if required.at != stage {
            continue;
        }
        let mut gaps = Gaps::default();
        for part in required.parts.iter().filter(|part| !present.contains(part)) {
            gaps.add(part.in_words(), ways_out::add_part(&change.change, *part));
        }
        answer.say(rule, gaps);
    }
}
