//! What is planned when: the windows of changes, read by the span of time that they touch.

use basis::{Id, Time};
use policy::Window;
use storage::{Row, StorageError, View};

use super::lists::read_summary;
use super::read::Summary;
use crate::rules::Parts;

/// A change in the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The change.
    pub change: Summary,
    /// Its window: the one that was set, or the one that it was approved with.
    pub window: Window,
    /// Whether that window was set for the work.
    pub is_set: bool,
    /// When it was approved.
    pub approved_at: Option<Time>,
}

/// Most approved changes without a set window that are looked at, the newest first.
const APPROVED_MAX: u64 = 200;

/// The changes that are planned or were worked on between these two moments, by the start of their windows; at most `limit` of
/// those with a window that was set.
pub fn planned(view: &View<'_>, span: Window, limit: u32) -> Result<Vec<Planned>, StorageError> {
    let values = [span.from.into(), span.until.into(), u64::from(limit).into()];
    let mut found: Vec<Planned> = view
        .rows(include_str!("../sql/list_windows.sql"), &values, read_planned)?
        .into_iter()
        .flatten()
        .collect();
    let sql = include_str!("../sql/list_approved_without_window.sql");
    let approved = view.rows(sql, &[APPROVED_MAX.into()], read_planned)?;
    let touches = |planned: &Planned| planned.window.until > span.from && planned.window.from < span.until;
    found.extend(approved.into_iter().flatten().filter(touches));
    found.sort_by_key(|planned| (planned.window.from, planned.change.id.number()));
    Ok(found)
}

fn read_planned(row: &Row<'_>) -> Result<Option<Planned>, StorageError> {
    let change = read_summary(row)?;
    let parts: Parts = row.json("parts")?;
    let is_set = change.window.is_some();
    let window = change.window.or(parts.window.map(Into::into));
    let approved_at = row.time_if("approved_at")?;
    Ok(window.map(|window| Planned {
        change,
        window,
        is_set,
        approved_at,
    }))
}
