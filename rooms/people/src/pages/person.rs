//! One person: who they are, how they got in, and what may be done about it.

use askama::Template;
use basis::{PersonId, Refusal};
use frame::pages::{Cell, Choice, Column, Form, Goto, Moment, Page, State, Table, Tone};
use frame::{Call, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::everybody::{invitation_shown, role_choices, sample_people, state_of};
use super::step_up::needs_proof;
use crate::acts;
use crate::rules::{Access, Person, SigningKey, Standing, roles_of};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .page("/people/{person}", "people.read", "Shows one person", person_page)
        .form(
            "/people/{person}/invitations",
            "people.enrol",
            "Invites a person again and shows the invitation",
            person_page,
            invite_again,
        )
        .form(
            "/people/{person}/confirmation",
            "people.confirm",
            "Confirms who a person is",
            person_page,
            confirm_person,
        )
        .form(
            "/people/{person}/roles",
            "people.grant_role",
            "Sets the roles of a person",
            person_page,
            set_roles,
        )
        .form(
            "/people/{person}/disabling",
            "people.disable",
            "Takes a person's access away",
            person_page,
            disable_person,
        )
}

/// What the looker may do about the person; nothing where they may not.
#[derive(Debug, Clone)]
struct Deeds {
    confirm: Option<Form>,
    roles: Option<Form>,
    invite: Option<Form>,
    disable: Option<Form>,
}

/// The acceptance that is shown, and that a confirmation is about.
#[derive(Debug, Clone)]
struct ShownAcceptance {
    number: u64,
    opened_by: PersonId,
    at: Moment,
}

/// One person.
#[derive(Debug, Clone, Template)]
#[template(path = "person.html")]
pub(super) struct PersonPage {
    person: Person,
    state: State,
    roles: Vec<String>,
    needs_proof: bool,
    keys: Table,
    invitations: Table,
    choices: Vec<Choice>,
    chosen: Vec<&'static str>,
    accepted: Option<ShownAcceptance>,
    /// Why the reader does not confirm who they are, and who can.
    confirmed_by_others: Option<String>,
    deeds: Deeds,
}

fn keys_table(keys: &[SigningKey]) -> Table {
    let row = |key: &SigningKey| {
        let state = match key.revoked_at {
            None => State::new("good", Tone::Good),
            Some(_) => State::new("revoked", Tone::Plain),
        };
        vec![
            Cell::text(key.id),
            Cell::text(&key.fingerprint),
            Cell::Time(Some(key.enrolled_at)),
            Cell::State(state),
        ]
    };
    let columns = ["Key", "Fingerprint", "Enrolled", "State"];
    Table::new(
        "Signing keys",
        columns.into_iter().map(Column::new).collect(),
        "No signing keys yet. Each person enrols their own under their name.",
    )
    .with_rows(keys.iter().map(row))
}

fn invitations_table(accesses: &[Access]) -> Table {
    let row = |access: &Access| {
        let confirmed = match access.confirmed {
            Some((by, at)) => State::new(format!("by {by} {}", at.to_minutes()), Tone::Good),
            None if access.is_alone => State::new("nobody else was there", Tone::Warning),
            None => State::new("not confirmed", Tone::Warning),
        };
        vec![
            Cell::text(access.number),
            Cell::Time(Some(access.opened_at)),
            Cell::text(if access.is_reset { "reset" } else { "first" }),
            Cell::text(access.opened_by),
            Cell::Time(access.taken_up_at),
            Cell::State(confirmed),
        ]
    };
    let columns = ["Number", "Invited", "Kind", "By", "Accepted", "Confirmed"];
    Table::new(
        "Invitations, oldest first",
        columns.into_iter().map(Column::new).collect(),
        "Known from before invitations were recorded.",
    )
    .with_rows(accesses.iter().map(row))
}

/// The last invitation that was accepted.
fn accepted(accesses: &[Access]) -> Option<ShownAcceptance> {
    accesses.iter().rev().find_map(|access| {
        let at = access.taken_up_at?;
        Some(ShownAcceptance {
            number: access.number,
            opened_by: access.opened_by,
            at: Moment(at),
        })
    })
}

impl PersonPage {
    fn of(person: Person, keys: &[SigningKey], accesses: &[Access], needs_proof: bool, deeds: Deeds) -> Self {
        Self {
            state: state_of(&person),
            roles: person
                .roles
                .iter()
                .map(|role| role.name().replace('_', " "))
                .collect(),
            needs_proof,
            accepted: accepted(accesses),
            keys: keys_table(keys),
            invitations: invitations_table(accesses),
            choices: role_choices(),
            confirmed_by_others: None,
            chosen: person.roles.iter().map(|role| role.name()).collect(),
            deeds,
            person,
        }
    }
}

impl Page for PersonPage {
    fn title(&self) -> String {
        format!("{} {}", self.person.id, self.person.name)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        use basis::{Id, Time};
        let at = Time::from_ms(1_795_334_400_000);
        let access = |number, is_reset, confirmed| Access {
            number,
            opened_by: PersonId::from_number(1),
            opened_at: at,
            is_reset,
            is_alone: false,
            taken_up_at: Some(at),
            confirmed,
        };
        let key = SigningKey {
            id: crate::rules::KeyId::from_number(1),
            person: PersonId::from_number(3),
            openssh: String::new(),
            fingerprint: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGLtHoQ4tQkCkOZ3eHk".to_owned(),
            enrolled_at: at,
            revoked_at: None,
        };
        let form = |deed: &str| Some(Form::sample(&format!("/people/PER-0003/{deed}")));
        let all = Deeds {
            confirm: form("confirmation"),
            roles: form("roles"),
            invite: form("invitations"),
            disable: form("disabling"),
        };
        let none = Deeds {
            confirm: None,
            roles: None,
            invite: None,
            disable: None,
        };
        let mut people = sample_people();
        let (gone, waiting) = (people.remove(3), people.remove(2));
        let accesses = [
            access(1, false, Some((PersonId::from_number(2), at))),
            access(2, true, None),
        ];
        vec![
            (
                "everything may be done",
                Self::of(waiting.clone(), &[key], &accesses, true, all),
            ),
            (
                "for the inviter",
                Self {
                    confirmed_by_others: Some(
                        "You gave the invitation that was accepted, so somebody else confirms who came. \
                         It can be confirmed by Ben Ortiz (PER-0002), who find it under Needs me."
                            .to_owned(),
                    ),
                    ..Self::of(waiting, &[], &accesses, false, none.clone())
                },
            ),
            ("disabled, for who reads", Self::of(gone, &[], &[], false, none)),
        ]
    }
}

fn person_page(call: &Call<'_>) -> Result<PersonPage, Refusal> {
    let (organisation, id) = (call.organisation(), call.id::<PersonId>("person")?);
    let (person, keys, accesses) = acts::show(organisation, call.actor, id)?;
    let form = |act: &str, deed: &str, is_due: bool| {
        let may = is_due && call.house.gatekeeper.admit(organisation, call.actor, act).is_ok();
        may.then(|| call.form(format!("/people/{id}/{deed}")))
    };
    let is_other = id != call.actor.person;
    let is_taken_up = accesses.iter().any(|access| access.taken_up_at.is_some());
    let waits = person.standing != Standing::Confirmed && is_taken_up;
    let is_waiting = person.is_active && waits;
    let others = confirmed_by_others(call, &person, &accesses, is_waiting)?;
    let deeds = Deeds {
        confirm: form("people.confirm", "confirmation", is_waiting && others.is_none()),
        roles: form("people.grant_role", "roles", person.is_active && is_other),
        invite: form("people.enrol", "invitations", person.is_active),
        disable: form("people.disable", "disabling", person.is_active),
    };
    let is_any = deeds.confirm.is_some() || deeds.roles.is_some() || deeds.invite.is_some();
    let needs_proof = is_any && needs_proof(organisation, call.actor)?;
    let mut page = PersonPage::of(person, &keys, &accesses, needs_proof, deeds);
    page.confirmed_by_others = others;
    Ok(page)
}

/// How many names a sentence holds.
const NAMES_MAX: usize = 8;

/// Why whoever looks does not confirm who the person is, and who can; none where they can, or nothing waits.
fn confirmed_by_others(
    call: &Call<'_>,
    person: &Person,
    accesses: &[Access],
    is_waiting: bool,
) -> Result<Option<String>, Refusal> {
    let taken = accesses.iter().rev().find(|access| access.taken_up_at.is_some());
    let Some(access) = taken.filter(|_| is_waiting) else {
        return Ok(None);
    };
    let (organisation, looker) = (call.organisation(), call.actor.person);
    let able = acts::confirmers(organisation, call.actor, person.id, access.opened_by)?;
    if able.iter().any(|one| one.id == looker) {
        return Ok(None);
    }
    let why = match looker {
        _ if looker == person.id => "Nobody confirms themselves.",
        _ if looker == access.opened_by => {
            "You gave the invitation that was accepted, so somebody else confirms who came."
        }
        _ => "You cannot confirm it.",
    };
    let mut names: Vec<String> = able
        .iter()
        .take(NAMES_MAX)
        .map(|one| format!("{} ({})", one.name, one.id))
        .collect();
    if able.len() > NAMES_MAX {
        names.push(format!("{} more", able.len() - NAMES_MAX));
    }
    let who = match names.is_empty() {
        true => "Nobody can yet: it takes a confirmed person who did not invite them.".to_owned(),
        false => format!(
            "It can be confirmed by {}, who find it under Needs me.",
            names.join(", ")
        ),
    };
    Ok(Some(format!("{why} {who}")))
}

fn back(person: PersonId) -> Goto {
    Goto::to(format!("/people/{person}"))
}

fn invite_again(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let invitation = acts::invite(call.organisation(), call.actor, call.id("person")?)?;
    invitation_shown(&call.house.web, &invitation)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReasonForm {
    reason: Option<String>,
}

impl ReasonForm {
    fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or_default()
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmForm {
    /// The acceptance that was shown.
    invitation: u64,
    reason: Option<String>,
}

fn confirm_person(call: &Call<'_, Nothing, ConfirmForm>) -> Result<Goto, Refusal> {
    let (id, form) = (call.id("person")?, &call.body);
    let reason = form.reason.as_deref().unwrap_or_default();
    let person = acts::confirm(call.organisation(), call.actor, id, form.invitation, reason)?;
    Ok(back(person.id))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RolesForm {
    #[serde(default)]
    roles: Vec<String>,
    reason: Option<String>,
}

fn set_roles(call: &Call<'_, Nothing, RolesForm>) -> Result<Goto, Refusal> {
    let (roles, reason) = (
        roles_of(&call.body.roles)?,
        call.body.reason.as_deref().unwrap_or_default(),
    );
    let person = acts::grant_roles(call.organisation(), call.actor, call.id("person")?, roles, reason)?;
    Ok(back(person.id))
}

fn disable_person(call: &Call<'_, Nothing, ReasonForm>) -> Result<Goto, Refusal> {
    let person = acts::disable(
        call.organisation(),
        call.actor,
        call.id("person")?,
        call.body.reason(),
    )?;
    Ok(back(person.id))
}
