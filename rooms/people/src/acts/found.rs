//! Founding an organisation: its first entries, its policy, its first administrator.

use std::collections::BTreeSet;

use basis::{Authentication, Class, Id, PersonId, Refusal, Role};
use ledger::events::Events;
use storage::{By, Organisation};

use super::Invitation;
use super::enrol::{check_name, invited};
use crate::rules::{AccessOpened, Enrolled, Founded, Handle, OrganisationId, check_roles};
use crate::store;

/// What a new organisation starts with.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The organisation's name.
    pub name: String,
    /// The handle of the first administrator.
    pub handle: Handle,
    /// The name of the first administrator.
    pub person: String,
    /// The roles of the first administrator; nobody changes their own afterwards.
    pub roles: BTreeSet<Role>,
    /// The policy document in force from the start.
    pub policy: String,
}

/// Refuses a founding that could not be recorded, so that a caller asks before making anything for it.
///
/// # Errors
/// A refusal of class `Invalid` that names the part.
pub fn check_founding(founding: &Founding) -> Result<(), Refusal> {
    check_roles(&founding.roles)?;
    if !founding.roles.contains(&Role::Administrator) {
        let what = "the founder has to be an administrator, or nobody could enrol people";
        return Err(Refusal::new(Class::Invalid, "founding", what)
            .way_out("name the role `administrator` among the founder's"));
    }
    let names = [
        ("the organisation's name: `--organisation`", &founding.name),
        ("the first administrator's name: `--name`", &founding.person),
    ];
    for (part, name) in names {
        check_name(name).map_err(|refusal| refusal.missing(part))?;
    }
    Ok(())
}

/// Records the founding: the ledger's key, the policy and the first administrator, who gets a one-time code.
pub fn found(organisation: &Organisation, founding: &Founding) -> Result<Invitation, Refusal> {
    let mut tx = organisation.begin("people.found")?;
    if store::organisation_name(&tx.view())?.is_some() {
        return Err(Refusal::new(
            Class::Conflict,
            "founding",
            "this organisation was founded before",
        )
        .way_out("start it with `tagout serve`"));
    }
    check_founding(founding)?;
    let name = check_name(&founding.name)?;
    let person_name = check_name(&founding.person)?;
    let person = PersonId::from_number(1);
    let by = By {
        person,
        authentication: Authentication::Setup,
        behalf: None,
        cause: None,
    };
    let proof = organisation.key_proof();
    let founded = Founded {
        organisation: OrganisationId::from_number(1),
        name,
        verifier_key: organisation.verifier_key()?.to_string(),
        permit_key_sha256: Some(proof.permit_key_sha256),
        sealed_origin: Some(proof.sealed_origin),
    };
    tx.record(by.clone(), Events::one(founded))?;
    policy::adopt_first(&mut tx, &by, &founding.policy)?;
    let (invitation, invited) = invited(organisation, person);
    let enrolled = Enrolled {
        person,
        handle: founding.handle.as_str().to_owned(),
        name: person_name,
        roles: founding.roles.clone(),
    };
    let opened = AccessOpened {
        person,
        is_reset: false,
        is_alone: true,
    };
    tx.record(by, Events::one(enrolled).and(opened).and(invited))?;
    tx.commit()?;
    Ok(invitation)
}
