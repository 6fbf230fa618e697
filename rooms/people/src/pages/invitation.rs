//! Accepting an invitation: the link that an administrator gave leads here.

use askama::Template;
use basis::Refusal;
use frame::pages::{Form, Goto, Page};
use frame::{Nothing, PublicCall, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::ceremony::{self, Made, PasskeyForm};
use super::qr::{Qr, otpauth};
use super::sign_in::party;
use super::told_once::ToldOnce;
use crate::acts::{self, Acceptance, NewPasskey};
use crate::rules::Secret;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .public_page("/invitation", "Shows an invitation", invitation_page)
        .public_form(
            "/invitation",
            "Accepts an invitation with a password",
            invitation_page,
            accept,
        )
        .public_form(
            "/invitation/passkey",
            "Accepts an invitation with a passkey",
            invitation_page,
            accept_with_passkey,
        )
}

/// A new secret for one-time codes, as it is shown beside the form that sends it back.
#[derive(Debug, Clone)]
pub(super) struct NewSecret {
    pub(super) base32: String,
    pub(super) qr: Option<Qr>,
}

impl NewSecret {
    /// The secret that was typed, or shown, before; a new one where there is none.
    pub(super) fn again(form: &Form, chance: &dyn basis::Chance, handle: &str) -> Self {
        let typed = form.typed("totp_secret").filter(|typed| !typed.is_empty());
        let base32 = typed.map_or_else(
            || Secret::from_bytes(&chance.thirty_two()[..20]).to_base32(),
            str::to_owned,
        );
        Self {
            qr: Qr::of(&otpauth(handle, &base32)),
            base32,
        }
    }

    pub(super) fn sample() -> Self {
        let base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned();
        Self {
            qr: Qr::of(&otpauth("anna", &base32)),
            base32,
        }
    }
}

/// An invitation, with both ways to accept it.
#[derive(Debug, Clone, Template)]
#[template(path = "invitation.html")]
pub(super) struct InvitationPage {
    name: String,
    handle: String,
    code: String,
    passkey: PasskeyForm,
    password: Form,
    secret: NewSecret,
}

impl Page for InvitationPage {
    fn title(&self) -> String {
        format!("Welcome, {}", self.name)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |name: &str, password| Self {
            name: name.to_owned(),
            handle: "anna".to_owned(),
            code: "PER-0001.00".to_owned(),
            passkey: PasskeyForm::sample("/invitation/passkey"),
            password,
            secret: NewSecret::sample(),
        };
        let long = "Anna Maria Theodora von Winterfeldt-Oberhausen zu Altenkirchen";
        vec![
            ("at first", page("Anna Ames", Form::sample("/invitation"))),
            (
                "after a refusal",
                page(
                    long,
                    Form::sample("/invitation").with_typed(&[("totp_secret", "GE")]),
                ),
            ),
        ]
    }
}

/// The one-time code of an invitation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InvitationQuery {
    code: Option<String>,
}

fn invitation_page(call: &PublicCall<'_, InvitationQuery>) -> Result<InvitationPage, Refusal> {
    let (password, passkey) = (call.form("/invitation"), call.form("/invitation/passkey"));
    let typed = password.typed("invitation").or(passkey.typed("invitation"));
    let code = call
        .query
        .code
        .as_deref()
        .or(typed)
        .unwrap_or_default()
        .to_owned();
    let offer = acts::look_at_invitation(call.organisation(), &code)?;
    let handle = offer.person.handle.as_str().to_owned();
    Ok(InvitationPage {
        name: offer.person.name.clone(),
        secret: NewSecret::again(&password, call.organisation().chance(), &handle),
        handle,
        code,
        passkey: PasskeyForm::create(passkey, &party(&call.house.web), &offer),
        password,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasswordForm {
    invitation: String,
    password: Option<String>,
    totp_secret: String,
    code: Option<String>,
}

fn accept(call: &PublicCall<'_, Nothing, PasswordForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let acceptance = Acceptance {
        invitation: &form.invitation,
        password: form.password.as_deref().unwrap_or_default(),
        totp_secret: &form.totp_secret,
        totp_code: form.code.as_deref().unwrap_or_default(),
    };
    let accepted = acts::accept(call.organisation(), &acceptance)?;
    let next = ("Sign in, when the next code has come", "/sign-in".to_owned());
    Goto::to("/sign-in").showing(&ToldOnce::recovery_codes(accepted.recovery_codes, next))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskeyForm {
    #[serde(rename = "options")]
    _options: Option<String>,
    invitation: String,
    ticket: String,
    answer: Option<String>,
    name: Option<String>,
}

fn accept_with_passkey(call: &PublicCall<'_, Nothing, NewPasskeyForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let made: Made = ceremony::read(form.answer.as_deref())?;
    let new = NewPasskey {
        ticket: &form.ticket,
        name: form.name.as_deref().unwrap_or_default(),
        client_data: made.client_data(),
        attestation_object: made.attestation_object(),
    };
    let party = party(&call.house.web);
    acts::accept_with_passkey(call.organisation(), &party, &form.invitation, &new)?;
    Ok(Goto::to("/sign-in?made=passkey"))
}
