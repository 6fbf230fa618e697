//! Submits a change for decision.

use basis::{Actor, PersonId, Refusal, Role, Subject, Time, Verdict};
use policy::{ChangeFacts, Policy};
use storage::{By, Organisation, StorageError, Tx, View};

use super::existing;
use super::facts::{asked, facts, finding_of, is_emergency};
use crate::rules::{self, Change, ChangeId, Submit, canonical_text};

/// Submits the current revision, if the policy finds it complete. The text that results is what is signed. Of an emergency
/// those who must know are told in the same moment.
pub fn submit(organisation: &Organisation, actor: &Actor, id: ChangeId) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.submit")?;
    let change = existing(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    let authority = actor.may::<Submit>(id, policy.authority())?;
    let facts = facts(&tx.view(), &change)?;
    rules::check_findings(&change, &findings_with_assets(&tx.view(), &change)?)?;
    let verdict = policy.may_submit(&facts, &change.parts.present());
    let asked_window = asked_window(&policy, &facts, &change, organisation.now());
    let asked = asked(
        &tx.view(),
        organisation.origin().as_str(),
        &change,
        &facts,
        &policy,
    )?;
    let events = rules::submit(
        &authority,
        &change,
        &facts.assets,
        &verdict,
        asked_window.as_ref(),
        canonical_text(&asked, &change.parts),
    )?;
    tx.record(actor, events)?;
    tell_missing(&mut tx, &By::from(actor), id)?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}

/// Each finding that the change is for, with the asset that it is on.
fn findings_with_assets(view: &View<'_>, change: &Change) -> Result<Vec<(Subject, Subject)>, Refusal> {
    let findings = change.parts.findings.iter();
    let each = findings.map(|finding| Ok((finding.clone(), finding_of(view, finding)?.asset.into())));
    each.collect()
}

/// Whether the window that the change names could be set at all; none while it names none.
pub(super) fn asked_window(
    policy: &Policy,
    facts: &ChangeFacts,
    change: &Change,
    now: Time,
) -> Option<Verdict> {
    let window = change.parts.window?;
    Some(policy.may_ask_for_window(facts, window.into(), now))
}

/// Tells those who must know of an emergency and have not been told, in the caller's transaction: whoever was given such a
/// role since the change was submitted is told before work starts. Does nothing for other changes.
pub fn tell_missing(tx: &mut Tx<'_>, by: &By, id: ChangeId) -> Result<(), StorageError> {
    let change = existing(&tx.view(), id).map_err(StorageError::Refused)?;
    if !is_emergency(&change) {
        return Ok(());
    }
    let holders = holders(&tx.view(), policy::current(&tx.view())?.told_of_emergencies())?;
    let told: Vec<(Role, PersonId)> = change
        .told
        .iter()
        .map(|(role, person, _)| (*role, *person))
        .collect();
    tx.record(by.clone(), rules::tell(id, &told, &holders))
}

fn holders(view: &View<'_>, roles: &[Role]) -> Result<Vec<(Role, PersonId)>, StorageError> {
    let people = people::all(view)?;
    let active = people.iter().filter(|person| person.is_active);
    Ok(active
        .flat_map(|person| {
            let held = roles.iter().filter(|role| person.roles.contains(role));
            held.map(|role| (*role, person.id))
        })
        .collect())
}
