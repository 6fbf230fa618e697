//! Opens evidence to look at its content: first it is recorded who looks, then the content is handed out.

use std::fs::File;
use std::io::{Seek, Write};

use basis::{Actor, Class, Refusal};
use storage::{Organisation, StorageError, VaultError};

use crate::acts::the_evidence;
use crate::rules::{self, Evidence, EvidenceId, Opening, OpeningId, Read};
use crate::store;

/// Records that the actor looks at the content. The opening fetches it, for ten minutes and for them alone.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, or `Conflict` when the content was destroyed.
pub fn open(organisation: &Organisation, actor: &Actor, id: EvidenceId) -> Result<Opening, Refusal> {
    let mut tx = organisation.begin("evidence.open")?;
    let evidence = the_evidence(&tx.view(), id)?;
    let authority = actor.may::<Read>(id, policy::current(&tx.view())?.authority())?;
    let opening = store::next_opening_id(&tx.view())?;
    tx.record(actor, rules::open(&evidence, opening, &authority)?)?;
    let opening = the_opening(store::find_opening(&tx.view(), opening)?, opening)?;
    tx.commit()?;
    Ok(opening)
}

/// The content of opened evidence, in a file that nobody else can find. Records nothing: the opening did.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden` when somebody else made the opening or it has ended, or `Conflict` when
/// the content was destroyed.
pub fn opened_content(
    organisation: &Organisation,
    actor: &Actor,
    id: EvidenceId,
    opening: OpeningId,
) -> Result<(Evidence, File), Refusal> {
    let evidence = organisation.view(|view| {
        actor.may::<Read>(id, policy::current(view)?.authority())?;
        let evidence = the_evidence(view, id)?;
        let opening = the_opening(store::find_opening(view, opening)?, opening)?;
        rules::may_fetch(&evidence, &opening, actor, organisation.now())?;
        Ok::<_, Refusal>(evidence)
    })?;
    let file = clear_copy(organisation, &evidence)?;
    Ok((evidence, file))
}

fn the_opening(found: Option<Opening>, id: OpeningId) -> Result<Opening, Refusal> {
    found.ok_or_else(|| {
        Refusal::new(Class::NotFound, "evidence", format!("there is no {id}"))
            .way_out("open the evidence first with `tagout evidence get`")
    })
}

fn clear_copy(organisation: &Organisation, evidence: &Evidence) -> Result<File, StorageError> {
    let failed = |source| StorageError::File {
        path: "a copy of the evidence in the data directory".to_owned(),
        source,
    };
    let mut file = tempfile::tempfile_in(organisation.data()).map_err(failed)?;
    organisation.each_blob_chunk(&evidence.blob.sha256, |chunk| {
        file.write_all(chunk).map_err(|source| VaultError::File {
            what: "write a copy for the reader",
            source,
        })
    })?;
    file.rewind().map_err(failed)?;
    Ok(file)
}
