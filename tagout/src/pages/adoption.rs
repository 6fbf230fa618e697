//! Bringing the policy document of an approved change into force, with what it changes in view.

use askama::Template;
use basis::{Class, Id, Refusal};
use changes::ChangeId;
use frame::pages::{Form, Goto, Page, Table};
use frame::{Call, Nothing, Routes};
use policy::{Policy, covering, difference_table};

use crate::wiring::acts;

const PATH: &str = "/changes/{change}/adoption";

/// Adds the page and its form.
pub(super) fn with_adoption(routes: Routes) -> Routes {
    routes
        .page(
            PATH,
            "policy.adopt",
            "Shows what the policy document of a change would change",
            show_adoption,
        )
        .form(
            PATH,
            "policy.adopt",
            "Brings the policy document of an approved change into force",
            show_adoption,
            adopt_document,
        )
}

/// The page.
#[derive(Template)]
#[template(path = "adoption.html")]
struct AdoptionPage {
    id: ChangeId,
    state: String,
    window: String,
    digest: String,
    table: Table,
    /// Why the reader cannot do it now.
    barred: Option<Refusal>,
    form: Form,
}

impl Page for AdoptionPage {
    fn title(&self) -> String {
        format!("Adopt the policy document of {}", self.id)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let Ok(current) = Policy::parse(policy::DEFAULT_POLICY) else {
            return Vec::new();
        };
        let other = Policy::parse(&policy::DEFAULT_POLICY.replace("8 hours", "6 hours"));
        let early = Refusal::new(
            Class::Policy,
            "adoption of a policy",
            "the window of CHG-0001 is not open at 2026-11-22 17:59 UTC",
        )
        .missing("an open window");
        let page = |table, barred| Self {
            id: ChangeId::from_number(1),
            state: "scheduled".to_owned(),
            window: "2026-11-22 18:00 UTC to 2026-11-22 20:00 UTC".to_owned(),
            digest: "0123456789abcdef".repeat(4),
            table,
            barred,
            form: Form::sample("/changes/CHG-0001/adoption"),
        };
        let mut samples = vec![(
            "too early",
            page(difference_table(&current, &current), Some(early)),
        )];
        samples.extend(other.map(|other| ("usual", page(difference_table(&current, &other), None))));
        samples
    }
}

fn show_adoption(call: &Call<'_>) -> Result<AdoptionPage, Refusal> {
    let id: ChangeId = call.id("change")?;
    let now = call.organisation().now();
    let (current, change, barred) = call.organisation().view(|view| {
        let change = changes::find(view, id)?;
        let barred = change
            .as_ref()
            .map(|_| changes::adoption_barred(view, call.actor, id, now));
        Ok::<_, Refusal>((policy::current(view)?, change, barred.transpose()?.flatten()))
    })?;
    let change = change.ok_or_else(|| {
        Refusal::new(Class::NotFound, "changes", format!("there is no change {id}"))
            .way_out("see the list of changes")
    })?;
    let draft = change.parts.policy_draft.ok_or_else(|| {
        let what = format!("{id} carries no policy document");
        Refusal::new(Class::Conflict, "adoption of a policy", what)
            .way_out("propose one from the page of the policy")
    })?;
    let proposed = covering(&draft.text, &acts())?;
    let window = change.window.map_or("not set yet".to_owned(), |window| {
        format!("{} to {}", window.from.to_minutes(), window.until.to_minutes())
    });
    Ok(AdoptionPage {
        id,
        state: change.state.in_words().to_string(),
        window,
        digest: draft.digest,
        table: difference_table(&current, &proposed),
        barred,
        form: call.form(format!("/changes/{id}/adoption")),
    })
}

fn adopt_document(call: &Call<'_, Nothing, Nothing>) -> Result<Goto, Refusal> {
    let id: ChangeId = call.id("change")?;
    changes::adopt_policy(call.organisation(), call.actor, id, &acts())?;
    Ok(Goto::to("/policy"))
}
