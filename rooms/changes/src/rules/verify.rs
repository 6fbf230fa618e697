//! What was found afterwards, and who says that it is right.

use basis::{Authority, Class, Refusal, Subject};
use ledger::events::Events;
use policy::Comparison;

use super::Verify;
use super::change::Change;
use super::events::{Accepted, Compared, Verified};
use super::parts::check_text;
use super::state::Move;

/// The most lines of difference that one comparison keeps; the rest stands in the evidence.
const DIFFERENCES_MAX: usize = 500;

/// Notes how the state of `asset` compares with the state approved: equal when there are no differences.
pub fn compared(change: &Change, asset: &Subject, mut differences: Vec<String>) -> Result<Events, Refusal> {
    Move::Verify.check(change.id, change.state)?;
    if !change.parts.assets.contains(asset) {
        let what = format!("{asset} is not among the assets of {}", change.id);
        return Err(Refusal::new(Class::Invalid, "comparison", what)
            .way_out("compare the assets that the change names"));
    }
    if differences.len() > DIFFERENCES_MAX {
        let more = differences.len() - DIFFERENCES_MAX;
        differences.truncate(DIFFERENCES_MAX);
        differences.push(format!("and {more} more, see the evidence"));
    }
    Ok(Events::one(Compared {
        change: change.id,
        asset: asset.clone(),
        differences,
    }))
}

/// Accepts a difference on an asset, or a finding that is still there, with the reason why that is right.
pub fn accept(
    _: &Authority<Verify>,
    change: &Change,
    about: &Subject,
    because: String,
) -> Result<Events, Refusal> {
    Move::Verify.check(change.id, change.state)?;
    check_text("reason for accepting", &because)?;
    let is_difference = matches!(change.comparison(about), Comparison::Different);
    if !is_difference && !change.parts.findings.contains(about) {
        let what = format!(
            "{about} is neither a finding of {} nor an asset with a difference",
            change.id
        );
        return Err(Refusal::new(Class::Conflict, "acceptance", what)
            .missing("a comparison that found a difference, or a finding that the change is for")
            .way_out("look at the machine again first: `tagout asset collect AST-0001`"));
    }
    Ok(Events::one(Accepted {
        change: change.id,
        about: about.clone(),
        because,
    }))
}

/// Confirms that what was approved is what was done.
pub fn verify(_: &Authority<Verify>, change: &Change, comment: Option<String>) -> Result<Events, Refusal> {
    Move::Verify.check(change.id, change.state)?;
    Ok(Events::one(Verified {
        change: change.id,
        comment: comment.filter(|comment| !comment.trim().is_empty()),
    }))
}
