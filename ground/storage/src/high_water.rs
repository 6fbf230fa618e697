//! The high-water mark: size and root of the ledger, kept outside the data directory.
//!
//! A restored older database is shorter than the mark, a forged one has another root at the mark's size. Either
//! way nothing is appended until two people record the recovery. Two slots are written in turn, so that a torn write leaves the other.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use aws_lc_rs::digest;
use ledger::Hash;

use crate::StorageError;

const MAGIC: &[u8; 8] = b"tagoutHW";
const SLOT_BYTES: usize = 8 + 8 + 8 + 32 + 32;
const SLOT_STRIDE: u64 = 512;

/// Size and root of the ledger at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// The file that holds the mark.
#[derive(Debug)]
pub struct HighWater {
    path: PathBuf,
    file: File,
    latest: Mutex<Latest>,
}

/// What was written last.
#[derive(Debug)]
struct Latest {
    turn: u64,
    size: u64,
}

impl HighWater {
    /// Opens the file, making an empty one where there is none, and reads the highest mark in it.
    pub fn open(path: &Path) -> Result<(Self, Option<Mark>), StorageError> {
        let wrong = |source| StorageError::file(path, source);
        let is_new = !path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(wrong)?;
        if is_new {
            // Without this a failure of power could take the file's name, and a missing mark refuses every act.
            flush_folder(folder_of(path))?;
        }
        let mut bytes = Vec::new();
        file.by_ref()
            .take(2 * SLOT_STRIDE)
            .read_to_end(&mut bytes)
            .map_err(wrong)?;
        let slots = [0, SLOT_STRIDE as usize].map(|at| bytes.get(at..at + SLOT_BYTES).and_then(read_slot));
        let newest = slots.into_iter().flatten().max_by_key(|(turn, _)| *turn);
        let mark = newest.map(|(_, mark)| mark);
        let latest = Latest {
            turn: newest.map_or(0, |(turn, _)| turn),
            size: mark.map_or(0, |mark| mark.size),
        };
        Ok((
            Self {
                path: path.to_owned(),
                file,
                latest: Mutex::new(latest),
            },
            mark,
        ))
    }

    /// Raises the mark; one that is not higher changes nothing, since flushes that overlap may end in either order. It reaches
    /// the disk with the next [`HighWater::flush`]; until then a power failure may leave the older mark, which refuses less
    /// but never wrongly.
    pub fn raise(&self, mark: Mark) -> Result<(), StorageError> {
        let latest = self.latest();
        if latest.turn > 0 && mark.size <= latest.size {
            return Ok(());
        }
        self.write(latest, mark)
    }

    /// Puts the mark where a recovery says, be it lower.
    pub fn replace(&self, mark: Mark) -> Result<(), StorageError> {
        self.write(self.latest(), mark)
    }

    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn write(&self, mut latest: MutexGuard<'_, Latest>, mark: Mark) -> Result<(), StorageError> {
        let turn = latest.turn + 1;
        self.file
            .write_all_at(&write_slot(turn, mark), turn % 2 * SLOT_STRIDE)
            .map_err(|source| StorageError::file(&self.path, source))?;
        *latest = Latest {
            turn,
            size: mark.size,
        };
        Ok(())
    }

    /// Brings the mark to the disk.
    pub fn flush(&self) -> Result<(), StorageError> {
        self.file
            .sync_data()
            .map_err(|source| StorageError::file(&self.path, source))
    }
}

/// Brings the names in a folder to the disk.
pub(crate) fn flush_folder(folder: &Path) -> Result<(), StorageError> {
    File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(|source| StorageError::file(folder, source))
}

/// The folder that holds `path`, which is the working directory's where the path is a bare name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn checksum(body: &[u8]) -> [u8; 32] {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest::digest(&digest::SHA256, body).as_ref());
    sum
}

fn write_slot(turn: u64, mark: Mark) -> Vec<u8> {
    let mut slot = MAGIC.to_vec();
    slot.extend_from_slice(&turn.to_be_bytes());
    slot.extend_from_slice(&mark.size.to_be_bytes());
    slot.extend_from_slice(&mark.root.0);
    let sum = checksum(&slot);
    slot.extend_from_slice(&sum);
    slot
}

fn read_slot(slot: &[u8]) -> Option<(u64, Mark)> {
    let (body, sum) = slot.split_at_checked(SLOT_BYTES - 32)?;
    if checksum(body) != sum || !body.starts_with(MAGIC) {
        return None;
    }
    let number = |at: usize| Some(u64::from_be_bytes(body.get(at..at + 8)?.try_into().ok()?));
    let root = Hash(body.get(24..56)?.try_into().ok()?);
    Some((
        number(8)?,
        Mark {
            size: number(16)?,
            root,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(size: u64) -> Mark {
        Mark {
            size,
            root: Hash([size as u8; 32]),
        }
    }

    #[test]
    fn the_highest_mark_survives_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let (file, before) = HighWater::open(&path).unwrap();
        assert_eq!(before, None);
        for size in 1..=5 {
            file.raise(mark(size)).unwrap();
        }
        assert_eq!(HighWater::open(&path).unwrap().1, Some(mark(5)));
    }

    #[test]
    fn flushes_that_end_in_another_order_never_lower_the_mark_but_a_recovery_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let (file, _) = HighWater::open(&path).unwrap();
        for size in [0, 3, 2, 3] {
            file.raise(mark(size)).unwrap();
        }
        let (file, latest) = HighWater::open(&path).unwrap();
        assert_eq!(latest, Some(mark(3)));
        file.raise(mark(1)).unwrap();
        assert_eq!(HighWater::open(&path).unwrap().1, Some(mark(3)));
        file.replace(mark(1)).unwrap();
        assert_eq!(HighWater::open(&path).unwrap().1, Some(mark(1)));
    }

    #[test]
    fn a_torn_slot_leaves_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let (file, _) = HighWater::open(&path).unwrap();
        file.raise(mark(1)).unwrap();
        file.raise(mark(2)).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[20] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(HighWater::open(&path).unwrap().1, Some(mark(1)));
    }
}
