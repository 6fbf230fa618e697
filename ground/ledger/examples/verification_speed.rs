//! Measures how many entries a second the package verifier checks: `cargo run --release -p ledger --example
//! verification_speed [entries]`. Prints a line for each round: the archive, the checks, and both together.

use std::io::Cursor;
use std::time::Instant;

use basis::{Authentication, Id, PersonId, Subject, Time};
use ledger::Hash;
use ledger::entry::{Entry, EventId, EventType, Origin, Salt, commitment};
use ledger::merkle::{Frontier, MemoryTree, inclusion_path, leaf_hash};
use ledger::note::{Checkpoint, SigningKey};
use ledger::package::zip::{self, Archive};
use ledger::package::{PackageBuilder, PayloadLine, Scope, verify};

const ORIGIN: &str = "tagout.example/acme";
const ENTRIES: u64 = 200_000;
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = std::env::args().nth(1).map_or(Ok(ENTRIES), |text| text.parse())?;
    let key = SigningKey::from_seed(ORIGIN, &[42; 32])?;
    let files = package(count, &key)?;
    let archive = zip::write(&files)?;
    println!("{count} entries in an archive of {} bytes", archive.len());
    for _ in 0..ROUNDS {
        let (start, cpu_before) = (now(), cpu_seconds());
        let opened = Archive::open(Cursor::new(&archive))?;
        let (opening, cpu_opened) = (start.elapsed().as_secs_f64(), cpu_seconds());
        let report = verify(&opened, key.verifier(), &[])?;
        let (both, cpu_after) = (start.elapsed().as_secs_f64(), cpu_seconds());
        let rate = |seconds: f64| report.entries as f64 / seconds;
        println!(
            "archive read and hashed {opening:.3} s ({:.2} of CPU); entries checked {:.3} s ({:.2}): {:.0} entries/s; both {:.0} entries/s",
            cpu_opened - cpu_before,
            both - opening,
            cpu_after - cpu_opened,
            rate(both - opening),
            rate(both)
        );
    }
    Ok(())
}

/// The CPU time of this process with all its threads, in steps of a hundredth of a second; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: the 12th and 13th fields, user and system time in ticks (proc(5)).
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = fields
        .split_ascii_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    ticks as f64 / 100.0
}

// A measurement is of real time; nothing that is verified depends on it.
#[allow(clippy::disallowed_methods)]
fn now() -> Instant {
    Instant::now()
}

type Package = std::collections::BTreeMap<String, Vec<u8>>;

fn package(count: u64, key: &SigningKey) -> Result<Package, Box<dyn std::error::Error>> {
    let origin = Origin::parse(ORIGIN)?;
    let salt = Salt([7; 32]);
    let mut rows = Vec::new();
    let mut frontier = Frontier::new();
    for number in 0..count {
        let payload = format!(
            "{{\"asset\":\"AST-{:04}\",\"packages\":[{{\"from\":\"3.0.15-1\",\"name\":\"openssl\",\"to\":\"3.0.16-1\"}}],\"step\":{number}}}",
            number % 500 + 1
        );
        let mut chance = [0; 16];
        chance[8..].copy_from_slice(&number.to_be_bytes());
        let entry = Entry {
            actor: PersonId::from_number(number % 7 + 1),
            authentication: Authentication::PasswordTotp,
            behalf: None,
            blobs: Vec::new(),
            cause: None,
            commitment: commitment(&salt, payload.as_bytes()),
            id: EventId::new(Time::from_ms(1_795_000_000_000 + number as i64), chance),
            origin: origin.clone(),
            previous: number.checked_sub(500),
            sealed: false,
            subject: Subject::parse(&format!("AST-{:04}", number % 500 + 1)).ok_or("no subject")?,
            time: Time::from_ms(1_795_000_000_000 + number as i64),
            event_type: EventType::parse("runs.step_done")?,
            type_version: 1,
        };
        let bytes = entry.to_bytes()?;
        frontier.push(leaf_hash(&bytes));
        rows.push((bytes, payload));
    }
    let tree = MemoryTree::new(rows.iter().map(|(bytes, _)| leaf_hash(bytes)).collect());
    let root: Hash = frontier.root();
    let checkpoint = Checkpoint {
        origin: origin.clone(),
        size: count,
        root,
    }
    .sign(key)?;
    let scope = Scope::Period {
        first: 0,
        last: count.saturating_sub(1),
    };
    let mut builder = PackageBuilder::new(origin, scope, 1, Time::from_ms(1_795_000_000_000), checkpoint);
    for (index, (bytes, payload)) in rows.iter().enumerate() {
        let Ok(path) = inclusion_path(&tree, index as u64, count);
        let line = PayloadLine::Clear {
            payload: payload.as_bytes(),
            salt: salt.clone(),
        };
        builder.entry(index as u64, bytes, &path.unwrap_or_default(), &line)?;
    }
    Ok(builder.finish(key)?.0)
}
