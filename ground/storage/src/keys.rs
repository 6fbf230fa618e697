//! The organisation's keys: files in `keys/`, readable by the server's user alone.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use basis::{Class, Refusal};

use crate::StorageError;
use crate::seal::SealKey;

/// Signs checkpoints and packages (Ed25519), signs permit tokens (ECDSA P-256), wraps blob keys and seals credentials (AES-256-GCM).
pub struct Keys {
    ledger: Vec<u8>,
    permit: EcdsaKeyPair,
    seal: SealKey,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

const LEDGER_KEY: &str = "ledger.pk8";
const PERMIT_KEY: &str = "permit.pk8";
const SEAL_KEY: &str = "seal.key";

impl Keys {
    /// Makes new keys in `folder`, which must not exist.
    pub fn create(folder: &Path) -> Result<Self, StorageError> {
        fs::DirBuilder::new()
            .mode(0o700)
            .create(folder)
            .map_err(|source| StorageError::file(folder, source))?;
        let random = SystemRandom::new();
        let failed = |_| StorageError::Event("no key could be made".to_owned());
        let ledger = Ed25519KeyPair::generate_pkcs8(&random).map_err(failed)?;
        let permit =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(failed)?;
        let mut seal = [0; 32];
        aws_lc_rs::rand::fill(&mut seal).map_err(failed)?;
        write_key(&folder.join(LEDGER_KEY), ledger.as_ref())?;
        write_key(&folder.join(PERMIT_KEY), permit.as_ref())?;
        write_key(&folder.join(SEAL_KEY), &seal)?;
        Self::load(folder)
    }

    /// Reads the keys; refuses files that others can read.
    pub fn load(folder: &Path) -> Result<Self, StorageError> {
        let ledger = read_key(&folder.join(LEDGER_KEY))?;
        let permit = read_key(&folder.join(PERMIT_KEY))?;
        let seal: [u8; 32] = read_key(&folder.join(SEAL_KEY))?
            .try_into()
            .map_err(|_| refused(&folder.join(SEAL_KEY), "is not 32 bytes long"))?;
        Ed25519KeyPair::from_pkcs8(&ledger)
            .map_err(|_| refused(&folder.join(LEDGER_KEY), "is not an Ed25519 key"))?;
        let permit = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &permit)
            .map_err(|_| refused(&folder.join(PERMIT_KEY), "is not a P-256 key"))?;
        Ok(Self {
            ledger,
            permit,
            seal: SealKey::new(seal),
        })
    }

    /// The PKCS #8 document of the Ed25519 key that signs checkpoints and packages.
    pub fn ledger_pkcs8(&self) -> &[u8] {
        &self.ledger
    }

    /// Signs with the P-256 key of permit tokens, as RFC 7518 section 3.4 wants it: the two numbers of the signature, 32 bytes each.
    pub fn sign_permit(&self, message: &[u8]) -> Result<Vec<u8>, StorageError> {
        let signature = self.permit.sign(&SystemRandom::new(), message);
        let signature =
            signature.map_err(|_| StorageError::Event("no permit token could be signed".to_owned()))?;
        Ok(signature.as_ref().to_vec())
    }

    /// The public half of that key: an uncompressed point, 04 and the two coordinates of 32 bytes each.
    pub fn permit_public(&self) -> &[u8] {
        self.permit.public_key().as_ref()
    }

    /// The key that seals credentials and wraps blob keys.
    pub(crate) fn seal(&self) -> &SealKey {
        &self.seal
    }
}

fn refused(path: &Path, what: &str) -> StorageError {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    StorageError::Refused(
        Refusal::new(Class::Fault, "keys", format!("the key file `{file}` {what}"))
            .way_out("put the organisation's own key file back from its backup"),
    )
}

fn write_key(path: &Path, bytes: &[u8]) -> Result<(), StorageError> {
    let wrong = |source| StorageError::file(path, source);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(wrong)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(wrong)
}

fn read_key(path: &Path) -> Result<Vec<u8>, StorageError> {
    let wrong = |source| StorageError::file(path, source);
    let mode = fs::metadata(path).map_err(wrong)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(refused(
            path,
            "can be read by other users; take their permissions away with `chmod 600`",
        ));
    }
    fs::read(path).map_err(wrong)
}

/// Where an organisation keeps its keys.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("keys")
}
