//! The life of a change as one table.

use std::fmt;

use basis::{Class, Refusal};

use super::ChangeId;

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Being written.
    Draft,
    /// Waits for decisions.
    Submitted,
    /// Has every approval that the policy asks for.
    Approved,
    /// Somebody asked said no.
    Disapproved,
    /// Approved, with a window.
    Scheduled,
    /// Work has begun.
    InProgress,
    /// Work is done and is being looked at.
    Verifying,
    /// Over, with everything proven.
    Closed,
    /// Undone.
    RolledBack,
    /// Ended in failure.
    Failed,
    /// Given up before work began.
    Cancelled,
}

/// What moves a change from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// Changes what is asked for.
    Edit,
    /// Asks for decisions.
    Submit,
    /// Says yes.
    Approve,
    /// Says no.
    Disapprove,
    /// Sets the window.
    Schedule,
    /// Begins or resumes work.
    Start,
    /// Ends work.
    Finish,
    /// Undoes the work.
    RollBack,
    /// Gives the work up as failed.
    Fail,
    /// Confirms, compares or accepts what was found.
    Verify,
    /// Records the look back at an emergency.
    Retrospect,
    /// Ends the change with proof.
    Close,
    /// Gives the change up before work began.
    Cancel,
}

impl State {
    /// Every state, in the order of a life.
    pub const ALL: [State; 11] = [
        State::Draft,
        State::Submitted,
        State::Approved,
        State::Disapproved,
        State::Scheduled,
        State::InProgress,
        State::Verifying,
        State::Closed,
        State::RolledBack,
        State::Failed,
        State::Cancelled,
    ];

    /// The word for it in tables and the API.
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Submitted => "submitted",
            State::Approved => "approved",
            State::Disapproved => "disapproved",
            State::Scheduled => "scheduled",
            State::InProgress => "in_progress",
            State::Verifying => "verifying",
            State::Closed => "closed",
            State::RolledBack => "rolled_back",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    /// The state with this name.
    pub fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether nothing more can happen.
    pub fn is_over(self) -> bool {
        matches!(self, State::Closed | State::Cancelled)
    }

    /// The state in words, as sentences use it.
    pub fn in_words(self) -> String {
        self.name().replace('_', " ")
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Move {
    /// Every move.
    pub const ALL: [Move; 13] = [
        Move::Edit,
        Move::Submit,
        Move::Approve,
        Move::Disapprove,
        Move::Schedule,
        Move::Start,
        Move::Finish,
        Move::RollBack,
        Move::Fail,
        Move::Verify,
        Move::Retrospect,
        Move::Close,
        Move::Cancel,
    ];

    /// What was asked for, as refusals say it.
    fn in_words(self) -> &'static str {
        match self {
            Move::Edit => "edited",
            Move::Submit => "submitted",
            Move::Approve => "approved",
            Move::Disapprove => "disapproved",
            Move::Schedule => "scheduled",
            Move::Start => "started",
            Move::Finish => "reported as done",
            Move::RollBack => "rolled back",
            Move::Fail => "reported as failed",
            Move::Verify => "verified",
            Move::Retrospect => "looked back at",
            Move::Close => "closed",
            Move::Cancel => "cancelled",
        }
    }

    /// The states from which the move is possible.
    pub fn from(self) -> &'static [State] {
        use State::*;
        match self {
            Move::Edit => &[Draft, Submitted, Approved, Disapproved, Scheduled],
            Move::Submit => &[Draft],
            // From the start of work on, only in place of an approval that fell.
            Move::Approve => &[Submitted, Approved, Scheduled, InProgress, Verifying, Failed],
            Move::Disapprove => &[Submitted, Approved, Scheduled],
            Move::Schedule => &[Approved, Scheduled],
            Move::Start => &[Scheduled, InProgress, Verifying, Failed],
            Move::Finish => &[InProgress, Failed],
            Move::RollBack => &[InProgress, Verifying, Failed],
            Move::Fail => &[InProgress, Verifying],
            Move::Verify => &[InProgress, Verifying, RolledBack, Failed],
            Move::Retrospect => &[InProgress, Verifying, RolledBack, Failed],
            Move::Close => &[Verifying, RolledBack, Failed],
            Move::Cancel => &[Draft, Submitted, Approved, Disapproved, Scheduled],
        }
    }

    /// Refuses the move unless the change stands where it is possible.
    pub fn check(self, change: ChangeId, state: State) -> Result<(), Refusal> {
        if self.from().contains(&state) {
            return Ok(());
        }
        let from: Vec<String> = self.from().iter().map(|state| state.in_words()).collect();
        let (what, state_words) = (self.in_words(), state.in_words());
        let refusal = Refusal::new(
            Class::Conflict,
            "life of a change",
            format!("{change} is {state_words} and cannot be {what}"),
        )
        .missing(format!("one of the states {}", from.join(", ")));
        Err(match state {
            State::Closed | State::Cancelled => refusal.way_out("open a new change: `tagout change open`"),
            State::Draft => refusal.way_out(format!("submit it first: `tagout change submit {change}`")),
            State::Submitted => refusal.way_out(format!(
                "see who is asked to decide: `tagout change missing {change}`"
            )),
            State::Disapproved => refusal.way_out(format!(
                "edit it to answer the objection, then submit it again: `tagout change edit {change}`"
            )),
            State::Approved => refusal.way_out(format!(
                "set its window: `tagout change schedule {change} --from TIME --until TIME`"
            )),
            State::Scheduled | State::InProgress | State::Verifying | State::RolledBack | State::Failed => {
                refusal.way_out(format!("see what comes next: `tagout change missing {change}`"))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Id;

    #[test]
    fn every_state_has_one_name_and_is_found_by_it() {
        for state in State::ALL {
            assert_eq!(State::named(state.name()), Some(state));
        }
        assert_eq!(State::named("done"), None);
    }

    #[test]
    fn nothing_leads_out_of_an_end() {
        for step in Move::ALL {
            assert!(step.from().iter().all(|state| !state.is_over()), "{step:?}");
        }
    }

    #[test]
    fn work_starts_only_behind_a_schedule_which_stands_only_behind_an_approval() {
        let change = ChangeId::from_number(1);
        for state in State::ALL {
            let may_start = Move::Start.check(change, state).is_ok();
            let worked = matches!(state, State::InProgress | State::Verifying | State::Failed);
            assert_eq!(may_start, worked || state == State::Scheduled, "{state}");
            let may_schedule = Move::Schedule.check(change, state).is_ok();
            assert_eq!(
                may_schedule,
                matches!(state, State::Approved | State::Scheduled),
                "{state}"
            );
        }
    }

    #[test]
    fn a_refused_move_names_the_state_and_a_way_on() {
        for step in Move::ALL {
            for state in State::ALL {
                if let Err(refusal) = step.check(ChangeId::from_number(3), state) {
                    assert!(refusal.what.starts_with("CHG-0003 is "), "{refusal}");
                    assert!(!refusal.way_out.is_empty(), "{refusal}");
                }
            }
        }
    }
}
