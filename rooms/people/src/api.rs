//! The routes of people: parse, call an act, show.

mod own;

use std::collections::BTreeSet;

use basis::{PersonId, Refusal, Span, Time};
use frame::pages::Web;
use frame::{ANYBODY, Call, IdText, Listed, Method, Nothing, PublicCall, Routes, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::{self, Acceptance, Attempt};
use crate::rules::{Handle, TokenId, enrolment_text, roles_of};
use crate::store::StoredToken;
use crate::views::{AccessView, KeyView, PersonView, PersonWithKeys};

pub(crate) use own::{
    EndedView, NewRecoveryCodesView, PasskeyView, PastSignInView, RecoveryCodesView, SessionView,
};

pub(crate) fn routes() -> Routes {
    let routes = Routes::room("people")
        .public_act(
            Method::Post,
            "/sign-in",
            "Signs in with password and one-time code",
            sign_in,
        )
        .public_act(
            Method::Post,
            "/invitations/accept",
            "Accepts an invitation",
            accept_invitation,
        )
        .act(
            Method::Post,
            "/sign-out",
            ANYBODY,
            "Ends every sign-in of the caller",
            sign_out,
        )
        .read("/me", ANYBODY, "Shows the caller", show_me)
        .read("/people", "people.read", "Lists people", list)
        .read("/people/{person}", "people.read", "Shows a person", show)
        .act(Method::Post, "/people", "people.enrol", "Enrols a person", enrol)
        .act(
            Method::Post,
            "/people/{person}/invitations",
            "people.enrol",
            "Invites a person again",
            invite,
        )
        .act(
            Method::Post,
            "/people/{person}/confirmation",
            "people.confirm",
            "Confirms who a person is",
            confirm,
        )
        .act(
            Method::Put,
            "/people/{person}/roles",
            "people.grant_role",
            "Sets the roles of a person",
            grant_roles,
        )
        .act(
            Method::Post,
            "/people/{person}/disabling",
            "people.disable",
            "Takes a person's access away",
            disable,
        )
        .read(
            "/me/enrolment-text",
            "people.enrol_key",
            "Gives the text to sign for enrolling a key",
            key_text,
        )
        .act(
            Method::Post,
            "/me/keys",
            "people.enrol_key",
            "Enrols a signing key of the caller",
            enrol_key,
        )
        .act(
            Method::Post,
            "/keys/{key}/revocation",
            ANYBODY,
            "Revokes a signing key",
            revoke_key,
        )
        .read(
            "/me/tokens",
            "people.issue_token",
            "Lists the caller's tokens",
            list_tokens,
        )
        .act(
            Method::Post,
            "/me/tokens",
            "people.issue_token",
            "Makes an API token",
            issue_token,
        )
        .act(
            Method::Post,
            "/tokens/{token}/revocation",
            ANYBODY,
            "Ends a token",
            revoke_token,
        );
    own::add(routes)
}

/// Handle, password and one-time code.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    pub handle: String,
    pub password: String,
    pub code: String,
}

/// A sign-in that succeeded; the token is shown once.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInAnswer {
    pub person: PersonView,
    pub token: String,
    #[schemars(with = "IdText<TokenId>")]
    pub token_id: TokenId,
    #[schemars(with = "TimeText")]
    pub expires: Time,
}

fn sign_in(call: &PublicCall<'_, Nothing, SignInRequest>) -> Result<SignInAnswer, Refusal> {
    let request = &call.body;
    let source = call.source().ip().to_string();
    let attempt = Attempt {
        handle: &request.handle,
        password: &request.password,
        code: &request.code,
        source,
    };
    let signed_in = acts::sign_in(call.organisation(), &attempt)?;
    Ok(SignInAnswer {
        person: signed_in.person.into(),
        token: signed_in.token,
        token_id: signed_in.token_id,
        expires: signed_in.expires,
    })
}

/// What a person sends to accept an invitation.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptRequest {
    pub invitation: String,
    pub password: String,
    /// The secret that the authenticator holds, in base32.
    pub totp_secret: String,
    /// A code from it.
    pub totp_code: String,
}

/// An invitation that was accepted.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptAnswer {
    pub person: PersonView,
    /// Each is good once in place of a one-time code, together with the password; shown only now.
    pub recovery_codes: Vec<String>,
}

fn accept_invitation(call: &PublicCall<'_, Nothing, AcceptRequest>) -> Result<AcceptAnswer, Refusal> {
    let request = &call.body;
    let acceptance = Acceptance {
        invitation: &request.invitation,
        password: &request.password,
        totp_secret: &request.totp_secret,
        totp_code: &request.totp_code,
    };
    let accepted = acts::accept(call.organisation(), &acceptance)?;
    Ok(AcceptAnswer {
        person: accepted.person.into(),
        recovery_codes: accepted.recovery_codes,
    })
}

fn sign_out(call: &Call<'_, Nothing, Nothing>) -> Result<Nothing, Refusal> {
    acts::end_sign_in(call.organisation(), call.actor).map(|()| Nothing)
}

fn person_with_keys(call: &Call<'_>, person: PersonId) -> Result<PersonWithKeys, Refusal> {
    let (person, keys, accesses) = acts::show(call.organisation(), call.actor, person)?;
    Ok(PersonWithKeys {
        person: person.into(),
        keys: keys.into_iter().map(KeyView::from).collect(),
        invitations: accesses.into_iter().map(AccessView::from).collect(),
    })
}

fn show_me(call: &Call<'_>) -> Result<PersonWithKeys, Refusal> {
    person_with_keys(call, call.actor.person)
}

fn show(call: &Call<'_>) -> Result<PersonWithKeys, Refusal> {
    person_with_keys(call, call.id("person")?)
}

fn list(call: &Call<'_>) -> Result<Listed<PersonView>, Refusal> {
    let people = acts::list(call.organisation(), call.actor)?;
    Ok(Listed {
        items: people.into_iter().map(PersonView::from).collect(),
        next: None,
    })
}

/// A person to enrol.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    pub handle: String,
    pub name: String,
    /// The names of the roles.
    pub roles: Vec<String>,
}

/// A one-time code; shown once.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationView {
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    pub invitation: String,
    /// The page on which it is accepted.
    pub link: String,
    #[schemars(with = "TimeText")]
    pub expires: Time,
}

impl InvitationView {
    fn of(web: &Web, invitation: acts::Invitation) -> Self {
        Self {
            person: invitation.person,
            link: invitation_link(web, &invitation),
            invitation: invitation.code,
            expires: invitation.expires,
        }
    }
}

/// Where a browser accepts this invitation, once these pages are served.
pub fn invitation_link(web: &Web, invitation: &acts::Invitation) -> String {
    format!("{}/invitation?code={}", web.origin(), invitation.code)
}

fn enrol(call: &Call<'_, Nothing, EnrolRequest>) -> Result<InvitationView, Refusal> {
    let (handle, roles) = (Handle::parse(&call.body.handle)?, roles_of(&call.body.roles)?);
    acts::enrol(call.organisation(), call.actor, &handle, &call.body.name, roles)
        .map(|invitation| InvitationView::of(&call.house.web, invitation))
}

fn invite(call: &Call<'_, Nothing, Nothing>) -> Result<InvitationView, Refusal> {
    let invitation = acts::invite(call.organisation(), call.actor, call.id("person")?)?;
    Ok(InvitationView::of(&call.house.web, invitation))
}

/// The roles that a person holds from now on.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RolesRequest {
    pub roles: Vec<String>,
    pub reason: String,
}

fn grant_roles(call: &Call<'_, Nothing, RolesRequest>) -> Result<PersonView, Refusal> {
    let roles = roles_of(&call.body.roles)?;
    acts::grant_roles(
        call.organisation(),
        call.actor,
        call.id("person")?,
        roles,
        &call.body.reason,
    )
    .map(PersonView::from)
}

/// Why something is done.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonRequest {
    pub reason: String,
}

/// That the right person accepted an invitation.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    /// The number of the invitation that they accepted, as `GET /people/{person}` names it. Another than the last that was
    /// accepted is refused.
    pub invitation: u64,
    /// How you know.
    pub reason: String,
}

fn confirm(call: &Call<'_, Nothing, ConfirmRequest>) -> Result<PersonView, Refusal> {
    let (person, request) = (call.id("person")?, &call.body);
    let (invitation, reason) = (request.invitation, request.reason.as_str());
    acts::confirm(call.organisation(), call.actor, person, invitation, reason).map(PersonView::from)
}

fn disable(call: &Call<'_, Nothing, ReasonRequest>) -> Result<PersonView, Refusal> {
    acts::disable(
        call.organisation(),
        call.actor,
        call.id("person")?,
        &call.body.reason,
    )
    .map(PersonView::from)
}

/// Which key the text is for.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyTextQuery {
    /// The public key as OpenSSH writes it.
    pub key: String,
}

/// A text to sign with `ssh-keygen -Y sign`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextToSign {
    pub namespace: String,
    pub text: String,
}

fn key_text(call: &Call<'_, KeyTextQuery>) -> Result<TextToSign, Refusal> {
    let key = formats::sshsig::PublicKey::parse_openssh(&call.query.key).map_err(|error| {
        Refusal::new(
            basis::Class::Invalid,
            "signing key",
            format!("the key cannot be used: {error}"),
        )
        .way_out("make one with `ssh-keygen -t ed25519`")
    })?;
    Ok(TextToSign {
        namespace: crate::rules::ENROLMENT_NAMESPACE.to_owned(),
        text: enrolment_text(call.organisation().origin(), call.actor.person, &key),
    })
}

/// A key and the proof that the caller holds it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolKeyRequest {
    /// The public key as OpenSSH writes it.
    pub key: String,
    /// The armored signature over the enrolment text.
    pub signature: String,
}

fn enrol_key(call: &Call<'_, Nothing, EnrolKeyRequest>) -> Result<KeyView, Refusal> {
    acts::enrol_key(
        call.organisation(),
        call.actor,
        &call.body.key,
        &call.body.signature,
    )
    .map(KeyView::from)
}

fn revoke_key(call: &Call<'_, Nothing, ReasonRequest>) -> Result<KeyView, Refusal> {
    acts::revoke_key(
        call.organisation(),
        call.actor,
        call.id("key")?,
        &call.body.reason,
    )
    .map(KeyView::from)
}

/// A token, without its text.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenView {
    #[schemars(with = "IdText<TokenId>")]
    pub token: TokenId,
    /// `sign-in` or `api`.
    pub kind: String,
    pub name: String,
    /// The acts it is limited to; absent where it has no limit of its own.
    pub scope: Option<Vec<String>>,
    #[schemars(with = "TimeText")]
    pub issued_at: Time,
    #[schemars(with = "TimeText")]
    pub expires_at: Time,
    #[schemars(with = "Option<TimeText>")]
    pub revoked_at: Option<Time>,
}

impl From<StoredToken> for TokenView {
    fn from(token: StoredToken) -> Self {
        Self {
            token: token.id,
            kind: token.kind.name().to_owned(),
            name: token.name,
            scope: token.scope.map(|scope| scope.into_iter().collect()),
            issued_at: token.issued_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
        }
    }
}

fn list_tokens(call: &Call<'_>) -> Result<Listed<TokenView>, Refusal> {
    let tokens = acts::own_tokens(call.organisation(), call.actor)?;
    Ok(Listed {
        items: tokens.into_iter().map(TokenView::from).collect(),
        next: None,
    })
}

/// A token to make.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueTokenRequest {
    pub name: String,
    /// The acts it is for.
    pub scope: BTreeSet<String>,
    /// For how many days.
    pub days: u16,
}

/// A token that was made; its text is shown once.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenView {
    #[schemars(with = "IdText<TokenId>")]
    pub token_id: TokenId,
    pub token: String,
    #[schemars(with = "TimeText")]
    pub expires: Time,
}

fn issue_token(call: &Call<'_, Nothing, IssueTokenRequest>) -> Result<NewTokenView, Refusal> {
    let request = &call.body;
    let life = Span::days(request.days.into());
    let new = acts::issue_token(
        call.organisation(),
        call.actor,
        &request.name,
        request.scope.clone(),
        life,
    )?;
    Ok(NewTokenView {
        token_id: new.id,
        token: new.token,
        expires: new.expires,
    })
}

fn revoke_token(call: &Call<'_, Nothing, Nothing>) -> Result<Nothing, Refusal> {
    acts::revoke_token(call.organisation(), call.actor, call.id("token")?).map(|()| Nothing)
}
