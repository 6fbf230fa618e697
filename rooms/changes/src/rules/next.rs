//! What comes next in the life of a change, in words for whoever asks what they wait for.

use super::change::Change;
use super::state::State;

/// The step that a change waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Whoever asked writes what is missing, and submits it.
    Submit,
    /// Whoever asked answers the objection.
    Answer,
    /// Those whom the policy asks say yes or no.
    Decide,
    /// The window for the work is set.
    SetWindow,
    /// The work is done in its window, under a permit.
    Work,
    /// The policy document that the change carries is brought into force in its window.
    Adopt,
    /// What was found is compared and confirmed, and the change closed.
    Confirm,
}

impl Step {
    /// The step that the change waits for; none once it is over.
    pub fn of(change: &Change) -> Option<Step> {
        let is_document = change.parts.policy_draft.is_some() && change.parts.assets.is_empty();
        match change.state {
            State::Draft => Some(Step::Submit),
            State::Disapproved => Some(Step::Answer),
            State::Submitted => Some(Step::Decide),
            State::Approved => Some(Step::SetWindow),
            State::Scheduled if is_document => Some(Step::Adopt),
            State::Scheduled | State::InProgress => Some(Step::Work),
            State::Verifying | State::RolledBack | State::Failed => Some(Step::Confirm),
            State::Closed | State::Cancelled => None,
        }
    }

    /// The step as something to do.
    pub fn in_words(self) -> &'static str {
        match self {
            Step::Submit => "write what is missing, and submit it",
            Step::Answer => "edit it to answer the objection, and submit it again",
            Step::Decide => "read the text and decide",
            Step::SetWindow => "set the window for the work",
            Step::Work => "issue a permit and start the run in the window",
            Step::Adopt => "bring the policy document into force in the window",
            Step::Confirm => "confirm what was done, add the evidence, and close it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::parts::Parts;
    use basis::{Id, PersonId, Time};
    use policy::ChangeType;

    fn change(state: State) -> Change {
        Change {
            id: crate::rules::ChangeId::from_number(1),
            state,
            requester: PersonId::from_number(2),
            authors: [].into(),
            opened_at: Time::from_ms(0),
            revision: 1,
            revision_last: 1,
            parts: Parts::titled("Patch", ChangeType::Normal),
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

    #[test]
    fn every_change_that_is_not_over_waits_for_a_step() {
        for state in State::ALL {
            assert_eq!(Step::of(&change(state)).is_none(), state.is_over(), "{state}");
        }
        assert_eq!(Step::of(&change(State::Approved)), Some(Step::SetWindow));
    }
}
