//! Counting findings for their figures. What is counted does not depend on the moment, so it can be remembered; how the clocks
//! stand is added when somebody looks.

use basis::{Span, Time};
use storage::{StorageError, View};

use super::weighing::NEVER;

/// How many open findings are due when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DueCounts {
    /// Past their due time.
    pub late: u64,
    /// Due within 7 days.
    pub week: u64,
    /// Due after that, within 30 days.
    pub month: u64,
    /// Due later.
    pub later: u64,
    /// Without a due time.
    pub unlimited: u64,
}

/// How long findings took to be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FixCounts {
    /// At most a day.
    pub day: u64,
    /// More, at most 7 days.
    pub week: u64,
    /// More, at most 30 days.
    pub month: u64,
    /// More, at most 90 days.
    pub quarter: u64,
    /// More.
    pub longer: u64,
}

/// How many findings there are of each due time, and of each time of correction.
pub(crate) struct Tally {
    /// Due times of open findings, each with how many there are.
    due: Vec<(i64, u64)>,
    /// When findings were corrected, how long that took, and how many there are.
    fixed: Vec<(Time, i64, u64)>,
}

impl Tally {
    /// Counts them.
    pub(crate) fn count(view: &View<'_>) -> Result<Self, StorageError> {
        let due = view.rows(include_str!("../sql/list_due_times.sql"), &[], |row| {
            Ok((row.integer("due_at")?, row.count("findings")?))
        })?;
        let fixed = view.rows(include_str!("../sql/list_corrections.sql"), &[], |row| {
            let taken = row.integer("taken")?;
            Ok((row.time("corrected_at")?, taken, row.count("findings")?))
        })?;
        Ok(Self { due, fixed })
    }

    /// How many open findings are due when.
    pub(crate) fn due(&self, now: Time) -> DueCounts {
        let mut counts = DueCounts::default();
        let [week, month] = [7, 30].map(|days| (now + Span::days(days)).as_ms());
        for (due_at, findings) in &self.due {
            let counted = match *due_at {
                NEVER => &mut counts.unlimited,
                due_at if due_at < now.as_ms() => &mut counts.late,
                due_at if due_at <= week => &mut counts.week,
                due_at if due_at <= month => &mut counts.month,
                _ => &mut counts.later,
            };
            *counted += findings;
        }
        counts
    }

    /// How long the findings that were corrected since `since` took.
    pub(crate) fn fixed(&self, since: Time) -> FixCounts {
        let mut counts = FixCounts::default();
        let [day, week, month, quarter] = [1, 7, 30, 90].map(|days| Span::days(days).as_ms());
        for (_, taken, findings) in self.fixed.iter().filter(|(at, ..)| *at >= since) {
            let counted = match *taken {
                taken if taken <= day => &mut counts.day,
                taken if taken <= week => &mut counts.week,
                taken if taken <= month => &mut counts.month,
                taken if taken <= quarter => &mut counts.quarter,
                _ => &mut counts.longer,
            };
            *counted += findings;
        }
        counts
    }
}
