//! The files by which a directory becomes an organisation's, made whole or taken away again.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use basis::{Class, Refusal};
use ledger::entry::Origin;

use crate::high_water::{flush_folder, folder_of};
use crate::organisation::Settings;
use crate::{Keys, StorageError, keys};

/// Refuses to make an organisation where one is, or where one's high-water mark lies.
pub(crate) fn check_unused(settings: &Settings) -> Result<(), StorageError> {
    let data = &settings.data;
    if data.join("origin").exists() {
        let what = format!("`{}` already holds an organisation", data.display());
        return Err(StorageError::Refused(
            Refusal::new(Class::Conflict, "data directory", what)
                .way_out("start it with `tagout serve`, or give another directory with `--data`"),
        ));
    }
    // An empty file has marked nothing: its organisation was never founded.
    if fs::metadata(&settings.high_water).is_ok_and(|file| file.len() > 0) {
        let what = format!(
            "`{}` is the high-water mark of another organisation",
            settings.high_water.display()
        );
        return Err(StorageError::Refused(
            Refusal::new(Class::Conflict, "high-water mark", what)
                .way_out("keep it if its organisation is still in use; otherwise move the file away"),
        ));
    }
    Ok(())
}

/// Makes the keys and, last, the file that makes the directory count as an organisation's.
pub(crate) fn make(data: &Path, origin: &Origin) -> Result<(), StorageError> {
    let failed = |source| StorageError::file(data, source);
    let half_made = keys::folder(data);
    if half_made.exists() {
        // A start that was cut off before `origin` was written left nothing that anybody relied on.
        fs::remove_dir_all(&half_made).map_err(failed)?;
    }
    Keys::create(&half_made)?;
    let mut file = File::create(data.join("origin.new")).map_err(failed)?;
    file.write_all(format!("{}\n", origin.as_str()).as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    fs::rename(data.join("origin.new"), data.join("origin")).map_err(failed)?;
    // Whoever is told of a founding relies on every name: of the directory, of its keys, of the file that makes it count.
    flush_folder(&half_made)?;
    flush_folder(data)?;
    flush_folder(folder_of(data))
}

/// Takes away what would refuse the next try. The database stays: without entries it is as good as none.
pub(crate) fn clear(settings: &Settings) -> Result<(), StorageError> {
    let origin = settings.data.join("origin");
    for path in [&settings.high_water, &origin] {
        match fs::remove_file(path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(StorageError::file(path, source));
            }
            _ => {}
        }
    }
    let keys = keys::folder(&settings.data);
    fs::remove_dir_all(&keys).map_err(|source| StorageError::file(&keys, source))
}
