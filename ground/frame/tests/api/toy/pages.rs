//! The toy room's pages: lamps with a form that makes one, and a door with a password.

use std::sync::atomic::{AtomicU64, Ordering};

use askama::Template;
use basis::{Class, Refusal};
use frame::pages::{Form, Goto, Page};
use frame::{ANYBODY, Call, FormFile, Nothing, PublicCall, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many lamps were made by the form, in all houses.
pub static MADE_BY_FORM: AtomicU64 = AtomicU64::new(0);

#[derive(Template)]
#[template(
    source = "{{ form.open() }}{{ form.line(\"title\", \"Title\") }}{{ form.send(\"Make\") }}{{ form.close() }}",
    ext = "html"
)]
pub struct LampPage {
    form: Form,
}

#[derive(Template)]
#[template(
    source = "{{ form.open() }}{{ form.line(\"handle\", \"Handle\") }}{{ form.secret(\"password\", \"Password\") }}{{ form.close() }}",
    ext = "html"
)]
pub struct DoorPage {
    form: Form,
}

impl Page for LampPage {
    fn title(&self) -> String {
        "Lamps & <more>".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let form = Form::sample("/lamps");
        vec![("usual", Self { form })]
    }
}

impl Page for DoorPage {
    fn title(&self) -> String {
        "Door".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let form = Form::sample("/sign-in");
        vec![("usual", Self { form })]
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Making {
    title: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entering {
    handle: String,
    password: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Next {
    #[serde(default)]
    next: Option<String>,
}

fn show_lamps(call: &Call<'_, Nothing>) -> Result<LampPage, Refusal> {
    Ok(LampPage {
        form: call.form("/lamps"),
    })
}

fn make_by_form(call: &Call<'_, Nothing, Making>) -> Result<Goto, Refusal> {
    if call.body.title == "<bad>" {
        return Err(Refusal::new(Class::Policy, "4.2", "no such lamp is allowed").way_out("name another"));
    }
    MADE_BY_FORM.fetch_add(1, Ordering::SeqCst);
    Ok(Goto::to("/lamps"))
}

/// The largest plan that is taken.
pub const PLAN_BYTES_MAX: u64 = 100_000;
/// How many plans were hung, in all houses.
pub static PLANS_HUNG: AtomicU64 = AtomicU64::new(0);

#[derive(Template)]
#[template(
    source = "{{ form.open_for_file() }}{{ form.line(\"room\", \"Room\") }}{{ form.file(\"Plan\", \"Any file.\") }}{{ form.close() }}",
    ext = "html"
)]
pub struct PlanPage {
    form: Form,
}

impl Page for PlanPage {
    fn title(&self) -> String {
        "Plan".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let form = Form::sample("/plans");
        vec![("usual", Self { form })]
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hanging {
    room: String,
}

fn show_plan(call: &Call<'_, Nothing>) -> Result<PlanPage, Refusal> {
    let form = call.form("/plans");
    Ok(PlanPage { form })
}

/// Leads to a path that says what came.
fn hang(call: &Call<'_, Nothing, Hanging>, plan: &mut FormFile) -> Result<Goto, Refusal> {
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut plan.file, &mut content).unwrap();
    assert_eq!(content.len() as u64, plan.size_bytes);
    PLANS_HUNG.fetch_add(1, Ordering::SeqCst);
    let letters: Vec<String> = plan
        .given_name
        .chars()
        .map(|letter| format!("{:x}", u32::from(letter)))
        .collect();
    let name = letters.join("-");
    Ok(Goto::to(format!(
        "/plans/{}/{}/{name}",
        call.body.room, plan.sha256
    )))
}

fn show_door(call: &PublicCall<'_, Next>) -> Result<DoorPage, Refusal> {
    Ok(DoorPage {
        form: call.form("/sign-in"),
    })
}

fn enter(call: &PublicCall<'_, Nothing, Entering>) -> Result<Goto, Refusal> {
    if call.body.password != "open" {
        return Err(Refusal::new(Class::Unauthenticated, "sign-in", "not so").way_out("try again"));
    }
    Ok(Goto::to("/lamps").signed_in(&call.body.handle))
}

fn leave(_: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    Ok(Goto::to("/sign-in").signed_out())
}

pub fn with_pages(routes: Routes) -> Routes {
    routes
        .page("/lamps", "lamps.list", "Shows lamps", show_lamps)
        .form("/lamps", "lamps.make", "Makes a lamp", show_lamps, make_by_form)
        .page("/plans", "lamps.list", "Shows the form for a plan", show_plan)
        .file_form(
            "/plans",
            "lamps.make",
            "Hangs a plan",
            (show_plan, hang),
            PLAN_BYTES_MAX,
        )
        .form("/sign-out", ANYBODY, "Leaves", show_lamps, leave)
        .public_page("/sign-in", "Shows the door", show_door)
        .public_form("/sign-in", "Enters", show_door, enter)
}
