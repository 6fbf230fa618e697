//! The public side of the ledger as files: tiles, entry bundles and the newest checkpoint (C2SP tlog-tiles).
//!
//! They are made from the database and can be made again. Leaves hold no names and no text, so the folder may be shown to anybody.

use std::fs;
use std::io::Write;
use std::path::Path;

use ledger::tiles::{TILE_WIDTH, Tile};

use crate::ledger_tables::{StoredNodes, damaged};
use crate::{StorageError, View};

/// Writes what changed between the heads of `before` and `after` entries, and the checkpoint last.
pub(crate) fn publish(
    folder: &Path,
    view: &View<'_>,
    before: u64,
    after: u64,
    checkpoint: &str,
) -> Result<(), StorageError> {
    for tile in Tile::grown(before, after) {
        write(&folder.join(tile.to_string()), &tile.content(&StoredNodes(view))?)?;
        if let Some(path) = tile.entries_path() {
            write(&folder.join(path), &bundle(view, &tile)?)?;
        }
    }
    write(&folder.join("checkpoint"), checkpoint.as_bytes())
}

/// The entries under a tile of level 0, each behind its length in two bytes.
fn bundle(view: &View<'_>, tile: &Tile) -> Result<Vec<u8>, StorageError> {
    let first = tile.index * u64::from(TILE_WIDTH);
    let mut bytes = Vec::new();
    view.each_ledger_record(first, first + u64::from(tile.width), |record| {
        let length = u16::try_from(record.entry.len()).map_err(|_| {
            damaged(
                format!("ledger entry {}", record.index),
                "it is too long for a bundle",
            )
        })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&record.entry);
        Ok(())
    })?;
    Ok(bytes)
}

/// Puts a whole file in place, or none.
fn write(path: &Path, content: &[u8]) -> Result<(), StorageError> {
    let failed = |source| StorageError::file(path, source);
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut staged = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    staged
        .write_all(content)
        .and_then(|()| staged.as_file().sync_all())
        .map_err(failed)?;
    staged.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
