//! One's own ways to sign in: passkeys, password, recovery codes.

use askama::Template;
use basis::{Id, Refusal, Time};
use frame::pages::{Form, Goto, Moment, Page, State, Tone};
use frame::{ANYBODY, Call, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::ceremony::{self, Made, PasskeyForm};
use super::invitation::NewSecret;
use super::sign_in::party;
use super::step_up::needs_proof;
use super::told_once::ToldOnce;
use crate::acts::{self, ChosenPassword, NewPasskey};
use crate::rules::{Passkey, PasskeyId};

const PATH: &str = "/account/ways-in";

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .page(PATH, ANYBODY, "Shows one's own ways to sign in", ways_in_page)
        .form(
            "/account/passkeys",
            ANYBODY,
            "Enrols a passkey of one's own",
            ways_in_page,
            enrol_passkey,
        )
        .form(
            "/account/passkeys/{passkey}/revocation",
            ANYBODY,
            "Revokes a passkey of one's own",
            ways_in_page,
            revoke_own_passkey,
        )
        .form(
            "/account/recovery-codes",
            ANYBODY,
            "Makes recovery codes of one's own",
            ways_in_page,
            make_codes,
        )
        .form(
            "/account/password",
            ANYBODY,
            "Chooses a password of one's own",
            ways_in_page,
            set_password,
        )
        .form(
            "/account/password/removal",
            ANYBODY,
            "Takes one's own password away",
            ways_in_page,
            remove_password,
        )
}

/// One passkey, and the form that revokes it.
#[derive(Debug, Clone)]
struct PasskeyCard {
    id: PasskeyId,
    name: String,
    enrolled: Moment,
    last_used: Option<Moment>,
    state: State,
    revoke: Option<Form>,
}

/// One's own ways to sign in.
#[derive(Debug, Clone, Template)]
#[template(path = "ways_in.html")]
pub(super) struct WaysInPage {
    needs_proof: bool,
    passkeys: Vec<PasskeyCard>,
    new: PasskeyForm,
    has_password: bool,
    password: Form,
    secret: NewSecret,
    remove_password: Option<Form>,
    codes_left: usize,
    codes_made: Option<Moment>,
    make_codes: Option<Form>,
}

fn card(passkey: Passkey, form: impl Fn(String) -> Form) -> PasskeyCard {
    let revoke = format!("/account/passkeys/{}/revocation", passkey.id);
    let (state, revoke) = match passkey.revoked_at {
        None => (State::new("good", Tone::Good), Some(form(revoke))),
        Some(_) => (State::new("revoked", Tone::Plain), None),
    };
    PasskeyCard {
        id: passkey.id,
        name: passkey.name,
        enrolled: Moment(passkey.enrolled_at),
        last_used: passkey.last_used_at.map(Moment),
        state,
        revoke,
    }
}

impl Page for WaysInPage {
    fn title(&self) -> String {
        "How you sign in".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let at = Time::from_ms(1_795_334_400_000);
        let passkey = |number: u64, name: &str| Passkey {
            id: PasskeyId::from_number(number),
            person: basis::PersonId::from_number(1),
            name: name.to_owned(),
            credential: String::new(),
            openssh: String::new(),
            counter: 0,
            enrolled_at: at,
            last_used_at: (number > 1).then_some(at),
            revoked_at: (number > 2).then_some(at),
        };
        let page = |passkeys: Vec<Passkey>, has_password: bool| Self {
            needs_proof: has_password,
            new: PasskeyForm::sample("/account/passkeys"),
            has_password,
            password: Form::sample("/account/password"),
            secret: NewSecret::sample(),
            remove_password: (has_password && !passkeys.is_empty())
                .then(|| Form::sample("/account/password/removal")),
            codes_left: if has_password { 8 } else { 0 },
            codes_made: has_password.then_some(Moment(at)),
            make_codes: has_password.then(|| Form::sample("/account/recovery-codes")),
            passkeys: passkeys
                .into_iter()
                .map(|passkey| card(passkey, |path| Form::sample(&path)))
                .collect(),
        };
        let all = vec![
            passkey(1, "blue security key"),
            passkey(2, "work laptop"),
            passkey(3, "the phone that was lost on the way to the second site"),
        ];
        vec![
            ("password alone", page(Vec::new(), true)),
            (
                "passkey alone",
                page(vec![passkey(1, "blue security key")], false),
            ),
            ("everything", page(all, true)),
        ]
    }
}

fn ways_in_page(call: &Call<'_>) -> Result<WaysInPage, Refusal> {
    let organisation = call.organisation();
    let offer = acts::offer_passkey(organisation, call.actor)?;
    let codes = acts::own_recovery_codes(organisation, call.actor)?;
    let ways = acts::own_ways_in(organisation, call.actor)?;
    let password = call.form("/account/password");
    let passkeys = acts::own_passkeys(organisation, call.actor)?;
    Ok(WaysInPage {
        needs_proof: needs_proof(organisation, call.actor)?,
        passkeys: passkeys
            .into_iter()
            .map(|passkey| card(passkey, |path| call.form(path)))
            .collect(),
        new: PasskeyForm::create(call.form("/account/passkeys"), &party(&call.house.web), &offer),
        has_password: ways.has_password,
        secret: NewSecret::again(&password, organisation.chance(), offer.person.handle.as_str()),
        password,
        remove_password: (ways.has_password && ways.check_without_password().is_ok())
            .then(|| call.form("/account/password/removal")),
        codes_left: codes.left,
        codes_made: codes.made_at.map(Moment),
        make_codes: ways.has_password.then(|| call.form("/account/recovery-codes")),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskeyForm {
    #[serde(rename = "options")]
    _options: Option<String>,
    ticket: String,
    answer: Option<String>,
    name: Option<String>,
}

fn enrol_passkey(call: &Call<'_, Nothing, NewPasskeyForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let made: Made = ceremony::read(form.answer.as_deref())?;
    let new = NewPasskey {
        ticket: &form.ticket,
        name: form.name.as_deref().unwrap_or_default(),
        client_data: made.client_data(),
        attestation_object: made.attestation_object(),
    };
    acts::enrol_passkey(call.organisation(), call.actor, &party(&call.house.web), &new)?;
    Ok(Goto::to(PATH))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReasonForm {
    reason: Option<String>,
}

fn revoke_own_passkey(call: &Call<'_, Nothing, ReasonForm>) -> Result<Goto, Refusal> {
    let reason = call.body.reason.as_deref().unwrap_or_default();
    acts::revoke_passkey(call.organisation(), call.actor, call.id("passkey")?, reason)?;
    Ok(Goto::to(PATH))
}

fn codes_shown(codes: Vec<String>) -> Result<Goto, Refusal> {
    let next = ("To your account", PATH.to_owned());
    Goto::to(PATH).showing(&ToldOnce::recovery_codes(codes, next))
}

fn make_codes(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    codes_shown(acts::make_recovery_codes(call.organisation(), call.actor)?)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasswordForm {
    password: Option<String>,
    totp_secret: String,
    code: Option<String>,
}

fn set_password(call: &Call<'_, Nothing, PasswordForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let chosen = ChosenPassword {
        password: form.password.as_deref().unwrap_or_default(),
        totp_secret: &form.totp_secret,
        totp_code: form.code.as_deref().unwrap_or_default(),
    };
    codes_shown(acts::set_password(call.organisation(), call.actor, &chosen)?)
}

fn remove_password(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    acts::remove_password(call.organisation(), call.actor)?;
    Ok(Goto::to(PATH))
}
