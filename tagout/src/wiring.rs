//! The one list of all rooms: their tables, events, routes and acts.

use std::sync::Arc;

use basis::{Class, Refusal, SystemChance, SystemClock};
use changes::{ChangeId, ChangeView};
use frame::pages::Place;
use frame::{ANYBODY, Call, Method, Routes};
use storage::{Organisation, Registry, Settings, World};

use crate::pages;

/// Every migration and every kind of event, in the order of the rooms.
pub fn registry() -> Registry {
    Registry::new()
        .room(policy::migrations(), policy::events())
        .room(people::migrations(), people::events())
        .room(evidence::migrations(), evidence::events())
        .room(assets::migrations(), assets::events())
        .room(findings::migrations(), findings::events())
        .following(findings::followed())
        .room(changes::migrations(), changes::events())
        .room(permits::migrations(), permits::events())
        .room(runs::migrations(), runs::events())
        .room(history::migrations(), history::events())
}

/// Brings the policy document of an approved change into force. Only the roof can: it alone knows every act that the
/// document must have a row for.
fn adopt(call: &Call<'_>) -> Result<ChangeView, Refusal> {
    let change: ChangeId = call.id("change")?;
    changes::adopt_policy(call.organisation(), call.actor, change, &acts())?;
    changes::view(call, change)
}

/// The routes that need to know of all rooms.
fn own_routes() -> Routes {
    let summary = "Brings the policy document of an approved change into force";
    pages::with_pages(Routes::room("roof").act(
        Method::Post,
        "/changes/{change}/adoption",
        "policy.adopt",
        summary,
        adopt,
    ))
}

/// Every route of the API.
pub fn routes() -> Vec<Routes> {
    vec![
        own_routes(),
        policy::routes(),
        people::routes(),
        evidence::routes(),
        assets::routes(),
        findings::routes(),
        changes::routes(),
        permits::routes(),
        runs::routes(),
        history::routes(),
    ]
}

/// What stands in the navigation of every page.
pub fn places() -> Vec<Place> {
    let place = |name, path, act| Place { name, path, act };
    vec![
        place("Needs me", "/", ANYBODY),
        place("Changes", "/changes", "changes.read"),
        place("Runs", "/runs", "runs.read"),
        place("Assets", "/assets", "assets.read"),
        place("Findings", "/findings", "findings.read"),
        place("Calendar", "/calendar", "changes.read"),
        place("Evidence", "/evidence", "evidence.read"),
        place("Policy", "/policy", "policy.read"),
        place("People", "/people", "people.read"),
        place("History", "/history", "history.read"),
    ]
}

/// The name of every act that the program knows; the policy's authority table has a row for each.
pub fn acts() -> Vec<&'static str> {
    let rooms = [
        policy::ACTS,
        people::ACTS,
        evidence::ACTS,
        assets::ACTS,
        findings::ACTS,
        changes::ACTS,
        permits::ACTS,
        runs::ACTS,
        history::ACTS,
    ];
    rooms.concat()
}

/// The clock and the chance of the operating system.
pub fn world() -> World {
    World {
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
    }
}

/// Opens an organisation and checks that its policy has a row for every act of this program.
pub fn open(settings: &Settings) -> Result<Organisation, Refusal> {
    let organisation = Organisation::open(settings, registry(), world())?;
    let policy = organisation.view(policy::current)?;
    policy.authority().covers(&acts()).map_err(|error| {
        Refusal::new(Class::Fault, "authority table", error.to_string())
            .way_out("adopt a policy for this version of the program before updating it")
    })?;
    Ok(organisation)
}
