//! `tagout verify`: the verdict on a package, from the package and one key alone.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use basis::{Class, Refusal};
use frame::terminal::{EXIT_VERIFICATION_FAILED, Output};
use ledger::note::VerifierKey;
use ledger::package::zip::Archive;
use ledger::package::{Code, Report, Scope, Wrong, verify};
use serde::Serialize;

use crate::directory::Directory;

/// No key or checkpoint is longer than this.
const NOTE_BYTES_MAX: u64 = 64 * 1024;

/// Verifies an evidence package offline. Exits with 0 when everything in it holds, with 1 and the place when not.
#[derive(Debug, clap::Args)]
pub struct VerifyCommand {
    /// The package: a ZIP archive or the directory it was unpacked into.
    package: PathBuf,
    /// The organisation's key, as it gave it to you by another way than the package, or @FILE that holds it.
    #[arg(long)]
    key: String,
    /// A checkpoint that you kept from before; the package must prove that the ledger went on from it.
    #[arg(long)]
    earlier: Vec<PathBuf>,
}

/// The verdict as it is shown.
#[derive(Debug, Serialize)]
struct Verdict {
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrong: Option<Found>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Told>,
}

#[derive(Debug, Serialize)]
struct Found {
    code: &'static str,
    place: String,
    what: String,
}

#[derive(Debug, Serialize)]
struct Told {
    origin: String,
    about: String,
    made: String,
    policy_version: u64,
    ledger_size: u64,
    root: String,
    entries: u64,
    decisions_checked: u64,
    decisions_not_checkable: u64,
    evidence_files: u64,
    sealed: usize,
    redacted: Vec<u64>,
    earlier_checkpoints: u64,
}

fn unreadable(place: &Path, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(
        Class::Invalid,
        "file",
        format!("`{}` cannot be read: {error}", place.display()),
    )
    .way_out("name a file that you may read")
}

impl VerifyCommand {
    /// Verifies, shows the verdict and answers the exit code.
    ///
    /// # Errors
    /// A refusal when there is no package to judge: a file or the key cannot be read.
    pub fn run(&self, output: Output) -> Result<u8, Refusal> {
        let key = self.key()?;
        let earlier: Vec<Vec<u8>> = self
            .earlier
            .iter()
            .map(|path| read_note(path))
            .collect::<Result<_, _>>()?;
        let earlier: Vec<Cow<'_, [u8]>> = earlier
            .iter()
            .map(|note| Cow::Borrowed(note.as_slice()))
            .collect();
        let verdict = self.judge(&key, &earlier)?;
        output.show(&verdict, words);
        Ok(if verdict.verified {
            0
        } else {
            EXIT_VERIFICATION_FAILED
        })
    }

    fn judge(&self, key: &VerifierKey, earlier: &[Cow<'_, [u8]>]) -> Result<Verdict, Refusal> {
        let kind = fs::metadata(&self.package).map_err(|error| unreadable(&self.package, &error))?;
        let judged = if kind.is_dir() {
            Directory::open(&self.package).and_then(|files| verify(&files, key, earlier))
        } else if kind.is_file() {
            let file = File::open(&self.package).map_err(|error| unreadable(&self.package, &error))?;
            Archive::open(BufReader::new(file)).and_then(|files| verify(&files, key, earlier))
        } else {
            let what = "it is neither a file nor a directory";
            Err(Wrong::new(
                Code::Archive,
                self.package.display().to_string(),
                what,
            ))
        };
        Ok(match judged {
            Ok(report) => Verdict {
                verified: true,
                wrong: None,
                report: Some(report.into()),
            },
            Err(wrong) => {
                let found = Found {
                    code: wrong.code.name(),
                    place: wrong.place,
                    what: wrong.what,
                };
                Verdict {
                    verified: false,
                    wrong: Some(found),
                    report: None,
                }
            }
        })
    }

    fn key(&self) -> Result<VerifierKey, Refusal> {
        let text = match self.key.strip_prefix('@') {
            Some(path) => String::from_utf8_lossy(&read_note(Path::new(path))?).into_owned(),
            None => self.key.clone(),
        };
        VerifierKey::parse(text.trim()).map_err(|error| {
            Refusal::new(Class::Invalid, "key", format!("the key cannot be used: {error}"))
                .way_out("ask the organisation for the line that `tagout history key` prints")
        })
    }
}

fn read_note(path: &Path) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    file.take(NOTE_BYTES_MAX)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

impl From<Report> for Told {
    fn from(report: Report) -> Self {
        let about = match &report.scope {
            Scope::Change { subject } => format!("change {subject}"),
            Scope::Period { first, last } => format!("entries {first} to {last}"),
        };
        Self {
            origin: report.origin.to_string(),
            about,
            made: report.time.to_string(),
            policy_version: report.policy_version,
            ledger_size: report.size,
            root: report.root.to_string(),
            entries: report.entries,
            decisions_checked: report.decisions_checked,
            decisions_not_checkable: report.decisions_not_checkable,
            evidence_files: report.evidence_files,
            sealed: report
                .withheld
                .iter()
                .filter(|withheld| withheld.by.is_none())
                .count(),
            redacted: report
                .withheld
                .iter()
                .filter(|withheld| withheld.by.is_some())
                .map(|one| one.index)
                .collect(),
            earlier_checkpoints: report.earlier_checkpoints,
        }
    }
}

fn words(verdict: &Verdict) -> String {
    if let Some(wrong) = &verdict.wrong {
        return format!(
            "NOT VERIFIED\n  {}: {}\n  {}",
            wrong.code, wrong.place, wrong.what
        );
    }
    let Some(told) = &verdict.report else {
        return String::new();
    };
    let redacted: Vec<String> = told.redacted.iter().map(u64::to_string).collect();
    let lines = [
        format!("VERIFIED: {} of {}, made {}", told.about, told.origin, told.made),
        format!("  ledger: {} entries, root {}", told.ledger_size, told.root),
        format!("  entries proven: {}", told.entries),
        format!(
            "  signed decisions checked: {}, not checkable: {}",
            told.decisions_checked, told.decisions_not_checkable
        ),
        format!("  evidence files: {}", told.evidence_files),
        format!(
            "  withheld: {} sealed, {} redacted",
            told.sealed,
            told.redacted.len()
        ),
        match redacted.is_empty() {
            true => "  no payload was destroyed".to_owned(),
            false => format!("  destroyed payloads: entries {}", redacted.join(", ")),
        },
        format!(
            "  earlier checkpoints that it goes on from: {}",
            told.earlier_checkpoints
        ),
        format!("  policy in force: version {}", told.policy_version),
    ];
    lines.join("\n")
}
