//! What was found afterwards, and who says that it is right.

use basis::{Authority, Class, Refusal, Subject, Verdict};
use ledger::events::Events;
use policy::Comparison;

use super::Verify;
use super::change::Change;
use super::events::{Accepted, Compared, Verified};
use super::parts::check_text;
use super::state::{Move, State};

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

/// What stands as the difference where no run compared an asset and a person says what they found.
const NOT_COMPARED: &str = "no run compared it; a person says how it was found";

/// Refuses a word on what was done while work goes on, or by one who did it, if the policy's `verdict` says so.
fn check_may_confirm(change: &Change, verdict: &Verdict) -> Result<(), Refusal> {
    Move::Verify.check(change.id, change.state)?;
    if change.state == State::InProgress {
        let what = format!("work goes on under {}, so nobody can confirm it yet", change.id);
        return Err(Refusal::new(Class::Conflict, "life of a change", what)
            .missing("the end of the work")
            .way_out("let the work be reported as done first: `tagout permit hand-back PERMIT`"));
    }
    verdict.refusal().map_or(Ok(()), Err)
}

/// Accepts a difference on an asset, or a finding that is still there, with the reason why that is right. Work that was
/// done by hand behind the gate is compared by nobody else, so there the reason says what was found. Another person may
/// accept anew what was accepted.
pub fn accept(
    authority: &Authority<Verify>,
    change: &Change,
    verdict: &Verdict,
    about: &Subject,
    because: String,
) -> Result<Events, Refusal> {
    check_may_confirm(change, verdict)?;
    check_text("reason for accepting", &because)?;
    let comparison = change.comparison(about);
    let is_uncompared = change.parts.assets.contains(about) && comparison == Comparison::NotCompared;
    let is_difference = match comparison {
        Comparison::Different => true,
        Comparison::DifferenceAccepted { by } => by != authority.person(),
        Comparison::Equal | Comparison::NotCompared => false,
    };
    if !is_difference && !is_uncompared && !change.parts.findings.contains(about) {
        let what = format!(
            "{about} is neither a finding of {} nor an asset with a difference",
            change.id
        );
        return Err(Refusal::new(Class::Conflict, "acceptance", what)
            .missing("a difference that was found, an asset that no run compared, or a finding of the change")
            .way_out(format!("see what there is: `tagout change show {}`", change.id)));
    }
    let accepted = Accepted {
        change: change.id,
        about: about.clone(),
        because,
    };
    if !is_uncompared {
        return Ok(Events::one(accepted));
    }
    let compared = Compared {
        change: change.id,
        asset: about.clone(),
        differences: vec![NOT_COMPARED.to_owned()],
    };
    Ok(Events::one(compared).and(accepted))
}

/// Confirms that what was approved is what was done. While work goes on nobody can know that.
pub fn verify(
    _: &Authority<Verify>,
    change: &Change,
    verdict: &Verdict,
    comment: Option<String>,
) -> Result<Events, Refusal> {
    check_may_confirm(change, verdict)?;
    Ok(Events::one(Verified {
        change: change.id,
        comment: comment.filter(|comment| !comment.trim().is_empty()),
    }))
}
