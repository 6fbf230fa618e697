//! An organisation with one kind of note, in a real folder.

use std::path::Path;
use std::sync::Arc;

use basis::{Authentication, FixedClock, Id, PersonId, SeededChance, Subject, Time};
use ledger::entry::Origin;
use ledger::events::{Event, Events};
use serde::{Deserialize, Serialize};
use storage::{
    By, CheckResult, EventKind, Migration, Organisation, Registry, Settings, Stamp, StorageError, Tables,
    World,
};

#[derive(Debug, Serialize, Deserialize)]
pub struct Noted {
    pub person: PersonId,
    pub text: String,
    pub verifier_key: String,
}

impl Event for Noted {
    const TYPE: &'static str = "tests.noted";
    const FREE_TEXT: &'static [&'static str] = &["text"];
    fn subject(&self) -> Subject {
        self.person.subject()
    }
}

fn apply(tables: &Tables<'_>, stamp: &Stamp, event: Noted) -> Result<(), StorageError> {
    let values = [stamp.index.into(), event.text.into(), stamp.time.into()];
    tables.execute(
        "insert into notes (note_id, text, noted_at) values ($1, $2, $3)",
        &values,
    )?;
    Ok(())
}

const MIGRATION: Migration = Migration {
    name: "tests/0001",
    sql: "create table notes (note_id integer primary key not null, text text not null, noted_at integer not null) strict;",
};

pub fn registry() -> Registry {
    Registry::new().room(&[MIGRATION], vec![EventKind::of::<Noted>(apply)])
}

pub fn world() -> (World, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::at(Time::parse("2026-11-22T08:00:00Z").unwrap()));
    (
        World {
            clock: clock.clone(),
            chance: Arc::new(SeededChance::new(7)),
        },
        clock,
    )
}

pub fn origin() -> Origin {
    Origin::parse("tagout.test/storage").unwrap()
}

pub fn create(folder: &Path) -> Organisation {
    Organisation::create(
        &Settings::beside(&folder.join("data")),
        &origin(),
        registry(),
        world().0,
    )
    .unwrap()
}

pub fn open(folder: &Path) -> Organisation {
    Organisation::open(&Settings::beside(&folder.join("data")), registry(), world().0).unwrap()
}

pub fn by() -> By {
    let person = PersonId::from_number(1);
    By {
        person,
        authentication: Authentication::Setup,
        behalf: None,
        cause: None,
    }
}

pub fn noted(organisation: &Organisation, text: &str) -> Noted {
    let verifier_key = organisation.verifier_key().unwrap().to_string();
    Noted {
        person: PersonId::from_number(1),
        text: text.to_owned(),
        verifier_key,
    }
}

pub fn note(organisation: &Organisation, text: &str) -> Result<(), StorageError> {
    let mut tx = organisation.begin("tests.note")?;
    tx.record(by(), Events::one(noted(organisation, text)))?;
    tx.commit()
}

pub fn notes(organisation: &Organisation) -> Vec<String> {
    organisation
        .view(|view| {
            view.rows("select text from notes order by note_id", &[], |row| {
                row.text("text")
            })
        })
        .unwrap()
}

pub fn wrongs(organisation: &Organisation) -> String {
    let wrong = organisation
        .examine()
        .unwrap()
        .into_iter()
        .filter_map(|check| match check.result {
            CheckResult::Wrong(lines) => Some(format!("{}: {}", check.name, lines.join("; "))),
            _ => None,
        });
    wrong.collect::<Vec<_>>().join("\n")
}
