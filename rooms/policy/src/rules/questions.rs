//! The facts that other rooms hand over with a question. Plain values: the asker has checked that they are true.

use std::collections::BTreeSet;
use std::fmt;

use basis::{PersonId, Role, Span, Subject, Time};
use serde::{Deserialize, Serialize};

use super::words::{
    Action, ChangeType, Classification, Criticality, Environment, EvidenceKind, Exposure, Part, PermitState,
};

/// What the rules look at of one asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetFacts {
    /// Which asset.
    pub asset: Subject,
    /// The most sensitive information on it.
    pub classification: Classification,
    /// What its loss costs.
    pub criticality: Criticality,
    /// Who can reach it.
    pub exposure: Exposure,
    /// What it is used for.
    pub environment: Environment,
}

/// What the rules look at of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFacts {
    /// Which change; named in messages and ways out.
    pub change: Subject,
    /// The revision in question, from 1.
    pub revision: u64,
    /// Its type.
    pub change_type: ChangeType,
    /// The assets it touches; empty for a change of the policy document alone.
    pub assets: Vec<AssetFacts>,
    /// Who asked for it.
    pub requester: PersonId,
    /// Who wrote any part of the revision. Every rule counts them like whoever asked.
    pub authors: BTreeSet<PersonId>,
    /// Who is named to carry it out.
    pub executors: Vec<PersonId>,
}

/// One approval that stands on the revision in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalFacts {
    /// Who approved. Two accounts of one human are one person.
    pub person: PersonId,
    /// The role in which they approved; the asker has checked that they hold it.
    pub capacity: Role,
    /// When.
    pub at: Time,
    /// Why it no longer counts; none while it does.
    pub fallen: Option<Fallen>,
}

/// Why an approval that was given no longer counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fallen {
    /// The key that signed it was revoked.
    KeyRevoked {
        /// Which key.
        key: String,
    },
    /// Whoever gave it may not act any more.
    PersonDisabled {
        /// Who.
        person: PersonId,
    },
}

impl fmt::Display for Fallen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fallen::KeyRevoked { key } => write!(f, "the key {key} that signed it was revoked"),
            Fallen::PersonDisabled { person } => write!(f, "{person} may not act any more"),
        }
    }
}

/// From when (inclusive) to when (exclusive) work may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first moment inside.
    pub from: Time,
    /// The first moment after.
    pub until: Time,
}

impl Window {
    /// Whether `moment` lies inside.
    pub fn contains(self, moment: Time) -> bool {
        self.from <= moment && moment < self.until
    }
}

/// May this change be given this window?
#[derive(Debug, Clone)]
pub struct ScheduleFacts {
    /// The change.
    pub change: ChangeFacts,
    /// The parts that its current revision has.
    pub parts_present: BTreeSet<Part>,
    /// The window asked for.
    pub window: Window,
    /// When the current revision was submitted.
    pub submitted_at: Time,
    /// When the last approval needed was given.
    pub approved_at: Time,
    /// The moment of asking.
    pub now: Time,
}

/// May a permit be issued under this change?
#[derive(Debug, Clone)]
pub struct IssueFacts {
    /// The change.
    pub change: ChangeFacts,
    /// The approvals that stand on its current revision.
    pub approvals: Vec<ApprovalFacts>,
    /// The change's window.
    pub window: Window,
    /// The permit as asked for; its state is the one it would get.
    pub permit: PermitFacts,
    /// The moment of asking.
    pub now: Time,
    /// How far that lies before the latest entry of the ledger; none where it does not.
    pub clock_behind: Option<Span>,
}

/// What the rules look at of one permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermitFacts {
    /// The revision of the change under which it was issued.
    pub revision: u64,
    /// Its state as recorded.
    pub state: PermitState,
    /// From when to when it allows work.
    pub window: Window,
    /// Who may work.
    pub people: BTreeSet<PersonId>,
    /// On what.
    pub assets: BTreeSet<Subject>,
    /// What they may do.
    pub actions: BTreeSet<Action>,
}

/// An artifact as closure and the gate see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFacts {
    /// What it shows.
    pub kind: EvidenceKind,
    /// The assets it is about; empty when it is about the change as a whole.
    pub assets: BTreeSet<Subject>,
    /// When what it shows was true.
    pub taken_at: Time,
    /// Whether it is in final form. A draft proves nothing (32 CFR 170.24(b)).
    pub is_final: bool,
}

/// May this person do this to this asset, now?
#[derive(Debug, Clone)]
pub struct WorkFacts {
    /// The change under which the work happens.
    pub change: ChangeFacts,
    /// The approvals that stand on its current revision.
    pub approvals: Vec<ApprovalFacts>,
    /// The change's window; none while it has not been scheduled.
    pub window: Option<Window>,
    /// The permit asked about; none when none was ever issued.
    pub permit: Option<PermitFacts>,
    /// Who wants to work.
    pub person: PersonId,
    /// On what.
    pub asset: Subject,
    /// What they want to do.
    pub action: Action,
    /// The evidence tied to the change so far.
    pub evidence: Vec<EvidenceFacts>,
    /// The roles of which somebody has been told of the emergency; empty for other changes.
    pub told: BTreeSet<Role>,
    /// The moment of asking.
    pub now: Time,
    /// How far that lies before the latest entry of the ledger; none where it does not.
    pub clock_behind: Option<Span>,
}

/// How the state found afterwards compares with the state that was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Nothing was compared yet.
    NotCompared,
    /// They are the same.
    Equal,
    /// They differ and nobody has said why that is right.
    Different,
    /// They differ, and a person has explained and accepted it.
    DifferenceAccepted {
        /// Who accepted it.
        by: PersonId,
    },
}

/// The comparison for one asset of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedAsset {
    /// Which asset.
    pub asset: Subject,
    /// What was found.
    pub comparison: Comparison,
}

/// What a rescan said of a finding that the change was meant to remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rescan {
    /// No rescan after the work reached the asset with that check.
    NotReached,
    /// A rescan reached it and no longer shows it.
    Gone,
    /// A rescan reached it and still shows it.
    StillThere,
    /// It is still there, and a person has explained and accepted that the change closes all the same.
    StillThereAccepted {
        /// Who accepted it.
        by: PersonId,
    },
}

/// One finding that the change was meant to remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingFacts {
    /// Which finding.
    pub finding: Subject,
    /// On which asset.
    pub asset: Subject,
    /// What the rescan said.
    pub rescan: Rescan,
}

/// The look back at an emergency change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retrospective {
    /// It has not been recorded.
    NotHeld,
    /// It has been recorded.
    Held {
        /// When.
        at: Time,
        /// Who recorded it, each time that it was recorded. None of them approves it.
        authors: BTreeSet<PersonId>,
        /// The approvals given after the fact, on the record of the retrospective.
        approvals: Vec<ApprovalFacts>,
    },
}

/// May this person confirm what was carried out, or accept what differs from it?
#[derive(Debug, Clone)]
pub struct ConfirmFacts {
    /// The change.
    pub change: ChangeFacts,
    /// The approvals under which it was carried out.
    pub approvals: Vec<ApprovalFacts>,
    /// Who in fact carried it out, from the runs and permits.
    pub worked: BTreeSet<PersonId>,
    /// Who confirms or accepts.
    pub person: PersonId,
}

/// May this change be closed?
#[derive(Debug, Clone)]
pub struct CloseFacts {
    /// The change.
    pub change: ChangeFacts,
    /// The approvals under which it was carried out. What was done while they stood is closed whatever became of them.
    pub approvals: Vec<ApprovalFacts>,
    /// Who in fact carried it out, from the runs and permits.
    pub worked: BTreeSet<PersonId>,
    /// Who confirms that what was approved is what was done; none while nobody has.
    pub verifier: Option<PersonId>,
    /// The evidence tied to the change.
    pub evidence: Vec<EvidenceFacts>,
    /// The comparison for each asset.
    pub verified: Vec<VerifiedAsset>,
    /// The findings it was meant to remedy.
    pub findings: Vec<FindingFacts>,
    /// When work began; an emergency's retrospective is due from here. None when no work began.
    pub work_began_at: Option<Time>,
    /// The retrospective; looked at for emergency changes only.
    pub retrospective: Retrospective,
    /// The moment of asking.
    pub now: Time,
}
