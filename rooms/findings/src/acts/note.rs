//! Records what looks at assets led to: events in batches, and the lines of the difference that becomes evidence.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};

use assets::AssetId;
use basis::{Id, Subject, Time};
use ledger::events::Events;
use serde::Serialize;
use serde_json::json;
use storage::{By, Organisation, StorageError, StoredBlob, Tx};

use super::unwritable;
use crate::rules::{
    Counts, FINDINGS_PER_EVENT_MAX, Finding, FindingId, Gone, GoneAs, GoneFinding, Judgement, Opened,
    OpenedFinding, Outcome, SeenAgain, SeenFinding, SightingRecord, WentAway, weight,
};

/// Takes judgements, records their events, and keeps count and difference.
pub(super) struct Notes {
    source: Subject,
    by: By,
    opened: Vec<OpenedFinding>,
    seen: Vec<SeenFinding>,
    gone: Vec<GoneFinding>,
    pub(super) counts: Counts,
    lines: Option<BufWriter<File>>,
    next: FindingId,
}

impl Notes {
    /// Notes of one scan or match, without a difference; new findings are numbered from `next`.
    pub(super) fn plain(by: &By, source: Subject, next: FindingId) -> Self {
        Self {
            source,
            by: by.clone(),
            opened: Vec::new(),
            seen: Vec::new(),
            gone: Vec::new(),
            counts: Counts::default(),
            lines: None,
            next,
        }
    }

    /// The same, with a difference that is kept in a working file of the data directory.
    pub(super) fn with_difference(mut self, organisation: &Organisation) -> Result<Self, StorageError> {
        let file = tempfile::tempfile_in(organisation.data()).map_err(file_error)?;
        self.lines = Some(BufWriter::new(file));
        Ok(self)
    }

    /// The number that the next new finding gets.
    pub(super) fn next(&self) -> FindingId {
        self.next
    }

    /// Writes a line of the difference.
    pub(super) fn line(&mut self, line: &impl Serialize) -> Result<(), StorageError> {
        let Some(lines) = &mut self.lines else {
            return Ok(());
        };
        serde_json::to_writer(&mut *lines, line).map_err(|error| unwritable(&error))?;
        lines.write_all(b"\n").map_err(file_error)
    }

    /// Takes what followed from one look at an asset.
    pub(super) fn take(
        &mut self,
        tx: &mut Tx<'_>,
        asset: AssetId,
        known: &[Finding],
        at: Time,
        judgement: Judgement,
    ) -> Result<(), StorageError> {
        for new in judgement.opened {
            let Some(first) = new.sightings.first() else {
                continue;
            };
            let worst = new
                .sightings
                .iter()
                .max_by_key(|sighting| weight(sighting.rated.severity))
                .unwrap_or(first);
            self.line(&json!({
                "what": "opened", "finding": new.finding, "asset": asset, "vulnerability": first.vulnerability,
                "location": first.location, "severity": worst.rated.severity.name(), "title": worst.title,
            }))?;
            self.counts.opened += 1;
            self.next = FindingId::from_number(new.finding.number() + 1);
            self.opened.push(OpenedFinding {
                finding: new.finding,
                asset,
                vulnerability: first.vulnerability.clone(),
                location: first.location.clone(),
                at,
                checks: new.sightings.iter().map(SightingRecord::from).collect(),
            });
            self.flush_full(tx)?;
        }
        for seen in judgement.seen {
            let what = if seen.is_back { "reopened" } else { "still_there" };
            *(if seen.is_back {
                &mut self.counts.reopened
            } else {
                &mut self.counts.still_there
            }) += 1;
            self.known_line(what, seen.finding, known, "")?;
            self.seen.push(SeenFinding {
                finding: seen.finding,
                at,
                checks: seen.checks,
                changed: seen.changed.iter().map(SightingRecord::from).collect(),
                is_back: seen.is_back,
            });
            self.flush_full(tx)?;
        }
        for gone in judgement.gone {
            self.take_gone(gone, known, at)?;
            self.flush_full(tx)?;
        }
        for missed in judgement.not_reached {
            self.counts.not_reached += 1;
            self.known_line("not_reached", missed.finding, known, &missed.reason)?;
        }
        Ok(())
    }

    fn take_gone(&mut self, gone: Gone, known: &[Finding], at: Time) -> Result<(), StorageError> {
        let (what, outcome, count, pending) = match gone.outcome {
            Outcome::Remediated => (
                "remediated",
                GoneAs::Remediated,
                &mut self.counts.remediated,
                String::new(),
            ),
            Outcome::PendingRestart(why) => (
                "pending_restart",
                GoneAs::PendingRestart,
                &mut self.counts.pending_restart,
                why,
            ),
            Outcome::ShownByOthers => (
                "shown_by_others",
                GoneAs::ShownByOthers,
                &mut self.counts.shown_by_others,
                String::new(),
            ),
        };
        *count += 1;
        self.known_line(what, gone.finding, known, &pending)?;
        self.gone.push(GoneFinding {
            finding: gone.finding,
            at,
            checks: gone.checks,
            outcome,
            pending,
        });
        Ok(())
    }

    fn known_line(
        &mut self,
        what: &str,
        id: FindingId,
        known: &[Finding],
        why: &str,
    ) -> Result<(), StorageError> {
        let Ok(at) = known.binary_search_by_key(&id, |finding| finding.id) else {
            return Ok(());
        };
        let finding = &known[at];
        let mut line = json!({
            "what": what, "finding": id, "asset": finding.asset, "vulnerability": finding.vulnerability,
            "location": finding.location,
        });
        if !why.is_empty() {
            line["why"] = why.into();
        }
        self.line(&line)
    }

    fn flush_full(&mut self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let longest = self.opened.len().max(self.seen.len()).max(self.gone.len());
        if longest >= FINDINGS_PER_EVENT_MAX {
            self.flush(tx)
        } else {
            Ok(())
        }
    }

    /// Records what has gathered.
    pub(super) fn flush(&mut self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let mut events = Events::none();
        if !self.opened.is_empty() {
            events.push(Opened {
                source: self.source.clone(),
                findings: std::mem::take(&mut self.opened),
            });
        }
        if !self.seen.is_empty() {
            events.push(SeenAgain {
                source: self.source.clone(),
                findings: std::mem::take(&mut self.seen),
            });
        }
        if !self.gone.is_empty() {
            events.push(WentAway {
                source: self.source.clone(),
                findings: std::mem::take(&mut self.gone),
            });
        }
        tx.record(self.by.clone(), events)
    }

    /// Ends the difference with its numbers and stores it.
    pub(super) fn finish(mut self, organisation: &Organisation) -> Result<StoredBlob, StorageError> {
        let (counts, source) = (self.counts, self.source.clone());
        self.line(&json!({ "what": "counts", "counts": counts, "source": source }))?;
        match self.lines {
            Some(lines) => {
                let mut file = lines
                    .into_inner()
                    .map_err(|error| file_error(error.into_error()))?;
                file.rewind().map_err(file_error)?;
                organisation.store_blob(&mut file)
            }
            None => organisation.store_blob(&mut std::io::empty()),
        }
    }
}

fn file_error(source: std::io::Error) -> StorageError {
    StorageError::File {
        path: "a working file in the data directory".to_owned(),
        source,
    }
}
