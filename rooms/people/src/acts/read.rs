//! Looking at people, their keys and their tokens.

use basis::{Actor, PersonId, Refusal};
use storage::{Organisation, View};

use super::Read;
use super::enrol::existing;
use crate::rules::{Access, Person, SigningKey, WaysIn, could_confirm};
use crate::store::{self, StoredToken};

fn check(view: &View<'_>, actor: &Actor) -> Result<(), Refusal> {
    actor
        .may::<Read>(actor.person, policy::current(view)?.authority())
        .map(drop)
}

/// Everybody.
pub fn list(organisation: &Organisation, actor: &Actor) -> Result<Vec<Person>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(store::all(view)?)
    })
}

/// One person, their signing keys and their invitations. Everybody may look at themselves.
pub fn show(
    organisation: &Organisation,
    actor: &Actor,
    person: PersonId,
) -> Result<(Person, Vec<SigningKey>, Vec<Access>), Refusal> {
    organisation.view(|view| {
        if person != actor.person {
            check(view, actor)?;
        }
        let keys = store::signing_keys_of(view, person)?;
        Ok((existing(view, person)?, keys, store::accesses_of(view, person)?))
    })
}

/// Who could confirm who the person is that accepted the invitation by `inviter`, among those who may by the policy.
pub(crate) fn confirmers(
    organisation: &Organisation,
    actor: &Actor,
    person: PersonId,
    inviter: PersonId,
) -> Result<Vec<Person>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        let allowed = policy::current(view)?.authority().roles("people.confirm");
        let mut all = store::all(view)?;
        all.retain(|other| could_confirm(other, inviter, person) && !other.roles.is_disjoint(&allowed));
        Ok(all)
    })
}

/// In which ways the actor signs in.
pub fn own_ways_in(organisation: &Organisation, actor: &Actor) -> Result<WaysIn, Refusal> {
    organisation.view(|view| Ok(store::ways_in(view, actor.person)?))
}

/// The actor's own tokens, newest first.
pub fn own_tokens(organisation: &Organisation, actor: &Actor) -> Result<Vec<StoredToken>, Refusal> {
    organisation.view(|view| Ok(store::tokens_of(view, actor.person)?))
}
