//! One company: one data directory, one database, one ledger, one vault, one set of keys.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use basis::{Chance, Class, Clock, Refusal, Time};
use ledger::Hash;
use ledger::entry::Origin;
use ledger::note::{SigningKey, VerifierKey};
use rusqlite::Connection;

use crate::beginnings::{check_unused, clear, make};
use crate::connection::{connect, connect_reader};
use crate::high_water::flush_folder;
use crate::ledger_tables::{Head, damaged, execute, root_at};
use crate::memory::Memory;
use crate::passing::PassingKey;
use crate::private;
use crate::seal::NONCE_BYTES;
use crate::writer::Writer;
use crate::{
    HighWater, Keys, Mark, Registry, StorageError, StoredBlob, Tx, Vault, VaultError, View, keys, migrations,
};

/// How many idle reading connections are kept.
const READERS_KEPT: usize = 8;
/// How large one piece of evidence may be: 4 GiB less what the package's archive needs.
pub(crate) const EVIDENCE_BYTES_MAX: u64 = 4_000_000_000;

/// Where the clock and chance of an organisation come from.
#[derive(Clone)]
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives unguessable bytes.
    pub chance: Arc<dyn Chance>,
}

/// Where an organisation's data lies.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory.
    pub data: PathBuf,
    /// The high-water mark, outside the data directory and outside its backups.
    pub high_water: PathBuf,
}

impl Settings {
    /// The data directory `data`, with its high-water mark beside it.
    pub fn beside(data: &Path) -> Self {
        let mut name = data
            .file_name()
            .unwrap_or_else(|| "tagout-data".as_ref())
            .to_owned();
        name.push(".high-water");
        Self {
            data: data.to_owned(),
            high_water: data.with_file_name(name),
        }
    }
}

/// How the database stands to its high-water mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The database holds the mark's history.
    Sound,
    /// The database is shorter than the mark: an older copy was restored.
    Behind {
        /// Entries in the database.
        database_size: u64,
        /// What the mark knows.
        mark: Mark,
    },
    /// The database is long enough but its history is another one.
    Forked {
        /// What the mark knows.
        mark: Mark,
        /// The root that the database has at that size.
        database_root: Hash,
    },
    /// There are entries but no mark.
    MarkMissing,
}

/// One organisation, opened.
pub struct Organisation {
    settings: Settings,
    origin: Origin,
    world: World,
    registry: Registry,
    keys: Keys,
    vault: Vault,
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
    memory: Memory,
    passing: PassingKey,
    high_water: HighWater,
    standing: Mutex<Standing>,
    _lock: File,
}

impl Organisation {
    /// Makes the data directory of a new organisation whose ledger has this origin, and opens it.
    pub fn create(
        settings: &Settings,
        origin: &Origin,
        registry: Registry,
        world: World,
    ) -> Result<Self, StorageError> {
        let data = &settings.data;
        check_unused(settings)?;
        fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(data)
            .map_err(|source| StorageError::file(data, source).on_the_spot())?;
        let lock = lock(data).map_err(StorageError::on_the_spot)?;
        // Another process may have made one before this one held the lock.
        check_unused(settings)?;
        make(data, origin)
            .and_then(|()| Self::open_locked(settings, registry, world, lock))
            .map_err(|error| {
                // If it cannot be cleared either, the first error says why.
                let _ = clear(settings);
                error.on_the_spot()
            })
    }

    /// Takes away what [`Organisation::create`] made, so that it can be called again. Does nothing once anything is recorded.
    pub fn abandon(self) -> Result<(), StorageError> {
        if self.view(|view| view.ledger_size())? > 0 {
            return Ok(());
        }
        clear(&self.settings)
    }

    /// Opens the organisation in the data directory, brings its schema up to date and compares it with its high-water mark.
    pub fn open(settings: &Settings, registry: Registry, world: World) -> Result<Self, StorageError> {
        read_origin(&settings.data)
            .and_then(|_| lock(&settings.data))
            .and_then(|lock| Self::open_locked(settings, registry, world, lock))
            .map_err(StorageError::on_the_spot)
    }

    fn open_locked(
        settings: &Settings,
        registry: Registry,
        world: World,
        lock: File,
    ) -> Result<Self, StorageError> {
        let data = &settings.data;
        let origin = read_origin(data)?;
        private::check_folder(data)?;
        private::keep_database(&database_path(data))?;
        let keys = Keys::load(&keys::folder(data))?;
        let mut connection = connect(&database_path(data))?;
        migrations::migrate(&mut connection, &registry)?;
        let vault = Vault::open(&data.join("vault"))?;
        flush_folder(data)?;
        let head = Head::read(&View::of(&connection))?;
        let (high_water, mark) = HighWater::open(&settings.high_water)?;
        let standing = compare(&View::of(&connection), &head, mark)?;
        Ok(Self {
            settings: settings.clone(),
            origin,
            world,
            registry,
            keys,
            vault,
            writer: Writer::new(connection, &database_path(data), head)?,
            readers: Mutex::default(),
            memory: Memory::default(),
            passing: PassingKey::new(),
            high_water,
            standing: Mutex::new(standing),
            _lock: lock,
        })
    }

    /// Starts a transaction for the act of this name.
    pub fn begin(&self, name: &'static str) -> Result<Tx<'_>, StorageError> {
        if let Some(refusal) = standing_refusal(self.standing()) {
            return Err(StorageError::Standing(refusal));
        }
        self.writer.begin(self, name)
    }

    /// Starts the transaction that records a recovery; the only one that is allowed while the mark disagrees.
    pub fn begin_recovery(&self) -> Result<Tx<'_>, StorageError> {
        self.writer.begin(self, "history.recover")
    }

    /// Takes the database as it stands for the true history from now on. Called when the recovery has been recorded.
    pub fn accept_recovery(&self) -> Result<(), StorageError> {
        let mark = self.writer.alone(self, |writing| {
            Ok(Mark {
                size: writing.head.size(),
                root: writing.head.root(),
            })
        })?;
        self.high_water.replace(mark)?;
        self.high_water.flush()?;
        *self
            .standing
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner()) = Standing::Sound;
        Ok(())
    }

    /// Reads one snapshot of the database.
    pub fn view<T, E: From<StorageError>>(
        &self,
        read: impl FnOnce(&View<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let kept = self
            .readers
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .pop();
        let connection = match kept {
            Some(connection) => connection,
            None => connect_reader(&database_path(&self.settings.data))?,
        };
        execute(&connection, "begin", &[])?;
        let answer = read(&View::of(&connection));
        if execute(&connection, "rollback", &[]).is_ok() {
            let mut readers = self
                .readers
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            if readers.len() < READERS_KEPT {
                readers.push(connection);
            }
        }
        answer
    }

    /// Stores evidence in the vault; it counts only once an event names it.
    pub fn store_blob(&self, content: &mut dyn Read) -> Result<StoredBlob, StorageError> {
        Ok(self
            .vault
            .store(self.keys.seal(), self.chance(), content, EVIDENCE_BYTES_MAX)?)
    }

    /// Reads evidence whole, up to `limit_bytes`.
    pub fn read_blob(&self, sha256: &Hash, limit_bytes: u64) -> Result<Vec<u8>, StorageError> {
        Ok(self.vault.read(self.keys.seal(), sha256, limit_bytes)?)
    }

    /// Hands evidence to `take` in pieces, each already checked.
    pub fn each_blob_chunk(
        &self,
        sha256: &Hash,
        take: impl FnMut(&[u8]) -> Result<(), VaultError>,
    ) -> Result<(), StorageError> {
        Ok(self.vault.each_chunk(self.keys.seal(), sha256, take)?)
    }

    /// Destroys a blob. Called after the event that says so has been committed.
    pub fn destroy_blob(&self, sha256: &Hash) -> Result<(), StorageError> {
        Ok(self.vault.destroy(sha256)?)
    }

    /// Seals a credential so that it can stand in a payload. `context` names its use and must be the same on opening.
    pub fn seal_credential(&self, context: &str, clear: &[u8]) -> String {
        let mut nonce = [0; NONCE_BYTES];
        self.chance().fill(&mut nonce);
        hex::encode(self.keys.seal().seal_credential(nonce, context, clear))
    }

    /// Opens a sealed credential.
    pub fn open_credential(&self, context: &str, sealed: &str) -> Result<Vec<u8>, StorageError> {
        hex::decode(sealed)
            .ok()
            .and_then(|sealed| self.keys.seal().open_credential(context, &sealed))
            .ok_or_else(|| {
                damaged(
                    format!("sealed credential for {context}"),
                    "it does not open with the organisation's key",
                )
            })
    }

    /// A mark on `message` that only this process makes, until it ends: for what a restart may forget, such as the challenge
    /// of a sign-in that has begun. HMAC-SHA-256 under a key made when the organisation was opened.
    pub fn mark_until_restart(&self, context: &str, message: &[u8]) -> [u8; 32] {
        self.passing.mark(context, message)
    }

    /// The key that signs checkpoints and packages.
    pub fn signing_key(&self) -> Result<SigningKey, StorageError> {
        SigningKey::from_pkcs8(self.origin.as_str(), self.keys.ledger_pkcs8())
            .map_err(|error| damaged("keys/ledger.pk8", error))
    }

    /// The public half of [`Organisation::signing_key`], as strangers are given it.
    pub fn verifier_key(&self) -> Result<VerifierKey, StorageError> {
        Ok(self.signing_key()?.verifier().clone())
    }

    /// The ledger's origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The vault.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.settings.data
    }

    /// The present moment, by the organisation's clock.
    pub fn now(&self) -> Time {
        self.world.clock.now()
    }

    /// The organisation's source of unguessable bytes.
    pub fn chance(&self) -> &dyn Chance {
        &*self.world.chance
    }

    /// The world that the organisation was opened with.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Whether a write failed, so that nothing more is accepted until the organisation is opened anew.
    pub fn has_stopped(&self) -> bool {
        self.writer.has_stopped()
    }

    /// How the database stands to its high-water mark.
    pub fn standing(&self) -> Standing {
        *self
            .standing
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    pub(crate) fn raise_mark(&self, mark: Mark) -> Result<(), StorageError> {
        match self.standing() {
            Standing::Sound => self.high_water.raise(mark),
            // A recovery that is being recorded raises the mark at its end, by `accept_recovery`.
            _ => Ok(()),
        }
    }

    /// Brings the high-water mark to the disk; done on a schedule and at the end.
    pub fn flush_high_water(&self) -> Result<(), StorageError> {
        self.high_water.flush()
    }
}

fn read_origin(data: &Path) -> Result<Origin, StorageError> {
    match fs::read_to_string(data.join("origin")) {
        Ok(text) => Origin::parse(text.trim_end()).map_err(|error| damaged("file `origin`", error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(StorageError::Refused(
            Refusal::new(
                Class::NotFound,
                "data directory",
                format!("`{}` holds no organisation", data.display()),
            )
            .way_out("make one with `tagout init`, or try `tagout quickstart`"),
        )),
        Err(source) => Err(StorageError::file(&data.join("origin"), source)),
    }
}

fn lock(data: &Path) -> Result<File, StorageError> {
    let path = data.join("lock");
    let file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|source| StorageError::file(&path, source))?;
    file.try_lock().map_err(|_| {
        let what = format!("another process has `{}` open", data.display());
        StorageError::Refused(
            Refusal::new(Class::Conflict, "data directory", what)
                .way_out("stop the running `tagout serve` first, or talk to it instead"),
        )
    })?;
    Ok(file)
}

pub(crate) fn database_path(data: &Path) -> PathBuf {
    data.join("tagout.sqlite")
}

fn compare(view: &View<'_>, head: &Head, mark: Option<Mark>) -> Result<Standing, StorageError> {
    let Some(mark) = mark else {
        return Ok(if head.size() == 0 {
            Standing::Sound
        } else {
            Standing::MarkMissing
        });
    };
    if head.size() < mark.size {
        return Ok(Standing::Behind {
            database_size: head.size(),
            mark,
        });
    }
    let database_root = root_at(view, mark.size)?;
    Ok(if database_root == mark.root {
        Standing::Sound
    } else {
        Standing::Forked { mark, database_root }
    })
}

pub(crate) fn standing_refusal(standing: Standing) -> Option<Refusal> {
    let what = match standing {
        Standing::Sound => return None,
        Standing::Behind { database_size, mark } => format!(
            "the database ends at entry {database_size}, but the high-water mark has seen {}: an older copy was restored",
            mark.size
        ),
        Standing::Forked { mark, .. } => format!(
            "the database's first {} entries are not those that the high-water mark has seen: its history was replaced",
            mark.size
        ),
        Standing::MarkMissing => "the database has entries but its high-water mark is missing".to_owned(),
    };
    Some(
        Refusal::new(Class::Fault, "high-water mark", what)
            .missing("nothing is recorded until the database holds the marked history again")
            .way_out("put the newest database back")
            .way_out("if it is lost, two people record the recovery with `tagout recover`"),
    )
}
