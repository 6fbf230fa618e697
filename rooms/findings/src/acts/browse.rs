//! Looking through findings part by part, and at their figures.

use basis::{Actor, Refusal, Span, Time};
use storage::Organisation;

use super::read::{Ranked, Ranking};
use crate::rules;
use crate::store::{self, DueCounts, FixCounts, Selection};

/// How far back the figures of corrections reach.
pub const FIXED_WITHIN: Span = Span::days(365);

/// The figures of all findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Open findings by their due time.
    pub due: DueCounts,
    /// Corrected findings of the last year by the time they took.
    pub fixed: FixCounts,
    /// When they were counted.
    pub at: Time,
}

/// One part of the findings that were asked for, in the order of `order`: `rank`, `due`, `identified` or `asset`, with a
/// dash in front for the other way round.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn browse(
    organisation: &Organisation,
    actor: &Actor,
    selection: &Selection,
    order: &str,
    limit: u64,
    offset: u64,
) -> Result<Vec<Ranked>, Refusal> {
    organisation.view(|view| {
        let now = organisation.now();
        let mut ranking = Ranking::begin(view, actor, now)?;
        let ids = store::ranked_ids(view, now, selection, order, (limit, offset))?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(finding) = store::find(view, id)? {
                found.push(ranking.rank(finding)?);
            }
        }
        Ok(found)
    })
}

/// Counts findings by their due time, and by how long they took to be corrected. Counted once for all who look until something
/// happens.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn figures(organisation: &Organisation, actor: &Actor) -> Result<Figures, Refusal> {
    organisation.view(|view| -> Result<(), Refusal> {
        actor.may::<rules::Read>(actor.person, policy::current(view)?.authority())?;
        Ok(())
    })?;
    let (tally, _) = organisation.remember("figures of findings", store::Tally::count)?;
    let now = organisation.now();
    Ok(Figures {
        due: tally.due(now),
        fixed: tally.fixed(now - FIXED_WITHIN),
        at: now,
    })
}
