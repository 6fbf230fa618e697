//! Durable commits per second, alone and with 64 writers, beside bare `fdatasync` on the same disk.
//!
//! The peer appends to one file as many bytes as a commit of one writer was seen to write (log pages, checkpoints, mark) and
//! flushes them once. It keeps no table, no index and no tree.
//!
//! `cargo run --release -p benches --bin commits -- [FOLDER]`; the folder must be on the disk that is asked about.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use basis::{Authentication, Id, PersonId, Subject, SystemChance, SystemClock};
use ledger::entry::Origin;
use ledger::events::{Event, Events};
use serde::{Deserialize, Serialize};
use storage::{
    By, EventKind, Migration, Organisation, Registry, Settings, Stamp, StorageError, Tables, Value, World,
};

const COMMITS: usize = 2_000;
const WRITERS: usize = 64;
const ROUNDS: usize = 5;

#[derive(Serialize, Deserialize)]
struct Noted {
    person: PersonId,
    text: String,
}

impl Event for Noted {
    const TYPE: &'static str = "benches.noted";
    fn subject(&self) -> Subject {
        self.person.subject()
    }
}

fn apply(tables: &Tables<'_>, stamp: &Stamp, event: Noted) -> Result<(), StorageError> {
    let values = [Value::from(stamp.index), event.text.into()];
    tables
        .execute("insert into notes (note_id, text) values ($1, $2)", &values)
        .map(drop)
}

fn organisation(folder: &Path) -> Organisation {
    let migration = Migration {
        name: "benches/0001",
        sql: "create table notes (note_id integer primary key not null, text text not null) strict;",
    };
    let registry = Registry::new().room(&[migration], vec![EventKind::of::<Noted>(apply)]);
    let world = World {
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
    };
    let origin = Origin::parse("tagout/benches").expect("an origin");
    Organisation::create(&Settings::beside(&folder.join("data")), &origin, registry, world)
        .expect("an organisation")
}

fn commit(organisation: &Organisation, person: PersonId) {
    let by = By {
        person,
        authentication: Authentication::Token,
        behalf: None,
        cause: None,
    };
    let mut tx = organisation.begin("benches.note").expect("a transaction");
    tx.record(
        by,
        Events::one(Noted {
            person,
            text: "one line of text".to_owned(),
        }),
    )
    .expect("a record");
    tx.commit().expect("a commit");
}

/// The bytes that this process has written so far, to whatever file (`wchar` of proc_pid_io(5)).
fn bytes_written() -> usize {
    let io = std::fs::read_to_string("/proc/self/io").expect("Linux tells it");
    let line = io
        .lines()
        .find_map(|line| line.strip_prefix("wchar: "))
        .expect("a line of it");
    line.parse().expect("a number")
}

fn bare(folder: &Path, bytes: usize) -> std::time::Duration {
    let mut file = std::fs::File::create(folder.join("bare")).expect("a file");
    let block = vec![7; bytes];
    benches::time(|| {
        for _ in 0..COMMITS {
            file.write_all(&block)
                .and_then(|()| file.sync_data())
                .expect("a flush");
        }
    })
}

fn alone(organisation: &Organisation) -> std::time::Duration {
    benches::time(|| (0..COMMITS).for_each(|_| commit(organisation, PersonId::from_number(1))))
}

fn together(organisation: &Organisation) -> std::time::Duration {
    benches::time(|| {
        thread::scope(|scope| {
            for writer in 1..=WRITERS {
                scope.spawn(move || {
                    let person = PersonId::from_number(writer as u64);
                    (0..COMMITS * 10 / WRITERS).for_each(|_| commit(organisation, person));
                });
            }
        });
    })
}

fn main() {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder).expect("a folder");
    let organisation = organisation(folder.path());
    let before = bytes_written();
    alone(&organisation);
    let bytes = (bytes_written() - before) / COMMITS;
    println!("a commit of one writer writes {bytes} bytes");
    let (mut bares, mut alones, mut togethers) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.push(bare(folder.path(), bytes));
        alones.push(alone(&organisation));
        togethers.push(together(&organisation));
    }
    let (peer, peer_low, peer_high) = benches::rates(COMMITS, &bares);
    println!("bare fdatasync     {peer:>8.0}/s  ({peer_low:.0} to {peer_high:.0})");
    for (name, count, rounds) in [
        ("1 writer", COMMITS, &alones),
        ("64 writers", COMMITS * 10 / WRITERS * WRITERS, &togethers),
    ] {
        let (rate, low, high) = benches::rates(count, rounds);
        println!(
            "{name:<18} {rate:>8.0}/s  ({low:.0} to {high:.0})  {:.2} x bare",
            rate / peer
        );
    }
}
