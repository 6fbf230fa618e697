//! What is remembered is what the tables say, however many write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use basis::{PersonId, Subject};
use ledger::events::{Event, Events};
use serde::{Deserialize, Serialize};
use storage::{AsOf, EventKind, Organisation, Settings, Stamp, StorageError, Tables};

use crate::house::{by, note, noted, notes, origin, registry, world};

/// Something that happened and that no rule looks at.
#[derive(Serialize, Deserialize)]
struct Seen {
    person: PersonId,
}

impl Event for Seen {
    const TYPE: &'static str = "tests.seen";
    fn subject(&self) -> Subject {
        self.person.into()
    }
}

fn apply_seen(_: &Tables<'_>, _: &Stamp, _: Seen) -> Result<(), StorageError> {
    Ok(())
}

fn create(folder: &std::path::Path) -> Organisation {
    let kinds = vec![EventKind::of::<Seen>(apply_seen).no_rule_looks_at()];
    let registry = registry().room(&[], kinds);
    Organisation::create(
        &Settings::beside(&folder.join("data")),
        &origin(),
        registry,
        world().0,
    )
    .unwrap()
}

/// How many notes there are.
fn count(organisation: &Organisation) -> (Arc<u64>, AsOf) {
    let counted = organisation.remember("notes", |view| {
        view.the("select count(*) as notes from notes", &[], |row| {
            row.count("notes")
        })
    });
    counted.map_err(|error: StorageError| error.to_string()).unwrap()
}

fn see(organisation: &Organisation) {
    let person = by().person;
    let mut tx = organisation.begin("tests.see").unwrap();
    tx.record(by(), Events::one(Seen { person })).unwrap();
    tx.commit().unwrap();
}

#[test]
fn what_was_made_once_is_kept_until_something_is_decided() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    let (first, as_of) = count(&organisation);
    see(&organisation);
    let (again, _) = count(&organisation);
    assert!(Arc::ptr_eq(&first, &again), "it was made anew");
    assert!(organisation.begin("tests.look").unwrap().is_as_of(as_of));
    note(&organisation, "two").unwrap();
    assert_eq!(*count(&organisation).0, 2);
    assert!(!organisation.begin("tests.look").unwrap().is_as_of(as_of));
}

#[test]
fn what_a_transaction_recorded_ages_what_is_remembered_only_if_it_is_committed() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    let (_, as_of) = count(&organisation);
    let mut tx = organisation.begin("tests.note").unwrap();
    tx.record(by(), Events::one(noted(&organisation, "gone")))
        .unwrap();
    assert!(!tx.is_as_of(as_of));
    drop(tx);
    assert!(organisation.begin("tests.look").unwrap().is_as_of(as_of));
    assert_eq!(*count(&organisation).0, 0);
}

#[test]
fn a_failure_is_not_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    let fails =
        organisation.remember::<u64, StorageError>("notes", |_| Err(StorageError::Event("no".to_owned())));
    assert!(fails.is_err());
    assert_eq!(*count(&organisation).0, 0);
}

#[test]
fn a_checkpoint_or_a_redaction_lets_nothing_old_stand() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    let (_, as_of) = count(&organisation);
    organisation.checkpoint().unwrap();
    assert!(!organisation.begin("tests.look").unwrap().is_as_of(as_of));
}

#[test]
fn nobody_remembers_less_than_what_was_acknowledged_before_they_asked() {
    const WRITERS: usize = 4;
    const ACTS: u64 = 60;
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    let (acknowledged, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..ACTS {
                        note(&organisation, "one of many").unwrap();
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                        see(&organisation);
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    let least = acknowledged.load(Ordering::SeqCst);
                    let (remembered, as_of) = count(&organisation);
                    assert!(*remembered >= least, "{remembered} notes, {least} acknowledged");
                    let tx = organisation.begin("tests.look").unwrap();
                    if tx.is_as_of(as_of) {
                        let sql = "select count(*) as notes from notes";
                        let now = tx.view().the(sql, &[], |row| row.count("notes")).unwrap();
                        assert_eq!(*remembered, now);
                    }
                }
            });
        }
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        is_over.store(true, Ordering::SeqCst);
    });
    assert_eq!(notes(&organisation).len() as u64, WRITERS as u64 * ACTS);
}
