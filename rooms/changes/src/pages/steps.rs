//! The steps of a change from its record: one small form each, shown where the change stands so that it is possible.

use basis::{Refusal, Time};
use frame::pages::{Choice, Form, Goto};
use frame::{Call, Nothing, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::record::show_record;
use super::{moment_field, moment_typed};
use crate::acts::{self, Allowed};
use crate::api::{AcceptRequest, CancelRequest, CloseRequest, RetrospectRequest, VerifyRequest};
use crate::rules::{Change, ChangeId, Look};

/// The forms of the steps that are open.
pub(super) struct Steps {
    pub(super) submit: Option<Form>,
    pub(super) schedule: Option<Form>,
    /// The window that stands in the form at first.
    pub(super) from: String,
    pub(super) until: String,
    /// What the window may be.
    pub(super) window_hint: String,
    pub(super) accept: Option<Form>,
    /// What of the change could be accepted.
    pub(super) about: Vec<Choice>,
    pub(super) verify: Option<Form>,
    pub(super) retrospect: Option<Form>,
    pub(super) close: Option<Form>,
    pub(super) cancel: Option<Form>,
    /// Where the policy document that the change carries is brought into force.
    pub(super) adoption: Option<String>,
}

/// The window for the work, as it was typed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowForm {
    /// When it begins; the approved start where it is left out.
    #[serde(default)]
    from: Option<String>,
    /// When it ends; the approved end where it is left out.
    #[serde(default)]
    until: Option<String>,
}

impl Steps {
    pub(super) fn of(
        change: &Change,
        allowed: Allowed,
        window_limits: &[String],
        form: &dyn Fn(String) -> Form,
    ) -> Self {
        let step =
            |is_open: bool, path: &str| is_open.then(|| form(format!("/changes/{}/{path}", change.id)));
        let window = change.window.or(change.parts.window.map(Into::into));
        let field = |time: Option<Time>| time.map(moment_field).unwrap_or_default();
        Self {
            submit: step(allowed.submit, "submission"),
            schedule: step(allowed.schedule, "window"),
            from: field(window.map(|window| window.from)),
            until: field(window.map(|window| window.until)),
            window_hint: window_hint("it lies inside the approved window", window_limits),
            accept: step(allowed.verify, "acceptances"),
            about: change
                .parts
                .assets
                .iter()
                .chain(&change.parts.findings)
                .map(|subject| Choice::new(subject, subject))
                .collect(),
            verify: step(allowed.verify, "verification"),
            retrospect: step(allowed.retrospect, "retrospective"),
            close: step(allowed.close, "closing"),
            cancel: step(allowed.cancel, "cancellation"),
            adoption: allowed.adopt.then(|| format!("/changes/{}/adoption", change.id)),
        }
    }

    /// Whether there is any.
    pub(super) fn is_any(&self) -> bool {
        let forms = [
            &self.submit,
            &self.schedule,
            &self.accept,
            &self.verify,
            &self.retrospect,
            &self.close,
            &self.cancel,
        ];
        self.adoption.is_some() || forms.iter().any(|form| form.is_some())
    }
}

/// What a window may be, in a sentence.
pub(super) fn window_hint(first: &str, limits: &[String]) -> String {
    let limits = limits.iter().map(String::as_str);
    let all: Vec<&str> = std::iter::once(first)
        .filter(|first| !first.is_empty())
        .chain(limits)
        .collect();
    match all.is_empty() {
        true => String::new(),
        false => format!("The window: {}.", all.join("; ")),
    }
}

/// Adds what the forms send.
pub(super) fn with_steps(routes: Routes) -> Routes {
    let step = "/changes/{change}/submission";
    let window = "/changes/{change}/window";
    let acceptances = "/changes/{change}/acceptances";
    let verification = "/changes/{change}/verification";
    let look = "/changes/{change}/retrospective";
    let closing = "/changes/{change}/closing";
    let cancellation = "/changes/{change}/cancellation";
    let submitted = "Submits a change for decision";
    routes
        .form(step, "changes.submit", submitted, show_record, submit)
        .form(
            window,
            "changes.schedule",
            "Sets the window",
            show_record,
            schedule,
        )
        .form(
            acceptances,
            "changes.verify",
            "Accepts what differs or is still there",
            show_record,
            accept,
        )
        .form(
            verification,
            "changes.verify",
            "Confirms what was done",
            show_record,
            verify,
        )
        .form(
            look,
            "changes.retrospect",
            "Records the look back",
            show_record,
            retrospect,
        )
        .form(closing, "changes.close", "Closes a change", show_record, close)
        .form(
            cancellation,
            "changes.cancel",
            "Cancels a change",
            show_record,
            cancel,
        )
}

fn back(id: ChangeId) -> Goto {
    Goto::to(format!("/changes/{id}"))
}

fn submit(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let id = call.id("change")?;
    acts::submit(call.organisation(), call.actor, id)?;
    Ok(back(id))
}

fn schedule(call: &Call<'_, Nothing, WindowForm>) -> Result<Goto, Refusal> {
    let id = call.id("change")?;
    let from = moment_typed("start of the window", call.body.from.as_deref())?;
    let until = moment_typed("end of the window", call.body.until.as_deref())?;
    acts::schedule(call.organisation(), call.actor, id, from, until)?;
    Ok(back(id))
}

fn accept(call: &Call<'_, Nothing, AcceptRequest>) -> Result<Goto, Refusal> {
    let (id, body) = (call.id("change")?, &call.body);
    acts::accept(call.organisation(), call.actor, id, &body.about, &body.because)?;
    Ok(back(id))
}

fn verify(call: &Call<'_, Nothing, VerifyRequest>) -> Result<Goto, Refusal> {
    let id = call.id("change")?;
    acts::verify(call.organisation(), call.actor, id, call.body.comment.clone())?;
    Ok(back(id))
}

fn retrospect(call: &Call<'_, Nothing, RetrospectRequest>) -> Result<Goto, Refusal> {
    let id = call.id("change")?;
    let look = Look {
        justification: call.body.justification.clone(),
        findings: call.body.findings.clone(),
    };
    acts::retrospect(call.organisation(), call.actor, id, &look)?;
    Ok(back(id))
}

fn close(call: &Call<'_, Nothing, CloseRequest>) -> Result<Goto, Refusal> {
    let id = call.id("change")?;
    let lessons = call.body.lessons.clone();
    acts::close(
        call.organisation(),
        call.actor,
        id,
        &call.body.resolution,
        lessons,
    )?;
    Ok(back(id))
}

fn cancel(call: &Call<'_, Nothing, CancelRequest>) -> Result<Goto, Refusal> {
    let id = call.id("change")?;
    acts::cancel(call.organisation(), call.actor, id, &call.body.reason)?;
    Ok(back(id))
}
