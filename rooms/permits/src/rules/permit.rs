//! A permit and what it is at a moment.

use std::collections::BTreeSet;

use basis::{PersonId, Subject, Time};
use changes::ChangeId;
use policy::{Action, PermitFacts, PermitState, Window};

use super::PermitId;

/// What was recorded of a permit. Whether its time has begun or is over follows from the moment of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Given out.
    Given,
    /// Stopped for now.
    Suspended,
    /// Given back.
    HandedBack,
    /// Withdrawn for good.
    Revoked,
}

impl Standing {
    /// The word for it in tables.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Given => "given",
            Standing::Suspended => "suspended",
            Standing::HandedBack => "handed_back",
            Standing::Revoked => "revoked",
        }
    }

    /// The standing with this name.
    pub fn named(name: &str) -> Option<Standing> {
        [
            Standing::Given,
            Standing::Suspended,
            Standing::HandedBack,
            Standing::Revoked,
        ]
        .into_iter()
        .find(|standing| standing.name() == name)
    }
}

/// Whether the holder of a permit has finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The work of the change is done.
    Done,
    /// Something is left to do, under another permit.
    Unfinished,
}

impl Work {
    /// The word for it in events and the API.
    pub fn name(self) -> &'static str {
        match self {
            Work::Done => "done",
            Work::Unfinished => "unfinished",
        }
    }

    /// The value with this name.
    pub fn named(name: &str) -> Option<Work> {
        [Work::Done, Work::Unfinished]
            .into_iter()
            .find(|work| work.name() == name)
    }
}

/// The authority to do these things to these assets until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// Its id.
    pub id: PermitId,
    /// The change under which it was issued.
    pub change: ChangeId,
    /// The revision of the change under which it was issued; 0 where the record does not say.
    pub revision: u64,
    /// What was recorded of it.
    pub standing: Standing,
    /// From when to when it allows work.
    pub window: Window,
    /// Who may work.
    pub people: BTreeSet<PersonId>,
    /// On what.
    pub assets: BTreeSet<Subject>,
    /// What they may do.
    pub actions: BTreeSet<Action>,
    /// Who issued it.
    pub issued_by: PersonId,
    /// When.
    pub issued_at: Time,
}

impl Permit {
    /// What it is at a moment. It ends by itself: nobody has to record that.
    pub fn state_at(&self, now: Time) -> PermitState {
        match self.standing {
            Standing::HandedBack => PermitState::HandedBack,
            Standing::Revoked => PermitState::Revoked,
            _ if self.window.until <= now => PermitState::Expired,
            Standing::Suspended => PermitState::Suspended,
            Standing::Given if now < self.window.from => PermitState::Issued,
            Standing::Given => PermitState::Active,
        }
    }

    /// Whether it has not ended.
    pub fn is_live(&self, now: Time) -> bool {
        matches!(
            self.state_at(now),
            PermitState::Issued | PermitState::Active | PermitState::Suspended
        )
    }

    /// Whether it names the person, the asset and the action.
    pub fn covers(&self, person: PersonId, asset: &Subject, action: Action) -> bool {
        self.people.contains(&person) && self.assets.contains(asset) && self.actions.contains(&action)
    }

    /// What the policy looks at.
    pub fn facts(&self, now: Time) -> PermitFacts {
        PermitFacts {
            revision: self.revision,
            state: self.state_at(now),
            window: self.window,
            people: self.people.clone(),
            assets: self.assets.clone(),
            actions: self.actions.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Id;

    fn at(minute: i64) -> Time {
        Time::from_ms(minute * 60_000)
    }

    fn permit(standing: Standing) -> Permit {
        Permit {
            id: PermitId::from_number(1),
            change: ChangeId::from_number(1),
            revision: 1,
            standing,
            window: Window {
                from: at(10),
                until: at(20),
            },
            people: BTreeSet::from([PersonId::from_number(1)]),
            assets: BTreeSet::new(),
            actions: BTreeSet::new(),
            issued_by: PersonId::from_number(2),
            issued_at: at(5),
        }
    }

    #[test]
    fn a_permit_begins_and_ends_by_itself() {
        use PermitState::{Active, Expired, HandedBack, Issued, Revoked, Suspended};
        let table = [
            (Standing::Given, [Issued, Active, Active, Expired]),
            (Standing::Suspended, [Suspended, Suspended, Suspended, Expired]),
            (Standing::HandedBack, [HandedBack; 4]),
            (Standing::Revoked, [Revoked; 4]),
        ];
        let just_before_the_end = Time::from_ms(at(20).as_ms() - 1);
        for (standing, expected) in table {
            let moments = [at(9), at(10), just_before_the_end, at(20)];
            let states = moments.map(|moment| permit(standing).state_at(moment));
            assert_eq!(states, expected, "{standing:?}");
        }
    }
}
