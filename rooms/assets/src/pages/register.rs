//! Registering one system by hand.

use askama::Template;
use basis::Refusal;
use frame::pages::{Choice, Field as Shown, Form, Goto, Page};
use frame::{Call, Nothing, Routes};

use super::words;
use crate::api::{FieldsBody, registered};
use crate::rules::Field;

/// What a change's rules ask about, besides the name; the rest is said later, or found.
const ASKED: [Field; 7] = [
    Field::Kind,
    Field::Purpose,
    Field::Owner,
    Field::Environment,
    Field::Classification,
    Field::Criticality,
    Field::Exposure,
];

/// Adds the page and what its form sends.
pub(super) fn with_register(routes: Routes) -> Routes {
    let (path, act) = ("/assets/new", "assets.register");
    routes
        .page(path, act, "Shows the form of a new asset", show_register)
        .form(path, act, "Registers an asset by a form", show_register, register)
}

/// The page.
#[derive(Template)]
#[template(path = "new_asset.html")]
pub(crate) struct RegisterPage {
    form: Form,
}

impl RegisterPage {
    fn fields(&self) -> Vec<Shown> {
        ASKED.iter().map(|field| self.field(*field)).collect()
    }

    fn field(&self, field: Field) -> Shown {
        let (name, label) = (field.name(), label(field));
        let allowed = field.allowed();
        if allowed.is_empty() {
            return self.form.line(name, &label);
        }
        // What nobody said counts as the strictest; the register's own words say which that is.
        let unsaid = std::iter::once(Choice::new("", "not said"));
        let said = allowed.into_iter().map(|word| Choice::new(word, words(word)));
        self.form.select(name, &label, unsaid.chain(said).collect())
    }
}

fn label(field: Field) -> String {
    let words = words(field.name());
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

impl Page for RegisterPage {
    fn title(&self) -> String {
        "Register an asset".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let form = Form::sample("/assets/new");
        let typed = [("name", "web 01"), ("kind", "server"), ("classification", "cui")];
        vec![
            ("empty", Self { form: form.clone() }),
            (
                "after a refusal",
                Self {
                    form: form.with_typed(&typed),
                },
            ),
        ]
    }
}

fn show_register(call: &Call<'_>) -> Result<RegisterPage, Refusal> {
    Ok(RegisterPage {
        form: call.form("/assets/new"),
    })
}

fn register(call: &Call<'_, Nothing, FieldsBody>) -> Result<Goto, Refusal> {
    let asset = registered(call)?;
    Ok(Goto::to(format!("/assets/{}", asset.id)))
}
