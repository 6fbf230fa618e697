//! The evidence vault: write-once files named by the SHA-256 of what is stored, encrypted under a key of their own.
//!
//! Layout of a blob: `tagoutV1`, a nonce, the blob's key wrapped by the organisation's key, then chunks of at most 1 MiB, each with its tag.
//! A chunk's nonce is its number and whether it is the last, so chunks cannot be reordered, dropped or appended.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use basis::Chance;
use ledger::Hash;

use crate::seal::{NONCE_BYTES, SealKey, TAG_BYTES};

const MAGIC: &[u8; 8] = b"tagoutV1";
const CHUNK_BYTES: usize = 1 << 20;
const WRAPPED_BYTES: usize = 32 + TAG_BYTES;
const HEADER_BYTES: usize = MAGIC.len() + NONCE_BYTES + WRAPPED_BYTES;

/// Why the vault did not take or give a blob.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// No blob of that name is there.
    #[error("evidence blob {0} is missing from the vault")]
    Missing(Hash),
    /// The blob's bytes are not those that were stored.
    #[error("evidence blob {0} was changed: {1}")]
    Changed(Hash, &'static str),
    /// The content is larger than a blob may be.
    #[error("evidence of more than {limit_bytes} bytes is refused")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The operating system said no.
    #[error("the vault could not {what}: {source}")]
    File {
        /// What was tried.
        what: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> VaultError {
    move |source| VaultError::File { what, source }
}

/// What storing a blob tells: both names and both sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    /// SHA-256 of the stored, encrypted bytes: the blob's name.
    pub sha256: Hash,
    /// Size of the stored bytes.
    pub size: u64,
    /// SHA-256 of the clear content.
    pub clear_sha256: Hash,
    /// Size of the clear content.
    pub clear_size: u64,
}

/// The folder of blobs.
#[derive(Debug)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// Opens the vault in `folder`, making it where it is missing.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(folder)
            .map_err(failed("make its folder"))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    fn path(&self, sha256: &Hash) -> PathBuf {
        let name = sha256.to_string();
        let (shelf, name) = name.split_at(2);
        self.folder.join(shelf).join(name)
    }

    pub(crate) fn store(
        &self,
        key: &SealKey,
        chance: &dyn Chance,
        content: &mut dyn Read,
        limit_bytes: u64,
    ) -> Result<StoredBlob, VaultError> {
        let mut staged = tempfile::NamedTempFile::new_in(&self.folder).map_err(failed("make a file"))?;
        let blob = encrypt(key, chance, content, staged.as_file_mut(), limit_bytes)?;
        staged.as_file().sync_all().map_err(failed("flush a blob"))?;
        let target = self.path(&blob.sha256);
        let shelf = target.parent().unwrap_or(&self.folder);
        fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(shelf)
            .map_err(failed("make a shelf"))?;
        staged
            .persist_noclobber(&target)
            .map_err(|error| failed("place a blob")(error.error))?;
        for folder in [shelf, self.folder.as_path()] {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(failed("flush its folder"))?;
        }
        Ok(blob)
    }

    /// Reads a blob whole and checks it; for content known to be small. `limit_bytes` counts clear bytes.
    pub(crate) fn read(&self, key: &SealKey, sha256: &Hash, limit_bytes: u64) -> Result<Vec<u8>, VaultError> {
        let mut content = Vec::new();
        let mut room = limit_bytes;
        self.each_chunk(key, sha256, |chunk| {
            room = room
                .checked_sub(chunk.len() as u64)
                .ok_or(VaultError::TooLarge { limit_bytes })?;
            content.extend_from_slice(chunk);
            Ok(())
        })?;
        Ok(content)
    }

    /// Hands the clear content to `take`, chunk by chunk, each already proven to be what was stored.
    pub(crate) fn each_chunk(
        &self,
        key: &SealKey,
        sha256: &Hash,
        take: impl FnMut(&[u8]) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let file = match File::open(self.path(sha256)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(VaultError::Missing(*sha256));
            }
            Err(error) => return Err(failed("open a blob")(error)),
        };
        decrypt(
            key,
            sha256,
            &mut BufReader::with_capacity(CHUNK_BYTES, file),
            take,
        )
    }

    /// Checks that the stored bytes hash to the blob's name.
    pub fn check(&self, sha256: &Hash) -> Result<(), VaultError> {
        let missing = |_| VaultError::Missing(*sha256);
        let mut file = File::open(self.path(sha256)).map_err(missing)?;
        let mut hash = Context::new(&SHA256);
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer).map_err(failed("read a blob"))? {
                0 => break,
                count => hash.update(&buffer[..count]),
            }
        }
        if hash_of(hash) == *sha256 {
            Ok(())
        } else {
            Err(VaultError::Changed(*sha256, "its bytes do not hash to its name"))
        }
    }

    /// Destroys a blob; a blob that is already gone is no error.
    pub(crate) fn destroy(&self, sha256: &Hash) -> Result<(), VaultError> {
        match fs::remove_file(self.path(sha256)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("destroy a blob")(error)),
            _ => Ok(()),
        }
    }

    /// The names of all blobs.
    pub fn names(&self) -> Result<Vec<Hash>, VaultError> {
        let mut names = Vec::new();
        for shelf in fs::read_dir(&self.folder).map_err(failed("list its shelves"))? {
            let shelf = shelf.map_err(failed("list its shelves"))?;
            if shelf.file_type().map_err(failed("list its shelves"))?.is_dir() {
                for blob in fs::read_dir(shelf.path()).map_err(failed("list a shelf"))? {
                    let blob = blob.map_err(failed("list a shelf"))?.file_name();
                    let name = format!(
                        "{}{}",
                        shelf.file_name().to_string_lossy(),
                        blob.to_string_lossy()
                    );
                    names.extend(Hash::from_hex(&name));
                }
            }
        }
        names.sort();
        Ok(names)
    }
}

fn hash_of(context: Context) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Hash(hash)
}

fn chunk_nonce(number: u64, is_last: bool) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    nonce[NONCE_BYTES - 1] = u8::from(is_last);
    nonce
}

/// Reads until `buffer` is full or the content ends.
fn read_chunk(content: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match content.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

struct HashingWriter<'f> {
    file: &'f mut File,
    hash: Context,
    size: u64,
}

impl HashingWriter<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), VaultError> {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        self.file.write_all(bytes).map_err(failed("write a blob"))
    }
}

fn encrypt(
    key: &SealKey,
    chance: &dyn Chance,
    content: &mut dyn Read,
    file: &mut File,
    limit_bytes: u64,
) -> Result<StoredBlob, VaultError> {
    let blob_key_bytes = chance.thirty_two();
    let blob_key = SealKey::new(blob_key_bytes);
    let mut nonce = [0; NONCE_BYTES];
    chance.fill(&mut nonce);
    let mut wrapped = blob_key_bytes.to_vec();
    key.close(nonce, MAGIC, &mut wrapped);

    let mut out = HashingWriter {
        file,
        hash: Context::new(&SHA256),
        size: 0,
    };
    out.put(&[MAGIC.as_slice(), &nonce, &wrapped].concat())?;
    let mut clear_hash = Context::new(&SHA256);
    let mut clear_size = 0;
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut filled = read_chunk(content, &mut buffer).map_err(failed("read the content"))?;
    for number in 0.. {
        let mut next = vec![0; CHUNK_BYTES];
        let next_filled = if filled < CHUNK_BYTES {
            0
        } else {
            read_chunk(content, &mut next).map_err(failed("read the content"))?
        };
        clear_size += filled as u64;
        if clear_size > limit_bytes {
            return Err(VaultError::TooLarge { limit_bytes });
        }
        clear_hash.update(&buffer[..filled]);
        let mut chunk = buffer[..filled].to_vec();
        blob_key.close(chunk_nonce(number, next_filled == 0), MAGIC, &mut chunk);
        out.put(&chunk)?;
        if next_filled == 0 {
            break;
        }
        (buffer, filled) = (next, next_filled);
    }
    Ok(StoredBlob {
        sha256: hash_of(out.hash),
        size: out.size,
        clear_sha256: hash_of(clear_hash),
        clear_size,
    })
}

fn decrypt(
    key: &SealKey,
    name: &Hash,
    stored: &mut dyn Read,
    mut take: impl FnMut(&[u8]) -> Result<(), VaultError>,
) -> Result<(), VaultError> {
    let changed = |what| VaultError::Changed(*name, what);
    let mut header = [0; HEADER_BYTES];
    stored
        .read_exact(&mut header)
        .map_err(|_| changed("it is cut off"))?;
    let (magic, rest) = header.split_at_mut(MAGIC.len());
    let (nonce, wrapped) = rest.split_at_mut(NONCE_BYTES);
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| changed("it is cut off"))?;
    let clear = key
        .open(nonce, magic, wrapped)
        .ok_or_else(|| changed("its key does not open with the organisation's key"))?;
    let blob_key = SealKey::new(
        clear
            .try_into()
            .map_err(|_| changed("its key has the wrong length"))?,
    );

    let mut chunk = vec![0; CHUNK_BYTES + TAG_BYTES];
    let mut filled = read_chunk(stored, &mut chunk).map_err(failed("read a blob"))?;
    for number in 0.. {
        let mut next = vec![0; CHUNK_BYTES + TAG_BYTES];
        let next_filled = if filled < chunk.len() {
            0
        } else {
            read_chunk(stored, &mut next).map_err(failed("read a blob"))?
        };
        let clear = blob_key.open(chunk_nonce(number, next_filled == 0), MAGIC, &mut chunk[..filled]);
        take(clear.ok_or_else(|| changed("its content does not open"))?)?;
        if next_filled == 0 {
            break;
        }
        (chunk, filled) = (next, next_filled);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::SeededChance;

    fn vault() -> (tempfile::TempDir, Vault, SealKey) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder.path().join("vault")).unwrap();
        (folder, vault, SealKey::new([7; 32]))
    }

    fn content(size: usize) -> Vec<u8> {
        (0..size).map(|at| (at * 31 % 251) as u8).collect()
    }

    #[test]
    fn a_blob_reads_back_at_every_size_around_a_chunk() {
        let (_folder, vault, key) = vault();
        for size in [
            0,
            1,
            CHUNK_BYTES - 1,
            CHUNK_BYTES,
            CHUNK_BYTES + 1,
            3 * CHUNK_BYTES,
        ] {
            let clear = content(size);
            let blob = vault
                .store(
                    &key,
                    &SeededChance::new(size as u64),
                    &mut clear.as_slice(),
                    u64::MAX,
                )
                .unwrap();
            assert_eq!(blob.clear_size, size as u64);
            assert_eq!(vault.read(&key, &blob.sha256, u64::MAX).unwrap(), clear);
            vault.check(&blob.sha256).unwrap();
        }
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_found() {
        let (_folder, vault, key) = vault();
        let blob = vault
            .store(&key, &SeededChance::new(1), &mut content(100).as_slice(), 100)
            .unwrap();
        let path = vault.path(&blob.sha256);
        let stored = fs::read(&path).unwrap();
        for at in 0..stored.len() {
            let mut changed = stored.clone();
            changed[at] ^= 0x40;
            fs::write(&path, &changed).unwrap();
            assert!(vault.read(&key, &blob.sha256, 1_000).is_err(), "byte {at}");
            assert!(vault.check(&blob.sha256).is_err(), "byte {at}");
            fs::write(&path, &stored[..at]).unwrap();
            assert!(vault.read(&key, &blob.sha256, 1_000).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn another_organisations_key_opens_nothing() {
        let (_folder, vault, key) = vault();
        let blob = vault
            .store(&key, &SeededChance::new(1), &mut content(9).as_slice(), 9)
            .unwrap();
        assert!(matches!(
            vault.read(&SealKey::new([8; 32]), &blob.sha256, 9),
            Err(VaultError::Changed(..))
        ));
    }

    #[test]
    fn content_at_the_limit_is_taken_and_one_byte_more_is_not() {
        let (_folder, vault, key) = vault();
        let chance = SeededChance::new(1);
        assert!(
            vault
                .store(&key, &chance, &mut content(64).as_slice(), 64)
                .is_ok()
        );
        let refused = vault.store(&key, &chance, &mut content(65).as_slice(), 64);
        assert!(matches!(refused, Err(VaultError::TooLarge { limit_bytes: 64 })));
        assert_eq!(vault.names().unwrap().len(), 1);
    }
}
