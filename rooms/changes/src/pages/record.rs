//! The record of one change: everything about it on one page, with a form for each step that is open to the reader.

use askama::Template;
use basis::Refusal;
use frame::Call;
use frame::pages::{Form, Page, State as Shown, Table};

use super::shown::{self, Event, Fact, NextShown, Question, Written};
use super::steps::Steps;
use super::{samples, state_shown};
use crate::acts::{self, Record};
use crate::rules::{ChangeId, PlanRef};

/// The page.
#[derive(Template)]
#[template(path = "change.html")]
pub(crate) struct RecordPage {
    id: ChangeId,
    name: String,
    state: Shown,
    may_edit: bool,
    edit_label: &'static str,
    may_decide: bool,
    next: Option<NextShown>,
    facts: Vec<Fact>,
    questions: Vec<Question>,
    parts: Vec<Written>,
    assets: Table,
    differences: Vec<(String, Vec<String>, Option<String>)>,
    findings: Table,
    plan: Option<PlanRef>,
    /// Digest and revision of the text under decision.
    submitted: Option<(String, u64)>,
    decisions: Table,
    evidence: Table,
    has_more_evidence: bool,
    events: Vec<Event>,
    steps: Steps,
}

impl RecordPage {
    pub(super) fn of(record: &Record, form: &dyn Fn(String) -> Form) -> Self {
        let change = &record.change;
        let submitted = change.under_decision();
        Self {
            id: change.id,
            name: change.parts.title.clone(),
            state: state_shown(change.state),
            may_edit: record.allowed.edit,
            edit_label: shown::edit_label(change.state),
            may_decide: record.allowed.decide,
            next: record.next.as_ref().map(|next| NextShown::of(next, record)),
            facts: shown::facts(record),
            questions: record
                .verdicts
                .iter()
                .map(|verdict| shown::question(change.id, verdict))
                .collect(),
            parts: shown::parts(record),
            assets: shown::assets(record),
            differences: shown::differences(record),
            findings: shown::findings(record),
            plan: change.parts.plan.clone(),
            submitted: submitted.map(|(_, text)| (text.digest.clone(), text.revision)),
            decisions: shown::decisions(record),
            evidence: shown::evidence(record),
            has_more_evidence: record.has_more_evidence,
            events: record
                .moments
                .iter()
                .map(|moment| shown::event(moment, &record.names))
                .collect(),
            steps: Steps::of(change, record.allowed, &record.window_limits, form),
        }
    }
}

impl Page for RecordPage {
    fn title(&self) -> String {
        format!("{} {}", self.id, self.name)
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        samples::record_pages()
    }
}

pub(crate) fn show_record(call: &Call<'_>) -> Result<RecordPage, Refusal> {
    let record = acts::record(call.organisation(), call.actor, call.id("change")?)?;
    Ok(RecordPage::of(&record, &|path| call.form(path)))
}
