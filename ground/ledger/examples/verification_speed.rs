//! Measures how many entries a second the package verifier checks: `cargo run --release -p ledger --example
//! verification_speed [entries]`. Prints one line for the archive and one for the checks.

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = std::env::args().nth(1).map_or(Ok(ENTRIES), |text| text.parse())?;
    let key = SigningKey::from_seed(ORIGIN, &[42; 32])?;
    let files = package(count, &key)?;
    let archive = zip::write(&files)?;
    let start = now();
    let opened = Archive::open(Cursor::new(&archive))?;
    let opening = start.elapsed().as_secs_f64();
    let start = now();
    let report = verify(&opened, key.verifier(), &[])?;
    let checking = start.elapsed().as_secs_f64();
    let rate = |seconds: f64| report.entries as f64 / seconds;
    println!(
        "archive read and hashed: {} bytes in {opening:.3} s",
        archive.len()
    );
    println!(
        "{} entries checked in {checking:.3} s: {:.0} entries/s",
        report.entries,
        rate(checking)
    );
    println!("both: {:.0} entries/s", rate(opening + checking));
    Ok(())
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
