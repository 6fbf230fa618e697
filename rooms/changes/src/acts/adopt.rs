//! Brings the policy document that an approved change carries into force.

use basis::{Actor, Class, Refusal, Time};
use policy::{Adopt, Policy};
use storage::{By, Organisation, View};

use super::facts::{adoption, facts};
use super::{done, existing, started};
use crate::rules::{Change, ChangeId};

/// Adopts the document that the change carries, inside the change's window; that is the change's whole work. `acts` are
/// all acts of the program: the document must say of each who may do it.
pub fn adopt_policy(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    acts: &[&str],
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("policy.adopt")?;
    let policy = policy::current(&tx.view())?;
    actor.may::<Adopt>(id, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    people::check_in_person(actor, within, organisation.now(), "bringing a policy into force")?;
    policy::check_clock(tx.clock_behind())?;
    let document = adoptable(&tx.view(), &policy, actor, id, organisation.now())?;
    let by = By::from(actor);
    started(&mut tx, &by, id, actor.person)?;
    policy::adopt(&mut tx, &by, &document, id.into(), acts)?;
    done(&mut tx, &by, id)?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}

/// The document of the change, where the actor may bring it into force at this moment.
fn adoptable(
    view: &View<'_>,
    policy: &Policy,
    actor: &Actor,
    id: ChangeId,
    now: Time,
) -> Result<String, Refusal> {
    let Some(draft) = existing(view, id)?.parts.policy_draft else {
        let what = format!("{id} carries no policy document");
        return Err(
            Refusal::new(Class::Conflict, "adoption of a policy", what).way_out(format!(
                "put one there: `tagout change edit {id} --policy-draft FILE`"
            )),
        );
    };
    let change = adoption(view, id, &draft.digest)?;
    // Whoever adopts the document carries the change out, named there or not: none of its approvals may be theirs.
    let mut as_carried_out = facts(view, &change)?;
    as_carried_out.executors.push(actor.person);
    if let Some(refusal) = policy.is_approved(&as_carried_out, &change.approvals()).refusal() {
        return Err(refusal);
    }
    if !change.window.is_some_and(|window| window.contains(now)) {
        let what = format!("the window of {id} is not open at {}", now.to_minutes());
        return Err(Refusal::new(Class::Policy, "adoption of a policy", what)
            .way_out("adopt the document inside the window")
            .way_out(format!(
                "or set the window: `tagout change schedule {id} --from TIME --until TIME`"
            )));
    }
    Ok(draft.text)
}

/// Why the actor cannot bring the document of the change into force at this moment; none where they can.
pub fn adoption_barred(
    view: &View<'_>,
    actor: &Actor,
    id: ChangeId,
    now: Time,
) -> Result<Option<Refusal>, Refusal> {
    let policy = policy::current(view)?;
    Ok(adoptable(view, &policy, actor, id, now).err())
}
