//! Signing in and out.

use askama::Template;
use basis::{Class, Refusal};
use frame::pages::{Form, Goto, Page};
use frame::{ANYBODY, Call, Nothing, PublicCall, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::ceremony::{self, Given, PasskeyForm};
use crate::acts::{self, Attempt, Purpose, RelyingParty};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .public_page("/sign-in", "Signs in", sign_in_page)
        .public_form(
            "/sign-in",
            "Signs in with password and one-time code",
            sign_in_page,
            sign_in,
        )
        .public_form(
            "/sign-in/passkey",
            "Signs in with a passkey",
            sign_in_page,
            sign_in_with_passkey,
        )
        .form("/sign-out", ANYBODY, "Ends this sign-in", signed_in, sign_out)
        .page("/signed-in", ANYBODY, "Says that one is signed in", signed_in)
}

/// Where passkeys of these pages belong to.
pub(super) fn party(web: &frame::pages::Web) -> RelyingParty<'_> {
    RelyingParty {
        id: web.host(),
        origin: web.origin(),
    }
}

/// Both ways to sign in.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage {
    passkey: PasskeyForm,
    password: Form,
    next: String,
    /// Whether whoever looks has just made their passkey.
    has_made_passkey: bool,
}

impl Page for SignInPage {
    fn title(&self) -> String {
        "Sign in".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |password| Self {
            passkey: PasskeyForm::sample("/sign-in/passkey"),
            password,
            next: "/changes".to_owned(),
            has_made_passkey: false,
        };
        vec![
            ("at first", page(Form::sample("/sign-in"))),
            (
                "with a new passkey",
                Self {
                    has_made_passkey: true,
                    ..page(Form::sample("/sign-in"))
                },
            ),
            (
                "after a refusal",
                page(Form::sample("/sign-in").with_typed(&[("handle", "anna")])),
            ),
        ]
    }
}

/// Where to go on afterwards, and what was done before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignInQuery {
    next: Option<String>,
    /// `passkey` for whoever has just made one.
    made: Option<String>,
}

fn sign_in_page(call: &PublicCall<'_, SignInQuery>) -> Result<SignInPage, Refusal> {
    let password = call.form("/sign-in");
    let passkey = call.form("/sign-in/passkey");
    let typed = password.typed("next").or(passkey.typed("next"));
    let next = call.query.next.as_deref().or(typed).unwrap_or("/").to_owned();
    let challenge = acts::challenge(call.organisation(), Purpose::SignIn);
    Ok(SignInPage {
        passkey: PasskeyForm::get(passkey, &party(&call.house.web), &challenge, &[]),
        password,
        next,
        has_made_passkey: call.query.made.as_deref() == Some("passkey"),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    handle: Option<String>,
    password: Option<String>,
    code: Option<String>,
    next: Option<String>,
}

fn sign_in(call: &PublicCall<'_, Nothing, SignInForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let attempt = Attempt {
        handle: form.handle.as_deref().unwrap_or_default().trim(),
        password: form.password.as_deref().unwrap_or_default(),
        code: form.code.as_deref().unwrap_or_default(),
        source: call.source().ip().to_string(),
    };
    let signed_in = acts::sign_in(call.organisation(), &attempt)?;
    Ok(Goto::to(form.next.as_deref().unwrap_or("/")).signed_in(signed_in.token))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasskeySignInForm {
    /// What the page asked of the passkey; only the page's script needs it.
    #[serde(rename = "options")]
    _options: Option<String>,
    ticket: String,
    answer: Option<String>,
    next: Option<String>,
}

fn sign_in_with_passkey(call: &PublicCall<'_, Nothing, PasskeySignInForm>) -> Result<Goto, Refusal> {
    let form = &call.body;
    let given: Given = ceremony::read(form.answer.as_deref())?;
    let (party, source) = (party(&call.house.web), call.source().ip().to_string());
    let signed_in = acts::sign_in_with_passkey(
        call.organisation(),
        &party,
        &given.as_answer(&form.ticket),
        &source,
    )?;
    Ok(Goto::to(form.next.as_deref().unwrap_or("/")).signed_in(signed_in.token))
}

/// For who signed in beside a page that they go on with.
#[derive(Debug, Clone, Template)]
#[template(path = "signed_in.html")]
pub(super) struct SignedInPage;

impl Page for SignedInPage {
    fn title(&self) -> String {
        "You are signed in".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("always", Self)]
    }
}

fn signed_in(_: &Call<'_>) -> Result<SignedInPage, Refusal> {
    Ok(SignedInPage)
}

fn sign_out(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let token = acts::present_sign_in(call.actor).ok_or_else(|| {
        Refusal::new(
            Class::Forbidden,
            "sign-in",
            "this is for people who have signed in",
        )
        .way_out("sign in first")
    })?;
    acts::revoke_token(call.organisation(), call.actor, token)?;
    Ok(Goto::to("/sign-in").signed_out())
}
