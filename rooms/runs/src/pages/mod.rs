//! The pages of plans and runs: parse, call an act, show.

mod list;
mod plan;
mod run;

use basis::Refusal;
use frame::pages::{Goto, State, Tone};
use frame::{Call, Nothing, Routes};

use crate::acts;
use crate::api::{self, DecideRequest, ReasonRequest};
use crate::rules::RunId;

/// Adds the pages to the room's routes.
pub(crate) fn with_pages(routes: Routes) -> Routes {
    routes
        .page("/runs", "runs.read", "Shows the runs", list::list_runs)
        .page(
            "/runs/{run}",
            "runs.read",
            "Shows a run while it goes on",
            run::show_run,
        )
        .form(
            "/runs/{run}/halt",
            "runs.halt",
            "Begins no further host",
            run::show_run,
            halt,
        )
        .form(
            "/runs/{run}/decision",
            "runs.decide_gate",
            "Decides how a paused or halted run goes on",
            run::show_run,
            decide,
        )
        .form(
            "/runs/{run}/roll-back",
            "runs.roll_back",
            "Undoes what a run did",
            run::show_run,
            roll_back,
        )
        .page(
            "/changes/{change}/plan",
            "runs.read",
            "Shows the plan of a change and its runs",
            plan::show_plan,
        )
        .form(
            "/changes/{change}/plan",
            "runs.plan",
            "Makes the plan of a change",
            plan::show_plan,
            plan::make_plan,
        )
        .form(
            "/changes/{change}/runs",
            "runs.start",
            "Starts to carry out the plan of a change",
            plan::show_plan,
            start,
        )
}

fn halt(call: &Call<'_, Nothing, ReasonRequest>) -> Result<Goto, Refusal> {
    let id: RunId = call.id("run")?;
    acts::halt(call.organisation(), call.actor, id, &call.body.reason)?;
    Ok(woken(call, id))
}

fn decide(call: &Call<'_, Nothing, DecideRequest>) -> Result<Goto, Refusal> {
    let id: RunId = call.id("run")?;
    let (decision, body) = (api::decision_of(&call.body)?, &call.body);
    acts::decide(
        call.organisation(),
        call.actor,
        id,
        decision,
        &body.reason,
        &body.retry,
    )?;
    Ok(woken(call, id))
}

fn roll_back(call: &Call<'_, Nothing, ReasonRequest>) -> Result<Goto, Refusal> {
    let id: RunId = call.id("run")?;
    acts::roll_back(call.organisation(), call.actor, id, &call.body.reason)?;
    Ok(woken(call, id))
}

fn start(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let run = acts::start(call.organisation(), call.actor, call.id("change")?)?;
    Ok(woken(call, run.id))
}

/// To the run, and the runner woken.
fn woken<Q, B>(call: &Call<'_, Q, B>, run: RunId) -> Goto {
    call.house.bell.ring();
    Goto::to(format!("/runs/{run}"))
}

/// A word of the record as people read it.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// The state of a run, a host, a ring or a package with its tone.
fn state(name: &str) -> State {
    let tone = match name {
        "finished" | "verified" | "noop" | "fixed" | "already_fixed" | "pass" | "rolled_back" => Tone::Good,
        "running" | "rolling_back" | "precheck" | "baseline" | "applying" | "rebooting" | "postcheck"
        | "recovering" => Tone::Active,
        "paused" | "halted" | "skipped" | "unknown" | "held" | "phased" | "needs_entitlement"
        | "not_offered" => Tone::Warning,
        "failed" | "lost" | "not_rolled_back" | "fail" | "half_configured" | "conffile" => Tone::Bad,
        _ => Tone::Plain,
    };
    State::new(words(name), tone)
}
