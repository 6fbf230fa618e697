//! Enrolling and looking at people.

use basis::Refusal;
use clap::Subcommand;
use frame::terminal::{Command, Context, Table};
use frame::{Listed, Method, Nothing};

use super::sessions::SessionsCommand;
use crate::api::{ConfirmRequest, EnrolRequest, InvitationView, ReasonRequest, RolesRequest};
use crate::views::{AccessView, PersonView, PersonWithKeys};

/// People and their roles
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Show everybody
    List,
    /// Show one person with their signing keys
    Show {
        /// The person's handle or id
        person: String,
    },
    /// Enrol a person and print their invitation
    Enrol {
        /// The handle they will sign in with
        handle: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// Their roles
        #[arg(long, value_delimiter = ',', required = true)]
        roles: Vec<String>,
    },
    /// Give a person a new invitation; once they accept, their ways to sign in and their signing keys end
    Invite {
        /// The person's handle or id
        person: String,
    },
    /// Confirm who a person is whom somebody else invited; until then their roles wait
    Confirm {
        /// The person's handle or id
        person: String,
        /// The number of the invitation that they accepted, as `tagout people show` names it
        #[arg(long, value_name = "NUMBER")]
        invitation: u64,
        /// How you know, such as "sat beside me when they signed in"
        #[arg(long)]
        reason: String,
    },
    /// Set the roles of a person
    Roles {
        /// The person's handle or id
        person: String,
        /// The roles they hold from now on
        #[arg(long, value_delimiter = ',', required = true)]
        roles: Vec<String>,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Your own sign-ins
    #[command(subcommand)]
    Sessions(SessionsCommand),
    /// Take a person's access away
    Disable {
        /// The person's handle or id
        person: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

fn row(person: &PersonView) -> [String; 5] {
    let state = match (person.is_active, person.standing.as_str()) {
        (false, _) => "disabled",
        _ if !person.has_come_in => "has not accepted yet",
        (true, "unconfirmed") => "waits for a confirmation",
        (true, "alone") => "active, nobody could confirm",
        (true, _) => "active",
    };
    [
        person.person.to_string(),
        person.handle.clone(),
        person.name.clone(),
        person.roles.join(", "),
        state.to_owned(),
    ]
}

fn table(people: &[PersonView]) -> String {
    let mut table = Table::new(["id", "handle", "name", "roles", "state"]);
    people.iter().for_each(|person| table.push(row(person)));
    table.text()
}

fn keys(shown: &PersonWithKeys) -> String {
    if shown.keys.is_empty() {
        return "no signing keys".to_owned();
    }
    let mut table = Table::new(["key", "fingerprint", "state"]);
    for key in &shown.keys {
        let state = key
            .revoked_at
            .map_or("good".to_owned(), |at| format!("revoked {}", at.to_minutes()));
        table.push([key.key.to_string(), key.fingerprint.clone(), state]);
    }
    table.text()
}

fn access(access: &AccessView) -> String {
    let (number, by, at) = (access.number, access.opened_by, access.opened_at.to_minutes());
    let kind = if access.is_reset { "reset" } else { "invited" };
    let taken_up = access.taken_up_at.map_or("not accepted".to_owned(), |at| {
        format!("accepted {}", at.to_minutes())
    });
    let confirmed = match (access.confirmed_by, access.confirmed_at) {
        (Some(by), Some(at)) => format!("confirmed by {by} {}", at.to_minutes()),
        _ if access.is_alone => "nobody else was there to confirm it".to_owned(),
        _ => "not confirmed".to_owned(),
    };
    format!("invitation {number}: {kind} by {by} {at}, {taken_up}, {confirmed}")
}

fn one(shown: &PersonWithKeys) -> String {
    let person = row(&shown.person).join("  ");
    let invitations: Vec<String> = shown.invitations.iter().map(access).collect();
    format!("{person}\n{}\n{}", keys(shown).trim_end(), invitations.join("\n"))
}

fn invitation(shown: &InvitationView) -> String {
    format!(
        "{} is invited until {}. Give them this link or this command over a channel you trust:\n\n  {}\n  tagout accept {}",
        shown.person,
        shown.expires.to_minutes(),
        shown.link,
        shown.invitation
    )
}

/// The id of the person whom somebody named by handle or id.
fn id_of(context: &Context, person: &str) -> Result<String, Refusal> {
    if person.starts_with("PER-") {
        return Ok(person.to_owned());
    }
    let people: Listed<PersonView> = context.client.get("/people")?;
    let found = people.items.into_iter().find(|other| other.handle == person);
    found.map(|found| found.person.to_string()).ok_or_else(|| {
        Refusal::new(
            basis::Class::NotFound,
            "people",
            format!("nobody has the handle `{person}`"),
        )
        .way_out("`tagout people list` shows everybody")
    })
}

impl Command for PeopleCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let (client, output) = (&context.client, context.output);
        match self {
            PeopleCommand::List => {
                output.show(&client.get::<Listed<PersonView>>("/people")?, |people| {
                    table(&people.items)
                });
            }
            PeopleCommand::Show { person } => {
                let path = format!("/people/{}", id_of(context, &person)?);
                output.show(&client.get::<PersonWithKeys>(&path)?, one);
            }
            PeopleCommand::Enrol { handle, name, roles } => {
                let request = EnrolRequest { handle, name, roles };
                output.show(
                    &client.send::<_, InvitationView>(Method::Post, "/people", &request)?,
                    invitation,
                );
            }
            PeopleCommand::Invite { person } => {
                let path = format!("/people/{}/invitations", id_of(context, &person)?);
                output.show(
                    &client.send::<_, InvitationView>(Method::Post, &path, &Nothing)?,
                    invitation,
                );
            }
            PeopleCommand::Confirm {
                person,
                invitation,
                reason,
            } => {
                let path = format!("/people/{}/confirmation", id_of(context, &person)?);
                let request = ConfirmRequest { invitation, reason };
                let person: PersonView = client.send(Method::Post, &path, &request)?;
                output.show(&person, |person| table(std::slice::from_ref(person)));
            }
            PeopleCommand::Roles {
                person,
                roles,
                reason,
            } => {
                let path = format!("/people/{}/roles", id_of(context, &person)?);
                let request = RolesRequest { roles, reason };
                let person: PersonView = client.send(Method::Put, &path, &request)?;
                output.show(&person, |person| table(std::slice::from_ref(person)));
            }
            PeopleCommand::Sessions(command) => return command.run(context),
            PeopleCommand::Disable { person, reason } => {
                let path = format!("/people/{}/disabling", id_of(context, &person)?);
                let person: PersonView = client.send(Method::Post, &path, &ReasonRequest { reason })?;
                output.show(&person, |person| table(std::slice::from_ref(person)));
            }
        }
        Ok(())
    }
}
