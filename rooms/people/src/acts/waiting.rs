//! People who wait for a second person to confirm who they are.

use basis::{Actor, Refusal};
use frame::pages::Waiting;
use storage::View;

use crate::rules::Standing;
use crate::store;

/// The people whom the actor could confirm.
pub fn waiting(view: &View<'_>, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    let policy = policy::current(view)?;
    if policy.authority().admit(actor, "people.confirm").is_err() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for person in store::all(view)? {
        if !person.is_active || person.standing != Standing::Unconfirmed || person.id == actor.person {
            continue;
        }
        let accesses = store::accesses_of(view, person.id)?;
        let Some(access) = accesses.iter().rev().find(|access| access.taken_up_at.is_some()) else {
            continue;
        };
        if access.opened_by == actor.person {
            continue;
        }
        all.push(Waiting {
            what: format!("{} {}", person.id, person.name),
            reason: "say whether this is who accepted the invitation".to_owned(),
            path: format!("/people/{}", person.id),
            since: access.taken_up_at.unwrap_or(person.enrolled_at),
            due: None,
            is_urgent: false,
        });
    }
    Ok(all)
}
