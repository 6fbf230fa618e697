//! Looking at what is known about evidence; its content is opened, which is recorded.

use basis::{Actor, Refusal, Subject};
use storage::{Organisation, View};

use crate::acts::the_evidence;
use crate::rules::{Evidence, EvidenceId, Opening, Read};
use crate::store::{self, Selection};

fn check(view: &View<'_>, actor: &Actor) -> Result<(), Refusal> {
    actor
        .may::<Read>(actor.person, policy::current(view)?.authority())
        .map(drop)
}

/// At most `limit` pieces of evidence after `after`, oldest first; only those about `subject` where one is given.
pub fn show_list(
    organisation: &Organisation,
    actor: &Actor,
    subject: Option<&Subject>,
    after: Option<EvidenceId>,
    limit: u64,
) -> Result<Vec<Evidence>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        match subject {
            Some(subject) => Ok(store::list_about(view, subject, after, limit)?),
            None => Ok(store::list(view, after, limit)?),
        }
    })
}

/// One piece of evidence, and who looked at its content.
pub fn show(
    organisation: &Organisation,
    actor: &Actor,
    id: EvidenceId,
) -> Result<(Evidence, Vec<Opening>), Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok((the_evidence(view, id)?, store::openings(view, id)?))
    })
}

/// One part of the evidence that was asked for, the newest first.
pub fn show_part(
    organisation: &Organisation,
    actor: &Actor,
    selection: &Selection,
    limit: u64,
    offset: u64,
) -> Result<Vec<Evidence>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(store::browse(view, selection, (limit, offset))?)
    })
}
