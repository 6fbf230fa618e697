//! Decides on a change by an SSH signature.

use basis::{Actor, Class, PersonId, Refusal, Role, Time};
use formats::sshsig::SshSignature;
use people::SigningKey;
use policy::{ChangeFacts, Policy};
use storage::{By, Organisation, View};

use super::facts::facts;
use super::{existing, tell_missing};
use crate::rules::{
    self, Change, ChangeId, Decide, Decision, Ground, Message, NAMESPACE, SignedDecision, Submission,
};

/// The message that a person is about to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSign {
    /// The text under decision.
    pub submission: Submission,
    /// The time that stands in the message.
    pub signed_at: Time,
    /// The exact bytes to sign.
    pub message: String,
}

/// A decision as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The revision in the message.
    pub revision: u64,
    /// The digest in the message, in hex.
    pub digest: String,
    /// What is said.
    pub decision: Decision,
    /// In which role.
    pub capacity: Role,
    /// The time in the message.
    pub signed_at: Time,
    /// Words of the person; empty when there are none.
    pub comment: String,
    /// The armored SSH signature over the message.
    pub signature: String,
}

/// The role in which the person would decide when they name none: the only one that they hold and are asked in.
fn capacity(
    policy: &Policy,
    change: &Change,
    view: &View<'_>,
    actor: &Actor,
    named: Option<Role>,
) -> Result<Role, Refusal> {
    if let Some(role) = named {
        return Ok(role);
    }
    let (fitting, _) = decidable(policy, change, &facts(view, change)?, actor);
    match fitting.as_slice() {
        [only] => Ok(*only),
        // Whatever stands in the way is said for the role that comes nearest.
        [] => Ok(nearest(policy, &facts(view, change)?, actor)),
        several => {
            let names: Vec<&str> = several.iter().map(|role| role.name()).collect();
            Err(Refusal::new(
                Class::Invalid,
                "capacity",
                format!("{} could decide as {}", actor.person, names.join(" or ")),
            )
            .way_out("name the role: `--as ROLE`"))
        }
    }
}

/// The role of the actor's that comes nearest to one that is asked for.
fn nearest(policy: &Policy, facts: &ChangeFacts, actor: &Actor) -> Role {
    let asked = policy.capacities_asked_for(facts);
    let near = actor.roles.iter().copied().find(|role| asked.contains(role));
    near.or(actor.roles.iter().next().copied())
        .unwrap_or(Role::Approver)
}

/// The roles in which the actor may decide on the change; where there is none, what stands in the way.
pub(super) fn decidable(
    policy: &Policy,
    change: &Change,
    facts: &ChangeFacts,
    actor: &Actor,
) -> (Vec<Role>, Option<Refusal>) {
    let ground = |role| rules::ground(policy, change, facts, actor.person, &actor.roles, role);
    let held = actor.roles.iter().copied();
    let fitting: Vec<Role> = held.filter(|role| ground(*role).is_ok()).collect();
    if fitting.is_empty() {
        return (fitting, ground(nearest(policy, facts, actor)).err());
    }
    (fitting, None)
}

/// What waits for a decision, in which roles the actor may decide, and where there is none what stands in the way.
pub fn deciding(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
) -> Result<(Change, Vec<Role>, Option<Refusal>), Refusal> {
    organisation.view(|view| {
        let change = existing(view, id)?;
        let policy = policy::current(view)?;
        actor.may::<Decide>(id, policy.authority())?;
        let (capacities, barred) = decidable(&policy, &change, &facts(view, &change)?, actor);
        Ok((change, capacities, barred))
    })
}

fn message_over(
    organisation: &Organisation,
    change: &Change,
    submission: &Submission,
    person: PersonId,
    said: &Said<'_>,
) -> String {
    let message = Message {
        origin: organisation.origin().as_str(),
        change: change.id,
        revision: submission.revision,
        digest: &submission.digest,
        decision: said.decision,
        capacity: said.capacity,
        person,
        signed_at: said.signed_at,
        comment: said.comment,
    };
    message.over(&submission.text)
}

/// What a person says, in which role, when.
struct Said<'a> {
    decision: Decision,
    capacity: Role,
    signed_at: Time,
    comment: &'a str,
}

/// What the actor is about to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saying<'a> {
    /// Yes or no.
    pub decision: Decision,
    /// In which role; none where there is only one in which they could.
    pub capacity: Option<Role>,
    /// Words of theirs; empty when there are none.
    pub comment: &'a str,
    /// The time that stands in the message; none for now.
    pub at: Option<Time>,
}

/// Gives the message that the actor would sign now, if they may decide at all.
pub fn to_sign(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    decision: Decision,
    named: Option<Role>,
    comment: &str,
) -> Result<(ToSign, Role), Refusal> {
    let saying = Saying {
        decision,
        capacity: named,
        comment,
        at: None,
    };
    message_to_sign(organisation, actor, id, &saying)
}

/// Gives the message that the actor would sign to say this, if they may decide at all.
pub fn message_to_sign(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    saying: &Saying<'_>,
) -> Result<(ToSign, Role), Refusal> {
    organisation.view(|view| {
        let change = existing(view, id)?;
        let policy = policy::current(view)?;
        actor.may::<Decide>(id, policy.authority())?;
        let capacity = capacity(&policy, &change, view, actor, saying.capacity)?;
        let facts = facts(view, &change)?;
        let ground = rules::ground(&policy, &change, &facts, actor.person, &actor.roles, capacity)?;
        let signed_at = saying.at.unwrap_or_else(|| organisation.now());
        let said = Said {
            decision: saying.decision,
            capacity,
            signed_at,
            comment: saying.comment,
        };
        let message = message_over(organisation, &change, ground.submission, actor.person, &said);
        Ok((
            ToSign {
                submission: ground.submission.clone(),
                signed_at,
                message,
            },
            capacity,
        ))
    })
}

/// Records the actor's signed decision. With the last approval that the policy asks for the change is approved.
pub fn decide(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    signed: &Signed,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.decide")?;
    let change = existing(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    let authority = actor.may::<Decide>(id, policy.authority())?;
    let facts = facts(&tx.view(), &change)?;
    let ground = rules::ground(
        &policy,
        &change,
        &facts,
        actor.person,
        &actor.roles,
        signed.capacity,
    )?;
    let verified = verify(organisation, &tx.view(), &change, &ground, actor.person, signed)?;
    let events = rules::decide(
        &authority,
        &policy,
        &change,
        &facts,
        &ground,
        verified,
        organisation.now(),
    )?;
    tx.record(actor, events)?;
    tell_missing(&mut tx, &By::from(actor), id)?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}

/// Verifies the signature over the message that the text under decision makes, by a key enrolled to the person.
fn verify(
    organisation: &Organisation,
    view: &View<'_>,
    change: &Change,
    ground: &Ground<'_>,
    person: PersonId,
    signed: &Signed,
) -> Result<SignedDecision, Refusal> {
    let refused = |what: String| {
        Refusal::new(Class::Invalid, "signature", what).way_out(format!(
            "sign the text as it is now: `tagout change {} {} --key FILE`",
            signed.decision, change.id
        ))
    };
    let signature = SshSignature::parse_armored(&signed.signature)
        .map_err(|error| refused(format!("the signature cannot be read: {error}")))?;
    let key = signing_key(view, person, &signature.public_key().openssh())?;
    let said = Said {
        decision: signed.decision,
        capacity: signed.capacity,
        signed_at: signed.signed_at,
        comment: &signed.comment,
    };
    if (signed.revision, &signed.digest) == (ground.submission.revision, &ground.submission.digest) {
        let message = message_over(organisation, change, ground.submission, person, &said);
        signature
            .verify(signature.public_key(), NAMESPACE, message.as_bytes())
            .map_err(|error| refused(error.to_string()))?;
    }
    // A signature over another revision is refused by the rule, which names both revisions.
    Ok(SignedDecision {
        revision: signed.revision,
        digest: signed.digest.clone(),
        decision: signed.decision,
        capacity: signed.capacity,
        signed_at: signed.signed_at,
        comment: Some(signed.comment.clone()).filter(|comment| !comment.is_empty()),
        key_id: key.id.to_string(),
        signature: signature.armored(),
    })
}

fn signing_key(view: &View<'_>, person: PersonId, openssh: &str) -> Result<SigningKey, Refusal> {
    let found = people::signing_key_by_text(view, openssh)?;
    let refused = |what: String| {
        Refusal::new(Class::Forbidden, "signing key", what)
            .missing("a signature by a key that is enrolled to you and not revoked")
            .way_out("`tagout key list` shows your keys; `tagout key enrol --key FILE` enrols one")
    };
    match found {
        Some(key) if key.person == person && key.revoked_at.is_none() => Ok(key),
        Some(key) if key.person == person => Err(refused(format!("the key {} was revoked", key.id))),
        Some(key) => Err(refused(format!("the key {} belongs to somebody else", key.id))),
        None => Err(refused("the key that signed is not enrolled".to_owned())),
    }
}
