//! Asks the gate.

use basis::{Actor, Class, PersonId, Refusal, Span, Subject, Time};
use changes::{Change, ChangeId};
use ledger::events::Events;
use policy::{Action, Comparison, Policy};
use storage::{By, Organisation, View};

use super::weigh::{Known, Weighed};
use crate::rules::events::TokenGiven;
use crate::rules::{AskGate, Asked, Permit, answered};
use crate::token::{self, AUDIENCE, Claims};

/// How long an answer may wait for its turn to be recorded before it is decided anew.
const ANSWER_LIFE_MAX: Span = Span::seconds(1);

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
        /// Whether something was found on the asset after work before, which counts no longer.
        ends_finding: bool,
    },
    /// No.
    Deny {
        /// Why, as the refusal that lists everything missing.
        refusal: Refusal,
    },
}

/// Answers whether the actor may do this to the asset now, and records the answer. With the first yes work begins.
///
/// Many ask at once and in a row, so the gate reads and decides before it takes the writer. In its transaction it does so
/// anew if an event that rules look at came in between, if its turn came late, or if the clock turns out to be wrong.
pub fn ask(organisation: &Organisation, actor: &Actor, question: &Question) -> Result<Gate, Refusal> {
    let read = |view: &View<'_>| Known::read(view, actor.person, question.change, &question.asset);
    let name = format!("{} {} {}", actor.person, question.change, question.asset);
    let asked_at = organisation.now();
    let (known, as_of) = organisation.remember(&name, read)?;
    let mut decided = decide(organisation, actor, question, &known, asked_at, None)?;
    let mut tx = organisation.begin("permits.ask_gate")?;
    let (now, clock_behind) = (organisation.now(), tx.clock_behind());
    let is_old = now.since(asked_at) > ANSWER_LIFE_MAX || clock_behind.is_some();
    if is_old || !tx.is_as_of(as_of) {
        decided = decide(
            organisation,
            actor,
            question,
            &read(&tx.view())?,
            now,
            clock_behind,
        )?;
    }
    tx.record(actor, decided.events)?;
    if let Some(asset) = &decided.begins_work_on {
        changes::worked_on(&mut tx, &By::from(actor), question.change, actor.person, asset)?;
    }
    tx.commit()?;
    Ok(decided.gate)
}

/// An answer that nobody has been told yet.
struct Decided {
    gate: Gate,
    events: Events,
    /// The asset, where the change must note that work on it begins.
    begins_work_on: Option<Subject>,
}

fn decide(
    organisation: &Organisation,
    actor: &Actor,
    question: &Question,
    known: &Known,
    now: Time,
    clock_behind: Option<Span>,
) -> Result<Decided, Refusal> {
    let Known { policy, change, .. } = known;
    actor.may::<AskGate>(change.id, policy.authority())?;
    known.check_active(actor.person)?;
    check_person(actor, question.person)?;
    let asked = Asked {
        person: actor.person,
        asset: known.asset.clone(),
        action: question.action,
    };
    let weighed = known.weigh(&asked, now, clock_behind);
    let (gate, given) = match weighed.settle() {
        Ok(permit) => allow(organisation, policy, change, permit, &asked, now)?,
        Err(refusal) => (Gate::Deny { refusal }, None),
    };
    let is_news =
        given.is_some() && !changes::rules::worked_on(change, asked.person, &asked.asset)?.is_empty();
    let Weighed {
        permit,
        verdict,
        answer,
    } = &weighed;
    Ok(Decided {
        gate,
        events: answered(change, *permit, &asked, answer, given, verdict),
        begins_work_on: is_news.then_some(asked.asset),
    })
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
        ends_finding: change.comparison(&asked.asset) != Comparison::NotCompared,
    };
    Ok((gate, Some(TokenGiven { jti, expires })))
}
