//! The routes of plans and runs: parse, call an act, show.

pub(crate) mod shapes;

use basis::{Class, Refusal};
use frame::{Call, Listed, Method, Nothing, Routes};
use ledger::Hash;

pub use shapes::{DecideRequest, GateView, HostView, MakePlanRequest, PlanView, ReasonRequest, RunView};

use crate::acts::{self, Chosen, PlanRequest};
use crate::rules::{Decision, GateCommand, GatePlace, Reboot, Run, RunId};

pub(crate) fn routes() -> Routes {
    Routes::room("runs")
        .act(
            Method::Post,
            "/changes/{change}/plan",
            "runs.plan",
            "Makes the plan of a change",
            make_plan,
        )
        .read("/plans/{digest}", "runs.read", "Shows a plan", show_plan)
        .act(
            Method::Post,
            "/changes/{change}/runs",
            "runs.start",
            "Starts to carry out the plan of a change",
            start,
        )
        .read(
            "/changes/{change}/runs",
            "runs.read",
            "Lists the runs of a change",
            of_change,
        )
        .read("/runs/{run}", "runs.read", "Shows a run", show)
        .act(
            Method::Post,
            "/runs/{run}/halt",
            "runs.halt",
            "Begins no further host",
            halt,
        )
        .act(
            Method::Post,
            "/runs/{run}/decision",
            "runs.decide_gate",
            "Decides how a paused or halted run goes on",
            decide,
        )
        .act(
            Method::Post,
            "/runs/{run}/roll-back",
            "runs.roll_back",
            "Undoes what a run did",
            roll_back,
        )
}

fn invalid(what: String, way_out: &str) -> Refusal {
    Refusal::new(Class::Invalid, "runs", what).way_out(way_out)
}

pub(crate) fn request_of(body: &MakePlanRequest) -> Result<PlanRequest, Refusal> {
    let chosen = match body.select.as_str() {
        "security" => Chosen::Security,
        "findings" => Chosen::Findings,
        "packages" if !body.packages.is_empty() => Chosen::Packages(body.packages.clone()),
        "packages" => {
            return Err(invalid(
                "no package is named".to_owned(),
                "name at least one package",
            ));
        }
        other => {
            return Err(invalid(
                format!("`{other}` is no selection"),
                "write `security`, `findings` or `packages`",
            ));
        }
    };
    let gate = match &body.gate {
        None => None,
        Some(gate) => Some(GateCommand {
            argv: gate.argv.clone(),
            on: GatePlace::named(&gate.on).ok_or_else(|| {
                invalid(
                    format!("`{}` is no place", gate.on),
                    "write `controller` or `hosts`",
                )
            })?,
            timeout_s: gate.timeout_s,
        }),
    };
    let reboot = Reboot::named(&body.reboot).ok_or_else(|| {
        invalid(
            format!("`{}` does not say whether hosts may be rebooted", body.reboot),
            "write `never` or `when_needed`",
        )
    })?;
    Ok(PlanRequest { chosen, gate, reboot })
}

fn make_plan(call: &Call<'_, Nothing, MakePlanRequest>) -> Result<PlanView, Refusal> {
    let request = request_of(&call.body)?;
    let stored = acts::make_plan(call.organisation(), call.actor, call.id("change")?, &request)?;
    PlanView::of(&stored)
}

/// How many hex digits a digest has.
const DIGITS: usize = 64;
/// The fewest digits by which a plan is named.
const DIGITS_LEAST: usize = 8;

fn show_plan(call: &Call<'_>) -> Result<PlanView, Refusal> {
    let text = call.part("digest");
    let (organisation, actor) = (call.organisation(), call.actor);
    let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let stored = match Hash::from_hex(text) {
        Some(digest) => acts::show_plan(organisation, actor, &digest)?,
        None if is_hex && (DIGITS_LEAST..DIGITS).contains(&text.len()) => {
            acts::show_plan_beginning(organisation, actor, text)?
        }
        None => {
            return Err(invalid(
                format!(
                    "a plan is named by its digest: {DIGITS} hex digits, or the first {DIGITS_LEAST} or more"
                ),
                "`tagout change show CHG-0001` shows the digest",
            ));
        }
    };
    PlanView::of(&stored)
}

/// The run as it is now, and the runner woken.
fn shown<Q, B>(call: &Call<'_, Q, B>, run: &Run) -> Result<RunView, Refusal> {
    call.house.bell.ring();
    Ok(RunView::of(&acts::look(call.organisation(), run.id)?))
}

fn start(call: &Call<'_>) -> Result<RunView, Refusal> {
    let run = acts::start(call.organisation(), call.actor, call.id("change")?)?;
    shown(call, &run)
}

fn of_change(call: &Call<'_>) -> Result<Listed<RunView>, Refusal> {
    let organisation = call.organisation();
    let runs = acts::list(organisation, call.actor, call.id("change")?)?;
    let view = |run: &Run| acts::look(organisation, run.id).map(|shown| RunView::of(&shown));
    Ok(Listed {
        items: runs.iter().map(view).collect::<Result<_, _>>()?,
        next: None,
    })
}

fn show(call: &Call<'_>) -> Result<RunView, Refusal> {
    let id: RunId = call.id("run")?;
    Ok(RunView::of(&acts::show(call.organisation(), call.actor, id)?))
}

fn halt(call: &Call<'_, Nothing, ReasonRequest>) -> Result<RunView, Refusal> {
    let run = acts::halt(
        call.organisation(),
        call.actor,
        call.id("run")?,
        &call.body.reason,
    )?;
    shown(call, &run)
}

/// What a person decided about a run that waits.
pub(crate) fn decision_of(body: &DecideRequest) -> Result<Decision, Refusal> {
    Decision::named(&body.decision).ok_or_else(|| {
        invalid(
            format!("`{}` is no decision", body.decision),
            "write `go_on`, `halt` or `give_up`",
        )
    })
}

fn decide(call: &Call<'_, Nothing, DecideRequest>) -> Result<RunView, Refusal> {
    let (body, decision) = (&call.body, decision_of(&call.body)?);
    let (organisation, id) = (call.organisation(), call.id("run")?);
    let run = acts::decide(organisation, call.actor, id, decision, &body.reason, &body.retry)?;
    shown(call, &run)
}

fn roll_back(call: &Call<'_, Nothing, ReasonRequest>) -> Result<RunView, Refusal> {
    let run = acts::roll_back(
        call.organisation(),
        call.actor,
        call.id("run")?,
        &call.body.reason,
    )?;
    shown(call, &run)
}
