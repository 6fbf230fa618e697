//! Deciding and recording what a package holds. The package itself is made when it is fetched.

use basis::{Actor, Class, Refusal};
use ledger::Hash;
use ledger::events::Events;
use ledger::merkle::leaf_hash;
use ledger::note::Checkpoint;
use ledger::package::Scope;
use storage::{Organisation, StorageError, View};

use super::Give;
use super::browse::remains_of;
use crate::rules::{
    Asked, Export, ExportId, ExportRecorded, Facts, evidence_files, resolve, select, sizes_since,
};
use crate::store;

/// A package that was decided on and recorded.
pub type Exported = Export;

/// Reads the facts of the first `size` entries, and the hashes of their leaves.
pub(super) fn read_facts(view: &View<'_>, size: u64) -> Result<(Facts, Vec<Hash>), StorageError> {
    let mut facts = Facts::default();
    let mut leaves = Vec::new();
    view.each_ledger_record(0, size, |record| {
        let entry = record.parse()?;
        leaves.push(leaf_hash(&record.entry));
        facts.add(record.index, &entry, &remains_of(&record, &entry)?);
        Ok(())
    })?;
    Ok((facts, leaves))
}

/// Signs the head, decides which entries and files belong into the package, and records it.
///
/// # Errors
/// A refusal of class `Forbidden` without the authority, `NotFound` when there is no such change, `Invalid` when nothing
/// lies in the period or a size of `since` was never reached, `Conflict` when a redaction does not fit into the period.
pub fn export(
    organisation: &Organisation,
    actor: &Actor,
    asked: &Asked,
    since: &[u64],
) -> Result<Exported, Refusal> {
    let export = organisation.view(|view| {
        let export = store::next_export_id(view)?;
        actor.may::<Give>(export, policy::current(view)?.authority())?;
        Ok::<_, Refusal>(export)
    })?;
    let signed = organisation.checkpoint()?;
    let head = Checkpoint::verify(signed.as_bytes(), &organisation.verifier_key()?)
        .map_err(|error| Refusal::new(Class::Fault, "checkpoint", error.to_string()))?;
    let recorded = organisation.view(|view| decide(view, &head, export, asked, since))?;
    let mut tx = organisation.begin("history.export")?;
    let export = store::next_export_id(&tx.view())?;
    actor.may::<Give>(export, policy::current(&tx.view())?.authority())?;
    tx.record(actor, Events::one(ExportRecorded { export, ..recorded }))?;
    let exported = store::export(&tx.view(), export)?;
    tx.commit()?;
    exported.ok_or_else(|| Refusal::new(Class::Fault, "export", "the export was not stored"))
}

fn decide(
    view: &View<'_>,
    head: &Checkpoint,
    export: ExportId,
    asked: &Asked,
    since: &[u64],
) -> Result<ExportRecorded, Refusal> {
    let (facts, _) = read_facts(view, head.size)?;
    let scope = resolve(asked, &facts)?;
    let chosen = select(&facts, &scope)?;
    let signed: Vec<u64> = view.signed_heads()?.into_iter().map(|(size, ..)| size).collect();
    let (kind, of, first, last) = match scope {
        Scope::Change { subject } => ("change", Some(subject), None, None),
        Scope::Period { first, last } => ("period", None, Some(first), Some(last)),
    };
    Ok(ExportRecorded {
        export,
        kind: kind.to_owned(),
        of,
        first,
        last,
        size: head.size,
        root: head.root,
        entries: chosen.len() as u64,
        evidence_files: evidence_files(&facts, &chosen).len() as u64,
        since: sizes_since(since, &signed, head.size)?,
        policy_version: policy::current(view)?.version,
    })
}
