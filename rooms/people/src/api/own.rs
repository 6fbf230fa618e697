//! The routes by which people look after their own ways in: sign-ins, proofs, recovery codes, passkeys.

use basis::{Refusal, Time};
use frame::{ANYBODY, Call, IdText, Listed, Method, Nothing, Routes, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ReasonRequest;
use crate::acts::{self, PastSignIn, Proof};
use crate::rules::{Passkey, PasskeyId, TokenId};
use crate::store::StoredToken;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .read(
            "/me/sessions",
            ANYBODY,
            "Lists the caller's sign-ins that have not ended",
            list_sessions,
        )
        .act(
            Method::Post,
            "/me/sessions/revocation",
            ANYBODY,
            "Ends every sign-in of the caller but this one",
            end_other_sessions,
        )
        .read(
            "/me/sign-ins",
            ANYBODY,
            "Shows who signed in as the caller, and who failed to",
            list_sign_ins,
        )
        .act(
            Method::Post,
            "/me/proof",
            ANYBODY,
            "Proves again who holds this sign-in",
            prove_again,
        )
        .read(
            "/me/recovery-codes",
            ANYBODY,
            "Says how many recovery codes the caller has left",
            count_recovery_codes,
        )
        .act(
            Method::Post,
            "/me/recovery-codes",
            ANYBODY,
            "Makes new recovery codes for the caller",
            make_recovery_codes,
        )
        .read(
            "/me/passkeys",
            ANYBODY,
            "Lists the caller's passkeys",
            list_passkeys,
        )
        .act(
            Method::Post,
            "/passkeys/{passkey}/revocation",
            ANYBODY,
            "Revokes a passkey of the caller",
            revoke_passkey,
        )
}

/// A sign-in that has not ended.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionView {
    #[schemars(with = "IdText<TokenId>")]
    pub token: TokenId,
    #[schemars(with = "TimeText")]
    pub began_at: Time,
    /// `password+totp` or `passkey`.
    pub proven_by: String,
    /// When its holder last proved who they are.
    #[schemars(with = "TimeText")]
    pub proven_at: Time,
    /// The address that it came from; empty where none was noted.
    pub source: String,
    /// When it was last used; absent where the server was started since.
    #[schemars(with = "Option<TimeText>")]
    pub last_used_at: Option<Time>,
    #[schemars(with = "TimeText")]
    pub expires_at: Time,
    /// Whether it is the one that asks.
    pub is_this_one: bool,
}

impl SessionView {
    pub(crate) fn of<Q, B>(call: &Call<'_, Q, B>, token: StoredToken) -> Self {
        use basis::Id;
        Self {
            token: token.id,
            began_at: token.issued_at,
            proven_by: token.proven_by.name().to_owned(),
            proven_at: token.proven_at,
            last_used_at: call.house.gatekeeper.last_used(token.id.number()),
            expires_at: token.expires_at,
            is_this_one: acts::present_sign_in(call.actor) == Some(token.id),
            source: token.source,
        }
    }
}

fn list_sessions(call: &Call<'_>) -> Result<Listed<SessionView>, Refusal> {
    let sign_ins = acts::own_sign_ins(call.organisation(), call.actor)?;
    Ok(Listed {
        items: sign_ins
            .into_iter()
            .map(|token| SessionView::of(call, token))
            .collect(),
        next: None,
    })
}

/// How many sign-ins ended.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndedView {
    pub ended: usize,
}

fn end_other_sessions(call: &Call<'_, Nothing, Nothing>) -> Result<EndedView, Refusal> {
    acts::end_other_sign_ins(call.organisation(), call.actor).map(|ended| EndedView { ended })
}

/// One line of a sign-in history.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PastSignInView {
    /// The entry of the ledger that says so.
    pub entry: u64,
    #[schemars(with = "TimeText")]
    pub at: Time,
    /// `signed-in`, `proved-again`, `failed`, or `copy-suspected` where a passkey's counter did not grow.
    pub deed: String,
    /// `password+totp` or `passkey`.
    pub by: String,
    /// Whether a recovery code stood in for the one-time code.
    pub with_recovery_code: bool,
    #[schemars(with = "Option<IdText<PasskeyId>>")]
    pub passkey: Option<PasskeyId>,
    /// The address that it came from; empty where none was noted.
    pub source: String,
}

impl From<PastSignIn> for PastSignInView {
    fn from(past: PastSignIn) -> Self {
        Self {
            entry: past.entry,
            at: past.at,
            deed: past.deed.name().to_owned(),
            by: past.by.name().to_owned(),
            with_recovery_code: past.with_recovery_code,
            passkey: past.passkey,
            source: past.source,
        }
    }
}

fn list_sign_ins(call: &Call<'_>) -> Result<Listed<PastSignInView>, Refusal> {
    let past = acts::sign_in_history(call.organisation(), call.actor)?;
    Ok(Listed {
        items: past.into_iter().map(PastSignInView::from).collect(),
        next: None,
    })
}

/// Password and one-time code, or a recovery code in its place.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofRequest {
    pub password: String,
    pub code: String,
}

/// The caller's sign-in, proven anew.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofView {
    #[schemars(with = "TimeText")]
    pub proven_at: Time,
    /// The token of the sign-in from now on. The one that this was asked with has ended.
    pub token: String,
}

fn prove_again(call: &Call<'_, Nothing, ProofRequest>) -> Result<ProofView, Refusal> {
    let proof = Proof::Password {
        password: &call.body.password,
        code: &call.body.code,
    };
    let source = call.source().ip().to_string();
    let renewed = acts::prove_again(call.organisation(), call.actor, &proof, &source)?;
    Ok(ProofView {
        proven_at: renewed.proven_at,
        token: renewed.token,
    })
}

/// How many recovery codes are left.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryCodesView {
    pub left: usize,
    #[schemars(with = "Option<TimeText>")]
    pub made_at: Option<Time>,
}

fn count_recovery_codes(call: &Call<'_>) -> Result<RecoveryCodesView, Refusal> {
    let codes = acts::own_recovery_codes(call.organisation(), call.actor)?;
    Ok(RecoveryCodesView {
        left: codes.left,
        made_at: codes.made_at,
    })
}

/// New recovery codes; shown once.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecoveryCodesView {
    /// Each is good once in place of a one-time code, together with the password.
    pub recovery_codes: Vec<String>,
}

fn make_recovery_codes(call: &Call<'_, Nothing, Nothing>) -> Result<NewRecoveryCodesView, Refusal> {
    let recovery_codes = acts::make_recovery_codes(call.organisation(), call.actor)?;
    Ok(NewRecoveryCodesView { recovery_codes })
}

/// A passkey or security key.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyView {
    #[schemars(with = "IdText<PasskeyId>")]
    pub passkey: PasskeyId,
    pub name: String,
    /// The public key as OpenSSH writes it.
    pub openssh: String,
    #[schemars(with = "TimeText")]
    pub enrolled_at: Time,
    #[schemars(with = "Option<TimeText>")]
    pub last_used_at: Option<Time>,
    #[schemars(with = "Option<TimeText>")]
    pub revoked_at: Option<Time>,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        Self {
            passkey: passkey.id,
            name: passkey.name,
            openssh: passkey.openssh,
            enrolled_at: passkey.enrolled_at,
            last_used_at: passkey.last_used_at,
            revoked_at: passkey.revoked_at,
        }
    }
}

fn list_passkeys(call: &Call<'_>) -> Result<Listed<PasskeyView>, Refusal> {
    let passkeys = acts::own_passkeys(call.organisation(), call.actor)?;
    Ok(Listed {
        items: passkeys.into_iter().map(PasskeyView::from).collect(),
        next: None,
    })
}

fn revoke_passkey(call: &Call<'_, Nothing, ReasonRequest>) -> Result<PasskeyView, Refusal> {
    acts::revoke_passkey(
        call.organisation(),
        call.actor,
        call.id("passkey")?,
        &call.body.reason,
    )
    .map(PasskeyView::from)
}
