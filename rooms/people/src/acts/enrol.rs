//! Enrolling people, inviting them again, changing what they hold, and taking it away.

use std::collections::BTreeSet;

use basis::{Actor, Class, Id, PersonId, Refusal, Role, Span};
use ledger::events::Events;
use storage::{Organisation, View};

use super::secrets::new_secret;
use super::{Disable, Enrol, GrantRole, Invitation};
use crate::rules::{
    AccessOpened, Disabled, Enrolled, Handle, Invited, Person, RolesGranted, check_in_person,
    check_not_own_roles, check_roles, could_confirm,
};
use crate::store;

/// How long a one-time code is good.
const INVITATION_LIFE: Span = Span::hours(72);
/// The most characters of a name or a reason.
const TEXT_CHARS_MAX: usize = 500;

/// Takes a text that people read: not empty, not long, without control characters.
pub(crate) fn check_name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let is_good =
        !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX && !text.chars().any(char::is_control);
    if is_good {
        return Ok(text.to_owned());
    }
    Err(Refusal::new(
        Class::Invalid,
        "text",
        "a name or reason is empty, too long or holds control characters",
    )
    .way_out(format!("write one line of 1 to {TEXT_CHARS_MAX} characters")))
}

pub(crate) fn invited(organisation: &Organisation, person: PersonId) -> (Invitation, Invited) {
    let (code, sha256) = new_secret(organisation.chance(), &person.to_string());
    let expires = organisation.now() + INVITATION_LIFE;
    (
        Invitation {
            person,
            code,
            expires,
        },
        Invited {
            person,
            sha256,
            expires,
        },
    )
}

/// The person, or the refusal that there is none.
pub(crate) fn existing(view: &View<'_>, person: PersonId) -> Result<Person, Refusal> {
    store::find(view, person)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "people", format!("there is no person {person}"))
            .way_out("`tagout people list` shows everybody")
    })
}

/// Whether nobody but `inviter` is there who could say who `person` is. Looks at people until one could: mostly the second.
fn is_alone(view: &View<'_>, inviter: PersonId, person: PersonId) -> Result<bool, Refusal> {
    for number in 1..store::next_person_id(view)?.number() {
        let other = store::find(view, PersonId::from_number(number))?;
        if other.is_some_and(|other| could_confirm(&other, inviter, person)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses to leave the organisation without an active administrator whose role does not wait for a confirmation.
fn check_an_administrator_remains(view: &View<'_>, without: PersonId) -> Result<(), Refusal> {
    let remains = store::all(view)?.into_iter().any(|person| {
        person.id != without && person.is_active && person.usable_roles().contains(&Role::Administrator)
    });
    if remains {
        return Ok(());
    }
    Err(Refusal::new(
        Class::Conflict,
        "people",
        format!("{without} is the only administrator who can act"),
    )
    .missing("another active administrator whom somebody has confirmed")
    .way_out("make somebody else an administrator first: `tagout people enrol HANDLE --name NAME --roles administrator`"))
}

/// Makes a person known and gives them a one-time code.
pub fn enrol(
    organisation: &Organisation,
    actor: &Actor,
    handle: &Handle,
    name: &str,
    roles: BTreeSet<Role>,
) -> Result<Invitation, Refusal> {
    let mut tx = organisation.begin("people.enrol")?;
    let policy = policy::current(&tx.view())?;
    let person = store::next_person_id(&tx.view())?;
    actor.may::<Enrol>(person, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    check_in_person(actor, within, organisation.now(), "enrolling a person")?;
    check_roles(&roles)?;
    if let Some(other) = store::resolve(&tx.view(), handle.as_str())? {
        let what = format!("the handle `{}` belongs to {}", handle.as_str(), other.id);
        return Err(Refusal::new(Class::Conflict, "people", what).way_out("choose another handle"));
    }
    let (invitation, invited) = invited(organisation, person);
    let opened = AccessOpened {
        person,
        is_reset: false,
        is_alone: is_alone(&tx.view(), actor.person, person)?,
    };
    let enrolled = Enrolled {
        person,
        handle: handle.as_str().to_owned(),
        name: check_name(name)?,
        roles,
    };
    tx.record(actor, Events::one(enrolled).and(opened).and(invited))?;
    tx.commit()?;
    Ok(invitation)
}

/// Gives a person a new one-time code, with which they choose password and one-time codes anew.
pub fn invite(organisation: &Organisation, actor: &Actor, person: PersonId) -> Result<Invitation, Refusal> {
    let mut tx = organisation.begin("people.invite")?;
    let policy = policy::current(&tx.view())?;
    actor.may::<Enrol>(person, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    check_in_person(actor, within, organisation.now(), "inviting a person")?;
    let person = existing(&tx.view(), person)?;
    if !person.is_active {
        return Err(Refusal::new(
            Class::Conflict,
            "people",
            format!("{} has been disabled", person.id),
        )
        .way_out("`tagout people list` shows who is active"));
    }
    let (invitation, invited) = invited(organisation, person.id);
    let opened = AccessOpened {
        person: person.id,
        is_reset: store::ways_in(&tx.view(), person.id)?.any(),
        is_alone: is_alone(&tx.view(), actor.person, person.id)?,
    };
    tx.record(actor, Events::one(opened).and(invited))?;
    tx.commit()?;
    Ok(invitation)
}

/// Sets the roles that a person holds.
pub fn grant_roles(
    organisation: &Organisation,
    actor: &Actor,
    person: PersonId,
    roles: BTreeSet<Role>,
    reason: &str,
) -> Result<Person, Refusal> {
    let mut tx = organisation.begin("people.grant_role")?;
    let policy = policy::current(&tx.view())?;
    actor.may::<GrantRole>(person, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    check_in_person(actor, within, organisation.now(), "granting roles")?;
    check_not_own_roles(actor.person, person)?;
    let before = existing(&tx.view(), person)?;
    check_roles(&roles)?;
    if before.roles.contains(&Role::Administrator) && !roles.contains(&Role::Administrator) {
        check_an_administrator_remains(&tx.view(), person)?;
    }
    if before.roles != roles {
        tx.record(
            actor,
            Events::one(RolesGranted {
                person,
                roles,
                reason: check_name(reason)?,
            }),
        )?;
    }
    let after = existing(&tx.view(), person)?;
    tx.commit()?;
    Ok(after)
}

/// Takes a person's access away: sign-in, tokens, signing.
pub fn disable(
    organisation: &Organisation,
    actor: &Actor,
    person: PersonId,
    reason: &str,
) -> Result<Person, Refusal> {
    let mut tx = organisation.begin("people.disable")?;
    let policy = policy::current(&tx.view())?;
    actor.may::<Disable>(person, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    check_in_person(actor, within, organisation.now(), "taking somebody's access away")?;
    let before = existing(&tx.view(), person)?;
    if before.is_active {
        check_an_administrator_remains(&tx.view(), person)?;
        tx.record(
            actor,
            Events::one(Disabled {
                person,
                reason: check_name(reason)?,
            }),
        )?;
    }
    let after = existing(&tx.view(), person)?;
    tx.commit()?;
    Ok(after)
}
