//! What follows from looking at an asset once: which findings are new, still there, back, or gone.
//!
//! A finding goes only by proof: the same check reached the asset later and no longer shows it. What was not reached
//! stays as it was.

use std::collections::BTreeMap;

use assets::AssetId;
use basis::{Id, Time};

use super::identity::{CheckKey, FindingId, Vulnerability};
use super::inventory::Inventory;
use super::known::{Finding, KnownCheck, State};
use super::recognise::recognise;
use super::sighting::Sighting;

/// Whether a look at the asset says something about what a check showed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// The check was carried out: what it does not show any more is gone.
    Reached,
    /// It should have been, but was not, for this reason.
    NotReached(String),
    /// This look is of another kind and says nothing.
    Silent,
}

/// One look at one asset.
pub struct Look<'a> {
    /// Which asset.
    pub asset: AssetId,
    /// When what was seen was true.
    pub at: Time,
    /// What was seen.
    pub sightings: Vec<Sighting>,
    /// What is installed.
    pub inventory: &'a Inventory,
    /// Whether the look carried out a check.
    pub covers: &'a dyn Fn(&KnownCheck) -> Coverage,
    /// What a restart is missing for, of a finding that is gone from disk.
    pub restart: &'a dyn Fn(&Finding) -> Option<String>,
}

/// What follows from one look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// New findings.
    pub opened: Vec<New>,
    /// Known findings that were seen.
    pub seen: Vec<Seen>,
    /// Findings of which a check said that they are gone.
    pub gone: Vec<Gone>,
    /// Findings that the look should have covered and did not.
    pub not_reached: Vec<NotReached>,
}

/// A new finding with what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Its id.
    pub finding: FindingId,
    /// One for each check that shows it.
    pub sightings: Vec<Sighting>,
}

/// A known finding that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub finding: FindingId,
    /// The checks that show it.
    pub checks: Vec<CheckKey>,
    /// Those of them that are new or say something else than before.
    pub changed: Vec<Sighting>,
    /// Whether it had been gone.
    pub is_back: bool,
}

/// A finding of which a check said that it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Which.
    pub finding: FindingId,
    /// The checks that no longer show it.
    pub checks: Vec<CheckKey>,
    /// What that makes of it.
    pub outcome: Outcome,
}

/// What becomes of a finding that a check no longer shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is gone.
    Remediated,
    /// It is gone from disk, and this is what still runs.
    PendingRestart(String),
    /// Other checks still show it.
    ShownByOthers,
}

/// A finding that the look should have covered and did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReached {
    /// Which.
    pub finding: FindingId,
    /// Why.
    pub reason: String,
}

impl Judgement {
    /// Whether the look changes nothing but the moment at which findings were last seen.
    pub fn is_unchanged(&self) -> bool {
        let is_same = |seen: &Seen| seen.changed.is_empty() && !seen.is_back;
        self.opened.is_empty() && self.gone.is_empty() && self.seen.iter().all(is_same)
    }
}

/// Judges one look against everything known of the asset. New findings are numbered from `next`.
pub fn judge(known: &[Finding], look: Look<'_>, mut next: FindingId) -> Judgement {
    let mut working = known.to_vec();
    let mut seen: Vec<Vec<Sighting>> = vec![Vec::new(); working.len()];
    let mut opened = Vec::new();
    let mut places: BTreeMap<Vulnerability, Vec<usize>> = BTreeMap::new();
    for (at, finding) in known.iter().enumerate() {
        places.entry(finding.vulnerability.clone()).or_default().push(at);
    }
    for sighting in look.sightings {
        let same = places.entry(sighting.vulnerability.clone()).or_default();
        let candidates: Vec<(usize, &Finding)> = same.iter().map(|at| (*at, &working[*at])).collect();
        match recognise(&candidates, &sighting, look.inventory) {
            Some(at) if is_stale(&working[at], &sighting, look.at) => {}
            Some(at) => {
                if seen[at].iter().all(|before| before.check != sighting.check) {
                    note(&mut working[at], &sighting, look.at);
                    seen[at].push(sighting);
                }
            }
            None => {
                same.push(working.len());
                working.push(fresh(next, look.asset, &sighting, look.at));
                opened.push(next);
                seen.push(vec![sighting]);
                next = FindingId::from_number(next.number() + 1);
            }
        }
    }
    let mut judgement = Judgement::default();
    let mut seen = seen.into_iter();
    for (finding, sightings) in known.iter().zip(seen.by_ref()) {
        if !sightings.is_empty() {
            judgement.seen.push(seen_again(finding, &sightings));
        }
        judge_absence(finding, &sightings, look.covers, look.restart, &mut judgement);
    }
    judgement.opened = opened
        .into_iter()
        .zip(seen)
        .map(|(finding, sightings)| New { finding, sightings })
        .collect();
    judgement
}

/// A look that is older than the proof that the finding was gone does not bring it back.
fn is_stale(finding: &Finding, sighting: &Sighting, at: Time) -> bool {
    let of_check = finding
        .checks
        .iter()
        .find(|check| check.sighting.check == sighting.check);
    match of_check {
        Some(check) => check.gone_at.is_some_and(|gone| gone > at),
        None => finding.corrected_at.is_some_and(|corrected| corrected > at),
    }
}

fn seen_again(finding: &Finding, sightings: &[Sighting]) -> Seen {
    let is_changed = |sighting: &&Sighting| {
        let before = finding
            .checks
            .iter()
            .find(|check| check.sighting.check == sighting.check);
        before.is_none_or(|before| !before.is_present() || !is_told_alike(&before.sighting, sighting))
    };
    Seen {
        finding: finding.id,
        checks: sightings.iter().map(|sighting| sighting.check.clone()).collect(),
        changed: sightings.iter().filter(is_changed).cloned().collect(),
        is_back: finding.state == State::Remediated,
    }
}

/// The place is settled when a finding opens, so a check that names it otherwise later says nothing new.
fn is_told_alike(a: &Sighting, b: &Sighting) -> bool {
    Sighting {
        location: b.location.clone(),
        ..a.clone()
    } == *b
}

fn judge_absence(
    finding: &Finding,
    sightings: &[Sighting],
    covers: &dyn Fn(&KnownCheck) -> Coverage,
    restart: &dyn Fn(&Finding) -> Option<String>,
    judgement: &mut Judgement,
) {
    if finding.state == State::Remediated {
        return;
    }
    let is_seen = |check: &&KnownCheck| {
        sightings
            .iter()
            .any(|sighting| sighting.check == check.sighting.check)
    };
    let mut gone = Vec::new();
    let mut remaining = sightings.len();
    for check in finding.checks.iter().filter(|check| !is_seen(check)) {
        match covers(check) {
            Coverage::Reached if check.is_present() || finding.state == State::PendingRestart => {
                gone.push(check.sighting.check.clone());
            }
            _ if !check.is_present() => {}
            Coverage::NotReached(reason) => {
                remaining += 1;
                judgement.not_reached.push(NotReached {
                    finding: finding.id,
                    reason,
                });
            }
            Coverage::Reached | Coverage::Silent => remaining += 1,
        }
    }
    if gone.is_empty() {
        return;
    }
    let outcome = match (remaining, restart(finding)) {
        (0, None) => Outcome::Remediated,
        (0, Some(reason)) => Outcome::PendingRestart(reason),
        _ => Outcome::ShownByOthers,
    };
    let says_nothing_new = match &outcome {
        Outcome::PendingRestart(reason) => {
            finding.state == State::PendingRestart && finding.pending == *reason
        }
        Outcome::ShownByOthers => finding.state == State::PendingRestart,
        Outcome::Remediated => false,
    };
    if !says_nothing_new {
        judgement.gone.push(Gone {
            finding: finding.id,
            checks: gone,
            outcome,
        });
    }
}

fn fresh(id: FindingId, asset: AssetId, sighting: &Sighting, at: Time) -> Finding {
    let mut finding = Finding {
        id,
        asset,
        vulnerability: sighting.vulnerability.clone(),
        location: sighting.location.clone(),
        state: State::Open,
        change: None,
        identified_at: at,
        reported_at: at,
        reopened_at: None,
        reopened_count: 0,
        corrected_at: None,
        pending: String::new(),
        checks: Vec::new(),
    };
    note(&mut finding, sighting, at);
    finding
}

/// Adds a sighting to the working copy, so that what follows in the same look is recognised by it.
fn note(finding: &mut Finding, sighting: &Sighting, at: Time) {
    if finding
        .checks
        .iter()
        .all(|check| check.sighting.check != sighting.check)
    {
        finding.checks.push(KnownCheck {
            sighting: sighting.clone(),
            first_seen_at: at,
            last_seen_at: at,
            gone_at: None,
        });
    }
}
