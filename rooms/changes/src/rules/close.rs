//! How a change ends: closed with proof, or cancelled before work began.

use basis::{Authority, Refusal, Verdict};
use ledger::events::Events;

use super::change::Change;
use super::events::{Cancelled, Closed};
use super::parts::check_text;
use super::state::Move;
use super::{Cancel, Close};

/// Closes the change, if the policy's `verdict` allows it.
pub fn close(
    _: &Authority<Close>,
    change: &Change,
    verdict: &Verdict,
    resolution: String,
    lessons: Option<String>,
) -> Result<Events, Refusal> {
    Move::Close.check(change.id, change.state)?;
    check_text("resolution", &resolution)?;
    if let Some(refusal) = verdict.refusal() {
        return Err(refusal);
    }
    Ok(Events::one(Closed {
        change: change.id,
        resolution,
        lessons: lessons.filter(|lessons| !lessons.trim().is_empty()),
        policy_version: verdict.policy_version,
        paragraphs: verdict.paragraphs(),
    }))
}

/// Gives the change up, with the reason.
pub fn cancel(_: &Authority<Cancel>, change: &Change, reason: String) -> Result<Events, Refusal> {
    Move::Cancel.check(change.id, change.state)?;
    check_text("reason", &reason)?;
    Ok(Events::one(Cancelled {
        change: change.id,
        reason,
    }))
}
