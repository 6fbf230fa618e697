//! The command line.

use std::error::Error;
use std::path::PathBuf;
use std::thread;

use ledger::note::{SigningKey, VerifierKey};
use ledger::package::zip;

use crate::original::Original;
use crate::sample::{self, Sample};

const COUNT: u64 = 100_000;
const SEED: u64 = 1;

/// What was asked for.
pub struct Arguments {
    pub count: u64,
    pub seed: u64,
    pub verifier: PathBuf,
    pub processes: u64,
    /// Where mutants that fail are kept.
    pub keep: PathBuf,
    package: Option<PathBuf>,
    key: Option<String>,
    signing_key: Option<PathBuf>,
    is_sample: bool,
}

impl Arguments {
    /// Reads the words after the program's name.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut arguments = Self {
            count: COUNT,
            seed: SEED,
            verifier: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../verifier/verify.py")),
            processes: thread::available_parallelism().map_or(1, |cores| cores.get() as u64),
            keep: PathBuf::from("target/mutation-proof"),
            package: None,
            key: None,
            signing_key: None,
            is_sample: false,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--count" => arguments.count = value()?.parse()?,
                "--seed" => arguments.seed = value()?.parse()?,
                "--processes" => arguments.processes = value()?.parse::<u64>()?.max(1),
                "--verifier" => arguments.verifier = value()?.into(),
                "--keep" => arguments.keep = value()?.into(),
                "--key" => arguments.key = Some(value()?),
                "--signing-key" => arguments.signing_key = Some(value()?.into()),
                "--sample" => arguments.is_sample = true,
                _ if word.starts_with("--") => return Err(format!("`{word}` is not known").into()),
                _ => arguments.package = Some(word.into()),
            }
        }
        Ok(arguments)
    }

    /// The package to mutate, with its keys.
    pub fn original(&self) -> Result<Original, Box<dyn Error>> {
        if self.is_sample {
            let key = sample::key();
            let archive = zip::write(&Sample::period().package().0)?;
            return Original::read(archive, key.verifier().clone(), Some(key));
        }
        let path = self
            .package
            .as_ref()
            .ok_or("give a PACKAGE.zip with --key VKEY, or --sample")?;
        let archive = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let text = self
            .key
            .as_ref()
            .ok_or("--key is missing: the organisation's verifier key, or @FILE that holds it")?;
        let text = match text.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?,
            None => text.clone(),
        };
        let key = VerifierKey::parse(text.trim())?;
        let signing = match &self.signing_key {
            Some(file) => {
                let document = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
                Some(SigningKey::from_pkcs8(key.name(), &document)?)
            }
            None => None,
        };
        Original::read(archive, key, signing)
    }
}
