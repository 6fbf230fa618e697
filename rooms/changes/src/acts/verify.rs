//! What was found afterwards: comparisons, accepted differences, and a person's word.

use basis::{Actor, Authority, Refusal, Subject, Verdict};
use policy::ConfirmFacts;
use storage::{By, Organisation, StorageError, Tx, View};

use super::existing;
use super::facts::facts;
use crate::rules::{self, Change, ChangeId, Verify};

/// Notes how the state of `asset` compares with the state approved, in the caller's transaction: equal when `differences`
/// is empty. A later comparison takes the place of an earlier one, its acceptance included.
///
/// # Errors
/// [`StorageError::Refused`] when no work was done, or the asset is not one of the change.
pub fn note_verification(
    tx: &mut Tx<'_>,
    by: &By,
    id: ChangeId,
    asset: impl Into<Subject>,
    differences: Vec<String>,
) -> Result<(), StorageError> {
    let change = existing(&tx.view(), id).map_err(StorageError::Refused)?;
    let events = rules::compared(&change, &asset.into(), differences).map_err(StorageError::Refused)?;
    tx.record(by.clone(), events)
}

/// The change, and whether the policy lets the actor say that what was done under it is right.
fn may_confirm(
    view: &View<'_>,
    actor: &Actor,
    id: ChangeId,
) -> Result<(Change, Authority<Verify>, Verdict), Refusal> {
    let change = existing(view, id)?;
    let policy = policy::current(view)?;
    let authority = actor.may::<Verify>(id, policy.authority())?;
    let verdict = policy.may_confirm(&ConfirmFacts {
        change: facts(view, &change)?,
        approvals: change.approvals_as_given(),
        worked: change.worked.clone(),
        person: actor.person,
    });
    Ok((change, authority, verdict))
}

/// Explains and accepts a difference on an asset, or a finding that is still there. Assets may be given by name.
pub fn accept(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    about: &str,
    because: &str,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.accept")?;
    let (change, authority, verdict) = may_confirm(&tx.view(), actor, id)?;
    let about = match Subject::parse(about) {
        Some(subject) => subject,
        None => match assets::resolve(&tx.view(), about)? {
            Some(asset) => asset.id.into(),
            None => {
                let what = format!("`{about}` is neither an asset nor a finding");
                return Err(Refusal::new(basis::Class::Invalid, "acceptance", what)
                    .way_out("name it like `AST-0001` or `FND-0001`"));
            }
        },
    };
    let events = rules::accept(&authority, &change, &verdict, &about, because.to_owned())?;
    tx.record(actor, events)?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}

/// Confirms that what was approved is what was done; the actor is the change's verifier from now on.
pub fn verify(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    comment: Option<String>,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.verify")?;
    let (change, authority, verdict) = may_confirm(&tx.view(), actor, id)?;
    let events = rules::verify(&authority, &change, &verdict, comment)?;
    tx.record(actor, events)?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}
