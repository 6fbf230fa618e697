//! What is recorded, and what is found when it was tampered with.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;

use basis::{Id, PersonId, Span};
use ledger::events::Events;
use storage::{Organisation, Settings, Standing, StorageError};

use crate::house::*;

#[test]
fn what_was_committed_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    note(&organisation, "two").unwrap();
    drop(organisation);
    let organisation = open(folder.path());
    assert_eq!(notes(&organisation), ["one", "two"]);
    assert_eq!(organisation.rebuild_and_compare().unwrap(), []);
    assert_eq!(wrongs(&organisation), "");
}

#[test]
fn an_act_that_is_dropped_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    let mut tx = organisation.begin("tests.note").unwrap();
    tx.record(by(), Events::one(noted(&organisation, "lost")))
        .unwrap();
    drop(tx);
    note(&organisation, "two").unwrap();
    assert_eq!(notes(&organisation), ["one", "two"]);
    assert_eq!(organisation.view(|view| view.ledger_size()).unwrap(), 2);
    assert_eq!(wrongs(&organisation), "");
}

#[test]
fn records_about_somebody_come_newest_first_and_no_more_than_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    (0..4).for_each(|number| note(&organisation, &format!("{number}")).unwrap());
    let about = |number: u64, most: usize| {
        let subject = PersonId::from_number(number).subject();
        let found = organisation
            .view(|view| view.ledger_about(&subject, most))
            .unwrap();
        found.iter().map(|record| record.index).collect::<Vec<_>>()
    };
    assert_eq!(about(1, 10), [3, 2, 1, 0]);
    assert_eq!(about(1, 3), [3, 2, 1]);
    assert_eq!(about(1, 0), [0; 0]);
    assert_eq!(about(2, 10), [0; 0]);
}

#[test]
fn a_mark_is_forgotten_when_the_organisation_is_opened_anew() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    let mark = organisation.mark_until_restart("a purpose", b"a ticket");
    assert_eq!(organisation.mark_until_restart("a purpose", b"a ticket"), mark);
    drop(organisation);
    assert_ne!(
        open(folder.path()).mark_until_restart("a purpose", b"a ticket"),
        mark
    );
}

#[test]
fn writers_at_once_all_get_their_place_and_every_proof_holds() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let organisation = &organisation;
            scope
                .spawn(move || (0..75).for_each(|at| note(organisation, &format!("{writer}/{at}")).unwrap()));
        }
    });
    let size = organisation.view(|view| view.ledger_size()).unwrap();
    assert_eq!(size, 600);
    organisation
        .view(|view| {
            let root = view.ledger_root(size)?;
            for index in 0..size {
                let record = view.ledger_record(index)?.unwrap();
                let leaf = ledger::merkle::leaf_hash(&record.entry);
                let path = view.inclusion_path(index, size)?;
                ledger::merkle::verify_inclusion(index, size, &leaf, &path, &root).unwrap();
            }
            for earlier in 1..=size {
                let path = view.consistency_path(earlier, size)?;
                let before = view.ledger_root(earlier)?;
                ledger::merkle::verify_consistency(earlier, size, &path, &before, &root).unwrap();
            }
            Ok::<_, StorageError>(())
        })
        .unwrap();
    assert_eq!(organisation.rebuild_and_compare().unwrap(), []);
    assert_eq!(wrongs(&organisation), "");
}

fn copy_database(folder: &Path, from: &str, to: &str) {
    for suffix in ["", "-wal"] {
        let (from, to) = (
            folder.join(format!("{from}{suffix}")),
            folder.join(format!("{to}{suffix}")),
        );
        let _ = std::fs::remove_file(&to);
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        }
    }
    let _ = std::fs::remove_file(folder.join(format!("{to}-shm")));
}

#[test]
fn a_restored_older_copy_is_found_and_refused_until_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    drop(organisation);
    copy_database(&data, "tagout.sqlite", "old");
    let organisation = open(folder.path());
    note(&organisation, "two").unwrap();
    drop(organisation);
    copy_database(&data, "old", "tagout.sqlite");

    let organisation = open(folder.path());
    assert!(matches!(organisation.standing(), Standing::Behind { database_size: 1, mark } if mark.size == 2));
    let refusal = note(&organisation, "forked").unwrap_err().refusal();
    assert!(refusal.what.contains("an older copy was restored"), "{refusal}");
    assert!(wrongs(&organisation).contains("high-water mark: the database ends at entry 1"));

    let mut tx = organisation.begin_recovery().unwrap();
    tx.record(by(), Events::one(noted(&organisation, "recovered")))
        .unwrap();
    tx.commit().unwrap();
    organisation.accept_recovery().unwrap();
    note(&organisation, "three").unwrap();
    drop(organisation);
    assert_eq!(open(folder.path()).standing(), Standing::Sound);
}

#[test]
fn a_restored_copy_that_grew_again_is_found_by_its_root() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    drop(organisation);
    copy_database(&data, "tagout.sqlite", "old");
    let mark = folder.path().join("data.high-water");
    let old_mark = std::fs::read(&mark).unwrap();
    let organisation = open(folder.path());
    note(&organisation, "two").unwrap();
    drop(organisation);
    let newest_mark = std::fs::read(&mark).unwrap();
    copy_database(&data, "old", "tagout.sqlite");
    std::fs::write(&mark, old_mark).unwrap();
    let organisation = open(folder.path());
    note(&organisation, "another two").unwrap();
    note(&organisation, "three").unwrap();
    drop(organisation);
    std::fs::write(&mark, newest_mark).unwrap();
    assert!(matches!(open(folder.path()).standing(), Standing::Forked { mark, .. } if mark.size == 2));
    std::fs::remove_file(&mark).unwrap();
    assert_eq!(open(folder.path()).standing(), Standing::MarkMissing);
}

fn edit(folder: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(folder.join("data/tagout.sqlite")).unwrap();
    connection
        .execute_batch(
            "drop trigger ledger_entries_are_never_updated; drop trigger ledger_payloads_are_only_blanked",
        )
        .unwrap();
    connection.execute_batch(sql).unwrap();
}

#[test]
fn every_edited_row_is_named() {
    let cases = [
        ("update notes set text = 'edited' where note_id = 1", "notes"),
        (
            "update ledger_payloads set payload = cast(replace(cast(payload as text), 'two', 'six') as blob) where idx = 1",
            "payload of entry 1 (tests.noted) was edited",
        ),
        (
            "update ledger_entries set entry = cast(replace(cast(entry as text), 'setup', 'token') as blob) where idx = 1",
            "entry 1 does not hash to its stored leaf",
        ),
        ("delete from notes where note_id = 2", "notes"),
        (
            "update ledger_head set latest_at = 1",
            "latest_at is not the latest time",
        ),
    ];
    for (sql, named) in cases {
        let folder = tempfile::tempdir().unwrap();
        let organisation = create(folder.path());
        ["one", "two", "three"]
            .iter()
            .for_each(|text| note(&organisation, text).unwrap());
        drop(organisation);
        edit(folder.path(), sql);
        let organisation = open(folder.path());
        let differences = organisation
            .rebuild_and_compare()
            .map(|found| format!("{found:?}"));
        let found = format!(
            "{}\n{}",
            wrongs(&organisation),
            differences.unwrap_or_else(|error| error.to_string())
        );
        assert!(found.contains(named), "{sql}: {found}");
    }
}

#[test]
fn a_deleted_blob_and_a_credential_under_another_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    let blob = organisation.store_blob(&mut b"transcript".as_slice()).unwrap();
    assert_eq!(organisation.read_blob(&blob.sha256, 100).unwrap(), b"transcript");
    assert!(organisation.vault().check(&blob.sha256).is_ok());
    organisation.destroy_blob(&blob.sha256).unwrap();
    assert!(
        organisation
            .vault()
            .check(&blob.sha256)
            .unwrap_err()
            .to_string()
            .contains("is missing")
    );

    let sealed = organisation.seal_credential("totp PER-0001", b"secret");
    assert_eq!(
        organisation.open_credential("totp PER-0001", &sealed).unwrap(),
        b"secret"
    );
    assert!(organisation.open_credential("totp PER-0002", &sealed).is_err());
}

#[test]
fn a_swapped_key_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    drop(organisation);
    let other = tempfile::tempdir().unwrap();
    drop(create(other.path()));
    let key = |folder: &Path| folder.join("data/keys/ledger.pk8");
    std::fs::copy(key(other.path()), key(folder.path())).unwrap();
    let found = wrongs(&open(folder.path()));
    assert!(
        found.starts_with("keys: the first entry names the key tagout.test/storage+"),
        "{found}"
    );
}

#[test]
fn a_view_refuses_to_change_anything() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    let answer =
        organisation.view(|view| view.rows("delete from notes returning text", &[], |row| row.text("text")));
    assert!(answer.is_err());
    assert_eq!(notes(&organisation), ["one"]);
}

#[test]
fn the_ledger_tables_refuse_updates_and_deletions() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    drop(organisation);
    let connection = rusqlite::Connection::open(folder.path().join("data/tagout.sqlite")).unwrap();
    for sql in [
        "update ledger_entries set entry = x'00'",
        "delete from ledger_entries",
        "delete from ledger_payloads",
        "update ledger_payloads set payload = x'00'",
    ] {
        let error = connection.execute_batch(sql).unwrap_err().to_string();
        assert!(
            error.contains("never") || error.contains("only ever"),
            "{sql}: {error}"
        );
    }
}

#[test]
fn a_redacted_text_is_nowhere_in_the_data_directory_and_the_tables_still_follow_from_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    note(&organisation, "drawing number 4711-SPILL").unwrap();
    note(&organisation, "two").unwrap();
    let mut tx = organisation.begin("history.redact").unwrap();
    tx.record(by(), Events::one(noted(&organisation, "redacting")))
        .unwrap();
    tx.blank_payload(0, "[withheld]").unwrap();
    tx.commit().unwrap();
    organisation.scrub().unwrap();
    assert_eq!(notes(&organisation), ["[withheld]", "two", "redacting"]);
    assert_eq!(organisation.rebuild_and_compare().unwrap(), []);
    assert_eq!(wrongs(&organisation), "");
    for file in ["tagout.sqlite", "tagout.sqlite-wal"] {
        let bytes = std::fs::read(folder.path().join("data").join(file)).unwrap_or_default();
        assert!(!bytes.windows(10).any(|window| window == b"4711-SPILL"), "{file}");
    }
}

#[test]
fn the_latest_time_stays_whatever_a_clock_that_was_set_back_records() {
    let folder = tempfile::tempdir().unwrap();
    let (world, clock) = world();
    let settings = Settings::beside(&folder.path().join("data"));
    let organisation = Organisation::create(&settings, &origin(), registry(), world.clone()).unwrap();
    let behind =
        |organisation: &Organisation| organisation.view(|view| organisation.clock_behind(view)).unwrap();
    assert_eq!(behind(&organisation), None, "the ledger is empty");
    note(&organisation, "one").unwrap();
    assert_eq!(behind(&organisation), None);
    clock.advance(Span::hours(-1));
    for text in ["two", "three"] {
        assert_eq!(behind(&organisation), Some(Span::hours(1)));
        note(&organisation, text).unwrap();
    }
    clock.advance(Span::hours(3));
    let mut tx = organisation.begin("tests.note").unwrap();
    let event = Events::one(noted(&organisation, "given up"));
    tx.record(by(), event).unwrap();
    drop(tx);
    clock.advance(Span::hours(-3));
    note(&organisation, "four").unwrap();
    assert_eq!(
        behind(&organisation),
        Some(Span::hours(1)),
        "what was given up does not count"
    );
    drop(organisation);
    edit(folder.path(), "update ledger_head set latest_at = null");
    let organisation = Organisation::open(&settings, registry(), world).unwrap();
    assert_eq!(
        behind(&organisation),
        Some(Span::hours(1)),
        "an older head does not say it"
    );
}

#[test]
fn a_clock_that_was_set_back_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let (world, clock) = world();
    let settings = Settings::beside(&folder.path().join("data"));
    let organisation = Organisation::create(&settings, &origin(), registry(), world).unwrap();
    note(&organisation, "one").unwrap();
    clock.advance(Span::hours(-1));
    assert!(wrongs(&organisation).contains("clock: the clock shows 2026-11-22T07:00:00.000Z"));
}

#[test]
fn the_published_files_give_the_root_that_the_checkpoint_signs() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    let log = folder.path().join("data/log");
    for round in [3, 250, 10, 300] {
        (0..round).for_each(|at| note(&organisation, &at.to_string()).unwrap());
        let text = organisation.checkpoint().unwrap();
        assert_eq!(std::fs::read_to_string(log.join("checkpoint")).unwrap(), text);
        let key = organisation.verifier_key().unwrap();
        let checkpoint = ledger::note::Checkpoint::verify_alone(text.as_bytes(), &key).unwrap();
        let mut frontier = ledger::merkle::Frontier::new();
        for index in 0..checkpoint.size.div_ceil(256) {
            let width = (checkpoint.size - index * 256).min(256) as u16;
            let tile = ledger::tiles::Tile {
                level: 0,
                index,
                width,
            };
            let mut bundle = &std::fs::read(log.join(tile.entries_path().unwrap())).unwrap()[..];
            for leaf in
                ledger::tiles::Tile::hashes(&std::fs::read(log.join(tile.to_string())).unwrap()).unwrap()
            {
                let (length, rest) = bundle.split_at(2);
                let (entry, rest) = rest.split_at(u16::from_be_bytes([length[0], length[1]]).into());
                assert_eq!(ledger::merkle::leaf_hash(entry), leaf);
                bundle = rest;
                frontier.push(leaf);
            }
        }
        assert_eq!(
            (frontier.size(), frontier.root()),
            (checkpoint.size, checkpoint.root)
        );
    }
}

#[test]
fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _first = create(folder.path());
    let second = Organisation::open(
        &Settings::beside(&folder.path().join("data")),
        registry(),
        world().0,
    );
    let refusal = second.err().unwrap().refusal();
    assert!(refusal.what.starts_with("another process has"), "{refusal}");
}

#[test]
fn acts_that_are_given_up_keep_nobody_waiting_for_the_flush() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = create(folder.path());
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !is_over.load(SeqCst) {
                    drop(organisation.begin("tests.give_up").unwrap());
                }
            });
        }
        for turn in 0..20 {
            note(&organisation, &format!("turn {turn}")).unwrap();
        }
        is_over.store(true, SeqCst);
    });
    assert_eq!(notes(&organisation).len(), 20);
}
