//! `tagout init`: the data directory of a new organisation.

use std::path::PathBuf;

use basis::{Class, Refusal};
use clap::Args;
use frame::pages::Web;
use ledger::entry::Origin;
use people::{Founding, Handle, Invitation};
use serde::Serialize;
use storage::{Organisation, Settings, World};
use tagout::{registry, world};

use super::Common;

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The organisation's name
    #[arg(long)]
    organisation: String,
    /// The handle of the first administrator
    #[arg(long)]
    administrator: String,
    /// The name of the first administrator
    #[arg(long)]
    name: String,
    /// The roles of the first administrator; afterwards nobody changes their own
    #[arg(long, value_delimiter = ',', default_value = "administrator")]
    roles: Vec<String>,
    /// The policy in force from the start, instead of the one that ships with the program
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The URL at which the pages will be served, for the link of the first invitation
    #[arg(long, value_name = "URL", default_value = PAGES)]
    public_url: String,
}

/// Where `tagout serve` has its pages when nothing else is said.
const PAGES: &str = "http://localhost:7420";

/// What `tagout serve` is told, so that its pages are where the link of the first invitation leads.
fn listen_option(public_url: &str) -> String {
    let port = public_url
        .strip_prefix("http://localhost:")
        .map(|rest| rest.trim_end_matches('/'));
    match port {
        _ if public_url == PAGES => String::new(),
        Some(port) => format!(" --listen 127.0.0.1:{port}"),
        None => format!(" --public-url {public_url}"),
    }
}

#[derive(Serialize)]
struct Made {
    origin: String,
    verifier_key: String,
    administrator: String,
    invitation: String,
    /// Where a browser accepts it, once the server runs.
    link: String,
    expires: String,
}

/// The ledger's origin: the name in plain letters, and eight digits that no other organisation shares.
fn origin_of(name: &str, world: &World) -> Result<Origin, Refusal> {
    let mut slug: String = name
        .to_lowercase()
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    slug.truncate(40);
    let number = u32::from_be_bytes([0, 1, 2, 3].map(|at: usize| world.chance.sixteen()[at]));
    Origin::parse(&format!("tagout/{}-{number:08x}", slug.trim_matches('-'))).map_err(|error| {
        Refusal::new(Class::Invalid, "origin", error.to_string()).way_out("give a shorter name")
    })
}

/// Founds an organisation in the data directory, or leaves nothing there that would refuse the next try; answers it and the first administrator's invitation.
pub(super) fn found(settings: &Settings, founding: &Founding) -> Result<(Organisation, Invitation), Refusal> {
    people::check_founding(founding)?;
    let known = policy::Policy::parse(&founding.policy).map_err(|error| {
        Refusal::new(Class::Invalid, "policy", error.to_string())
            .way_out("correct the document; `tagout policy check FILE` looks at it")
    })?;
    known
        .authority()
        .covers(&tagout::acts())
        .map_err(|error| Refusal::new(Class::Invalid, "policy", error.to_string()))?;
    let world = world();
    let origin = origin_of(&founding.name, &world)?;
    let organisation = Organisation::create(settings, &origin, registry(), world)?;
    match people::found(&organisation, founding) {
        Ok(invitation) => {
            organisation.flush_high_water()?;
            Ok((organisation, invitation))
        }
        Err(refusal) => {
            organisation.abandon()?;
            Err(refusal)
        }
    }
}

impl Init {
    pub(super) fn run(self, common: &Common) -> Result<(), Refusal> {
        let web = Web::at(&self.public_url)?;
        let policy = match &self.policy {
            None => policy::DEFAULT_POLICY.to_owned(),
            Some(path) => std::fs::read_to_string(path).map_err(|error| {
                Refusal::new(Class::Invalid, "policy", format!("`{}`: {error}", path.display()))
                    .way_out("give a policy document in TOML")
            })?,
        };
        let blanks = policy::Policy::parse(&policy).map_or_else(|_| Vec::new(), |policy| policy.blanks());
        let founding = Founding {
            name: self.organisation,
            handle: Handle::parse(&self.administrator)?,
            person: self.name,
            roles: people::roles_of(&self.roles)?,
            policy,
        };
        let (organisation, invitation) = found(&Settings::beside(&common.data), &founding)?;
        let until = invitation.expires.to_minutes();
        let made = Made {
            origin: organisation.origin().as_str().to_owned(),
            verifier_key: organisation.verifier_key()?.to_string(),
            administrator: invitation.person.to_string(),
            link: people::invitation_link(&web, &invitation),
            invitation: invitation.code,
            expires: invitation.expires.to_string(),
        };
        let data = common.data_option();
        let listen = listen_option(&self.public_url);
        let blanks: String = blanks.iter().map(|blank| format!("  {blank}\n")).collect();
        let blanks = match blanks.is_empty() {
            true => String::new(),
            false => format!(
                "\nThe policy in force has blanks, and is changed by an approved change from now on:\n\n{blanks}"
            ),
        };
        common.output().show(&made, |made| {
            format!(
                "{} is founded. Give this key to whoever will verify its packages:\n\n  {}\n\n\
                 Start the server:\n\n  tagout{} serve{}\n\n\
                 Then the first administrator comes in, in a browser or by command, once and until {}:\n\n  {}\n  tagout accept {}\n{blanks}",
                made.origin, made.verifier_key, data, listen, until, made.link, made.invitation
            )
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use basis::Role;

    use super::*;

    #[test]
    fn the_server_is_started_where_the_first_link_leads() {
        for (url, option) in [
            (PAGES, ""),
            ("http://localhost:7556", " --listen 127.0.0.1:7556"),
            (
                "https://tagout.example.org",
                " --public-url https://tagout.example.org",
            ),
        ] {
            assert_eq!(listen_option(url), option);
        }
    }

    #[test]
    fn a_founding_that_is_refused_makes_nothing_and_the_next_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::beside(&folder.path().join("data"));
        let founding = |name: &str, role: Role, policy: &str| Founding {
            name: name.to_owned(),
            handle: Handle::parse("anna").unwrap(),
            person: "Anna Ames".to_owned(),
            roles: [role].into(),
            policy: policy.to_owned(),
        };
        for refused in [
            founding("", Role::Administrator, policy::DEFAULT_POLICY),
            founding("Works", Role::Technician, policy::DEFAULT_POLICY),
            founding("Works", Role::Administrator, "no policy"),
        ] {
            let refusal = found(&settings, &refused).err().unwrap();
            assert_eq!(refusal.class, Class::Invalid);
            assert!(!settings.data.exists() && !settings.high_water.exists());
        }
        let good = founding("Works", Role::Administrator, policy::DEFAULT_POLICY);
        assert!(found(&settings, &good).is_ok());
    }
}
