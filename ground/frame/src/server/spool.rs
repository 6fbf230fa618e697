//! A file that is arriving, written to the data directory without a name, so that nothing of it is left when it is dropped.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;

use basis::{Class, Refusal};

use super::answer::Refused;
use super::limits::FILE_PIECE_BYTES;

/// What has arrived of a file.
pub(super) struct Spool {
    file: File,
    limit_bytes: u64,
    size_bytes: u64,
    /// What was not written yet: small pieces are written together.
    gathered: Vec<u8>,
}

impl Spool {
    /// An empty file of at most `limit_bytes`.
    pub(super) async fn in_folder(folder: &Path, limit_bytes: u64) -> Result<Self, Refused> {
        let folder = folder.to_owned();
        Ok(Self {
            file: on_disk(move || tempfile::tempfile_in(folder)).await?,
            limit_bytes,
            size_bytes: 0,
            gathered: Vec::with_capacity(FILE_PIECE_BYTES * 2),
        })
    }

    /// Whether the file stays within its limit with this piece.
    pub(super) fn has_room_for(&self, piece: &[u8]) -> bool {
        self.size_bytes + piece.len() as u64 <= self.limit_bytes
    }

    /// How much has arrived.
    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Takes the next piece.
    pub(super) async fn take(&mut self, piece: &[u8]) -> Result<(), Refused> {
        self.size_bytes += piece.len() as u64;
        self.gathered.extend_from_slice(piece);
        if self.gathered.len() >= FILE_PIECE_BYTES {
            self.write().await?;
        }
        Ok(())
    }

    /// The whole file, rewound.
    pub(super) async fn finish(mut self) -> Result<File, Refused> {
        self.write().await?;
        let mut file = self.file;
        on_disk(move || file.rewind().map(|()| file)).await
    }

    async fn write(&mut self) -> Result<(), Refused> {
        let mut gathered = std::mem::take(&mut self.gathered);
        let file = self.file.try_clone().map_err(|error| disk_fault(&error))?;
        self.gathered = on_disk(move || {
            (&file).write_all(&gathered)?;
            gathered.clear();
            Ok(gathered)
        })
        .await?;
        Ok(())
    }
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Refused> {
    let outcome = tokio::task::spawn_blocking(work).await;
    let outcome = outcome.map_err(std::io::Error::other).and_then(|outcome| outcome);
    outcome.map_err(|error| disk_fault(&error))
}

fn disk_fault(error: &std::io::Error) -> Refused {
    let what = format!("the server could not put the file on its disk: {}", error.kind());
    Refusal::new(Class::Outside, "disk", what)
        .way_out("free space on the disk that holds the data directory, then send the file again")
        .into()
}
