//! The assets that a form offers, to who may list them.

use basis::{Actor, Refusal};
use frame::pages::{Choice, OFFERED_MAX};
use storage::View;

use crate::store;

/// Every asset in use, each sent by its name. None where the actor may not list assets, or there are more than a form offers.
pub fn offered(view: &View<'_>, actor: &Actor) -> Result<Option<Vec<Choice>>, Refusal> {
    let policy = policy::current(view)?;
    if policy.authority().admit(actor, "assets.read").is_err() {
        return Ok(None);
    }
    let found = store::list_in_use(view, None, OFFERED_MAX as u64 + 1)?;
    let choice = |asset: &crate::rules::Asset| {
        let name = asset.name();
        Choice::new(name, format!("{name} ({})", asset.id))
    };
    Ok((found.len() <= OFFERED_MAX).then(|| found.iter().map(choice).collect()))
}
