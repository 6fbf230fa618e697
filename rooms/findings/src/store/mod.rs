//! Rows of findings: what each event makes of them, and how they are read.

mod apply;
mod figures;
mod gathering;
mod ranking;
mod read;
mod sorting;
mod weighing;

pub(crate) use apply::events;
pub(crate) use figures::Tally;
pub use figures::{DueCounts, FixCounts};
pub(crate) use ranking::ranked_ids;
pub use ranking::{Clock, Selection};
pub use read::{
    HistoryRow, LoadedFeed, ScanRow, exploitation, find, has_any, list, list_feeds, list_scans, of_asset,
    of_change, open_on, rescan_of,
};
pub(crate) use read::{
    advisories_of_package, advisory, advisory_packages, advisory_text, exploited, exploited_version,
    find_scan_by_file, history, last_feed, last_match, last_scan, latest_feeds, latest_scans, next_feed_id,
    next_finding_id, next_match_id, next_scan_id, open_by_scanner,
};
pub(crate) use weighing::FOLLOWED;
