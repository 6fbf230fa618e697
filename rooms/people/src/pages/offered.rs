//! The people that a form offers, to who may list them.

use basis::{Actor, Refusal};
use frame::pages::{Choice, OFFERED_MAX};
use storage::View;

use crate::store;

/// Everybody who is active, each sent by their handle. None where the actor may not list people, or there are more than a
/// form offers.
pub fn offered(view: &View<'_>, actor: &Actor) -> Result<Option<Vec<Choice>>, Refusal> {
    let policy = policy::current(view)?;
    if policy.authority().admit(actor, "people.read").is_err() {
        return Ok(None);
    }
    let mut all = store::all(view)?;
    all.retain(|person| person.is_active);
    let choice = |person: &crate::rules::Person| {
        let handle = person.handle.as_str();
        Choice::new(handle, format!("{} ({handle})", person.name))
    };
    Ok((all.len() <= OFFERED_MAX).then(|| all.iter().map(choice).collect()))
}
