//! Making a package that was recorded: the same bytes each time, from the ledger as it was then.

use std::convert::Infallible;
use std::fs::File;
use std::io::{BufWriter, Seek, Write};

use basis::{Actor, Class, Refusal};
use ledger::Hash;
use ledger::entry::Salt;
use ledger::merkle::{MemoryTree, consistency_path, inclusion_path, leaf_hash, verify_inclusion};
use ledger::note::Checkpoint;
use ledger::package::zip::{Crc32, Writer, ZipError};
use ledger::package::{BuildError, FilesInMemory, PackageBuilder, PayloadLine};
use storage::{LedgerRecord, Organisation, StorageError, VaultError, View};

use super::Give;
use super::browse::remains_of;
use super::export::read_facts;
use crate::readable::{Chosen, Pages};
use crate::rules::{EvidenceFile, Export, ExportId, Facts, Remains, evidence_files, select};
use crate::store;

/// Everything that a package is made of.
struct Parts {
    facts: Facts,
    entries: Vec<Part>,
    evidence: Vec<EvidenceFile>,
    consistency: Vec<(u64, Vec<Hash>)>,
}

struct Part {
    record: LedgerRecord,
    chosen: Chosen,
    path: Vec<Hash>,
}

/// Makes the package of `export` as a ZIP archive in a file without a name, rewound. Only who made the export gets it.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, `Conflict` when something in it was destroyed since, `Limit` when it does
/// not fit into one archive.
pub fn package(organisation: &Organisation, actor: &Actor, id: ExportId) -> Result<(Export, File), Refusal> {
    let export = organisation.view(|view| {
        actor.may::<Give>(id, policy::current(view)?.authority())?;
        store::export(view, id)?.ok_or_else(|| {
            Refusal::new(Class::NotFound, "export", format!("there is no {id}"))
                .way_out("`tagout history exports` lists them")
        })
    })?;
    if export.exported_by != actor.person {
        let what = format!("{id} was made by {}", export.exported_by);
        return Err(Refusal::new(Class::Forbidden, "export", what).way_out("make an export of your own"));
    }
    let parts = organisation.view(|view| gather(view, &export))?;
    let files = build(organisation, &export, &parts)?;
    let file = archive(organisation, files, &parts.evidence)?;
    Ok((export, file))
}

fn gather(view: &View<'_>, export: &Export) -> Result<Parts, Refusal> {
    let (mut facts, leaves) = read_facts(view, export.size)?;
    let chosen = select(&facts, &export.scope)?;
    if chosen.len() as u64 != export.entries {
        let what = format!(
            "{} was recorded with {} entries and would have {}",
            export.export,
            export.entries,
            chosen.len()
        );
        return Err(Refusal::new(Class::Conflict, "export", what).way_out("export again"));
    }
    let evidence = evidence_files(&facts, &chosen);
    // One tree in memory serves every proof; asking the database for each takes many times as long.
    let tree = MemoryTree::new(leaves);
    let mut entries = Vec::with_capacity(chosen.len());
    for index in chosen {
        let Some(record) = view.ledger_record(index)? else {
            return Err(
                Refusal::new(Class::Fault, "history", format!("entry {index} is missing"))
                    .way_out("run `tagout doctor` on the machine that holds the data directory"),
            );
        };
        let entry = record.parse()?;
        let remains = remains_of(&record, &entry)?;
        let is_redacted = matches!(remains, Remains::Blanked(_));
        let redaction = is_redacted.then(|| facts.redaction_of(index)).flatten();
        let chosen = Chosen {
            index,
            payload: remains.whole(),
            redacted_by: redaction.map(|fact| fact.index),
            entry,
        };
        let path = proof(inclusion_path(&tree, index, export.size))?;
        verify_inclusion(index, export.size, &leaf_hash(&record.entry), &path, &export.root).map_err(
            |error| {
                unbuilt(&format!(
                    "entry {index} is not the one that was recorded: {error}"
                ))
            },
        )?;
        entries.push(Part { record, chosen, path });
    }
    facts.list.clear();
    let mut consistency = Vec::with_capacity(export.since.len());
    for since in &export.since {
        consistency.push((*since, proof(consistency_path(&tree, *since, export.size))?));
    }
    Ok(Parts {
        facts,
        entries,
        evidence,
        consistency,
    })
}

fn proof(path: Result<Option<Vec<Hash>>, Infallible>) -> Result<Vec<Hash>, Refusal> {
    match path {
        Ok(Some(path)) => Ok(path),
        Ok(None) => Err(unbuilt(&"the ledger is shorter than it was")),
        Err(never) => match never {},
    }
}

fn build(organisation: &Organisation, export: &Export, parts: &Parts) -> Result<FilesInMemory, Refusal> {
    let key = organisation.signing_key()?;
    let origin = organisation.origin().clone();
    let head = Checkpoint {
        origin: origin.clone(),
        size: export.size,
        root: export.root,
    };
    let signed = head.sign(&key).map_err(|error| unbuilt(&error))?;
    let mut builder = PackageBuilder::new(
        origin,
        export.scope.clone(),
        export.policy_version,
        export.exported_at,
        signed,
    );
    for part in &parts.entries {
        add(&mut builder, part).map_err(|error| unbuilt(&error))?;
    }
    for (size, path) in &parts.consistency {
        builder
            .consistency(*size, path)
            .map_err(|error| unbuilt(&error))?;
    }
    for file in &parts.evidence {
        builder.evidence(file.sha256, file.size);
    }
    let chosen: Vec<&Chosen> = parts.entries.iter().map(|part| &part.chosen).collect();
    let pages = Pages {
        export,
        origin: organisation.origin().as_str(),
        key: key.verifier().to_string(),
        chosen: &chosen,
        names: &parts.facts.names,
        evidence: &parts.evidence,
    };
    for (path, content) in pages.files() {
        builder
            .readable(&path, content)
            .map_err(|error| unbuilt(&error))?;
    }
    builder.finish(&key).map_err(|error| unbuilt(&error))
}

fn add(builder: &mut PackageBuilder, part: &Part) -> Result<(), BuildError> {
    let payload = match (&part.record.salt, part.chosen.redacted_by) {
        _ if part.chosen.entry.sealed => PayloadLine::Sealed,
        (None, Some(by)) => PayloadLine::Redacted { by },
        (salt, _) => PayloadLine::Clear {
            payload: &part.record.payload,
            salt: Salt(salt.unwrap_or_default()),
        },
    };
    builder.entry(part.record.index, &part.record.entry, &part.path, &payload)
}

fn unbuilt(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(
        Class::Fault,
        "export",
        format!("the package cannot be made: {error}"),
    )
    .way_out("run `tagout doctor` on the machine that holds the data directory")
}

/// Writes the archive: everything in the byte order of its paths, evidence straight from the vault.
fn archive(
    organisation: &Organisation,
    files: FilesInMemory,
    evidence: &[EvidenceFile],
) -> Result<File, Refusal> {
    let file = temporary(organisation)?;
    let mut writer = Writer::new(BufWriter::new(file));
    let mut evidence = evidence
        .iter()
        .map(|file| (format!("evidence/{}", file.sha256), file))
        .peekable();
    for (path, content) in &files.0 {
        while let Some((name, file)) = evidence.next_if(|(name, _)| name < path) {
            add_evidence(organisation, &mut writer, &name, file)?;
        }
        let mut crc = Crc32::default();
        crc.update(content);
        writer
            .add(path, content.len() as u64, crc.value(), &mut content.as_slice())
            .map_err(unwritten)?;
    }
    for (name, file) in evidence {
        add_evidence(organisation, &mut writer, &name, file)?;
    }
    let mut file = writer
        .finish()
        .map_err(unwritten)?
        .into_inner()
        .map_err(|error| unwritten(ZipError::Io(error.into_error())))?;
    file.rewind().map_err(|error| unwritten(ZipError::Io(error)))?;
    Ok(file)
}

fn temporary(organisation: &Organisation) -> Result<File, Refusal> {
    tempfile::tempfile_in(organisation.data()).map_err(|error| unwritten(ZipError::Io(error)))
}

/// The archive announces a file's check sum before its content, so the content is read once for each.
fn add_evidence(
    organisation: &Organisation,
    writer: &mut Writer<impl Write>,
    path: &str,
    file: &EvidenceFile,
) -> Result<(), Refusal> {
    let mut copy = temporary(organisation)?;
    let mut crc = Crc32::default();
    let read = organisation.each_blob_chunk(&file.blob, |chunk| {
        crc.update(chunk);
        copy.write_all(chunk).map_err(|source| VaultError::File {
            what: "write a copy for the package",
            source,
        })
    });
    match read {
        Err(StorageError::Vault(VaultError::Missing(_))) => {
            let what = format!(
                "evidence file {} was destroyed after this package was made",
                file.sha256
            );
            return Err(Refusal::new(Class::Conflict, "evidence", what).way_out("export again"));
        }
        other => other?,
    }
    copy.rewind().map_err(|error| unwritten(ZipError::Io(error)))?;
    writer
        .add(path, file.size, crc.value(), &mut copy)
        .map_err(unwritten)
}

fn unwritten(error: ZipError) -> Refusal {
    match error {
        ZipError::Full(_) => Refusal::new(Class::Limit, "export", error.to_string())
            .way_out("export one change, or a shorter period"),
        ZipError::Io(source) => Refusal::new(
            Class::Outside,
            "export",
            format!("the package cannot be written: {}", source.kind()),
        )
        .way_out("look at free space on the server's disk, then fetch it again"),
        ZipError::Order(_) | ZipError::Changed(_) => unbuilt(&error),
    }
}
