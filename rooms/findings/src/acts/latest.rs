//! What was brought in last: scans, and lists of advisories and of exploited vulnerabilities.

use basis::{Actor, Refusal};
use storage::Organisation;

use crate::rules;
use crate::store::{self, LoadedFeed, ScanRow};

/// At most `limit` scans and as many lists, the latest first.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn latest(
    organisation: &Organisation,
    actor: &Actor,
    limit: u64,
) -> Result<(Vec<ScanRow>, Vec<LoadedFeed>), Refusal> {
    organisation.view(|view| {
        actor.may::<rules::Read>(actor.person, policy::current(view)?.authority())?;
        Ok((
            store::latest_scans(view, limit)?,
            store::latest_feeds(view, limit)?,
        ))
    })
}
