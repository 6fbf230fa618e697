//! Runs that wait for a person.

use basis::{Actor, Refusal};
use frame::pages::Waiting;
use storage::View;

use super::existing;
use crate::rules::RunState;
use crate::store;

/// The runs that stand still until somebody decides, for who may decide.
pub fn waiting(view: &View<'_>, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    let policy = policy::current(view)?;
    if policy.authority().admit(actor, "runs.decide_gate").is_err() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for id in store::live(view)? {
        let run = existing(view, id)?;
        if matches!(run.state, RunState::Paused | RunState::Halted) {
            let reason = run.reason.clone().unwrap_or_default();
            all.push(Waiting {
                what: format!("{} of {}", run.id, run.change),
                reason: format!("it is {} and waits for a decision: {reason}", run.state.name()),
                path: format!("/runs/{}", run.id),
                since: run.started_at,
                due: None,
                is_urgent: true,
            });
        }
    }
    Ok(all)
}
