//! Looks at changes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use basis::{Actor, PersonId, Refusal, Time};
use storage::{DataError, Organisation, StorageError, View};

use super::existing;
use crate::rules::{Change, ChangeId, Read, State};
use crate::store::{self, Comparing, Search, Summary};

/// One thing that happened to a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Index of the entry in the ledger.
    pub entry: u64,
    /// When, by the clock.
    pub at: Time,
    /// Who.
    pub person: PersonId,
    /// How they proved who they are.
    pub authentication: String,
    /// What, such as `changes.submitted`.
    pub event: String,
    /// Why or with which words, where somebody said so.
    pub words: Option<String>,
}

/// One change with what was found on its assets.
pub fn show(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
) -> Result<(Change, Vec<Comparing>), Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(id, policy::current(view)?.authority())?;
        Ok((existing(view, id)?, store::comparings(view, id)?))
    })
}

/// At most `limit` changes after `after`, in the order in which they were opened.
pub fn list(
    organisation: &Organisation,
    actor: &Actor,
    after: Option<ChangeId>,
    state: Option<State>,
    limit: u32,
) -> Result<Vec<Summary>, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        Ok(store::list(view, after, state, limit)?)
    })
}

/// The changes that the search asks for, with the names of those who asked for them.
pub fn search(
    organisation: &Organisation,
    actor: &Actor,
    search: &Search,
) -> Result<(Vec<Summary>, Names), Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        let found = store::search(view, search)?;
        let names = names(view, found.iter().map(|summary| summary.requester))?;
        Ok((found, names))
    })
}

/// The changes of one state, as the board shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The state.
    pub state: State,
    /// How many there are.
    pub count: u64,
    /// The newest of them.
    pub newest: Vec<Summary>,
}

/// Every state with its newest changes, at most `limit` of each, and the names of those who asked for them.
pub fn board(organisation: &Organisation, actor: &Actor, limit: u32) -> Result<(Vec<Lane>, Names), Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        let counts = store::counts(view)?;
        let mut lanes = Vec::new();
        for state in State::ALL {
            let count = counts.iter().find(|(counted, _)| *counted == state);
            let newest = store::newest(view, state, limit)?;
            lanes.push(Lane {
                state,
                count: count.map_or(0, |(_, count)| *count),
                newest,
            });
        }
        let shown = lanes.iter().flat_map(|lane| &lane.newest);
        let names = names(view, shown.map(|summary| summary.requester))?;
        Ok((lanes, names))
    })
}

/// The names of people, by their ids.
pub type Names = BTreeMap<PersonId, String>;

/// The names of these people; whoever is not known is left out.
pub(super) fn names(view: &View<'_>, ids: impl Iterator<Item = PersonId>) -> Result<Names, StorageError> {
    let mut names = Names::new();
    for id in ids {
        if let Entry::Vacant(vacant) = names.entry(id)
            && let Some(person) = people::find(view, id)?
        {
            vacant.insert(person.name);
        }
    }
    Ok(names)
}

/// The entry of this index with its payload.
pub(super) fn event_at(view: &View<'_>, index: u64) -> Result<(ledger::entry::Entry, Vec<u8>), Refusal> {
    let record = view.ledger_record(index)?.ok_or_else(|| {
        let place = format!("table change_entries, entry {index}");
        StorageError::from(DataError {
            place,
            what: "the ledger has no such entry".to_owned(),
        })
    })?;
    let entry = record.parse()?;
    Ok((entry, record.payload))
}

/// Everything that happened to the change, in the ledger's order.
pub fn timeline(organisation: &Organisation, actor: &Actor, id: ChangeId) -> Result<Vec<Moment>, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(id, policy::current(view)?.authority())?;
        existing(view, id)?;
        let mut moments = Vec::new();
        for index in store::entries(view, id)? {
            let (entry, payload) = event_at(view, index)?;
            moments.push(Moment {
                entry: index,
                at: entry.time,
                person: entry.actor,
                authentication: entry.authentication.name().to_owned(),
                event: entry.event_type.as_str().to_owned(),
                words: words(&payload),
            });
        }
        Ok(moments)
    })
}

/// The words that a person gave with an event, by the names under which events keep them.
fn words(payload: &[u8]) -> Option<String> {
    let payload: serde_json::Value = serde_json::from_slice(payload).ok()?;
    let said = ["reason", "comment", "because", "resolution"]
        .iter()
        .find_map(|name| Some((*name, payload.get(name)?.as_str()?)));
    let decision = payload.get("decision").and_then(serde_json::Value::as_str);
    let capacity = payload.get("capacity").and_then(serde_json::Value::as_str);
    match (decision.zip(capacity), said) {
        (Some((decision, capacity)), Some((_, words))) => Some(format!("{decision} as {capacity}: {words}")),
        (Some((decision, capacity)), None) => Some(format!("{decision} as {capacity}")),
        (None, said) => said.map(|(_, words)| words.to_owned()),
    }
}
