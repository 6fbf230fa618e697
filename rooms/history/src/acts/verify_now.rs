//! Looking for damage while the server runs.

use basis::{Actor, Refusal};
use storage::{Check, Organisation, TableDifference};

use super::Read;

/// How deep to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Entries, tree, payloads, evidence, high-water mark.
    Ledger,
    /// The same, and every table against what the entries make of it.
    Tables,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Examined {
    /// One line for each check.
    pub checks: Vec<Check>,
    /// Tables that differ from what the entries make of them; none when it was not looked for.
    pub tables: Option<Vec<TableDifference>>,
}

/// Examines the ledger, the vault and the high-water mark, and on demand every table.
///
/// # Errors
/// A refusal of class `Forbidden` without the authority to read the record.
pub fn verify_now(organisation: &Organisation, actor: &Actor, depth: Depth) -> Result<Examined, Refusal> {
    organisation.view(|view| {
        let policy = policy::current(view)?;
        actor.may::<Read>(actor.person, policy.authority()).map(drop)
    })?;
    let checks = organisation.examine()?;
    let tables = match depth {
        Depth::Ledger => None,
        Depth::Tables => Some(organisation.rebuild_and_compare()?),
    };
    Ok(Examined { checks, tables })
}
