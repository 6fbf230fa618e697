//! Records the look back at an emergency.

use basis::{Actor, Refusal};
use storage::Organisation;

use super::existing;
use super::facts::{asked, asked_back, facts};
use crate::rules::{self, Change, ChangeId, Look, Retrospectives, canonical_text};

/// Submits justification and findings for approval after the fact.
pub fn retrospect(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    look: &Look,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.retrospect")?;
    let change = existing(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    let authority = actor.may::<Retrospectives>(id, policy.authority())?;
    let facts = facts(&tx.view(), &change)?;
    let asked = asked(
        &tx.view(),
        organisation.origin().as_str(),
        &change,
        &facts,
        &policy,
    )?;
    let asked = asked_back(&tx.view(), asked, &change, actor.person, look)?;
    let text = canonical_text(&asked, &change.parts);
    let events = rules::retrospect(&authority, &change, look, text, policy.version)?;
    tx.record(actor, events)?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}
