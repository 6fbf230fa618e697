//! The parts of a change as options of a command.

use std::io::Read;
use std::path::{Path, PathBuf};

use basis::{Class, Refusal, Time};
use clap::Args;

use crate::api::PartsRequest;

/// The largest file that is read for a part, in bytes; the server says what is too long for which part.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// Parts of a change. What is not named stays; a list that is named takes the place of the one before.
#[derive(Debug, Default, Args)]
pub struct PartsArgs {
    /// Why it is needed
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Why it cannot wait
    #[arg(long, value_name = "TEXT")]
    emergency_reason: Option<String>,
    /// What it does to security: a text file, `-` for standard input
    #[arg(long, value_name = "FILE")]
    security_impact: Option<PathBuf>,
    /// What stops working, for whom and for how long: a text file
    #[arg(long, value_name = "FILE")]
    availability_impact: Option<PathBuf>,
    /// How success is found out: a text file
    #[arg(long, value_name = "FILE")]
    test_plan: Option<PathBuf>,
    /// How it is undone: a text file
    #[arg(long, value_name = "FILE")]
    rollback_plan: Option<PathBuf>,
    /// Who is told what, and when: a text file
    #[arg(long, value_name = "FILE")]
    communication_plan: Option<PathBuf>,
    /// An asset it touches, by name or id; repeat it for more
    #[arg(long = "asset", value_name = "ASSET")]
    assets: Vec<String>,
    /// A finding it is for; repeat it for more
    #[arg(long = "finding", value_name = "FINDING")]
    findings: Vec<String>,
    /// A person who carries it out, by handle or id; repeat it for more
    #[arg(long = "executor", value_name = "PERSON")]
    executors: Vec<String>,
    /// A line to tick off; repeat it for more
    #[arg(long = "check", value_name = "TEXT")]
    checklist: Vec<String>,
    /// When the window begins, such as 2026-11-28T18:00:00Z
    #[arg(long)]
    from: Option<Time>,
    /// When the window ends
    #[arg(long)]
    until: Option<Time>,
    /// The policy document to adopt
    #[arg(long, value_name = "FILE")]
    policy_draft: Option<PathBuf>,
}

impl PartsArgs {
    pub(super) fn request(self) -> Result<PartsRequest, Refusal> {
        let file = |path: Option<PathBuf>| path.map(|path| read(&path)).transpose();
        let list = |items: Vec<String>| Some(items).filter(|items| !items.is_empty());
        Ok(PartsRequest {
            reason: self.reason,
            emergency_reason: self.emergency_reason,
            security_impact: file(self.security_impact)?,
            availability_impact: file(self.availability_impact)?,
            test_plan: file(self.test_plan)?,
            rollback_plan: file(self.rollback_plan)?,
            communication_plan: file(self.communication_plan)?,
            assets: list(self.assets),
            findings: list(self.findings),
            executors: list(self.executors),
            checklist: list(self.checklist),
            from: self.from,
            until: self.until,
            policy_draft: file(self.policy_draft)?,
        })
    }
}

/// Reads a text file, or standard input for `-`.
pub(super) fn read(path: &Path) -> Result<String, Refusal> {
    let wrong = |what: String| {
        Refusal::new(Class::Invalid, "file", format!("`{}`: {what}", path.display()))
            .way_out("give a text file in UTF-8")
    };
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| wrong(error.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(wrong(format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    String::from_utf8(bytes)
        .map_err(|error| wrong(format!("byte {} is not UTF-8", error.utf8_error().valid_up_to())))
}
