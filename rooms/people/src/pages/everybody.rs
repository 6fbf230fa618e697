//! Everybody: the list, and enrolling somebody new.

use askama::Template;
use basis::{Refusal, Role};
use frame::pages::{Cell, Choice, Column, Form, Goto, Page, State, Table, Tone, Web};
use frame::{Call, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::step_up::needs_proof;
use super::told_once::ToldOnce;
use crate::acts::{self, Invitation};
use crate::api::invitation_link;
use crate::rules::{Handle, Person, Standing, roles_of};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .page("/people", "people.read", "Shows everybody", people_page)
        .form(
            "/people",
            "people.enrol",
            "Enrols a person and shows their invitation",
            people_page,
            enrol_person,
        )
}

/// Everybody, and the form that enrols somebody new.
#[derive(Debug, Clone, Template)]
#[template(path = "people.html")]
pub(super) struct PeoplePage {
    needs_proof: bool,
    table: Table,
    enrol: Option<Form>,
    roles: Vec<Choice>,
}

pub(super) fn role_choices() -> Vec<Choice> {
    Role::ALL
        .into_iter()
        .map(|role| Choice::new(role.name(), role.name().replace('_', " ")).hint(role.purpose()))
        .collect()
}

pub(super) fn state_of(person: &Person) -> State {
    match (person.is_active, person.standing) {
        (false, _) => State::new("disabled", Tone::Plain),
        _ if !person.has_come_in => State::new("has not accepted yet", Tone::Plain),
        (true, Standing::Unconfirmed) => State::new("waits for a confirmation", Tone::Warning),
        (true, Standing::Alone) => State::new("active, nobody could confirm", Tone::Warning),
        (true, Standing::Confirmed) => State::new("active", Tone::Good),
    }
}

fn table(people: &[Person]) -> Table {
    let columns = ["Handle", "Name", "Id", "Roles", "State"];
    let row = |person: &Person| {
        let roles: Vec<String> = person
            .roles
            .iter()
            .map(|role| role.name().replace('_', " "))
            .collect();
        vec![
            Cell::link(format!("/people/{}", person.id), person.handle.as_str()),
            Cell::text(&person.name),
            Cell::text(person.id),
            Cell::text(roles.join(", ")),
            Cell::State(state_of(person)),
        ]
    };
    Table::new(
        "Everybody, in the order of enrolment",
        columns.into_iter().map(Column::new).collect(),
        "There is nobody yet. People are enrolled here by an administrator.",
    )
    .with_rows(people.iter().map(row))
}

/// People for samples, one of each state.
pub(super) fn sample_people() -> Vec<Person> {
    use basis::{Id, PersonId, Time};
    let person = |number: u64, handle: &str, name: &str, standing, is_active, has_come_in| Person {
        id: PersonId::from_number(number),
        handle: Handle::parse(handle).unwrap_or_else(|refusal| unreachable!("{refusal}")),
        name: name.to_owned(),
        roles: [Role::Approver, Role::SystemOwner].into(),
        is_active,
        enrolled_at: Time::from_ms(1_795_334_400_000),
        standing,
        has_come_in,
    };
    vec![
        person(1, "anna", "Anna Ames", Standing::Alone, true, true),
        person(2, "ben", "Ben Ortiz", Standing::Confirmed, true, true),
        person(
            3,
            "dana",
            "Dana Reyes-Montgomery of the second site",
            Standing::Unconfirmed,
            true,
            true,
        ),
        person(4, "emil", "Emil Novak", Standing::Confirmed, false, true),
        person(5, "finn", "Finn Harper", Standing::Alone, true, false),
    ]
}

impl Page for PeoplePage {
    fn title(&self) -> String {
        "People and roles".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |people: &[Person], form: Option<Form>| Self {
            needs_proof: form.is_some(),
            table: table(people),
            enrol: form,
            roles: role_choices(),
        };
        let form = Form::sample("/people");
        let typed =
            form.clone()
                .with_typed(&[("handle", "Zoë"), ("roles", "approver"), ("roles", "auditor")]);
        vec![
            ("for who reads", page(&sample_people(), None)),
            ("for who enrols", page(&sample_people(), Some(form))),
            ("after a refusal", page(&sample_people()[..1], Some(typed))),
        ]
    }
}

fn people_page(call: &Call<'_>) -> Result<PeoplePage, Refusal> {
    let organisation = call.organisation();
    let people = acts::list(organisation, call.actor)?;
    let may_enrol = call
        .house
        .gatekeeper
        .admit(organisation, call.actor, "people.enrol")
        .is_ok();
    Ok(PeoplePage {
        needs_proof: may_enrol && needs_proof(organisation, call.actor)?,
        table: table(&people),
        enrol: may_enrol.then(|| call.form("/people")),
        roles: role_choices(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EnrolForm {
    handle: Option<String>,
    name: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

/// The page that shows an invitation, this once.
pub(super) fn invitation_shown(web: &Web, invitation: &Invitation) -> Result<Goto, Refusal> {
    let path = format!("/people/{}", invitation.person);
    Goto::to(path.clone()).showing(&ToldOnce {
        title: format!("The invitation of {}", invitation.person),
        about: format!(
            "Give it to them over a channel you trust, as a link or as a command. It is good once, until {}, and shown only now.",
            invitation.expires.to_minutes()
        ),
        secrets: vec![
            invitation_link(web, invitation),
            format!("tagout accept {}", invitation.code),
        ],
        next: ("To the person", path),
    })
}

fn enrol_person(call: &Call<'_, Nothing, EnrolForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let handle = Handle::parse(form.handle.as_deref().unwrap_or_default().trim())?;
    let name = form.name.as_deref().unwrap_or_default();
    let invitation = acts::enrol(
        call.organisation(),
        call.actor,
        &handle,
        name,
        roles_of(&form.roles)?,
    )?;
    invitation_shown(&call.house.web, &invitation)
}
