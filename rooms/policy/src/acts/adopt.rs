//! Bringing a policy document into force.

use basis::{Class, Id, Refusal, Subject};
use ledger::Hash;
use ledger::events::Events;
use storage::{By, Tx};

use crate::rules::{Adopted, Policy, PolicyError, PolicyId};
use crate::store;

/// Brings the organisation's first policy into force, in the transaction that founds it.
///
/// # Errors
/// A refusal when the document is no policy, or when a policy is in force already.
pub fn adopt_first(tx: &mut Tx<'_>, by: &By, document: &str) -> Result<(), Refusal> {
    Policy::parse(document).map_err(|error| no_policy(&error))?;
    let policy = store::next_policy_id(&tx.view())?;
    if policy != PolicyId::from_number(1) {
        return Err(
            Refusal::new(Class::Conflict, "founding", "a policy is in force already").way_out(
                "change it through a change request: `tagout change open TITLE --policy-draft FILE`",
            ),
        );
    }
    record(tx, by, document, policy, None)
}

/// Brings the next version of the policy into force, because the approved `change` that carries exactly this document
/// was carried out. `acts` are all acts of the program. The caller has checked the approval and the digest.
///
/// # Errors
/// A refusal when the document is no policy, or when its authority table does not have one row for each act.
pub fn adopt(
    tx: &mut Tx<'_>,
    by: &By,
    document: &str,
    change: Subject,
    acts: &[&str],
) -> Result<PolicyId, Refusal> {
    covering(document, acts)?;
    let policy = store::next_policy_id(&tx.view())?;
    record(tx, by, document, policy, Some(change))?;
    Ok(policy)
}

/// Reads a policy document and checks that its authority table has exactly one row for each of `acts`.
///
/// # Errors
/// A refusal that names the line and column, or the act.
pub fn covering(document: &str, acts: &[&str]) -> Result<Policy, Refusal> {
    let policy = Policy::parse(document).map_err(|error| no_policy(&error))?;
    policy.authority().covers(acts).map_err(|error| {
        Refusal::new(
            Class::Invalid,
            "authority",
            "the document does not say who may do what",
        )
        .missing(error.to_string())
        .way_out("correct the table [authority]; `tagout policy check FILE` looks at it again")
    })?;
    Ok(policy)
}

fn no_policy(error: &PolicyError) -> Refusal {
    Refusal::new(Class::Invalid, "policy document", "the text is not a policy")
        .missing(error.to_string())
        .way_out("correct it there; `tagout policy check FILE` looks at it again")
}

fn record(
    tx: &mut Tx<'_>,
    by: &By,
    document: &str,
    policy: PolicyId,
    change: Option<Subject>,
) -> Result<(), Refusal> {
    let adopted = Adopted {
        policy,
        document: document.to_owned(),
        digest: Hash::of(document.as_bytes()),
        change,
    };
    tx.record(by.clone(), Events::one(adopted))?;
    Ok(())
}
