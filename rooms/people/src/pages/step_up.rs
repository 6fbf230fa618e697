//! Proving again who one is, for what gives others access.

use askama::Template;
use basis::{Actor, Proven, Refusal};
use frame::pages::{Form, Goto, Page};
use frame::{ANYBODY, Call, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;
use storage::Organisation;

use super::ceremony::{self, Given, PasskeyForm};
use super::sign_in::party;
use crate::acts::{self, Proof};
use crate::rules::check_in_person;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .page(
            "/step-up",
            ANYBODY,
            "Asks to prove again who one is",
            step_up_page,
        )
        .form(
            "/step-up",
            ANYBODY,
            "Proves by password and one-time code who one is",
            step_up_page,
            step_up,
        )
        .form(
            "/step-up/passkey",
            ANYBODY,
            "Proves by a passkey who one is",
            step_up_page,
            step_up_with_passkey,
        )
}

/// Whether dangerous acts would ask the actor for a proof now.
pub(super) fn needs_proof(organisation: &Organisation, actor: &Actor) -> Result<bool, Refusal> {
    let within = organisation.view(policy::current)?.sign_in_terms().step_up;
    let is_asked = matches!(actor.proven, Proven::Before { .. });
    Ok(is_asked && check_in_person(actor, within, organisation.now(), "this").is_err())
}

/// The ways to prove it that this person has.
#[derive(Debug, Clone, Template)]
#[template(path = "step_up.html")]
pub(super) struct StepUpPage {
    passkey: Option<PasskeyForm>,
    password: Option<Form>,
    next: String,
    within: String,
}

impl Page for StepUpPage {
    fn title(&self) -> String {
        "Prove who you are".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |has_passkey: bool, has_password: bool| Self {
            passkey: has_passkey.then(|| PasskeyForm::sample("/step-up/passkey")),
            password: has_password.then(|| Form::sample("/step-up")),
            next: "/people".to_owned(),
            within: "15 minutes".to_owned(),
        };
        vec![
            ("both ways", page(true, true)),
            ("passkey alone", page(true, false)),
            ("password alone", page(false, true)),
        ]
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NextQuery {
    next: Option<String>,
}

fn step_up_page(call: &Call<'_, NextQuery>) -> Result<StepUpPage, Refusal> {
    let organisation = call.organisation();
    let offer = acts::offer_step_up(organisation, call.actor)?;
    let (password, passkey) = (call.form("/step-up"), call.form("/step-up/passkey"));
    let typed = password.typed("next").or(passkey.typed("next"));
    let next = call
        .query
        .next
        .as_deref()
        .or(typed)
        .unwrap_or("/account")
        .to_owned();
    let within = organisation.view(policy::current)?.sign_in_terms().step_up;
    let party = party(&call.house.web);
    Ok(StepUpPage {
        passkey: (!offer.known.is_empty())
            .then(|| PasskeyForm::get(passkey, &party, &offer.challenge, &offer.known)),
        password: offer.ways.has_password.then_some(password),
        next,
        within: within.to_string(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProofForm {
    password: Option<String>,
    code: Option<String>,
    next: Option<String>,
}

fn step_up(call: &Call<'_, Nothing, ProofForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let proof = Proof::Password {
        password: form.password.as_deref().unwrap_or_default(),
        code: form.code.as_deref().unwrap_or_default(),
    };
    let source = call.source().ip().to_string();
    let renewed = acts::prove_again(call.organisation(), call.actor, &proof, &source)?;
    Ok(Goto::to(form.next.as_deref().unwrap_or("/account")).renewed(renewed.token))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyProofForm {
    #[serde(rename = "options")]
    _options: Option<String>,
    ticket: String,
    answer: Option<String>,
    next: Option<String>,
}

fn step_up_with_passkey(call: &Call<'_, Nothing, PasskeyProofForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let given: Given = ceremony::read(form.answer.as_deref())?;
    let proof = Proof::Passkey {
        party: party(&call.house.web),
        answer: given.as_answer(&form.ticket),
    };
    let source = call.source().ip().to_string();
    let renewed = acts::prove_again(call.organisation(), call.actor, &proof, &source)?;
    Ok(Goto::to(form.next.as_deref().unwrap_or("/account")).renewed(renewed.token))
}
