//! Compares what an asset has installed with the advisories.

use std::collections::BTreeMap;

use assets::AssetId;
use basis::{Actor, Class, Id, Refusal};
use formats::osv::Advisory;
use ledger::events::Events;
use storage::{By, Organisation, StorageError, Tx, View};

use super::import::restart_of;
use super::note::Notes;
use crate::rules::{
    self, CheckKey, Counts, Finding, Inventory, Look, MatchId, Matched, MatchedAdvisory, Sighting, by_match,
    judge, of_advisory,
};
use crate::store;

/// What a match led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchOutcome {
    /// Which asset.
    pub asset: AssetId,
    /// Which match; the one before where nothing had changed since.
    pub id: MatchId,
    /// Whether it was recorded; it is not where packages and advisories are the same as at the match before.
    pub is_recorded: bool,
    /// How many advisories were compared.
    pub advisories: u64,
    /// Those of which nothing could be said, with the reason.
    pub unknown: Vec<(String, String)>,
    /// What changed.
    pub counts: Counts,
}

/// Matches assets: those named, or all from which something was collected.
///
/// # Errors
/// A refusal of class `Forbidden`, `NotFound`, or `Conflict` when nothing was ever collected from an asset that was named.
pub fn match_assets(
    organisation: &Organisation,
    actor: &Actor,
    named: Option<Vec<AssetId>>,
) -> Result<Vec<MatchOutcome>, Refusal> {
    let assets = organisation.view(|view| {
        actor.may::<rules::Match>(actor.person, policy::current(view)?.authority())?;
        match named {
            Some(named) => Ok::<_, Refusal>(named),
            None => {
                let all = assets::all_in_use(view)?;
                let collected = all.into_iter().filter(|asset| asset.observed_state().is_some());
                Ok(collected.map(|asset| asset.id).collect())
            }
        }
    })?;
    let mut outcomes = Vec::new();
    for asset in assets {
        let mut tx = organisation.begin("findings.match")?;
        actor.may::<rules::Match>(asset, policy::current(&tx.view())?.authority())?;
        outcomes.push(match_asset(&mut tx, &By::from(actor), asset)?);
        tx.commit()?;
    }
    Ok(outcomes)
}

/// Matches one asset in the caller's transaction, on the caller's authority.
///
/// # Errors
/// A refusal of class `NotFound`, or `Conflict` when nothing was ever collected from the asset.
pub fn match_asset(tx: &mut Tx<'_>, by: &By, asset: AssetId) -> Result<MatchOutcome, Refusal> {
    let collected = assets::latest_state(tx.organisation(), &tx.view(), asset)?
        .ok_or_else(|| nothing_collected(asset))?;
    let inventory = Inventory::of(&collected.state);
    let known = store::of_asset(&tx.view(), asset)?;
    let compared = compare(&tx.view(), &inventory, &known)?;
    let restart = |finding: &Finding| restart_of(finding, Some(&collected), &inventory);
    let look = Look {
        asset,
        at: collected.taken_at,
        sightings: compared.sightings,
        inventory: &inventory,
        covers: &|check| by_match(check, collected.taken_at, &compared.looked_at, &inventory),
        restart: &restart,
    };
    let judgement = judge(&known, look, store::next_finding_id(&tx.view())?);
    let feed = store::last_feed(&tx.view())?;
    let unknown: Vec<(String, String)> = compared
        .looked_at
        .iter()
        .filter_map(|(advisory, reason)| Some((advisory.clone(), reason.clone()?)))
        .collect();
    let advisories = compared.looked_at.len() as u64;
    let last = store::last_match(&tx.view(), asset)?;
    if let Some(last) = last.filter(|last| last.collection == collected.evidence && last.feed == feed)
        && judgement.is_unchanged()
    {
        let counts = Counts {
            still_there: judgement.seen.len() as u64,
            ..Counts::default()
        };
        return Ok(MatchOutcome {
            asset,
            id: last.id,
            is_recorded: false,
            advisories,
            unknown,
            counts,
        });
    }
    let id = store::next_match_id(&tx.view())?;
    let mut notes = Notes::plain(by, id.subject(), store::next_finding_id(&tx.view())?);
    notes.take(tx, asset, &known, collected.taken_at, judgement)?;
    notes.flush(tx)?;
    let matched = Matched {
        id,
        asset,
        collection: collected.evidence,
        taken_at: collected.taken_at,
        feed,
        advisories,
        unknown: unknown.len() as u64,
        counts: notes.counts,
    };
    tx.record(by.clone(), Events::one(matched))?;
    Ok(MatchOutcome {
        asset,
        id,
        is_recorded: true,
        advisories,
        unknown,
        counts: notes.counts,
    })
}

fn nothing_collected(asset: AssetId) -> Refusal {
    Refusal::new(
        Class::Conflict,
        "match",
        format!("nothing was ever collected from {asset}"),
    )
    .missing("its packages")
    .way_out(format!(
        "collect it with `tagout asset collect {asset}`, then match again"
    ))
}

/// What the advisories say about an inventory.
struct Compared {
    sightings: Vec<Sighting>,
    /// Each advisory that was compared, with the reason where nothing could be said.
    looked_at: BTreeMap<String, Option<String>>,
}

/// Compares every advisory that speaks of an installed package or showed a finding before.
fn compare(view: &View<'_>, inventory: &Inventory, known: &[Finding]) -> Result<Compared, StorageError> {
    let mut compared = Compared {
        sightings: Vec::new(),
        looked_at: BTreeMap::new(),
    };
    let spoken_of = store::advisory_packages(view)?;
    for (package, _) in inventory
        .sources()
        .filter(|(package, _)| spoken_of.contains(*package))
    {
        for advisory in store::advisories_of_package(view, package)? {
            compared.add(&advisory, inventory);
        }
    }
    for check in known.iter().flat_map(|finding| &finding.checks) {
        if let CheckKey::Osv(advisory) = &check.sighting.check
            && !compared.looked_at.contains_key(advisory)
            && let Some(advisory) = store::advisory(view, advisory)?
        {
            compared.add(&advisory, inventory);
        }
    }
    Ok(compared)
}

impl Compared {
    fn add(&mut self, advisory: &Advisory, inventory: &Inventory) {
        if self.looked_at.contains_key(&advisory.id) {
            return;
        }
        let reason = match of_advisory(advisory, inventory) {
            MatchedAdvisory::Affected(sightings) => {
                self.sightings.extend(sightings);
                None
            }
            MatchedAdvisory::NotAffected => None,
            MatchedAdvisory::Unknown(reason) => Some(reason),
        };
        self.looked_at.insert(advisory.id.clone(), reason);
    }
}
