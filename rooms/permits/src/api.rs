//! The routes of permits and of the gate: parse, call an act, show.

mod shapes;

use std::collections::BTreeSet;
use std::fs::File;

use basis::{Class, Id, PersonId, Refusal, Subject};
use changes::ChangeId;
use frame::{Call, Listed, Method, Nothing, Paging, PublicCall, Routes};
use policy::Action;

pub use shapes::{
    GateAnswerView, GateRequest, GateView, HandBackRequest, IssueRequest, PermitView, ReasonRequest,
    ReportQuery, ReportView,
};

use crate::acts::{self, Gate, Narrowed, Question, Report};
use crate::rules::Work;
use crate::token::{self, KeySet};

/// The largest output of one command that is kept, in bytes.
pub const OUTPUT_BYTES_MAX: u64 = 64 << 20;

pub(crate) fn routes() -> Routes {
    Routes::room("permits")
        .read("/permits", "permits.read", "Lists permits", list)
        .read("/permits/{permit}", "permits.read", "Shows a permit", show)
        .read(
            "/changes/{change}/permits",
            "permits.read",
            "Lists the permits of a change",
            of_change,
        )
        .act(
            Method::Post,
            "/changes/{change}/permits",
            "permits.issue",
            "Issues a permit",
            issue,
        )
        .act(
            Method::Post,
            "/permits/{permit}/suspension",
            "permits.suspend",
            "Stops work for now",
            suspend,
        )
        .act(
            Method::Post,
            "/permits/{permit}/resumption",
            "permits.suspend",
            "Lets work go on",
            resume,
        )
        .act(
            Method::Post,
            "/permits/{permit}/handing-back",
            "permits.hand_back",
            "Gives a permit back",
            hand_back,
        )
        .act(
            Method::Post,
            "/permits/{permit}/revocation",
            "permits.revoke",
            "Withdraws a permit for good",
            revoke,
        )
        .act(Method::Post, "/gate", "permits.ask_gate", "Asks the gate", ask)
        .read(
            "/changes/{change}/gate-answers",
            "permits.read",
            "Lists what the gate answered",
            gate_answers,
        )
        .upload(
            "/gate/reports",
            "permits.ask_gate",
            "Records what a command behind the gate did",
            report,
            OUTPUT_BYTES_MAX,
        )
        .public_read("/jwks.json", "Gives the public keys of permit tokens", jwks)
}

fn invalid(what: String, way_out: &str) -> Refusal {
    Refusal::new(Class::Invalid, "permits", what).way_out(way_out)
}

pub(crate) fn action_named(name: &str) -> Result<Action, Refusal> {
    Action::named(name).ok_or_else(|| {
        let known: Vec<&str> = Action::ALL.iter().map(|action| action.name()).collect();
        invalid(
            format!("`{name}` is not an action"),
            &format!("name one of {}", known.join(", ")),
        )
    })
}

pub(crate) fn work_named(name: &str) -> Result<Work, Refusal> {
    Work::named(name).ok_or_else(|| {
        invalid(
            format!("`{name}` says nothing of the work"),
            "say `done` or `unfinished`",
        )
    })
}

fn person_of(text: &str) -> Result<PersonId, Refusal> {
    PersonId::parse(text).map_err(|error| invalid(error.to_string(), "`tagout people list` shows everybody"))
}

fn subject_of(text: &str) -> Result<Subject, Refusal> {
    Subject::parse(text)
        .ok_or_else(|| invalid(format!("`{text}` is not an id"), "name assets like `AST-0001`"))
}

fn each<T: Ord>(
    texts: &Option<Vec<String>>,
    parse: fn(&str) -> Result<T, Refusal>,
) -> Result<Option<BTreeSet<T>>, Refusal> {
    let parsed = texts
        .as_ref()
        .map(|texts| texts.iter().map(|text| parse(text)).collect());
    parsed.transpose()
}

fn list(call: &Call<'_, Paging>) -> Result<Listed<PermitView>, Refusal> {
    let size = call.query.size()?;
    let now = call.organisation().now();
    let found = acts::list(call.organisation(), call.actor, call.query.after()?, size + 1)?;
    let items = found
        .into_iter()
        .map(|permit| PermitView::of(permit, now))
        .collect();
    Ok(Listed::cut(items, size, |last: &PermitView| {
        last.permit.to_string()
    }))
}

fn show(call: &Call<'_>) -> Result<PermitView, Refusal> {
    let permit = acts::show(call.organisation(), call.actor, call.id("permit")?)?;
    Ok(PermitView::of(permit, call.organisation().now()))
}

fn of_change(call: &Call<'_>) -> Result<Listed<PermitView>, Refusal> {
    let now = call.organisation().now();
    let found = acts::of_change(call.organisation(), call.actor, call.id("change")?)?;
    Ok(Listed {
        items: found
            .into_iter()
            .map(|permit| PermitView::of(permit, now))
            .collect(),
        next: None,
    })
}

fn issue(call: &Call<'_, Nothing, IssueRequest>) -> Result<PermitView, Refusal> {
    let request = &call.body;
    let narrowed = Narrowed {
        from: request.from,
        until: request.until,
        people: each(&request.people, person_of)?,
        assets: each(&request.assets, subject_of)?,
        actions: each(&request.actions, action_named)?,
    };
    let permit = acts::issue(call.organisation(), call.actor, call.id("change")?, &narrowed)?;
    Ok(PermitView::of(permit, call.organisation().now()))
}

fn suspend(call: &Call<'_, Nothing, ReasonRequest>) -> Result<PermitView, Refusal> {
    let permit = acts::suspend(
        call.organisation(),
        call.actor,
        call.id("permit")?,
        &call.body.reason,
    )?;
    Ok(PermitView::of(permit, call.organisation().now()))
}

fn resume(call: &Call<'_, Nothing, ReasonRequest>) -> Result<PermitView, Refusal> {
    let permit = acts::resume(
        call.organisation(),
        call.actor,
        call.id("permit")?,
        &call.body.reason,
    )?;
    Ok(PermitView::of(permit, call.organisation().now()))
}

fn revoke(call: &Call<'_, Nothing, ReasonRequest>) -> Result<PermitView, Refusal> {
    let permit = acts::revoke(
        call.organisation(),
        call.actor,
        call.id("permit")?,
        &call.body.reason,
    )?;
    Ok(PermitView::of(permit, call.organisation().now()))
}

fn hand_back(call: &Call<'_, Nothing, HandBackRequest>) -> Result<PermitView, Refusal> {
    let work = work_named(&call.body.work)?;
    let permit = acts::hand_back(call.organisation(), call.actor, call.id("permit")?, work)?;
    Ok(PermitView::of(permit, call.organisation().now()))
}

fn ask(call: &Call<'_, Nothing, GateRequest>) -> Result<GateView, Refusal> {
    let request = &call.body;
    let change = ChangeId::parse(&request.change)
        .map_err(|error| invalid(error.to_string(), "`tagout change list` shows them all"))?;
    let question = Question {
        change,
        asset: request.asset.clone(),
        action: action_named(&request.action)?,
        person: request.person.as_deref().map(person_of).transpose()?,
    };
    Ok(match acts::ask(call.organisation(), call.actor, &question)? {
        Gate::Allow {
            permit,
            asset,
            token,
            jti,
            expires,
            ends_finding,
        } => GateView {
            decision: "allow".to_owned(),
            answer: format!(
                "{} may {} {asset} under {} until {expires}",
                call.actor.person,
                question.action.name().replace('_', " "),
                permit.id
            ),
            rule: permit.id.to_string(),
            reasons: Vec::new(),
            way_out: Vec::new(),
            permit: Some(permit.id),
            token: Some(token),
            jti: Some(jti),
            expires: Some(expires),
            warning: ends_finding.then(|| {
                format!(
                    "what was found on {asset} counts no longer, because work on it goes on: let a run compare it again, \
                     or say how it was found: `tagout change verify {change} --accept {asset} --because TEXT`"
                )
            }),
        },
        Gate::Deny { refusal } => GateView {
            decision: "deny".to_owned(),
            answer: refusal.what,
            rule: refusal.rule,
            reasons: refusal.missing,
            way_out: refusal.way_out,
            permit: None,
            token: None,
            jti: None,
            expires: None,
            warning: None,
        },
    })
}

fn gate_answers(call: &Call<'_, Paging>) -> Result<Listed<GateAnswerView>, Refusal> {
    let size = call.query.size()?;
    let after = match call.query.after.as_deref() {
        None => 0,
        Some(text) => text.parse().map_err(|_| {
            invalid(
                format!("`after`: `{text}` is not the index of an entry"),
                "follow `next`",
            )
        })?,
    };
    let change = call.id("change")?;
    let found = acts::asked_before(call.organisation(), call.actor, change, after, size + 1)?;
    let items = found.into_iter().map(GateAnswerView::from).collect();
    Ok(Listed::cut(items, size, |last: &GateAnswerView| {
        last.entry.to_string()
    }))
}

fn report(call: &Call<'_, ReportQuery>, output: &mut File) -> Result<ReportView, Refusal> {
    let query = &call.query;
    if query.exit_code > 255 {
        return Err(invalid(
            format!("{} is not an exit code", query.exit_code),
            "give a number from 0 to 255",
        ));
    }
    // Numbers in the ledger stay below 2^53.
    let duration_ms = query.duration_ms.min((1 << 53) - 1);
    let done = Report {
        jti: query.jti.clone(),
        exit_code: query.exit_code,
        duration_ms,
    };
    let evidence = acts::report(call.organisation(), call.actor, &done, output)?;
    Ok(ReportView { evidence })
}

fn jwks(call: &PublicCall<'_>) -> Result<KeySet, Refusal> {
    token::key_set(call.organisation())
}
