//! The mappings by which lists are read: those of the program and those of the organisation.

use basis::{Actor, Class, Refusal};
use ledger::events::Events;
use storage::{Organisation, View};

use super::{ImportList, Read};
use crate::rules::{Mapping, MappingSaved, SHIPPED, check_mapping_name};
use crate::store;

/// A mapping, as it is listed.
#[derive(Debug, Clone)]
pub(crate) struct MappingShown {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) document: String,
    pub(crate) is_shipped: bool,
}

fn parsed(name: &str, document: &str) -> Result<Mapping, Refusal> {
    Mapping::parse(document).map_err(|error| {
        Refusal::new(Class::Invalid, "mapping", format!("mapping `{name}`: {error}"))
            .way_out("begin with a shipped one: `tagout asset mappings --show generic`")
    })
}

/// The mapping with this name.
pub(crate) fn mapping_named(view: &View<'_>, name: &str) -> Result<Mapping, Refusal> {
    if let Some((name, document)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
        return parsed(name, document);
    }
    match store::find_mapping(view, name)? {
        Some(stored) => parsed(&stored.name, &stored.document),
        None => {
            let shown: String = name.chars().take(60).collect();
            let names = SHIPPED
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
                .join(", ");
            Err(Refusal::new(
                Class::NotFound,
                "mapping",
                format!("there is no mapping `{shown}`"),
            )
            .way_out(format!(
                "name one of {names}, or keep your own with `tagout asset import LIST --mapping-file FILE`"
            )))
        }
    }
}

/// Keeps a mapping under a name, in place of the one that has it. Nothing is recorded where it is the same.
///
/// # Errors
/// A refusal of class `Forbidden`, or `Invalid` with what is wrong in the document or its name.
pub fn save_mapping(
    organisation: &Organisation,
    actor: &Actor,
    name: &str,
    document: &str,
) -> Result<(), Refusal> {
    check_mapping_name(name)?;
    parsed(name, document)?;
    let mut tx = organisation.begin("assets.save_mapping")?;
    actor.may::<ImportList>(actor.person, policy::current(&tx.view())?.authority())?;
    let before = store::find_mapping(&tx.view(), name)?;
    if before.as_ref().is_some_and(|before| before.document == document) {
        return Ok(());
    }
    let mapping = match before {
        Some(before) => before.id,
        None => store::next_mapping_id(&tx.view())?,
    };
    let saved = MappingSaved {
        document: document.to_owned(),
        mapping,
        name: name.to_owned(),
    };
    tx.record(actor, Events::one(saved))?;
    tx.commit()?;
    Ok(())
}

/// Every mapping that can be used.
pub(crate) fn list_mappings(
    organisation: &Organisation,
    actor: &Actor,
) -> Result<Vec<MappingShown>, Refusal> {
    organisation.view(|view| {
        actor.may::<Read>(actor.person, policy::current(view)?.authority())?;
        let shipped = SHIPPED.iter().map(|(name, document)| (*name, *document, true));
        let stored = store::mappings(view)?;
        let stored = stored
            .iter()
            .map(|stored| (stored.name.as_str(), stored.document.as_str(), false));
        let shown = |(name, document, is_shipped): (&str, &str, bool)| {
            Ok(MappingShown {
                name: name.to_owned(),
                title: parsed(name, document)?.title,
                document: document.to_owned(),
                is_shipped,
            })
        };
        shipped.chain(stored).map(shown).collect()
    })
}
