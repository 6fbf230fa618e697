//! Looks at the calendar.

use basis::{Actor, Refusal};
use policy::Window;
use storage::Organisation;

use crate::rules::Read;
use crate::store::{self, Planned};

/// The changes that are planned or were worked on within this span, in the order in which they begin; at most `limit` with a
/// window that was set.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn calendar(
    organisation: &Organisation,
    actor: &Actor,
    span: Window,
    limit: u32,
) -> Result<Vec<Planned>, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        Ok(store::planned(view, span, limit)?)
    })
}
