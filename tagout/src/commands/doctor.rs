//! `tagout doctor`: looks for damage in a data directory whose server is stopped.

use std::process::ExitCode;

use basis::{Clock, Refusal, SystemClock};
use clap::Args;
use frame::terminal::EXIT_VERIFICATION_FAILED;
use serde::Serialize;
use storage::{CheckResult, Organisation, Settings, StorageError};
use tagout::{registry, world};

use super::Common;
use super::https::{self, ByFile};

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Also replay the whole ledger and compare every table with what the events make of it
    #[arg(long)]
    rebuild: bool,
    #[command(flatten)]
    by_file: ByFile,
}

/// What to do about whatever is found wrong.
const WAY_OUT: &str = "\
do: leave the server stopped, and keep a copy of the data directory as it is
do: restore the newest copy that is sound; if it ends before the high-water mark, two people accept that: `tagout recover`";

#[derive(Serialize)]
struct Finding {
    check: String,
    outcome: &'static str,
    lines: Vec<String>,
}

fn finding(check: &str, result: CheckResult) -> Finding {
    let (outcome, lines) = match result {
        CheckResult::Right(line) => ("right", vec![line]),
        CheckResult::Wrong(lines) => ("WRONG", lines),
        CheckResult::Note(line) => ("note", vec![line]),
    };
    Finding {
        check: check.to_owned(),
        outcome,
        lines,
    }
}

fn rebuild(organisation: &Organisation) -> Finding {
    let result = match organisation.rebuild_and_compare() {
        Ok(differences) if differences.is_empty() => {
            CheckResult::Right("every table is what the events make of it".to_owned())
        }
        Ok(differences) => CheckResult::Wrong(
            differences
                .into_iter()
                .map(|found| {
                    format!(
                        "table {}: {} rows only here, {} rows only in the replay, such as {}",
                        found.table, found.only_live, found.only_replayed, found.example
                    )
                })
                .collect(),
        ),
        Err(error) => CheckResult::Wrong(vec![format!("the ledger cannot be replayed: {error}")]),
    };
    finding("rebuild", result)
}

/// Who got in without a second person: not damage, but for an assessor to ask about.
fn people(organisation: &Organisation) -> Finding {
    let alone = match organisation.view(people::alone) {
        Ok(alone) => alone,
        Err(error) => {
            return finding(
                "people",
                CheckResult::Wrong(vec![format!("they cannot be looked at: {error}")]),
            );
        }
    };
    let words = alone.into_iter().map(|(person, access)| match access.confirmed {
        Some((by, _)) => format!(
            "{} (invited by {}, confirmed since by {by})",
            person.id, access.opened_by
        ),
        None if access.opened_by == person.id => format!("{} (the founder)", person.id),
        None => format!(
            "{} (invited by {}, not confirmed since)",
            person.id, access.opened_by
        ),
    });
    let line = format!(
        "came in while nobody else could confirm who they are: {}",
        words.collect::<Vec<_>>().join(", ")
    );
    finding("people", CheckResult::Note(line))
}

fn text(findings: &[Finding]) -> String {
    let line = |found: &Finding| {
        format!(
            "{:<5}  {}: {}",
            found.outcome,
            found.check,
            found.lines.join("\n       ")
        )
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Doctor {
    /// What does not lie in the database: the certificate and the cryptographic module.
    fn look_around(&self, common: &Common) -> Vec<Finding> {
        let certificate = https::examine(&common.data, &self.by_file, SystemClock.now());
        let certificate = certificate.map(|result| finding("certificate", result));
        let module = finding("cryptographic module", https::examine_module());
        certificate.into_iter().chain([module]).collect()
    }

    fn look_at(&self, organisation: &Organisation) -> Result<Vec<Finding>, Refusal> {
        let checks = organisation.examine()?.into_iter();
        let mut findings: Vec<Finding> = checks.map(|check| finding(check.name, check.result)).collect();
        findings.push(people(organisation));
        if self.rebuild {
            findings.push(rebuild(organisation));
        }
        Ok(findings)
    }

    pub(super) fn run(self, common: &Common) -> Result<ExitCode, Refusal> {
        let settings = Settings::beside(&common.data);
        let mut findings = match Organisation::open(&settings, registry(), world()) {
            Ok(organisation) => self.look_at(&organisation)?,
            Err(error @ (StorageError::Refused(_) | StorageError::File { .. })) => return Err(error.into()),
            // What is too damaged to be opened is what the doctor was called for.
            Err(error) => vec![finding("opening", CheckResult::Wrong(vec![error.to_string()]))],
        };
        findings.extend(self.look_around(common));
        let is_sound = findings.iter().all(|found| found.outcome != "WRONG");
        if !is_sound {
            eprintln!("{WAY_OUT}");
        }
        common.output().show(&findings, |findings| text(findings));
        Ok(if is_sound {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(EXIT_VERIFICATION_FAILED)
        })
    }
}
