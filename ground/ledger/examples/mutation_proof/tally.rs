//! What is counted, and the table that says it.

use std::collections::BTreeMap;
use std::fmt;

use crate::mutant::{Allowed, Kind};
use crate::trial::Failure;

/// The most failures that are kept; the rest is only counted.
const FAILURES_MAX: usize = 20;

#[derive(Default)]
struct Row {
    mutants: u64,
    refused: u64,
    /// Accepted: only what people read was changed, and signed.
    readable: u64,
    /// Accepted: the organisation signed another list, scope or ledger that is right in itself.
    signed: u64,
    /// Accepted where nothing may be.
    wrongly: u64,
}

/// The counts of a trial.
#[derive(Default)]
pub struct Tally {
    rows: BTreeMap<Kind, Row>,
    codes: BTreeMap<String, u64>,
    /// The first failures.
    pub failures: Vec<Failure>,
    /// How many there were in all.
    pub failed: u64,
}

impl Tally {
    /// Counts a mutant and our verdict on it.
    pub fn count(&mut self, kind: Kind, allowed: Allowed, verdict: &str) {
        let row = self.rows.entry(kind).or_default();
        row.mutants += 1;
        match (verdict, allowed) {
            ("yes", Allowed::Yes) => row.readable += 1,
            ("yes", Allowed::Either) => row.signed += 1,
            ("yes", Allowed::No) => row.wrongly += 1,
            _ => row.refused += 1,
        }
        *self.codes.entry(verdict.to_owned()).or_default() += 1;
    }

    /// Counts a failure.
    pub fn fail(&mut self, failure: Failure) {
        self.failed += 1;
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        }
    }

    /// How many mutants were judged.
    pub fn mutants(&self) -> u64 {
        self.rows.values().map(|row| row.mutants).sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<20}{:<24}{:>9}{:>9}{:>14}{:>14}{:>9}",
            "level", "change", "mutants", "refused", "yes: readable", "yes: signed", "wrongly"
        )?;
        let mut all = Row::default();
        for (kind, row) in &self.rows {
            line(f, kind.level, kind.edit, row)?;
            all.mutants += row.mutants;
            all.refused += row.refused;
            all.readable += row.readable;
            all.signed += row.signed;
            all.wrongly += row.wrongly;
        }
        line(f, "all", "", &all)?;
        let codes: Vec<String> = self
            .codes
            .iter()
            .map(|(code, count)| format!("{code} {count}"))
            .collect();
        writeln!(f, "verdicts: {}", codes.join(", "))?;
        writeln!(
            f,
            "judged as they must be, by both alike: {} of {}",
            all.mutants - self.failed,
            all.mutants
        )
    }
}

fn line(f: &mut fmt::Formatter<'_>, level: &str, edit: &str, row: &Row) -> fmt::Result {
    writeln!(
        f,
        "{level:<20}{edit:<24}{:>9}{:>9}{:>14}{:>14}{:>9}",
        row.mutants, row.refused, row.readable, row.signed, row.wrongly
    )
}
