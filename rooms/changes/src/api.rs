//! The routes of changes: parse, call an act, show.

mod asked;
mod shown;
mod verdict;

use basis::{Class, Refusal, Role};
use frame::{Call, Listed, Method, Nothing, Paging, Routes};
use policy::ChangeType;

pub use asked::{
    AcceptRequest, CancelRequest, CloseRequest, DecideRequest, EditRequest, ListQuery, OpenRequest,
    PartsRequest, RetrospectRequest, ScheduleRequest, SigningQuery, VerifyRequest,
};
pub use shown::{ChangeView, DecisionView, MomentView, SigningText, SummaryView, TextView};
pub use verdict::{RuleView, VerdictView};

use crate::acts::{self, Signed};
use crate::rules::{ChangeId, Decision, Look, State};
use crate::store;

pub(crate) fn routes() -> Routes {
    let routes = Routes::room("changes")
        .read("/changes", "changes.read", "Lists changes", list)
        .act(Method::Post, "/changes", "changes.open", "Opens a change", open)
        .read("/changes/{change}", "changes.read", "Shows a change", show)
        .act(
            Method::Patch,
            "/changes/{change}",
            "changes.edit",
            "Edits a change",
            edit,
        )
        .read(
            "/changes/{change}/timeline",
            "changes.read",
            "Tells what happened to a change",
            timeline,
        )
        .read(
            "/changes/{change}/missing",
            "changes.read",
            "Tells what the next step needs",
            missing,
        );
    ending(deciding(routes))
}

/// The routes from submission to the window.
fn deciding(routes: Routes) -> Routes {
    let submission = "/changes/{change}/submission";
    let signing_path = "/changes/{change}/signing-text";
    let decisions = "/changes/{change}/decisions";
    let window = "/changes/{change}/window";
    let message = "Gives the message that the caller would sign";
    routes
        .act(
            Method::Post,
            submission,
            "changes.submit",
            "Submits a change for decision",
            submit,
        )
        .read(
            "/changes/{change}/text",
            "changes.read",
            "Gives the text under decision",
            text,
        )
        .read(signing_path, "changes.decide", message, signing_text)
        .act(
            Method::Post,
            decisions,
            "changes.decide",
            "Approves or disapproves by signature",
            decide,
        )
        .act(
            Method::Put,
            window,
            "changes.schedule",
            "Sets the window of an approved change",
            schedule,
        )
}

/// The routes from the end of the work to the end of the change.
fn ending(routes: Routes) -> Routes {
    let acceptances = "/changes/{change}/acceptances";
    let verification = "/changes/{change}/verification";
    let closing = "/changes/{change}/closing";
    let cancellation = "/changes/{change}/cancellation";
    let look = "/changes/{change}/retrospective";
    let acceptance = "Accepts a difference or a finding that is still there";
    let confirmation = "Confirms that what was approved is what was done";
    routes
        .act(Method::Post, acceptances, "changes.verify", acceptance, accept)
        .act(Method::Post, verification, "changes.verify", confirmation, verify)
        .act(Method::Post, closing, "changes.close", "Closes a change", close)
        .act(
            Method::Post,
            cancellation,
            "changes.cancel",
            "Cancels a change before work began",
            cancel,
        )
        .act(
            Method::Post,
            look,
            "changes.retrospect",
            "Records the look back at an emergency",
            retrospect,
        )
}

fn invalid(what: String, way_out: String) -> Refusal {
    Refusal::new(Class::Invalid, "changes", what).way_out(way_out)
}

pub(crate) fn role_named(name: &str) -> Result<Role, Refusal> {
    Role::named(name).ok_or_else(|| {
        invalid(
            format!("`{name}` is not a role"),
            format!("name one of {}", Role::ALL.map(Role::name).join(", ")),
        )
    })
}

pub(crate) fn decision_named(name: &str) -> Result<Decision, Refusal> {
    Decision::named(name).ok_or_else(|| {
        invalid(
            format!("`{name}` is not a decision"),
            "say `approve` or `disapprove`".to_owned(),
        )
    })
}

pub(crate) fn type_named(name: &str) -> Result<ChangeType, Refusal> {
    ChangeType::named(name).ok_or_else(|| {
        invalid(
            format!("`{name}` changes cannot be opened"),
            "open a `normal` or an `emergency` change".to_owned(),
        )
    })
}

fn list(call: &Call<'_, ListQuery>) -> Result<Listed<SummaryView>, Refusal> {
    let page = Paging {
        after: call.query.after.clone(),
        limit: call.query.limit,
    };
    let state = call.query.state.as_deref().map(|name| {
        State::named(name).ok_or_else(|| {
            invalid(
                format!("`{name}` is not a state"),
                format!("name one of {}", State::ALL.map(State::name).join(", ")),
            )
        })
    });
    let size = page.size()?;
    let found = acts::list(
        call.organisation(),
        call.actor,
        page.after()?,
        state.transpose()?,
        size + 1,
    )?;
    let items = found.into_iter().map(SummaryView::from).collect();
    Ok(Listed::cut(items, size, |last: &SummaryView| {
        last.change.to_string()
    }))
}

/// The change as callers see it.
pub fn view(call: &Call<'_, impl Sized, impl Sized>, id: ChangeId) -> Result<ChangeView, Refusal> {
    let organisation = call.organisation();
    let (change, comparings) = acts::show(organisation, call.actor, id)?;
    let policy = organisation.view(policy::current)?;
    let clock = acts::clock(&policy, &change, organisation.now());
    let entry = organisation.view(|view| store::last_entry(view, id))?;
    Ok(ChangeView::of(change, comparings, clock, entry))
}

fn open(call: &Call<'_, Nothing, OpenRequest>) -> Result<ChangeView, Refusal> {
    let request = &call.body;
    let change_type = type_named(&request.change_type)?;
    let edit = request.parts.edit();
    let change = acts::open(
        call.organisation(),
        call.actor,
        &request.title,
        change_type,
        &edit,
    )?;
    view(call, change.id)
}

fn show(call: &Call<'_>) -> Result<ChangeView, Refusal> {
    view(call, call.id("change")?)
}

fn edit(call: &Call<'_, Nothing, EditRequest>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    let mut edit = call.body.parts.edit();
    edit.title = call.body.title.clone();
    edit.seen = call.body.entry;
    acts::edit(
        call.organisation(),
        call.actor,
        id,
        &edit,
        call.body.reason.clone(),
    )?;
    view(call, id)
}

fn submit(call: &Call<'_>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    acts::submit(call.organisation(), call.actor, id)?;
    view(call, id)
}

fn text(call: &Call<'_>) -> Result<TextView, Refusal> {
    let id = call.id("change")?;
    let (change, _) = acts::show(call.organisation(), call.actor, id)?;
    match change.under_decision() {
        Some((kind, submission)) => Ok(TextView {
            change: id,
            revision: submission.revision,
            kind: kind.name().to_owned(),
            digest: submission.digest.clone(),
            text: submission.text.clone(),
        }),
        None => Err(Refusal::new(
            Class::Conflict,
            "life of a change",
            format!("{id} is a draft; its text is made when it is submitted"),
        )
        .way_out(format!("submit it: `tagout change submit {id}`"))),
    }
}

fn signing_text(call: &Call<'_, SigningQuery>) -> Result<SigningText, Refusal> {
    let id = call.id("change")?;
    let decision = decision_named(&call.query.decision)?;
    let named = call.query.capacity.as_deref().map(role_named).transpose()?;
    let comment = call.query.comment.clone().unwrap_or_default();
    let organisation = call.organisation();
    let (to_sign, capacity) = acts::to_sign(organisation, call.actor, id, decision, named, &comment)?;
    Ok(SigningText {
        origin: organisation.origin().as_str().to_owned(),
        change: id,
        revision: to_sign.submission.revision,
        digest: to_sign.submission.digest,
        decision: decision.name().to_owned(),
        capacity: capacity.name().to_owned(),
        person: call.actor.person,
        signed_at: to_sign.signed_at,
        comment,
        text: to_sign.submission.text,
        message: to_sign.message,
    })
}

fn decide(call: &Call<'_, Nothing, DecideRequest>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    let request = &call.body;
    let signed = Signed {
        revision: request.revision,
        digest: request.digest.clone(),
        decision: decision_named(&request.decision)?,
        capacity: role_named(&request.capacity)?,
        signed_at: request.signed_at,
        comment: request.comment.clone().unwrap_or_default(),
        signature: request.signature.clone(),
    };
    acts::decide(call.organisation(), call.actor, id, &signed)?;
    view(call, id)
}

fn schedule(call: &Call<'_, Nothing, ScheduleRequest>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    acts::schedule(
        call.organisation(),
        call.actor,
        id,
        call.body.from,
        call.body.until,
    )?;
    view(call, id)
}

fn accept(call: &Call<'_, Nothing, AcceptRequest>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    acts::accept(
        call.organisation(),
        call.actor,
        id,
        &call.body.about,
        &call.body.because,
    )?;
    view(call, id)
}

fn verify(call: &Call<'_, Nothing, VerifyRequest>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    acts::verify(call.organisation(), call.actor, id, call.body.comment.clone())?;
    view(call, id)
}

fn close(call: &Call<'_, Nothing, CloseRequest>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    let lessons = call.body.lessons.clone();
    acts::close(
        call.organisation(),
        call.actor,
        id,
        &call.body.resolution,
        lessons,
    )?;
    view(call, id)
}

fn cancel(call: &Call<'_, Nothing, CancelRequest>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    acts::cancel(call.organisation(), call.actor, id, &call.body.reason)?;
    view(call, id)
}

fn retrospect(call: &Call<'_, Nothing, RetrospectRequest>) -> Result<ChangeView, Refusal> {
    let id = call.id("change")?;
    let look = Look {
        justification: call.body.justification.clone(),
        findings: call.body.findings.clone(),
    };
    acts::retrospect(call.organisation(), call.actor, id, &look)?;
    view(call, id)
}

fn timeline(call: &Call<'_>) -> Result<Listed<MomentView>, Refusal> {
    let moments = acts::timeline(call.organisation(), call.actor, call.id("change")?)?;
    Ok(Listed {
        items: moments.into_iter().map(MomentView::from).collect(),
        next: None,
    })
}

fn missing(call: &Call<'_>) -> Result<Listed<VerdictView>, Refusal> {
    let verdicts = acts::missing(call.organisation(), call.actor, call.id("change")?)?;
    Ok(Listed {
        items: verdicts.iter().map(VerdictView::of).collect(),
        next: None,
    })
}
