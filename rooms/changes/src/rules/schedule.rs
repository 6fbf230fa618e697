//! Setting the window.

use basis::{Authority, Class, Refusal, Verdict};
use ledger::events::Events;
use policy::Window;

use super::Schedule;
use super::change::Change;
use super::events::Scheduled;
use super::state::Move;

/// Sets the window of an approved change, if the policy's verdicts allow it. The window may be narrower than the one that
/// was approved and never wider: what the approvers signed is what may happen.
pub fn schedule(
    _: &Authority<Schedule>,
    change: &Change,
    window: Window,
    approved: &Verdict,
    verdict: &Verdict,
) -> Result<Events, Refusal> {
    Move::Schedule.check(change.id, change.state)?;
    if let Some(signed) = change.parts.window
        && (window.from < signed.from || signed.until < window.until)
    {
        let what = format!(
            "the window approved for {} is {} to {}",
            change.id,
            signed.from.to_minutes(),
            signed.until.to_minutes()
        );
        return Err(Refusal::new(Class::Conflict, "approved text", what)
            .missing("a window inside the one that was approved")
            .way_out("choose a window inside it")
            .way_out(format!(
                "or ask for another one and have it approved again: `tagout change edit {} --from TIME --until TIME`",
                change.id
            )));
    }
    for answer in [approved, verdict] {
        if let Some(refusal) = answer.refusal() {
            return Err(refusal);
        }
    }
    Ok(Events::one(Scheduled {
        change: change.id,
        revision: change.revision,
        window: window.into(),
        policy_version: verdict.policy_version,
        paragraphs: verdict.paragraphs(),
    }))
}
