//! The package that is mutated, read once.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Cursor;

use ledger::Hash;
use ledger::canonical::{Json, parse};
use ledger::entry::Salt;
use ledger::note::{Checkpoint, SigningKey, VerifierKey};
use ledger::package::zip::Archive;
use ledger::package::{Files, Manifest, verify};

/// The most entries of a ledger whose tree is built anew for a mutant; larger ones are left out of that kind.
const TREE_SIZE_MAX: u64 = 16_384;

/// What the package says of one entry.
#[derive(Clone)]
pub struct Record {
    pub index: u64,
    pub entry: Vec<u8>,
    pub event_type: String,
    /// Payload and salt, where they are in the package.
    pub payload: Option<(Vec<u8>, Salt)>,
    /// The line of `payloads.jsonl` as it stands.
    pub payload_line: Vec<u8>,
}

/// The package in every form that a mutation starts from.
pub struct Original {
    pub archive: Vec<u8>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub hashes: BTreeMap<String, Hash>,
    pub manifest: Manifest,
    pub checkpoint: Checkpoint,
    pub records: Vec<Record>,
    /// The organisation's public key.
    pub key: VerifierKey,
    /// The organisation's private key: only with it are there mutants that the outer checks let through.
    pub signing: Option<SigningKey>,
}

impl Original {
    /// Reads a package that must be right.
    pub fn read(
        archive: Vec<u8>,
        key: VerifierKey,
        signing: Option<SigningKey>,
    ) -> Result<Self, Box<dyn Error>> {
        let opened = Archive::open(Cursor::new(archive.as_slice()))?;
        verify(&opened, &key, &[])?;
        if signing.as_ref().is_some_and(|signing| *signing.verifier() != key) {
            return Err("the signing key does not belong to the verifier key".into());
        }
        let mut files = BTreeMap::new();
        for (path, _) in opened.list() {
            files.insert(path.clone(), opened.read(&path)?.into_owned());
        }
        let hashes = files
            .iter()
            .map(|(path, content)| (path.clone(), Hash::of(content)))
            .collect();
        Ok(Self {
            manifest: Manifest::parse(&files["manifest.json"])?,
            checkpoint: Checkpoint::verify_alone(&files["ledger/checkpoint"], &key)?,
            records: records(&files).ok_or("the package holds something that this program cannot read")?,
            archive,
            files,
            hashes,
            key,
            signing,
        })
    }

    /// Whether mutants can be made whose ledger was built anew.
    pub fn has_small_tree(&self) -> bool {
        !self.records.is_empty() && self.checkpoint.size <= TREE_SIZE_MAX
    }
}

fn records(files: &BTreeMap<String, Vec<u8>>) -> Option<Vec<Record>> {
    let lines = |path: &str| {
        files[path]
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| &line[..line.len() - 1])
    };
    let rows = lines("ledger/entries.jsonl").zip(lines("ledger/payloads.jsonl"));
    rows.map(|(entry, line)| {
        let (header, said) = (parse(entry).ok()?, parse(line).ok()?);
        let payload = match (said.member("payload"), said.member("salt").and_then(Json::as_str)) {
            (Some(payload), Some(salt)) => Some((payload.to_bytes().ok()?, Salt(Hash::from_hex(salt)?.0))),
            _ => None,
        };
        Some(Record {
            index: said.member("index")?.as_number()?,
            entry: entry.to_vec(),
            event_type: header.member("type")?.as_str()?.to_owned(),
            payload,
            payload_line: line.to_vec(),
        })
    })
    .collect()
}
