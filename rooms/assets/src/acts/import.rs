//! Reading a list of systems: the difference is looked at first, and exactly that difference is applied.

use basis::{Actor, Class, Id, Refusal, Subject};
use evidence::{EvidenceId, EvidenceName, MediaType, NewEvidence};
use formats::csv_table::{Limits, Table};
use ledger::Hash;
use ledger::events::Events;
use policy::EvidenceKind;
use storage::{By, Organisation, StoredBlob, Tx, View};

use super::ImportList;
use super::mappings::mapping_named;
use crate::record::DifferenceRecord;
use crate::rules::{self, Difference, ImportId, Imported, difference};
use crate::store;

/// A list of systems that a person hands in.
#[derive(Debug, Clone, Copy)]
pub struct Import<'i> {
    /// The name of the file.
    pub file_name: &'i str,
    /// The name of the mapping by which it is read.
    pub mapping: &'i str,
    /// The file.
    pub bytes: &'i [u8],
}

/// What applying a list did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The register says so already; nothing was recorded.
    Nothing,
    /// It was applied and recorded.
    Import {
        /// Its id.
        id: ImportId,
        /// The file.
        evidence: EvidenceId,
        /// The difference.
        difference: EvidenceId,
    },
}

struct Compared {
    difference: Difference,
    record: DifferenceRecord,
    bytes: Vec<u8>,
    digest: Hash,
}

fn compare(view: &View<'_>, import: &Import<'_>, table: &Table) -> Result<Compared, Refusal> {
    let mapping = mapping_named(view, import.mapping)?;
    let (listed, rejected) = mapping.read(table).map_err(|error| unreadable(import, &error))?;
    let difference = difference(&store::all_in_use(view)?, import.mapping, listed, rejected);
    let record = DifferenceRecord::of(import.mapping, &difference);
    let (bytes, digest) = record.to_bytes().map_err(|error| {
        Refusal::new(
            Class::Fault,
            "import",
            format!("the difference has no canonical form: {error}"),
        )
        .way_out("report the fault with the file")
    })?;
    Ok(Compared {
        difference,
        record,
        bytes,
        digest,
    })
}

fn unreadable(import: &Import<'_>, error: &formats::csv_table::CsvError) -> Refusal {
    let name = EvidenceName::made_of(import.file_name);
    Refusal::new(Class::Invalid, "import", format!("`{name}`: {error}"))
        .way_out("nothing was changed; put the file right and send it again, or choose another mapping")
}

fn table_of(import: &Import<'_>) -> Result<Table, Refusal> {
    if let Some(kind) = formats::kinds::foreign(import.bytes) {
        let what = format!("{}: {kind}", import.file_name);
        return Err(Refusal::new(Class::Invalid, "kind of file", what).way_out(kind.way_out("the CSV file")));
    }
    Table::parse(import.bytes, &Limits::default()).map_err(|error| unreadable(import, &error))
}

/// What applying the list would change, and the digest by which that difference is named. Records nothing.
///
/// # Errors
/// A refusal of class `Forbidden`, `NotFound` for an unknown mapping, or `Invalid` with the place in the file.
pub fn preview(
    organisation: &Organisation,
    actor: &Actor,
    import: &Import<'_>,
) -> Result<(DifferenceRecord, Hash), Refusal> {
    organisation.view(|view| {
        actor.may::<ImportList>(actor.person, policy::current(view)?.authority())?;
        let compared = compare(view, import, &table_of(import)?)?;
        Ok((compared.record, compared.digest))
    })
}

/// Applies a list whose difference was looked at; `seen` is the digest of that difference. All of it or nothing.
///
/// # Errors
/// As [`preview`], of class `Invalid` when rows were rejected and none can be used, and of class `Conflict` when the register has changed since and the difference with it.
pub fn import(
    organisation: &Organisation,
    actor: &Actor,
    import: &Import<'_>,
    seen: Hash,
) -> Result<(DifferenceRecord, Applied), Refusal> {
    let table = table_of(import)?;
    let compared = organisation.view(|view| {
        actor.may::<ImportList>(actor.person, policy::current(view)?.authority())?;
        compare(view, import, &table)
    })?;
    check_seen(&compared, seen)?;
    compared.record.check_usable()?;
    if compared.difference.is_empty() {
        return Ok((compared.record, Applied::Nothing));
    }
    let file = organisation.store_blob(&mut { import.bytes })?;
    let shown = organisation.store_blob(&mut compared.bytes.as_slice())?;
    let stored = [file.sha256, shown.sha256];
    apply(organisation, actor, import, &table, seen, (file, shown)).inspect_err(|_| {
        for sha256 in &stored {
            // What was refused is not kept; if this fails as well, `tagout doctor` finds the file.
            let _ = organisation.destroy_blob(sha256);
        }
    })
}

fn check_seen(compared: &Compared, seen: Hash) -> Result<(), Refusal> {
    if compared.digest == seen {
        return Ok(());
    }
    let what = "the difference is no longer the one that was looked at: the register, the mapping or the file has changed";
    Err(Refusal::new(Class::Conflict, "import", what).way_out("look at the new difference, then apply that"))
}

fn apply(
    organisation: &Organisation,
    actor: &Actor,
    import: &Import<'_>,
    table: &Table,
    seen: Hash,
    (file, shown): (StoredBlob, StoredBlob),
) -> Result<(DifferenceRecord, Applied), Refusal> {
    let mut tx = organisation.begin("assets.import")?;
    let id = store::next_import_id(&tx.view())?;
    actor.may::<ImportList>(id, policy::current(&tx.view())?.authority())?;
    let compared = compare(&tx.view(), import, table)?;
    check_seen(&compared, seen)?;
    let mut by = By::from(actor);
    let name = EvidenceName::made_of(import.file_name);
    let evidence = attach(&mut tx, &by, id, (name, MediaType::Csv), file)?;
    let name = EvidenceName::made_of(&format!("{id}-difference.json"));
    let shown = attach(&mut tx, &by, id, (name, MediaType::Json), shown)?;
    let imported = Imported {
        changed: compared.difference.changed.len() as u64,
        difference: compared.digest,
        difference_evidence: shown,
        evidence,
        import: id,
        mapping: import.mapping.to_owned(),
        new: compared.difference.new.len() as u64,
        rejected: compared.difference.rejected.len() as u64,
    };
    tx.record(by.clone(), Events::one(imported))?;
    by.cause = tx.last_event();
    for new in &compared.difference.new {
        let asset = store::next_asset_id(&tx.view())?;
        tx.record(
            by.clone(),
            Events::one(rules::registered(asset, &new.details, import.mapping, Some(id))),
        )?;
    }
    for change in &compared.difference.changed {
        let asset = super::existing(&tx.view(), change.asset)?;
        tx.record(by.clone(), rules::edit(&asset, &change.details, Some(id))?)?;
    }
    tx.commit()?;
    Ok((
        compared.record,
        Applied::Import {
            id,
            evidence,
            difference: shown,
        },
    ))
}

fn attach(
    tx: &mut Tx<'_>,
    by: &By,
    import: ImportId,
    (name, media_type): (EvidenceName, MediaType),
    blob: StoredBlob,
) -> Result<EvidenceId, Refusal> {
    let taken_at = tx.organisation().now();
    let about: Vec<Subject> = vec![import.subject()];
    let new = NewEvidence {
        name,
        media_type,
        kind: EvidenceKind::Inventory,
        blob,
        about,
        objectives: vec!["r2:3.4.1[d]".to_owned()],
        is_final: true,
        taken_at,
    };
    Ok(evidence::attach(tx, by, new)?)
}
