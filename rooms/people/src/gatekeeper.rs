//! Who holds this token? Asked once for every request.

use basis::{Actor, Authentication, Class, Id, Refusal};
use frame::Gatekeeper;
use storage::Organisation;

use crate::acts::token_matches;
use crate::rules::{TokenId, TokenKind};
use crate::store;

/// Knows people by their tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Doorkeeper;

fn refused() -> Refusal {
    Refusal::new(
        Class::Unauthenticated,
        "token",
        "this token is not good, or no longer",
    )
    .way_out("sign in with `tagout login`")
}

impl Gatekeeper for Doorkeeper {
    fn identify(&self, organisation: &Organisation, token: &str) -> Result<Actor, Refusal> {
        let (id, _) = token.split_once('.').ok_or_else(refused)?;
        let id = TokenId::parse(id).map_err(|_| refused())?;
        let now = organisation.now();
        organisation.view(|view| {
            let stored = store::token(view, id)?.ok_or_else(refused)?;
            let is_good = token_matches(token, &stored.sha256)
                && stored.revoked_at.is_none()
                && now < stored.expires_at;
            let person = store::find(view, stored.person)?.filter(|person| person.is_active && is_good);
            let person = person.ok_or_else(refused)?;
            let authentication = match stored.kind {
                TokenKind::SignIn => Authentication::PasswordTotp,
                TokenKind::Api => Authentication::Token,
            };
            Ok(Actor {
                person: person.id,
                authentication,
                roles: person.roles,
                scope: stored.scope,
            })
        })
    }

    fn admit(&self, organisation: &Organisation, actor: &Actor, act: &str) -> Result<(), Refusal> {
        organisation.view(|view| policy::current(view)?.authority().admit(actor, act))
    }
}
