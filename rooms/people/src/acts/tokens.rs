//! API tokens, and the end of tokens of either kind.

use std::collections::BTreeSet;

use basis::{Actor, Class, Refusal, Span, Time};
use ledger::events::Events;
use storage::{Organisation, Tx};

use super::enrol::check_name;
use super::secrets::new_secret;
use super::{IssueToken, RevokeToken};
use crate::rules::{TokenId, TokenIssued, TokenKind, TokenRevoked, check_in_person};
use crate::store;

/// An API token that was made. Its text is shown once.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// Its text.
    pub token: String,
    /// When it ends.
    pub expires: Time,
}

/// Makes an API token for the actor, limited to acts by name and in time.
pub fn issue_token(
    organisation: &Organisation,
    actor: &Actor,
    name: &str,
    scope: BTreeSet<String>,
    life: Span,
) -> Result<NewToken, Refusal> {
    let tx = organisation.begin("people.issue_token")?;
    let policy = policy::current(&tx.view())?;
    actor.may::<IssueToken>(actor.person, policy.authority())?;
    let terms = policy.sign_in_terms();
    check_in_person(actor, terms.step_up, organisation.now(), "making a token")?;
    let longest = terms.token_longest;
    if life <= Span::milliseconds(0) || life > longest {
        let what = format!("a token may live for {longest} at the longest");
        return Err(
            Refusal::new(Class::Policy, "sign-in", what).way_out("ask for a shorter life with `--days`")
        );
    }
    if let Some(unknown) = scope.iter().find(|act| policy.authority().roles(act).is_empty()) {
        return Err(Refusal::new(
            Class::Invalid,
            "scope",
            format!("`{unknown}` is no act that anybody may do"),
        )
        .way_out("`tagout policy show` lists the acts"));
    }
    if scope.is_empty() {
        return Err(Refusal::new(
            Class::Invalid,
            "scope",
            "a token needs at least one act that it is for",
        )
        .way_out("name acts with `--scope`, such as `--scope permits.ask_gate`"));
    }
    let expires = organisation.now() + life;
    give_out(tx, actor, TokenKind::Api, name, scope, expires)
}

/// Makes an address for calendar programs, for as long as the policy lets a token live. Its token does nothing but fetch the
/// calendar: it has no act in its scope, and no door takes it.
///
/// # Errors
/// As [`issue_token`].
pub fn issue_calendar_token(organisation: &Organisation, actor: &Actor) -> Result<NewToken, Refusal> {
    let tx = organisation.begin("people.issue_token")?;
    let policy = policy::current(&tx.view())?;
    actor.may::<IssueToken>(actor.person, policy.authority())?;
    let terms = policy.sign_in_terms();
    let what = "making an address for calendar programs";
    check_in_person(actor, terms.step_up, organisation.now(), what)?;
    let expires = organisation.now() + terms.token_longest;
    give_out(
        tx,
        actor,
        TokenKind::Calendar,
        "calendar",
        BTreeSet::new(),
        expires,
    )
}

fn give_out(
    mut tx: Tx<'_>,
    actor: &Actor,
    kind: TokenKind,
    name: &str,
    scope: BTreeSet<String>,
    expires: Time,
) -> Result<NewToken, Refusal> {
    let id = store::next_token_id(&tx.view())?;
    let (token, sha256) = new_secret(tx.organisation().chance(), &id.to_string());
    let issued = TokenIssued {
        person: actor.person,
        token: id,
        kind: kind.name().to_owned(),
        name: check_name(name)?,
        sha256,
        scope: Some(scope),
        expires,
        step: None,
        recovery_code: None,
        passkey: None,
        source: None,
    };
    tx.record(actor, Events::one(issued))?;
    tx.commit()?;
    Ok(NewToken { id, token, expires })
}

/// Ends a token: one's own, or anybody's by those whom the policy allows it.
pub fn revoke_token(organisation: &Organisation, actor: &Actor, id: TokenId) -> Result<(), Refusal> {
    let mut tx = organisation.begin("people.revoke_token")?;
    let missing = || {
        Refusal::new(
            Class::NotFound,
            "tokens",
            format!("there is no token {id} of yours"),
        )
    };
    let token = store::token(&tx.view(), id)?.ok_or_else(missing)?;
    if token.person != actor.person {
        let policy = policy::current(&tx.view())?;
        actor
            .may::<RevokeToken>(id, policy.authority())
            .map_err(|_| missing())?;
        let within = policy.sign_in_terms().step_up;
        check_in_person(
            actor,
            within,
            organisation.now(),
            "ending a token of somebody else",
        )?;
    }
    if token.revoked_at.is_none() {
        tx.record(
            actor,
            Events::one(TokenRevoked {
                person: token.person,
                token: id,
            }),
        )?;
    }
    tx.commit()?;
    Ok(())
}
