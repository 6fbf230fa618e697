//! Edits a change.

use basis::{Actor, Class, PersonId, Refusal, Subject, Time};
use ledger::Hash;
use ledger::events::Event;
use storage::{By, DataError, Organisation, StorageError, View};

use super::existing;
use super::facts::{asset_of, finding_of, tie_findings};
use super::show::event_at;
use crate::rules::events::Edited;
use crate::rules::{self, Change, ChangeId, Edit, Hours, Parts, PolicyDraft};
use crate::store;

/// What to put in place of what stands in a change. What is not named stays; an empty text or list takes the part away.
/// Assets are named by name or id, people by handle or id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartsEdit {
    /// The title.
    pub title: Option<String>,
    /// Why it is needed.
    pub reason: Option<String>,
    /// Why it cannot wait.
    pub emergency_reason: Option<String>,
    /// What it does to security.
    pub security_impact: Option<String>,
    /// What stops working.
    pub availability_impact: Option<String>,
    /// How success is found out.
    pub test_plan: Option<String>,
    /// How it is undone.
    pub rollback_plan: Option<String>,
    /// Who is told what, and when.
    pub communication_plan: Option<String>,
    /// The assets it touches.
    pub assets: Option<Vec<String>>,
    /// The findings it is for.
    pub findings: Option<Vec<String>>,
    /// The people who carry it out.
    pub executors: Option<Vec<String>>,
    /// The lines to tick off.
    pub checklist: Option<Vec<String>>,
    /// When the window begins.
    pub from: Option<Time>,
    /// When the window ends.
    pub until: Option<Time>,
    /// The policy document to adopt.
    pub policy_draft: Option<String>,
    /// The last entry about the change that the editor has seen. Whoever edited it after that is told, not overwritten.
    pub seen: Option<u64>,
}

impl PartsEdit {
    /// The parts with the edit made.
    pub(super) fn on(&self, view: &View<'_>, mut parts: Parts) -> Result<Parts, Refusal> {
        if let Some(title) = &self.title {
            parts.title = title.trim().to_owned();
        }
        let texts = [
            (&self.reason, &mut parts.reason),
            (&self.emergency_reason, &mut parts.emergency_reason),
            (&self.security_impact, &mut parts.security_impact),
            (&self.availability_impact, &mut parts.availability_impact),
            (&self.test_plan, &mut parts.test_plan),
            (&self.rollback_plan, &mut parts.rollback_plan),
            (&self.communication_plan, &mut parts.communication_plan),
        ];
        for (text, part) in texts {
            if let Some(text) = text {
                *part = Some(text.clone()).filter(|text| !text.trim().is_empty());
            }
        }
        if let Some(names) = &self.assets {
            parts.assets = names
                .iter()
                .map(|name| asset(view, name))
                .collect::<Result<_, _>>()?;
        }
        if let Some(ids) = &self.findings {
            parts.findings = ids.iter().map(|id| finding(view, id)).collect::<Result<_, _>>()?;
        }
        if let Some(names) = &self.executors {
            parts.executors = names
                .iter()
                .map(|name| executor(view, name))
                .collect::<Result<_, _>>()?;
        }
        if let Some(lines) = &self.checklist {
            parts.checklist = lines.clone();
        }
        parts.window = self.window(parts.window)?;
        if let Some(document) = &self.policy_draft {
            parts.policy_draft = draft(document)?;
        }
        Ok(parts)
    }

    fn window(&self, before: Option<Hours>) -> Result<Option<Hours>, Refusal> {
        let from = self.from.or(before.map(|hours| hours.from));
        let until = self.until.or(before.map(|hours| hours.until));
        match (from, until) {
            (Some(from), Some(until)) => Ok(Some(Hours { from, until })),
            (None, None) => Ok(None),
            _ => Err(
                Refusal::new(Class::Invalid, "window", "a window has a start and an end")
                    .way_out("give both: `--from TIME --until TIME`"),
            ),
        }
    }
}

fn asset(view: &View<'_>, name: &str) -> Result<Subject, Refusal> {
    let found = assets::resolve(view, name)?;
    found.map(|asset| asset.id.into()).ok_or_else(|| {
        Refusal::new(Class::NotFound, "assets", format!("there is no asset `{name}`"))
            .way_out("`tagout asset list` shows them all")
    })
}

fn finding(view: &View<'_>, id: &str) -> Result<Subject, Refusal> {
    let subject = Subject::parse(id).ok_or_else(|| {
        Refusal::new(Class::Invalid, "findings", format!("`{id}` is not a finding"))
            .way_out("name findings by their ids: `tagout finding list`")
    })?;
    finding_of(view, &subject)?;
    Ok(subject)
}

fn executor(view: &View<'_>, name: &str) -> Result<PersonId, Refusal> {
    let found = match people::resolve(view, name)? {
        Some(person) => Some(person).filter(|person| person.is_active),
        None => called(view, name)?,
    };
    found.map(|person| person.id).ok_or_else(|| {
        Refusal::new(
            Class::NotFound,
            "people",
            format!("there is no active person `{name}`"),
        )
        .way_out("`tagout people list` shows everybody")
    })
}

/// The one active person with this name. Of two with the same name neither is meant.
fn called(view: &View<'_>, name: &str) -> Result<Option<people::Person>, Refusal> {
    let wanted = name.trim().to_lowercase();
    let mut fitting = people::all(view)?;
    fitting.retain(|person| person.is_active && person.name.to_lowercase() == wanted);
    match fitting.as_slice() {
        [] | [_] => Ok(fitting.pop()),
        several => {
            let what = format!("{} people are called `{name}`", several.len());
            Err(Refusal::new(Class::Conflict, "people", what)
                .way_out("name the one by handle or id: `tagout people list`"))
        }
    }
}

fn draft(document: &str) -> Result<Option<PolicyDraft>, Refusal> {
    if document.trim().is_empty() {
        return Ok(None);
    }
    policy::Policy::parse(document).map_err(|error| {
        Refusal::new(Class::Invalid, "policy document", error.to_string())
            .way_out("find out what is wrong: `tagout policy check FILE`")
    })?;
    Ok(Some(PolicyDraft {
        digest: Hash::of(document.as_bytes()).to_string(),
        text: document.to_owned(),
    }))
}

/// Refuses to go over what somebody wrote after the entry that the editor has seen, and says who wrote what.
fn check_seen(view: &View<'_>, id: ChangeId, seen: u64) -> Result<(), Refusal> {
    let mut told = Vec::new();
    for index in store::entries_after(view, id, seen)? {
        let (entry, payload) = event_at(view, index)?;
        if entry.event_type.as_str() != Edited::TYPE {
            continue;
        }
        let edited: Edited = serde_json::from_slice(&payload).map_err(|error| {
            let place = format!("ledger, entry {index}");
            StorageError::from(DataError {
                place,
                what: error.to_string(),
            })
        })?;
        let who = people::find(view, entry.actor)?;
        let who = who.map_or_else(
            || entry.actor.to_string(),
            |person| format!("{} ({})", person.name, person.id),
        );
        let parts: Vec<String> = edited.changed.iter().map(|part| part.replace('_', " ")).collect();
        told.push(format!(
            "{} by {who} at {}, entry {index}",
            parts.join(", "),
            entry.time.to_minutes()
        ));
    }
    if told.is_empty() {
        return Ok(());
    }
    let what = format!(
        "{id} was edited meanwhile: {}; nothing of it was overwritten",
        told.join("; ")
    );
    Err(Refusal::new(Class::Conflict, "edit by somebody else", what)
        .way_out("compare what stands there now with what you wrote, then save yours or leave theirs"))
}

/// Makes the change ask for something else. Decisions on a submitted revision fall.
pub fn edit(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    edit: &PartsEdit,
    reason: Option<String>,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.edit")?;
    let change = existing(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    let authority = actor.may::<Edit>(id, policy.authority())?;
    if let Some(seen) = edit.seen {
        check_seen(&tx.view(), id, seen)?;
    }
    let parts = edit.on(&tx.view(), change.parts.clone())?;
    for asset in &parts.assets {
        asset_of(&tx.view(), asset)?;
    }
    let events = rules::edit(&authority, &change, parts, reason)?;
    tx.record(actor, events)?;
    let edited = existing(&tx.view(), id)?;
    if edited.parts.findings != change.parts.findings {
        let by = By::from(actor);
        findings::release(&mut tx, &by, &id.into())?;
        tie_findings(&mut tx, &by, &edited)?;
    }
    tx.commit()?;
    Ok(edited)
}
