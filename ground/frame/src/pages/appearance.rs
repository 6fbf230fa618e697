//! The page where people choose how pages look. It is kept in the browser alone.

use askama::Template;
use basis::{Class, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::field::Choice;
use super::form::Form;
use super::goto::Goto;
use super::page::Page;
use super::web::Appearance;
use crate::{Call, Nothing};

/// The page.
#[derive(Template)]
#[template(path = "appearance.html")]
pub(crate) struct AppearancePage {
    form: Form,
    current: Appearance,
}

/// What is chosen.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choosing {
    appearance: String,
}

impl AppearancePage {
    fn choices(&self) -> Vec<Choice> {
        let choice = |one: Appearance| Choice::new(one.name(), one.label());
        Appearance::ALL.into_iter().map(choice).collect()
    }
}

impl Page for AppearancePage {
    fn title(&self) -> String {
        "Appearance".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |current| Self {
            form: Form::sample("/appearance"),
            current,
        };
        vec![
            ("system", page(Appearance::System)),
            ("dark", page(Appearance::Dark)),
        ]
    }
}

pub(crate) fn show_appearance(call: &Call<'_>) -> Result<AppearancePage, Refusal> {
    Ok(AppearancePage {
        form: call.form("/appearance"),
        current: call.visit.appearance,
    })
}

pub(crate) fn choose_appearance(call: &Call<'_, Nothing, Choosing>) -> Result<Goto, Refusal> {
    let chosen = Appearance::named(&call.body.appearance).ok_or_else(|| {
        let what = format!("pages cannot look `{}`", call.body.appearance);
        Refusal::new(Class::Invalid, "appearance", what).way_out("choose one of the list")
    })?;
    Ok(Goto::to("/appearance").looking(chosen))
}
