//! Submitting a change, and telling those who must know of an emergency.

use basis::{Authority, Class, PersonId, Refusal, Role, Subject, Verdict};
use ledger::Hash;
use ledger::events::Events;
use policy::AssetFacts;

use super::change::Change;
use super::events::{Submitted, Told};
use super::state::Move;
use super::words::SubmissionKind;
use super::{ChangeId, Submit};

/// Submits the current revision as `text`, if the policy's `verdict` finds it complete and its window could be set.
pub fn submit(
    _: &Authority<Submit>,
    change: &Change,
    assets: &[AssetFacts],
    verdict: &Verdict,
    asked_window: Option<&Verdict>,
    text: String,
) -> Result<Events, Refusal> {
    Move::Submit.check(change.id, change.state)?;
    for answer in [Some(verdict), asked_window].into_iter().flatten() {
        if let Some(refusal) = answer.refusal() {
            return Err(refusal);
        }
    }
    Ok(Events::one(Submitted {
        change: change.id,
        revision: change.revision,
        requester: change.requester,
        digest: Hash::of(text.as_bytes()).to_string(),
        text,
        kind: SubmissionKind::Request,
        policy_version: verdict.policy_version,
        paragraphs: verdict.paragraphs(),
        assets: assets.to_vec(),
    }))
}

/// Refuses a change that is for a finding on an asset which it does not touch: `findings` with the asset of each.
pub fn check_findings(change: &Change, findings: &[(Subject, Subject)]) -> Result<(), Refusal> {
    let mut elsewhere = findings
        .iter()
        .filter(|(_, asset)| !change.parts.assets.contains(asset))
        .peekable();
    if elsewhere.peek().is_none() {
        return Ok(());
    }
    let id = change.id;
    let what = format!("{id} is for findings on assets that it does not touch");
    let refusal = Refusal::new(Class::Invalid, "findings of a change", what);
    let refusal = elsewhere.fold(refusal, |refusal, (finding, asset)| {
        refusal.missing(format!("{asset} among the assets, where {finding} is"))
    });
    Err(refusal
        .way_out(format!(
            "name the asset as well: `tagout change edit {id} --asset ASSET`"
        ))
        .way_out(format!(
            "or take the finding out: `tagout change edit {id} --finding FINDING`"
        )))
}

/// Tells every holder of a role that must know of an emergency and has not been told.
pub fn tell(change: ChangeId, told: &[(Role, PersonId)], holders: &[(Role, PersonId)]) -> Events {
    let mut events = Events::none();
    for &(role, person) in holders.iter().filter(|holder| !told.contains(holder)) {
        events.push(Told { change, role, person });
    }
    events
}
