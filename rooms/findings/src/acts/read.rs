//! Looking at findings: with their clocks, and in the order in which to mend them.

use std::collections::BTreeMap;
use std::sync::Arc;

use assets::{Asset, AssetId};
use basis::{Actor, Class, Refusal, Time};
use policy::{Exploitation, Policy, Severity};
use storage::{DataError, Organisation, StorageError, View};

use super::browse::browse;
use crate::rules::{
    self, Due, FeedId, Finding, FindingId, Priority, ScanId, State, due, is_late, priority, weight,
};
use crate::store::{self, HistoryRow, LoadedFeed, ScanRow, Selection};

/// How many findings are read at a time.
const ROWS_AT_A_TIME: u64 = 500;

/// Which findings are asked for; what is left out does not limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those in this state; where it is left out, all that something is left to do about.
    pub state: Option<State>,
    /// Only those on this asset.
    pub asset: Option<AssetId>,
    /// Only those at least as bad.
    pub severity: Option<Severity>,
    /// Only those due before this moment.
    pub due_before: Option<Time>,
}

/// A finding with what follows from it today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The finding.
    pub finding: Finding,
    /// The asset's hostname.
    pub asset_name: String,
    /// Whether it is known to be exploited.
    pub exploitation: Exploitation,
    /// When it has to be corrected.
    pub due: Option<Due>,
    /// Whether it is late, or was corrected too late.
    pub is_late: bool,
    /// Where it ranks and why.
    pub priority: Priority,
}

/// A finding with what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The finding.
    pub ranked: Ranked,
    /// What happened, oldest first.
    pub history: Vec<HistoryRow>,
}

/// What is looked up once for many findings.
pub(super) struct Ranking<'v, 'c> {
    view: &'v View<'c>,
    policy: Arc<Policy>,
    exploited: BTreeMap<String, Time>,
    assets: BTreeMap<AssetId, Asset>,
    now: Time,
}

impl<'v, 'c> Ranking<'v, 'c> {
    pub(super) fn begin(view: &'v View<'c>, actor: &Actor, now: Time) -> Result<Self, Refusal> {
        let policy = policy::current(view)?;
        actor.may::<rules::Read>(actor.person, policy.authority())?;
        Ok(Self {
            view,
            policy,
            exploited: store::exploited(view)?,
            assets: BTreeMap::new(),
            now,
        })
    }

    pub(super) fn rank(&mut self, finding: Finding) -> Result<Ranked, StorageError> {
        if !self.assets.contains_key(&finding.asset) {
            let asset = assets::find(self.view, finding.asset)?.ok_or_else(|| DataError {
                place: format!("{}, its asset", finding.id),
                what: format!("there is no {}", finding.asset),
            })?;
            self.assets.insert(finding.asset, asset);
        }
        let asset = &self.assets[&finding.asset];
        let exploitation = store::exploitation(&self.exploited, &finding.vulnerability);
        let due = due(&finding, exploitation, &self.policy);
        let score_tenths = finding.rated().and_then(|rated| rated.score_tenths);
        let facts = asset.facts();
        let priority = priority(
            finding.severity(),
            score_tenths,
            exploitation,
            &facts,
            due.as_ref(),
            self.now,
        );
        let is_late = due.as_ref().is_some_and(|due| is_late(&finding, due, self.now));
        Ok(Ranked {
            asset_name: asset.name().to_owned(),
            exploitation,
            due,
            is_late,
            priority,
            finding,
        })
    }

    /// Hands every finding that the filter lets through to `take`, in the order of their ids, until it answers no.
    fn each(
        &mut self,
        filter: &Filter,
        after: Option<FindingId>,
        mut take: impl FnMut(Ranked) -> bool,
    ) -> Result<(), StorageError> {
        if let Some(asset) = filter.asset {
            for finding in store::of_asset(self.view, asset)? {
                if after.is_none_or(|after| finding.id > after) && !self.pass(filter, finding, &mut take)? {
                    return Ok(());
                }
            }
            return Ok(());
        }
        let mut last = after;
        loop {
            let page = store::list(self.view, last, ROWS_AT_A_TIME)?;
            let Some(end) = page.last().map(|finding| finding.id) else {
                return Ok(());
            };
            for finding in page {
                if !self.pass(filter, finding, &mut take)? {
                    return Ok(());
                }
            }
            last = Some(end);
        }
    }

    fn pass(
        &mut self,
        filter: &Filter,
        finding: Finding,
        take: &mut impl FnMut(Ranked) -> bool,
    ) -> Result<bool, StorageError> {
        let is_in_state = filter
            .state
            .map_or(finding.state.is_open(), |state| finding.state == state);
        let is_bad_enough = filter
            .severity
            .is_none_or(|severity| weight(finding.severity()) >= weight(severity));
        if !is_in_state || !is_bad_enough {
            return Ok(true);
        }
        let ranked = self.rank(finding)?;
        let is_due = filter
            .due_before
            .is_none_or(|before| ranked.due.as_ref().is_some_and(|due| due.at < before));
        Ok(!is_due || take(ranked))
    }
}

/// At most `limit` findings after `after`, in the order in which they were found.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn list(
    organisation: &Organisation,
    actor: &Actor,
    filter: &Filter,
    after: Option<FindingId>,
    limit: usize,
) -> Result<Vec<Ranked>, Refusal> {
    organisation.view(|view| {
        let mut found = Vec::new();
        Ranking::begin(view, actor, organisation.now())?.each(filter, after, |ranked| {
            found.push(ranked);
            found.len() < limit
        })?;
        Ok(found)
    })
}

/// The `limit` findings to mend first, the most urgent at the front.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn priorities(
    organisation: &Organisation,
    actor: &Actor,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Ranked>, Refusal> {
    let selection = Selection {
        state: filter.state,
        asset: filter.asset,
        severity: filter.severity,
        due_before: filter.due_before,
        ..Selection::default()
    };
    browse(organisation, actor, &selection, "-rank", limit, 0)
}

/// One finding with its history.
///
/// # Errors
/// A refusal of class `Forbidden` or `NotFound`.
pub fn show(organisation: &Organisation, actor: &Actor, id: FindingId) -> Result<Shown, Refusal> {
    organisation.view(|view| {
        let mut ranking = Ranking::begin(view, actor, organisation.now())?;
        let finding = store::find(view, id)?.ok_or_else(|| {
            Refusal::new(Class::NotFound, "findings", format!("there is no finding {id}"))
                .way_out("`tagout finding list` shows them")
        })?;
        Ok(Shown {
            ranked: ranking.rank(finding)?,
            history: store::history(view, id)?,
        })
    })
}

/// At most `limit` scans after `after`.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn scans(
    organisation: &Organisation,
    actor: &Actor,
    after: Option<ScanId>,
    limit: u64,
) -> Result<Vec<ScanRow>, Refusal> {
    organisation.view(|view| {
        actor.may::<rules::Read>(actor.person, policy::current(view)?.authority())?;
        Ok(store::list_scans(view, after, limit)?)
    })
}

/// At most `limit` lists of advisories and exploited vulnerabilities after `after`.
///
/// # Errors
/// A refusal of class `Forbidden`.
pub fn feeds(
    organisation: &Organisation,
    actor: &Actor,
    after: Option<FeedId>,
    limit: u64,
) -> Result<Vec<LoadedFeed>, Refusal> {
    organisation.view(|view| {
        actor.may::<rules::Read>(actor.person, policy::current(view)?.authority())?;
        Ok(store::list_feeds(view, after, limit)?)
    })
}
