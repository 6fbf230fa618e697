//! Making a data directory: whole, or so that the next try is not refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use basis::Class;
use storage::{Organisation, Settings};

use crate::house::{create, note, notes, open, origin, registry, world};

#[test]
fn a_start_that_fails_leaves_nothing_that_refuses_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let nowhere = Settings {
        data: data.clone(),
        high_water: folder.path().join("nowhere/mark"),
    };
    let refusal = Organisation::create(&nowhere, &origin(), registry(), world().0)
        .err()
        .unwrap()
        .refusal();
    assert!(refusal.what.contains("nowhere/mark"), "{refusal}");
    assert!(!data.join("keys").exists() && !data.join("origin").exists());
    note(&create(folder.path()), "one").unwrap();
}

#[test]
fn an_organisation_without_entries_can_be_abandoned_and_made_again() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path()).abandon().unwrap();
    assert!(!Settings::beside(&folder.path().join("data")).high_water.exists());
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    organisation.abandon().unwrap();
    assert_eq!(notes(&open(folder.path())), ["one"], "what is recorded stays");
}

#[test]
fn a_mark_that_was_never_raised_is_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Settings::beside(&folder.path().join("data")).high_water;
    fs::write(&mark, b"").unwrap();
    note(&create(folder.path()), "one").unwrap();
}

#[test]
fn a_directory_that_everybody_may_read_shows_nothing_but_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let opened = |mode| fs::set_permissions(&data, fs::Permissions::from_mode(mode)).unwrap();
    fs::create_dir(&data).unwrap();
    opened(0o755);
    let organisation = create(folder.path());
    note(&organisation, "one").unwrap();
    let open_to_others = || -> Vec<String> {
        let files = fs::read_dir(&data).unwrap().map(Result::unwrap);
        let is_open = |file: &fs::DirEntry| file.metadata().unwrap().permissions().mode() & 0o077 != 0;
        files
            .filter(is_open)
            .map(|file| file.file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(open_to_others(), ["origin"]);
    drop(organisation);

    // A version before made it open, and so may a copy that was restored.
    let database = data.join("tagout.sqlite");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
    note(&open(folder.path()), "two").unwrap();
    assert_eq!(open_to_others(), ["origin"]);

    opened(0o775);
    let refusal = Organisation::open(&Settings::beside(&data), registry(), world().0)
        .err()
        .unwrap()
        .refusal();
    assert!(
        refusal.what.contains("lets other accounts put files into it"),
        "{refusal}"
    );
    assert!(refusal.way_out[0].contains("chmod go-rwx"), "{refusal}");
}

#[test]
fn a_data_directory_that_is_a_file_is_named_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::write(&data, b"mine").unwrap();
    let settings = Settings::beside(&data);
    for attempt in [
        Organisation::create(&settings, &origin(), registry(), world().0),
        Organisation::open(&settings, registry(), world().0),
    ] {
        let refusal = attempt.err().unwrap().refusal();
        assert_eq!(refusal.class, Class::Outside);
        assert!(refusal.what.contains(&data.display().to_string()), "{refusal}");
        assert!(
            refusal.what.ends_with("a file is there and not a directory"),
            "{refusal}"
        );
        assert_eq!(refusal.way_out, ["name a directory with `--data`"]);
    }
    assert_eq!(fs::read(&data).unwrap(), b"mine");
}
