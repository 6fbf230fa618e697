//! A room that keeps something of what a room before it says.

use std::path::Path;

use storage::{Follower, Migration, Organisation, Registry, Settings, Stamp, StorageError, Tables};

use crate::house::*;

const MIGRATION: Migration = Migration {
    name: "lengths/0001",
    sql: "create table lengths (note_id integer primary key not null, length integer not null) strict;",
};

/// Keeps how long the note is by what the table of notes says.
fn measure(tables: &Tables<'_>, stamp: &Stamp) -> Result<(), StorageError> {
    let index = [stamp.index.into()];
    let text = tables.the("select text from notes where note_id = $1", &index, |row| {
        row.text("text")
    })?;
    let values = [stamp.index.into(), (text.len() as u64).into()];
    tables
        .execute("insert into lengths (note_id, length) values ($1, $2)", &values)
        .map(drop)
}

const FOLLOWERS: [Follower; 1] = [Follower {
    event_type: "tests.noted",
    since: MIGRATION.name,
    follow: measure,
}];

fn with_lengths() -> Registry {
    registry().room(&[MIGRATION], Vec::new()).following(&FOLLOWERS)
}

fn open_with_lengths(folder: &Path) -> Organisation {
    Organisation::open(&Settings::beside(&folder.join("data")), with_lengths(), world().0).unwrap()
}

fn lengths(organisation: &Organisation) -> Vec<u64> {
    let sql = "select length from lengths order by note_id";
    organisation
        .view(|view| view.rows(sql, &[], |row| row.count("length")))
        .unwrap()
}

#[test]
fn a_room_keeps_its_own_of_an_event_of_a_room_before_it_and_it_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let organisation = open_with_lengths(folder.path());
    note(&organisation, "one").unwrap();
    note(&organisation, "three").unwrap();
    assert_eq!(lengths(&organisation), [3, 5]);
    assert_eq!(organisation.rebuild_and_compare().unwrap(), []);
    assert_eq!(wrongs(&organisation), "");
    let mut tx = organisation.begin("tests.blank").unwrap();
    tx.blank_payload(1, "gone").unwrap();
    tx.commit().unwrap();
    assert_eq!(lengths(&organisation), [3, 4]);
}

#[test]
fn what_was_recorded_before_a_room_came_to_follow_it_is_followed_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let before = create(folder.path());
    note(&before, "one").unwrap();
    note(&before, "three").unwrap();
    drop(before);
    let organisation = open_with_lengths(folder.path());
    assert_eq!(lengths(&organisation), [3, 5]);
    assert_eq!(notes(&organisation), ["one", "three"]);
    assert_eq!(wrongs(&organisation), "");
    drop(organisation);
    assert_eq!(lengths(&open_with_lengths(folder.path())), [3, 5]);
}

#[test]
#[should_panic(expected = "no room before has it")]
fn nothing_follows_an_event_that_no_room_before_has() {
    let _ = Registry::new().following(&FOLLOWERS);
}
