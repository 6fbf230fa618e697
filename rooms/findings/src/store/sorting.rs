//! Lists sorted by a column: findings with the same due time, moment or asset stand together.
//!
//! What is before a late part is not read but counted in the index, group by group; reading begins with the group in which the
//! part does.

use std::ops::ControlFlow;

use storage::{Row, StorageError, Value};

use super::gathering::GATHERED_FOR_ONE;
use super::ranking::{Asked, Part, Range, within};
use super::weighing::NEVER;

/// One way to sort by a column.
struct Order {
    /// Gives the findings in their order.
    list: &'static str,
    /// Counts the findings of each group, the smallest first.
    count: &'static str,
    is_descending: bool,
}

const BY_DUE: Order = Order {
    list: include_str!("../sql/list_by_due.sql"),
    count: include_str!("../sql/count_by_due.sql"),
    is_descending: false,
};
const BY_DUE_DOWN: Order = Order {
    list: include_str!("../sql/list_by_due_down.sql"),
    is_descending: true,
    ..BY_DUE
};
const BY_IDENTIFIED: Order = Order {
    list: include_str!("../sql/list_by_identified.sql"),
    count: include_str!("../sql/count_by_identified.sql"),
    is_descending: false,
};
const BY_IDENTIFIED_DOWN: Order = Order {
    list: include_str!("../sql/list_by_identified_down.sql"),
    is_descending: true,
    ..BY_IDENTIFIED
};
const BY_ASSET: Order = Order {
    list: include_str!("../sql/list_by_asset.sql"),
    count: include_str!("../sql/count_by_asset.sql"),
    is_descending: false,
};
const BY_ASSET_DOWN: Order = Order {
    list: include_str!("../sql/list_by_asset_down.sql"),
    is_descending: true,
    ..BY_ASSET
};

/// Where a list is read from.
enum Begin<K> {
    First,
    Group(K),
    /// The list ends before the part.
    Never,
}

impl Part {
    /// Passes over whole groups that stand before the part.
    fn pass<K>(&mut self, groups: impl IntoIterator<Item = (K, u64)>) -> Begin<K> {
        for (key, findings) in groups {
            let findings = usize::try_from(findings).unwrap_or(usize::MAX);
            if findings > self.skip {
                return Begin::Group(key);
            }
            self.skip -= findings;
        }
        Begin::Never
    }

    /// Whether so much stands before the part that counting it is quicker than reading it.
    fn is_late(&self) -> bool {
        self.named.is_none() && self.skip > self.take.saturating_mul(GATHERED_FOR_ONE)
    }
}

impl Asked<'_, '_, '_> {
    fn begin<K>(
        &self,
        order: &Order,
        due: Range,
        key: impl Fn(&Row<'_>) -> Result<K, StorageError>,
        part: &mut Part,
    ) -> Result<Begin<K>, StorageError> {
        if !part.is_late() {
            return Ok(Begin::First);
        }
        let read = |row: &Row<'_>| Ok((key(row)?, row.count("findings")?));
        let mut values = self.narrowing(due).to_vec();
        // Spares looking at each finding where everything is let through.
        values.push((!self.is_narrowed()).into());
        let groups = self.view.rows(order.count, &values, read)?;
        Ok(if order.is_descending {
            part.pass(groups.into_iter().rev())
        } else {
            part.pass(groups)
        })
    }

    /// By a statement that gives them in their order.
    pub(super) fn by(
        &self,
        sql: &str,
        due: Range,
        more: &[Value],
        part: &mut Part,
    ) -> Result<(), StorageError> {
        let mut values = self.narrowing(due).to_vec();
        values.push(part.rows_max().into());
        values.extend_from_slice(more);
        self.view.each_until(sql, &values, |row| {
            if part.lets_through(row)? {
                return Ok(part.add(row.id("finding_id")?));
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    /// By due time; those without one stand at the end either way.
    fn by_due(&self, order: &Order, part: &mut Part) -> Result<(), StorageError> {
        for range in [(i64::MIN, NEVER - 1), (NEVER, NEVER)] {
            let due = within(range, self.due);
            if part.is_full() {
                break;
            }
            let due = match self.begin(order, due, |row| row.integer("at"), part)? {
                Begin::First => due,
                Begin::Group(at) if order.is_descending => (due.0, at),
                Begin::Group(at) => (at, due.1),
                Begin::Never => continue,
            };
            self.by(order.list, due, &[], part)?;
        }
        Ok(())
    }

    fn by_identified(&self, order: &Order, part: &mut Part) -> Result<(), StorageError> {
        let everything = if order.is_descending { i64::MAX } else { i64::MIN };
        let from = match self.begin(order, self.due, |row| row.integer("at"), part)? {
            Begin::First => everything,
            Begin::Group(at) => at,
            Begin::Never => return Ok(()),
        };
        self.by_points(order, from.into(), part)
    }

    fn by_asset(&self, order: &Order, part: &mut Part) -> Result<(), StorageError> {
        let from = match self.begin(order, self.due, |row| row.text("name"), part)? {
            Begin::First => None,
            Begin::Group(name) => Some(name),
            Begin::Never => return Ok(()),
        };
        self.by_points(order, from.into(), part)
    }

    /// From this group on; in each the most urgent first.
    fn by_points(&self, order: &Order, from: Value, part: &mut Part) -> Result<(), StorageError> {
        let mut more = self.points_by_clock().to_vec();
        more.push(from);
        self.by(order.list, self.due, &more, part)
    }

    /// Takes the part by the column that `order` names; answers false where it names none.
    pub(super) fn by_column(&self, order: &str, part: &mut Part) -> Result<bool, StorageError> {
        match order {
            "due" => self.by_due(&BY_DUE, part)?,
            "-due" => self.by_due(&BY_DUE_DOWN, part)?,
            "identified" => self.by_identified(&BY_IDENTIFIED, part)?,
            "-identified" => self.by_identified(&BY_IDENTIFIED_DOWN, part)?,
            "asset" => self.by_asset(&BY_ASSET, part)?,
            "-asset" => self.by_asset(&BY_ASSET_DOWN, part)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
