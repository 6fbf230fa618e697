//! The look back at an emergency: it turns what was done in haste into something reviewed like any other change.

use basis::{Authority, Class, Refusal};
use ledger::Hash;
use ledger::events::Events;
use policy::ChangeType;

use super::Retrospectives;
use super::change::Change;
use super::events::Submitted;
use super::parts::check_text;
use super::state::Move;
use super::words::SubmissionKind;

/// What the look back says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Why the change was needed and could not wait, in full.
    pub justification: String,
    /// What was done and found, and what follows from it.
    pub findings: String,
}

impl Look {
    /// Refuses a look that leaves one of its parts out.
    pub fn check(&self) -> Result<(), Refusal> {
        check_text("justification", &self.justification)?;
        check_text("record of what was done and found", &self.findings)
    }
}

/// Submits the retrospective `text` for approval after the fact, as a revision of its own. Whoever records it asks for the
/// approval and so cannot give it.
pub fn retrospect(
    authority: &Authority<Retrospectives>,
    change: &Change,
    look: &Look,
    text: String,
    policy_version: u64,
) -> Result<Events, Refusal> {
    if change.parts.change_type != ChangeType::Emergency {
        let what = format!(
            "{} is a {} change; only an emergency has a retrospective",
            change.id, change.parts.change_type
        );
        return Err(Refusal::new(Class::Conflict, "retrospective", what)
            .way_out(format!("close it: `tagout change close {}`", change.id)));
    }
    Move::Retrospect.check(change.id, change.state)?;
    look.check()?;
    Ok(Events::one(Submitted {
        change: change.id,
        revision: change.revision_last + 1,
        requester: authority.person(),
        digest: Hash::of(text.as_bytes()).to_string(),
        text,
        kind: SubmissionKind::Retrospective,
        policy_version,
        paragraphs: Vec::new(),
        assets: Vec::new(),
    }))
}
