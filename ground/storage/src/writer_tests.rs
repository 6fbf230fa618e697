//! Writers at once on a disk that fills up.

use std::path::Path;
use std::sync::Arc;

use basis::{FixedClock, Id, SeededChance, Subject, Time};
use ledger::entry::Origin;
use ledger::events::Event;
use serde::{Deserialize, Serialize};

use super::*;
use crate::{EventKind, Migration, Registry, Settings, Tables, World};

/// Pages that the database may still grow by when the writers begin.
const PAGES_LEFT: i64 = 40;
/// Acts that each writer tries: far more than fit.
const ACTS: usize = 200;

#[derive(Serialize, Deserialize)]
struct Noted {
    person: PersonId,
    text: String,
}

impl Event for Noted {
    const TYPE: &'static str = "tests.noted";
    fn subject(&self) -> Subject {
        self.person.subject()
    }
}

fn apply(tables: &Tables<'_>, stamp: &Stamp, event: Noted) -> Result<(), StorageError> {
    let sql = "insert into notes (note_id, text) values ($1, $2)";
    tables
        .execute(sql, &[stamp.index.into(), event.text.into()])
        .map(drop)
}

const MIGRATION: Migration = Migration {
    name: "tests/0001",
    sql: "create table notes (note_id integer primary key not null, text text not null) strict;",
};

fn registry() -> Registry {
    Registry::new().room(&[MIGRATION], vec![EventKind::of::<Noted>(apply)])
}

fn world() -> World {
    World {
        clock: Arc::new(FixedClock::at(Time::parse("2026-11-22T08:00:00Z").unwrap())),
        chance: Arc::new(SeededChance::new(7)),
    }
}

fn note(organisation: &Organisation, text: &str) -> Result<(), StorageError> {
    let person = PersonId::from_number(1);
    let by = By {
        person,
        authentication: Authentication::Setup,
        behalf: None,
        cause: None,
    };
    let mut tx = organisation.begin("tests.note")?;
    let text = format!("{text}{}", ".".repeat(900));
    tx.record(by, Events::one(Noted { person, text }))?;
    tx.commit()
}

/// One organisation whose clock stands still.
fn organisation(folder: &Path) -> (Settings, Organisation) {
    let settings = Settings::beside(&folder.join("data"));
    let origin = Origin::parse("tagout.test/full").unwrap();
    let organisation = Organisation::create(&settings, &origin, registry(), world()).unwrap();
    (settings, organisation)
}

#[test]
fn writers_at_once_of_whom_some_give_up_all_come_to_an_end_and_nothing_acknowledged_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, organisation) = organisation(folder.path());
    let acknowledged: usize = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..16)
            .map(|writer| {
                let organisation = &organisation;
                let act = move |at: &usize| match (writer + at) % 5 {
                    0 => {
                        let tx = organisation.begin("tests.give_up").unwrap();
                        drop(tx);
                        false
                    }
                    1 if writer == 3 => {
                        organisation.checkpoint().unwrap();
                        false
                    }
                    _ => note(organisation, &format!("{writer}/{at} ")).is_ok(),
                };
                scope.spawn(move || (0..ACTS).filter(act).count())
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    assert_eq!(acknowledged, 16 * ACTS / 5 * 4 - ACTS / 5);
    drop(organisation);
    let organisation = Organisation::open(&settings, registry(), world()).unwrap();
    assert_eq!(organisation.standing(), crate::Standing::Sound);
    let size = organisation.view(|view| view.ledger_size()).unwrap();
    assert_eq!(size, acknowledged as u64);
}

#[test]
fn a_database_that_is_full_loses_no_acknowledged_act_of_writers_at_once_and_reopens_sound() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, organisation) = organisation(folder.path());
    note(&organisation, "first").unwrap();
    organisation
        .writer()
        .alone(&organisation, |writing| {
            let pages: i64 = writing
                .connection
                .query_row("pragma page_count", [], |row| row.get(0))?;
            writing
                .connection
                .query_row(
                    &format!("pragma max_page_count = {}", pages + PAGES_LEFT),
                    [],
                    |_| Ok(()),
                )
                .map_err(StorageError::from)
        })
        .unwrap();
    let acknowledged: usize = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let organisation = &organisation;
                let act = move |at: &usize| note(organisation, &format!("{writer}/{at} ")).is_ok();
                scope.spawn(move || (0..ACTS).filter(act).count())
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    assert!((1..8 * ACTS).contains(&acknowledged), "{acknowledged}");
    drop(organisation);
    let organisation = Organisation::open(&settings, registry(), world()).unwrap();
    let size = organisation.view(|view| view.ledger_size()).unwrap();
    // Each writer may be in doubt about one act, whose caller was told so; no acknowledged act is missing.
    let (fewest, most) = (acknowledged as u64 + 1, acknowledged as u64 + 1 + 8);
    assert!(
        (fewest..=most).contains(&size),
        "{size} entries, {acknowledged} acknowledged"
    );
    assert_eq!(organisation.rebuild_and_compare().unwrap(), []);
    for check in organisation.examine().unwrap() {
        // The events of this test name no key.
        let is_right = !matches!(check.result, crate::CheckResult::Wrong(_));
        assert!(is_right || check.name == "keys", "{check:?}");
    }
    note(&organisation, "it goes on").unwrap();
}
