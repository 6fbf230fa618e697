//! The plan of a change: what will be done to which machine in which order, how it is made, and starting it.

use askama::Template;
use basis::Refusal;
use changes::ChangeId;
use frame::pages::{Choice, Form, Goto, Moment, Page, State};
use frame::{Call, Nothing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state;
use crate::acts;
use crate::api::{self, MakePlanRequest, PlanView};
use crate::rules::Run;

/// The page.
#[derive(Template)]
#[template(path = "plan.html")]
pub(super) struct PlanPage {
    change: String,
    plan: Option<PlanView>,
    /// Who made it, in words.
    made_by: String,
    runs: Vec<Run>,
    make: Form,
    start: Form,
}

/// What the form sends: a plan without a gate command, which the command line can add.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MakeForm {
    select: String,
    /// One package on each line.
    #[serde(default)]
    packages: String,
    reboot: String,
}

impl PlanPage {
    fn state(&self, run: &Run) -> State {
        state(run.state.name())
    }

    fn made_at(&self, plan: &PlanView) -> Moment {
        Moment(plan.made_at)
    }

    fn selections(&self) -> Vec<Choice> {
        vec![
            Choice::new("security", "Every security update"),
            Choice::new("findings", "What fixes the findings of the change"),
            Choice::new("packages", "The packages named below"),
        ]
    }

    fn reboots(&self) -> Vec<Choice> {
        vec![
            Choice::new("when_needed", "When an update needs it"),
            Choice::new("never", "Never"),
        ]
    }
}

impl Page for PlanPage {
    fn title(&self) -> String {
        format!("Plan of {}", self.change)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |plan, runs| Self {
            change: "CHG-0007".to_owned(),
            plan,
            made_by: "Cleo Park (PER-0003)".to_owned(),
            runs,
            make: Form::sample("/changes/CHG-0007/plan"),
            start: Form::sample("/changes/CHG-0007/runs"),
        };
        let plan = PlanView {
            digest: "a".repeat(64),
            change: "CHG-0007".to_owned(),
            made_by: basis::Id::from_number(3),
            made_at: basis::Time::from_ms(1_795_600_000_000),
            hosts: 2,
            text: "Ring 1\n  web01: libc6=2.36-9+deb12u10 (now 2.36-9+deb12u9)\n".to_owned(),
            document: "{}".to_owned(),
        };
        vec![
            ("empty", page(None, Vec::new())),
            ("usual", page(Some(plan), super::run::sample_runs())),
        ]
    }
}

pub(super) fn show_plan(call: &Call<'_, Nothing>) -> Result<PlanPage, Refusal> {
    let id: ChangeId = call.id("change")?;
    let (plan, runs) = acts::plan_and_runs(call.organisation(), call.actor, id)?;
    let made_by = plan.as_ref().map(|plan| {
        let found = call
            .organisation()
            .view(|view| people::in_words(view, plan.made_by));
        found.map_err(Refusal::from)
    });
    Ok(PlanPage {
        made_by: made_by.transpose()?.unwrap_or_default(),
        change: id.to_string(),
        plan: plan.as_ref().map(PlanView::of).transpose()?,
        runs,
        make: call.form(format!("/changes/{id}/plan")),
        start: call.form(format!("/changes/{id}/runs")),
    })
}

pub(super) fn make_plan(call: &Call<'_, Nothing, MakeForm>) -> Result<Goto, Refusal> {
    let id: ChangeId = call.id("change")?;
    let form = &call.body;
    let request = MakePlanRequest {
        select: form.select.clone(),
        packages: form.packages.split_whitespace().map(str::to_owned).collect(),
        gate: None,
        reboot: form.reboot.clone(),
    };
    let request = api::request_of(&request)?;
    acts::make_plan(call.organisation(), call.actor, id, &request)?;
    Ok(Goto::to(format!("/changes/{id}/plan")))
}
