//! The parts of a change as forms: each section is saved by itself, and nothing typed is lost.

use askama::Template;
use basis::{Class, Refusal};
use frame::pages::{Form, Goto, Page, State as Shown};
use frame::{Call, Nothing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::View;

use super::sections::{FieldShown, Known, Offered, SECTIONS, Section, SectionForm};
use super::{samples, state_shown};
use crate::acts;
use crate::rules::{Change, ChangeId, Move, State};
use crate::store;

/// A section as a form.
struct SectionShown {
    name: &'static str,
    title: &'static str,
    form: Form,
    fields: Vec<FieldShown>,
    /// Whether the reader comes from saving it.
    is_saved: bool,
}

/// Where the reader comes from.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EditQuery {
    /// The section that was saved.
    saved: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "edit.html")]
pub(crate) struct EditPage {
    id: ChangeId,
    name: String,
    state: Shown,
    revision: u64,
    /// Whether the change may be edited where it stands.
    is_open: bool,
    /// Whether an edit begins a new revision, on which nobody has decided.
    begins_revision: bool,
    /// The ledger's last entry about the change.
    entry: u64,
    sections: Vec<SectionShown>,
}

impl EditPage {
    pub(super) fn of(change: &Change, entry: u64, known: &Known, form: &dyn Fn(String) -> Form) -> Self {
        let shown = |section: &Section| {
            let form = form(format!("/changes/{}/parts/{}", change.id, section.name));
            SectionShown {
                name: section.name,
                title: section.title,
                fields: section.fields(&form, change, known),
                form,
                is_saved: false,
            }
        };
        let is_open = Move::Edit.check(change.id, change.state).is_ok();
        Self {
            id: change.id,
            name: change.parts.title.clone(),
            state: state_shown(change.state),
            revision: change.revision,
            is_open,
            begins_revision: is_open && change.state != State::Draft,
            entry,
            // What was typed before the change moved on is still shown; nothing else can be saved any more.
            sections: SECTIONS
                .iter()
                .map(shown)
                .filter(|section| is_open || section.form.is_again())
                .collect(),
        }
    }
}

impl EditPage {
    /// As whoever saved this section sees it.
    pub(super) fn with_saved(mut self, name: &str) -> Self {
        for section in &mut self.sections {
            section.is_saved = section.name == name;
        }
        self
    }
}

impl Page for EditPage {
    fn title(&self) -> String {
        format!("Edit {} {}", self.id, self.name)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        samples::edit_pages()
    }
}

/// What the forms of requests offer whoever looks.
pub(super) fn offered<Q>(view: &View<'_>, call: &Call<'_, Q>) -> Result<Offered, Refusal> {
    Ok(Offered {
        assets: assets::offered(view, call.actor)?,
        people: people::offered(view, call.actor)?,
    })
}

pub(crate) fn show_edit(call: &Call<'_, EditQuery>) -> Result<EditPage, Refusal> {
    let saved = call.query.saved.as_deref().unwrap_or_default();
    Ok(edit_page(call)?.with_saved(saved))
}

/// The page anew, after a section was refused.
pub(crate) fn show_refused(call: &Call<'_>) -> Result<EditPage, Refusal> {
    edit_page(call)
}

fn edit_page<Q>(call: &Call<'_, Q>) -> Result<EditPage, Refusal> {
    let id: ChangeId = call.id("change")?;
    let organisation = call.organisation();
    let (change, _) = acts::show(organisation, call.actor, id)?;
    let (entry, known) = organisation.view(|view| {
        let mut known = Known {
            offered: offered(view, call)?,
            assets: Vec::new(),
            executors: Vec::new(),
            window_limits: acts::window_limits(view, &change, organisation.now())?,
        };
        for subject in &change.parts.assets {
            let found = assets::resolve(view, &subject.to_string())?;
            known
                .assets
                .push(found.map_or_else(|| subject.to_string(), |asset| asset.name().to_owned()));
        }
        for person in &change.parts.executors {
            let found = people::find(view, *person)?;
            known
                .executors
                .push(found.map_or_else(|| person.to_string(), |person| person.handle.as_str().to_owned()));
        }
        Ok::<_, Refusal>((store::last_entry(view, id)?, known))
    })?;
    Ok(EditPage::of(&change, entry, &known, &|path| call.form(path)))
}

pub(crate) fn save_section(call: &Call<'_, Nothing, SectionForm>) -> Result<Goto, Refusal> {
    let id: ChangeId = call.id("change")?;
    let name = call.part("section");
    let section = Section::named(name).ok_or_else(|| {
        let what = format!("a change has no section `{name}`");
        Refusal::new(Class::NotFound, "path", what).way_out("go back to the change and choose a section")
    })?;
    let edit = section.edit(&call.body)?;
    acts::edit(
        call.organisation(),
        call.actor,
        id,
        &edit,
        call.body.because.clone(),
    )?;
    Ok(Goto::to(format!("/changes/{id}/edit?saved={name}#{name}")))
}
