//! Ranking and counting whole lists by the rank that is kept beside each finding. Only how the clocks stand is added when
//! somebody looks; the rank of each finding that is shown is reckoned once more by the rules themselves.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use assets::AssetId;
use basis::Time;
use policy::Severity;
use storage::{Row, StorageError, Value, View};

use super::gathering::{Named, gather};
use super::weighing::NEVER;
use crate::rules::{DUE_SOON, FindingId, State, weight, weights};

/// How a list is narrowed by its clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Late, or corrected too late.
    Late,
    /// Due within a week.
    Soon,
    /// The policy sets no time.
    Unlimited,
}

impl Clock {
    /// Every one, with its word and what it reads as.
    pub const ALL: [(Clock, &'static str, &'static str); 3] = [
        (Clock::Late, "late", "late"),
        (Clock::Soon, "soon", "due within 7 days"),
        (Clock::Unlimited, "none", "without a due date"),
    ];
}

/// Which findings are browsed; what is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only those in this state; where it is left out, all that something is left to do about.
    pub state: Option<State>,
    /// Only those on this asset.
    pub asset: Option<AssetId>,
    /// Only those at least as bad.
    pub severity: Option<Severity>,
    /// Only those whose clock stands so.
    pub clock: Option<Clock>,
    /// Only those due before this moment.
    pub due_before: Option<Time>,
    /// Only those that are known to be exploited.
    pub is_exploited: bool,
    /// Only those with this text in vulnerability, title, place or the asset's name.
    pub text: Option<String>,
}

/// From this due time to that one, both included.
pub(super) type Range = (i64, i64);

/// The due times of findings that are late, due soon and neither, with the points that each gives.
fn bands(now: Time) -> [(u64, Range); 3] {
    let (now, soon) = (now.as_ms(), (now + DUE_SOON).as_ms());
    [
        (u64::from(weights::LATE), (i64::MIN, now - 1)),
        (u64::from(weights::DUE_SOON), (now, soon)),
        (0, (soon + 1, NEVER)),
    ]
}

pub(super) fn within(one: Range, other: Range) -> Range {
    (one.0.max(other.0), one.1.min(other.1))
}

/// The due times that the selection lets through.
fn due_range(selection: &Selection, now: Time) -> Range {
    let [(_, late), (_, soon), _] = bands(now);
    let by_clock = match selection.clock {
        // What was mended is late if it was mended late: that is not for the clock to say.
        Some(Clock::Late) if selection.state == Some(State::Remediated) => (i64::MIN, NEVER),
        Some(Clock::Late) => late,
        Some(Clock::Soon) => soon,
        Some(Clock::Unlimited) => (NEVER, NEVER),
        None => (i64::MIN, NEVER),
    };
    let before = selection.due_before.map_or(NEVER, |before| before.as_ms() - 1);
    within(by_clock, (i64::MIN, before))
}

/// A part of the findings, which come in their order.
pub(super) struct Part {
    pub(super) named: Option<Named>,
    pub(super) skip: usize,
    pub(super) take: usize,
    taken: Vec<FindingId>,
}

impl Part {
    pub(super) fn is_full(&self) -> bool {
        self.taken.len() >= self.take
    }

    /// How many more rows can be of use; with a text nobody knows.
    pub(super) fn rows_max(&self) -> i64 {
        let left = self.skip + self.take - self.taken.len();
        match self.named {
            Some(_) => i64::MAX,
            None => i64::try_from(left).unwrap_or(i64::MAX),
        }
    }

    pub(super) fn lets_through(&self, row: &Row<'_>) -> Result<bool, StorageError> {
        Ok(match &self.named {
            Some(named) => named.lets_through(row)?,
            None => true,
        })
    }

    pub(super) fn add(&mut self, id: FindingId) -> ControlFlow<()> {
        if self.is_full() {
            return ControlFlow::Break(());
        }
        if self.skip > 0 {
            self.skip -= 1;
        } else {
            self.taken.push(id);
        }
        ControlFlow::Continue(())
    }
}

/// One list that is asked for.
pub(super) struct Asked<'a, 'v, 'c> {
    pub(super) view: &'v View<'c>,
    pub(super) selection: &'a Selection,
    now: Time,
    pub(super) due: Range,
}

impl Asked<'_, '_, '_> {
    fn is_open(&self) -> bool {
        self.selection.state.is_none_or(State::is_open)
    }

    /// Whether it lets less through than everything that is open.
    pub(super) fn is_narrowed(&self) -> bool {
        let selection = self.selection;
        selection.state.is_some()
            || selection.severity.is_some()
            || selection.is_exploited
            || selection.clock.is_some()
            || selection.due_before.is_some()
    }

    /// Whether it lets through what was corrected too late alone.
    pub(super) fn is_corrected_late(&self) -> bool {
        self.selection.clock == Some(Clock::Late) && self.selection.state == Some(State::Remediated)
    }

    /// The weights of the severities that it lets through.
    pub(super) fn weights(&self) -> impl Iterator<Item = u64> + use<> {
        let least = self.selection.severity.map_or(0, weight);
        let all = Severity::ALL.iter().map(|severity| weight(*severity));
        all.filter(move |weight| *weight >= least).map(u64::from)
    }

    /// The points that a finding has by its clock.
    pub(super) fn bonus(&self, due_at: i64) -> u64 {
        let bands = bands(self.now).into_iter();
        let mut own = bands.filter(|(_, (from, to))| (*from..=*to).contains(&due_at));
        own.next().map_or(0, |(bonus, _)| bonus)
    }

    /// What every statement narrows the list by, after the due time.
    fn filters(&self) -> [Value; 4] {
        let selection = self.selection;
        [
            selection.state.map(State::name).into(),
            u64::from(selection.severity.map_or(0, weight)).into(),
            selection.is_exploited.into(),
            self.is_corrected_late().into(),
        ]
    }

    /// What a statement narrows the list by, due times of this range alone.
    pub(super) fn narrowing(&self, due: Range) -> [Value; 7] {
        let [state, weight, is_exploited, is_late] = self.filters();
        [
            self.is_open().into(),
            due.0.into(),
            due.1.into(),
            state,
            weight,
            is_exploited,
            is_late,
        ]
    }

    /// By points: for each sum those who reach it late, soon and by themselves, so that no more is read than is shown.
    fn by_rank(&self, is_descending: bool, part: &mut Part) -> Result<(), StorageError> {
        let sql = include_str!("../sql/list_points.sql");
        let points: BTreeSet<u64> = self
            .view
            .rows(sql, &[self.is_open().into()], |row| row.count("points"))?
            .into_iter()
            .collect();
        let bands = bands(self.now);
        let sums = points
            .iter()
            .flat_map(|points| bands.map(|(bonus, _)| points + bonus));
        let mut sums: Vec<u64> = sums.collect::<BTreeSet<u64>>().into_iter().collect();
        if is_descending {
            sums.reverse();
        }
        for sum in sums {
            if part.is_full() {
                break;
            }
            self.level(&points, sum, part)?;
        }
        Ok(())
    }

    /// The findings that reach the sum, each range of due times with the values that its statements begin with.
    fn ranges_of(&self, points: &BTreeSet<u64>, sum: u64) -> Vec<Vec<Value>> {
        let range = |(bonus, band): (u64, Range)| {
            let (from, to) = within(band, self.due);
            let own = sum.checked_sub(bonus).filter(|own| points.contains(own))?;
            let mut values = vec![self.is_open().into(), own.into(), from.into(), to.into()];
            values.extend(self.filters());
            (from <= to).then_some(values)
        };
        bands(self.now).into_iter().filter_map(range).collect()
    }

    /// Takes the findings that reach the sum. A level before the part is counted, not read, and only what is shown is sorted.
    fn level(&self, points: &BTreeSet<u64>, sum: u64, part: &mut Part) -> Result<(), StorageError> {
        let ranges = self.ranges_of(points, sum);
        if part.skip > 0 && part.named.is_none() {
            let mut there = 0;
            for values in &ranges {
                let sql = include_str!("../sql/count_level.sql");
                there += self.view.the(sql, values, |row| row.count("findings"))?;
            }
            let there = usize::try_from(there).unwrap_or(usize::MAX);
            if there <= part.skip {
                part.skip -= there;
                return Ok(());
            }
        }
        let mut level: Vec<FindingId> = Vec::new();
        for mut values in ranges {
            let sql = match part.named {
                Some(_) => include_str!("../sql/rank_level_any.sql"),
                None => {
                    values.push(part.rows_max().into());
                    include_str!("../sql/rank_level.sql")
                }
            };
            self.view.each(sql, &values, |row| {
                if part.lets_through(row)? {
                    level.push(row.id("finding_id")?);
                }
                Ok(())
            })?;
        }
        level.sort_unstable();
        // Which of them are of use is for the part to say.
        let _ = level.into_iter().try_for_each(|id| part.add(id));
        Ok(())
    }

    /// What the sum of the points is made of where the database adds it up.
    pub(super) fn points_by_clock(&self) -> [Value; 4] {
        let [(late, _), (soon, (from, to)), _] = bands(self.now);
        [from.into(), to.into(), late.into(), soon.into()]
    }

    fn of_asset(&self, asset: AssetId, order: &str, part: &mut Part) -> Result<(), StorageError> {
        let mut more = self.points_by_clock().to_vec();
        more.extend([Value::id(asset), order.into(), NEVER.into()]);
        self.by(include_str!("../sql/rank_asset.sql"), self.due, &more, part)
    }
}

/// The ids of the findings of this part, in the order of `order`: a column's word, with a dash where the greatest comes
/// first, and `rank` for the most urgent last.
pub(crate) fn ranked_ids(
    view: &View<'_>,
    now: Time,
    selection: &Selection,
    order: &str,
    (limit, offset): (u64, u64),
) -> Result<Vec<FindingId>, StorageError> {
    let text = selection.text.as_deref();
    let named = text.map(|text| Named::find(view, text)).transpose()?;
    let asked = Asked {
        view,
        selection,
        now,
        due: due_range(selection, now),
    };
    let [skip, take] = [offset, limit].map(|rows| usize::try_from(rows).unwrap_or(usize::MAX / 2));
    if selection.asset.is_none() {
        let few = gather(&asked, named.as_ref(), order, (skip, take))?;
        if let Some(few) = few {
            return Ok(few);
        }
    }
    let mut part = Part {
        named,
        skip,
        take,
        taken: Vec::new(),
    };
    match (selection.asset, order) {
        (Some(asset), _) => asked.of_asset(asset, order, &mut part)?,
        (None, "rank") => asked.by_rank(false, &mut part)?,
        (None, _) => {
            if !asked.by_column(order, &mut part)? {
                asked.by_rank(true, &mut part)?;
            }
        }
    }
    Ok(part.taken)
}
