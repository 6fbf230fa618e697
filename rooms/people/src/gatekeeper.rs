//! Who holds this token? Asked once for every request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use basis::{Actor, Authentication, Class, Id, Proven, Refusal, Span, Time};
use frame::Gatekeeper;
use frame::pages::Introduction;
use storage::{Organisation, View};

use crate::acts::token_matches;
use crate::rules::{Person, TokenId, TokenKind, waits};
use crate::store::{self, StoredToken};

/// Knows people by their tokens, and ends a sign-in that nobody used for a while.
///
/// When a sign-in was last used is kept in memory alone: it is no fact about work, and after a restart of the server each
/// sign-in has its pause anew. Its end by age is in the record and stays.
#[derive(Debug, Default)]
pub struct Doorkeeper {
    last_used: Mutex<BTreeMap<TokenId, Time>>,
}

/// What a token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// Its holder does something.
    Use,
    /// A page looks whether there is news.
    Glance,
}

/// How many sign-ins are remembered before ended ones are forgotten.
const REMEMBERED_MAX: usize = 10_000;

impl Doorkeeper {
    /// Whether the sign-in was used within `idle` before `now`; if so, and it is a use, it is used now.
    fn is_awake(&self, token: TokenId, now: Time, idle: Span, asking: Asking) -> bool {
        let mut last_used = self.last_used.lock().unwrap_or_else(PoisonError::into_inner);
        let is_awake = last_used.get(&token).is_none_or(|last| now.since(*last) <= idle);
        if is_awake && asking == Asking::Use {
            if last_used.len() >= REMEMBERED_MAX {
                last_used.retain(|_, last| now.since(*last) <= idle);
            }
            last_used.insert(token, now);
        }
        is_awake
    }
}

fn refused() -> Refusal {
    Refusal::new(
        Class::Unauthenticated,
        "token",
        "this token is not good, or no longer",
    )
    .way_out("sign in with `tagout login`")
}

impl Doorkeeper {
    /// Who holds the token now.
    fn holder(&self, organisation: &Organisation, token: &str, asking: Asking) -> Result<Actor, Refusal> {
        organisation.view(|view| {
            let (stored, person) = good_token(organisation, view, token)?;
            let (id, now) = (stored.id, organisation.now());
            if stored.kind == TokenKind::SignIn {
                let idle = policy::current(view)?.sign_in_terms().idle;
                if !self.is_awake(id, now, idle, asking) {
                    return Err(refused());
                }
            }
            let authentication = match stored.kind {
                TokenKind::SignIn => stored.proven_by,
                TokenKind::Api => Authentication::Token,
                TokenKind::Calendar => return Err(refused()),
            };
            Ok(Actor {
                person: person.id,
                authentication,
                proven: Proven::Before {
                    credential: id.number(),
                    at: stored.proven_at,
                },
                roles: person.usable_roles(),
                scope: stored.scope,
            })
        })
    }
}

/// The token as it is kept, and the active person whose it is, if it is good now.
fn good_token(
    organisation: &Organisation,
    view: &View<'_>,
    token: &str,
) -> Result<(StoredToken, Person), Refusal> {
    let (id, _) = token.split_once('.').ok_or_else(refused)?;
    let id = TokenId::parse(id).map_err(|_| refused())?;
    let stored = store::token(view, id)?.ok_or_else(refused)?;
    let is_good = token_matches(token, &stored.sha256)
        && stored.revoked_at.is_none()
        && organisation.now() < stored.expires_at;
    let person = store::find(view, stored.person)?.filter(|person| person.is_active && is_good);
    let person = person.ok_or_else(refused)?;
    if view
        .latest_entry_time()?
        .is_some_and(|latest| stored.expires_at <= latest)
    {
        // A clock that was set back gives no token its life again, and says why.
        policy::check_clock(organisation.clock_behind(view)?)?;
        return Err(refused());
    }
    Ok((stored, person))
}

/// Who made the address with this token for a calendar program. They may read changes with it and nothing else.
///
/// # Errors
/// A refusal of class `NotFound`, the same for every reason: unknown, revoked, ended, of another kind, of somebody who left.
pub fn calendar_reader(organisation: &Organisation, token: &str) -> Result<Actor, Refusal> {
    let missing = || {
        Refusal::new(Class::NotFound, "path", "there is nothing at this address")
            .way_out("make a new address in your account, under *Tokens for programs*")
    };
    let found = organisation.view(|view| good_token(organisation, view, token));
    let (stored, person) = found.map_err(|refusal| match refusal.class {
        Class::Fault => refusal,
        _ => missing(),
    })?;
    if stored.kind != TokenKind::Calendar {
        return Err(missing());
    }
    Ok(Actor {
        person: person.id,
        authentication: Authentication::Token,
        proven: Proven::Before {
            credential: stored.id.number(),
            at: stored.proven_at,
        },
        roles: person.usable_roles(),
        scope: Some(BTreeSet::from(["changes.read".to_owned()])),
    })
}

impl Gatekeeper for Doorkeeper {
    fn identify(&self, organisation: &Organisation, token: &str) -> Result<Actor, Refusal> {
        self.holder(organisation, token, Asking::Use)
    }

    fn glance(&self, organisation: &Organisation, token: &str) -> Result<Actor, Refusal> {
        self.holder(organisation, token, Asking::Glance)
    }

    fn introduce(&self, organisation: &Organisation, actor: &Actor) -> Result<Introduction, Refusal> {
        organisation.view(|view| {
            let person = store::find(view, actor.person)?.ok_or_else(refused)?;
            Ok(Introduction {
                organisation: store::organisation_name(view)?.unwrap_or_default(),
                person: person.name,
                roles: actor
                    .roles
                    .iter()
                    .map(|role| role.name().replace('_', " "))
                    .collect(),
            })
        })
    }

    fn last_used(&self, credential: u64) -> Option<Time> {
        let last_used = self.last_used.lock().unwrap_or_else(PoisonError::into_inner);
        last_used.get(&TokenId::from_number(credential)).copied()
    }

    fn admit(&self, organisation: &Organisation, actor: &Actor, act: &str) -> Result<(), Refusal> {
        organisation.view(|view| {
            let policy = policy::current(view)?;
            let admitted = policy.authority().admit(actor, act);
            if admitted.is_ok() || !actor.roles.is_disjoint(&policy.authority().roles(act)) {
                return admitted;
            }
            // A role that waits is not missing: what is missing is the confirmation.
            let person = store::find(view, actor.person)?.ok_or_else(refused)?;
            if person.roles.is_disjoint(&policy.authority().roles(act)) {
                return admitted;
            }
            let accesses = store::accesses_of(view, person.id)?;
            let accepted = accesses.iter().rev().find(|access| access.taken_up_at.is_some());
            let inviter = accepted.or(accesses.last()).map(|access| access.opened_by);
            Err(waits(&person, inviter, act))
        })
    }
}
