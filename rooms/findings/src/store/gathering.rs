//! Reading what little there is of something at once, and sorting it here: a list that lets few findings through is found by
//! what it lets through, never by reading all findings in the order of the list.

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;

use assets::AssetId;
use storage::{Row, StorageError, Value, View};

use super::ranking::Asked;
use crate::rules::{FindingId, State};

/// So many findings are gathered for each one that is wanted. Where there are more, one in some hundred is let through, and
/// reading them in the order of the list soon has enough.
pub(super) const GATHERED_FOR_ONE: usize = 100;
/// Where a text stands in more names or words than this, it is found soon by reading findings in the order of the list.
const NAMED_MAX: usize = 1_000;

/// What a text is looked for in: the words of findings and the names of their assets, each once.
pub(super) struct Named {
    words: HashSet<u64>,
    assets: HashSet<AssetId>,
}

impl Named {
    pub(super) fn find(view: &View<'_>, text: &str) -> Result<Self, StorageError> {
        let mut named = Self {
            words: HashSet::new(),
            assets: HashSet::new(),
        };
        let values = [pattern(text).into()];
        view.each(include_str!("../sql/search_words.sql"), &values, |row| {
            named.words.insert(row.count("words_id")?);
            Ok(())
        })?;
        view.each(include_str!("../sql/search_assets.sql"), &values, |row| {
            named.assets.insert(row.id("asset_id")?);
            Ok(())
        })?;
        Ok(named)
    }

    pub(super) fn lets_through(&self, row: &Row<'_>) -> Result<bool, StorageError> {
        Ok(self.words.contains(&row.count("words_id")?) || self.assets.contains(&row.id("asset_id")?))
    }
}

/// What `like` looks for to find the text anywhere.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// A finding with what lists are sorted by.
struct Gathered {
    id: FindingId,
    points: u64,
    due_at: i64,
    identified_at: i64,
    name: String,
}

impl Gathered {
    /// Where it stands beside another in this order: among equals the one with more points is first, then the older one.
    fn compare(&self, other: &Self, order: &str, never: i64) -> Ordering {
        let last_due = |one: &Self| (one.due_at == never, Reverse(one.due_at));
        let first = match order {
            "rank" => self.points.cmp(&other.points),
            "due" => self.due_at.cmp(&other.due_at),
            "-due" => last_due(self).cmp(&last_due(other)),
            "identified" => self.identified_at.cmp(&other.identified_at),
            "-identified" => other.identified_at.cmp(&self.identified_at),
            "asset" => self.name.cmp(&other.name),
            "-asset" => other.name.cmp(&self.name),
            _ => Ordering::Equal,
        };
        first
            .then(other.points.cmp(&self.points))
            .then(self.id.cmp(&other.id))
    }
}

/// What was gathered so far.
struct Basket<'a, 'v, 'c> {
    asked: &'a Asked<'a, 'v, 'c>,
    named: Option<&'a Named>,
    is_by_name: bool,
    rows_left: usize,
    gathered: Vec<Gathered>,
}

impl Basket<'_, '_, '_> {
    /// Puts in what the statement gives; answers whether there was room for all of it.
    fn fill(&mut self, sql: &str, values: &[Value]) -> Result<bool, StorageError> {
        self.asked.view.each(sql, values, |row| {
            self.rows_left = self.rows_left.saturating_sub(1);
            if self.named.map_or(Ok(true), |named| named.lets_through(row))? {
                let due_at = row.integer("due_at")?;
                self.gathered.push(Gathered {
                    id: row.id("finding_id")?,
                    points: row.count("points")? + self.asked.bonus(due_at),
                    due_at,
                    identified_at: row.integer("identified_at")?,
                    name: row.text_if("name")?.unwrap_or_default(),
                });
            }
            Ok(())
        })?;
        Ok(self.rows_left > 0)
    }

    fn rows_max(&self) -> Value {
        i64::try_from(self.rows_left).unwrap_or(i64::MAX).into()
    }

    /// Everything of which the text is said.
    fn said(&mut self, named: &Named) -> Result<bool, StorageError> {
        if named.words.len() + named.assets.len() > NAMED_MAX {
            return Ok(false);
        }
        let words = named
            .words
            .iter()
            .map(|words| (include_str!("../sql/gather_words.sql"), Value::from(*words)));
        let assets = named
            .assets
            .iter()
            .map(|asset| (include_str!("../sql/gather_asset.sql"), Value::id(*asset)));
        for (sql, key) in words.chain(assets) {
            let mut values = self.asked.narrowing(self.asked.due).to_vec();
            values.extend([self.is_by_name.into(), self.rows_max(), key]);
            if !self.fill(sql, &values)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Everything of the states, severities and due times that are let through.
    fn classes(&mut self) -> Result<bool, StorageError> {
        let selection = self.asked.selection;
        let mut states = State::ALL.to_vec();
        states.retain(|state| selection.state.map_or(state.is_open(), |only| only == *state));
        let (from, to) = self.asked.due;
        for state in states {
            for weight in self.asked.weights() {
                for is_exploited in [false, true] {
                    if selection.is_exploited && !is_exploited {
                        continue;
                    }
                    let values = [
                        state.name().into(),
                        weight.into(),
                        is_exploited.into(),
                        from.into(),
                        to.into(),
                        self.asked.is_corrected_late().into(),
                        self.is_by_name.into(),
                        self.rows_max(),
                    ];
                    if !self.fill(include_str!("../sql/gather_class.sql"), &values)? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Takes out the part, in its order.
    fn part(mut self, order: &str, skip: usize, take: usize) -> Vec<FindingId> {
        let never = super::weighing::NEVER;
        self.gathered
            .sort_unstable_by(|one, other| one.compare(other, order, never));
        // The words of a finding and its asset's name may both hold the text.
        self.gathered.dedup_by_key(|one| one.id);
        let ids = self.gathered.into_iter().map(|one| one.id);
        ids.skip(skip).take(take).collect()
    }
}

/// The part of the list where what the list lets through is little; nothing where it is much, or where it is everything.
pub(super) fn gather(
    asked: &Asked<'_, '_, '_>,
    named: Option<&Named>,
    order: &str,
    (skip, take): (usize, usize),
) -> Result<Option<Vec<FindingId>>, StorageError> {
    let basket = || Basket {
        asked,
        named,
        is_by_name: matches!(order, "asset" | "-asset"),
        rows_left: take.saturating_mul(GATHERED_FOR_ONE),
        gathered: Vec::new(),
    };
    if let Some(named) = named {
        let mut said = basket();
        if said.said(named)? {
            return Ok(Some(said.part(order, skip, take)));
        }
    }
    if asked.is_narrowed() {
        let mut classes = basket();
        if classes.classes()? {
            return Ok(Some(classes.part(order, skip, take)));
        }
    }
    Ok(None)
}
