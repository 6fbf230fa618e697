//! Asks the gate.

use basis::{Actor, Class, PersonId, Refusal, Subject, Time};
use changes::{Change, ChangeId};
use policy::{Action, Policy};
use storage::{By, Organisation, View};

use super::existing_change;
use super::weigh::{Weighed, weigh};
use crate::rules::events::TokenGiven;
use crate::rules::{AskGate, Asked, Permit, answered};
use crate::token::{self, AUDIENCE, Claims};

/// What the gate is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Under which change.
    pub change: ChangeId,
    /// On what, by name or id.
    pub asset: String,
    /// What is to be done to it.
    pub action: Action,
    /// Who wants to work; the actor where nobody is named.
    pub person: Option<PersonId>,
}

/// What the gate answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// Yes, with a token that says so.
    Allow {
        /// The permit under which the work happens.
        permit: Permit,
        /// The asset.
        asset: Subject,
        /// The signed token.
        token: String,
        /// The token's own id.
        jti: String,
        /// When the token ends.
        expires: Time,
    },
    /// No.
    Deny {
        /// Why, as the refusal that lists everything missing.
        refusal: Refusal,
    },
}

/// Answers whether the actor may do this to the asset now, and records the answer. With the first yes work begins.
pub fn ask(organisation: &Organisation, actor: &Actor, question: &Question) -> Result<Gate, Refusal> {
    let mut tx = organisation.begin("permits.ask_gate")?;
    let policy = policy::current(&tx.view())?;
    let change = existing_change(&tx.view(), question.change)?;
    actor.may::<AskGate>(change.id, policy.authority())?;
    check_person(actor, question.person)?;
    let asked = Asked {
        person: actor.person,
        asset: asset_named(&tx.view(), &question.asset)?,
        action: question.action,
    };
    let now = organisation.now();
    let weighed = weigh(organisation, &tx.view(), &policy, &change, &asked, now)?;
    let (gate, given) = match weighed.settle() {
        Ok(permit) => allow(organisation, &policy, &change, permit, &asked, now)?,
        Err(refusal) => (Gate::Deny { refusal }, None),
    };
    let Weighed {
        permit,
        verdict,
        answer,
    } = &weighed;
    tx.record(
        actor,
        answered(&change, permit.as_ref(), &asked, answer, given, verdict),
    )?;
    if matches!(gate, Gate::Allow { .. }) {
        changes::worked_on(&mut tx, &By::from(actor), change.id, actor.person, &asked.asset)?;
    }
    tx.commit()?;
    Ok(gate)
}

/// A token names the person who may work, so nobody gets one in another's name.
fn check_person(actor: &Actor, named: Option<PersonId>) -> Result<(), Refusal> {
    match named {
        Some(person) if person != actor.person => Err(Refusal::new(
            Class::Forbidden,
            "gate",
            format!("{} asks for {person}; everybody asks for themselves", actor.person),
        )
        .way_out(format!(
            "let {person} ask, or give the tool an API token of theirs: `tagout token issue --name TOOL --scope permits.ask_gate`"
        ))),
        _ => Ok(()),
    }
}

fn asset_named(view: &View<'_>, name: &str) -> Result<Subject, Refusal> {
    let found = assets::resolve(view, name)?;
    found.map(|asset| asset.id.into()).ok_or_else(|| {
        Refusal::new(Class::NotFound, "assets", format!("there is no asset `{name}`"))
            .way_out("`tagout asset list` shows them all")
    })
}

fn allow(
    organisation: &Organisation,
    policy: &Policy,
    change: &Change,
    permit: &Permit,
    asked: &Asked,
    now: Time,
) -> Result<(Gate, Option<TokenGiven>), Refusal> {
    // A token never outlives its permit.
    let expires = (now + policy.gate_token_life()).min(permit.window.until);
    let expires = Time::from_ms(expires.as_ms() / 1_000 * 1_000);
    let jti = hex::encode(organisation.chance().sixteen());
    let claims = Claims {
        iss: organisation.origin().as_str().to_owned(),
        sub: asked.person.to_string(),
        aud: AUDIENCE.to_owned(),
        change: change.id.to_string(),
        permit: permit.id.to_string(),
        asset: asked.asset.to_string(),
        action: asked.action.name().to_owned(),
        iat: token::seconds(now),
        nbf: token::seconds(now),
        exp: token::seconds(expires),
        jti: jti.clone(),
    };
    let gate = Gate::Allow {
        permit: permit.clone(),
        asset: asked.asset.clone(),
        token: token::sign(organisation, &claims)?,
        jti: jti.clone(),
        expires,
    };
    Ok((gate, Some(TokenGiven { jti, expires })))
}
