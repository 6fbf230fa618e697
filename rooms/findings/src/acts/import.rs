//! Imports a Nessus report: read twice, recorded in one transaction, or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Seek};

use assets::AssetId;
use basis::{Actor, Class, Id, Refusal, Subject, Time};
use evidence::{EvidenceId, EvidenceName, MediaType, NewEvidence};
use formats::nessus::{self, Event, Limits};
use ledger::events::Events;
use policy::EvidenceKind;
use serde_json::json;
use storage::{By, Organisation, StoredBlob, Tx, View};

use super::note::Notes;
use super::survey::{Survey, SurveyedHost, survey};
use super::{discard, file_fault};
use crate::rules::{
    self, Directory, Finding, HOSTS_PER_EVENT_MAX, HostReached, HostsReached, Imported, Inventory, Look,
    Matching, ScanId, ScanOfHost, ScanReach, Sighting, by_scan, judge, missing_restart,
};
use crate::store::{self, ScanRow};

/// How many results of one asset are taken; a neglected server has a few thousand.
const SIGHTINGS_PER_ASSET_MAX: usize = 200_000;
/// How many assets the evidence of a scan names; more would make it unreadable, and the scan names them all.
const ASSETS_NAMED_MAX: usize = 150;

/// What became of a scan file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The scan as it is recorded.
    pub scan: ScanRow,
    /// Whether the same file had been read before, so that nothing was recorded now.
    pub was_known: bool,
    /// Hosts of the file that are no asset, with the reason; empty where the file was known.
    pub unmatched: Vec<(String, String)>,
}

/// Imports a Nessus report.
///
/// # Errors
/// A refusal of class `Forbidden`, or `Invalid` with the place in the file when it is not a whole report; nothing is
/// recorded then.
pub fn import_nessus(
    organisation: &Organisation,
    actor: &Actor,
    file: &mut File,
    name: &EvidenceName,
) -> Result<Import, Refusal> {
    let directory = organisation.view(|view| {
        actor.may::<rules::Import>(actor.person, policy::current(view)?.authority())?;
        directory(view)
    })?;
    let survey = survey(file, &directory, organisation.now())?;
    let sha256 = survey.sha256.to_string();
    if let Some(scan) = organisation.view(|view| store::find_scan_by_file(view, &sha256))? {
        return Ok(Import {
            scan,
            was_known: true,
            unmatched: Vec::new(),
        });
    }
    file.rewind().map_err(|error| file_fault(&error))?;
    let stored = organisation.store_blob(file)?;
    if stored.clear_sha256 != survey.sha256 {
        discard(organisation, &[stored]);
        let what = "the file changed while it was read";
        return Err(Refusal::new(Class::Outside, "scan file", what).way_out("send the file again"));
    }
    let mut blobs = vec![stored];
    let recorded = record(organisation, actor, file, name, &survey, &mut blobs);
    recorded.inspect_err(|_| discard(organisation, &blobs))
}

/// By what the assets in use are known.
fn directory(view: &View<'_>) -> Result<Directory, Refusal> {
    let mut directory = Directory::default();
    for asset in assets::all_in_use(view)? {
        let found = asset.observed_state().map(|state| state.hostname.as_str());
        let other_names = found
            .into_iter()
            .chain(asset.details.addresses.iter().map(String::as_str));
        directory.add(asset.id, asset.name(), other_names);
    }
    Ok(directory)
}

fn record(
    organisation: &Organisation,
    actor: &Actor,
    file: &mut File,
    name: &EvidenceName,
    survey: &Survey,
    blobs: &mut Vec<StoredBlob>,
) -> Result<Import, Refusal> {
    let mut tx = organisation.begin("findings.import")?;
    if let Some(scan) = store::find_scan_by_file(&tx.view(), &survey.sha256.to_string())? {
        // Somebody else sent the same file at the same time and was faster.
        discard(organisation, blobs);
        return Ok(Import {
            scan,
            was_known: true,
            unmatched: Vec::new(),
        });
    }
    let scan = store::next_scan_id(&tx.view())?;
    actor.may::<rules::Import>(scan, policy::current(&tx.view())?.authority())?;
    let by = By::from(actor);
    let next = store::next_finding_id(&tx.view())?;
    let mut notes = Notes::plain(&by, scan.subject(), next).with_difference(organisation)?;
    let plan = plan(&tx.view(), survey)?;
    record_hosts(&mut tx, &by, scan, &plan)?;
    let items_informative = read_results(&mut tx, file, survey, &plan, &mut notes)?;
    note_hosts(&tx.view(), survey, &plan, &mut notes)?;
    notes.flush(&mut tx)?;
    let counts = notes.counts;
    let difference = notes.finish(organisation)?;
    blobs.push(difference.clone());
    let file_blob = blobs[0].clone();
    let about: Vec<Subject> = std::iter::once(scan.subject())
        .chain(plan.keys().take(ASSETS_NAMED_MAX).map(|asset| asset.subject()))
        .collect();
    let evidence = attach(&mut tx, &by, (name.clone(), MediaType::Xml), &about, file_blob)?;
    let difference_name = EvidenceName::made_of(&format!("{scan}-difference.jsonl"));
    let difference = attach(
        &mut tx,
        &by,
        (difference_name, MediaType::Text),
        &about,
        difference,
    )?;
    let unmatched: Vec<(String, String)> = survey.hosts.iter().filter_map(unmatched).collect();
    let imported = Imported {
        scan,
        scanner: "nessus".to_owned(),
        report: survey.report.clone(),
        sha256: survey.sha256.to_string(),
        evidence,
        difference,
        hosts: survey.hosts.len() as u64,
        hosts_unmatched: unmatched.len() as u64,
        items: survey.items,
        items_informative,
        counts,
    };
    tx.record(by.clone(), Events::one(imported))?;
    let scan = store::find_scan_by_file(&tx.view(), &survey.sha256.to_string())?;
    let scan =
        scan.ok_or_else(|| Refusal::new(Class::Fault, "scan", "the scan was recorded and cannot be found"))?;
    tx.commit()?;
    Ok(Import {
        scan,
        was_known: false,
        unmatched,
    })
}

fn attach(
    tx: &mut Tx<'_>,
    by: &By,
    (name, media_type): (EvidenceName, MediaType),
    about: &[Subject],
    blob: StoredBlob,
) -> Result<EvidenceId, Refusal> {
    let new = NewEvidence {
        name,
        media_type,
        kind: EvidenceKind::Document,
        blob,
        about: about.to_vec(),
        objectives: vec!["r2:3.11.2[b]".to_owned(), "r2:3.14.1[b]".to_owned()],
        is_final: true,
        taken_at: tx.organisation().now(),
    };
    Ok(evidence::attach(tx, by, new)?)
}

/// How the file looks at one asset.
struct Reach {
    at: Time,
    is_finished: bool,
    scan: ScanOfHost,
    /// How many of the file's hosts it is; their results count together.
    hosts: usize,
}

/// Which assets the file speaks of. An asset of which a newer scan is known is left out: an older one says nothing new.
fn plan(view: &View<'_>, survey: &Survey) -> Result<BTreeMap<AssetId, Reach>, Refusal> {
    let mut plan: BTreeMap<AssetId, Reach> = BTreeMap::new();
    for host in &survey.hosts {
        let Matching::Asset(asset) = host.matching else {
            continue;
        };
        let fresh = || Reach {
            at: host.at,
            is_finished: host.is_finished,
            scan: host.scan.clone(),
            hosts: 0,
        };
        let reach = plan.entry(asset).or_insert_with(fresh);
        // What is concluded from several hosts together rests on the weakest of them.
        reach.hosts += 1;
        reach.at = reach.at.min(host.at);
        reach.is_finished &= host.is_finished;
        reach.scan.is_credentialed &= host.scan.is_credentialed;
    }
    let mut newer_is_known = BTreeSet::new();
    for (asset, reach) in &plan {
        let last = store::last_scan(view, *asset, reach.scan.is_credentialed)?;
        if last.is_some_and(|last| last > reach.at) {
            newer_is_known.insert(*asset);
        }
    }
    plan.retain(|asset, _| !newer_is_known.contains(asset));
    Ok(plan)
}

fn record_hosts(
    tx: &mut Tx<'_>,
    by: &By,
    scan: ScanId,
    plan: &BTreeMap<AssetId, Reach>,
) -> Result<(), Refusal> {
    let hosts: Vec<HostReached> = plan
        .iter()
        .map(|(asset, reach)| HostReached {
            asset: *asset,
            at: reach.at,
            is_finished: reach.is_finished,
            is_credentialed: reach.scan.is_credentialed,
        })
        .collect();
    for hosts in hosts.chunks(HOSTS_PER_EVENT_MAX) {
        tx.record(
            by.clone(),
            Events::one(HostsReached {
                scan,
                hosts: hosts.to_vec(),
            }),
        )?;
    }
    Ok(())
}

/// Reads the results a second time and judges asset by asset, so that no more than one is held in memory. Answers how
/// many results only inform.
fn read_results(
    tx: &mut Tx<'_>,
    file: &mut File,
    survey: &Survey,
    plan: &BTreeMap<AssetId, Reach>,
    notes: &mut Notes,
) -> Result<u64, Refusal> {
    file.rewind().map_err(|error| file_fault(&error))?;
    let mut hosts = survey.hosts.iter();
    let mut current: Option<Gathering<'_>> = None;
    let mut waiting: BTreeMap<AssetId, Gathering<'_>> = BTreeMap::new();
    let mut items_informative = 0;
    for event in nessus::read(BufReader::with_capacity(1 << 16, file), Limits::default()) {
        let event = event.map_err(|error| {
            let what = format!("the file changed while it was read: {error}");
            Refusal::new(Class::Outside, "scan file", what).way_out("send the file again")
        })?;
        match event {
            Event::HostStart(_) => {
                let asset = hosts.next().and_then(|host| match host.matching {
                    Matching::Asset(asset) => Some(asset),
                    Matching::Unregistered | Matching::Ambiguous(..) => None,
                });
                current = match asset.and_then(|asset| Some((asset, plan.get(&asset)?))) {
                    Some((asset, reach)) => Some(match waiting.remove(&asset) {
                        Some(gathering) => gathering,
                        None => Gathering::begin(tx, asset, reach)?,
                    }),
                    None => None,
                };
            }
            Event::Item(item) => {
                let scan = ScanOfHost::default();
                let (scan, inventory) = current.as_ref().map_or((&scan, &EMPTY), |gathering| {
                    (&gathering.reach.scan, &gathering.inventory)
                });
                let sightings = rules::of_item(&item, scan, inventory);
                items_informative += u64::from(sightings.is_empty());
                if let Some(gathering) = &mut current {
                    gathering.add(sightings)?;
                }
            }
            Event::HostEnd(_) => {
                if let Some(mut gathering) = current.take() {
                    gathering.hosts_left -= 1;
                    match gathering.hosts_left {
                        0 => gathering.judge(tx, survey, notes)?,
                        _ => drop(waiting.insert(gathering.asset, gathering)),
                    }
                }
            }
            Event::ReportEnd(_) => {}
        }
    }
    Ok(items_informative)
}

static EMPTY: Inventory = Inventory::empty();

/// The results of one asset while they are read.
struct Gathering<'p> {
    asset: AssetId,
    reach: &'p Reach,
    hosts_left: usize,
    state: Option<assets::CollectedState>,
    inventory: Inventory,
    sightings: Vec<Sighting>,
}

impl<'p> Gathering<'p> {
    fn begin(tx: &Tx<'_>, asset: AssetId, reach: &'p Reach) -> Result<Self, Refusal> {
        let state = assets::latest_state(tx.organisation(), &tx.view(), asset)?;
        let inventory = state
            .as_ref()
            .map_or_else(Inventory::default, |collected| Inventory::of(&collected.state));
        Ok(Self {
            asset,
            reach,
            hosts_left: reach.hosts,
            state,
            inventory,
            sightings: Vec::new(),
        })
    }

    fn add(&mut self, sightings: Vec<Sighting>) -> Result<(), Refusal> {
        if self.sightings.len() + sightings.len() > SIGHTINGS_PER_ASSET_MAX {
            let what = format!(
                "the file has more than {SIGHTINGS_PER_ASSET_MAX} vulnerabilities of {}",
                self.asset
            );
            return Err(Refusal::new(Class::Limit, "scan file", what).way_out("export the scan in parts"));
        }
        self.sightings.extend(sightings);
        Ok(())
    }

    fn judge(self, tx: &mut Tx<'_>, survey: &Survey, notes: &mut Notes) -> Result<(), Refusal> {
        let known = store::of_asset(&tx.view(), self.asset)?;
        let reach = ScanReach {
            at: self.reach.at,
            is_finished: self.reach.is_finished,
            scan: &self.reach.scan,
            families: &survey.families,
        };
        let restart = |finding: &Finding| restart_of(finding, self.state.as_ref(), &self.inventory);
        let look = Look {
            asset: self.asset,
            at: reach.at,
            sightings: self.sightings,
            inventory: &self.inventory,
            covers: &|check| by_scan(check, &reach),
            restart: &restart,
        };
        let judgement = judge(&known, look, notes.next());
        Ok(notes.take(tx, self.asset, &known, reach.at, judgement)?)
    }
}

/// What a restart is missing for, by a collection made after the finding was last seen.
pub(super) fn restart_of(
    finding: &Finding,
    collected: Option<&assets::CollectedState>,
    inventory: &Inventory,
) -> Option<String> {
    let package = finding.package()?;
    let collected = collected.filter(|collected| {
        finding
            .last_seen_at()
            .is_none_or(|seen| collected.taken_at > seen)
    })?;
    let fixed_since = finding.checks.iter().filter_map(|check| check.gone_at).max();
    missing_restart(package, inventory, &collected.state, fixed_since)
}

fn unmatched(host: &SurveyedHost) -> Option<(String, String)> {
    let why = match &host.matching {
        Matching::Asset(_) => return None,
        Matching::Unregistered => "no asset in use has its name or address".to_owned(),
        Matching::Ambiguous(by, assets) => {
            let assets: Vec<String> = assets.iter().map(AssetId::to_string).collect();
            format!("several assets carry `{by}`: {}", assets.join(", "))
        }
    };
    Some((host.name.clone(), why))
}

/// Writes into the difference what became of each host, and which findings the scan did not reach.
fn note_hosts(
    view: &View<'_>,
    survey: &Survey,
    plan: &BTreeMap<AssetId, Reach>,
    notes: &mut Notes,
) -> Result<(), Refusal> {
    for host in &survey.hosts {
        let (asset, why) = match (&host.matching, unmatched(host)) {
            (Matching::Asset(asset), _) if plan.contains_key(asset) => (Some(*asset), None),
            (Matching::Asset(asset), _) => (Some(*asset), Some("a newer scan of it is known".to_owned())),
            (_, unmatched) => (None, unmatched.map(|(_, why)| why)),
        };
        notes.line(&json!({
            "what": "host", "host": host.name, "address": host.address, "asset": asset, "at": host.at,
            "is_finished": host.is_finished, "is_credentialed": host.scan.is_credentialed, "why": why,
        }))?;
    }
    let why = "the scan did not reach the asset";
    for (finding, asset) in store::open_by_scanner(view, "nessus")? {
        if !plan.contains_key(&asset) {
            notes.counts.not_reached += 1;
            notes.line(&json!({ "what": "not_reached", "finding": finding, "asset": asset, "why": why }))?;
        }
    }
    Ok(())
}
