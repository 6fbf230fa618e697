//! The one writer and its group commit.
//!
//! All transactions share one connection and run one after another, each but the first of a batch in a savepoint of its own. Whoever
//! is done and sees more others wait for their turn than have finished leaves the commit to them. The log is flushed after the
//! connection has been given up: half of the crowd acts while the disk is busy with the other half, and one flush serves all that
//! was finished before. An act is acknowledged only after the flush that holds it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use basis::{Actor, Authentication, PersonId, Time};
use ledger::entry::{Entry, EventId, Salt, commitment};
use ledger::events::{Events, Recorded};
use rusqlite::Connection;

use crate::acknowledged::{Acknowledged, Waited};
use crate::connection::leave_flushing_to_the_writer;
use crate::ledger_tables::{self, Head};
use crate::{AsOf, Mark, Organisation, Stamp, StorageError, View};

/// The connection that writes, and what is not yet committed on it.
pub(crate) struct Writing {
    pub(crate) connection: Connection,
    /// The head including acts that are finished but not yet committed.
    pub(crate) head: Head,
    /// Number of the last finished act.
    finished: u64,
    /// Acts finished since the last commit, and acts given up since the first of them: those too must not keep it waiting.
    batch: u64,
    /// Counts the events that rules look at, those of finished acts among them.
    as_of: AsOf,
}

/// What a commit wrote to the log, and nobody has flushed yet.
struct Written {
    upto: u64,
    as_of: AsOf,
    mark: Mark,
}

/// The writer of one organisation.
pub(crate) struct Writer {
    writing: Mutex<Writing>,
    /// The write-ahead log of the connection. A second opening of it releases no lock: SQLite has none on this file.
    log: File,
    log_path: PathBuf,
    /// How many acts wait for their turn. While there are any, one of them will see to what is finished.
    in_line: AtomicUsize,
    acknowledged: Acknowledged,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in an act drops its transaction, which takes back what it did, so the lock stays usable.
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Writer {
    /// Takes over the connection to the database at `path`, whose commits it flushes from now on.
    pub(crate) fn new(connection: Connection, path: &Path, head: Head) -> Result<Self, StorageError> {
        leave_flushing_to_the_writer(&connection)?;
        let mut log_path = path.as_os_str().to_owned();
        log_path.push("-wal");
        let log_path = PathBuf::from(log_path);
        let writing = Writing {
            connection,
            head,
            finished: 0,
            batch: 0,
            as_of: AsOf(0),
        };
        Ok(Self {
            writing: Mutex::new(writing),
            log: File::open(&log_path).map_err(|source| StorageError::file(&log_path, source))?,
            log_path,
            in_line: AtomicUsize::new(0),
            acknowledged: Acknowledged::default(),
        })
    }

    pub(crate) fn has_stopped(&self) -> bool {
        self.acknowledged.check_not_stopped().is_err()
    }

    fn is_nobody_in_line(&self) -> bool {
        self.in_line.load(Ordering::SeqCst) == 0
    }

    /// Gives the connection up: to the next in line, or after a commit if at least as many acts are finished as wait for their
    /// turn and nobody keeps the disk busy. Whoever does will see to what is finished by then.
    fn pass_on(
        &self,
        organisation: &Organisation,
        mut writing: MutexGuard<'_, Writing>,
    ) -> Result<(), StorageError> {
        let is_time = writing.batch >= self.in_line.load(Ordering::SeqCst) as u64;
        if writing.batch == 0 || !is_time || !self.acknowledged.take_flushing() {
            return Ok(());
        }
        let written = self.commit_held(&mut writing)?;
        drop(writing);
        self.flush(organisation, &written)?;
        self.acknowledged
            .flushed(written.upto, || self.is_nobody_in_line());
        Ok(())
    }

    /// Commits on a connection that the caller holds. A failure stops the writer before the connection is given up: the
    /// database may have rolled the batch back, and whoever came next would write a head over entries that are gone.
    fn commit_held(&self, writing: &mut Writing) -> Result<Written, StorageError> {
        self.acknowledged.check_not_stopped()?;
        if writing.batch > 0 {
            write_batch(writing).inspect_err(|error| self.acknowledged.stop(error))?;
        }
        Ok(Written {
            upto: writing.finished,
            as_of: writing.as_of,
            mark: Mark {
                size: writing.head.size(),
                root: writing.head.root(),
            },
        })
    }

    /// Brings what was committed to the disk. A failure stops the writer: nobody knows what the disk then holds.
    fn flush(&self, organisation: &Organisation, written: &Written) -> Result<(), StorageError> {
        self.log
            .sync_data()
            .map_err(|source| StorageError::file(&self.log_path, source))
            .and_then(|()| organisation.raise_mark(written.mark))
            .inspect_err(|error| self.acknowledged.stop(error))?;
        organisation.memory().tell_on_disk(written.as_of);
        Ok(())
    }

    /// Runs `work` on the writing connection between transactions, everything finished before being on disk, and what `work`
    /// did when this returns.
    pub(crate) fn alone<T>(
        &self,
        organisation: &Organisation,
        work: impl FnOnce(&mut Writing) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut writing = locked(&self.writing);
        let mut written = self.commit_held(&mut writing)?;
        self.flush(organisation, &written)?;
        self.acknowledged.tell(written.upto);
        // `work` commits for itself, so the disk may fail it just as it may fail a batch. What it does to the tables only it knows.
        writing.as_of.0 += 1;
        written.as_of = writing.as_of;
        let answer = work(&mut writing).inspect_err(|error| {
            if is_failed_write(error) {
                self.acknowledged.stop(error);
            }
        });
        self.flush(organisation, &written)?;
        answer
    }

    /// Waits until the act numbered `ticket` is on disk, and sees to it where nobody else does.
    fn wait_for(&self, organisation: &Organisation, ticket: u64) -> Result<(), StorageError> {
        while self.acknowledged.wait_for(ticket, || self.is_nobody_in_line())? == Waited::NobodyFlushes {
            self.pass_on(organisation, locked(&self.writing))
                .map_err(in_doubt)?;
        }
        Ok(())
    }

    pub(crate) fn begin<'o>(
        &'o self,
        organisation: &'o Organisation,
        name: &'static str,
    ) -> Result<Tx<'o>, StorageError> {
        self.acknowledged.check_not_stopped()?;
        self.in_line.fetch_add(1, Ordering::SeqCst);
        let mut writing = locked(&self.writing);
        self.in_line.fetch_sub(1, Ordering::SeqCst);
        self.acknowledged.check_not_stopped()?;
        if let Err(error) = open_act(&mut writing) {
            self.pass_on(organisation, writing)?;
            return Err(error);
        }
        let before = (writing.head.clone(), writing.as_of);
        Ok(Tx {
            organisation,
            writer: self,
            writing: Some(writing),
            before,
            name,
            last_event: None,
        })
    }
}

/// Opens the transaction of a batch, or a savepoint in it for an act that is not its first.
fn open_act(writing: &mut Writing) -> Result<(), StorageError> {
    if writing.connection.is_autocommit() {
        writing.batch = 0;
        execute(writing, "begin immediate")
    } else {
        execute(writing, "savepoint act")
    }
}

fn execute(writing: &Writing, sql: &str) -> Result<(), StorageError> {
    ledger_tables::execute(&writing.connection, sql, &[])
}

fn write_batch(writing: &mut Writing) -> Result<(), StorageError> {
    writing.head.write(&writing.connection)?;
    execute(writing, "commit")?;
    writing.batch = 0;
    Ok(())
}

fn in_doubt(error: impl std::fmt::Display) -> StorageError {
    StorageError::InDoubt(error.to_string())
}

/// Whether the disk failed or filled up, after which what is on it must be looked at anew.
fn is_failed_write(error: &StorageError) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, SystemIoFailure};
    match error {
        StorageError::Database(error) => {
            let failures = [DatabaseCorrupt, DiskFull, SystemIoFailure];
            error
                .sqlite_error_code()
                .is_some_and(|code| failures.contains(&code))
        }
        _ => false,
    }
}

/// On whose account an event is recorded.
#[derive(Debug, Clone)]
pub struct By {
    /// Who acts.
    pub person: PersonId,
    /// How they proved who they are.
    pub authentication: Authentication,
    /// On whose behalf.
    pub behalf: Option<PersonId>,
    /// The event that led to this one.
    pub cause: Option<EventId>,
}

impl From<&Actor> for By {
    fn from(actor: &Actor) -> Self {
        By {
            person: actor.person,
            authentication: actor.authentication,
            behalf: None,
            cause: None,
        }
    }
}

/// Asks for chance once, since each time costs a call of the operating system while others wait.
fn id_and_salt(organisation: &Organisation, now: Time) -> (EventId, Salt) {
    let (mut bytes, mut id, mut salt) = ([0; 48], [0; 16], [0; 32]);
    organisation.chance().fill(&mut bytes);
    id.copy_from_slice(&bytes[..16]);
    salt.copy_from_slice(&bytes[16..]);
    (EventId::new(now, id), Salt(salt))
}

/// One act's transaction: it reads what is true now, records events, and is acknowledged when it is on disk.
/// Dropped without [`Tx::commit`], it leaves no trace.
pub struct Tx<'o> {
    organisation: &'o Organisation,
    writer: &'o Writer,
    writing: Option<MutexGuard<'o, Writing>>,
    before: (Head, AsOf),
    name: &'static str,
    last_event: Option<EventId>,
}

impl<'o> Tx<'o> {
    fn writing(&mut self) -> &mut Writing {
        // INVARIANT: `writing` is only taken by `commit` and `drop`, after which nobody holds the Tx.
        match &mut self.writing {
            Some(writing) => writing,
            None => unreachable!("the transaction is over"),
        }
    }

    /// The name of the act, as it was given to `begin`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Reads what is true in this transaction.
    pub fn view(&self) -> View<'_> {
        match &self.writing {
            Some(writing) => View::of(&writing.connection),
            None => unreachable!("the transaction is over"),
        }
    }

    /// The organisation whose transaction this is.
    pub fn organisation(&self) -> &'o Organisation {
        self.organisation
    }

    /// Index that the next event will get.
    pub fn next_index(&self) -> u64 {
        self.writing.as_ref().map_or(0, |writing| writing.head.size())
    }

    /// The latest time of all entries so far.
    pub(crate) fn latest(&self) -> Option<Time> {
        self.writing.as_ref().and_then(|writing| writing.head.latest)
    }

    /// Whether what was [remembered](Organisation::remember) as of then is still what rules would see in this transaction.
    pub fn is_as_of(&self, as_of: AsOf) -> bool {
        self.writing
            .as_ref()
            .is_some_and(|writing| writing.as_of == as_of)
    }

    /// Id of the event recorded last in this transaction, to be the cause of others.
    pub fn last_event(&self) -> Option<EventId> {
        self.last_event
    }

    /// Appends the events to the ledger and carries them into the tables.
    pub fn record(&mut self, by: impl Into<By>, events: Events) -> Result<(), StorageError> {
        let by = by.into();
        let records = events
            .into_records()
            .map_err(|error| StorageError::Event(error.to_string()))?;
        for record in records {
            self.record_one(&by, record)?;
        }
        Ok(())
    }

    fn record_one(&mut self, by: &By, record: Recorded) -> Result<(), StorageError> {
        let organisation = self.organisation;
        let now = organisation.now();
        let (id, salt) = id_and_salt(organisation, now);
        let subject = record.subject.to_string();
        let entry = Entry {
            actor: by.person,
            authentication: by.authentication,
            behalf: by.behalf,
            blobs: record.blobs.clone(),
            cause: by.cause,
            commitment: commitment(&salt, &record.payload),
            id,
            origin: organisation.origin().clone(),
            previous: ledger_tables::last_about(&self.view(), &subject)?,
            sealed: record.sealed,
            subject: record.subject,
            time: now,
            event_type: record.event_type,
            type_version: record.version.into(),
        };
        let bytes = entry
            .to_bytes()
            .map_err(|error| StorageError::Event(error.to_string()))?;
        let writing = self.writing();
        let stamp: Stamp = ledger_tables::stamp_of(writing.head.size(), &entry);
        ledger_tables::append(
            &writing.connection,
            &mut writing.head,
            &entry,
            &bytes,
            &subject,
            &salt,
            &record.payload,
        )?;
        let kind = (entry.event_type.as_str(), entry.type_version);
        let registry = organisation.registry();
        registry.apply(&writing.connection, &stamp, kind, &record.payload)?;
        writing.as_of.0 += u64::from(registry.kind(kind.0, kind.1)?.is_decided_by);
        self.last_event = Some(id);
        Ok(())
    }

    pub(crate) fn connection_and_organisation(&mut self) -> (&mut Writing, &'o Organisation) {
        let organisation = self.organisation;
        (self.writing(), organisation)
    }

    /// Waits until everything recorded is on disk. What this answers with `Ok` survives the loss of power.
    pub fn commit(mut self) -> Result<(), StorageError> {
        let ticket = {
            let writing = self.writing();
            if writing.batch > 0 {
                execute(writing, "release act")?;
            }
            writing.finished += 1;
            writing.batch += 1;
            writing.finished
        };
        // Whoever commits and fails is as much in doubt as those who wait.
        let passed_on = match self.writing.take() {
            Some(writing) => self.writer.pass_on(self.organisation, writing),
            None => unreachable!("the transaction is over"),
        };
        passed_on.map_err(in_doubt)?;
        self.writer.wait_for(self.organisation, ticket)
    }
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        let Some(mut writing) = self.writing.take() else {
            return;
        };
        (writing.head, writing.as_of) = self.before.clone();
        // With nobody else's act in the batch the whole transaction can go, so that no lock outlives its reason.
        let undo = if writing.batch == 0 {
            "rollback"
        } else {
            "rollback to act; release act"
        };
        if writing.connection.execute_batch(undo).is_err() {
            // The savepoint is gone only if the whole transaction is: then the batch is lost and must not be acknowledged.
            self.writer
                .acknowledged
                .stop(&StorageError::Event("a rollback failed".to_owned()));
        }
        if writing.batch > 0 {
            writing.batch += 1;
        }
        // Others may wait for their commit; if it fails the writer has stopped, which tells them.
        let _ = self.writer.pass_on(self.organisation, writing);
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
