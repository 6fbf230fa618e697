//! Looking at the policy in force and at the versions before it.

use std::sync::Arc;

use basis::{Actor, Class, Id, Refusal};
use storage::{Organisation, View};

use super::Read;
use crate::rules::{Policy, PolicyId};
use crate::store::{self, AdoptedVersion};

/// A version of the policy with everything that is known of it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// When and how it came into force.
    pub version: AdoptedVersion,
    /// The document as it was adopted.
    pub document: String,
    /// What it says.
    pub policy: Arc<Policy>,
}

fn check(view: &View<'_>, actor: &Actor) -> Result<Arc<Policy>, Refusal> {
    let policy = store::current(view)?;
    actor.may::<Read>(PolicyId::from_number(policy.version), policy.authority())?;
    Ok(policy)
}

/// Shows version `version`, or the policy in force where none is given.
pub fn show(organisation: &Organisation, actor: &Actor, version: Option<u64>) -> Result<Shown, Refusal> {
    organisation.view(|view| {
        let current = check(view, actor)?;
        let version = version.unwrap_or(current.version);
        let missing = || {
            let what = format!("there is no version {version} of the policy");
            Refusal::new(Class::NotFound, "policy", what).way_out("`tagout policy versions` lists them")
        };
        let id = PolicyId::from_number(version);
        Ok(Shown {
            version: store::adopted_version(view, id)?.ok_or_else(missing)?,
            document: store::document(view, id)?.ok_or_else(missing)?,
            policy: store::adopted_policy(view, id)?.ok_or_else(missing)?,
        })
    })
}

/// Lists every version, the first one first.
pub fn list(organisation: &Organisation, actor: &Actor) -> Result<Vec<AdoptedVersion>, Refusal> {
    organisation.view(|view| {
        check(view, actor)?;
        Ok(store::adopted_versions(view)?)
    })
}
