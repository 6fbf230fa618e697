//! A change as the rules see it.

use std::collections::BTreeSet;

use basis::{PersonId, Role, Subject, Time};
use policy::{Action, ApprovalFacts, AssetFacts, Comparison, Fallen, VerifiedAsset, Window};

use super::parts::Parts;
use super::words::{Decision, SubmissionKind};
use super::{ChangeId, State};

/// A text that was submitted for decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The revision.
    pub revision: u64,
    /// Who asks.
    pub requester: PersonId,
    /// The exact text.
    pub text: String,
    /// SHA-256 of the text's bytes, in hex.
    pub digest: String,
    /// What was known of the assets then.
    pub assets: Vec<AssetFacts>,
    /// When.
    pub at: Time,
}

/// One signed decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// On which revision.
    pub revision: u64,
    /// On a request or on a retrospective.
    pub kind: SubmissionKind,
    /// What was said.
    pub decision: Decision,
    /// By whom.
    pub person: PersonId,
    /// In which role.
    pub capacity: Role,
    /// When it was signed.
    pub signed_at: Time,
    /// The reason, or other words.
    pub comment: Option<String>,
    /// The paragraph of the small-shop path that let this person decide.
    pub alternative: Option<String>,
    /// The key that signed.
    pub key_id: String,
    /// The armored SSH signature.
    pub signature: String,
    /// Why it no longer counts: the text it was about is another now.
    pub voided: Option<String>,
    /// Why it no longer counts although the text stands: what became of its key or of the person. None once the change is
    /// over.
    pub fallen: Option<Fallen>,
}

/// The look back at an emergency that waits for, or has, its approvals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrospect {
    /// The text under decision.
    pub submission: Submission,
    /// When it was first recorded: the clock stops there.
    pub held_at: Time,
    /// Who recorded it, each time that it was recorded.
    pub authors: BTreeSet<PersonId>,
}

/// One change with its current revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: ChangeId,
    /// Where it stands.
    pub state: State,
    /// Who asked for it.
    pub requester: PersonId,
    /// Who wrote any part of the current revision.
    pub authors: BTreeSet<PersonId>,
    /// When it was opened.
    pub opened_at: Time,
    /// The number of the current revision, from 1.
    pub revision: u64,
    /// The highest number given to any revision, retrospectives included.
    pub revision_last: u64,
    /// What the current revision asks for.
    pub parts: Parts,
    /// The current revision as it was submitted; none while it is a draft.
    pub submission: Option<Submission>,
    /// When the current revision had all its approvals.
    pub approved_at: Option<Time>,
    /// The window set for the work.
    pub window: Option<Window>,
    /// When work first began.
    pub work_began_at: Option<Time>,
    /// Who in fact worked.
    pub worked: BTreeSet<PersonId>,
    /// Who confirmed what was done.
    pub verifier: Option<PersonId>,
    /// What the state afterwards was found to be, asset by asset.
    pub verified: Vec<VerifiedAsset>,
    /// Findings that are still there and were accepted, with who accepted them.
    pub accepted_findings: Vec<(Subject, PersonId)>,
    /// Who was told of an emergency, in which role, and when.
    pub told: Vec<(Role, PersonId, Time)>,
    /// The look back at an emergency.
    pub retrospect: Option<Retrospect>,
    /// Every decision ever made, void ones among them, in order.
    pub decisions: Vec<Decided>,
}

impl Change {
    /// What waits for decisions: the retrospective where there is one, otherwise the submitted request.
    pub fn under_decision(&self) -> Option<(SubmissionKind, &Submission)> {
        match &self.retrospect {
            Some(look) => Some((SubmissionKind::Retrospective, &look.submission)),
            None => Some((SubmissionKind::Request, self.submission.as_ref()?)),
        }
    }

    /// The last word of each person in each role on a revision that still counts.
    fn standing(&self, revision: u64) -> Vec<&Decided> {
        let mut last: Vec<&Decided> = Vec::new();
        let counting = self.decisions.iter();
        for decided in counting.filter(|decided| decided.revision == revision && decided.voided.is_none()) {
            last.retain(|earlier| (earlier.person, earlier.capacity) != (decided.person, decided.capacity));
            last.push(decided);
        }
        last
    }

    fn approvals_on(&self, revision: u64) -> Vec<ApprovalFacts> {
        let standing = self.standing(revision).into_iter();
        standing
            .filter(|decided| decided.decision == Decision::Approve)
            .map(|decided| ApprovalFacts {
                person: decided.person,
                capacity: decided.capacity,
                at: decided.signed_at,
                fallen: decided.fallen.clone(),
            })
            .collect()
    }

    /// The approvals on the current revision; those that fell say why.
    pub fn approvals(&self) -> Vec<ApprovalFacts> {
        self.approvals_on(self.revision)
    }

    /// The same as they were given, whatever became of keys and people since: what was done under them stands.
    pub fn approvals_as_given(&self) -> Vec<ApprovalFacts> {
        let mut approvals = self.approvals();
        approvals.iter_mut().for_each(|approval| approval.fallen = None);
        approvals
    }

    /// The approvals that count towards `action` at this moment. What was done while they stood may be undone.
    pub fn approvals_for(&self, action: Action) -> Vec<ApprovalFacts> {
        match (action, self.work_began_at) {
            (Action::RollBack, Some(_)) => self.approvals_as_given(),
            _ => self.approvals(),
        }
    }

    /// The approvals of the retrospective.
    pub fn retrospective_approvals(&self) -> Vec<ApprovalFacts> {
        let look = self.retrospect.as_ref();
        look.map_or_else(Vec::new, |look| self.approvals_on(look.submission.revision))
    }

    /// The roles of which somebody was told.
    pub fn told_roles(&self) -> BTreeSet<Role> {
        self.told.iter().map(|(role, _, _)| *role).collect()
    }

    /// What was found on one asset.
    pub fn comparison(&self, asset: &Subject) -> Comparison {
        let found = self.verified.iter().find(|verified| verified.asset == *asset);
        found.map_or(Comparison::NotCompared, |verified| verified.comparison)
    }
}
